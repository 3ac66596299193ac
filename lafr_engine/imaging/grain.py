"""Grain: the noise of a print, measured around a face and given back to the restored face.

A restored face is cleaner than its photograph, and on a grainy print it looks like plastic. So the
noise of the paper around it is measured, its spectrum and its strength by luminance and colour,
and what the face lacks of it is drawn anew and added.

Spectra are of square blocks under a Hann window (Welch 1967), mean over blocks whose low
frequencies are flat: picking blocks by their fine detail would pick those with little noise. The
method is that of film grain synthesis (Norkin and Birkbeck, "Film grain synthesis for AV1 video
codec", 2018: a noise template with the measured correlation, scaled by luminance), with the
template drawn in the Fourier domain.
"""

from __future__ import annotations

from dataclasses import dataclass
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
_TEMPLATE: Final = 1024
_LUMA: Final = np.array([0.299, 0.587, 0.114])
# Where a print is burnt out or black its noise is cut off and says nothing.
_DARKEST, _BRIGHTEST = 0.04, 0.96


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """What noise looks like.

    Attributes:
        spectrum: float64 (B, B), mean power by frequency as ``numpy.fft.fft2`` orders it, in the
            mean over channels; its mean is the variance. The lowest frequencies, which are the
            picture's, are 0.
        covariance: float64 (C, C) between channels, scaled so that its trace is C.
        levels: float64 (K,), rising luminances in [0, 1].
        gains: float64 (K,), the noise's deviation at each, in shares of the overall one.
    """

    spectrum: Doubles
    covariance: Doubles
    levels: Doubles
    gains: Doubles

    @property
    def deviation(self) -> float:
        """Standard deviation over all frequencies, in the picture's unit."""
        return float(np.sqrt(self.spectrum.mean()))


def measure(
    pixels: Floats, where: NDArray[np.bool_], block: int = 16, guide: Floats | None = None
) -> Grain | None:
    """Measure the noise of a part of a picture.

    Args:
        pixels: (H, W, C) in [0, 1].
        where: (H, W), what is looked at.
        block: Side of the blocks; even.
        guide: Of the same shape: where it is flat ``pixels`` are measured. By default they
            themselves.

    Returns:
        None where too little of it is flat to tell noise from the picture.
    """
    corners = flat_corners(pixels if guide is None else guide, where, block)
    if corners is None:
        return None
    blocks = _cut(pixels, corners, block)
    detail, power = _powers(blocks)
    power *= _is_noise(block)[..., None]
    spectrum = power.mean(axis=(0, 3))
    if not spectrum.any():
        return None
    levels, gains = _by_luminance(blocks, power, float(spectrum.mean()))
    return Grain(spectrum, _covariance(detail), levels, gains)


def bands(block: int) -> tuple[tuple[float, float], ...]:
    """Return the frequencies that are compared, (low, high) in periods a pixel.

    The broadest is only seen by blocks of 16: in smaller ones it is a slope.
    """
    return _BANDS if block >= 16 else _BANDS[1:]


