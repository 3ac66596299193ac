from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lafr_engine.evaluation.paste import SPECTRUM_LIMIT, measure_accepted
from lafr_engine.faces.geometry import align
from lafr_engine.imaging.grain import light_of_pixels
from lafr_engine.imaging.picture import Picture, resized, rgb8
from lafr_engine.imaging.regrain import CERTAIN
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import Accepted, Choices, Models, compose, restore_face
from lafr_engine.pipeline.compose import accepted_patch
from lafr_engine.pipeline.grain import with_grain
from lafr_engine.restore.base import Crops


def softened(crops: Crops) -> Crops:
    """What restorers do to a grainy face: it comes back clean."""
    return np.stack(
        [
            cv2.GaussianBlur(crop.transpose(1, 2, 0), (0, 0), 5.0).transpose(2, 0, 1)
            for crop in crops
        ]
    )


def grainy(picture: Picture, deviation: float) -> Picture:
    """Return a photograph on paper whose grain has a deviation, in levels."""
    rng = np.random.default_rng(3)
    grain = cv2.GaussianBlur(rng.standard_normal(picture.pixels.shape[:2]), (0, 0), 0.7)
    noisy = picture.pixels + (deviation * grain / grain.std())[..., None]
    return replace(picture, pixels=np.rint(np.clip(noisy, 0, 255)).astype(np.uint8))


@pytest.fixture(scope="module")
def print_(sisters: Picture) -> Picture:
    """A grey photograph on grainy paper."""
    return grainy(sisters, 9.0)


def noise_of(picture: Picture, centre: tuple[float, float], radius: float) -> float:
    """Return the deviation of what is fine around a point."""
    y, x = np.mgrid[: picture.height, : picture.width]
    near = np.hypot(x - centre[0], y - centre[1]) < radius
    light = light_of_pixels(np.asarray(picture.pixels / 255, np.float32))
    return float((light - cv2.GaussianBlur(light, (0, 0), 1.0))[near].std())


def test_a_face_restored_on_grainy_paper_keeps_the_paper(models: Models, print_: Picture) -> None:
    face = max(models.detector(rgb8(print_)), key=lambda face: face.box[2] - face.box[0])
    cheeks = face.landmarks[2]
    radius = 100 / align(face.landmarks).scale
    restored = restore_face(print_, face, replace(models, restorer=softened), Choices())
    assert restored.crop is not None
    done = compose(print_, [Accepted(face, restored.crop)])
    before, after = (noise_of(p, (cheeks[0], cheeks[1]), radius) for p in (print_, done))
    assert after == pytest.approx(before, rel=0.15)
    assert not np.array_equal(done.pixels, print_.pixels)
    again = compose(print_, [Accepted(face, restored.crop)])
    assert np.array_equal(done.pixels, again.pixels)


@pytest.mark.parametrize("deviation", [6.0, 1.5, 1.0])
def test_a_small_face_keeps_the_paper_too(
    models: Models, sisters: Picture, deviation: float
) -> None:
    large = max(models.detector(rgb8(sisters)), key=lambda face: face.width)
    times = 64 / large.width
    sides = (round(times * side) for side in (sisters.width, sisters.height))
    picture = grainy(replace(sisters, pixels=resized(sisters.pixels, *sides)), deviation)
    face = max(models.detector(rgb8(picture)), key=lambda face: face.width)
    restored = restore_face(picture, face, replace(models, restorer=softened), Choices())
    assert restored.crop is not None
    (found,) = measure_accepted(picture, [Accepted(face, restored.crop)], "small").faces
    assert CERTAIN <= found.blocks < 64
    assert min(found.spectrum) >= 1.0 - SPECTRUM_LIMIT
    # The face had more than its paper to begin with: features, of which it has some again.
    assert found.grain != "differs"


def test_what_eight_bits_round_away_is_no_grain_that_was_lost(
    models: Models, print_: Picture
) -> None:
    face = max(models.detector(rgb8(print_)), key=lambda face: face.width)
    restored = restore_face(print_, face, replace(models, restorer=softened), Choices())
    assert restored.crop is not None
    space = colour_space(print_.channels, print_.icc)
    patch = accepted_patch(print_, Accepted(face, restored.crop), space)
    deep = print_.pixels.astype(np.uint16) * np.uint16(257)
    (plain,), (precise,) = with_grain(print_.pixels, [patch]), with_grain(deep, [patch])
    assert plain.grain is not None
    assert precise.grain is not None
    assert np.array_equal(plain.grain, precise.grain)


def test_another_seed_reads_the_face_otherwise(models: Models, print_: Picture) -> None:
    face = models.detector(rgb8(print_))[0]
    crops = [
        restore_face(print_, face, models, Choices(seed=seed)).crop for seed in (0, 0, 1, 2, 2)
    ]
    assert all(crop is not None for crop in crops)
    first, same, mirrored, third, third_again = (np.asarray(crop) for crop in crops)
    assert np.array_equal(first, same)
    assert np.array_equal(third, third_again)
    for other in (mirrored, third):
        difference = np.abs(other - first).mean()
        assert 0.001 < difference < 0.1
    assert np.abs(mirrored - third).mean() > 0.001
