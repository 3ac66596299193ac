"""Samples that are no RGB or grey: inks and palettes, read as colours and written back as such.

The stages see colours. Where these come back unchanged, so do the samples, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.picture import Pixels, resized, turned

_BAND: Final = 1 << 20  # pixels converted at once


@dataclass(frozen=True, slots=True, eq=False)
class Cmyk:
    """Inks.

    Attributes:
        samples: (H, W, 4), uint8 or uint16; 0 is no ink.
        icc: Their profile; None reads by the plain formula.
    """

    samples: Pixels
    icc: bytes | None = None

    def colours(self) -> Pixels:
        """Return (H, W, 3) sRGB of the same type."""
        return self._rgb(self.samples)

    def turned(self, turn: int) -> Cmyk:
        """Turn upright after EXIF's orientation."""
        return replace(self, samples=np.ascontiguousarray(turned(self.samples, turn)))

    def resized(self, width: int, height: int) -> Cmyk:
        """Enlarge the inks."""
        return replace(self, samples=resized(self.samples, width, height))

    def holding(self, pixels: Pixels, alpha: Pixels | None = None) -> Cmyk:
        """Return inks that read as ``pixels``; where those are unchanged, the same inks.

        Of two ways into inks the one is taken that reads closer to the colour wanted: to change
        the inks that are there by as much as the profile says, which keeps their share of black,
        or to mix the colour anew.
        """
        del alpha  # lies beside the inks
        before = self.colours()
        where = (before != pixels).any(axis=2)
        if not where.any():
            return self
        old, wanted, had = self.samples[where][None], pixels[where][None], before[where][None]
        anew = self._inks(wanted, old)
        white = np.iinfo(old.dtype).max
        moved = old.astype(np.int32) + anew - self._inks(had, old)
        moved = np.clip(moved, 0, white).astype(old.dtype)
        nearer = _distance(self._rgb(moved), wanted) <= _distance(self._rgb(anew), wanted)
        samples = self.samples.copy()
        samples[where] = np.where(nearer[..., None], moved, anew)[0]
        return replace(self, samples=samples)

    def _rgb(self, inks: Pixels) -> Pixels:
        if self.icc is not None:
            return _transformed(inks, self.icc, _srgb(), 3)
        result = np.empty((*inks.shape[:2], 3), inks.dtype)
        for rows in _bands(inks):
            result[rows] = _rgb_by_formula(inks[rows])
        return result

    def _inks(self, rgb: Pixels, old: Pixels) -> Pixels:
        """Mix colours; ``old`` are the inks there, whose black the formula keeps if it can."""
        if self.icc is not None:
            try:
                return _transformed(rgb, _srgb(), self.icc, 4)
            except imagecodecs.CmsError:  # a profile that leads one way only
                pass
        white = np.iinfo(rgb.dtype).max
        light = rgb.astype(np.float32) / white
        paper = np.maximum(1 - old[..., 3:].astype(np.float32) / white, light.max(2, keepdims=True))
        inks = np.concatenate([1 - light / np.maximum(paper, 1e-6), 1 - paper], axis=2)
        mixed: Pixels = np.rint(np.clip(inks, 0, 1) * white).astype(rgb.dtype)
        return mixed


