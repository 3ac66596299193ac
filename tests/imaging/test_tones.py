from __future__ import annotations

import cv2
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.imaging.tones import (
    colour_space,
    in_tone,
    keep_detail,
    lock_colour,
    luminance,
    tone_of,
)

Floats = NDArray[np.float32]
WIDE: bytes = imagecodecs.cms_profile("adobergb")
GREY: bytes = imagecodecs.cms_profile("gray", gamma=1.8)


def noise(channels: int = 3, side: int = 64) -> Floats:
    return np.random.default_rng(1).random((side, side, channels), dtype=np.float32)


def smooth(channels: int = 3, side: int = 64) -> Floats:
    blurred = cv2.GaussianBlur(noise(channels, side), (0, 0), 4).reshape(side, side, channels)
    result: Floats = (blurred - blurred.min()) / (blurred.max() - blurred.min())
    return result


@pytest.mark.parametrize(
    ("channels", "icc"), [(3, None), (3, WIDE), (1, None), (1, GREY), (3, b"no profile")]
)
def test_no_change_stays_no_change(channels: int, icc: bytes | None) -> None:
    space = colour_space(channels, icc)
    srgb = space.to_srgb(noise(channels))
    assert srgb.shape == (64, 64, 3)
    assert srgb.min() >= 0.0
    assert srgb.max() <= 1.0
    change = space.change(srgb, srgb)
    assert change.shape == (64, 64, channels)
    assert (change == 0.0).all()


def test_a_change_comes_back_through_the_profile() -> None:
    space = colour_space(3, WIDE)
    own, brighter = np.full((2, 2, 3), 0.4, np.float32), np.full((2, 2, 3), 0.5, np.float32)
    change = space.change(space.to_srgb(own), space.to_srgb(brighter))
    assert change == pytest.approx(0.1, abs=1e-4)
    assert not np.allclose(space.to_srgb(noise()), noise(), atol=0.02)


def test_grey_with_a_profile_comes_back_as_grey() -> None:
    space = colour_space(1, GREY)
    own, brighter = np.full((2, 2, 1), 0.4, np.float32), np.full((2, 2, 1), 0.5, np.float32)
    assert space.to_srgb(own).std(axis=2).max() < 1e-3
    change = space.change(space.to_srgb(own), space.to_srgb(brighter))
    assert change == pytest.approx(0.1, abs=2e-3)


def sepia(luma: Floats) -> Floats:
    return np.stack([luma**0.8, luma, luma**1.3], axis=2)


def test_a_sepia_face_takes_only_luminance() -> None:
    before = sepia(smooth(1)[..., 0] * 0.8 + 0.1)
    tone = tone_of(before)
    assert tone is not None
    colourful = np.clip(
        before * np.array([1.3, 1.0, 0.6], np.float32) + 0.2 * (noise() - 0.5), 0, 1
    )
    after = in_tone(before, colourful, tone)
    ideal = sepia(np.clip(after[..., 1], 0.02, 1))
    assert np.abs(after - ideal)[(after > 0.15) & (after < 0.9)].max() < 0.05
    assert np.corrcoef(luminance(after).ravel(), luminance(colourful).ravel())[0, 1] > 0.99


def test_grey_in_rgb_stays_exactly_grey() -> None:
    before = np.repeat(smooth(1), 3, axis=2)
    tone = tone_of(before)
    assert tone is not None
    after = in_tone(before, noise(), tone)
    assert (np.ptp(after, axis=2) == 0.0).all()


def test_a_face_in_colour_has_no_tone(samples: object) -> None:
    with Image.open(f"{samples}/gsa_three_women.webp") as image:
        face = np.asarray(image.convert("RGB").crop((250, 150, 450, 350))).astype(np.float32)
    assert tone_of(face / np.float32(255)) is None


def test_broad_changes_are_taken_out_and_fine_ones_stay() -> None:
    weight = np.zeros((128, 128), np.float32)
    weight[20:108, 20:108] = 1.0
    cast = np.full((128, 128, 3), 0.2, np.float32)
    cast[:20] = -9.0  # outside the weight: must not leak in
    stripes = np.zeros((128, 128, 3), np.float32)
    stripes[:, ::2] = 0.1
    inside = weight > 0
    assert np.abs(lock_colour(cast, weight, 20.0)[inside]).max() < 0.01
    kept = lock_colour(cast + stripes, weight, 20.0)[inside]
    assert kept.std() == pytest.approx(0.05, rel=0.1)
    assert abs(float(kept.mean())) < 0.005


def test_softening_is_given_back_and_sharpening_kept() -> None:
    original = noise()
    blurred = cv2.GaussianBlur(original, (0, 0), 2.0)
    detail = original - blurred
    softened = original + keep_detail(blurred - original, original)
    assert (softened - cv2.GaussianBlur(softened, (0, 0), 2.0)).std() > 0.97 * detail.std()
    sharpened = keep_detail(0.5 * detail, original)
    assert np.allclose(sharpened, 0.5 * detail, atol=1e-6)
