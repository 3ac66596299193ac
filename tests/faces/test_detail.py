from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.faces.cut import cut
from lafr_engine.faces.detail import shown_width
from lafr_engine.faces.geometry import FFHQ_512, align, template
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture, resized

LANDMARKS = np.array(
    [[428.4, 262.1], [474.2, 258.2], [453.2, 287.8], [436.2, 309.9], [474.6, 306.6]]
)
WIDTH = 280  # of the face in a crop of 512
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def crop(samples: Path) -> Pixels:
    """A face of about 100 pixels of an old photograph, enlarged to 512."""
    pixels = np.asarray(read_picture(samples / "old_daguerreotype_sisters.jpg").pixels)
    planes = cut(pixels, align(LANDMARKS), 512)
    return np.rint(255 * planes.transpose(1, 2, 0)).astype(np.uint8)


def grainy(pixels: Pixels, deviation: float) -> Pixels:
    noise = np.random.default_rng(0).normal(0.0, deviation, (*pixels.shape[:2], 1))
    return np.rint(pixels + noise).clip(0, 255).astype(np.uint8)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def shown(pixels: Pixels) -> float:
    return shown_width(Picture(pixels), FFHQ_512)


@pytest.mark.parametrize("width", [12, 20, 32])
def test_a_sharp_face_shows_what_its_pixels_can(crop: Pixels, width: int) -> None:
    side = round(512 * width / WIDTH)
    small = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    assert shown_width(Picture(small), template(side)) == pytest.approx(width, rel=0.25)
    # However much it is enlarged.
    assert shown(resized(small, 512, 512)) == pytest.approx(width, rel=0.3)


def test_the_more_blurred_the_less_it_shows(crop: Pixels) -> None:
    widths = [shown(blurred(crop, sigma)) for sigma in (4, 8, 16)]
    assert shown(crop) > widths[0] > 1.3 * widths[1] > 1.3**2 * widths[2]


@pytest.mark.parametrize("deviation", [4.0, 12.0])
def test_grain_is_no_detail(crop: Pixels, deviation: float) -> None:
    soft = blurred(crop, 8.0)
    assert shown(grainy(soft, deviation)) == pytest.approx(shown(soft), rel=0.2)


def test_grey_and_deep_pixels_show_the_same(crop: Pixels) -> None:
    grey = np.repeat(crop[..., 1:2], 3, axis=2)
    assert shown(crop[..., 1:2].copy()) == pytest.approx(shown(grey), rel=0.02)
    deep = Picture(crop.astype(np.uint16) * 257)
    assert shown_width(deep, FFHQ_512) == pytest.approx(shown(crop), rel=0.02)


def test_what_shows_nothing_has_no_width() -> None:
    assert shown(np.full((512, 512, 3), 90, np.uint8)) < 5
