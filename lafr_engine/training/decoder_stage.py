"""The stage of the small decoder: it learns to decode as the frozen VAE does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.training.stages import Stage, degraded_batch, frozen

if TYPE_CHECKING:
    from lafr_engine.restore.chain import Chain
    from lafr_engine.training.config import StagePlan
    from lafr_engine.training.data import FaceSet
    from lafr_engine.training.losses import MultiLevelLoss


class DecoderStage(Stage):
    """Distillation: the target is the VAE's own decoding, and the face itself where it is HQ.

    Half of the latents are those of HQ faces, half are what the chain makes of degraded ones,
    which is what the decoder will see in use. It comes after the chain's other stages.
    """

    def __init__(self, plan: StagePlan, chain: Chain, loss: MultiLevelLoss) -> None:
        """Train the small decoder; all else is frozen.

        Raises:
            ConfigError: The chain has none (see ``restore.chain.with_decoder``).
        """
        super().__init__(plan)
        if chain.decoder is None:
            raise ConfigError(f"stage {plan.label}: the chain has no small decoder to train")
        self.chain = frozen(chain)
        self.loss = loss
        self.trainable = nn.ModuleDict({"decoder": chain.decoder.requires_grad_(True)})

    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw faces (B, 3, size, size), and tell which are HQ (B,); the others are degraded."""
        hq, lq, _ = degraded_batch(faces, self.plan, seed, device)
        # Numbers of its own: those of the pairs begin with what is a crop and what a whole face.
        drawn = np.random.default_rng([seed, 1]).random(len(hq)) < 0.5
        clean = torch.from_numpy(drawn).to(device)
        return torch.where(clean.view(-1, 1, 1, 1), hq, lq), clean

    def forward(self, faces: Tensor, clean: Tensor) -> dict[str, Tensor]:
        """Return the losses against the VAE's decoding, and of HQ faces also against the face."""
        z = self.latents(faces, clean)
        with torch.no_grad():
            target = self.chain.codec.decode(z)
        image = self.chain.decode(z)
        # What a decoder has to learn is local, so crops and whole faces count alike.
        parts: dict[str, Tensor] = self.loss(image, target, whole=False)
        apart = (image - faces).abs().mean((1, 2, 3))
        parts["picture"] = 0.5 * self.plan.weights.pixel * (apart * clean).mean()
        return parts

    @torch.no_grad()
    def latents(self, faces: Tensor, clean: Tensor) -> Tensor:
        """Return the latents of HQ faces, and of the others those that the chain restores."""
        z = self.chain.encode(faces)
        if not bool((~clean).any()):
            return z
        restored = self.chain.denoise(self.chain.adapter(z).aligned, z)
        return torch.where(clean.view(-1, 1, 1, 1), z, restored)

    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Show the face, and its latent by the VAE's decoder and by the small one."""
        faces, clean = batch
        z = self.latents(faces, clean)
        return [faces, self.chain.codec.decode(z), self.chain.decode(z)]
