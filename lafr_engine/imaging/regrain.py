"""The grain that a restored face lacks of the paper around it.

A face is never flat as paper is, and paper of another luminance has other noise. So each of the
face's flattest blocks is compared with those blocks around that are as light as it is, band by
band, and the median of the ratios is taken: what structure there is stands in the upper half. Then
the face gets back of its own grain, which the restorer took away, until it measures as it did
before or as its surroundings do, whichever is less: a face that kept its grain gets none on top.

Most faces measure louder than their surroundings, for detail passes for noise, and behind it the
noise may be gone unseen; `lafr evaluate --grain` sees it. So a third of what was taken away comes
back in any case; not more, for blemishes are part of it.

Grain drawn anew was tried for long, and is spots on a forehead that was smooth; the face's own is
where it was. Only in colour the face's own is always right: detail has next to none, so what there
was, was noise. For the same reason fine colour that the restorer added is noise, and is smoothed
first.

Luminance and colour are measured and given back apart (`imaging.planes`). Within a face noise goes
with luminance otherwise than around it, for few surroundings are as light as a forehead: its
shades, dark to light, are judged apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.grain import (
    FEWEST,
    band_powers,
    bands,
    block_light,
    flat_corners,
    in_band,
    light_of_pixels,
)
from lafr_engine.imaging.planes import mixed, own_planes, quiet_power, to_channels

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

CERTAIN: Final = 16
"""Fewer flat blocks in a face leave its noise too uncertain to be judged, or to be given back."""

# The shorter side, in pixels, of a face and its margin from which blocks of 16 are small.
_LARGE: Final = 1000
# A face that has this much of what it should has enough.
_ENOUGH: Final = 1.05
# Of the power: the face's own noise is known no better, and where in doubt it is the paper's.
_DOUBT: Final = 1.2
# The share of the restored face in the mask from which it is there as a whole.
_WHOLE: Final = 0.9
# Of the median of a band's values: 3 deviations of Gaussian noise.
_STANDS_OUT: Final = 4.45
# Deviation of the blur that takes fine colour away, in periods of the broadest band.
_SMOOTH: Final = 0.25
# Of flat blocks: fewer cannot be told apart by their luminance.
_SHADE: Final = 64
_MOST_SHADES: Final = 4
_ROUNDS: Final = 6
_STEP: Final = 4.0  # at most, of a share in a round
# Of the power of what was taken away: a little is lost on the way, to rounding and in the feather.
_MOST: Final = 1.5
# Of the power of what was taken away, as long as that is no more than the paper's noise: a third of
# its deviation. With half of it small faces had half of the JPEG's blocks again.
_LEAST: Final = 0.1
# Where the mask is less than this, what was taken away is not worth the noise of its rounding.
_FEATHER: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """A face's flattest blocks, in groups from the dark ones to the light ones.

    Attributes:
        corners: int64 (N, 2), (y, x) of the blocks.
        block: Their side.
        groups: Numbers of blocks, (G,) of them.
        levels: float64 (G,), the mean luminance of each group.
    """

    corners: NDArray[np.int64]
    block: int
    groups: tuple[NDArray[np.int64], ...]
    levels: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What the noise of a face should be like in one plane.

    Attributes:
        shades: Where it is looked at.
        expected: float64 (N, K), the power that the paper has where it is as light as each block,
            by band, with what is too quiet to be seen.
        colour: Whether it is of colour, which detail has none of; else it is the luminance.
    """

    shades: Shades
    expected: Doubles
    colour: bool

    def powers(self, plane: Floats) -> Doubles:
        """Return the power of the noise of (H, W) over the paper's, (1 + G, K): 1 is like it.

        Of all blocks together, and of each shade.
        """
        shades = self.shades
        found = band_powers(plane[..., None], shades.corners, shades.block)[..., 0]
        shares = (found + quiet_power(self.colour)) / self.expected
        groups = (np.arange(len(shares)), *shades.groups)
        powers: Doubles = np.stack([np.median(shares[group], axis=0) for group in groups])
        return powers

    def by_shade(self, plane: Floats) -> Doubles:
        """Return the same of each shade, (G, K)."""
        return self.powers(plane)[1:]

    def wanted(self, own: Doubles) -> Doubles:
        """Return the power that a face should have that had ``own``, both over the paper's."""
        most = np.maximum(own, 1.0) if self.colour else 1.0
        wanted: Doubles = np.minimum(_DOUBT * own, most)
        return wanted

    @property
    def deviations(self) -> Doubles:
        """Standard deviation of the paper's noise in each band, in the picture's unit."""
        block = self.shades.block
        wide = [in_band(block, *each).mean() for each in bands(block)]
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
        return list(np.moveaxis(mixed(pixels, self.to_planes), 2, 0))

    def powers(self, pixels: Floats) -> Doubles:
        """Return the power of the face's noise over the paper's, (C, 1 + G, K): 1 is like it."""
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
    inside = flat_corners(light, mask >= _WHOLE, block)
    if around is None or inside is None:
        return None
    to_planes = own_planes(before, inside, block)
    power = band_powers(mixed(before, to_planes), around, block)
    there, here = (block_light(light, corners, block) for corners in (around, inside))
    expected = _of_like_light(power, there, here)
    shades = _shades(inside, here, block)
    sheets = (
        Sheet(shades, each + quiet_power(number > 0), number > 0)
        for number, each in enumerate(np.moveaxis(expected, 2, 0))
    )
    return Paper(tuple(sheets), to_planes)


