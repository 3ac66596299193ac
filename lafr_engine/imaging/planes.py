"""The planes of colour in which a picture's noise is of parts that are independent.

The dyes of an old colour print make noise that is almost all colour; with the luminance of dark
surroundings it would be relief. So the planes are the luminance (BT.601) and of the two differences
of colour what does not follow it: noise of a toned print stays on its tone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.grain import noise_covariances

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

# Variances of half a level of 8 bits and, of a difference of colour, of one: with far less than
# that (pasting alone rounds by 0.3 of a level) there is no noise to be seen or compared.
_QUIET: Final = (0.5 / 255) ** 2
_QUIET_COLOUR: Final = (1.0 / 255) ** 2
# From RGB to luminance, B - Y and R - Y.
_TO_PLANES: Final = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])


def quiet_power(colour: bool) -> float:
    """Return the power, of samples in [0, 1], of noise too quiet to be seen: of colour, or not."""
    return _QUIET_COLOUR if colour else _QUIET


def own_planes(pixels: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return the matrix (C, C) from channels to the planes, by the noise of a picture's blocks.

    Args:
        pixels: (H, W, C) in [0, 1], RGB or grey.
        corners: int64 (N, 2), (y, x) of flat blocks.
        block: Their side.
    """
    if pixels.shape[2] == 1:
        return np.ones((1, 1))
    together = noise_covariances(mixed(pixels, _TO_PLANES), corners, block)
    # The quieter half: structure has colours of its own.
    quiet = np.argsort(together[:, 0, 0], kind="stable")[: max(1, len(together) // 2)]
    covariance = together[quiet].mean(axis=0)
    if covariance[0, 0] <= _QUIET:
        return _TO_PLANES
    apart = np.eye(3)
    apart[1:, 0] = -covariance[1:, 0] / covariance[0, 0]
    to_planes: Doubles = apart @ _TO_PLANES
    return to_planes


def to_channels(to_planes: Doubles) -> Doubles:
    """Return the way back; luminance alone is exactly grey where it has no colour of its own."""
    if len(to_planes) == 1:
        return to_planes
    back = np.linalg.inv(_TO_PLANES)
    back[:, 0] = 1.0
    channels: Doubles = back @ np.linalg.inv(to_planes @ back)
    return channels


def mixed(pixels: Floats, matrix: Doubles) -> Floats:
    """Return (H, W, C) pixels with ``matrix``, (D, C), applied to each: (H, W, D)."""
    return pixels @ matrix.T.astype(np.float32)
