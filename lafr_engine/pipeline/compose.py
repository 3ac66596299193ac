"""Faces that were accepted, put into their photograph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.geometry import Face, Similarity
from lafr_engine.faces.mask import Labels, Mask
from lafr_engine.faces.paste import Patch, Rectangle, mask_rectangle, paste
from lafr_engine.imaging.picture import Picture, enlarged
from lafr_engine.imaging.tones import ColourSpace, colour_space
from lafr_engine.pipeline.crops import cut_face, patch
from lafr_engine.pipeline.grain import with_grain
from lafr_engine.pipeline.values import SIDE


@dataclass(frozen=True, slots=True, eq=False)
class Keep:
    """Where the original stays, painted by hand (glasses, teeth).

    Attributes:
        mask: uint8 (H, W): 255 keeps the original, 0 takes the restored face.
        rectangle: Where the mask lies, in whole pixels of the photograph; of its size.
    """

    mask: NDArray[np.uint8]
    rectangle: Rectangle

    def __post_init__(self) -> None:
        """Check that mask and rectangle agree.

        Raises:
            ConfigError: They do not.
        """
        x0, y0, x1, y1 = self.rectangle
        if (
            self.mask.shape != (y1 - y0, x1 - x0)
            or self.mask.dtype != np.uint8
            or not self.mask.size
        ):
            raise ConfigError(
                f"the mask of what is kept is {self.mask.dtype} {self.mask.shape}, which does not "
                f"fit its rectangle {self.rectangle}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Accepted:
    """A restored face that goes into its photograph.

    Attributes:
        face: In the pixels of the upright photograph.
        crop: float32 (512, 512, 3), sRGB in [0, 1], as `restore_face` gave it.
        strength: 0 leaves the face as it was, 1 takes the whole change.
        keep: Where the original stays all the same.
        labels: uint8 (512, 512), as `restore_face` gave them: the mask follows the face's
            outline; None draws it by the landmarks.
    """

    face: Face
    crop: NDArray[np.float32]
    strength: float = 1.0
    keep: Keep | None = None
    labels: Labels | None = None

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ConfigError: Crop or labels have another shape, or the strength lies outside its range.
        """
        if self.crop.shape != (SIDE, SIDE, 3):
            raise ConfigError(f"a restored crop is {SIDE} x {SIDE} RGB, not {self.crop.shape}")
        if self.labels is not None and self.labels.shape != (SIDE, SIDE):
            raise ConfigError(f"labels are {SIDE} x {SIDE}, not {self.labels.shape}")
        if not 0.0 <= self.strength <= 1.0:
            raise ConfigError(f"the strength lies between 0 and 1, not at {self.strength}")


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The part of a photograph that a face changes.

    Attributes:
        pixels: uint8 (H, W, 3), sRGB.
        rectangle: Where it lies in the photograph.
    """

    pixels: NDArray[np.uint8]
    rectangle: Rectangle


def compose(picture: Picture, accepted: Sequence[Accepted], scale: int = 1) -> Picture:
    """Put faces into their photograph.

    Args:
        picture: Upright.
        accepted: The faces; in any order, the result is the same.
        scale: 1, 2 or 4: how much the photograph is enlarged.

    Returns:
        The same bytes as `restore` makes of the same crops. Outside the faces' masks it equals
        the (enlarged) photograph bit for bit.

    Raises:
        ConfigError: A face whose landmarks fall on one point, or one all of whose crop lies
            outside the photograph.
    """
    space = colour_space(picture.channels, picture.icc)
    return with_patches(picture, [accepted_patch(picture, each, space) for each in accepted], scale)


def preview(picture: Picture, accepted: Accepted) -> Preview | None:
    """Draw one face in its surroundings, for the eye.

    Returns:
        None where the mask of the face lies outside the photograph.

    Raises:
        ConfigError: The face's landmarks fall on one point, or all of its crop lies outside.
    """
    space = colour_space(picture.channels, picture.icc)
    change = accepted_patch(picture, accepted, space)
    rectangle = mask_rectangle(change, (picture.width, picture.height))
    if rectangle is None:
        return None
    x0, y0, x1, y1 = rectangle
    part = np.ascontiguousarray(picture.pixels[y0:y1, x0:x1])
    grained = with_grain(picture.pixels, [change])[0]
    pasted = paste(part, [replace(grained, to_crop=change.to_crop.after(_shift(x0, y0)))])
    srgb = space.to_srgb(pasted.astype(np.float32) / np.float32(picture.white))
    return Preview(np.rint(srgb * 255).astype(np.uint8), rectangle)


def with_patches(picture: Picture, patches: Sequence[Patch], scale: int) -> Picture:
    """Enlarge a photograph and paste patches that were made for its own size."""
    base = enlarged(picture, scale)
    if not patches:
        return base
    shrink = _shrink(scale)
    moved = [replace(each, to_crop=each.to_crop.after(shrink)) for each in patches]
    return replace(base, pixels=paste(base.pixels, with_grain(base.pixels, moved)))


def accepted_patch(picture: Picture, accepted: Accepted, space: ColourSpace) -> Patch:
    """Return the change that an accepted face makes.

    Raises:
        ConfigError: The face's landmarks fall on one point, or all of its crop lies outside.
    """
    crop = cut_face(picture, accepted.face, space)
    whole = patch(crop, accepted.crop, space, accepted.strength, accepted.labels)
    if accepted.keep is None:
        return whole
    return replace(whole, kept=_carried(accepted.keep, crop.to_crop))


def _carried(keep: Keep, to_crop: Similarity) -> Mask:
    """Carry what is kept into the crop, low-passed where that shrinks it."""
    x0, y0, _, _ = keep.rectangle
    share: NDArray[Any] = keep.mask.astype(np.float32) / np.float32(255)
    if to_crop.scale < 1.0:
        sigma = 0.4 * float(np.sqrt(to_crop.scale**-2 - 1.0))
        share = cv2.GaussianBlur(share, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    matrix = to_crop.after(_shift(x0, y0)).matrix
    carried = cv2.warpAffine(share, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(np.clip(carried, 0.0, 1.0), np.float32)


def _shift(x: float, y: float) -> Similarity:
    """Return the way from a part of a picture, whose corner is at (x, y), to the picture."""
    return Similarity(np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))


def _shrink(scale: int) -> Similarity:
    """Return the way from the enlarged picture to the source; areas map onto areas."""
    k, shift = 1.0 / scale, 0.5 / scale - 0.5
    return Similarity(np.array([[k, 0.0, shift], [0.0, k, shift]]))
