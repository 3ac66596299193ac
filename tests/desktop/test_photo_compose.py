from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from lafr_desktop.views.photo.compose import KeepMask, Patch, Share, compose, grey_array
from lafr_desktop.views.photo.tiles import build_pyramid, halve, to_image

Pixels = NDArray[np.uint8]


def noise(*shape: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def grey_image(values: Pixels) -> QImage:
    height, width = values.shape
    kind = QImage.Format.Format_Grayscale8
    return QImage(np.ascontiguousarray(values).data, width, height, width, kind).copy()


@pytest.mark.parametrize("channels", [1, 3])
@settings(max_examples=30, deadline=None)
@given(strength=st.floats(0, 1), seed=st.integers(0, 1000), keeps=st.booleans())
def test_one_face_is_the_weighted_mean(
    channels: int, strength: float, seed: int, keeps: bool
) -> None:
    original, preview = noise(40, 50, channels, seed=seed), noise(20, 30, 3, seed=seed + 1)
    keep = noise(20, 30, seed=seed + 2) if keeps else np.zeros((20, 30), np.uint8)
    patch = Patch.between(original[5:25, 10:40], preview, (10, 5, 40, 25))
    share = Share(patch, strength, KeepMask(grey_image(keep), (10, 5)) if keeps else None)
    result = compose(original, (0, 0), 0, [share])
    weight = strength * (1 - keep[..., None] / 255)
    before = np.repeat(original, 3 // channels, axis=2).astype(float)
    expected = before.copy()
    expected[5:25, 10:40] = (1 - weight) * before[5:25, 10:40] + weight * preview
    assert np.abs(result - expected).max() <= 0.51
    outside = np.ones((40, 50), bool)
    outside[5:25, 10:40] = False
    assert (result[outside] == before[outside]).all()


def test_full_strength_is_the_preview_and_none_the_original() -> None:
    original, preview = noise(16, 16, 3), noise(16, 16, 3, seed=1)
    patch = Patch.between(original, preview, (0, 0, 16, 16))
    assert (compose(original, (0, 0), 0, [Share(patch, 1.0)]) == preview).all()
    assert (compose(original, (0, 0), 0, [Share(patch, 0.0)]) == original).all()
    assert (compose(original, (0, 0), 0, []) == original).all()


def test_a_neighbours_rectangle_does_not_cover_a_face() -> None:
    original = noise(20, 40, 3)
    one, other = original[:, :25].copy(), original[:, 15:].copy()
    one[5:15, 5:20] = 255 - one[5:15, 5:20]
    other[5:15, 10:20] = 255 - other[5:15, 10:20]
    shares = [
        Share(Patch.between(original[:, :25], one, (0, 0, 25, 20)), 1.0),
        Share(Patch.between(original[:, 15:], other, (15, 0, 40, 20)), 1.0),
    ]
    result = compose(original, (0, 0), 0, shares)
    expected = original.copy()
    expected[5:15, 5:20] = 255 - expected[5:15, 5:20]
    expected[5:15, 25:35] = 255 - expected[5:15, 25:35]
    assert (result == expected).all()


def test_tiles_together_are_the_whole() -> None:
    original, preview = noise(60, 60, 3), noise(31, 33, 3, seed=1)
    patch = Patch.between(original[11:42, 13:46], preview, (13, 11, 46, 42))
    shares = [Share(patch, 0.7)]
    whole = compose(original, (0, 0), 0, shares)
    for y in (0, 20, 40):
        for x in (0, 30):
            part = compose(original[y : y + 20, x : x + 30], (x, y), 0, shares)
            assert (part == whole[y : y + 20, x : x + 30]).all()


@pytest.mark.parametrize("corner", [(8, 8), (9, 11), (10, 7)])
def test_lower_levels_are_the_halved_result(corner: tuple[int, int]) -> None:
    x, y = corner
    original, preview = noise(64, 64, 3), noise(30, 30, 3, seed=1)
    patch = Patch.between(original[y : y + 30, x : x + 30], preview, (x, y, x + 30, y + 30))
    pasted = original.copy()
    pasted[y : y + 30, x : x + 30] = preview
    # Odd edges repeat the last pixel, whose change should have been met by none: stay inside.
    at_one = compose(halve(original), (0, 0), 1, [Share(patch, 1.0)])
    inside = slice(0, (min(x, y) + 28) // 2)
    difference = at_one.astype(int) - halve(pasted)
    assert np.abs(difference[inside, inside]).max() <= 2


def test_a_patch_knows_which_tiles_it_touches() -> None:
    patch = Patch((100, 100, 140, 120), np.zeros((20, 40, 3), np.int16))
    assert patch.touches(0, (0, 0, 101, 101))
    assert not patch.touches(0, (0, 0, 100, 100))
    assert patch.touches(2, (25, 25, 50, 50))
    assert not patch.touches(2, (35, 25, 50, 50))


def test_shares_are_equal_when_their_pixels_are() -> None:
    patch = Patch((0, 0, 1, 1), np.zeros((1, 1, 3), np.int16))
    assert Share(patch, 0.5) == Share(patch, 0.5)
    assert Share(patch, 0.5) != Share(patch, 0.6)
    mask = KeepMask(grey_image(noise(1, 1)), (0, 0))
    assert Share(patch, 0.5, mask) != Share(patch, 0.5)


@pytest.mark.parametrize("width", [1, 3, 4, 17])
def test_images_and_arrays(width: int) -> None:
    values = noise(5, width)
    assert (grey_array(grey_image(values)) == values).all()
    image = to_image(noise(5, width, 3))
    assert (image.width(), image.height()) == (width, 5)
    red, green, blue = noise(5, width, 3)[4, width - 1]
    last = image.pixelColor(width - 1, 4)
    assert (last.red(), last.green(), last.blue()) == (red, green, blue)


@pytest.mark.parametrize(("height", "width"), [(700, 901), (513, 512), (100, 200), (1025, 3)])
def test_a_pyramid_halves_until_it_is_small(height: int, width: int) -> None:
    pixels = noise(height, width, 3)
    pyramid = build_pyramid(pixels, lambda: False)
    assert pyramid is not None
    assert pyramid.size == (width, height)
    assert max(pyramid.level_size(len(pyramid) - 1)) <= 256
    for level in range(1, len(pyramid)):
        before = pyramid.level_size(level - 1)
        assert pyramid.level_size(level) == ((before[0] + 1) // 2, (before[1] + 1) // 2)
    for level in range(len(pyramid)):
        across, down = pyramid.level_size(level)
        covered = np.zeros((down, across), int)
        for tile in pyramid.tiles(level, (-5, -5, across + 5, down + 5)):
            x0, y0, x1, y1 = pyramid.rectangle(tile)
            covered[y0:y1, x0:x1] += 1
        assert (covered == 1).all()


def test_blocks_are_averaged() -> None:
    pixels = noise(6, 8, 3)
    blocks = pixels.reshape(3, 2, 4, 2, 3).mean(axis=(1, 3))
    assert np.abs(halve(pixels) - blocks).max() <= 0.51
    odd = halve(pixels[:5, :7])
    assert odd.shape == (3, 4, 3)
    assert np.abs(odd[2, 3].astype(float) - pixels[4, 6]).max() == 0


def test_building_stops_when_asked() -> None:
    asked: list[int] = []
    stop: Callable[[], bool] = lambda: asked.append(1) or len(asked) > 1  # type: ignore[func-returns-value]  # noqa: E731
    assert build_pyramid(noise(3000, 600, 1), stop) is None
    assert len(asked) == 2
