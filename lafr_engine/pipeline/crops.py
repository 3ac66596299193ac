"""A face on its way: cut out, restored, judged, and turned into the change that is pasted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import Face, Similarity, align
from lafr_engine.faces.mask import Labels, Mask, parsed_mask, soft_mask
from lafr_engine.faces.paste import Patch
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.tones import (
    ColourSpace,
    in_tone,
    is_grey,
    keep_detail,
    lock_colour,
    tone_of,
)
from lafr_engine.pipeline.values import SIDE, FaceResult, FaceState, Models
from lafr_engine.restore.base import Crops, FaceRestorer

# Low frequencies of a crop: what is broader than this many of its pixels (an eye is 60 wide).
_COLOUR_SIGMA: Final = 40.0
_DEEP: Final = 65535
# Of white: about the noise of a good scan.
_READING_NOISE: Final = np.float32(4 / 255)


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """A face cut out.

    Attributes:
        face: In the pixels of the photograph.
        to_crop: Photograph to crop.
        srgb: float32 (S, S, 3) in [0, 1].
        grey: The photograph's own channels were equal.
    """

    face: Face
    to_crop: Similarity
    srgb: NDArray[np.float32]
    grey: bool


@dataclass(frozen=True, slots=True, eq=False)
class RestoredCrop:
    """What the restorer made of a crop.

    Attributes:
        rgb: float32 (S, S, 3) in [0, 1], in steps of 16 bits: exactly what `deep_crop` stores.
        failure: Why there is nothing to use; None where there is.
    """

    rgb: NDArray[np.float32]
    failure: str | None = None


def cut_face(picture: Picture, face: Face, space: ColourSpace) -> FaceCrop:
    """Cut a face out of a photograph, aligned to the FFHQ template."""
    to_crop = align(face.landmarks, SIDE)
    planes = np.ascontiguousarray(cut(picture.pixels, to_crop, SIDE)[: picture.channels])
    own = planes.transpose(1, 2, 0)
    return FaceCrop(face, to_crop, space.to_srgb(own), is_grey(own))


def restore_crops(crops: Sequence[FaceCrop], models: Models, seed: int) -> list[RestoredCrop]:
    """Run the restorer.

    A batch that fails as a whole (out of memory, most often) is tried again face by face.

    Args:
        crops: The faces.
        models: The networks.
        seed: Another one gives another reading of the same face (see :func:`_read`), even by a
            restorer that draws no numbers itself.
    """
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            after = _read(np.stack([planes(crop.srgb) for crop in crops]), models.restorer, seed)
    except RuntimeError as error:
        if len(crops) > 1:
            return [restore_crops([crop], models, seed)[0] for crop in crops]
        return [RestoredCrop(crops[0].srgb, f"the restorer failed: {_first_line(error)}")]
    return [_checked(image) for image in after]


def _read(crops: Crops, restorer: FaceRestorer, seed: int) -> Crops:
    """Restore crops as they are (seed 0), or seen a little otherwise.

    Odd seeds mirror the face on its way in and out, and all but 0 lay faint noise over it: where
    the photograph leaves open what a face is like, the answers differ.
    """
    if seed == 0:
        return restorer(crops)
    noise = np.random.default_rng(seed).standard_normal(crops.shape[1:], dtype=np.float32)
    seen = np.clip(crops + _READING_NOISE * noise, 0.0, 1.0)
    if seed % 2 == 0:
        return restorer(seen)
    return restorer(np.ascontiguousarray(seen[..., ::-1]))[..., ::-1]


def judged(crop: FaceCrop, restored: RestoredCrop, models: Models, limit: float) -> FaceResult:
    """Decide what becomes of a face: only the same person's is restored."""
    if restored.failure is not None:
        return FaceResult(crop.face, FaceState.FAILED, restored.failure)
    before, after = planes(crop.srgb)[None], planes(restored.rgb)[None]
    score = float(models.identity(before, after)[0])
    if score >= limit:
        return FaceResult(crop.face, FaceState.RESTORED, None, score)
    reason = f"no longer looks like the same person ({score:.2f}, limit {limit:.2f})"
    return FaceResult(crop.face, FaceState.HELD, reason, score)


def labels_of(restored: RestoredCrop, models: Models) -> Labels | None:
    """Label the pixels of a restored crop, where there is one and a parser."""
    if models.parser is None or restored.failure is not None:
        return None
    return models.parser(restored.rgb)


def patch(
    crop: FaceCrop,
    after: NDArray[np.float32],
    space: ColourSpace,
    strength: float,
    labels: Labels | None = None,
) -> Patch:
    """Return the change from a crop to its restored self, as it is pasted.

    Args:
        crop: The face as it was.
        after: float32 (S, S, 3), sRGB in [0, 1].
        space: The photograph's colours.
        strength: 0 leaves the face as it was, 1 takes the whole change.
        labels: Of the pixels of ``after``: the mask follows them; None draws it by the landmarks.
    """
    marks = crop.to_crop.apply(crop.face.landmarks)
    mask = soft_mask(marks, SIDE) if labels is None else parsed_mask(labels, marks)
    change = _kept_change(crop, toned(crop.srgb, after), mask)
    own = space.change(crop.srgb, crop.srgb + change, crop.grey)
    return Patch(crop.to_crop, own.astype(np.float16), mask, strength)


def toned(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let a grey or single-toned face take only the luminance of what was restored."""
    tone = tone_of(before)
    return after if tone is None else in_tone(before, after, tone)


def deep_crop(crop: NDArray[np.float32], labels: Labels | None = None) -> NDArray[np.uint16]:
    """Return a crop as it is stored: [0, 1] in 16 bits, and its labels as the alpha.

    In one file neither is there without the other. Labels count down from opaque, so that the
    file shows the face wherever it is opened.
    """
    stored: NDArray[np.uint16] = np.rint(np.clip(crop, 0.0, 1.0) * _DEEP).astype(np.uint16)
    return stored if labels is None else np.dstack((stored, _DEEP - labels.astype(np.uint16)))


def crop_of(stored: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return a stored crop in [0, 1]."""
    return stored[..., :3].astype(np.float32) / np.float32(_DEEP)


def stored_labels(stored: NDArray[np.uint16]) -> Labels | None:
    """Return the labels that a crop was stored with; None where it was without."""
    return (_DEEP - stored[..., 3]).astype(np.uint8) if stored.shape[2] == 4 else None


def planes(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """(S, S, 3) to (3, S, S)."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1))


def _checked(image: NDArray[np.float32]) -> RestoredCrop:
    rgb = np.ascontiguousarray(image.transpose(1, 2, 0), dtype=np.float32)
    if not np.isfinite(rgb).all():
        return RestoredCrop(rgb, "the restorer gave no usable picture")
    return RestoredCrop(crop_of(deep_crop(rgb)))


def _kept_change(crop: FaceCrop, after: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Return what of the change is pasted: nothing broad, and no loss to a large face."""
    change = lock_colour(after - crop.srgb, mask, _COLOUR_SIGMA)
    # Below 1 the crop is smaller than the face in the scan: the face is never made softer.
    return keep_detail(change, crop.srgb) if crop.to_crop.scale < 1.0 else change


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
