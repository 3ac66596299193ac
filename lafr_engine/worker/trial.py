"""A device on trial: one face there and on the CPU, compared."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline.crops import cut_face, planes
from lafr_engine.resources import samples_dir
from lafr_engine.restore.base import Crops, FaceRestorer

_SAMPLE: Final = "old_daguerreotype_sisters.jpg"
_FACE: Final = Face(
    (402.0, 209.0, 502.0, 345.0),
    np.array([[428.4, 262.1], [474.2, 258.2], [453.2, 287.8], [436.2, 309.9], [474.6, 306.6]]),
    0.93,
)
# Rounding that differs may choose another entry of the codebook here and there, and that shows
# in a few pixels. A device that computes wrong is wrong everywhere.
_MEAN_LIMIT: Final = 1.0 / 255
_LARGEST_LIMIT: Final = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a device did.

    Attributes:
        largest: Largest difference from the CPU, in shares of white.
        mean: Mean difference.
        seconds: Of one face on the device, once it is warm.
    """

    largest: float
    mean: float
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether the device may be used."""
        return self.largest <= _LARGEST_LIMIT and self.mean <= _MEAN_LIMIT


def trial_face() -> Crops:
    """Return the face that devices are tried with, float32 (1, 3, 512, 512), sRGB in [0, 1]."""
    picture = read_picture(samples_dir() / _SAMPLE)
    space = colour_space(picture.channels, picture.icc)
    return planes(cut_face(picture, _FACE, space).srgb)[None]


def compare(restorer: FaceRestorer, expected: Crops, face: Crops) -> Verdict:
    """Try a restorer.

    Args:
        restorer: On the device.
        expected: What the CPU made of ``face``.
        face: See `trial_face`.
    """
    restorer(face)
    began = time.perf_counter()
    after = restorer(face)
    seconds = time.perf_counter() - began
    if not np.isfinite(after).all():
        return Verdict(1.0, 1.0, seconds)
    difference = np.abs(after - expected)
    return Verdict(float(difference.max()), float(difference.mean()), seconds)
