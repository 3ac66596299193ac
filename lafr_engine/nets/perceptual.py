"""Perceptual distances: how different two pictures look to a frozen classification trunk.

Both distances follow LPIPS (Zhang et al., "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric", CVPR 2018, eq. 1) without its calibrated channel weights: features of several
layers are scaled to unit length at each position, and the squared differences are summed over
channels, averaged over positions and added over layers.

``MobileNetPerceptual`` is cheap enough to train with on a CPU; ``HedPerceptual`` (a VGG16-like
trunk) is never trained with, so that the evaluation's distance is an independent one.
"""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Self, cast

import h5py
import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

from lafr_engine.errors import ConfigError, WeightsDamaged

MOBILENET_TAPS = (1, 3, 6, 13, 17)
"""Indices of MobileNetV2's ``features`` after which features are taken (strides 2 to 32)."""
HED_TAPS = (0, 1, 2, 3, 4)
"""Blocks of the VGG16-like trunk after which features are taken (strides 1 to 16)."""

_HED_CONVS = (2, 2, 3, 3, 3)
# Small enough to leave real features alone (their squared lengths are 1e-1 and more), large enough
# to keep the gradient of an all-zero ReLU output finite and tame.
_EPSILON = 1e-6


class PerceptualDistance(nn.Module, ABC):
    """Base of the perceptual distances: a frozen trunk, compared layer by layer.

    The distance is differentiable in its inputs; the weights never take gradients, and
    ``train()`` leaves the trunk in evaluation mode so that batch norms keep their statistics.
    """

    def __init__(
        self,
        trunk: nn.Sequential,
        taps: Sequence[int],
        weights: Sequence[float] | None = None,
    ) -> None:
        """Freeze ``trunk`` and remember where to tap it.

        Args:
            trunk: Layers applied in turn.
            taps: Ascending indices into ``trunk`` after which features are taken.
            weights: One factor a tap; all 1 when None.

        Raises:
            ConfigError: If the taps are not ascending indices or the weights do not match them.
        """
        super().__init__()
        if list(taps) != sorted(set(taps)) or not taps or not 0 <= taps[0] <= taps[-1] < len(trunk):
            raise ConfigError(f"taps {tuple(taps)} are not ascending indices below {len(trunk)}")
        self.taps = tuple(taps)
        self.weights = tuple(weights) if weights is not None else (1.0,) * len(taps)
        if len(self.weights) != len(self.taps):
            raise ConfigError(f"{len(self.taps)} taps need as many weights")
        self.trunk = trunk[: self.taps[-1] + 1]
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode whatever ``mode`` says."""
        return super().train(False)

    @abstractmethod
    def normalise(self, x: Tensor) -> Tensor:
        """Map RGB (B, 3, H, W) in [-1, 1] to what the trunk was trained on."""

    def features(self, x: Tensor) -> list[Tensor]:
        """Unit-length features of ``x``, one tensor a tap.

        Args:
            x: RGB (B, 3, H, W) in [-1, 1]; H and W at least 32.

        Returns:
            Tensors (B, C, h, w) with unit length along C. Compute the target's once, under
            ``torch.no_grad()``, and hand them to ``distance``.
        """
        found = []
        x = self.normalise(x)
        for index, layer in enumerate(self.trunk):
            x = layer(x)
            if index in self.taps:
                found.append(_unit(x))
        return found

    def distance(self, a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
        """Distance (B,) between two results of ``features``; 0 for equal ones."""
        per_tap = (
            weight * (p - q).square().sum(1).mean((1, 2))
            for weight, p, q in zip(self.weights, a, b, strict=True)
        )
        return torch.stack(list(per_tap)).sum(0)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Distance (B,) between RGB pictures (B, 3, H, W) in [-1, 1]; differentiable in both."""
        return self.distance(self.features(a), self.features(b))


