from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lafr_engine.imaging.picture import Picture, enlarged, rgb8


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_detector_sees_eight_bits_of_rgb(dtype: Any, channels: int) -> None:
    pixels = np.full((20, 30, channels), np.iinfo(dtype).max, dtype)
    seen = rgb8(Picture(pixels))
    assert seen.shape == (20, 30, 3)
    assert seen.dtype == np.uint8
    assert (seen == 255).all()


def test_no_copy_of_what_is_rgb_already() -> None:
    picture = Picture(np.zeros((20, 30, 3), np.uint8))
    assert rgb8(picture) is picture.pixels


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_enlarging_keeps_levels_place_and_paper_size(dtype: Any, scale: int, channels: int) -> None:
    white = np.iinfo(dtype).max
    ramp = np.linspace(0.1, 0.9, 32) * white
    pixels = np.repeat(np.tile(ramp, (24, 1))[..., None], channels, axis=2).astype(dtype)
    large = enlarged(Picture(pixels, pixels[..., 0].copy(), dpi=(300.0, 150.0)), scale)
    assert large.pixels.shape == (24 * scale, 32 * scale, channels)
    assert large.alpha is not None
    assert large.alpha.shape == (24 * scale, 32 * scale)
    assert large.dpi == (300.0 * scale, 150.0 * scale)
    inside = large.pixels[8 * scale, 8 * scale : 24 * scale, 0] / white
    places = (np.arange(8 * scale, 24 * scale) + 0.5) / scale - 0.5
    assert np.abs(inside - (0.1 + 0.8 * places / 31)).max() < 0.006


def test_at_scale_one_it_is_the_same_picture() -> None:
    picture = Picture(np.zeros((20, 30, 3), np.uint8))
    assert enlarged(picture, 1) is picture


def test_pixels_are_read_only() -> None:
    picture = Picture(np.zeros((20, 30, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0, 0] = 1
