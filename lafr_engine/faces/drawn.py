"""Faces drawn by hand: a person says where, the five landmarks are found or laid in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from lafr_engine.errors import ConfigError
from lafr_engine.faces.candidates import Plausibility, is_plausible, overlap
from lafr_engine.faces.detect import Look, Pixels, turned_back
from lafr_engine.faces.geometry import FFHQ_512, Box, Face, Points, umeyama

# Landmarks in the box of an upright face, in parts of it: the median over detected faces, made
# symmetric.
_IN_BOX: Final = np.array(
    [[0.267, 0.371], [0.733, 0.371], [0.5, 0.573], [0.304, 0.736], [0.696, 0.736]]
)
# Faces are seen best when they are some 100 to 200 pixels wide; the crop is twice the box.
_SIDES: Final = (256, 384, 192)
# Weaker than for a face that nobody pointed at: a person says that there is one.
_LEAST_SCORE: Final = 0.3
_LEAST_OVERLAP: Final = 0.3


def face_in_box(pixels: Pixels, box: Box, look: Look) -> Face:
    """Find the landmarks of a face in a box drawn by hand.

    Where no face is seen there, not in a turned picture either, the landmarks are laid into the
    box as an upright face has them.

    Args:
        pixels: uint8 (H, W, 3) RGB, upright.
        box: Around the face.
        look: The detector's single look.

    Returns:
        A face with the box as it was drawn and a score of 1.

    Raises:
        ConfigError: The box is empty or lies outside the picture.
    """
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = box
    if not (x1 - x0 >= 1 and y1 - y0 >= 1 and np.isfinite(box).all()):
        raise ConfigError("the box drawn for a face is empty")
    if x1 <= 0 or y1 <= 0 or x0 >= width - 1 or y0 >= height - 1:
        raise ConfigError("the box drawn for a face lies outside the photograph")
    seen = [face for face in _seen(pixels, box, look) if _fit(face, box) > 0.0]
    best = max(seen, key=lambda face: _fit(face, box), default=None)
    return Face(box, laid_in(box) if best is None else best.landmarks, 1.0)


def laid_in(box: Box) -> Points:
    """Return the landmarks of an upright face that fills a box; float64 (5, 2)."""
    x0, y0, x1, y1 = box
    points = np.array([x0, y0]) + _IN_BOX * np.array([x1 - x0, y1 - y0])
    # A box of any shape holds a face of the usual one.
    return umeyama(FFHQ_512, points).apply(FFHQ_512)


def _seen(pixels: Pixels, box: Box, look: Look) -> Iterator[Face]:
    """Give what may be the face, as seen with the picture turned to each side."""
    left, top, right, bottom = _around(box, pixels.shape[1], pixels.shape[0])
    crop = pixels[top:bottom, left:right]
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(crop, turns))
        back = turned_back(crop.shape[0], crop.shape[1], turns)
        for face in (each for side in _SIDES for each in look(turned, side)):
            if _stands(face):
                yield face.mapped(back).moved(left, top)


def _stands(face: Face) -> bool:
    """Whether a candidate is a face that stands upright, or nearly, where it was seen."""
    down = face.landmarks[3:].mean(axis=0) - face.landmarks[:2].mean(axis=0)
    return (
        face.score >= _LEAST_SCORE
        and bool(down[1] > abs(down[0]))
        and is_plausible(face, Plausibility())
    )


def _fit(face: Face, box: Box) -> float:
    """Return how well a candidate fits the box; 0 where it is another face."""
    shared = overlap(face.box, box)
    return shared * face.score if shared >= _LEAST_OVERLAP else 0.0


def _around(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the square twice as large as a box, as far as it lies in the picture."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half = max(box[2] - box[0], box[3] - box[1])
    low = max(0, int(x - half)), max(0, int(y - half))
    return *low, min(width, int(x + half) + 2), min(height, int(y + half) + 2)