class MobileNetPerceptual(PerceptualDistance):
    """Distance in the features of torchvision's MobileNetV2 trained on ImageNet."""

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        weights_path: Path | str,
        taps: Sequence[int] = MOBILENET_TAPS,
        weights: Sequence[float] | None = None,
    ) -> None:
        """Load torchvision's ``mobilenet_v2`` state dict (a .pth file, read weights-only).

        Raises:
            WeightsDamaged: If the file is not that state dict.
            ConfigError: If taps and weights make no sense.
        """
        super().__init__(_mobilenet_trunk(Path(weights_path)), taps, weights)
        mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
        self.register_buffer("mean", mean.view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", std.view(1, 3, 1, 1), persistent=False)

    def normalise(self, x: Tensor) -> Tensor:
        """RGB in [-1, 1] to ImageNet's mean 0 and deviation 1."""
        return ((x + 1) / 2 - self.mean) / self.std


class HedPerceptual(PerceptualDistance):
    """Distance in the VGG16-like trunk of a HED edge detector (fine-tuned from VGG16 on BSDS500).

    About ten times the work of ``MobileNetPerceptual``.
    """

    mean: Tensor

    def __init__(
        self,
        weights_path: Path | str,
        taps: Sequence[int] = HED_TAPS,
        weights: Sequence[float] | None = None,
    ) -> None:
        """Load the trunk from a Keras weights file (.h5).

        Raises:
            WeightsDamaged: If the file does not hold the trunk's thirteen convolutions.
            ConfigError: If taps and weights make no sense.
        """
        super().__init__(_hed_trunk(Path(weights_path)), taps, weights)
        blue_green_red = torch.tensor([103.939, 116.779, 123.68])
        self.register_buffer("mean", blue_green_red.view(1, 3, 1, 1), persistent=False)

    def normalise(self, x: Tensor) -> Tensor:
        """RGB in [-1, 1] to BGR in 0..255 less the VGG mean."""
        return (x.flip(1) + 1) * 127.5 - self.mean


def _unit(x: Tensor) -> Tensor:
    """Scale (B, C, H, W) to unit length along C."""
    return x * torch.rsqrt(x.square().sum(1, keepdim=True) + _EPSILON)


def _mobilenet_trunk(path: Path) -> nn.Sequential:
    """MobileNetV2's ``features`` with the weights of the state dict at ``path``."""
    net = mobilenet_v2(weights=None)
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, pickle.UnpicklingError, TypeError, EOFError) as error:
        raise WeightsDamaged(f"{path}: not a MobileNetV2 state dict ({error})") from error
    return cast(nn.Sequential, net.features)


def _hed_trunk(path: Path) -> nn.Sequential:
    """Read the five blocks of the HED file; all but the first begin with a 2x2 max pooling."""
    try:
        with h5py.File(path) as file:
            blocks = [_hed_block(file, index, count) for index, count in enumerate(_HED_CONVS, 1)]
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsDamaged(f"{path}: not the HED weights ({error})") from error
    return nn.Sequential(*blocks)


def _hed_block(file: h5py.File, index: int, count: int) -> nn.Sequential:
    """Block ``index`` (from 1) of ``count`` 3x3 convolutions, each followed by a ReLU."""
    layers: list[nn.Module] = []
    if index > 1:
        layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
    for number in range(count):
        suffix = f"_{number}" if number else ""
        variables = file[f"block{index}/layers/conv2d{suffix}/vars"]
        layers += [_conv(variables), nn.ReLU()]
    return nn.Sequential(*layers)


def _conv(variables: h5py.Group) -> nn.Conv2d:
    """Build a convolution from Keras' kernel (H, W, in, out) and bias (out,)."""
    kernel = torch.from_numpy(variables["0"][()]).permute(3, 2, 0, 1)
    conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2], padding=1)
    conv.load_state_dict({"weight": kernel, "bias": torch.from_numpy(variables["1"][()])})
    return conv
