from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lafr_engine.faces.geometry import FFHQ_512, Similarity, align
from lafr_engine.faces.mask import soft_mask
from lafr_engine.faces.paste import Patch, mask_rectangle, paste

MASK = soft_mask(FFHQ_512)


def photo(height: int, width: int, dtype: Any = np.uint8, channels: int = 3) -> Any:
    white = int(np.iinfo(dtype).max)
    shape = height, width, channels
    return np.random.default_rng(3).integers(0, white + 1, shape, dtype=dtype)


def change(channels: int = 3) -> Any:
    noise = np.random.default_rng(4).normal(0, 0.2, (512, 512, channels))
    return noise.astype(np.float32)


def patch_at(
    x: float, y: float, size: float, degrees: float = 0.0, channels: int = 3, strength: float = 1.0
) -> Patch:
    """A face whose crop lies centred on (x, y) and is ``size`` wide in the picture."""
    k, turn = 512 / size, np.deg2rad(degrees)
    c, s = k * np.cos(turn), k * np.sin(turn)
    linear = np.array([[c, -s], [s, c]])
    to_crop = Similarity(np.column_stack([linear, 255.5 - linear @ [x, y]]))
    return Patch(to_crop, change(channels), MASK, strength)


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(-30, 230),
    y=st.floats(-30, 180),
    size=st.floats(12, 900),
    degrees=st.floats(-180, 180),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    channels=st.sampled_from([1, 3]),
)
def test_outside_the_rectangle_not_a_bit_changes(
    x: float, y: float, size: float, degrees: float, dtype: Any, channels: int
) -> None:
    pixels = photo(150, 200, dtype, channels)
    patch = patch_at(x, y, size, degrees, channels)
    result = paste(pixels, [patch])
    rectangle = mask_rectangle(patch, (200, 150))
    assert result.dtype == pixels.dtype
    assert result.shape == pixels.shape
    outside = np.ones((150, 200), bool)
    if rectangle is not None:
        x0, y0, x1, y1 = rectangle
        outside[y0:y1, x0:x1] = False
    assert np.array_equal(result[outside], pixels[outside])


@settings(max_examples=20, deadline=None)
@given(
    x=st.floats(0, 200),
    y=st.floats(0, 150),
    size=st.floats(20, 600),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_no_strength_or_no_change_is_the_source(
    x: float, y: float, size: float, dtype: Any
) -> None:
    pixels = photo(150, 200, dtype)
    patch = patch_at(x, y, size, 10.0)
    assert np.array_equal(paste(pixels, [replace(patch, strength=0.0)]), pixels)
    nothing = replace(patch, change=np.zeros((512, 512, 3), np.float16))
    assert np.array_equal(paste(pixels, [nothing]), pixels)


def test_the_source_is_left_alone_and_the_face_changes() -> None:
    pixels = photo(150, 200)
    before = pixels.copy()
    result = paste(pixels, [patch_at(100, 75, 120)])
    assert np.array_equal(pixels, before)
    assert not np.array_equal(result, pixels)


def test_strength_mixes() -> None:
    pixels = np.full((150, 200, 3), 32768, np.uint16)
    patch = replace(patch_at(100, 75, 120), change=np.full((512, 512, 3), 0.2, np.float32))
    for strength in (0.25, 0.5, 1.0):
        result = paste(pixels, [replace(patch, strength=strength)])
        assert result[75, 100, 0] - 32768 == pytest.approx(0.2 * strength * 65535, rel=0.001)


@pytest.mark.parametrize("size", [64, 256, 512, 1500])
def test_the_change_lands_where_it_was_cut(size: float) -> None:
    pixels = np.full((900, 900, 1), 30000, np.uint16)
    spot = np.zeros((512, 512, 1), np.float32)
    spot[250:262, 290:302] = 0.4  # around (295.5, 255.5)
    patch = replace(patch_at(450.25, 449.5, size, 20.0, 1), change=spot)
    grown = paste(pixels, [patch])[..., 0].astype(np.float64) - 30000
    y, x = np.mgrid[:900, :900]
    found = np.array([(x * grown).sum(), (y * grown).sum()]) / grown.sum()
    expected = patch.to_crop.inverse().apply([[295.5, 255.5]])[0]
    assert found == pytest.approx(expected, abs=0.06)
    area = (size / 512) ** 2 * 144 * 0.4 * 65535
    assert grown.sum() == pytest.approx(area, rel=0.05)


def test_overlapping_faces_are_composed_once_and_in_one_order() -> None:
    pixels = np.full((300, 400, 3), 20000, np.uint16)
    steady = np.full((512, 512, 3), 0.3, np.float32)
    faces = [replace(patch_at(x, 150, 200), change=steady) for x in (150, 200, 250)]
    one = paste(pixels, faces)
    other = paste(pixels, faces[::-1])
    assert np.array_equal(one, other)
    assert int(one.max()) - 20000 <= round(0.3 * 65535) + 1
    assert int(one[150, 200, 0]) - 20000 == pytest.approx(0.3 * 65535, abs=2)


def test_values_stay_in_range() -> None:
    pixels = photo(150, 200)
    loud = replace(patch_at(100, 75, 150), change=np.full((512, 512, 3), 5.0, np.float32))
    assert paste(pixels, [loud])[75, 100].tolist() == [255, 255, 255]


def test_equal_channels_stay_equal() -> None:
    grey = np.repeat(photo(150, 200, np.uint16, 1), 3, axis=2)
    patch = patch_at(100, 75, 150, 30.0)
    same = replace(patch, change=np.repeat(change(1), 3, axis=2))
    assert (np.ptp(paste(grey, [same]), axis=2) == 0).all()


def test_a_face_off_the_picture_touches_nothing() -> None:
    pixels = photo(50, 60)
    patch = patch_at(500, 500, 40)
    assert mask_rectangle(patch, (60, 50)) is None
    assert np.array_equal(paste(pixels, [patch]), pixels)


def test_the_rectangle_is_no_larger_than_needed() -> None:
    similarity = align(FFHQ_512 / 8 + 100)
    rectangle = mask_rectangle(Patch(similarity, change(), MASK), (1000, 1000))
    assert rectangle is not None
    x0, y0, x1, y1 = rectangle
    assert x1 - x0 <= 64
    assert y1 - y0 <= 64