def cmyk(samples: Pixels, icc: bytes | None) -> Cmyk:
    """Return inks under their profile; one that cannot be used reads as none."""
    if icc is None:
        return Cmyk(samples)
    try:
        _transformed(samples[:1, :1], icc, _srgb(), 3)
    except imagecodecs.CmsError:
        return Cmyk(samples)
    return Cmyk(samples, icc)


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A palette, or grey of less than 8 bits.

    Attributes:
        samples: (H, W) uint8, numbers into the palette.
        palette: (N, 3) RGB or (N, 1) grey, uint8, N up to 256.
        alphas: (N,) uint8, None where nothing is transparent.
        bits: 1, 2, 4 or 8 for each sample.
    """

    samples: NDArray[np.uint8]
    palette: NDArray[np.uint8]
    alphas: NDArray[np.uint8] | None = None
    bits: int = 8

    def colours(self) -> Pixels:
        """Return (H, W, 3 | 1) uint8."""
        return self._padded(self.palette)[self.samples]

    def transparency(self) -> Pixels | None:
        """Return the alpha plane."""
        if self.alphas is None:
            return None
        return self._padded(self.alphas[:, None], 255)[self.samples][..., 0]

    def turned(self, turn: int) -> Indexed:
        """Turn upright after EXIF's orientation."""
        return replace(self, samples=np.ascontiguousarray(turned(self.samples, turn)))

    def resized(self, width: int, height: int) -> Indexed | None:
        """Enlarged colours lie between those of the palette."""
        return self if (height, width) == self.samples.shape else None

    def holding(self, pixels: Pixels, alpha: Pixels | None = None) -> Indexed | None:
        """Return samples for ``pixels``; None where one of them has no place in the palette."""
        if pixels.dtype != np.uint8 or (alpha is None) != (self.alphas is None):
            return None
        colours, wanted = _packed(self.colours(), self.transparency()), _packed(pixels, alpha)
        changed = colours != wanted
        if not changed.any():
            return self
        alphas = None if self.alphas is None else self._padded(self.alphas[:, None], 255)[:, 0]
        known = _packed(self._padded(self.palette)[None], None if alphas is None else alphas[None])
        known = known[0, : len(self.palette)]
        order = np.argsort(known, kind="stable")
        found = np.searchsorted(known[order], wanted[changed]).clip(max=len(known) - 1)
        if (known[order][found] != wanted[changed]).any():
            return None
        samples = self.samples.copy()
        samples[changed] = order[found]
        return replace(self, samples=samples)

    @staticmethod
    def _padded(table: NDArray[np.uint8], value: int = 0) -> NDArray[np.uint8]:
        """A file may use numbers that its palette lacks."""
        padded = np.full((256, table.shape[1]), value, np.uint8)
        padded[: len(table)] = table[:256]
        return padded


def _packed(pixels: Pixels, alpha: Pixels | None) -> NDArray[Any]:
    """Return each colour, with its alpha, as one number."""
    parts = [pixels[..., channel] for channel in range(pixels.shape[2])]
    packed: NDArray[Any] = np.zeros(pixels.shape[:2], np.uint32)
    for part in parts if alpha is None else [*parts, alpha]:
        packed <<= np.uint32(8)
        packed |= part
    return packed


def _rgb_by_formula(inks: Pixels) -> Pixels:
    white = np.iinfo(inks.dtype).max
    left = 1 - inks.astype(np.float32) / white
    rgb: Pixels = np.rint(left[..., :3] * left[..., 3:] * white).astype(inks.dtype)
    return rgb


def _distance(one: Pixels, other: Pixels) -> NDArray[Any]:
    apart: NDArray[Any] = np.abs(one.astype(np.int32) - other).max(axis=2)
    return apart


def _bands(pixels: Pixels) -> list[slice]:
    rows = max(1, _BAND // pixels.shape[1])
    return [slice(start, start + rows) for start in range(0, pixels.shape[0], rows)]


def _transformed(pixels: Pixels, source: bytes, target: bytes, channels: int) -> Pixels:
    own, out = ("rgb", "cmyk") if channels == 4 else ("cmyk", "rgb")
    result: Pixels = imagecodecs.cms_transform(
        np.ascontiguousarray(pixels),
        source,
        target,
        colorspace=own,
        outcolorspace=out,
        outdtype=str(pixels.dtype),
    )
    shaped: Pixels = result.reshape(*pixels.shape[:2], channels)
    return shaped


def _srgb() -> bytes:
    profile: bytes = imagecodecs.cms_profile("srgb")
    return profile
