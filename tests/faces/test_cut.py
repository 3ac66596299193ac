from __future__ import annotations

import math

import numpy as np
import pytest

from lafr_engine.errors import ConfigError
from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import Similarity


def _similarity(scale: float, degrees: float, tx: float, ty: float) -> Similarity:
    angle = math.radians(degrees)
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    return Similarity(np.array([[a, -b, tx], [b, a, ty]]))


def _waves(height: int, width: int, period: float) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return _waves_at(np.stack([x, y], axis=-1), period)


def _waves_at(xy: np.ndarray, period: float) -> np.ndarray:
    x, y = xy[..., 0] * 2 * np.pi / period, xy[..., 1] * 2 * np.pi / period
    return np.stack([np.sin(x), np.cos(y), np.sin(x + y)], axis=-1) * 0.4 + 0.5


def _expected(similarity: Similarity, size: int, period: float) -> np.ndarray:
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    return _waves_at(similarity.inverse().apply(np.stack([x, y], axis=-1)), period)


@pytest.mark.parametrize(
    ("scale", "degrees"), [(1.0, 0.0), (2.7, 10.0), (0.8, -35.0), (0.31, 91.0), (0.11, 4.0)]
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_crop_shows_the_picture_where_the_similarity_says(
    scale: float, degrees: float, dtype: type
) -> None:
    size = 64
    period = 40.0 * max(1.0, 1.0 / scale)
    pixels = _waves(900, 1000, period) * np.iinfo(dtype).max
    centre = _similarity(scale, degrees, 0.0, 0.0).apply([520.0, 450.0])
    there = _similarity(scale, degrees, *(31.5 - centre))
    crop = cut(pixels.round().astype(dtype), there, size)
    assert crop.dtype == np.float32
    assert crop.shape == (3, size, size)
    assert np.abs(crop.transpose(1, 2, 0) - _expected(there, size, period)).max() < 0.02


def test_at_scale_one_and_whole_shifts_the_pixels_are_the_pictures_own() -> None:
    pixels = np.random.default_rng(0).integers(0, 65536, (40, 50, 3), dtype=np.uint16)
    crop = cut(pixels, _similarity(1.0, 0.0, -7.0, -5.0), 16)
    own = pixels[5:21, 7:23].transpose(2, 0, 1)
    assert np.array_equal((crop * 65535.0).round().astype(np.uint16), own)


@pytest.mark.parametrize("scale", [0.75, 0.5, 0.24, 0.06])
def test_a_large_face_is_cut_without_aliasing(scale: float) -> None:
    y, x = np.mgrid[0:700, 0:700]
    chequered = np.where((x + y) % 2, 255, 0).astype(np.uint8)[..., None]
    crop = cut(chequered, _similarity(scale, 0.0, 0.0, 0.0), 32)
    assert np.abs(crop - 0.5).max() < 0.13


def test_outside_the_picture_lies_its_mirror_image_and_grey_becomes_three() -> None:
    ramp = np.tile(np.arange(60, dtype=np.uint8)[None, :, None], (60, 1, 1))
    crop = cut(ramp, _similarity(1.0, 0.0, 10.0, 0.0), 32)
    assert np.array_equal(crop[0], crop[1])
    assert np.allclose(crop[0, 0] * 255.0, np.abs(np.arange(32) - 10.0), atol=1e-3)


def test_what_is_no_picture_or_not_in_it_is_refused() -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    with pytest.raises(ConfigError, match="outside"):
        cut(pixels, _similarity(1.0, 0.0, 900.0, 0.0), 16)
    with pytest.raises(ConfigError, match="outside"):
        cut(pixels, _similarity(1.0, 0.0, -900.0, 0.0), 16)
    with pytest.raises(ConfigError):
        cut(pixels.astype(np.float32), _similarity(1.0, 0.0, 0.0, 0.0))  # type: ignore[arg-type]  # wrong on purpose
