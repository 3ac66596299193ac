"""The stages of LAFR as modules: each draws its batches and computes its losses.

A stage names in ``trainable`` the modules that it changes; all else is frozen. ``forward`` gives
the weighted parts of the loss, ``preview`` pictures for people.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.imaging.degrade import degrade, light_recipe, print_tone, random_recipe
from lafr_engine.nets.vae import CompactVAE
from lafr_engine.training import data
from lafr_engine.training.lora import add_lora
from lafr_engine.training.losses import LossWeights, MultiLevelLoss, kl_divergence

if TYPE_CHECKING:
    from lafr_engine.restore.chain import Chain
    from lafr_engine.training.config import StagePlan
    from lafr_engine.training.data import FaceSet


class Stage(nn.Module, ABC):
    """One stage of training.

    Attributes:
        plan: Sizes, steps and weights.
        trainable: What is trained; its state dict is the stage's result.
    """

    trainable: nn.ModuleDict

    def __init__(self, plan: StagePlan) -> None:
        """Keep the plan."""
        super().__init__()
        self.plan = plan

    def train(self, mode: bool = True) -> Self:
        """Switch the mode of what is trained; all that is frozen stays in evaluation mode."""
        super().train(False)
        self.training = mode
        self.trainable.train(mode)
        return self

    @abstractmethod
    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw the batch of one step; the arguments of ``forward``."""

    @abstractmethod
    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Return columns of pictures (B, 3, H, W) in [-1, 1] for a validation sheet."""

    def state(self) -> dict[str, Tensor]:
        """Return the stage's result, what is saved and loaded again."""
        return self.trainable.state_dict()

    def finish(self, faces: FaceSet, device: torch.device) -> None:
        """Do what follows the last step, on the averaged weights; most stages do nothing."""


