from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lafr_engine.errors import ConfigError, InputError, NoPictures, NotAPicture, UnreadableFile
from lafr_engine.evaluation.sets import EvaluationFace, hq_set, load_faces, pair_set, spread


def _folder(path: Path, *names: str, size: tuple[int, int] = (64, 64)) -> Path:
    path.mkdir()
    for name in names:
        Image.new("RGB", size, (255, 0, 0)).save(path / name)
    return path


def test_faces_come_sorted_and_their_seeds_do_not_depend_on_the_others(tmp_path: Path) -> None:
    few = hq_set(_folder(tmp_path / "few", "b.png"))
    many = hq_set(_folder(tmp_path / "many", "c.png", "b.jpg", "a.png"))
    assert [face.name for face in many] == ["a", "b", "c"]
    assert many[1].seed == few[0].seed
    assert len({face.seed for face in many}) == 3


def test_a_limit_spreads_over_the_set() -> None:
    faces = [EvaluationFace(str(index), Path(str(index))) for index in range(10)]
    assert [face.name for face in spread(faces, 5)] == ["0", "2", "4", "6", "8"]
    assert spread(faces, 99) == faces


def test_pairs_need_partners(tmp_path: Path) -> None:
    lq = _folder(tmp_path / "lq", "a.jpg", "b.jpg")
    hq = _folder(tmp_path / "hq", "a.png", "b.png")
    pairs = pair_set(lq, hq)
    assert [(face.lq, face.hq) for face in pairs] == [
        (lq / "a.jpg", hq / "a.png"),
        (lq / "b.jpg", hq / "b.png"),
    ]
    (hq / "b.png").unlink()
    with pytest.raises(ConfigError, match=r"^b is in only one"):
        pair_set(lq, hq)


def test_two_pictures_of_one_name_are_refused(tmp_path: Path) -> None:
    faces = _folder(tmp_path / "faces", "a.jpg", "a.png", "b.png")
    with pytest.raises(ConfigError, match=r"a\.jpg and a\.png"):
        hq_set(faces)


def test_other_sizes_and_grey_pictures_become_512_rgb(tmp_path: Path) -> None:
    gradient = np.arange(0, 256, 2, dtype=np.uint8)[None].repeat(128, 0)
    Image.fromarray(gradient).save(tmp_path / "grey.png")
    face = load_faces([tmp_path / "grey.png"])
    assert face.shape == (1, 3, 512, 512)
    assert (face[:, 0] == face[:, 2]).all()
    assert face[0, 0, 256].mean().item() == pytest.approx(gradient.mean() / 127.5 - 1, abs=5e-3)


def test_what_is_no_set_of_aligned_faces_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere"):
        hq_set(tmp_path / "nowhere")
    empty = _folder(tmp_path / "empty")
    (empty / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(NoPictures):
        hq_set(empty)
    wide = _folder(tmp_path / "wide", "w.png", size=(64, 32))
    with pytest.raises(NotAPicture, match="64 x 32"):
        load_faces([wide / "w.png"])
    (wide / "w.png").write_bytes((wide / "w.png").read_bytes()[:60])
    with pytest.raises(InputError):
        load_faces([wide / "w.png"])
