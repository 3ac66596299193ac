"""Other restorers, for comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.bundle.foreign import read_state
from lafr_engine.nets.rrdb import RRDBNet
from lafr_engine.restore.foreign import (
    ForeignRestorer,
    build_foreign,
    recognise,
    require_reader,
)

_STRENGTH, _COLOUR_STRENGTH = 6, 8
_PATCH, _WINDOW = 7, 21
_SHARPEN, _RADIUS = 0.8, 2.0


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


def denoise_and_sharpen(lq: Tensor) -> Tensor:
    """Restore as one does without learning: OpenCV's non-local means, then an unsharp mask.

    Args:
        lq: Faces (B, 3, H, W) in [-1, 1].

    Returns:
        The same shape on the same device.
    """
    return torch.stack([_denoise_and_sharpen(face) for face in lq])


def _denoise_and_sharpen(face: Tensor) -> Tensor:
    pixels = (face.permute(1, 2, 0) * 127.5 + 127.5).round().clamp(0, 255).byte().cpu().numpy()
    # OpenCV weighs colours of BGR; both ends are turned.
    clean = cv2.fastNlMeansDenoisingColored(
        np.ascontiguousarray(pixels[..., ::-1]), None, _STRENGTH, _COLOUR_STRENGTH, _PATCH, _WINDOW
    )[..., ::-1].astype(np.float32)
    sharp = clean + _SHARPEN * (clean - cv2.GaussianBlur(clean, (0, 0), _RADIUS))
    out = torch.from_numpy(np.ascontiguousarray(sharp.clip(0, 255))).permute(2, 0, 1)
    return out.to(face.device) / 127.5 - 1.0


def load_restorer_file(path: Path, device: str) -> Callable[[Tensor], Tensor]:
    """Load a face restorer by others, such as GFPGAN, as ``lafr models import`` would.

    Args:
        path: Its weights, ``.pth`` or ``.safetensors``; nothing in them is executed.
        device: Where it runs.

    Returns:
        A function from faces (B, 3, 512, 512) in [-1, 1] to the same.

    Raises:
        ConfigError: spandrel is not installed, or the architecture is none that is known.
        BundleMissing: There is no such file.
        BundleDamaged: The file holds no weights.
    """
    require_reader(str(path))
    state = read_state(path)
    architecture = recognise(state)
    restorer = ForeignRestorer(build_foreign(architecture, state).to(device), architecture)

    def restore(lq: Tensor) -> Tensor:
        crops = ((lq.float() + 1.0) / 2.0).clamp(0.0, 1.0).cpu().numpy()
        return torch.from_numpy(restorer(crops)).to(lq) * 2.0 - 1.0

    return restore
