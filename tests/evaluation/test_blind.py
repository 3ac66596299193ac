from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import InputError, UnreadableFile
from lafr_engine.evaluation.blind import (
    CELL,
    KEY,
    PAIRS,
    Entry,
    Kind,
    Pair,
    Tally,
    count,
    crop_views,
    main,
    photograph_views,
    read_key,
    read_verdicts,
    shuffled,
    write_sheets,
)
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Search
from lafr_engine.faces.eligibility import Limits
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import Models
from lafr_engine.pipeline.crops import cut_face
from lafr_engine.restore.base import Crops

GIRLS = "old_1860_three_girls.jpg"
DARK, BRIGHT = 40, 200


def negative(crops: Crops) -> Crops:
    return 1.0 - crops


def same_person(before: Crops, after: Crops) -> NDArray[np.float32]:
    return np.ones(len(before), np.float32)


def somebody_else(before: Crops, after: Crops) -> NDArray[np.float32]:
    return np.zeros(len(before), np.float32)


@pytest.fixture(scope="module")
def models() -> Models:
    """The real detector around a restorer whose work nobody overlooks."""
    search = Search(sides=(640,), finest=640)
    detector = CenterFace(weights_path("centerface"), search, threads=1)
    return Models(detector, negative, same_person)


@pytest.fixture(scope="module")
def girls(samples: Path) -> Picture:
    return read_picture(samples / GIRLS)


def pair(name: str, kind: Kind = "crop") -> Pair:
    """Before is dark, after is bright."""
    dark, bright = (np.full((CELL, CELL, 3), value, np.uint8) for value in (DARK, BRIGHT))
    return Pair(name, kind, (dark, bright))


def test_the_seed_draws_sides_and_order_and_the_key_knows_them() -> None:
    pairs = [pair(str(number)) for number in range(40)]
    key, sides = shuffled(pairs, 7)
    assert list(key) == list(range(1, 41))
    names = [entry.name for entry in key.values()]
    assert sorted(names) == sorted(each.name for each in pairs)
    assert names != [each.name for each in pairs]
    for entry, views in zip(key.values(), sides, strict=True):
        bright = [side for side, view in zip("LR", views, strict=True) if view[0, 0, 0] == BRIGHT]
        assert bright == [entry.restored]
    assert 8 < sum(entry.restored == "L" for entry in key.values()) < 32
    assert shuffled(pairs, 7)[0] == key
    assert shuffled(pairs, 8)[0] != key


def test_sheets_show_what_the_key_says(tmp_path: Path) -> None:
    out = tmp_path / "made" / "here"
    assert write_sheets([pair(str(number)) for number in range(PAIRS + 1)], 3, out) == 2
    assert sorted(each.name for each in out.iterdir()) == [KEY, "sheet-01.png", "sheet-02.png"]
    key = read_key(out / KEY)
    for name, numbers in (("sheet-01.png", (1, 2)), ("sheet-02.png", (7,))):
        with Image.open(out / name) as drawn:
            row = np.asarray(drawn.convert("L"))[CELL // 2]
        # One row of the drawing crosses the first two pairs, from left to right.
        edges = np.flatnonzero(np.diff(np.isin(row, (DARK, BRIGHT)).astype(int)) == 1) + 1
        told = ["LR"[int(row[at + 9] != BRIGHT)] for at in edges[::2]]
        assert told == [key[number].restored for number in numbers]


def test_a_crop_is_shown_before_and_after_held_back_or_not(girls: Picture, models: Models) -> None:
    face = models.detector(girls.pixels)[0]
    srgb = cut_face(girls, face, colour_space(girls.channels, girls.icc)).srgb
    crop = Picture(np.rint(srgb[::2, ::2] * 255).astype(np.uint8))
    views = crop_views(crop, models)
    assert views is not None
    before, after = (each.astype(float) for each in views)
    assert before.shape == after.shape == (CELL, CELL, 3)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] < -0.9
    held = crop_views(crop, replace(models, identity=somebody_else))
    assert held is not None
    assert np.array_equal(held[1], views[1])


def test_a_crop_that_the_restorer_fails_on_is_left_out(girls: Picture, models: Models) -> None:
    def broken(crops: Crops) -> Crops:
        return np.full_like(crops, np.nan)

    assert crop_views(girls, replace(models, restorer=broken)) is None


