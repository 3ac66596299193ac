"""Faces and similarities: the values that every stage of the face path passes on.

Pixel convention, here and everywhere: pixel centres stand at integer coordinates, x runs to the
right, y runs down. A picture of width W therefore covers x from -0.5 to W - 0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lafr_engine.errors import ConfigError

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]

_SIDE: Final = 512

FFHQ_512: Final[Points] = np.array(
    [
        [192.98138, 239.94708],
        [318.90277, 240.1936],
        [256.63416, 314.01935],
        [201.26117, 371.41043],
        [313.08905, 371.15118],
    ],
    dtype=np.float64,
)
"""Where the five landmarks of an upright face lie in a 512 x 512 FFHQ crop; (5, 2), x first."""
FFHQ_512.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Similarity:
    """A rotation, an even scale and a shift: picture to crop.

    Attributes:
        matrix: float64 (2, 3), ``[[a, -b, tx], [b, a, ty]]``; ``crop = matrix @ [x, y, 1]``.
    """

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the matrix; refuse one that is no similarity.

        Raises:
            ConfigError: Not (2, 3), not finite, a reflection, skewed, or of scale zero.
        """
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
            raise ConfigError("a similarity needs a finite 2 x 3 matrix")
        (a, minus_b, _), (b, d, _) = matrix.tolist()
        size = math.hypot(a, b)
        if size == 0.0 or max(abs(a - d), abs(minus_b + b)) > 1e-9 * size:
            raise ConfigError("the matrix is no similarity: it skews, reflects or collapses")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @property
    def scale(self) -> float:
        """Crop pixels for one picture pixel."""
        return math.hypot(float(self.matrix[0, 0]), float(self.matrix[1, 0]))

    @property
    def degrees(self) -> float:
        """Turn from picture to crop in degrees, (-180, 180]; positive is clockwise as seen."""
        return math.degrees(math.atan2(float(self.matrix[1, 0]), float(self.matrix[0, 0])))

    def apply(self, points: ArrayLike) -> Points:
        """Map points.

        Args:
            points: (..., 2), x first.

        Returns:
            float64 of the same shape.
        """
        return np.asarray(points, dtype=np.float64) @ self.matrix[:, :2].T + self.matrix[:, 2]

    def inverse(self) -> Similarity:
        """Return the exact inverse, in closed form: crop to picture."""
        (a, _, tx), (b, _, ty) = self.matrix.tolist()
        square = a * a + b * b
        c, s = a / square, -b / square
        return Similarity(np.array([[c, -s, s * ty - c * tx], [s, c, -s * tx - c * ty]]))

    def after(self, first: Similarity) -> Similarity:
        """Return the similarity that applies ``first`` and then this one."""
        turned = self.matrix[:, :2] @ first.matrix
        turned[:, 2] += self.matrix[:, 2]
        return Similarity(turned)


@dataclass(frozen=True, eq=False)
class Face:
    """One detected face.

    Attributes:
        box: (x0, y0, x1, y1) in picture pixels; it may reach over the picture's edge.
        landmarks: float64 (5, 2), x first: left eye, right eye, nose, left and right mouth
            corner, left and right as seen in the picture when the face stands upright.
        score: The detector's confidence, 0..1.
    """

    box: Box
    landmarks: Points
    score: float

    def __post_init__(self) -> None:
        """Freeze the landmarks.

        Raises:
            ConfigError: The landmarks are not (5, 2).
        """
        landmarks = np.array(self.landmarks, dtype=np.float64)
        if landmarks.shape != (5, 2):
            raise ConfigError("a face needs five landmarks of x and y")
        landmarks.setflags(write=False)
        object.__setattr__(self, "landmarks", landmarks)

    @property
    def width(self) -> float:
        """Width of the box in picture pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in picture pixels."""
        return self.box[3] - self.box[1]

    @property
    def inter_eye(self) -> float:
        """Distance between the eyes in picture pixels."""
        return float(np.hypot(*(self.landmarks[1] - self.landmarks[0])))

    def mapped(self, similarity: Similarity) -> Face:
        """Return the face carried along; its box stays upright and holds the mapped corners."""
        x0, y0, x1, y1 = self.box
        corners = similarity.apply([[x0, y0], [x1, y0], [x0, y1], [x1, y1]])
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        box = (float(left), float(top), float(right), float(bottom))
        return Face(box, similarity.apply(self.landmarks), self.score)

    def moved(self, dx: float, dy: float) -> Face:
        """Return the face shifted by (dx, dy)."""
        return self.mapped(Similarity(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])))


def template(size: int = _SIDE) -> Points:
    """Return the FFHQ template for a crop of ``size`` x ``size``; float64 (5, 2).

    The picture's area is scaled, not its outermost pixel centres: a point keeps its place
    between the crop's edges.
    """
    if size < 1:
        raise ConfigError(f"a crop of {size} pixels holds nothing")
    return (FFHQ_512 + 0.5) * (size / _SIDE) - 0.5


def align(landmarks: ArrayLike, size: int = _SIDE) -> Similarity:
    """Find the similarity that lays a face over the FFHQ template.

    Args:
        landmarks: (5, 2) in picture pixels, in the order of `Face.landmarks`.
        size: Side of the crop.

    Returns:
        Picture to crop.

    Raises:
        ConfigError: The landmarks fall on one point, or are not (5, 2).
    """
    return umeyama(landmarks, template(size))


def umeyama(source: ArrayLike, target: ArrayLike) -> Similarity:
    """Find the similarity of least squares that carries ``source`` onto ``target``.

    Umeyama 1991, in the plane and without reflections, where it has a closed form: read as
    complex numbers, the best factor is ``sum(conj(s) t) / sum(|s|^2)`` about the means.

    Args:
        source: (N, 2), N >= 2.
        target: (N, 2).

    Raises:
        ConfigError: The shapes differ, or the points of one side coincide.
    """
    src, dst = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if src.shape != dst.shape or src.ndim != 2 or src.shape[1] != 2:
        raise ConfigError("landmarks and template differ in shape")
    centre, goal = src.mean(axis=0), dst.mean(axis=0)
    s, t = src - centre, dst - goal
    spread = float((s * s).sum())
    if not spread > 0.0:
        raise ConfigError("the landmarks fall on one point")
    a = float((s * t).sum()) / spread
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / spread
    turn = np.array([[a, -b], [b, a]])
    return Similarity(np.column_stack([turn, goal - turn @ centre]))
