"""How strongly a restored face departs from its photograph, beyond what that resolves.

Both are compared in the aligned crop, in CIE Lab, in bands an octave wide (differences of
Gaussians). In each band, around each pixel, the restored face is explained as far as the source
can explain it: by a multiple of what the source has there, from 0 to `_GAIN`. With a restored and
b of the source, ``A``, ``V`` and ``C`` the local means of a^2, b^2 and ab, and
``g = clip(C / V, 0, _GAIN)``, the departure is ::

    D^2 = sum over bands of max(0, (A - 2 g C + g^2 V) + max(0, 1 - g)^2 V - k n^2)

The first term is what no multiple of the source explains: detail finer than it resolves, for there
b holds nothing, and structure that contradicts it. The second is what of the source was lost. The
allowance is k times the source's noise n^2: the energy of the flattest fifth of the face, which is
as much as a smoothed or a newly drawn grain can make. So a face that came back unchanged gives
exactly 0, one that was only sharpened or denoised almost nothing.

D is in levels of colour difference (CIE 1976, delta E*ab; of a grey face levels of L*).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.faces.bands import Floats, bands, blurred
from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import Points, Similarity, align
from lafr_engine.faces.invented.values import Region
from lafr_engine.faces.mask import soft_mask
from lafr_engine.imaging.picture import Picture, Pixels
from lafr_engine.imaging.tones import colour_space

SIDE: Final = 512
_SIGMAS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_GAIN: Final = 3.0
_ALLOWED: Final = 3.0
_EDGES: Final = slice(0, 3)  # the bands in which the edges of a frame lie


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """A face's departure from its photograph, at full strength.

    At a strength s the change is s times as large, and so, but for rounding, for the allowance and
    for L* not being a straight line, are these numbers.

    Attributes:
        levels: float32 (512, 512), levels of colour difference, in the aligned crop.
        edges: The same of fine bands alone.
        landmarks: float64 (5, 2) in the crop.
        to_crop: Photograph to crop.
    """

    levels: Floats
    edges: Floats
    landmarks: Points
    to_crop: Similarity

    def numbers(self, kept: Floats | None = None) -> dict[Region, float]:
        """Return each region's root mean square, in levels of colour difference.

        Args:
            kept: float32 (512, 512) in [0, 1]: the share in which the original was kept.
        """
        taken = 1.0 if kept is None else 1.0 - kept
        return {
            region: _rms((self.edges if region is Region.GLASSES else self.levels) * taken, where)
            for region, where in regions(self.landmarks).items()
        }


def departure(before: Pixels, after: Pixels, landmarks: Points) -> Departure:
    """Measure a face of a restored photograph.

    Args:
        before: The photograph, uint8 or uint16 (H, W, 3 or 1), sRGB.
        after: The restored one, of the same size or a whole factor larger.
        landmarks: (5, 2) in pixels of ``before``.

    Raises:
        ConfigError: The landmarks fall on one point, or the face lies outside.
    """
    to_crop = align(landmarks, SIDE)
    scale = before.shape[1] / after.shape[1]
    shift = scale / 2 - 0.5
    from_after = to_crop.after(Similarity(np.array([[scale, 0.0, shift], [0.0, scale, shift]])))
    old, new = cut(before, to_crop, SIDE), cut(after, from_after, SIDE)
    points = to_crop.apply(landmarks)
    levels, edges = _departures(_lab(old), _lab(new), soft_mask(points, SIDE) > 0.5)
    return Departure(levels, edges, points, to_crop)


def in_srgb(picture: Picture) -> NDArray[np.uint8]:
    """Return a photograph as uint8 (H, W, 3), sRGB, as a window shows it."""
    space = colour_space(picture.channels, picture.icc)
    shares = picture.pixels.astype(np.float32) / np.float32(picture.white)
    return np.rint(space.to_srgb(shares) * 255).astype(np.uint8)


def regions(landmarks: Points) -> Mapping[Region, NDArray[np.bool_]]:
    """Return where the regions of a face lie, bool (512, 512) each.

    Args:
        landmarks: (5, 2) in the crop.
    """
    mask = soft_mask(landmarks, SIDE)
    left, right, mouth = landmarks[0], landmarks[1], landmarks[3:].mean(axis=0)
    eyes = (left + right) / 2
    unit = max(float(np.hypot(*(right - left))), 0.96 * float(np.hypot(*(mouth - eyes))), 1.0)
    across, down = _axes(eyes, mouth)
    about_left, about_right = (
        _ellipse(across - (each - eyes) @ _across(eyes, mouth), down, 0.34 * unit, 0.2 * unit)
        for each in (left, right)
    )
    lips = down - float(np.hypot(*(mouth - eyes)))
    in_band = (np.abs(across) < 1.05 * unit) & (down > -0.12 * unit) & (down < 0.5 * unit)
    nose = _ellipse(across, down - 0.45 * unit, 0.25 * unit, 0.25 * unit)
    in_eyes = about_left | about_right
    return {
        Region.EYES: in_eyes,
        Region.MOUTH: _ellipse(across, lips, 0.58 * unit, 0.3 * unit),
        Region.GLASSES: in_band & ~in_eyes & ~nose & (mask > 0.5),
        Region.HAIRLINE: (down < -0.5 * unit) & (mask > 0.1),
    }


def _departures(old: Floats, new: Floats, face: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the departure over all bands and over the fine ones, float32 (S, S) each."""
    found = []
    for band in bands(old, face, _SIGMAS):
        a, power = band.of(new), band.power
        both, restored = (blurred((a * x).sum(axis=2), band.window) for x in (band.values, a))
        gain = np.clip(both / (power + 1e-6), 0.0, _GAIN)
        alien = restored - 2.0 * gain * both + gain * gain * power
        gone = np.square(np.maximum(1.0 - gain, 0.0)) * power
        found.append(np.maximum(alien + gone - _ALLOWED * band.noise, 0.0))
    every, few = sum(found), sum(found[_EDGES])
    return np.sqrt(every, dtype=np.float32), np.sqrt(few, dtype=np.float32)


def _lab(planes: Floats) -> Floats:
    """(3, S, S) sRGB in [0, 1] to CIE Lab, (S, S, 3), L* from 0 to 100."""
    rgb = np.ascontiguousarray(planes.transpose(1, 2, 0))
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32)


def _rms(levels: Floats, where: NDArray[np.bool_]) -> float:
    return float(np.sqrt(np.square(levels[where]).mean())) if where.any() else 0.0


def _across(eyes: NDArray[np.float64], mouth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit vector to the right, square to the way from eyes to mouth."""
    down = mouth - eyes
    return np.array([down[1], -down[0]]) / max(float(np.hypot(*down)), 1e-6)


def _axes(
    eyes: NDArray[np.float64], mouth: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each pixel's way from the middle of the eyes, across the face and down it."""
    y, x = np.mgrid[:SIDE, :SIDE]
    right = _across(eyes, mouth)
    dx, dy = x - eyes[0], y - eyes[1]
    return dx * right[0] + dy * right[1], dy * right[0] - dx * right[1]


def _ellipse(
    across: NDArray[np.float64], down: NDArray[np.float64], half_width: float, half_height: float
) -> NDArray[np.bool_]:
    return np.hypot(across / half_width, down / half_height) < 1.0
