"""Putting faces back: adding what changed, inside the mask's rectangle and nowhere else.

The restored face never replaces the old one. What the restorer changed in the 512 x 512 crop
is carried to the picture and added there, so the picture's own pixels stay underneath: grain
and detail finer than the crop shows are kept, and no change means not one bit of difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.faces.geometry import Similarity
from lafr_engine.imaging.picture import Pixels

Floats = NDArray[np.float32]
Rectangle = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in whole pixels; x1 and y1 lie outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One face's change, in its crop.

    Attributes:
        to_crop: Picture to crop.
        change: float (S, S, C), restored minus original in shares of white; C as the picture.
            float16 is fine and halves the memory.
        mask: float32 (S, S) in [0, 1], 0 at the border.
        strength: 0 leaves the face as it was, 1 takes the whole change.
        grain: float32 (h, w, C) of the size of the patch's rectangle (see `mask_rectangle`) in
            shares of white: noise that is added with the change. It belongs to the picture's
            pixels, not to the crop's.
        kept: float32 (S, S) in [0, 1], the share of the picture that stays in spite of the mask.
    """

    to_crop: Similarity
    change: NDArray[np.float16] | Floats
    mask: Floats
    strength: float = 1.0
    grain: Floats | None = None
    kept: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """A patch's mask in the picture."""

    rectangle: Rectangle
    mask: Floats  # of the rectangle's size


def paste(pixels: Pixels, patches: Iterable[Patch]) -> Pixels:
    """Add faces to a picture.

    Where masks overlap, the larger face comes first and the other only gets what the first
    left open: every pixel is composed once, in an order that depends on the faces alone.

    Args:
        pixels: (H, W, C) uint8 or uint16; not changed.
        patches: The faces.

    Returns:
        A new array; outside the patches' rectangles it equals ``pixels`` bit for bit.
    """
    result = pixels.copy()
    done: list[_Layer] = []
    for patch in sorted(patches, key=_order):
        rectangle = mask_rectangle(patch, (pixels.shape[1], pixels.shape[0]))
        if patch.strength <= 0.0 or rectangle is None:
            continue
        mask = patch.mask if patch.kept is None else patch.mask * (1.0 - patch.kept)
        layer = _Layer(rectangle, _to_picture(mask, patch.to_crop, rectangle))
        _add(result, patch, layer, _open_share(layer, done))
        done.append(layer)
    return result


def mask_rectangle(patch: Patch, size: tuple[int, int]) -> Rectangle | None:
    """Return the part of a picture that a patch may touch.

    Args:
        patch: The face.
        size: Width and height of the picture.

    Returns:
        None where the mask is empty or lies outside the picture.
    """
    rows, columns = np.nonzero(patch.mask.any(axis=1))[0], np.nonzero(patch.mask.any(axis=0))[0]
    if not len(rows):
        return None
    x0, x1, y0, y1 = columns[0] - 1, columns[-1] + 1, rows[0] - 1, rows[-1] + 1
    corners = patch.to_crop.inverse().apply([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)) + 1, size).astype(int)
    return None if (low >= high).any() else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def mask_share(patch: Patch, rectangle: Rectangle) -> Floats:
    """Return a patch's mask in a part of the picture, float32 (h, w), whatever is kept."""
    return _to_picture(patch.mask, patch.to_crop, rectangle)


def _order(patch: Patch) -> tuple[float, ...]:
    """Large faces first, then from the top, then from the left."""
    (_, _, x), (_, _, y) = patch.to_crop.inverse().matrix.tolist()
    return patch.to_crop.scale, y, x


def _to_picture(values: Floats, to_crop: Similarity, rectangle: Rectangle) -> Floats:
    """Carry crop values to a rectangle of the picture; what the crop does not cover is 0.

    A small face shrinks its crop: then the values are low-passed first, or they would alias.
    """
    x0, y0, x1, y1 = rectangle
    shift = Similarity(np.array([[1.0, 0.0, x0], [0.0, 1.0, y0]]))
    matrix = to_crop.after(shift).matrix
    source = _shrinkable(values, to_crop.scale)
    method = cv2.INTER_CUBIC if to_crop.scale < 1.0 and values.ndim == 3 else cv2.INTER_LINEAR
    warped = cv2.warpAffine(
        source,
        matrix,
        (x1 - x0, y1 - y0),
        flags=method | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return warped.reshape(y1 - y0, x1 - x0, *values.shape[2:]).astype(np.float32, copy=False)


def _shrinkable(values: Floats, factor: float) -> Floats:
    """Low-pass values that are about to be sampled at every ``factor``-th pixel."""
    if factor <= 1.0:
        return values
    sigma = 0.4 * float(np.sqrt(factor * factor - 1.0))
    blurred = cv2.GaussianBlur(values, (0, 0), sigma)
    return blurred.reshape(values.shape).astype(np.float32, copy=False)


def _open_share(layer: _Layer, done: list[_Layer]) -> Floats:
    """Return the layer's mask less what earlier layers took; at most 1 in sum everywhere."""
    share = layer.mask
    x0, y0, x1, y1 = layer.rectangle
    for other in done:
        u0, v0, u1, v1 = other.rectangle
        a0, b0, a1, b1 = max(x0, u0), max(y0, v0), min(x1, u1), min(y1, v1)
        if a0 >= a1 or b0 >= b1:
            continue
        share = share.copy() if share is layer.mask else share
        taken = other.mask[b0 - v0 : b1 - v0, a0 - u0 : a1 - u0]
        share[b0 - y0 : b1 - y0, a0 - x0 : a1 - x0] *= 1.0 - taken
    return share


def _add(result: Pixels, patch: Patch, layer: _Layer, share: Floats) -> None:
    x0, y0, x1, y1 = layer.rectangle
    white = np.float32(np.iinfo(result.dtype).max)
    change = _to_picture(patch.change.astype(np.float32), patch.to_crop, layer.rectangle)
    if patch.grain is not None:
        change += patch.grain
    change *= (share * np.float32(min(patch.strength, 1.0)) * white)[..., None]
    region = result[y0:y1, x0:x1]
    change += region
    region[...] = np.rint(np.clip(change, 0.0, white, out=change)).astype(result.dtype)