def _shades(corners: NDArray[np.int64], lights: Doubles, block: int) -> Shades:
    """Part a face's blocks by luminance, as far as each group can be judged."""
    count = min(max(len(lights) // _SHADE, 1), _MOST_SHADES)
    groups = np.array_split(np.argsort(lights, kind="stable"), count)
    levels = np.array([lights[group].mean() for group in groups])
    return Shades(corners, block, tuple(groups), levels)


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


def missing(before: Floats, after: Floats, mask: Floats) -> Floats | None:
    """Return the grain that a restored face lost and should have.

    Args:
        before: (H, W, C) in [0, 1], the photograph: the face and a margin around it.
        after: The same with the face restored.
        mask: (H, W) in [0, 1], the share of the restored face; 0 in the margin.

    Returns:
        (H, W, C), to be added under the mask; equal channels where the picture has such. It takes
        away the fine colour that the restorer added. None where nothing is missing, and for small
        faces: noise that is not known well would be spots.
    """
    found = paper(before, mask)
    if found is None or len(found.sheets[0].shades.corners) < CERTAIN:
        return None
    light = light_of_pixels(after)
    planes = zip(found.sheets, found.planes(before), found.planes(after), strict=True)
    noise = np.stack([_missing_in_plane(*each, light, mask) for each in planes], axis=2)
    return mixed(noise, to_channels(found.to_planes)) if noise.any() else None


def _missing_in_plane(
    sheet: Sheet, before: Floats, after: Floats, light: Floats, mask: Floats
) -> Floats:
    """Return what a plane lacks, (H, W); ``light`` is the luminance of the restored face."""
    own, had, clean = sheet.by_shade(before), sheet.by_shade(after), after
    block = sheet.shades.block
    excess = float((had / sheet.wanted(own)).max()) if sheet.colour else 1.0
    if excess > _ENOUGH:
        smooth = np.asarray(cv2.GaussianBlur(after, (0, 0), _SMOOTH / bands(block)[0][0]))
        # By degrees: two scans of one print may not come out apart for a little noise.
        share = np.interp(excess, (_ENOUGH, _DOUBT), (0.0, 1.0))
        clean = (after + share * (smooth - after)).astype(np.float32)
        had = sheet.by_shade(clean)
    # A band that lost nothing gets nothing.
    lacks = had * _ENOUGH < own
    wanted = np.where(lacks, sheet.wanted(own), had)
    least = np.where(lacks, 0.0 if sheet.colour else _LEAST, 0.0)
    if (wanted <= had * _ENOUGH).all() and not least.any():
        return clean - after
    # Pasted under the mask, and added under it: in the feather the mask would stand twice.
    lost = before - after + mask * (after - clean)
    lost = (lost / np.maximum(mask, _FEATHER)).astype(np.float32)
    parts = _within_noise(_parts(lost, block), light, mask >= _WHOLE, len(own))
    mixture = _Mixture(tuple(parts), sheet.shades, light)
    shares = _fitted(sheet, clean, mask, mixture, wanted)
    least /= np.maximum(sheet.by_shade(mask * sum(parts)), 1.0)
    return clean - after + mixture.of(np.maximum(shares, least))


def _parts(lost: Floats, block: int) -> list[Floats]:
    """Part the grain that was taken away, (H, W), into the bands that blocks of a side measure.

    No block can tell noise below the lowest band from shades, yet grain has it: an octave of it
    goes with that band.
    """
    every = bands(block)
    broader = [_below(lost, edge) for edge in (every[0][0] / 2, *(high for _, high in every[:-1]))]
    return [fine - coarse for coarse, fine in pairwise([*broader, lost])]


def _within_noise(
    parts: list[Floats], light: Floats, face: NDArray[np.bool_], count: int
) -> list[Floats]:
    """Cut off what stands out of noise: an edge that the restorer drew again.

    Args:
        parts: (H, W) each, the bands of what was taken away.
        light: (H, W), luminance.
        face: bool (H, W), where the noise is looked at.
        count: Of shades, whose noise is told apart.
    """
    there = light[face]
    shades = np.array_split(np.argsort(there, kind="stable"), count)
    levels = [there[shade].mean() for shade in shades]
    quiet = []
    for part in parts:
        found = np.abs(part[face])
        limits = [_STANDS_OUT * np.median(found[shade]) for shade in shades]
        most = np.interp(light, levels, limits).astype(np.float32)
        quiet.append(np.clip(part, -most, most))
    return quiet


def _below(plane: Floats, frequency: float) -> Floats:
    """Return what is broader than a frequency, in periods a pixel, at which half is left.

    By ``2 g - g^2`` of a Gaussian's response g, which falls half as steeply again as it does.
    """
    sigma = np.sqrt(-np.log(1 - np.sqrt(0.5)) / 2) / (np.pi * frequency)
    once = np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)
    return 2.0 * once - np.asarray(cv2.GaussianBlur(once, (0, 0), sigma), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """Grain in bands, to be mixed.

    Attributes:
        parts: (H, W) each.
        shades: Whose levels the shares are for.
        light: (H, W), luminance.
    """

    parts: tuple[Floats, ...]
    shades: Shades
    light: Floats

    def of(self, shares: Doubles) -> Floats:
        """Add the parts up, each with its share (G, K) of its power where it is as light."""
        total = np.zeros_like(self.light)
        for part, column in zip(self.parts, np.sqrt(shares).T, strict=True):
            weights = np.interp(self.light, self.shades.levels, column)
            total += weights.astype(np.float32) * part
        return total


def _fitted(
    sheet: Sheet, clean: Floats, mask: Floats, mixture: _Mixture, wanted: Doubles
) -> Doubles:
    """Return the shares (G, K) of the bands with which the face (H, W) measures as wanted.

    All of it is given back at first, and then less where the face has too much. Bands leak into
    each other, so that takes a few rounds.
    """
    bare, shares = sheet.by_shade(clean), np.ones_like(wanted)
    for _ in range(_ROUNDS):
        had = sheet.by_shade(clean + mask * mixture.of(shares))
        shares *= np.clip((wanted - bare) / np.maximum(had - bare, 1e-6), 0.0, _STEP)
        shares = np.minimum(shares, _MOST)
    return shares
