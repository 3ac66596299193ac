"""The fidelity gate: what of the restored face is better than what was there.

Ours, not the paper's. A latent with an eighth of the resolution cannot carry the finest detail,
and an input that is hardly degraded has it. The gate sees both pictures and mixes them place by
place, so a good face comes out almost as it went in. It may also add a correction of its own: what
neither of the two shows and the latent has no room for, such as the last of a fine grain.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.blocks import LEAK, Upsample, conv, res_blocks
from lafr_engine.nets.lattice import without_lattice
from lafr_engine.nets.texture import with_own_texture

# sigmoid(2) = 0.88: before training the gate lets the restored face through.
_OPEN = 2.0
_SUBPIXELS = 48  # 3 channels of 4 x 4 pixels
_SHARES = 3
_CELL = 8  # pixels of a latent's place, for every VAE that we know


@dataclass(frozen=True)
class GateConfig:
    """Shape of a :class:`FidelityGate`.

    Attributes:
        width: Channels at 1/4 of the image's resolution.
        blocks: Residual blocks there.
        corrects: Whether a correction is added to the mixture.
        deeper_widths: Channels at 1/8, 1/16 and so on; with them the gate is a small U-Net that
            sees more of a face at once.
        deeper_blocks: Residual blocks of each of these levels.
        lattice: Over how many cells a pattern must repeat to be taken for the decoder's lattice and
            out of the mixture, as far as the LQ face has less of it; 0 leaves all in.
        texture: Share of a sharp face's own texture that comes back where it is like noise (see
            ``nets.texture``); 0 leaves all as it was restored.
    """

    width: int = 32
    blocks: int = 1
    corrects: bool = False
    deeper_widths: tuple[int, ...] = ()
    deeper_blocks: tuple[int, ...] = ()
    lattice: float = 0.0
    texture: float = 0.0


class _Below(nn.Module):
    """What lies below one resolution, added to it: ``x + up(blocks(down(x)))``."""

    def __init__(self, width: int, levels: list[tuple[int, int]]) -> None:
        """Build the levels, each (channels, blocks), below one of ``width`` channels."""
        super().__init__()
        first = levels[0][0]
        self.net = nn.Sequential(
            conv(width, first, stride=2), *_blocks(levels), Upsample(first, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, H, W) to the same shape."""
        out: Tensor = x + self.net(x)
        return out


def _blocks(levels: list[tuple[int, int]]) -> list[nn.Module]:
    """Return the residual blocks of a level, and again after what lies below it."""
    (width, count), below = levels[0], levels[1:]
    if not below:
        return res_blocks(width, count)
    return [*res_blocks(width, count), _Below(width, below), *res_blocks(width, count)]


class FidelityGate(nn.Module):
    """Mixes LQ and restored face by a share of its own for each place and channel.

    The share is found at 1/4 of the resolution and interpolated: how degraded a place is changes
    slowly, and a share for each pixel can draw fine stripes.
    """

    def __init__(self, config: GateConfig) -> None:
        """Build the net; it works on both pictures, pixel-unshuffled by 4.

        Raises:
            ConfigError: The deeper levels have not as many widths as blocks.
        """
        super().__init__()
        self.config = config
        if len(config.deeper_widths) != len(config.deeper_blocks):
            raise ConfigError("a gate needs as many deeper_widths as deeper_blocks")
        levels = [
            (config.width, config.blocks),
            *zip(config.deeper_widths, config.deeper_blocks, strict=True),
        ]
        self.unshuffle = nn.PixelUnshuffle(4)
        self.shuffle = nn.PixelShuffle(4)
        last = conv(config.width, _SHARES + (_SUBPIXELS if config.corrects else 0))
        with torch.no_grad():
            last.weight.mul_(0.1)
            assert last.bias is not None
            last.bias[:_SHARES] = _OPEN
            # Before training nothing is corrected.
            last.weight[_SHARES:] = 0.0
            last.bias[_SHARES:] = 0.0
        self.net = nn.Sequential(
            conv(2 * _SUBPIXELS, config.width), *_blocks(levels), nn.LeakyReLU(LEAK), last
        )

    def forward(self, lq: Tensor, restored: Tensor) -> Tensor:
        """Mix two images (B, 3, H, W) in [-1, 1]; the result is not clamped.

        What is filtered out of the mixture, or given back to it, is left alone while training: a
        gate that may rely on it need not learn.
        """
        share, correction = self.parts(lq, restored)
        mixed = lq + share * (restored - lq)
        if correction is not None:
            mixed = mixed + correction
        if self.config.lattice and not self.training:
            mixed = without_lattice(lq, mixed, _CELL, self.config.lattice)
        if self.config.texture and not self.training:
            mixed = with_own_texture(lq, mixed, self.config.texture)
        return mixed

    def parts(self, lq: Tensor, restored: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the restored face's share in [0, 1] and the correction, each (B, 3, H, W)."""
        both = torch.cat([self.unshuffle(lq), self.unshuffle(restored)], 1)
        out: Tensor = self.net(both)
        share, correction = out[:, :_SHARES], out[:, _SHARES:]
        share = F.interpolate(share, scale_factor=4, mode="bilinear", align_corners=False)
        return torch.sigmoid(share), self.shuffle(correction) if self.config.corrects else None
