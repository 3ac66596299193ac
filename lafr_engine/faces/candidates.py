"""What a detector proposes: merging proposals, and telling faces from lookalikes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.faces.geometry import Box, Face, align, template

_SAME: Final = 0.35


@dataclass(frozen=True)
class Plausibility:
    """What five landmarks must look like to be a face.

    Attributes:
        smallest: Narrowest box in picture pixels.
        eyes_to_box: Least and largest distance between the eyes, in parts of the box's longer
            side; a profile comes near the least.
        worst_fit: Largest root mean square distance of the landmarks from the FFHQ template, in
            parts of the crop's side, after alignment.
    """

    smallest: float = 4.0
    eyes_to_box: tuple[float, float] = (0.02, 0.75)
    worst_fit: float = 0.12


def area(box: Box) -> float:
    """Return the area of a box; zero for an empty one."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def shared(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union, 0..1."""
    both = shared(a, b)
    return both / max(area(a) + area(b) - both, 1e-9)


def best_of_overlapping(faces: Iterable[Face], limit: float = _SAME) -> list[Face]:
    """Keep the best of each heap of overlapping faces (non-maximum suppression).

    Args:
        faces: In any order.
        limit: Two boxes with more intersection over union are one face.

    Returns:
        The kept faces, best score first.
    """
    ranked = sorted(faces, key=lambda face: -face.score)
    boxes = np.array([face.box for face in ranked], dtype=np.float64).reshape(-1, 4)
    alive = np.ones(len(ranked), dtype=bool)
    kept = []
    for index, face in enumerate(ranked):
        if alive[index]:
            kept.append(face)
            alive[index + 1 :] &= _overlaps(boxes[index], boxes[index + 1 :]) <= limit
    return kept


def _overlaps(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    both = (high - low).clip(min=0.0).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + areas - both
    return np.asarray(both / np.maximum(union, 1e-9))


def without_nested(faces: Sequence[Face], inside: float = 0.7) -> list[Face]:
    """Drop a weaker face that lies inside a better one (eyes or a nose taken for a face).

    Args:
        faces: In any order.
        inside: The part of the smaller box that must lie in the larger.

    Returns:
        The kept faces, best score first.
    """
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_nested(face.box, other.box, inside) for other in kept):
            kept.append(face)
    return kept


def _nested(a: Box, b: Box, inside: float) -> bool:
    return shared(a, b) > inside * max(min(area(a), area(b)), 1e-9)


def is_plausible(face: Face, limits: Plausibility) -> bool:
    """Tell whether box and landmarks can belong to a face of any turn."""
    side = max(face.width, face.height)
    nearest, widest = limits.eyes_to_box
    return (
        min(face.width, face.height) >= limits.smallest
        and nearest * side <= face.inter_eye <= widest * side
        and misfit(face) <= limits.worst_fit
    )


def misfit(face: Face) -> float:
    """Return how far the landmarks are from a frontal face's, in parts of the aligned crop.

    The root mean square distance to the FFHQ template after the best similarity. A frontal face
    has about .02, a profile .08; mouth above the eyes cannot be aligned without a large rest.
    """
    rest = align(face.landmarks, 1000).apply(face.landmarks) - template(1000)
    return float(np.sqrt((rest**2).sum(axis=1).mean())) / 1000.0
