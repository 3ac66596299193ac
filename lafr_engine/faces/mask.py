"""The soft mask of a face, drawn in its 512 x 512 crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.float32]


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
