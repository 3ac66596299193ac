"""Norm-free convolutional blocks shared by the compact networks, and a Gaussian.

Full-resolution levels and normalisation eat a CPU's time, so the compact networks work on
pixel-unshuffled images and have no norm layers: a residual block is convolution, LeakyReLU,
convolution, with the second convolution starting small so that a deep stack starts near identity.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEAK = 0.2
_REACH = 3.0  # of a Gaussian, in deviations


def conv(cin: int, cout: int, *, stride: int = 1) -> nn.Conv2d:
    """Return a 3 x 3 convolution that keeps (stride 1) or halves (stride 2) height and width."""
    return nn.Conv2d(cin, cout, kernel_size=3, stride=stride, padding=1)


class ResBlock(nn.Module):
    """``x + conv(lrelu(conv(x)))`` on (B, C, H, W)."""

    def __init__(self, channels: int) -> None:
        """Build two 3 x 3 convolutions of ``channels`` channels."""
        super().__init__()
        self.conv1 = conv(channels, channels)
        self.conv2 = conv(channels, channels)
        self.act = nn.LeakyReLU(LEAK)
        with torch.no_grad():
            self.conv2.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        out: Tensor = x + self.conv2(self.act(self.conv1(x)))
        return out


class Upsample(nn.Module):
    """Double height and width by a convolution and a pixel shuffle."""

    def __init__(self, cin: int, cout: int) -> None:
        """Build the convolution to ``4 * cout`` channels."""
        super().__init__()
        self.conv = conv(cin, 4 * cout)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, cin, H, W) to (B, cout, 2H, 2W)."""
        out: Tensor = self.shuffle(self.conv(x))
        return out


def res_blocks(channels: int, count: int) -> list[nn.Module]:
    """Return ``count`` residual blocks as a list to be spread into a Sequential."""
    return [ResBlock(channels) for _ in range(count)]


def smooth(x: Tensor, sigma: float) -> Tensor:
    """Smooth each channel of (B, C, H, W) by a Gaussian; the border goes on as it ends.

    Args:
        x: What is smoothed.
        sigma: Deviation in pixels; 0 changes nothing.
    """
    if sigma == 0.0:
        return x
    reach = math.ceil(_REACH * sigma)
    weights = [math.exp(-(at**2) / (2 * sigma**2)) for at in range(-reach, reach + 1)]
    kernel = torch.tensor(weights, dtype=x.dtype, device=x.device) / sum(weights)
    out = F.pad(x, (reach, reach, reach, reach), mode="replicate")
    # One kernel for every channel as a picture of its own: ONNX wants to know a kernel's shape.
    out = out.flatten(0, 1).unsqueeze(1)
    for shape in ((1, 1, 1, -1), (1, 1, -1, 1)):
        out = F.conv2d(out, kernel.view(shape))
    return out.reshape(x.shape)
