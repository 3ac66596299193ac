"""The fidelity gate: what of the restored face is better than what was there.

Ours, not the paper's. A latent with an eighth of the resolution cannot carry the finest detail,
and an input that is hardly degraded has it. The gate sees both pictures and mixes them pixel by
pixel, so a good face comes out almost as it went in.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lafr_engine.nets.blocks import LEAK, ResBlock, conv

# sigmoid(2) = 0.88: before training the gate lets the restored face through.
_OPEN = 2.0


class FidelityGate(nn.Module):
    """Predicts the share of the restored face, pixel by pixel and channel by channel."""

    def __init__(self, width: int = 32) -> None:
        """Build the net; it works on both pictures, pixel-unshuffled by 4."""
        super().__init__()
        self.unshuffle = nn.PixelUnshuffle(4)
        last = conv(width, 48)
        with torch.no_grad():
            last.weight.mul_(0.1)
            assert last.bias is not None
            last.bias.fill_(_OPEN)
        self.net = nn.Sequential(
            conv(96, width), ResBlock(width), nn.LeakyReLU(LEAK), last, nn.PixelShuffle(4)
        )

    def forward(self, lq: Tensor, restored: Tensor) -> Tensor:
        """Return the share in [0, 1], (B, 3, H, W), of two images (B, 3, H, W) in [-1, 1]."""
        both = torch.cat([self.unshuffle(lq), self.unshuffle(restored)], 1)
        share: Tensor = torch.sigmoid(self.net(both))
        return share
