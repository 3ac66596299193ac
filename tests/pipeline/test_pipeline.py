from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.eligibility import Limits
from lafr_engine.faces.geometry import Face, align
from lafr_engine.faces.mask import soft_mask
from lafr_engine.faces.paste import Patch, mask_rectangle
from lafr_engine.imaging.picture import Picture, enlarged
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import (
    Choices,
    FaceState,
    Models,
    Report,
    Restoration,
    restore,
    restore_aligned,
)
from lafr_engine.restore.base import Crops


def finish(steps: Generator[Report, None, Restoration]) -> tuple[list[Report], Restoration]:
    reports = []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            return reports, end.value


def run(picture: Picture, models: Models, **choices: Any) -> Restoration:
    return finish(restore(picture, models, Choices(**choices)))[1]


def touched(restoration: Restoration, picture: Picture, scale: int = 1) -> NDArray[np.bool_]:
    """Pixels inside the mask's rectangle of a restored face."""
    inside = np.zeros((picture.height * scale, picture.width * scale), bool)
    for each in restoration.faces:
        if each.state is FaceState.RESTORED:
            to_crop = align((each.face.landmarks + 0.5) * scale - 0.5)
            mask = soft_mask(align(each.face.landmarks).apply(each.face.landmarks))
            patch = Patch(to_crop, np.zeros((512, 512, 3), np.float32), mask)
            rectangle = mask_rectangle(patch, (inside.shape[1], inside.shape[0]))
            if rectangle is not None:
                x0, y0, x1, y1 = rectangle
                inside[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1] = True
    return inside


def states(restoration: Restoration) -> list[FaceState]:
    return [each.state for each in restoration.faces]


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("deep", [False, True])
def test_only_faces_change(models: Models, family: Picture, scale: int, deep: bool) -> None:
    if deep:
        family = replace(family, pixels=family.pixels.astype(np.uint16) * 257)
    result = run(family, models, scale=scale)
    base, inside = enlarged(family, scale).pixels, touched(result, family, scale)
    assert result.picture.pixels.dtype == family.pixels.dtype
    assert result.picture.pixels.shape == (350 * scale, 501 * scale, 3)
    assert states(result).count(FaceState.RESTORED) >= 3
    assert np.array_equal(result.picture.pixels[~inside], base[~inside])
    assert not np.array_equal(result.picture.pixels[inside], base[inside])


def test_strength_zero_is_the_source(models: Models, family: Picture) -> None:
    result = run(family, models, strength=0.0)
    assert np.array_equal(result.picture.pixels, family.pixels)
    assert FaceState.RESTORED in states(result)


def test_the_same_again_gives_the_same_bytes(models: Models, family: Picture) -> None:
    one, other = run(family, models, seed=7), run(family, models, seed=7)
    assert np.array_equal(one.picture.pixels, other.picture.pixels)


def test_faces_get_sharper_and_keep_their_colour(models: Models, family: Picture) -> None:
    result = run(family, models)
    each = next(face for face in result.faces if face.state is FaceState.RESTORED)
    x0, y0, x1, y1 = (round(value) for value in each.face.box)
    before = family.pixels[y0:y1, x0:x1].astype(np.float32)
    after = result.picture.pixels[y0:y1, x0:x1].astype(np.float32)
    assert cv2.Laplacian(after, cv2.CV_32F).std() > 1.05 * cv2.Laplacian(before, cv2.CV_32F).std()
    drift = np.abs((after - before).mean(axis=(0, 1)))
    assert drift.max() < 2.0  # the restorer's cast is .08 * 255 = 20 levels
    assert each.identity is not None
    assert each.identity > 0.7


def test_grey_stays_grey(models: Models, sisters: Picture) -> None:
    result = run(sisters, models)
    assert result.picture.channels == 1
    assert not np.array_equal(result.picture.pixels, sisters.pixels)
    as_rgb = replace(sisters, pixels=np.repeat(sisters.pixels, 3, axis=2))
    coloured = run(as_rgb, models).picture.pixels
    assert not np.array_equal(coloured, as_rgb.pixels)
    assert (np.ptp(coloured, axis=2) == 0).all()


