"""Takes out the lattice that a decoder draws.

A decoder that draws cells of pixels from a latent repeats its mistakes in each cell. On faces that
are blurred as none it was trained on, they are fine stripes at the pitch of the latent. Nothing in
a face keeps exactly that pitch over several cells, so what does is no detail.

The pixels that stand at one place of every cell make a small picture of their own. Its smooth part
holds the picture's smooth part, as it is there, and the lattice; what is left when the former is
taken away is the lattice alone: a notch of the width of the smoothing at each multiple of the
lattice's frequency. Grain has its share of power there as everywhere, so only what exceeds that of
the photograph is the decoder's.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from lafr_engine.nets.blocks import smooth

_AROUND = 2.0  # deviations of the pattern's own smoothing: over how far its power is averaged
_NOTHING = 1e-8  # of power, for images in [-1, 1]


def without_lattice(before: Tensor, after: Tensor, pitch: int, sigma: float) -> Tensor:
    """Take out of a picture the lattice that another, of the same face, has not.

    Args:
        before: (B, C, H, W) in [-1, 1], the photograph.
        after: (B, C, H, W), what became of it.
        pitch: As for :func:`lattice_of`.
        sigma: As for :func:`lattice_of`.
    """
    own, drawn = lattice_of(before, pitch, sigma), lattice_of(after, pitch, sigma)
    reach = _AROUND * pitch * sigma
    less = smooth(own.square(), reach) / (smooth(drawn.square(), reach) + _NOTHING)
    return after - (1 - less).clamp(min=0.0) * drawn


def lattice_of(image: Tensor, pitch: int, sigma: float) -> Tensor:
    """Return what repeats at a pitch, (B, C, H, W).

    Args:
        image: (B, C, H, W); both sides are multiples of the pitch.
        pitch: Pixels of a cell.
        sigma: Deviation of the smoothing, in cells: over how many the pattern must repeat.
    """
    places = smooth(F.pixel_unshuffle(image, pitch), sigma)
    broad = F.pixel_unshuffle(smooth(image, pitch * sigma), pitch)
    return F.pixel_shuffle(places - broad, pitch)
