"""The multi-level loss: appearance, identity, structure (method: LAFR, section on training).

Which weight each part has is a plan's choice (:class:`LossWeights`); a weight of 0 costs nothing,
the part is not computed. The identity net is the one that can be had (dlib's); evaluation adds
a second view because of that (see ``evaluation``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from lafr_engine.nets.dlib_resnet import DlibFace
    from lafr_engine.nets.face_mesh import FaceMesh
    from lafr_engine.nets.perceptual import MobileNetPerceptual


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts of the loss.

    Attributes:
        latent: L1 between restored and HQ latents.
        aligned: L1 between aligned and HQ latents, by which the adapter's gate goes on learning in
            stage 2 (ours); the rest of the adapter stays frozen.
        pixel: L1 between images.
        gradient: L1 between image gradients on three scales.
        perceptual: Distance of MobileNetV2 features.
        identity: Squared distance of face embeddings.
        structure: L1 between 468 landmarks, in units of 1/10 of the inter-ocular distance.
        kl: Kullback-Leibler divergence of the VAE's posterior from a unit normal.
        perceptual_side: The perceptual distance compares one random square of this side, the same
            in both images, at a fraction of the price of the whole; 0 for the whole.
    """

    latent: float = 0.0
    aligned: float = 0.0
    pixel: float = 0.0
    gradient: float = 0.0
    perceptual: float = 0.0
    identity: float = 0.0
    structure: float = 0.0
    kl: float = 0.0
    perceptual_side: int = 0


class MultiLevelLoss(nn.Module):
    """Appearance, identity and structure between restored and HQ images."""

    def __init__(
        self,
        weights: LossWeights,
        perceptual: MobileNetPerceptual | None = None,
        identity: DlibFace | None = None,
        structure: FaceMesh | None = None,
    ) -> None:
        """Keep the frozen nets; a net whose weight is 0 need not be given.

        Raises:
            ConfigError: A part has a weight and no net.
        """
        super().__init__()
        self.weights = weights
        self.perceptual = perceptual
        self.identity = identity
        self.structure = structure
        for name in ("perceptual", "identity", "structure"):
            if getattr(weights, name) and getattr(self, name) is None:
                raise ConfigError(f"a loss with a weight for {name} needs its network")

    def forward(self, restored: Tensor, hq: Tensor, *, whole: bool = True) -> dict[str, Tensor]:
        """Return the weighted parts by name.

        Args:
            restored: (B, 3, H, W) in [-1, 1].
            hq: The same shape.
            whole: Whether these are whole aligned faces; of crops, identity and structure are not
                known and left out.
        """
        parts: dict[str, Tensor] = {}
        if self.weights.pixel:
            parts["pixel"] = self.weights.pixel * F.l1_loss(restored, hq)
        if self.weights.gradient:
            parts["gradient"] = self.weights.gradient * gradient_l1(restored, hq)
        if self.weights.perceptual and self.perceptual is not None:
            distance: Tensor = self.perceptual(*self._square(restored, hq))
            parts["perceptual"] = self.weights.perceptual * distance.mean()
        if whole and self.weights.identity and self.identity is not None:
            parts["identity"] = self.weights.identity * self._identity(restored, hq)
        if whole and self.weights.structure and self.structure is not None:
            parts["structure"] = self.weights.structure * self._structure(restored, hq)
        return parts

    def _square(self, restored: Tensor, hq: Tensor) -> tuple[Tensor, Tensor]:
        side = self.weights.perceptual_side
        room = hq.shape[-1] - side
        if not side or room <= 0:
            return restored, hq
        top, left = (int(v) for v in torch.randint(0, room + 1, (2,)))
        place = (..., slice(top, top + side), slice(left, left + side))
        return restored[place], hq[place]

    def _identity(self, restored: Tensor, hq: Tensor) -> Tensor:
        from lafr_engine.nets.dlib_resnet import face_chip

        assert self.identity is not None
        with torch.no_grad():
            target = self.identity(face_chip(hq))
        found = self.identity(face_chip(restored))
        # The embeddings share a large mean (strangers stand at a cosine of .84), so the plain
        # cosine hardly moves; the squared distance in the same units has a useful gradient.
        distance: Tensor = (found - target).pow(2).sum(1).mean()
        return distance

    def _structure(self, restored: Tensor, hq: Tensor) -> Tensor:
        assert self.structure is not None
        with torch.no_grad():
            target, seen = self.structure(hq)
        found, _ = self.structure(restored)
        # About a quarter of an aligned crop's side lies between the eyes (FFHQ template).
        unit = hq.shape[-1] / 4.0 / 10.0
        moved = (found - target).abs().mean((1, 2)) / unit
        # A target without a face (the net's own flag) says nothing about structure.
        distance: Tensor = (moved * (seen > 0.5)).mean()
        return distance


def gradient_l1(a: Tensor, b: Tensor, scales: int = 3) -> Tensor:
    """L1 between horizontal and vertical differences of two images, averaged over scales."""
    total = a.new_zeros(())
    for _ in range(scales):
        dx = (a[..., 1:] - a[..., :-1]) - (b[..., 1:] - b[..., :-1])
        dy = (a[..., 1:, :] - a[..., :-1, :]) - (b[..., 1:, :] - b[..., :-1, :])
        total = total + dx.abs().mean() + dy.abs().mean()
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total / scales


def kl_divergence(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL of N(mean, exp(logvar)) from N(0, 1), averaged over all elements (Kingma 2014, app. B)."""
    divergence: Tensor = 0.5 * (mean.pow(2) + logvar.exp() - 1.0 - logvar).mean()
    return divergence
