"""The grain that a restored face lacks of the paper around it.

A face is never flat as paper is, and paper of another luminance has other noise. So each of the
face's flattest blocks is compared with those blocks around that are as light as it is, band by
band, and the median of the ratios is taken: what structure there is stands in the upper half. The
photograph's own face then measures as its surroundings do, and that is the proof that the estimator
works (`lafr evaluate --paste` prints it). Noise is added until the face measures as it did before
or as its surroundings do, whichever is less: a face that kept its grain gets none on top. Only in
colour the face's own is always right: detail has next to none, so what there was, was noise.

Luminance and colour are measured and drawn apart. The dyes of an old colour print make noise that
is almost all colour; drawn with the luminance of dark surroundings it would be relief. The planes
are the luminance (BT.601) and of the two differences of colour what does not follow it, so noise
of a toned print stays on its tone. Within a face noise goes with luminance otherwise than around
it, for few surroundings are as light as a forehead: dark and light parts of it are judged apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    noise_covariances,
)

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

CERTAIN: Final = 64
"""Fewer flat blocks in a face leave its noise too uncertain to be judged, or to be added to."""

# The shorter side, in pixels, of a face and its margin from which blocks of 16 are small.
_LARGE: Final = 1000
# Variance of half a level of 8 bits, added to all: with far less than that (pasting alone rounds by
# 0.3 of a level) there is no noise to be seen or compared.
_QUIET: Final = (0.5 / 255) ** 2
# From RGB to luminance, B - Y and R - Y.
_TO_PLANES: Final = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
# A face that has this much of what it should has enough.
_ENOUGH: Final = 1.05
# Of the power: the face's own noise is known no better, and where in doubt it is the paper's.
_DOUBT: Final = 1.15
_MOST_SHADES: Final = 4
_TRIES: Final = 4
_STEPS: Final = 300


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What the noise of a face should be like in one plane.

    Attributes:
        corners: int64 (N, 2), the face's flattest blocks, (y, x).
        expected: float64 (N, K), the power that the paper has where it is as light as each block,
            by band, with what is too quiet to be seen.
        block: Side of the blocks.
        colour: Whether it is of colour, which detail has none of; else it is the luminance.
    """

    corners: NDArray[np.int64]
    expected: Doubles
    block: int
    colour: bool

    def powers(self, plane: Floats) -> Doubles:
        """Return the power of the noise of (H, W) over the paper's, float64 (K,): 1 is like it."""
        powers: Doubles = self.powers_of(plane, [np.arange(len(self.corners))])[0]
        return powers

    def powers_of(self, plane: Floats, groups: Sequence[NDArray[np.int64]]) -> Doubles:
        """Return the same of some blocks each, by their numbers, float64 (G, K)."""
        found = band_powers(plane[..., None], self.corners, self.block)[..., 0]
        shares = (found + _QUIET) / self.expected
        powers: Doubles = np.stack([np.median(shares[group], axis=0) for group in groups])
        return powers

    def wanted(self, own: Doubles) -> Doubles:
        """Return the power that a face should have that had ``own``, both over the paper's."""
        most = np.maximum(own, 1.0) if self.colour else 1.0
        wanted: Doubles = np.minimum(_DOUBT * own, most)
        return wanted

    @property
    def deviations(self) -> Doubles:
        """Standard deviation of the paper's noise in each band, in the picture's unit."""
        wide = [in_band(self.block, *each).mean() for each in bands(self.block)]
        deviations: Doubles = np.sqrt(np.median(self.expected, axis=0) * wide)
        return deviations


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """What the noise of a face should be like, by that of the paper around it.

    Attributes:
        sheets: Of each plane; the first is the luminance.
        to_planes: float64 (C, C), from the picture's channels to the planes.
    """

    sheets: tuple[Sheet, ...]
    to_planes: Doubles

    def planes(self, pixels: Floats) -> list[Floats]:
        """Return the planes, (H, W) each, of (H, W, C)."""
        return list(np.moveaxis(_turned(pixels, self.to_planes), 2, 0))

    def powers(self, pixels: Floats) -> Doubles:
        """Return the power of the face's noise over the paper's, (C, K): 1 is like it."""
        found = zip(self.sheets, self.planes(pixels), strict=True)
        return np.stack([sheet.powers(plane) for sheet, plane in found])

    @property
    def deviations(self) -> Doubles:
        """Standard deviation of the paper's noise in each plane and band, (C, K)."""
        return np.stack([sheet.deviations for sheet in self.sheets])


