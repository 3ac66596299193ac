"""Grain: the noise of a print, measured by band of frequencies.

A restored face is cleaner than its photograph, and on a grainy print it looks like plastic. What
it should have of its grain is decided in `imaging.regrain`, plane by plane of the colours.

Spectra are of square blocks under a Hann window (Welch 1967), of blocks whose low frequencies are
flat: picking blocks by their fine detail would pick those with little noise.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

FEWEST: Final = 12
"""Fewer blocks than this say nothing about a spectrum."""
# The share of blocks, the flattest ones, that is taken for paper.
_FLAT: Final = 0.25
_LEVELS: Final = 4
# Periods a pixel.
_BANDS: Final = ((3 / 32, 3 / 16), (3 / 16, 5 / 16), (5 / 16, 1 / 2), (1 / 2, 3 / 4))
_LUMA: Final = np.array([0.299, 0.587, 0.114])
# Where a print is burnt out or black its noise is cut off and says nothing.
_DARKEST, _BRIGHTEST = 0.04, 0.96


def bands(block: int) -> tuple[tuple[float, float], ...]:
    """Return the frequencies that are compared, (low, high) in periods a pixel.

    The broadest is only seen by blocks of 16: in smaller ones it is a slope.
    """
    return _BANDS if block >= 16 else _BANDS[1:]


def light_of_pixels(pixels: Floats) -> Floats:
    """Return the luminance, (H, W), of (H, W, C)."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    luminance: Floats = (pixels @ _LUMA).astype(np.float32)
    return luminance


def flat_corners(light: Floats, where: NDArray[np.bool_], block: int) -> NDArray[np.int64] | None:
    """Return (y, x) of the blocks with the flattest luminance that lie wholly in ``where``."""
    usable = where & (light > _DARKEST) & (light < _BRIGHTEST)
    corners = corners_in(usable, block)
    if len(corners) < FEWEST:
        return None
    # The slope of the picture without its fine detail, by which noise does not count.
    smooth = cv2.GaussianBlur(light, (0, 0), block / 5.0)
    slope = np.square(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)) + np.square(
        cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    )
    busy = block_light(slope, corners, block)
    return corners[_flattest(busy, block_light(light, corners, block))]


def _flattest(busy: Doubles, light: Doubles) -> NDArray[np.int64]:
    """Return the flattest blocks among the dark, the light, and those between.

    Strong noise makes a block look busier, so blocks are compared with those as light as they.
    """
    chosen = []
    for part in np.array_split(np.argsort(light, kind="stable"), _LEVELS):
        count = max(FEWEST // _LEVELS, round(len(part) * _FLAT))
        chosen.append(part[np.argsort(busy[part], kind="stable")[:count]])
    return np.concatenate(chosen)


def corners_in(usable: NDArray[np.bool_], block: int) -> NDArray[np.int64]:
    """Return (y, x) of blocks, half a block apart, that are usable as a whole, (N, 2)."""
    if min(usable.shape) < block:
        return np.zeros((0, 2), np.int64)
    sums = cv2.integral(usable.astype(np.uint8))
    full = (
        sums[block:, block:]
        - sums[:-block, block:]
        - sums[block:, :-block]
        + sums[:-block, :-block]
    )
    step = block // 2
    ys, xs = np.nonzero(full[::step, ::step] == block * block)
    return np.stack([ys, xs], axis=1) * step


def _planes(blocks: Doubles) -> Doubles:
    """Return the plane that fits each block best (least squares)."""
    side = blocks.shape[1]
    at = np.arange(side) - (side - 1) / 2
    unit = np.square(at).sum() * side
    mean = blocks.mean(axis=(1, 2), keepdims=True)
    down = (blocks * at[:, None, None]).sum(axis=(1, 2), keepdims=True) / unit
    across = (blocks * at[None, :, None]).sum(axis=(1, 2), keepdims=True) / unit
    plane: Doubles = mean + down * at[:, None, None] + across * at[None, :, None]
    return plane


def block_light(luminance: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return the mean luminance of blocks."""
    sums, (y, x) = cv2.integral(luminance), corners.T
    far_y, far_x = y + block, x + block
    total = sums[far_y, far_x] - sums[y, far_x] - sums[far_y, x] + sums[y, x]
    light: Doubles = total / (block * block)
    return light


def band_powers(planes: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return the mean power of blocks by band and plane, (N, K, C)."""
    power = _powers(_cut(planes, corners, block))
    return np.stack([power[:, in_band(block, *each)].mean(axis=1) for each in bands(block)], axis=1)


def noise_covariances(planes: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return how the planes' noise goes together in each block, (N, C, C)."""
    spectra = _spectra(_cut(planes, corners, block))[:, _is_noise(block)]
    together = np.einsum("nfi,nfj->nij", spectra, spectra.conj()).real
    covariances: Doubles = together / spectra.shape[1]
    return covariances


def _cut(planes: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    return np.stack([planes[y : y + block, x : x + block] for y, x in corners]).astype(np.float64)


def _powers(blocks: Doubles) -> Doubles:
    """Return the power of blocks by frequency, of the same shape."""
    power: Doubles = np.abs(_spectra(blocks)) ** 2
    return power


def _spectra(blocks: Doubles) -> NDArray[np.complex128]:
    """Transform blocks under a Hann window, without their slope, so that power is variance."""
    block = blocks.shape[1]
    window = np.outer(np.hanning(block + 1)[:block], np.hanning(block + 1)[:block])
    detail = (blocks - _planes(blocks)) * window[..., None]
    power = float(np.square(window).sum())
    spectra: NDArray[np.complex128] = np.fft.fft2(detail, axes=(1, 2)) / np.sqrt(power)
    return spectra


def in_band(block: int, low: float, high: float) -> NDArray[np.bool_]:
    """Frequencies from ``low`` to below ``high`` periods a pixel, (B, B)."""
    frequencies = np.fft.fftfreq(block)
    radius = np.hypot(frequencies[:, None], frequencies[None, :])
    return np.asarray((radius >= low) & (radius < high))


def _is_noise(block: int) -> NDArray[np.bool_]:
    """The frequencies that are compared; broader ones are the picture's shades."""
    return in_band(block, bands(block)[0][0], bands(block)[-1][1])
