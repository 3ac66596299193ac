"""The codebook adapter: brings latents of degraded faces to those of clean ones.

LAFR (arXiv 2505.23462): between the frozen VAE's encoder and the U-Net stand a shallow extractor,
a codebook of anchors of the HQ latent distribution, and a mapping back to latents. A position of
the LQ latent is replaced by the nearest code; the mapping turns the codes into an aligned latent.

Ours, and reported as ours:

- Groups. A position's features can be cut into groups of channels that are looked up one by one in
  the same codebook (product quantisation, Jegou et al. 2011), because one code of N carries
  too little of a face.
- A gate. ``aligned = z + g * (mapped - z) + r`` with a share g in [0, 1] and a small correction r,
  both predicted from z and what was mapped: the codebook is a bottleneck and must not cost a
  good photograph its detail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from vector_quantize_pytorch import VectorQuantize

from lafr_engine.errors import ConfigError
from lafr_engine.nets.blocks import LEAK, Upsample, conv, res_blocks

Assignment = Literal["hard", "soft", "gumbel"]


@dataclass(frozen=True)
class AdapterConfig:
    """Shape of a :class:`CodebookAdapter`.

    Attributes:
        latent_channels: Channels of the VAE's latents.
        widths: Channels at the latent's resolution and at half of it, where the codes stand.
        blocks: Residual blocks at the two levels, each of extractor and mapping.
        codes: Number of codes N.
        code_channels: Channels d of a code.
        groups: Codes a position (ours); 1 is the paper's.
        assignment: ``hard`` nearest code; ``soft`` mean of the ``top_k`` nearest by their distance;
            ``gumbel`` a sample while training, nearest otherwise.
        top_k: Codes that ``soft`` mixes.
        temperature: Of ``soft`` and ``gumbel``, in units of the squared distance.
        gate: Whether the learned gate exists (ours); without it ``aligned`` is what is mapped.
        decay: Of the codebook's exponential moving average.
        dead_below: Codes used less than this on average a batch are restarted.
    """

    latent_channels: int = 16
    widths: tuple[int, int] = (64, 128)
    blocks: tuple[int, int] = (1, 1)
    codes: int = 1024
    code_channels: int = 16
    groups: int = 4
    assignment: Assignment = "hard"
    top_k: int = 4
    temperature: float = 1.0
    gate: bool = True
    decay: float = 0.99
    dead_below: float = 1.0

    def __post_init__(self) -> None:
        """Check what the type checker cannot.

        Raises:
            ConfigError: An unknown assignment, ``top_k`` out of range, or no code a position.
        """
        if self.assignment not in get_args(Assignment):
            raise ConfigError(f"assignment {self.assignment!r} is none of {get_args(Assignment)}")
        if not 1 <= self.top_k <= self.codes:
            raise ConfigError(f"top_k {self.top_k} is not between 1 and {self.codes} codes")
        if self.groups < 1:
            raise ConfigError(f"{self.groups} codes a position are none")


@dataclass(frozen=True)
class AdapterOutput:
    """What the adapter found.

    Attributes:
        aligned: (B, C, h, w), the latent for the U-Net.
        mapped: (B, C, h, w), the codes mapped back, before the gate.
        features: (B * groups, d, h/2, w/2), of the extractor, an image's groups one after another.
        indices: int64 (B * groups, h/2, w/2), the nearest codes.
        gate: The share (B, C, h, w) in [0, 1], or None without a gate.
    """

    aligned: Tensor
    mapped: Tensor
    features: Tensor
    indices: Tensor
    gate: Tensor | None


class CodebookAdapter(nn.Module):
    """Extractor, codebook and mapping, with an optional gate."""

    def __init__(self, config: AdapterConfig) -> None:
        """Build all parts; the codebook starts from the first batches it sees."""
        super().__init__()
        self.config = config
        c, d = config.latent_channels, config.code_channels
        fine, coarse = config.widths
        self.extractor = nn.Sequential(
            conv(c, fine),
            *res_blocks(fine, config.blocks[0]),
            conv(fine, coarse, stride=2),
            *res_blocks(coarse, config.blocks[1]),
            nn.LeakyReLU(LEAK),
            nn.Conv2d(coarse, d * config.groups, kernel_size=1),
        )
        self.quantiser = _quantiser(config)
        self.mapping = nn.Sequential(
            nn.Conv2d(d * config.groups, coarse, kernel_size=1),
            *res_blocks(coarse, config.blocks[1]),
            Upsample(coarse, fine),
            *res_blocks(fine, config.blocks[0]),
            nn.LeakyReLU(LEAK),
            conv(fine, c),
        )
        self.gate = _gate(c, fine) if config.gate else None

    @property
    def codebook(self) -> Tensor:
        """The codes, (N, d)."""
        codes: Tensor = self.quantiser.codebook
        return codes

    def distances(self, features: Tensor) -> Tensor:
        """Return squared L2 distances (B, N, h, w) of features (B, d, h, w) to all codes, fp32.

        In fp32 whatever the features are, because in half precision near codes swap places.
        """
        x, codes = features.float(), self.codebook.float()
        # Autocast would take the product in half precision again.
        with torch.autocast(x.device.type, enabled=False):
            cross = torch.einsum("bdhw,nd->bnhw", x, codes)
        squares = x.square().sum(1, keepdim=True) + codes.square().sum(1).view(1, -1, 1, 1)
        return squares - 2.0 * cross

    def assign(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return (codes (B, d, h, w), nearest indices (B, h, w)) by the configured assignment."""
        distances = self.distances(features)
        indices = distances.argmin(1)
        if self.config.assignment == "soft":
            return self._mix(distances).to(features.dtype), indices
        if self.config.assignment == "gumbel" and self.training:
            logits = -distances / self.config.temperature
            share = F.gumbel_softmax(logits, tau=1.0, hard=True, dim=1)
            drawn = torch.einsum("bnhw,nd->bdhw", share, self.codebook.float())
            return drawn.to(features.dtype), indices
        return self.look_up(indices).to(features.dtype), indices

    def look_up(self, indices: Tensor) -> Tensor:
        """Return the codes (B, d, h, w) of indices (B, h, w)."""
        return F.embedding(indices, self.codebook).permute(0, 3, 1, 2)

    def _mix(self, distances: Tensor) -> Tensor:
        near, indices = distances.topk(self.config.top_k, dim=1, largest=False)
        share = (-near / self.config.temperature).softmax(1)
        codes = F.embedding(indices, self.codebook.float())
        return torch.einsum("bkhw,bkhwd->bdhw", share, codes)

    def extract(self, z: Tensor, extractor: nn.Module | None = None) -> Tensor:
        """Return the features of latents, grouped (see :class:`AdapterOutput`).

        Args:
            z: (B, C, h, w), h and w even.
            extractor: Another extractor of the same shape instead of the adapter's own.
        """
        features: Tensor = (self.extractor if extractor is None else extractor)(z)
        return features.reshape(-1, self.config.code_channels, *features.shape[2:])

    def forward(self, z: Tensor) -> AdapterOutput:
        """Align normalised latents (B, C, h, w), h and w even."""
        features = self.extract(z)
        codes, indices = self.assign(features)
        # Straight-through estimator (van den Oord et al. 2017): the gradient passes the lookup.
        return self.align(z, features, features + (codes - features).detach(), indices)

    def align(self, z: Tensor, features: Tensor, codes: Tensor, indices: Tensor) -> AdapterOutput:
        """Map grouped codes back to a latent and mix it with ``z`` by the gate."""
        mapped = self.mapping(codes.reshape(z.shape[0], -1, *codes.shape[2:]))
        if self.gate is None:
            return AdapterOutput(mapped, mapped, features, indices, None)
        aligned, share = self.mix(z, mapped)
        return AdapterOutput(aligned, mapped, features, indices, share)

    def mix(self, z: Tensor, mapped: Tensor) -> tuple[Tensor, Tensor]:
        """Return the aligned latent and the gate's share; only with a gate."""
        assert self.gate is not None
        share, correction = self.gate(torch.cat([z, mapped], 1)).chunk(2, dim=1)
        share = torch.sigmoid(share)
        return z + share * (mapped - z) + correction, share


