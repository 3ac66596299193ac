"""The restorer: crops in, crops out, by one pass of the LAFR chain."""

from __future__ import annotations

import numpy as np
import torch

from lafr_engine.restore.base import Crops
from lafr_engine.restore.chain import Chain


class OneStepRestorer:
    """A :class:`lafr_engine.restore.base.FaceRestorer` on a chain."""

    def __init__(self, chain: Chain) -> None:
        """Keep a chain in evaluation mode; its device is where crops are sent."""
        self.chain = chain

    @torch.inference_mode()
    def __call__(self, crops: Crops, /) -> Crops:
        """Restore float32 (N, 3, 512, 512) in [0, 1]; the input is left alone."""
        device = next(self.chain.parameters()).device
        x = torch.from_numpy(np.ascontiguousarray(crops)).to(device) * 2.0 - 1.0
        image = self.chain(x.contiguous(memory_format=torch.channels_last)).image
        out: Crops = ((image + 1.0) / 2.0).clamp(0.0, 1.0).float().cpu().contiguous().numpy()
        return out