def draw(
    grain: Grain,
    luminance: Floats,
    rng: np.random.Generator,
    band: tuple[float, float] = (0.0, 1.0),
) -> Floats:
    """Draw noise.

    Args:
        grain: What it looks like.
        luminance: (H, W) in [0, 1] of the picture it is for.
        rng: What decides.
        band: Only these frequencies, in periods a pixel.

    Returns:
        (H, W, C), of mean 0, in the picture's unit. A large picture gets one template, whose
        edges fit, several times.
    """
    height, width = luminance.shape
    rows, columns = min(height, _TEMPLATE), min(width, _TEMPLATE)
    amplitude = np.sqrt(_resampled(grain.spectrum, rows, columns))
    amplitude *= _within((rows, columns), *band)
    white = rng.standard_normal((rows, columns, len(grain.covariance)), dtype=np.float32)
    spectrum = np.fft.fft2(white, axes=(0, 1)) * amplitude[..., None]
    template = np.fft.ifft2(spectrum, axes=(0, 1)).real @ _root(grain.covariance).T
    times = (-(-height // rows), -(-width // columns), 1)
    noise = np.tile(template.astype(np.float32), times)[:height, :width]
    gains: Floats = np.interp(luminance, grain.levels, grain.gains).astype(np.float32)
    return noise * gains[..., None]


def light_of_pixels(pixels: Floats) -> Floats:
    """Return the luminance, (H, W), of (H, W, C)."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    luminance: Floats = (pixels @ _LUMA).astype(np.float32)
    return luminance


def flat_corners(pixels: Floats, where: NDArray[np.bool_], block: int) -> NDArray[np.int64] | None:
    """Return (y, x) of the flattest blocks that lie wholly in ``where``."""
    height, width = where.shape
    if min(height, width) < block:
        return None
    luminance = light_of_pixels(pixels)
    usable = where & (luminance > _DARKEST) & (luminance < _BRIGHTEST)
    corners = _corners(usable, block)
    if len(corners) < FEWEST:
        return None
    # The slope of the picture without its fine detail, by which noise does not count.
    smooth = cv2.GaussianBlur(luminance, (0, 0), block / 5.0)
    slope = np.square(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)) + np.square(
        cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    )
    busy = np.array([slope[y : y + block, x : x + block].mean() for y, x in corners])
    return corners[_flattest(busy, block_light(luminance, corners, block))]


def _flattest(busy: Doubles, light: Doubles) -> NDArray[np.int64]:
    """Return the flattest blocks among the dark, the light, and those between.

    Strong noise makes a block look busier, so blocks are compared with those as light as they.
    """
    chosen = []
    for part in np.array_split(np.argsort(light, kind="stable"), _LEVELS):
        count = max(FEWEST // _LEVELS, round(len(part) * _FLAT))
        chosen.append(part[np.argsort(busy[part], kind="stable")[:count]])
    return np.concatenate(chosen)


def _corners(usable: NDArray[np.bool_], block: int) -> NDArray[np.int64]:
    """Return (y, x) of blocks, half a block apart, that are usable as a whole."""
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
    return np.array([luminance[y : y + block, x : x + block].mean() for y, x in corners])


def band_powers(pixels: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    """Return the mean power of blocks by band, (N, K)."""
    power = _powers(_cut(pixels, corners, block))[1].mean(axis=3)
    return np.stack([power[:, in_band(block, *each)].mean(axis=1) for each in bands(block)], axis=1)


def _cut(pixels: Floats, corners: NDArray[np.int64], block: int) -> Doubles:
    return np.stack([pixels[y : y + block, x : x + block] for y, x in corners]).astype(np.float64)


def _powers(blocks: Doubles) -> tuple[Doubles, Doubles]:
    """Return blocks under a Hann window without their slope, and the power by frequency."""
    block = blocks.shape[1]
    window = np.outer(np.hanning(block + 1)[:block], np.hanning(block + 1)[:block])
    detail: Doubles = (blocks - _planes(blocks)) * window[..., None]
    power: Doubles = np.abs(np.fft.fft2(detail, axes=(1, 2))) ** 2 / np.square(window).sum()
    return detail, power


def in_band(block: int, low: float, high: float) -> NDArray[np.bool_]:
    """Frequencies from ``low`` to below ``high`` periods a pixel, (B, B)."""
    return _within((block, block), low, high)


def _within(shape: tuple[int, int], low: float, high: float) -> NDArray[np.bool_]:
    down, across = (np.fft.fftfreq(side) for side in shape)
    radius = np.hypot(down[:, None], across[None, :])
    return np.asarray((radius >= low) & (radius < high))


def _is_noise(block: int) -> NDArray[np.bool_]:
    """The frequencies that are compared; broader ones are the picture's shades."""
    return in_band(block, bands(block)[0][0], bands(block)[-1][1])


def _by_luminance(blocks: Doubles, power: Doubles, mean: float) -> tuple[Doubles, Doubles]:
    """Return luminances and the noise's deviation there over the overall one."""
    light = blocks.mean(axis=(1, 2))
    light = light[:, 0] if light.shape[1] == 1 else light @ _LUMA
    strength = power.mean(axis=(1, 2, 3))
    parts = np.array_split(np.argsort(light, kind="stable"), min(_LEVELS, len(light) // 3))
    levels = np.array([light[part].mean() for part in parts])
    gains = np.sqrt([strength[part].mean() / mean for part in parts])
    return levels, gains


def _covariance(detail: Doubles) -> Doubles:
    channels = detail.shape[3]
    flat = detail.reshape(-1, channels)
    covariance = flat.T @ flat
    trace = float(np.trace(covariance))
    return np.eye(channels) if trace <= 0.0 else covariance * (channels / trace)


def _root(covariance: Doubles) -> Doubles:
    """Return R with R R^T = covariance; its eigenvalues may be 0, as those of grey are."""
    values, vectors = np.linalg.eigh(covariance)
    root: Doubles = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _resampled(spectrum: Doubles, height: int, width: int) -> Doubles:
    """Interpolate a spectrum to the frequencies of a larger picture."""
    side = len(spectrum)
    shifted = np.fft.fftshift(spectrum)
    # The frequency -1/2 is +1/2 too: repeated, nothing lies outside.
    wrapped = np.pad(shifted, ((0, 1), (0, 1)), mode="wrap").astype(np.float32)
    ys = (np.fft.fftfreq(height) * side + side // 2).astype(np.float32)
    xs = (np.fft.fftfreq(width) * side + side // 2).astype(np.float32)
    grid = np.meshgrid(xs, ys)
    return cv2.remap(wrapped, grid[0], grid[1], cv2.INTER_LINEAR).astype(np.float64)
