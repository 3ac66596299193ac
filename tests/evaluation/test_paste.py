from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.cli import main
from lafr_engine.evaluation.paste import (
    PastedFace,
    as_json,
    as_table,
    measure_accepted,
    measure_photograph,
)
from lafr_engine.faces.eligibility import Limits
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Accepted, Models
from lafr_engine.restore.base import Crops

Blurred = Callable[[Picture, Face, float], Accepted]
BOX = (0.0, 0.0, 9.0, 9.0)


def test_a_face_without_its_grain_gets_it_back_on_a_real_print(
    blurred: Blurred, girls: Picture, face: Face
) -> None:
    """The condition that `lafr evaluate --paste` prints, whatever the restorer takes away."""
    for sigma in (1.5, 3.0):
        found = measure_accepted(girls, [blurred(girls, face, sigma)], "girls").faces[0]
        assert found.comparable
        assert found.grain == "like its surroundings"
        assert found.colour < 1.0
        assert found.seam == pytest.approx(1.0, abs=0.1)
        assert found.passed


def test_what_changes_nothing_measures_as_nothing(
    blurred: Blurred, girls: Picture, face: Face
) -> None:
    measured = measure_accepted(girls, [blurred(girls, face, 0)], "girls")
    found = measured.faces[0]
    assert found.seam == pytest.approx(1.0, abs=1e-3)
    assert found.colour == pytest.approx(0.0, abs=0.05)
    assert found.spectrum == pytest.approx(found.own, abs=0.01)
    before, after = measured.pairs[0]
    assert before.shape == after.shape
    assert np.abs(before.astype(int) - after).max() <= 1


def test_verdicts() -> None:
    def one(spectrum: tuple[float, ...], own: tuple[float, ...], blocks: int = 100) -> PastedFace:
        shades = {"shades": spectrum, "own_shades": own}
        return PastedFace("a.jpg", BOX, 1.0, 0.2, blocks, (1.0, 1.0), spectrum, own, **shades)

    assert one((1.1, 0.9), (1.0, 1.0)).grain == "like its surroundings"
    plastic = one((0.5, 0.6), (1.0, 1.0))
    assert plastic.grain == "differs"
    assert not plastic.passed
    assert one((0.5, 0.6), (0.5, 0.6)).grain == "like its own"
    assert one((0.3, 0.3), (0.5, 0.6)).grain == "differs"
    assert one((1.4, 1.5), (2.0, 2.0)).grain == "like its own"
    assert one((0.5, 0.5), (1.0, 1.0), blocks=15).grain == "not measured"
    even = one((1.0, 1.0), (1.0, 1.0))
    assert replace(even, chroma=(1.0, 0.9), own_chroma=(1.0, 1.0)).passed
    dull = replace(even, chroma=(1.0, 0.5), own_chroma=(1.0, 1.0))
    assert replace(dull, shades=(1.0, 0.5), own_shades=(1.0, 1.0)).grain == "differs"
    assert replace(dull, shades=(1.0, 0.5), own_shades=(1.0, 0.5)).grain == "differs"
    strange = replace(dull, own_chroma=(1.0, 0.5))
    assert replace(strange, shades=(1.0, 0.5), own_shades=(1.0, 0.5)).grain == "like its own"
    assert PastedFace("a.jpg", BOX, 1.0, 1.2).passed is False


def test_the_sums_tell_both_kinds_apart() -> None:
    faces = [
        PastedFace("a.jpg", BOX, 1.0, 0.2, 100, (1.0,), (1.0,), (1.0,)),
        PastedFace("b.jpg", BOX, 1.0, 0.2, 100, (1.0,), (0.5,), (1.0,), (), (), (0.5,), (1.0,)),
        PastedFace("c.jpg", BOX, 1.0, 0.2, 100, (1.0,), (0.5,), (0.5,), (), (), (0.5,), (0.5,)),
    ]
    sums = as_json(faces)
    assert (sums["faces"], sums["passed"]) == (3, 2)
    assert (sums["comparable"], sums["comparable_within"]) == (2, 1)
    table = as_table(faces)
    assert table.count("FAIL") == 1
    assert "1 of the 2 faces" in table
    assert "Of the 3 faces" in table
    assert as_json([])["colour_mean"] is None


def test_faces_that_the_bundle_leaves_alone_are_not_measured(girls: Picture, face: Face) -> None:
    def unchanged(crops: Crops) -> Crops:
        return crops

    def same(before: Crops, after: Crops) -> NDArray[np.float32]:
        return np.ones(len(before), np.float32)

    models = Models(lambda pixels: [face], unchanged, same)
    assert len(measure_photograph(girls, models, "girls").faces) == 1
    strict = replace(models, limits=Limits(least_detail=400.0))
    assert measure_photograph(girls, strict, "girls").faces == ()


@pytest.mark.slow
def test_the_command(samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    name = "old_1860_three_girls.jpg"
    (folder / name).write_bytes((samples / name).read_bytes())
    (folder / "notes.txt").write_text("no picture")
    out, sheet = tmp_path / "r" / "report.json", tmp_path / "sheet.png"
    told = ["--out", str(out), "--sheet", str(sheet), "--device", "cpu"]
    assert main(["evaluate", "--paste", str(folder), *told]) == 0
    report = json.loads(out.read_text())
    assert report["faces"] == 3
    assert report["colour_within"] == 3
    assert report["comparable"] >= 2
    assert report["comparable_within"] == report["comparable"]
    assert name in capsys.readouterr().out
    with Image.open(sheet) as drawn:
        assert drawn.width > 400
