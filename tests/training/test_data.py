from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lafr_engine.errors import NotAPicture, TrainingError
from lafr_engine.training import data
from lafr_engine.training.data import FACE, FaceSet, read_faces, step_seed
from tests.training.small import write_faces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "faces", 4)


@pytest.fixture
def faces(folder: Path) -> FaceSet:
    return read_faces(folder)


def table(folder: Path, rows: list[str], header: str = "file,est_gender,scale_to_512") -> None:
    folder.with_name("faces.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def test_faces_of_any_size_and_mode_become_rgb_of_512_pixels(folder: Path) -> None:
    Image.new("L", (40, 40), 200).save(folder / "a_grey.jpg")
    Image.new("RGBA", (700, 700), (255, 0, 0, 255)).save(folder / "b.webp", lossless=True)
    (folder / "notes.txt").write_text("not a face")
    faces = read_faces(folder)
    assert faces.faces.shape == (6, 3, FACE, FACE)
    assert faces.faces.dtype == torch.uint8
    assert (faces.faces[0].float() - 200).abs().max() <= 1
    assert faces.faces[1].float().mean((1, 2)).tolist() == [255.0, 0.0, 0.0]
    assert faces.weights.tolist() == pytest.approx([1 / 6] * 6)
    assert faces.sharp.all()


def test_a_limit_takes_faces_spread_over_the_names(folder: Path) -> None:
    every, two = read_faces(folder), read_faces(folder, 2)
    assert torch.equal(two.faces, every.faces[[0, 2]])
    assert len(read_faces(folder, 99)) == 4


@pytest.mark.parametrize("kind", ["missing", "empty", "other"])
def test_a_folder_without_faces_is_named(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "place"
    if kind != "missing":
        folder.mkdir()
    if kind == "other":
        (folder / "notes.txt").write_text("nothing to see")
    with pytest.raises(TrainingError, match="place"):
        read_faces(folder)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut"])
def test_a_file_that_is_no_picture_is_named(folder: Path, content: bytes) -> None:
    (folder / "bad.jpg").write_bytes(content)
    with pytest.raises(NotAPicture, match=r"bad\.jpg"):
        read_faces(folder)


def test_a_truncated_picture_is_named(folder: Path) -> None:
    whole = (folder / "face_00.png").read_bytes()
    (folder / "face_00.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotAPicture, match=r"face_00\.png"):
        read_faces(folder)


def test_a_folder_that_looks_like_a_picture_is_named(folder: Path) -> None:
    (folder / "x.jpg").mkdir()
    with pytest.raises(NotAPicture, match=r"x\.jpg"):
        read_faces(folder)


def test_the_table_weighs_rare_groups_up(folder: Path) -> None:
    rows = [f"faces/face_0{i}.png,{'female' if i else 'male'},0.5" for i in range(4)]
    table(folder, rows)
    weights = read_faces(folder).weights
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] / weights[1] == pytest.approx(3**0.5)
    assert weights[1] == weights[2] == weights[3]


def test_no_face_is_drawn_more_than_four_times_as_often(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    for index in range(40):
        Image.new("RGB", (8, 8)).save(folder / f"{index:02d}.png")
    header = "file,est_gender,skin_tone_ita,age_group"
    table(folder, [f"{i:02d}.png,{i == 0},{i == 0},{i == 0}" for i in range(40)], header)
    weights = read_faces(folder).weights
    assert weights[0] > 2 * weights[1]
    assert weights[0] == pytest.approx(4 / 40)


def test_enlarged_faces_are_not_sharp(folder: Path) -> None:
    table(folder, ["face_00.png,a,1.4", "face_01.png,a,0.7", "face_02.png,a,"])
    faces = read_faces(folder)
    assert faces.sharp.tolist() == [False, True, True, True]
    drawn = data.draw(faces, 64, np.random.default_rng(0), 32, sharp=True)
    soft = faces.at(32)[0].float() / 127.5 - 1
    assert (drawn - soft).abs().amax((1, 2, 3)).min() > 0.05


@pytest.mark.parametrize("text", ["name\nx\n", "file,scale_to_512\na.png,wide\n"])
def test_a_table_that_is_none_is_named(folder: Path, text: str) -> None:
    folder.with_name("faces.csv").write_text(text)
    with pytest.raises(TrainingError, match=r"faces\.csv"):
        read_faces(folder)


def test_the_table_is_found_from_within_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(folder, ["face_00.png,a,2.0"])
    monkeypatch.chdir(folder)
    assert not read_faces(Path()).sharp[0]


def test_faces_are_made_smaller_once_and_by_area(faces: FaceSet) -> None:
    small = faces.at(64)
    assert small is faces.at(64)
    block = faces.faces[1, :, 8:16, 16:24].float().mean((1, 2))
    assert (small[1, :, 1, 2].float() - block).abs().max() <= 1.0
    assert faces.at(FACE) is faces.faces


def test_step_seeds_differ_in_every_part_and_stay_the_same() -> None:
    base = (1, "unet", 5, 0)
    seeds = {step_seed(*base)}
    for other in ((2, "unet", 5, 0), (1, "vae", 5, 0), (1, "unet", 6, 0), (1, "unet", 5, 1)):
        seeds.add(step_seed(*other))
    assert len(seeds) == 5
    assert step_seed(*base) == step_seed(1, "unet", 5)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_drawing_follows_the_weights_and_the_seed(faces: FaceSet) -> None:
    only = FaceSet(faces.faces, np.array([0.0, 0.0, 1.0, 0.0]), faces.sharp)
    drawn = data.draw(only, 3, np.random.default_rng(0), 64)
    expected = faces.at(64)[2].float() / 127.5 - 1
    assert all(torch.equal(face, expected) for face in drawn)
    a, b = (data.draw(faces, 8, np.random.default_rng(3), 64) for _ in range(2))
    assert torch.equal(a, b)


def test_crops_come_from_the_faces(faces: FaceSet) -> None:
    crops = data.draw_crops(faces, 6, 96, np.random.default_rng(1))
    assert crops.shape == (6, 3, 96, 96)
    assert crops.abs().max() <= 1.0
    assert data.draw_crops(faces, 1, FACE, np.random.default_rng(2)).shape == (1, 3, FACE, FACE)


def test_some_are_mirrored_and_none_is_changed_otherwise() -> None:
    x = torch.rand(40, 3, 4, 4)
    y = data.flip_some(x, np.random.default_rng(0))
    same = [torch.equal(a, b) for a, b in zip(x, y, strict=True)]
    mirrored = [torch.equal(a.flip(2), b) for a, b in zip(x, y, strict=True)]
    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert 8 < sum(mirrored) < 32


def test_jitter_keeps_the_range_and_the_face_about_where_it_was(faces: FaceSet) -> None:
    x = faces.at(64).float() / 127.5 - 1
    rng = np.random.default_rng(0)
    y = data.jitter(x, rng)
    assert y.shape == x.shape
    assert y.abs().max() <= 1.0
    assert not torch.equal(x, y)
    assert float((x.mean((1, 2, 3)) - y.mean((1, 2, 3))).abs().max()) < 0.3
    coloured = torch.rand(1, 3, 64, 64).expand(64, -1, -1, -1)
    many = data.jitter(coloured, rng)
    grey = (many - many.mean(1, keepdim=True)).abs().amax((1, 2, 3)) < 1e-5
    assert 1 <= int(grey.sum()) <= 20


def test_luma_of_grey_is_the_grey() -> None:
    grey = torch.rand(1, 1, 4, 4).expand(1, 3, 4, 4)
    torch.testing.assert_close(data.luma(grey), grey[:, :1])
