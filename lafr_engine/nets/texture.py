"""Gives a face back what it had of its own: detail that the restorer took for noise.

A sharp photograph shows more than a latent carries: strands of hair, wrinkles, pores. Restored,
they come out as wax. Two things are returned, both of the luminance alone, since what changes in
colour is seldom the face's own:

- to every face the structure that it lost, band by band: as far as a place's power exceeds what is
  left there and the noise, which is that of the face's flattest fifth;
- to a sharp face a share of all its texture, and the whole of its shades: what hides between two
  grains cannot be told from noise, and broad shades that a sharp face lacks are drawn ones.

How sharp a face is tells the power of a fine band over that of broad ones, where each is strong
and less its noise. Photographs fall off as 1/f, so bands an octave wide are about even; what is
blurred, enlarged or made of blocks lacks the fine one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.nets.blocks import smooth

# Deviations of the Gaussians between the bands, in pixels of an aligned face of 512.
_SIGMAS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_FINE: Final = 3  # bands in which structure comes back
# Of the bands: the one whose power tells, and those it is compared with.
_TELLING: Final = 1
_BROAD: Final = (3, 4)
# Logarithms to the base 10 of that ratio: the one of a face that is not sharp, and of one that is.
_SHARP: Final = (-1.55, -1.3)
# Where the face lies in an aligned crop, in shares of its sides: what is around may be flat white.
_ROWS: Final = (0.25, 0.85)
_COLUMNS: Final = (0.25, 0.75)
_CELL: Final = 4  # pixels over which power is averaged; then the cells are smoothed by one of them
_FLAT: Final = 0.2
_STRONG: Final = 0.9
_TIMES: Final = 4.0  # how often noise is taken off: strong grain is no detail
# The broader a band, the fewer the waves in a cell, and the more its noise differs by chance.
_CHANCE: Final = (1.0, 1.5, 2.0)
_ROUNDING: Final = 3.6e-5  # the least power of noise, in the square of [-1, 1]
_NOTHING: Final = 1e-9


def with_own_texture(lq: Tensor, restored: Tensor, share: float) -> Tensor:
    """Return to a restored face what it had of its own.

    Args:
        lq: (B, 3, H, W) in [-1, 1], the photograph's face; H and W are multiples of 4.
        restored: (B, 3, H, W), what became of it.
        share: In [0, 1]: of a sharp face's texture, what comes back where it is like noise.
    """
    before, after = _luminance(lq), _luminance(restored)
    had, has = _bands(before, _SIGMAS), _bands(after, _SIGMAS[: _FINE + 1])
    powers = [_power(band) for band in had]
    noises = _noises(powers)
    sharp = _sharpness(powers, noises)
    lost = before - after
    own = sharp * smooth(lost, _SIGMAS[_FINE])
    for number in range(_FINE):
        power, left = powers[number], _power(has[number])
        noise = _CHANCE[number] * noises[number].clamp(min=_ROUNDING)
        beyond = (power - left - noise) / (power + _NOTHING)
        structure = F.interpolate(
            beyond.clamp(0.0, 1.0), scale_factor=_CELL, mode="bilinear", align_corners=False
        )
        kept = share * sharp
        own = own + (kept + (1.0 - kept) * structure) * (had[number] - has[number])
    return restored + own


def sharpness(lq: Tensor) -> Tensor:
    """Return how sharp faces (B, 3, H, W) in [-1, 1] are: (B,), from 0 to 1."""
    powers = [_power(band) for band in _bands(_luminance(lq), _SIGMAS)]
    return _sharpness(powers, _noises(powers)).flatten()


def _luminance(x: Tensor) -> Tensor:
    """Return (B, 1, H, W) by ITU-R BT.601."""
    return 0.299 * x[:, :1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:3]


def _bands(plane: Tensor, sigmas: Sequence[float]) -> list[Tensor]:
    blurred = [smooth(plane, sigma) for sigma in sigmas]
    return [fine - coarse for fine, coarse in pairwise(blurred)]


def _power(band: Tensor) -> Tensor:
    """Return the local mean square (B, 1, H / 4, W / 4)."""
    return smooth(F.avg_pool2d(band.square(), _CELL), 1.0)


def _noises(powers: list[Tensor]) -> list[Tensor]:
    """Return the noise of each band, (B, 1, 1, 1): a broad band never has more than a fine one."""
    noises: list[Tensor] = []
    for power in powers:
        flat = _quantile(power, _FLAT)
        noises.append(torch.minimum(flat, noises[-1]) if noises else flat)
    return noises


def _sharpness(powers: list[Tensor], noises: list[Tensor]) -> Tensor:
    """Return (B, 1, 1, 1) in [0, 1]."""
    fine, *broad = (
        (_quantile(powers[at], _STRONG) - _TIMES * noises[at]).clamp(min=_NOTHING).log10()
        for at in (_TELLING, *_BROAD)
    )
    ratio = fine - torch.stack(broad).mean(0)
    low, high = _SHARP
    # A face without contrast has as little in every band; that is no sharpness.
    shows = (broad[0] > math.log10(_ROUNDING)).to(ratio.dtype)
    return shows * ((ratio - low) / (high - low)).clamp(0.0, 1.0)


def _quantile(power: Tensor, share: float) -> Tensor:
    """Return the value (B, 1, 1, 1) below which a share of the face's cells (B, 1, h, w) lies."""
    height, width = (int(side) for side in power.shape[2:])  # tensors, where a tracer looks on
    top, bottom = (round(edge * height) for edge in _ROWS)
    left, right = (round(edge * width) for edge in _COLUMNS)
    ordered = power[..., top:bottom, left:right].flatten(1).sort(dim=1).values
    at = round(share * (int(ordered.shape[1]) - 1))
    return ordered[:, at].view(-1, 1, 1, 1)
