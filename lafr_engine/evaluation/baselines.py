"""Other restorers, for comparison."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from lafr_engine.nets.rrdb import RRDBNet


class SuperResolution:
    """Real-ESRGAN on a face: reduced to a quarter of its side and enlarged four times.

    At 512 pixels a degraded face holds far less than its pixels could, and the network expects
    pictures that are small and sharp, so it is given the face at 128 pixels.
    """

    def __init__(self, net: RRDBNet) -> None:
        """Keep the network."""
        self._net = net

    def __call__(self, lq: Tensor) -> Tensor:
        """Map faces (B, 3, H, W) in [-1, 1], H and W divisible by 4, to the same shape."""
        small = F.interpolate(lq * 0.5 + 0.5, scale_factor=0.25, mode="area")
        large: Tensor = self._net(small.clamp(0.0, 1.0))
        return large.clamp(0.0, 1.0) * 2.0 - 1.0