class VAEStage(Stage):
    """Stage 0: the VAE learns to encode and decode HQ faces, on random crops."""

    def __init__(self, plan: StagePlan, chain: Chain, loss: MultiLevelLoss) -> None:
        """Train all of the chain's VAE.

        Raises:
            ConfigError: The chain's VAE comes from elsewhere and is not ours to train.
        """
        super().__init__(plan)
        if not isinstance(chain.codec, CompactVAE):
            raise ConfigError(f"stage {plan.label}: only the compact VAE is trained here")
        self.trainable = nn.ModuleDict({"codec": chain.codec.requires_grad_(True)})
        self.loss = loss

    @property
    def codec(self) -> CompactVAE:
        """The VAE in training."""
        return self.trainable["codec"]  # type: ignore[return-value]  # ModuleDict is untyped

    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw HQ crops (B, 3, size, size)."""
        rng = np.random.default_rng(seed)
        # A face at half scale shows the VAE the finer statistics that training at 256 pixels has.
        side = data.FACE // 2 if rng.random() < 0.5 else data.FACE
        crops = data.draw_crops(faces, self.plan.batch, self.plan.size, rng, side, sharp=True)
        return (data.flip_some(crops, rng).to(device),)

    def forward(self, hq: Tensor) -> dict[str, Tensor]:
        """Return appearance and KL losses of the reconstruction."""
        mean, logvar = self.codec.posterior(hq)
        z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        parts: dict[str, Tensor] = self.loss(self.codec.decode_raw(z), hq)
        parts["kl"] = self.plan.weights.kl * kl_divergence(mean, logvar)
        return parts

    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Show the crop and its reconstruction."""
        (hq,) = batch
        return [hq, self.codec.decode_raw(self.codec.posterior(hq)[0])]

    @torch.no_grad()
    def finish(self, faces: FaceSet, device: torch.device) -> None:
        """Measure the latents' mean and deviation on up to 256 HQ faces and fix them."""
        rng = np.random.default_rng(0)
        means = []
        for _ in range(min(64, max(1, len(faces) // 4))):
            hq = data.jitter(data.draw(faces, 4, rng, 256), rng).to(device)
            means.append(self.codec.posterior(hq)[0])
        latents = torch.cat(means).transpose(0, 1).flatten(1)
        self.codec.set_statistics(latents.mean(1), latents.std(1))


def hq_batch(
    faces: FaceSet, count: int, size: int, rng: np.random.Generator, device: torch.device
) -> tuple[Tensor, int]:
    """Draw HQ images (count, 3, size, size) and return them with the side of the faces they show.

    Below 512 pixels half of the batches are whole faces made smaller, which show how a face hangs
    together, and half are crops of faces at 512, which show the detail that the product works on.
    """
    if size < data.FACE and rng.random() < 0.5:
        hq, side = data.draw_crops(faces, count, size, rng, data.FACE), data.FACE
    else:
        hq, side = data.draw(faces, count, rng, size), size
    return data.jitter(hq.to(device), rng), side


def degraded_batch(
    faces: FaceSet, plan: StagePlan, seed: int, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw pairs (HQ, LQ), each float32 (count, 3, size, size) in [-1, 1].

    The third tensor, bool (count,), tells whether they are whole faces or crops of faces.
    """
    rng = np.random.default_rng(seed)
    hq, side = hq_batch(faces, plan.batch, plan.size, rng, device)
    draws = [light_recipe if rng.random() < plan.light else random_recipe for _ in hq]
    recipes = [draw(rng) for draw in draws]
    hq = print_tone(hq, recipes)
    whole = torch.full((plan.batch,), side == plan.size, device=device)
    return hq, degrade(hq, recipes, side), whole


class AdapterHQStage(Stage):
    """Stage 1a: extractor, codebook and mapping learn to carry HQ latents (a VQ autoencoder)."""

    def __init__(self, plan: StagePlan, chain: Chain) -> None:
        """Train the adapter, its gate apart; the VAE is frozen."""
        super().__init__(plan)
        self.chain = frozen(chain)
        adapter = chain.adapter.requires_grad_(True)
        if adapter.gate is not None:
            adapter.gate.requires_grad_(False)
        self.trainable = nn.ModuleDict({"adapter": adapter})

    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw HQ faces, in the tones of prints."""
        rng = np.random.default_rng(seed)
        hq, _ = hq_batch(faces, self.plan.batch, self.plan.size, rng, device)
        return (print_tone(hq, [random_recipe(rng) for _ in hq]),)

    def forward(self, hq: Tensor) -> dict[str, Tensor]:
        """Return the reconstruction and commitment losses of the latents."""
        adapter = self.chain.adapter
        with torch.no_grad():
            z = self.chain.encode(hq)
        features = adapter.extract(z)
        codes, indices, commitment = adapter.quantiser(features)
        mapped = adapter.align(z, features, codes, indices).mapped
        return {"latent": F.l1_loss(mapped, z), "commitment": commitment.sum()}

    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Show the face, the VAE's reconstruction and what the codes carry of it."""
        (hq,) = batch
        z = self.chain.encode(hq)
        return [hq, self.chain.decode(z), self.chain.decode(self.chain.adapter(z).mapped)]


class AdapterLQStage(Stage):
    """Stage 1b: the extractor learns to find the HQ codes in LQ latents, the gate when to.

    Loss: 2 L1 of the aligned and 1 L1 of the mapped latent, 1.0 MSE to the HQ pair's code, 0.5
    cross-entropy on its index. Codebook and mapping are frozen.
    """

    def __init__(self, plan: StagePlan, chain: Chain) -> None:
        """Train extractor and gate; keep a frozen copy of the extractor for the HQ pair's codes."""
        super().__init__(plan)
        self.chain = frozen(chain)
        adapter = chain.adapter
        self.hq_extractor = copy.deepcopy(adapter.extractor).requires_grad_(False)
        parts: dict[str, nn.Module] = {"extractor": adapter.extractor.requires_grad_(True)}
        if adapter.gate is not None:
            parts["gate"] = adapter.gate.requires_grad_(True)
        self.trainable = nn.ModuleDict(parts)

    def train(self, mode: bool = True) -> Self:
        """Switch the adapter as a whole: by its mode Gumbel assignment draws or does not."""
        super().train(mode)
        self.chain.adapter.train(mode)
        return self

    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw pairs (see :func:`degraded_batch`)."""
        return degraded_batch(faces, self.plan, seed, device)

    def forward(self, hq: Tensor, lq: Tensor, whole: Tensor) -> dict[str, Tensor]:
        """Return the losses of alignment."""
        adapter = self.chain.adapter
        with torch.no_grad():
            z_hq, z_lq = self.chain.encode(hq), self.chain.encode(lq)
            target, indices = adapter.assign(adapter.extract(z_hq, self.hq_extractor))
        found = adapter(z_lq)
        logits = -adapter.distances(found.features) / adapter.config.code_channels**0.5
        parts = {
            "mapped": F.l1_loss(found.mapped, z_hq),
            "code": F.mse_loss(found.features, target),
            "index": 0.5 * F.cross_entropy(logits, indices),
        }
        if adapter.gate is not None:
            parts["latent"] = 2.0 * F.l1_loss(found.aligned, z_hq)
        return parts

    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Show LQ, what the codes say, the aligned latent decoded, HQ."""
        hq, lq, _ = batch
        found = self.chain.adapter(self.chain.encode(lq))
        return [lq, self.chain.decode(found.mapped), self.chain.decode(found.aligned), hq]


class AdapterJointStage(AdapterLQStage):
    """Stage 1, the paper's literal variant: the whole adapter at once, L1 to the HQ latent."""

    def __init__(self, plan: StagePlan, chain: Chain) -> None:
        """Train all of the adapter."""
        super().__init__(plan, chain)
        self.trainable = nn.ModuleDict({"adapter": chain.adapter.requires_grad_(True)})

    def forward(self, hq: Tensor, lq: Tensor, whole: Tensor) -> dict[str, Tensor]:
        """Return L1(aligned, HQ latent) and the codebook's commitment."""
        adapter = self.chain.adapter
        with torch.no_grad():
            z_hq, z_lq = self.chain.encode(hq), self.chain.encode(lq)
        features = adapter.extract(z_lq)
        codes, indices, commitment = adapter.quantiser(features)
        aligned = adapter.align(z_lq, features, codes, indices).aligned
        return {"latent": F.l1_loss(aligned, z_hq), "commitment": commitment.sum()}


class UNetStage(Stage):
    """Stage 2: the U-Net (or LoRA on it) and the gates learn to restore in one pass.

    A plan of kind ``gates`` trains the gates alone, at a fraction of the price: what is left of
    the input where it was better.
    """

    def __init__(self, plan: StagePlan, chain: Chain, loss: MultiLevelLoss) -> None:
        """Train what the plan names; the VAE and the adapter but for its gate are frozen."""
        super().__init__(plan)
        self.chain = frozen(chain)
        self.loss = loss
        self.in_pixels = needs_pixels(plan.weights)
        parts: dict[str, nn.Module] = {}
        if plan.kind == "unet":
            if plan.lora_rank:
                add_lora(chain.unet, plan.lora_rank)
            else:
                chain.unet.requires_grad_(True)
            parts["unet"] = chain.unet
        if chain.gate is not None and self.in_pixels:
            parts["gate"] = chain.gate.requires_grad_(True)
        if chain.adapter.gate is not None and plan.weights.aligned:
            parts["adapter_gate"] = chain.adapter.gate.requires_grad_(True)
        self.trainable = nn.ModuleDict(parts)

    def batch(self, faces: FaceSet, seed: int, device: torch.device) -> tuple[Tensor, ...]:
        """Draw pairs (see :func:`degraded_batch`)."""
        return degraded_batch(faces, self.plan, seed, device)

    def forward(self, hq: Tensor, lq: Tensor, whole: Tensor) -> dict[str, Tensor]:
        """Return the multi-level loss; the decoder runs only where a part of it needs pixels."""
        chain = self.chain
        parts: dict[str, Tensor] = {}
        with torch.no_grad():
            z_hq, z_lq = chain.encode(hq), chain.encode(lq)
            found = chain.adapter(z_lq)
        z_aligned = found.aligned
        if "adapter_gate" in self.trainable:
            aligned, _ = chain.adapter.mix(z_lq, found.mapped)
            parts["aligned"] = self.plan.weights.aligned * F.l1_loss(aligned, z_hq)
            # The adapter learns by its own loss alone, as in stage 1.
            z_aligned = aligned.detach()
        z = chain.denoise(z_aligned, z_lq)
        if self.plan.weights.latent:
            parts["latent"] = self.plan.weights.latent * F.l1_loss(z, z_hq)
        if self.in_pixels:
            decoded = chain.decode(z)
            image = chain.blend(lq, decoded)
            parts |= self.loss(image, hq, whole=bool(whole.all()))
            if chain.gate is not None:
                # Without this the U-Net could lean on the gate and leave its own work undone.
                parts["decoded"] = 0.5 * self.plan.weights.pixel * F.l1_loss(decoded, hq)
        return parts

    def preview(self, *batch: Tensor) -> list[Tensor]:
        """Show LQ, adapter alone, restored before and after the gate, the ceiling, HQ."""
        hq, lq, _ = batch
        out = self.chain(lq)
        alone, ceiling = self.chain.decode(out.z_aligned), self.chain.decode(self.chain.encode(hq))
        return [lq, alone, out.decoded, out.image, ceiling, hq]

    def state(self) -> dict[str, Tensor]:
        """Return the stage's result; with LoRA only its matrices, the base is not copied."""
        whole = super().state()
        if not self.plan.lora_rank:
            return whole
        return {k: v for k, v in whole.items() if "lora_" in k or not k.startswith("unet.")}


def needs_pixels(weights: LossWeights) -> bool:
    """Tell whether a loss compares images (and so needs the decoder)."""
    parts = (weights.pixel, weights.gradient, weights.perceptual, weights.identity)
    return any(parts) or bool(weights.structure)


def frozen(chain: Chain) -> Chain:
    """Freeze all of a chain; a stage thaws what it trains."""
    chain.requires_grad_(False)
    return chain
