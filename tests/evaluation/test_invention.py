from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from lafr_engine.cli import main
from lafr_engine.evaluation.invention import (
    Kind,
    RegionRow,
    as_json,
    as_table,
    limits,
    measure_faces,
)
from lafr_engine.evaluation.sets import hq_set
from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import align
from lafr_engine.faces.invented import Region
from lafr_engine.imaging.files import read_picture
from lafr_engine.pipeline import Models
from lafr_engine.restore.base import Crops

LANDMARKS = np.array(
    [[428.4, 262.1], [474.2, 258.2], [453.2, 287.8], [436.2, 309.9], [474.6, 306.6]]
)


@pytest.fixture(scope="module")
def hq(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two aligned faces: one, and the same mirrored and darker."""
    folder = tmp_path_factory.mktemp("hq")
    pixels = np.asarray(read_picture(samples / "old_daguerreotype_sisters.jpg").pixels)
    crop = cut(pixels, align(LANDMARKS), 512)[:3].transpose(1, 2, 0)
    for name, each in (("a", crop), ("b", 0.8 * crop[:, ::-1])):
        Image.fromarray(np.rint(255 * each).clip(0, 255).astype(np.uint8)).save(
            folder / f"{name}.png"
        )
    return folder


def ringed(crops: Crops) -> Crops:
    """A restorer that paints rings over both eyes, and smooths the rest."""
    y, x = np.mgrid[:512, :512]
    result = []
    for crop in crops:
        smooth = cv2.GaussianBlur(crop.transpose(1, 2, 0), (0, 0), 1.0).transpose(2, 0, 1)
        for eye in (193, 319):
            radius = np.hypot(x - eye, y - 240)
            smooth = smooth + 0.25 * np.sin(radius * 0.6) * (radius < 30)
        result.append(np.clip(smooth, 0, 1))
    return np.asarray(result, np.float32)


def test_what_is_painted_over_is_farther_from_the_truth_and_has_the_higher_number(hq: Path) -> None:
    models = Models(
        lambda pixels: [], ringed, lambda before, after: np.ones(len(before), np.float32)
    )
    told: list[tuple[int, int]] = []
    rows = measure_faces(hq_set(hq), models, lambda *at: told.append(at), ["medium"])
    assert len(rows) == 2 * 2 * 4
    assert told[-1] == (2, 2)
    own = [row for row in rows if row.kind == "own"]
    eyes = [row for row in own if row.region is Region.EYES]
    assert all(row.farther for row in eyes)
    for row in eyes:
        mouth = next(
            each
            for each in own
            if (each.face, each.level, each.region) == (row.face, row.level, Region.MOUTH)
        )
        assert row.number > mouth.number
    swapped = [row for row in rows if row.kind == "another's" and row.region is Region.MOUTH]
    assert all(row.farther for row in swapped)


def rows_of(numbers: range, *, farther: bool, kind: Kind = "own") -> list[RegionRow]:
    after = 2.0 if farther else 0.5
    return [RegionRow("a", "mild", kind, Region.EYES, n / 100, 1.0, after) for n in numbers]


def test_a_limit_is_what_few_of_the_right_ones_reach() -> None:
    rows = rows_of(range(101), farther=False) + rows_of(
        range(75, 175), farther=True, kind="another's"
    )
    some, much = (each for each in limits(rows) if each.region is Region.EYES)
    assert some.number == pytest.approx(0.75)
    assert some.reached == 1.0
    assert much.number == pytest.approx(0.95)
    assert much.reached == pytest.approx(0.8)
    assert (much.nearer, much.farther) == (101, 100)
    table = as_table(rows)
    assert "| eyes | 5% | 0.95 |" in table
    assert "- eyes: 0 of 101" in table
    assert as_json(rows)["limits"][1]["number"] == pytest.approx(0.95)


def test_too_few_regions_give_no_limit() -> None:
    rows = rows_of(range(5), farther=False)
    assert all(each.number is None for each in limits(rows))
    assert "too few regions" in as_table(rows)
    assert limits([])[0].reached is None


@pytest.mark.slow
def test_the_command(hq: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "r" / "report.json"
    told = ["--out", str(out), "--limit", "1", "--device", "cpu"]
    assert main(["evaluate", "--invented", str(hq), *told]) == 0
    report = json.loads(out.read_text())
    assert report["faces"] == 1
    assert len(report["rows"]) == 3 * 4
    assert "| eyes |" in capsys.readouterr().out