def _quantiser(config: AdapterConfig) -> VectorQuantize:
    quantiser = VectorQuantize(
        dim=config.code_channels,
        codebook_size=config.codes,
        decay=config.decay,
        threshold_ema_dead_code=config.dead_below,
        commitment_weight=0.25,
        accept_image_fmap=True,
        rotation_trick=False,
    )
    # Buffers that this kind of codebook never touches come uninitialised, and would be saved so.
    for name, buffer in quantiser.named_buffers():
        if name.endswith(("codebook_mean", "codebook_variance")):
            buffer.zero_()
    return quantiser


def _gate(channels: int, width: int) -> nn.Sequential:
    last = conv(width, 2 * channels)
    nn.init.zeros_(last.weight)  # at first: half of each, no correction
    assert last.bias is not None
    nn.init.zeros_(last.bias)
    return nn.Sequential(conv(2 * channels, width), *res_blocks(width, 2), nn.LeakyReLU(LEAK), last)


def code_usage(indices: Tensor, codes: int) -> tuple[float, int]:
    """Return (perplexity, number of codes never used) of code indices of any shape.

    Perplexity is exp of the entropy of the usage: ``codes`` if all are used alike.
    """
    counts = torch.bincount(indices.flatten(), minlength=codes).double()
    share = counts / counts.sum()
    entropy = -(share * share.clamp_min(1e-12).log()).sum()
    return float(entropy.exp()), int((counts == 0).sum())
