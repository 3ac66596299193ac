"""How different two colours look: CIE L*a*b* and CIEDE2000.

The formulas are those of Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula:
implementation notes, supplementary test data, and mathematical observations" (2005).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

_TO_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_FAR: Final = 25.0**7


def lab(srgb: ArrayLike) -> Doubles:
    """Convert sRGB in [0, 1] to L*a*b* under D65; both (..., 3)."""
    value = np.asarray(srgb, np.float64)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _TO_XYZ.sum(axis=1)
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(first: ArrayLike, second: ArrayLike) -> Doubles:
    """Return the difference of colours in L*a*b*, (..., 3) to (...); 1 is just seen."""
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(two[..., 1], two[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + _FAR))
    (c1, h1), (c2, h2) = _polar(one, stretch), _polar(two, stretch)
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    # Halfway round the circle both ways are as long; the formula takes the one through 0.
    turn = np.where((np.abs(h2 - h1) <= 180) & (c1 * c2 != 0), h2 - h1, turn)
    d_light, d_chroma = two[..., 0] - one[..., 0], c2 - c1
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    light, chroma = (one[..., 0] + two[..., 0]) / 2, (c1 + c2) / 2
    hue = _mean_hue(h1, h2, c1 * c2 == 0)
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * _hue_weight(hue)
    twist = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
    bend = -2 * np.sqrt(chroma**7 / (chroma**7 + _FAR)) * np.sin(twist)
    l_part, c_part, h_part = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    squared = l_part**2 + c_part**2 + h_part**2 + bend * c_part * h_part
    difference: Doubles = np.sqrt(np.maximum(squared, 0.0))
    return difference


def _polar(colour: Doubles, stretch: Doubles) -> tuple[Doubles, Doubles]:
    """Return chroma and hue in degrees from 0 to below 360."""
    a, b = colour[..., 1] * stretch, colour[..., 2]
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _mean_hue(h1: Doubles, h2: Doubles, colourless: NDArray[np.bool_]) -> Doubles:
    total = h1 + h2
    turned = np.where(total < 360, total + 360, total - 360)
    mean: Doubles = np.where(np.abs(h1 - h2) <= 180, total, turned) / 2
    return np.where(colourless, total, mean)


def _hue_weight(hue: Doubles) -> Doubles:
    def wave(times: int, shift: float) -> Doubles:
        cosine: Doubles = np.cos(np.radians(times * hue + shift))
        return cosine

    weight: Doubles = (
        1 - 0.17 * wave(1, -30) + 0.24 * wave(2, 0) + 0.32 * wave(3, 6) - 0.2 * wave(4, -63)
    )
    return weight
