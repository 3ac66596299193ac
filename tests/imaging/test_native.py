from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lafr_engine.imaging.native import Cmyk, Indexed, cmyk
from tests.imaging.profiles import profile
from tests.imaging.scenes import SRGB, scene


@pytest.mark.parametrize("icc", [None, b"broken", SRGB])
def test_a_profile_that_is_none_for_inks_reads_by_the_formula(icc: bytes | None) -> None:
    inks = cmyk(scene(4), icc)
    assert inks.icc is None
    left = 1 - scene(4) / 255
    assert np.abs(inks.colours() - left[..., :3] * left[..., 3:] * 255).max() <= 0.51


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", ["inks", "none"])
def test_inks_change_only_where_colours_do_and_read_as_these(dtype: Any, name: str) -> None:
    inks = cmyk(scene(4, dtype), profile(name))
    assert inks.holding(inks.colours()) is inks
    wanted, white = inks.colours().copy(), np.iinfo(dtype).max
    wanted[10:20, 10:30] = wanted[10:20, 10:30] // 2 + white // 6
    held = inks.holding(wanted)
    changed = (held.samples != inks.samples).any(axis=2)
    assert changed[10:20, 10:30].mean() > 0.9
    changed[10:20, 10:30] = False
    assert not changed.any()
    off = np.abs(held.colours()[10:20, 10:30].astype(int) - wanted[10:20, 10:30])
    assert off.mean() < white / (60 if name == "inks" else 200)


def test_black_is_kept_where_no_profile_says_how_to_mix() -> None:
    samples = np.full((20, 20, 4), 100, np.uint8)
    inks = Cmyk(samples)
    darker = inks.colours() - np.uint8(20)
    held = inks.holding(darker).samples
    assert (held[..., 3] >= 95).all()
    assert (held[..., :3] > 100).all()


def test_numbers_beyond_the_palette_read_as_black_and_stay() -> None:
    samples = np.full((20, 24), 200, np.uint8)
    indexed = Indexed(samples, np.array([[1, 2, 3], [4, 5, 6]], np.uint8))
    pixels = indexed.colours()
    assert not pixels.any()
    pixels[3, 3] = 4, 5, 6
    held = indexed.holding(pixels)
    assert held is not None
    assert held.samples[3, 3] == 1
    assert (held.samples == 200).sum() == samples.size - 1