def test_of_a_photograph_it_is_the_largest_face_pasted(girls: Picture, models: Models) -> None:
    views = photograph_views(girls, models)
    assert views is not None
    faces = models.detector(girls.pixels)
    largest = max(faces, key=lambda face: face.width)
    assert len(faces) > 1
    own = cut_face(girls, largest, colour_space(girls.channels, girls.icc)).srgb
    before, after = (each.astype(float) for each in views)
    assert before.mean() == pytest.approx(own.mean() * 255, abs=1.0)
    changed = np.abs(after - before).max(axis=2)
    # Pasted through the mask: the face is another, the corners are the photograph's.
    assert changed[CELL // 2 - 40 : CELL // 2 + 40, CELL // 2 - 40 : CELL // 2 + 40].mean() > 5
    assert changed[:8, :8].max() == 0


def test_faces_left_alone_or_held_back_are_not_shown(girls: Picture, models: Models) -> None:
    assert photograph_views(girls, replace(models, limits=Limits(least_evidence=1e4))) is None
    assert photograph_views(girls, replace(models, identity=somebody_else)) is None


def test_crops_and_photographs_are_counted_apart(tmp_path: Path) -> None:
    key = {
        1: Entry("a", "crop", "L"),
        2: Entry("b", "crop", "L"),
        3: Entry("c", "photograph", "R"),
        4: Entry("d", "photograph", "R"),
        5: Entry("e", "photograph", "L"),
    }
    path = tmp_path / "verdicts.json"
    said = {"1": "L", "2": {"prefer": "R", "why": "softer"}, "3": "R", "4": "=", "5": "L"}
    path.write_text(json.dumps(said))
    verdicts = read_verdicts(path, key)
    assert verdicts == {1: "L", 2: "R", 3: "R", 4: "=", 5: "L"}
    assert count(key, verdicts) == {"crop": Tally(1, 1, 0), "photograph": Tally(2, 0, 1)}
    assert list(count({1: key[1]}, {1: "="})) == ["crop"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"1": "L"', "JSON object"),
        ('["L", "R"]', "JSON object"),
        ('{"one": "L"}', "JSON object"),
        ('{"1": "L"}', "no verdict on 2, 3"),
        ('{"1": "L", "2": "R", "3": "=", "4": "R"}', "judges 4"),
        ('{"1": "left", "2": "R", "3": "="}', "the verdict on 1 is 'left'"),
        ('{"1": "L", "2": {"why": "?"}, "3": "="}', "the verdict on 2 is None"),
    ],
)
def test_verdicts_that_make_no_sense_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "verdicts.json"
    path.write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_verdicts(path, (1, 2, 3))
    assert caught.value.path == path


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / KEY
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_key(path)
    whole = {"name": "a", "kind": "crop", "restored": "L"}
    for wrong in ({"name": "a"}, "L", whole | {"restored": "="}, whole | {"kind": "drawing"}):
        path.write_text(json.dumps({"1": whole, "2": wrong}))
        with pytest.raises(InputError, match="2 "):
            read_key(path)


def test_the_command_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sheets([pair("a"), pair("b"), pair("c", "photograph")], 1, tmp_path)
    verdicts = tmp_path / "verdicts.json"
    key = read_key(tmp_path / KEY)
    verdicts.write_text(json.dumps({number: entry.restored for number, entry in key.items()}))
    told = ["--out", str(tmp_path), "--count", str(verdicts)]
    assert main(told) == 0
    assert capsys.readouterr().out.splitlines() == [
        "crops: 2 judged, restored preferred 2, original 0, neither 0",
        "photographs: 1 judged, restored preferred 1, original 0, neither 0",
    ]
    verdicts.unlink()
    assert main(told) == 2
    assert str(verdicts) in capsys.readouterr().err


def test_a_key_is_not_overwritten_and_something_has_to_be_asked_for(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / KEY).write_text("{}")
    assert main(["--photos", str(samples), "--out", str(tmp_path)]) == 2
    assert "verdicts may belong to it" in capsys.readouterr().err
    assert (tmp_path / KEY).read_text() == "{}"
    for told in ([], ["--photos", str(samples), "--count", "verdicts.json"]):
        with pytest.raises(SystemExit):
            main(["--out", str(tmp_path), *told])


@pytest.mark.slow
def test_the_command_makes_sheets(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    (photos / GIRLS).write_bytes((samples / GIRLS).read_bytes())
    (photos / "torn.jpg").write_bytes((samples / GIRLS).read_bytes()[:300])
    folder = str(photos)
    told = ["--photos", folder, "--crops", folder, "--out", str(out), "--device", "cpu"]
    assert main(told) == 1
    kinds = sorted(entry.kind for entry in read_key(out / KEY).values())
    assert kinds == ["crop", "photograph"]
    assert "2 pairs, sheets: 1" in (said := capsys.readouterr()).out
    assert "torn.jpg" in said.err
