"""Finding the faces of a photograph, however large it is."""

from __future__ import annotations

from typing import Final

import numpy as np

from lafr_engine.faces.candidates import overlap
from lafr_engine.faces.detect import Detector
from lafr_engine.faces.geometry import Face, Similarity
from lafr_engine.imaging.picture import Picture, rgb8
from lafr_engine.imaging.raster import Raster, overview

# No look of a detector is closer than this on the longer side (`Search.finest`).
_FINEST: Final = 5120
_CLOSE_UP: Final = 1280
_SAME: Final = 0.4


def find_in(picture: Picture, detector: Detector) -> list[Face]:
    """Find the faces of an upright photograph.

    One that stays in its file is looked at reduced, no further than a detector reduces it anyway;
    then each face is looked at again by itself, for its landmarks.
    """
    pixels: object = picture.pixels
    factor = max(picture.width, picture.height) // _FINEST
    if not isinstance(pixels, Raster) or factor < 2:
        return detector(rgb8(picture))
    found = detector(overview(picture.pixels, factor))
    faces = [face.mapped(_from_reduced(factor, 0, 0)) for face in found]
    return [_looked_closer(picture, face, detector) for face in faces]


def _looked_closer(picture: Picture, face: Face, detector: Detector) -> Face:
    """Find a face again in a square twice its size; else return it as it is."""
    x0, y0, x1, y1 = face.box
    x, y, half = (x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0)
    left, top = max(0, int(x - half)), max(0, int(y - half))
    right, bottom = min(picture.width, int(x + half) + 1), min(picture.height, int(y + half) + 1)
    part = picture.pixels[top:bottom, left:right]
    factor = max(1, max(part.shape[:2]) // _CLOSE_UP)
    found = detector(overview(part, factor))
    same = [each.mapped(_from_reduced(factor, left, top)) for each in found]
    same = [each for each in same if overlap(each.box, face.box) > _SAME]
    best = max(same, key=lambda each: overlap(each.box, face.box), default=face)
    return Face(best.box, best.landmarks, face.score)


def _from_reduced(factor: int, left: int, top: int) -> Similarity:
    """Return the way from a reduced part to the picture; areas map onto areas."""
    shift = (factor - 1) / 2
    return Similarity(np.array([[factor, 0.0, left + shift], [0.0, factor, top + shift]]))