def paper(before: Floats, mask: Floats) -> Paper | None:
    """Look at the paper around a face.

    Args:
        before: (H, W, C) in [0, 1], the photograph: the face and a margin around it.
        mask: (H, W) in [0, 1], the share of the restored face; 0 in the margin.

    Returns:
        None where the face or its surroundings are too small or nowhere flat.
    """
    block = 16 if min(mask.shape) >= _LARGE else 8
    light = light_of_pixels(before)
    around = flat_corners(light, mask <= 0.0, block)
    # Only where the face is there as a whole: the feather is half photograph.
    inside = flat_corners(light, mask >= 0.9, block)
    if around is None or inside is None:
        return None
    to_planes = _own_planes(before, inside, block)
    power = band_powers(_turned(before, to_planes), around, block)
    there, here = (block_light(light, corners, block) for corners in (around, inside))
    expected = _of_like_light(power, there, here) + _QUIET
    sheets = (
        Sheet(inside, each, block, number > 0)
        for number, each in enumerate(np.moveaxis(expected, 2, 0))
    )
    return Paper(tuple(sheets), to_planes)


def _of_like_light(power: Doubles, there: Doubles, here: Doubles) -> Doubles:
    """Return the median power (N, ...) of those of M blocks that are as light as each of N.

    Args:
        power: (M, ...), of the blocks around.
        there: (M,), their luminance.
        here: (N,), the luminance asked for.
    """
    order = np.argsort(there, kind="stable")
    count = min(len(there), max(FEWEST, len(there) // 8))
    light, last = there[order], len(there) - count
    # The nearest ones are neighbours in this order: the run that begins here lies about evenly.
    begins = np.searchsorted((light[:last] + light[count:]) / 2, here)
    step = max(1, count // 8)
    begins = np.minimum(begins // step * step, last)
    medians = {at: np.median(power[order[at : at + count]], axis=0) for at in np.unique(begins)}
    return np.stack([medians[at] for at in begins])


def _own_planes(before: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return what leads to the planes in which a face's noise is of independent parts."""
    if before.shape[2] == 1:
        return np.ones((1, 1))
    together = noise_covariances(_turned(before, _TO_PLANES), corners, block)
    # The quieter half: structure has colours of its own.
    quiet = np.argsort(together[:, 0, 0], kind="stable")[: max(1, len(together) // 2)]
    covariance = together[quiet].mean(axis=0)
    if covariance[0, 0] <= _QUIET:
        return _TO_PLANES
    apart = np.eye(3)
    apart[1:, 0] = -covariance[1:, 0] / covariance[0, 0]
    to_planes: Doubles = apart @ _TO_PLANES
    return to_planes


def _turned(pixels: Floats, matrix: Doubles) -> Floats:
    return pixels @ matrix.T.astype(np.float32)


def _to_channels(to_planes: Doubles) -> Doubles:
    """Return the way back; luminance alone is exactly grey where it has no colour of its own."""
    if len(to_planes) == 1:
        return to_planes
    back = np.linalg.inv(_TO_PLANES)
    back[:, 0] = 1.0
    channels: Doubles = back @ np.linalg.inv(to_planes @ back)
    return channels


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
    found = paper(before, mask)
    if found is None or len(found.sheets[0].corners) < CERTAIN:
        return None
    lights = light_of_pixels(before), light_of_pixels(after)
    planes = zip(found.sheets, found.planes(before), found.planes(after), strict=True)
    drawn = [_missing_in_plane(*each, lights, mask, rng) for each in planes]
    if all(each is None for each in drawn):
        return None
    nothing = np.zeros_like(mask)
    noise = np.stack([nothing if each is None else each for each in drawn], axis=2)
    return _turned(noise, _to_channels(found.to_planes))


def _missing_in_plane(
    sheet: Sheet,
    before: Floats,
    after: Floats,
    lights: tuple[Floats, Floats],
    mask: Floats,
    rng: np.random.Generator,
) -> Floats | None:
    """Draw what a plane lacks, (H, W); ``lights`` are the luminances before and after."""
    shades = _shades(sheet, lights[0])
    own, had = (sheet.powers_of(plane, shades.groups) for plane in (before, after))
    # A band that lost nothing gets nothing.
    wanted = np.where(had * _ENOUGH < own, sheet.wanted(own), had)
    if (wanted <= had * _ENOUGH).all():
        return None
    grain = measure(before, lights[0], mask <= 0.0, sheet.block)
    if grain is None:
        return None
    mixture = _Mixture(tuple(_drawn(grain, lights[1], rng)), shades, lights[1])
    return _fitted(
        lambda noise: sheet.powers_of(after + mask * noise, shades.groups), mixture, wanted
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shades:
    """A face's blocks in groups, from the dark ones to the light ones.

    Attributes:
        groups: Numbers of blocks.
        levels: float64 (G,), the mean luminance of each.
    """

    groups: tuple[NDArray[np.int64], ...]
    levels: Doubles


def _shades(sheet: Sheet, light: Floats) -> _Shades:
    """Part a face's blocks by luminance, as far as each group can be judged."""
    lights = block_light(light, sheet.corners, sheet.block)
    count = min(max(len(lights) // CERTAIN, 1), _MOST_SHADES)
    groups = np.array_split(np.argsort(lights, kind="stable"), count)
    return _Shades(tuple(groups), np.array([lights[group].mean() for group in groups]))


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """Noise in bands, to be mixed.

    Attributes:
        parts: (H, W) each.
        shades: Whose levels the shares are for.
        light: (H, W), luminance.
    """

    parts: tuple[Floats, ...]
    shades: _Shades
    light: Floats

    def of(self, shares: Doubles) -> Floats:
        """Add the parts up, each with its share (G, B) of its power where it is as light."""
        total = np.zeros_like(self.light)
        for part, column in zip(self.parts, np.sqrt(shares).T, strict=True):
            weights = np.interp(self.light, self.shades.levels, column)
            total += weights.astype(np.float32) * part
        return total


def _drawn(grain: Grain, light: Floats, rng: np.random.Generator) -> list[Floats]:
    """Draw noise in bands half as wide as those measured."""
    every = bands(len(grain.spectrum))
    lowest, spectrum = every[0][0], grain.spectrum.copy()
    spectrum[in_band(len(spectrum), lowest / 2, lowest)] = _broader(grain)
    halves = [edge for low, high in every for edge in ((low + high) / 2, high)]
    broad = replace(grain, spectrum=spectrum)
    return [draw(broad, light, rng, band) for band in pairwise([lowest / 2, *halves])]


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


def _fitted(powers: Callable[[Floats], Doubles], mixture: _Mixture, wanted: Doubles) -> Floats:
    """Mix the bands' noise so that the face measures as wanted with it.

    Bands leak into each other, and medians do not quite add: what the mixture misses is asked for
    once more.

    Args:
        powers: What the face measures with a noise (H, W) added, (G, K).
        mixture: The noise.
        wanted: (G, K).
    """
    had, scale = powers(np.zeros_like(mixture.light)), np.maximum(wanted, 1e-3)
    response = np.stack([powers(part) - had for part in mixture.parts], axis=2) / scale[..., None]
    lack = np.maximum(wanted - had, 0.0)
    goal, shares = lack, np.ones((len(had), len(mixture.parts)))
    for _ in range(_TRIES):
        rows = zip(response, goal / scale, shares, strict=True)
        shares = np.stack([_least_squares(*row) for row in rows])
        goal = np.maximum(goal + lack - (powers(mixture.of(shares)) - had), 0.0)
    return mixture.of(shares)


def _least_squares(response: Doubles, goal: Doubles, start: Doubles) -> Doubles:
    """Solve ``response @ x = goal`` for x >= 0 by the image space reconstruction algorithm."""
    response, solution = np.maximum(response, 0.0), np.maximum(start, 1e-3)
    wanted = response.T @ goal
    for _ in range(_STEPS):
        solution = solution * wanted / np.maximum(response.T @ (response @ solution), 1e-12)
    return solution
