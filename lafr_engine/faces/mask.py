"""The soft mask of a face, drawn in its 512 x 512 crop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.float32]
Labels = NDArray[np.uint8]
"""One `Part` a pixel."""


class Part(IntEnum):
    """What a pixel of a face is, in the order of CelebAMask-HQ, which ParseNet was trained on."""

    BACKGROUND = 0
    SKIN = 1
    NOSE = 2
    GLASSES = 3
    LEFT_EYE = 4
    RIGHT_EYE = 5
    LEFT_BROW = 6
    RIGHT_BROW = 7
    LEFT_EAR = 8
    RIGHT_EAR = 9
    MOUTH = 10
    UPPER_LIP = 11
    LOWER_LIP = 12
    HAIR = 13
    HAT = 14
    EARRING = 15
    NECKLACE = 16
    NECK = 17
    CLOTH = 18


@dataclass(frozen=True, slots=True)
class MaskShape:
    """Measures of the mask in units of the face, so that it grows and turns with it.

    The unit is the distance between the eyes or, where a turned head brings the eyes together,
    that from eyes to mouth.

    Attributes:
        half_width: From the middle to the ears' edge.
        half_height: From the middle to forehead and chin.
        middle: The middle's place on the way from the eyes (0) to the mouth (1).
        feather: The share of the radius over which the mask fades.
        border: Pixels at the crop's edge over which it fades in any case.
    """

    half_width: float = 1.28
    half_height: float = 1.5
    middle: float = 0.38
    feather: float = 0.3
    border: int = 24


DEFAULT_SHAPE: Final = MaskShape()

# Hair and ears stay the photograph's: a seam through hair shows, one along it does not.
_FACE: Final = (
    Part.SKIN,
    Part.NOSE,
    Part.GLASSES,
    Part.LEFT_EYE,
    Part.RIGHT_EYE,
    Part.LEFT_BROW,
    Part.RIGHT_BROW,
    Part.MOUTH,
    Part.UPPER_LIP,
    Part.LOWER_LIP,
)
# Of the crop's side: the feather of a parsed mask, and holes and spurs that are evened out.
_PARSED_FEATHER, _EVENED = 0.05, 0.03
# Less of the features' hull than this, and the labels are no face: landmarks decide alone.
_TRUSTED: Final = 0.5
# The hull of the landmarks reaches this many eye distances beyond them: brows, nostrils, lips.
_BEYOND: Final = 0.3


def soft_mask(landmarks: ArrayLike, size: int = 512, shape: MaskShape = DEFAULT_SHAPE) -> Mask:
    """Draw the mask: an ellipse from forehead to chin and from ear to ear, with a soft edge.

    Args:
        landmarks: (5, 2) in crop pixels, in the order of `Face.landmarks`.
        size: Side of the crop.
        shape: The ellipse's measures.

    Returns:
        float32 (size, size) in [0, 1]; 1 inside, exactly 0 in the outermost pixels.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    down, between = mouth - eyes, points[1] - points[0]
    unit = max(float(np.hypot(*between)), 0.96 * float(np.hypot(*down)), 1.0)
    axis = _direction(down)
    across, along = _axes(size, eyes + shape.middle * down, axis)
    radius = np.hypot(across / (shape.half_width * unit), along / (shape.half_height * unit))
    inside = _smooth((1.0 - radius) / shape.feather)
    return (inside * _border(size, shape.border)).astype(np.float32)


def parsed_mask(labels: Labels, landmarks: ArrayLike, shape: MaskShape = DEFAULT_SHAPE) -> Mask:
    """Draw the mask along the face's own outline.

    Skin, features and glasses belong to it, joined with the hull of the landmarks, which a wrong
    label must not cut into. The feather lies inside the outline, so that no hair is taken, except
    within the hull. Where the labels show no face, it is `soft_mask`.

    Args:
        labels: uint8 (S, S) of `Part`.
        landmarks: (5, 2) in crop pixels.
        shape: ``border`` is used.

    Returns:
        float32 (S, S) in [0, 1]; exactly 0 in the outermost pixels.
    """
    size = len(labels)
    hull = _hull(landmarks, size)
    face = np.isin(labels, _FACE).astype(np.uint8)
    if not hull.any() or face[hull > 0].mean() < _TRUSTED:
        return soft_mask(landmarks, size, shape)
    whole = _with_hull(face, hull, size)
    depth = cv2.distanceTransform(whole, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    inside = _smooth(depth.astype(np.float64) / (_PARSED_FEATHER * size))
    # The features are there as a whole, and fade over the same way around them.
    outside = cv2.distanceTransform(1 - hull, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    core = _smooth(1.0 - outside.astype(np.float64) / (_PARSED_FEATHER * size))
    mask = np.maximum(inside, core)
    soft = cv2.GaussianBlur(mask, (0, 0), _PARSED_FEATHER * size / 6)
    return (np.clip(soft, 0.0, 1.0) * _border(size, shape.border)).astype(np.float32)


def _hull(landmarks: ArrayLike, size: int) -> NDArray[np.uint8]:
    """Draw the convex hull of the landmarks and what lies near them: 1 inside."""
    points = np.asarray(landmarks, dtype=np.float64)
    reach = _BEYOND * float(np.hypot(*(points[1] - points[0])))
    hull = np.zeros((size, size), np.uint8)
    corners = cv2.convexHull(np.rint(points).astype(np.int32))
    cv2.fillConvexPoly(hull, corners, 1)
    return _grown(hull, round(reach))


def _with_hull(face: NDArray[np.uint8], hull: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Join labels and hull, even the outline, fill holes, and keep the piece around the hull."""
    reach = max(1, round(_EVENED * size))
    kernel = _disc(reach)
    joined = cv2.morphologyEx(face | hull, cv2.MORPH_CLOSE, kernel)
    even = cv2.morphologyEx(joined, cv2.MORPH_OPEN, kernel).astype(np.uint8) | hull
    outlines, _ = cv2.findContours(even, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(even)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    _, pieces = cv2.connectedComponents(filled)
    kept = np.unique(pieces[hull > 0])
    return np.isin(pieces, kept[kept > 0]).astype(np.uint8)


def _grown(area: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.dilate(area, _disc(max(1, reach))), np.uint8)


def _disc(reach: int) -> NDArray[np.uint8]:
    side = 2 * reach + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _direction(down: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.hypot(*down))
    return down / length if length > 0.0 else np.array([0.0, 1.0])


def _axes(
    size: int, middle: NDArray[np.float64], axis: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each pixel's distance from ``middle`` across and along the face's axis."""
    y, x = np.mgrid[:size, :size]
    dx, dy = x - middle[0], y - middle[1]
    return dx * axis[1] - dy * axis[0], dx * axis[0] + dy * axis[1]


def _border(size: int, width: int) -> NDArray[np.float64]:
    """Fade towards the crop's edge: 0 in the outermost pixels, 1 from ``width`` on."""
    place = np.arange(size)
    edge = np.minimum(place, size - 1 - place)
    fade = _smooth(edge / max(width, 1))
    return np.minimum.outer(fade, fade)


def _smooth(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smoothstep: 0 below 0, 1 above 1, level at both ends."""
    v = np.clip(value, 0.0, 1.0)
    return v * v * (3.0 - 2.0 * v)