def test_grey_in_a_wide_profile_stays_grey_to_the_last_bit(
    models: Models, sisters: Picture
) -> None:
    deep = np.repeat(sisters.pixels, 3, axis=2).astype(np.uint16) * 257
    picture = replace(sisters, pixels=deep, icc=imagecodecs.cms_profile("adobergb"))
    result = run(picture, models).picture.pixels
    assert not np.array_equal(result, deep)
    assert (np.ptp(result, axis=2) == 0).all()


def test_sepia_keeps_its_tint(models: Models, sisters: Picture) -> None:
    luma = sisters.pixels[..., 0].astype(np.float32) / 255
    tint = np.stack([luma**0.85, luma, luma**1.2], axis=2)
    sepia = replace(sisters, pixels=(tint * 255).round().astype(np.uint8))
    result = run(sepia, models).picture.pixels.astype(np.float32) / 255
    inside = (result != sepia.pixels.astype(np.float32) / 255).any(axis=2)
    inside &= (result.min(axis=2) > 0.1) & (result.max(axis=2) < 0.95)
    assert inside.sum() > 1000
    ideal = result[..., 1:2] ** np.array([0.85, 1.0, 1.2])
    assert np.abs(result - ideal)[inside].mean() < 0.01


def test_a_profile_is_respected(models: Models, family: Picture) -> None:
    """The same scene in a wide-gamut profile ends in the same colours."""
    wide = colour_space(3, imagecodecs.cms_profile("adobergb"))
    scene = family.pixels.astype(np.float32) / np.float32(255)
    own = wide.change(np.zeros_like(scene), scene)
    pixels = (own.clip(0, 1) * 65535).round().astype(np.uint16)
    picture = replace(family, pixels=pixels, icc=wide.icc)
    plain = run(family, models).picture.pixels.astype(np.float32) / 255
    profiled = run(picture, models).picture.pixels.astype(np.float32) / 65535
    seen = wide.to_srgb(profiled.astype(np.float32))
    assert np.abs(seen - plain).mean() < 0.004
    assert np.percentile(np.abs(seen - plain), 99) < 0.03


def test_a_large_face_is_never_softer(models: Models, family: Picture) -> None:
    """A restorer that only blurs must not take detail or grain from a large face."""

    def blur(crops: Crops) -> Crops:
        soft = [cv2.GaussianBlur(crop.transpose(1, 2, 0), (0, 0), 4.0) for crop in crops]
        return np.stack([image.transpose(2, 0, 1) for image in soft])

    found = max(models.detector(family.pixels), key=lambda face: face.width)
    x0, y0, x1, y1 = (round(value) for value in found.box)
    margin = found.width * 0.8
    part = family.pixels[max(0, int(y0 - margin)) :, max(0, int(x0 - margin)) : int(x1 + margin)]
    part = part[: int(y1 + margin - max(0, int(y0 - margin)))]
    factor = 900 / found.width
    large = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).normal(0, 6, large.shape)
    picture = Picture((large + grain).clip(0, 255).round().astype(np.uint8))
    result = run(picture, replace(models, restorer=blur))
    each = next(face for face in result.faces if face.state is FaceState.RESTORED)
    assert each.face.width > 600
    a0, b0, a1, b1 = (round(max(value, 0)) for value in each.face.box)
    for sigma in (1.0, 3.0):
        kept = [
            (image - cv2.GaussianBlur(image, (0, 0), sigma))[b0:b1, a0:a1].std()
            for image in (
                picture.pixels.astype(np.float32),
                result.picture.pixels.astype(np.float32),
            )
        ]
        assert kept[1] > 0.97 * kept[0]


def test_another_person_is_held_and_not_pasted(models: Models, family: Picture) -> None:
    def swapped(crops: Crops) -> Crops:
        return np.ascontiguousarray(np.roll(crops, 1, axis=0))

    swap = replace(models, restorer=swapped)
    result = run(family, swap, batch=8, identity_limit=0.8)
    held = [each for each in result.faces if each.state is FaceState.HELD]
    assert len(held) >= 3
    assert all("same person" in (each.reason or "") for each in held)
    assert all(each.identity is not None and each.identity < 0.8 for each in held)
    assert np.array_equal(result.picture.pixels, family.pixels)


