"""A face's picture in bands an octave wide, with the noise of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_FLAT: Final = 20.0  # per cent of the face that is taken for flat
_FLOOR: Final = 0.3  # of a level: what 8 bits round away


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One band: the difference of two Gaussians.

    Attributes:
        fine: Deviation of the narrower one, in pixels; 0 is the picture itself.
        coarse: Deviation of the wider one.
        window: Deviation of the Gaussian that local means are taken with.
        values: float32 (S, S, C), the picture's, in its levels.
        power: float32 (S, S), the local mean of their square.
        noise: The power of noise: that of the flattest fifth of the face.
    """

    fine: float
    coarse: float
    window: float
    values: Floats
    power: Floats
    noise: float

    def of(self, picture: Floats) -> Floats:
        """Return the same band of another picture of this size."""
        return _difference(picture, self.fine, self.coarse)


def bands(picture: Floats, face: NDArray[np.bool_], sigmas: Sequence[float]) -> Iterator[Band]:
    """Take a picture apart, the finest band first.

    Args:
        picture: float32 (S, S, C), in levels from 0 to 100.
        face: bool (S, S), where its noise is looked for.
        sigmas: Deviations between the bands, rising.
    """
    noise = np.inf
    for fine, coarse in pairwise(sigmas):
        window = max(3.0, 2.0 * fine)
        values = _difference(picture, fine, coarse)
        power = blurred((values * values).sum(axis=2), window)
        flat = float(np.percentile(power[face], _FLAT)) if face.any() else 0.0
        # Grain is finer than shades: a broad band never has more of it than the one before.
        noise = min(max(flat, _FLOOR**2), noise)
        yield Band(fine, coarse, window, values, power, noise)


def blurred(values: Floats, sigma: float) -> Floats:
    """Blur by a Gaussian; a deviation of 0 changes nothing."""
    if sigma == 0.0:
        return values
    # OpenCV drops a single channel.
    soft = np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
    return soft.reshape(values.shape)


def _difference(picture: Floats, fine: float, coarse: float) -> Floats:
    return blurred(picture, fine) - blurred(picture, coarse)
