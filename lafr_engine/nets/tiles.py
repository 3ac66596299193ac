"""Decoding in tiles: less memory at a time, and the same picture.

A tile is decoded with all latents around it that its pixels depend on, and only the tile's own
pixels are kept. So there is nothing to blend, and no seam: what is left is rounding (below 1e-5 of
the range in fp32). It holds for decoders that see a bounded neighbourhood. ``AutoencoderKL`` does
not: group norms and attention see the whole, and its tiles, blended by diffusers, only come close.
"""

from __future__ import annotations

import itertools
from typing import Protocol

import torch
from torch import Tensor


class LocalDecoder(Protocol):
    """A decoder whose pixels depend on latents nearby only.

    Attributes:
        factor: How much larger an image is than its latent.
        reach: How many latents away it still sees.
    """

    factor: int
    reach: int

    def decode(self, z: Tensor) -> Tensor:
        """Map latents (B, C, h, w) to images (B, 3, f h, f w)."""
        ...


def decode_in_tiles(decoder: LocalDecoder, z: Tensor, side: int) -> Tensor:
    """Decode a latent (B, C, h, w) by tiles.

    Args:
        decoder: What decodes.
        z: The latents.
        side: Largest side of what is decoded at once, in latents, the surroundings included; where
            those alone are more, tiles are of a single latent and its surroundings.
    """
    rows, columns = (_cuts(n, side, decoder.reach) for n in z.shape[2:])
    return torch.cat([torch.cat([_tile(decoder, z, r, c) for c in columns], 3) for r in rows], 2)


def _cuts(length: int, side: int, reach: int) -> list[tuple[int, int]]:
    """Return the fewest equal parts (from, to) that fit into ``side`` with their surroundings."""
    count = 1
    while count < length and -(-length // count) + min(count - 1, 2) * reach > side:
        count += 1
    bounds = [length * k // count for k in range(count + 1)]
    return list(itertools.pairwise(bounds))


def _tile(
    decoder: LocalDecoder, z: Tensor, rows: tuple[int, int], columns: tuple[int, int]
) -> Tensor:
    top, left = max(0, rows[0] - decoder.reach), max(0, columns[0] - decoder.reach)
    seen = z[..., top : rows[1] + decoder.reach, left : columns[1] + decoder.reach]
    image, f = decoder.decode(seen), decoder.factor
    return image[
        ...,
        (rows[0] - top) * f : (rows[1] - top) * f,
        (columns[0] - left) * f : (columns[1] - left) * f,
    ]