def test_faces_too_small_are_skipped_with_a_reason(models: Models, family: Picture) -> None:
    tiny = Face((10.0, 10.0, 18.0, 20.0), align_marks(14.0, 14.0, 3.0), 0.9)

    def detector(pixels: NDArray[np.uint8]) -> list[Face]:
        return [tiny, *models.detector(pixels)]

    result = run(family, replace(models, detector=detector))
    assert result.faces[0].state is FaceState.SKIPPED
    assert "small" in (result.faces[0].reason or "")


def test_the_limits_of_the_models_hold(models: Models, family: Picture) -> None:
    asking = replace(models, limits=Limits(least_detail=14.0))
    before = states(run(family, asking))
    assert FaceState.RESTORED in before
    blurred = replace(family, pixels=cv2.GaussianBlur(np.asarray(family.pixels), (0, 0), 5.0))
    with_faces = replace(asking, detector=lambda _: models.detector(family.pixels))
    result = run(blurred, with_faces)
    assert set(states(result)) == {FaceState.SKIPPED}
    for face, state in zip(result.faces, before, strict=True):
        blamed = "Too blurred: the face shows" in (face.reason or "")
        assert blamed is (state is FaceState.RESTORED)
    assert np.array_equal(result.picture.pixels, blurred.pixels)
    narrow = replace(models, limits=Limits(least_evidence=500.0))
    assert all("below 500" in (face.reason or "") for face in run(family, narrow).faces)


def align_marks(x: float, y: float, eye: float) -> NDArray[np.float64]:
    offsets = [[-0.5, -0.5], [0.5, -0.5], [0, 0.1], [-0.4, 0.5], [0.4, 0.5]]
    return np.array(offsets) * eye + [x, y]


def test_a_batch_that_fails_is_tried_face_by_face(models: Models, family: Picture) -> None:
    def fragile(crops: Crops) -> Crops:
        if len(crops) > 1:
            raise RuntimeError("out of memory")
        return models.restorer(crops)

    result = run(family, replace(models, restorer=fragile), batch=8)
    assert np.array_equal(result.picture.pixels, run(family, models, batch=1).picture.pixels)
    assert FaceState.FAILED not in states(result)


@pytest.mark.parametrize("how", ["raises", "not finite"])
def test_a_restorer_that_fails_leaves_the_face(models: Models, family: Picture, how: str) -> None:
    def broken(crops: Crops) -> Crops:
        if how == "raises":
            raise RuntimeError("no kernel image\nis available")
        return np.full_like(crops, np.nan)

    result = run(family, replace(models, restorer=broken))
    reasons = {each.reason for each in result.faces if each.state is FaceState.FAILED}
    expected = "the restorer failed: no kernel image" if how == "raises" else "no usable picture"
    assert len(reasons) == 1
    assert expected in str(reasons)
    assert np.array_equal(result.picture.pixels, family.pixels)


def test_reports_count_up_and_each_is_a_place_to_stop(models: Models, family: Picture) -> None:
    reports, result = finish(restore(family, models, Choices(batch=1)))
    assert [report.total for report in reports] == [len(result.faces)] * len(reports)
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].done == len(result.faces)
    steps = restore(family, models, Choices())
    next(steps)
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)


def test_no_faces(models: Models) -> None:
    picture = Picture(np.full((200, 300, 3), 120, np.uint8))
    result = run(picture, models)
    assert result.faces == ()
    assert result.picture is picture


@pytest.mark.parametrize("side", [512, 300])
def test_an_aligned_crop(models: Models, family: Picture, side: int) -> None:
    face = models.detector(family.pixels)[0]
    crop = cv2.warpAffine(family.pixels, align(face.landmarks).matrix, (512, 512))
    crop = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    result = restore_aligned(Picture(crop, format="JPEG"), models, Choices())
    assert result.picture.pixels.shape == (512, 512, 3)
    assert result.picture.format == "PNG"
    assert states(result) == [FaceState.RESTORED]
    same = restore_aligned(Picture(crop), models, Choices(strength=0.0))
    if side == 512:
        assert np.array_equal(same.picture.pixels, crop)
        expected = models.restorer((crop.transpose(2, 0, 1)[None] / 255).astype(np.float32))
        assert np.abs(result.picture.pixels / 255 - expected[0].transpose(1, 2, 0)).max() < 0.003


@pytest.mark.parametrize("wrong", [{"scale": 3}, {"strength": 1.5}, {"strength": -0.1}])
def test_choices_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Choices(**wrong)
