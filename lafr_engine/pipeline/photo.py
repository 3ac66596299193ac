"""From a picture to the picture with its faces restored, in steps that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.faces.geometry import FFHQ_512, Face, Similarity
from lafr_engine.faces.paste import Patch
from lafr_engine.imaging.picture import Picture, resized
from lafr_engine.imaging.tones import ColourSpace, colour_space, is_grey
from lafr_engine.pipeline.compose import with_patches
from lafr_engine.pipeline.crops import (
    FaceCrop,
    cut_face,
    judged,
    labels_of,
    patch,
    restore_crops,
    toned,
)
from lafr_engine.pipeline.search import find_in
from lafr_engine.pipeline.values import (
    SIDE,
    Choices,
    FaceResult,
    FaceState,
    Models,
    Report,
    Restoration,
    RestoredFace,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """A batch's results in its order, with the patches of the faces that may be pasted."""

    results: list[FaceResult]
    patches: list[Patch]


def restore(
    picture: Picture, models: Models, choices: Choices
) -> Generator[Report, None, Restoration]:
    """Restore the faces of a photograph.

    Faces are found, cut out, restored in batches, compared with what they were, and added back
    through their masks. Outside the masks' rectangles the result equals the source (or the
    enlarged source) bit for bit; a grey picture stays grey.

    Args:
        picture: Upright.
        models: The networks.
        choices: What the user decided.

    Yields:
        A report after detection and after each batch.

    Returns:
        The picture with its faces, and what became of each face.
    """
    faces = find_in(picture, models.detector)
    results = _skipped(picture, faces, models, choices.scale)
    yield Report(len(results), len(faces), tuple(results.values()))
    space, patches = colour_space(picture.channels, picture.icc), list[Patch]()
    waiting = [index for index in range(len(faces)) if index not in results]
    for start in range(0, len(waiting), choices.batch):
        chosen = waiting[start : start + choices.batch]
        outcome = _run_batch(picture, [faces[i] for i in chosen], models, choices, space)
        results |= dict(zip(chosen, outcome.results, strict=True))
        patches += outcome.patches
        yield Report(len(results), len(faces), tuple(outcome.results))
    ordered = tuple(results[index] for index in range(len(faces)))
    return Restoration(with_patches(picture, patches, choices.scale), ordered)


def restore_face(picture: Picture, face: Face, models: Models, choices: Choices) -> RestoredFace:
    """Restore one face and leave the photograph alone; `compose` puts it in.

    Args:
        picture: Upright.
        face: In its pixels.
        models: The networks; the detector is not asked.
        choices: ``seed`` and ``identity_limit`` are used.

    Raises:
        ConfigError: The face's landmarks fall on one point.
    """
    began = time.perf_counter()
    crop = cut_face(picture, face, colour_space(picture.channels, picture.icc))
    restored = restore_crops([crop], models, choices.seed)[0]
    result = judged(crop, restored, models, choices.identity_limit)
    labels = labels_of(restored, models)
    seconds = time.perf_counter() - began
    result = replace(result, seconds=seconds, parsed=labels is not None)
    return RestoredFace(result, None if restored.failure else restored.rgb, crop.srgb, labels)


def restore_aligned(picture: Picture, models: Models, choices: Choices) -> Restoration:
    """Restore a crop that is already aligned to the FFHQ template.

    Args:
        picture: A face; other sizes than 512 x 512 are resized.
        models: The networks; the detector is not asked.
        choices: ``scale`` is not used.

    Returns:
        A picture of 512 x 512 in PNG, without its alpha.
    """
    began = time.perf_counter()
    plain = as_aligned(picture)
    pixels = plain.pixels
    space = colour_space(picture.channels, picture.icc)
    own = pixels.astype(np.float32) / np.float32(picture.white)
    face = Face((0.0, 0.0, SIDE - 1.0, SIDE - 1.0), FFHQ_512, 1.0)
    crop = FaceCrop(face, Similarity(np.eye(2, 3)), space.to_srgb(own), is_grey(own))
    restored = restore_crops([crop], models, choices.seed)[0]
    result = judged(crop, restored, models, choices.identity_limit)
    # A held face is written too: nothing is pasted into a photograph here, and whoever asked for
    # crops wants to see what was held, and why.
    if result.state in (FaceState.RESTORED, FaceState.HELD):
        change = space.change(crop.srgb, toned(crop.srgb, restored.rgb), crop.grey)
        mixed = (own + np.float32(choices.strength) * change) * np.float32(picture.white)
        pixels = np.rint(np.clip(mixed, 0, picture.white)).astype(picture.pixels.dtype)
    done = replace(plain, pixels=pixels)
    return Restoration(done, (replace(result, seconds=time.perf_counter() - began),))


def as_aligned(picture: Picture) -> Picture:
    """Return an aligned crop in the size and format of `restore_aligned`, not restored."""
    pixels = np.asarray(picture.pixels)
    if pixels.shape[:2] != (SIDE, SIDE):
        pixels = resized(pixels, SIDE, SIDE)
    return replace(picture, pixels=pixels, alpha=None, format="PNG")


def _skipped(
    picture: Picture, faces: Sequence[Face], models: Models, scale: int
) -> dict[int, FaceResult]:
    """Return those faces that are better left alone, by their index."""
    reasons = (
        (index, reason_to_abstain(face, scale, models.limits, picture))
        for index, face in enumerate(faces)
    )
    return {
        index: FaceResult(faces[index], FaceState.SKIPPED, reason)
        for index, reason in reasons
        if reason is not None
    }


def _run_batch(
    picture: Picture,
    faces: Sequence[Face],
    models: Models,
    choices: Choices,
    space: ColourSpace,
) -> _Outcome:
    began = time.perf_counter()
    crops = [cut_face(picture, face, space) for face in faces]
    restored = restore_crops(crops, models, choices.seed)
    share = (time.perf_counter() - began) / len(crops)
    outcome = _Outcome([], [])
    for crop, after in zip(crops, restored, strict=True):
        clock = time.perf_counter()
        result = judged(crop, after, models, choices.identity_limit)
        if result.state is FaceState.RESTORED and choices.strength > 0.0:
            labels = labels_of(after, models)
            outcome.patches.append(patch(crop, after.rgb, space, choices.strength, labels))
            result = replace(result, parsed=labels is not None)
        seconds = share + time.perf_counter() - clock
        outcome.results.append(replace(result, seconds=seconds))
    return outcome
