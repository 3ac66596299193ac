from __future__ import annotations

from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.geometry import Face, align
from lafr_engine.faces.mask import Part, parsed_mask
from lafr_engine.imaging.picture import Picture, enlarged, rgb8
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import (
    Accepted,
    Choices,
    FaceState,
    Keep,
    Models,
    Restoration,
    compose,
    preview,
    restore,
    restore_face,
)
from lafr_engine.pipeline.compose import accepted_patch
from lafr_engine.pipeline.crops import crop_of, deep_crop, stored_labels
from lafr_engine.restore.base import Crops


def at_once(picture: Picture, models: Models, choices: Choices) -> Restoration:
    steps = restore(picture, models, choices)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Restoration = end.value
            return result


def face_by_face(
    picture: Picture, models: Models, restoration: Restoration, strength: float = 1.0
) -> list[Accepted]:
    accepted = []
    for each in restoration.faces:
        if each.state is FaceState.RESTORED:
            done = restore_face(picture, each.face, models, Choices())
            assert done.crop is not None
            assert done.result.parsed is each.parsed
            accepted.append(Accepted(each.face, done.crop, strength, labels=done.labels))
    return accepted


@pytest.fixture(scope="module")
def face(models: Models, family: Picture) -> Face:
    return max(models.detector(rgb8(family)), key=lambda each: each.score)


@pytest.fixture(scope="module")
def accepted(models: Models, family: Picture, face: Face) -> Accepted:
    crop = restore_face(family, face, models, Choices()).crop
    assert crop is not None
    return Accepted(face, crop)


