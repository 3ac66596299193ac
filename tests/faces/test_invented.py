from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.faces.geometry import Points
from lafr_engine.faces.invented import Level, Region, level_of, warnings
from lafr_engine.faces.invented.measure import Departure, departure, in_srgb, regions
from lafr_engine.faces.invented.picture import colours, overlay
from lafr_engine.imaging.files import read_picture
from lafr_engine.resources import samples_dir

Pixels = NDArray[np.uint8]
LANDMARKS: Points = np.array(
    [[428.4, 262.1], [474.2, 258.2], [453.2, 287.8], [436.2, 309.9], [474.6, 306.6]]
)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return in_srgb(read_picture(samples_dir() / "old_daguerreotype_sisters.jpg"))


def painted(photo: Pixels, at: tuple[float, float], strength: float = 1.0) -> Pixels:
    """Rings, which no photograph explains, about a point."""
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    radius = np.hypot(x - at[0], y - at[1])
    rings = 60 * strength * np.sin(radius * 1.2) * (radius < 11)
    result: Pixels = np.clip(photo + rings[..., None], 0, 255).astype(np.uint8)
    return result


def numbers(photo: Pixels, after: Pixels) -> dict[Region, float]:
    return departure(photo, after, LANDMARKS).numbers()


def test_nothing_was_invented_in_a_face_that_came_back_unchanged(photo: Pixels) -> None:
    found = departure(photo, photo, LANDMARKS)
    assert found.levels.max() == 0.0
    assert set(found.numbers().values()) == {0.0}


def test_new_grain_and_lost_grain_are_no_invention() -> None:
    rng = np.random.default_rng(3)
    clean = in_srgb(read_picture(samples_dir() / "pif_soldier_family.jpg"))
    large = cv2.GaussianBlur(cv2.resize(clean, None, fx=3, fy=3), (0, 0), 2.0)
    clean = np.asarray(large, np.uint8)
    face = np.array([[0.0, 0.0], [90.0, 0.0], [45.0, 55.0], [12.0, 98.0], [80.0, 98.0]])
    face += [clean.shape[1] / 2, clean.shape[0] / 2]
    once, again = (
        np.clip(clean + rng.normal(0, 9, (*clean.shape[:2], 1)), 0, 255).astype(np.uint8)
        for _ in range(2)
    )
    for after in (again, clean):
        for region, number in departure(once, after, face).numbers().items():
            assert level_of(region, number) is Level.NONE


@pytest.mark.parametrize(
    ("region", "at"),
    [(Region.EYES, (428.4, 262.1)), (Region.EYES, (474.2, 258.2)), (Region.MOUTH, (455.4, 308.0))],
)
def test_the_region_that_was_painted_is_warned_of(
    photo: Pixels, region: Region, at: tuple[float, float]
) -> None:
    near = {Region.EYES, Region.GLASSES} if region is Region.EYES else {region}
    warned = set(warnings(numbers(photo, painted(photo, at))))
    assert region in warned
    assert warned <= near  # frames lie around the eyes


def test_other_eyes_are_warned_of(photo: Pixels) -> None:
    after = photo.copy()
    after[250:274, 412:446] = photo[250:274, 412:446][::-1]
    after[246:270, 458:492] = photo[246:270, 458:492][::-1]
    assert Region.EYES in warnings(numbers(photo, after))


def test_frames_gained_and_lost_are_warned_of(photo: Pixels) -> None:
    after = photo.copy()
    for x, y in LANDMARKS[:2]:
        cv2.ellipse(after, (round(x), round(y) + 3), (20, 15), 0, 0, 360, (20, 20, 20), 2)
    assert Region.GLASSES in warnings(numbers(photo, after))
    assert Region.GLASSES in warnings(numbers(after, photo))


def test_more_paint_is_a_larger_number(photo: Pixels) -> None:
    eyes = [
        numbers(photo, painted(photo, (428.4, 262.1), strength))[Region.EYES]
        for strength in (0.1, 0.25, 0.5, 1.0)
    ]
    assert eyes == sorted(eyes)
    assert eyes[0] < eyes[-1] / 4


def test_half_the_strength_is_about_half_the_number(photo: Pixels) -> None:
    whole = numbers(photo, painted(photo, (428.4, 262.1)))[Region.EYES]
    half = numbers(photo, painted(photo, (428.4, 262.1), 0.5))[Region.EYES]
    assert half == pytest.approx(0.5 * whole, rel=0.08)  # L* is no straight line


def test_what_is_kept_does_not_count(photo: Pixels) -> None:
    found = departure(photo, painted(photo, (428.4, 262.1)), LANDMARKS)
    assert found.numbers(np.ones((512, 512), np.float32))[Region.EYES] == 0.0
    right = regions(found.landmarks)[Region.EYES] & (np.arange(512) > 256)
    kept = found.numbers(right.astype(np.float32))[Region.EYES]
    assert kept == pytest.approx(found.numbers()[Region.EYES], rel=0.01)


def test_regions_lie_where_the_face_has_them(photo: Pixels) -> None:
    found = departure(photo, photo, LANDMARKS)
    where = regions(found.landmarks)
    eye, _, nose, _, _ = found.landmarks.round().astype(int)
    assert where[Region.EYES][eye[1], eye[0]]
    assert not where[Region.GLASSES][eye[1], eye[0]]
    assert not where[Region.MOUTH][nose[1], nose[0]]
    assert np.nonzero(where[Region.HAIRLINE])[0].max() < eye[1]


def test_an_enlarged_result_is_measured_in_place(photo: Pixels) -> None:
    after = cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    assert max(numbers(photo, np.asarray(after, np.uint8)).values()) < 0.3


def drawn(photo: Pixels, *found: Departure) -> NDArray[np.int64]:
    return overlay(photo, found).astype(np.int64)


def test_the_picture_is_coloured_where_something_was_invented(photo: Pixels) -> None:
    after = painted(photo, (428.4, 262.1))
    plain, coloured = drawn(after), drawn(after, departure(photo, after, LANDMARKS))
    assert coloured.shape == photo.shape
    changed = np.argwhere(np.ptp(coloured - plain, axis=2) > 30)
    assert len(changed) > 50
    assert np.abs(changed.mean(axis=0) - (262.1, 428.4)).max() < 6


def test_the_scale_of_colours_rises() -> None:
    scale = colours().astype(float)
    light = scale[:, :3] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(light) >= -2).all()
    assert (np.diff(scale[:, 3]) >= 0).all()
    assert scale[0, 3] == 0
