"""The grain that a restored face lacks of the paper around it.

A face is never flat as paper is, and paper of another luminance has other noise. So each of the
face's flattest blocks is compared with those blocks around that are as light as it is, band by
band, and the median of the ratios is taken: what structure there is stands in the upper half. The
photograph's own face then measures as its surroundings do, and that is the proof that the estimator
works (`lafr evaluate --paste` prints it). Noise is added until the face measures as it did before
or as its surroundings do, whichever is less: a face that kept its grain gets none on top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.grain import (
    FEWEST,
    Grain,
    band_powers,
    bands,
    block_light,
    draw,
    flat_corners,
    in_band,
    light_of_pixels,
    measure,
)

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

CERTAIN: Final = 64
"""Fewer flat blocks in a face leave its noise too uncertain to be judged, or to be added to."""

# The shorter side, in pixels, of a face and its margin from which blocks of 16 are small.
_LARGE: Final = 1000
# Of white, squared: less is the rounding of 8 bits, not noise.
_QUIET: Final = (0.1 / 255) ** 2
# A face that has this much of what it should has enough.
_ENOUGH: Final = 1.05
# Of the power: the face's own noise is known no better, and where in doubt it is the paper's.
_DOUBT: Final = 1.15
_TRIES: Final = 4
_STEPS: Final = 300


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """What the noise of a face should be like, by that of the paper around it.

    Attributes:
        corners: int64 (N, 2), the face's flattest blocks, (y, x).
        expected: float64 (N, K), the power that the paper has where it is as light as each block,
            by band.
        block: Side of the blocks.
    """

    corners: NDArray[np.int64]
    expected: Doubles
    block: int

    def powers(self, pixels: Floats) -> Doubles:
        """Return the power of the face's noise over the paper's, float64 (K,): 1 is the paper's."""
        found = band_powers(pixels, self.corners, self.block)
        powers: Doubles = np.median(found / self.expected, axis=0)
        return powers

    @property
    def deviations(self) -> Doubles:
        """Standard deviation of the paper's noise in each band, in the picture's unit."""
        wide = [in_band(self.block, *each).mean() for each in bands(self.block)]
        deviations: Doubles = np.sqrt(np.median(self.expected, axis=0) * wide)
        return deviations


def paper(before: Floats, mask: Floats) -> Paper | None:
    """Look at the paper around a face.

    Args:
        before: (H, W, C) in [0, 1], the photograph: the face and a margin around it.
        mask: (H, W) in [0, 1], the share of the restored face; 0 in the margin.

    Returns:
        None where the face or its surroundings are too small or nowhere flat.
    """
    block = 16 if min(mask.shape) >= _LARGE else 8
    around = flat_corners(before, mask <= 0.0, block)
    # Only where the face is there as a whole: the feather is half photograph.
    inside = flat_corners(before, mask >= 0.9, block)
    if around is None or inside is None:
        return None
    luminance = light_of_pixels(before)
    there, here = (block_light(luminance, corners, block) for corners in (around, inside))
    power = band_powers(before, around, block)
    count = min(len(around), max(FEWEST, len(around) // 8))
    nearest = np.argsort(np.abs(here[:, None] - there[None]), axis=1, kind="stable")[:, :count]
    expected = np.maximum(np.median(power[nearest], axis=1), _QUIET)
    return Paper(inside, expected, block)


def missing(before: Floats, after: Floats, mask: Floats, rng: np.random.Generator) -> Floats | None:
    """Draw the grain that a restored face lacks of what surrounds it.

    Args:
        before: (H, W, C) in [0, 1], the photograph: the face and a margin around it.
        after: The same with the face restored.
        mask: (H, W) in [0, 1], the share of the restored face; 0 in the margin.
        rng: What draws the noise.

    Returns:
        (H, W, C), to be added under the mask; equal channels where the picture has such. None
        where nothing is missing, and for small faces: noise that is not known well would be spots.
    """
    sheet = paper(before, mask)
    if sheet is None or len(sheet.corners) < CERTAIN:
        return None
    grain = measure(before, mask <= 0.0, sheet.block)
    if grain is None:
        return None
    own, had = sheet.powers(before), sheet.powers(after)
    # A band that lost nothing gets nothing.
    wanted = np.where(had * _ENOUGH < own, np.minimum(_DOUBT * own, 1.0), had)
    if (wanted <= had * _ENOUGH).all():
        return None
    return _fitted(after, mask, _drawn(grain, after, rng), sheet, wanted)


def _drawn(grain: Grain, after: Floats, rng: np.random.Generator) -> list[Floats]:
    """Draw noise in bands half as wide as those measured, with equal channels where grey."""
    every, light = bands(len(grain.spectrum)), light_of_pixels(after)
    grey = after.shape[2] == 3 and bool((after[..., :1] == after[..., 1:]).all())
    lowest, spectrum = every[0][0], grain.spectrum.copy()
    spectrum[in_band(len(spectrum), lowest / 2, lowest)] = _broader(grain)
    halves = [edge for low, high in every for edge in ((low + high) / 2, high)]
    drawn = []
    for band in pairwise([lowest / 2, *halves]):
        noise = draw(replace(grain, spectrum=spectrum), light, rng, band)
        drawn.append(np.repeat(noise.mean(axis=2, keepdims=True), 3, 2) if grey else noise)
    return drawn


def _broader(grain: Grain) -> float:
    """Return the power below the broadest band, where no block can tell noise from shades.

    It goes on as the spectrum of noise under a Gaussian blur does: by the root of the step between
    the two bands above.
    """
    first, second = (
        float(grain.spectrum[in_band(len(grain.spectrum), *each)].mean())
        for each in bands(len(grain.spectrum))[:2]
    )
    return first * float(np.sqrt(np.clip(first / max(second, 1e-12), 1.0, 2.0)))


def _fitted(
    after: Floats, mask: Floats, parts: list[Floats], sheet: Paper, wanted: Doubles
) -> Floats:
    """Mix the bands' noise so that the face measures as wanted with it.

    Bands leak into each other, and medians do not quite add: what the mixture misses is asked for
    once more.
    """
    had, scale = sheet.powers(after), np.maximum(wanted, 1e-3)

    def gained(noise: Floats) -> Doubles:
        return sheet.powers(after + mask[..., None] * noise) - had

    response = np.stack([gained(part) for part in parts], axis=1) / scale[:, None]
    lack = np.maximum(wanted - had, 0.0)
    goal, shares = lack, np.ones(len(parts))
    for _ in range(_TRIES):
        shares = _least_squares(response, goal / scale, shares)
        goal = np.maximum(goal + lack - gained(_mixed(shares, parts)), 0.0)
    return _mixed(shares, parts)


def _least_squares(response: Doubles, goal: Doubles, start: Doubles) -> Doubles:
    """Solve ``response @ x = goal`` for x >= 0 by the image space reconstruction algorithm."""
    response, solution = np.maximum(response, 0.0), np.maximum(start, 1e-3)
    wanted = response.T @ goal
    for _ in range(_STEPS):
        solution = solution * wanted / np.maximum(response.T @ (response @ solution), 1e-12)
    return solution


def _mixed(shares: Doubles, parts: list[Floats]) -> Floats:
    """Add noises up, each with its share of its power."""
    weights = np.sqrt(shares).astype(np.float32)
    total: Floats = np.tensordot(weights, np.stack(parts), axes=1)
    return total