def outlined(crop: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A parser that sees an upright face, narrower and longer than landmarks draw it."""
    y, x = np.mgrid[:512, :512]
    labels = np.full((512, 512), Part.HAIR, np.uint8)
    labels[np.hypot((x - 256) / 100, (y - 300) / 180) < 1] = Part.SKIN
    assert crop.shape == (512, 512, 3)
    return labels


@pytest.mark.parametrize(
    ("scale", "strength", "deep"), [(1, 1.0, False), (1, 0.4, True), (2, 1.0, True)]
)
def test_face_by_face_gives_the_bytes_of_all_at_once(
    models: Models, family: Picture, scale: int, strength: float, deep: bool
) -> None:
    if deep:
        family = replace(family, pixels=family.pixels.astype(np.uint16) * 257)
    restoration = at_once(family, models, Choices(scale=scale, strength=strength))
    accepted = face_by_face(family, models, restoration, strength)
    assert len(accepted) >= 2
    composed = compose(family, accepted[::-1], scale)
    assert np.array_equal(composed.pixels, restoration.picture.pixels)
    assert composed.pixels.dtype == restoration.picture.pixels.dtype


def test_a_parser_draws_the_masks_both_ways(models: Models, family: Picture) -> None:
    parsing = replace(models, parser=outlined)
    restoration = at_once(family, parsing, Choices())
    accepted = face_by_face(family, parsing, restoration)
    assert len(accepted) >= 2
    assert all(each.parsed for each in restoration.faces if each.state is FaceState.RESTORED)
    assert np.array_equal(compose(family, accepted).pixels, restoration.picture.pixels)
    by_landmarks = at_once(family, models, Choices())
    assert not any(each.parsed for each in by_landmarks.faces)
    assert not np.array_equal(by_landmarks.picture.pixels, restoration.picture.pixels)


def test_the_mask_follows_the_labels(family: Picture, accepted: Accepted) -> None:
    space = colour_space(family.channels, family.icc)
    labels = outlined(accepted.crop)
    parsed = accepted_patch(family, replace(accepted, labels=labels), space).mask
    assert np.array_equal(
        parsed,
        parsed_mask(labels, align(accepted.face.landmarks, 512).apply(accepted.face.landmarks)),
    )
    plain = accepted_patch(family, accepted, space).mask
    assert plain[labels == Part.HAIR].mean() > 2 * parsed[labels == Part.HAIR].mean()


def test_a_crop_is_stored_with_its_labels(accepted: Accepted) -> None:
    labels = np.random.default_rng(4).integers(0, len(Part), (512, 512), np.uint8)
    stored = deep_crop(accepted.crop, labels)
    back = imagecodecs.png_decode(imagecodecs.png_encode(stored))
    assert np.array_equal(crop_of(back), accepted.crop)
    kept = stored_labels(back)
    assert kept is not None
    assert np.array_equal(kept, labels)
    assert back[..., 3].min() > 65_000  # any viewer shows the face
    plain = deep_crop(accepted.crop)
    assert stored_labels(plain) is None
    assert np.array_equal(crop_of(plain), accepted.crop)


def test_no_faces_give_the_photograph_or_the_enlarged_one(family: Picture) -> None:
    assert compose(family, []) is family
    assert np.array_equal(compose(family, [], 2).pixels, enlarged(family, 2).pixels)


def test_a_held_face_has_a_crop_all_the_same(models: Models, family: Picture, face: Face) -> None:
    strict = restore_face(family, face, models, Choices(identity_limit=1.0))
    free = restore_face(family, face, models, Choices())
    assert strict.result.state is FaceState.HELD
    assert "same person" in str(strict.result.reason)
    assert free.result.state is FaceState.RESTORED
    assert strict.crop is not None
    assert free.crop is not None
    assert np.array_equal(strict.crop, free.crop)
    assert strict.crop.shape == strict.before.shape == (512, 512, 3)


def test_a_face_that_fails_has_none(models: Models, family: Picture, face: Face) -> None:
    def broken(crops: Crops) -> Crops:
        raise RuntimeError("no kernel image")

    parsing = replace(models, restorer=broken, parser=outlined)
    failed = restore_face(family, face, parsing, Choices())
    assert failed.labels is None
    assert not failed.result.parsed
    assert failed.result.state is FaceState.FAILED
    assert failed.crop is None


def test_the_preview_is_what_compose_makes(family: Picture, accepted: Accepted) -> None:
    seen = preview(family, accepted)
    assert seen is not None
    x0, y0, x1, y1 = seen.rectangle
    composed = compose(family, [accepted])
    assert np.array_equal(seen.pixels, composed.pixels[y0:y1, x0:x1])
    outside = np.ones(family.pixels.shape[:2], bool)
    outside[y0:y1, x0:x1] = False
    assert np.array_equal(composed.pixels[outside], family.pixels[outside])


def test_the_preview_is_in_srgb_and_8_bits(family: Picture, accepted: Accepted) -> None:
    wide = colour_space(3, imagecodecs.cms_profile("adobergb"))
    scene = family.pixels.astype(np.float32) / np.float32(255)
    own = wide.change(np.zeros_like(scene), scene)
    pixels = (own.clip(0, 1) * 65535).round().astype(np.uint16)
    seen = preview(replace(family, pixels=pixels, icc=wide.icc), accepted)
    plain = preview(family, accepted)
    assert seen is not None
    assert plain is not None
    assert seen.pixels.dtype == np.uint8
    assert np.abs(seen.pixels.astype(int) - plain.pixels).mean() < 1.5


def test_there_is_no_preview_of_a_face_outside(family: Picture, accepted: Accepted) -> None:
    middle = (accepted.face.box[0] + accepted.face.box[2]) / 2
    beside = accepted.face.moved(family.width + 35 - middle, 0)  # its crop reaches in, it does not
    assert preview(family, replace(accepted, face=beside)) is None
    with pytest.raises(ConfigError):
        preview(family, replace(accepted, face=accepted.face.moved(5000, 0)))


@pytest.mark.parametrize("zoom", [1, 8])
def test_what_is_kept_is_the_original_to_the_last_bit(
    models: Models, family: Picture, face: Face, zoom: int
) -> None:
    """In small faces, whose crops are enlarged, and in large ones, whose crops are shrunk."""
    x0, y0, x1, y1 = (round(value) for value in face.box)
    part = Picture(np.ascontiguousarray(family.pixels[y0 - 30 : y1 + 30, x0 - 30 : x1 + 30]))
    near = enlarged(part, zoom)
    moved = face.moved(30.0 - x0, 30.0 - y0)
    points = (moved.landmarks + 0.5) * zoom - 0.5
    large = Face(tuple(float(v) * zoom for v in moved.box), points, 1.0)  # type: ignore[arg-type]  # four
    crop = restore_face(near, large, models, Choices()).crop
    assert crop is not None
    whole = preview(near, Accepted(large, crop))
    assert whole is not None
    a0, b0, a1, b1 = whole.rectangle
    mask = np.zeros((b1 - b0, a1 - a0), np.uint8)
    middle = (b1 - b0) // 2
    mask[:middle] = 255
    half = compose(near, [Accepted(large, crop, keep=Keep(mask, whole.rectangle))])
    after, before = half.pixels[b0:b1, a0:a1], near.pixels[b0:b1, a0:a1]
    edge = 3 + 2 * zoom
    assert np.array_equal(after[: middle - edge], before[: middle - edge])
    assert np.array_equal(after[middle + edge :], whole.pixels[middle + edge :])
    assert not np.array_equal(after, before)


def test_keeping_nothing_and_keeping_everything(family: Picture, accepted: Accepted) -> None:
    seen = preview(family, accepted)
    assert seen is not None
    x0, y0, x1, y1 = seen.rectangle
    for value, expected in ((0, compose(family, [accepted])), (255, family)):
        keep = Keep(np.full((y1 - y0, x1 - x0), value, np.uint8), seen.rectangle)
        after = compose(family, [replace(accepted, keep=keep)])
        assert np.array_equal(after.pixels, expected.pixels)


@pytest.mark.parametrize(
    ("shape", "kind"), [((5, 9), np.uint8), ((9, 5, 1), np.uint8), ((9, 5), np.float32)]
)
def test_a_mask_that_does_not_fit_is_refused(shape: tuple[int, ...], kind: Any) -> None:
    with pytest.raises(ConfigError):
        Keep(np.zeros(shape, kind), (10, 10, 15, 19))


def test_crops_and_strengths_out_of_range_are_refused(accepted: Accepted) -> None:
    with pytest.raises(ConfigError):
        replace(accepted, strength=1.2)
    with pytest.raises(ConfigError):
        replace(accepted, crop=accepted.crop[:100])
    with pytest.raises(ConfigError, match="labels"):
        replace(accepted, labels=np.zeros((100, 512), np.uint8))
