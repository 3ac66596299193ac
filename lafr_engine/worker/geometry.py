"""Faces as messages and recipes have them, and as the pipeline does."""

from __future__ import annotations

import numpy as np

from lafr_engine.faces.geometry import Face
from lafr_engine.messages import FaceGeometry


def geometry(face: Face) -> FaceGeometry:
    """Return a face as messages have it."""
    x0, y0, x1, y1 = (float(value) for value in face.box)
    points = tuple((float(x), float(y)) for x, y in face.landmarks)
    return FaceGeometry((x0, y0, x1, y1), points, float(face.score))


def face_of(found: FaceGeometry) -> Face:
    """Return a face as the pipeline has it.

    Raises:
        ConfigError: Not five landmarks.
    """
    return Face(found.box, np.array(found.landmarks, dtype=np.float64), found.score)
