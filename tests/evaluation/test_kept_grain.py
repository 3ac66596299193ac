from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.cli import main
from lafr_engine.evaluation.kept_grain import (
    KeptGrain,
    as_json,
    as_table,
    measure_accepted_grain,
    measure_grain,
    own_grain,
)
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.grain import band_powers, corners_in
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Accepted, Models
from lafr_engine.restore.base import Crops

Blurred = Callable[[Picture, Face, float], Accepted]


def grainy(picture: Picture, deviation: float, seed: int) -> Picture:
    noise = np.random.default_rng(seed).standard_normal((*picture.pixels.shape[:2], 1))
    pixels = np.clip(np.rint(picture.pixels + deviation * noise), 0, 255).astype(np.uint8)
    return replace(picture, pixels=pixels, native=None)


def measured(blurred: Blurred, girls: Picture, face: Face, sigma: float) -> KeptGrain:
    two = [grainy(girls, 5.0, seed) for seed in (1, 2)]
    pair = blurred(two[0], face, sigma), blurred(two[1], face, sigma)
    return measure_accepted_grain(two, [pair], "girls", np.eye(3))[0]


def test_a_face_that_is_not_changed_keeps_all_its_grain(
    blurred: Blurred, girls: Picture, face: Face
) -> None:
    found = measured(blurred, girls, face, 0)
    assert found.kept == pytest.approx((1.0,) * 3, abs=0.02)
    assert found.within
    assert found.blocks > 100


def test_a_restorer_that_takes_the_grain_away_is_seen_unless_it_is_given_back(
    blurred: Blurred, girls: Picture, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measured(blurred, girls, face, 3.0).within
    # `pipeline` has a function of the module's name.
    module = sys.modules["lafr_engine.pipeline.compose"]
    monkeypatch.setattr(module, "with_grain", lambda pixels, patches: list(patches))
    plastic = measured(blurred, girls, face, 3.0)
    assert max(plastic.kept) < 0.6
    assert not plastic.within


def test_the_grain_that_is_drawn_is_like_the_one_that_was_measured() -> None:
    rng = np.random.default_rng(0)
    light = np.tile(np.linspace(40, 200, 512), (512, 1))
    noise = cv2.GaussianBlur(rng.standard_normal((512, 512)), (0, 0), 0.8)
    pixels = light + noise / noise.std() * (2.0 + light / 50)
    picture = Picture(np.rint(pixels).astype(np.uint8)[..., None], mode="L", format="PNG")
    grain = own_grain(picture)
    assert grain is not None
    drawn = grain.drawn((light / 255).astype(np.float32), 1)
    assert drawn.shape == (512, 512, 1)
    true = (picture.pixels - light[..., None]).astype(np.float32) / np.float32(255)
    for where in (light < 110, light > 130):
        assert drawn[where].std() == pytest.approx(true[where].std(), rel=0.1)
        corners = corners_in(where, 8)
        should, found = (band_powers(each, corners, 8).mean(axis=0) for each in (true, drawn))
        broad, middle, fine = np.sqrt(found / should)[:, 0]
        assert broad == pytest.approx(1.0, abs=0.1)
        assert middle == pytest.approx(1.1, abs=0.15)
        # So fine a grain this one has little of: what is broader leaks into it.
        assert 0.8 < fine < 1.6
    again = grain.drawn((light / 255).astype(np.float32), 1)
    assert np.array_equal(drawn, again)
    assert not np.array_equal(drawn, grain.drawn((light / 255).astype(np.float32), 2))


def test_a_drawing_gets_a_faint_grain_and_a_picture_too_small_none() -> None:
    flat = Picture(np.full((64, 64, 1), 128, np.uint8), mode="L", format="PNG")
    grain = own_grain(flat)
    assert grain is not None
    assert 255 * grain.drawn(np.full((64, 64), 0.5, np.float32), 1).std() == pytest.approx(
        2.0, rel=0.1
    )
    tiny = replace(flat, pixels=flat.pixels[:6, :6])
    assert own_grain(tiny) is None
    assert measure_grain(tiny, Models(lambda _: [], same, alike), "tiny") == ()


def same(crops: Crops) -> Crops:
    return crops


def alike(before: Crops, after: Crops) -> NDArray[np.float32]:
    return np.ones(len(before), np.float32)


def test_a_face_that_is_held_back_or_of_unknown_grain_is_counted(
    girls: Picture, face: Face
) -> None:
    def other(before: Crops, after: Crops) -> NDArray[np.float32]:
        return np.zeros(len(before), np.float32)

    held = measure_grain(girls, Models(lambda _: [face], same, other), "girls")
    black = replace(girls, pixels=np.zeros_like(girls.pixels), native=None)
    unknown = measure_grain(black, Models(lambda _: [face], same, alike), "black")
    for found in (held, unknown):
        assert [each.blocks for each in found] == [0]
        assert as_json(found)["measured"] == 0
        assert not as_json(found)["rows"][0]["within"]


def test_a_photograph_is_restored_twice(girls: Picture, face: Face) -> None:
    seen: list[Crops] = []

    def noted(crops: Crops) -> Crops:
        seen.append(crops)
        return crops

    found = measure_grain(girls, Models(lambda _: [face], noted, alike), "girls")
    assert len(found) == 1
    assert len(seen) == 2
    assert not np.array_equal(seen[0], seen[1])
    assert found[0].within


def test_sums_and_table() -> None:
    faces = [
        KeptGrain("a.jpg", 90, 40, (2.0,), (0.9,), (1.1, 1.0)),
        KeptGrain("b.jpg", 90, 40, (2.0,), (0.8,), (1.0, 1.0)),
        KeptGrain("c.jpg", 90, 40, (2.0,), (1.0,), (1.0, 1.2)),
        KeptGrain("d.jpg", 9),
    ]
    sums = as_json(faces)
    assert (sums["faces"], sums["measured"], sums["within"]) == (4, 3, 1)
    assert sums["median"] == [0.9]
    table = as_table(faces)
    assert table.count("FAIL") == 2
    assert "medians: 0.90. 1 could not be measured" in table
    assert "medians: none." in as_table([])
    assert not KeptGrain("d.jpg", 9).within
    assert "1 of the 3 faces" in table
    assert as_json([])["median"] is None


@pytest.mark.slow
def test_the_command(samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    name = "old_1860_three_girls.jpg"
    (folder / name).write_bytes((samples / name).read_bytes())
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    out = tmp_path / "r" / "report.json"
    assert main(["evaluate", "--grain", str(folder), "--out", str(out), "--device", "cpu"]) == 0
    report = json.loads(out.read_text())
    assert report["faces"] == report["measured"] == report["within"] == 3
    said = capsys.readouterr()
    assert name in said.out
    assert "broken.png" in said.err
