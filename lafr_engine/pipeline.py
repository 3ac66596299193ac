"""From a picture to the picture with its faces restored, in steps that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.cut import cut
from lafr_engine.faces.detect import Detector
from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.faces.geometry import FFHQ_512, Face, Similarity, align
from lafr_engine.faces.mask import Mask, soft_mask
from lafr_engine.faces.paste import Patch, paste
from lafr_engine.imaging.picture import Picture, enlarged, resized, rgb8
from lafr_engine.imaging.tones import (
    ColourSpace,
    colour_space,
    in_tone,
    is_grey,
    keep_detail,
    lock_colour,
    tone_of,
)
from lafr_engine.restore.base import Crops, FaceRestorer

SIDE: Final = 512
IdentityScorer = Callable[[Crops, Crops], NDArray[np.float32]]
"""Two batches of crops, before and after, to one cosine (N,) a pair."""

# Low frequencies of a crop: what is broader than this many of its pixels (an eye is 60 wide).
_COLOUR_SIGMA: Final = 40.0


class FaceState(StrEnum):
    """What became of a face."""

    RESTORED = "restored"
    HELD = "held"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Models:
    """The networks that the pipeline runs.

    Attributes:
        detector: Finds faces.
        restorer: Restores crops.
        identity: Says how much a face is still the same person's.
    """

    detector: Detector
    restorer: FaceRestorer
    identity: IdentityScorer


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decides.

    Attributes:
        scale: 1, 2 or 4: how much the photograph is enlarged.
        strength: 0 leaves the faces as they are, 1 takes the whole change.
        seed: For restorers that draw random numbers.
        batch: Faces restored at once.
        identity_limit: A face that scores lower is held back and not pasted.
    """

    scale: int = 1
    strength: float = 1.0
    seed: int = 0
    batch: int = 4
    identity_limit: float = 0.3

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ConfigError: A value lies outside its range.
        """
        if self.scale not in (1, 2, 4):
            raise ConfigError(f"the scale is 1, 2 or 4, not {self.scale}")
        if not 0.0 <= self.strength <= 1.0:
            raise ConfigError(f"the strength lies between 0 and 1, not at {self.strength}")
        if self.batch < 1:
            raise ConfigError(f"a batch holds at least one face, not {self.batch}")


@dataclass(frozen=True, slots=True, eq=False)
class FaceResult:
    """One face and what became of it.

    Attributes:
        face: In the pixels of the upright source.
        state: What became of it.
        reason: A sentence where the face was not restored.
        identity: Cosine between the face before and after; None where it was not restored.
        seconds: Time spent on it.
    """

    face: Face
    state: FaceState
    reason: str | None = None
    identity: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A step done; after each one the work may be stopped by closing the generator.

    Attributes:
        done: Faces dealt with so far.
        total: Faces found.
        faces: Those that this step dealt with; none in the first report.
    """

    done: int
    total: int
    faces: tuple[FaceResult, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Restoration:
    """What comes out.

    Attributes:
        picture: The source itself where no face was changed and nothing enlarged.
        faces: In the order in which they were found.
    """

    picture: Picture
    faces: tuple[FaceResult, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """A face cut out, (S, S, 3) in sRGB; grey where the picture's own channels were equal."""

    index: int
    face: Face
    to_crop: Similarity
    srgb: NDArray[np.float32]
    grey: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Restored:
    """What the restorer made of a crop: (S, S, 3) in [0, 1], or why there is nothing."""

    rgb: NDArray[np.float32]
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """A batch's results, with the patches of the faces that may be pasted."""

    results: dict[int, FaceResult]
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
    faces = models.detector(rgb8(picture))
    results = _skipped(faces, choices.scale)
    yield Report(len(results), len(faces), tuple(results.values()))
    space, patches = colour_space(picture.channels, picture.icc), list[Patch]()
    waiting = [index for index in range(len(faces)) if index not in results]
    for start in range(0, len(waiting), choices.batch):
        chosen = waiting[start : start + choices.batch]
        outcome = _run_batch(picture, [(i, faces[i]) for i in chosen], models, choices, space)
        results |= outcome.results
        patches += outcome.patches
        yield Report(len(results), len(faces), tuple(outcome.results.values()))
    ordered = tuple(results[index] for index in range(len(faces)))
    return Restoration(_composed(picture, patches, choices), ordered)


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
    pixels = picture.pixels
    if pixels.shape[:2] != (SIDE, SIDE):
        pixels = resized(pixels, SIDE, SIDE)
    space = colour_space(picture.channels, picture.icc)
    own = pixels.astype(np.float32) / np.float32(picture.white)
    face = Face((0.0, 0.0, SIDE - 1.0, SIDE - 1.0), FFHQ_512, 1.0)
    crop = _Crop(0, face, Similarity(np.eye(2, 3)), space.to_srgb(own), is_grey(own))
    restored = _restored([crop], models, choices)[0]
    result = _judged(crop, restored, models, choices.identity_limit)
    # A held face is written too: nothing is pasted into a photograph here, and whoever asked for
    # crops wants to see what was held, and why.
    if result.state in (FaceState.RESTORED, FaceState.HELD):
        change = space.change(crop.srgb, _toned(crop.srgb, restored.rgb), crop.grey)
        mixed = (own + np.float32(choices.strength) * change) * np.float32(picture.white)
        pixels = np.rint(np.clip(mixed, 0, picture.white)).astype(picture.pixels.dtype)
    done = replace(picture, pixels=pixels, alpha=None, format="PNG")
    return Restoration(done, (replace(result, seconds=time.perf_counter() - began),))


def _skipped(faces: Sequence[Face], scale: int) -> dict[int, FaceResult]:
    """Return those faces that are better left alone, by their index."""
    reasons = ((index, reason_to_abstain(face, scale)) for index, face in enumerate(faces))
    return {
        index: FaceResult(faces[index], FaceState.SKIPPED, reason)
        for index, reason in reasons
        if reason is not None
    }


def _run_batch(
    picture: Picture,
    chosen: Sequence[tuple[int, Face]],
    models: Models,
    choices: Choices,
    space: ColourSpace,
) -> _Outcome:
    began = time.perf_counter()
    crops = [_cut(picture, index, face, space) for index, face in chosen]
    restored = _restored(crops, models, choices)
    share = (time.perf_counter() - began) / len(crops)
    outcome = _Outcome({}, [])
    for crop, after in zip(crops, restored, strict=True):
        clock = time.perf_counter()
        result = _judged(crop, after, models, choices.identity_limit)
        if result.state is FaceState.RESTORED and choices.strength > 0.0:
            outcome.patches.append(_patch(crop, after, space, choices.strength))
        seconds = share + time.perf_counter() - clock
        outcome.results[crop.index] = replace(result, seconds=seconds)
    return outcome


def _cut(picture: Picture, index: int, face: Face, space: ColourSpace) -> _Crop:
    to_crop = align(face.landmarks, SIDE)
    planes = np.ascontiguousarray(cut(picture.pixels, to_crop, SIDE)[: picture.channels])
    own = planes.transpose(1, 2, 0)
    return _Crop(index, face, to_crop, space.to_srgb(own), is_grey(own))


def _restored(crops: Sequence[_Crop], models: Models, choices: Choices) -> list[_Restored]:
    """Run the restorer.

    A batch that fails as a whole (out of memory, most often) is tried again face by face.
    """
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(choices.seed)
            after = models.restorer(np.stack([_planes(crop.srgb) for crop in crops]))
    except RuntimeError as error:
        if len(crops) > 1:
            return [_restored([crop], models, choices)[0] for crop in crops]
        return [_Restored(crops[0].srgb, f"the restorer failed: {_first_line(error)}")]
    return [_checked(image) for image in after]


def _checked(image: NDArray[np.float32]) -> _Restored:
    rgb = np.ascontiguousarray(image.transpose(1, 2, 0), dtype=np.float32)
    if not np.isfinite(rgb).all():
        return _Restored(rgb, "the restorer gave no usable picture")
    return _Restored(np.clip(rgb, 0.0, 1.0))


def _judged(crop: _Crop, restored: _Restored, models: Models, limit: float) -> FaceResult:
    """Decide what becomes of a face: only the same person's is restored."""
    if restored.failure is not None:
        return FaceResult(crop.face, FaceState.FAILED, restored.failure)
    before, after = _planes(crop.srgb)[None], _planes(restored.rgb)[None]
    score = float(models.identity(before, after)[0])
    if score >= limit:
        return FaceResult(crop.face, FaceState.RESTORED, None, score)
    reason = f"no longer looks like the same person ({score:.2f}, limit {limit:.2f})"
    return FaceResult(crop.face, FaceState.HELD, reason, score)


def _patch(crop: _Crop, restored: _Restored, space: ColourSpace, strength: float) -> Patch:
    mask = soft_mask(crop.to_crop.apply(crop.face.landmarks), SIDE)
    change = _kept_change(crop, _toned(crop.srgb, restored.rgb), mask)
    own = space.change(crop.srgb, crop.srgb + change, crop.grey)
    return Patch(crop.to_crop, own.astype(np.float16), mask, strength)


def _kept_change(crop: _Crop, after: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Return what of the change is pasted: nothing broad, and no loss to a large face."""
    change = lock_colour(after - crop.srgb, mask, _COLOUR_SIGMA)
    # Below 1 the crop is smaller than the face in the scan: the face is never made softer.
    return keep_detail(change, crop.srgb) if crop.to_crop.scale < 1.0 else change


def _toned(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let a grey or single-toned face take only the luminance of what was restored."""
    tone = tone_of(before)
    return after if tone is None else in_tone(before, after, tone)


def _composed(picture: Picture, patches: list[Patch], choices: Choices) -> Picture:
    base = enlarged(picture, choices.scale)
    if not patches:
        return base
    shrink = _shrink(choices.scale)
    moved = [replace(patch, to_crop=patch.to_crop.after(shrink)) for patch in patches]
    return replace(base, pixels=paste(base.pixels, moved))


def _shrink(scale: int) -> Similarity:
    """Return the way from the enlarged picture to the source; areas map onto areas."""
    k, shift = 1.0 / scale, 0.5 / scale - 0.5
    return Similarity(np.array([[k, 0.0, shift], [0.0, k, shift]]))


def _planes(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """(S, S, 3) to (3, S, S)."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1))


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
