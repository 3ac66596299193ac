"""The frozen VAE: what maps faces to latents and back.

Two kinds with one interface (:class:`LatentCodec`):

- :class:`CompactVAE`, ours, for the built-in bundle: pixel-unshuffle first, norm-free, f = 8.
- :class:`KLCodec`, diffusers' ``AutoencoderKL`` as Stable Diffusion 2.1-base has it.

Latents leave ``encode`` normalised to about unit variance; ``decode`` takes them so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor, nn

from lafr_engine.nets.blocks import LEAK, conv, res_blocks
from lafr_engine.nets.small_decoder import decoder_layers, reach

if TYPE_CHECKING:
    from diffusers import AutoencoderKL

# The log variance of the posterior is kept where exp() and its gradient are harmless.
LOGVAR_MIN, LOGVAR_MAX = -20.0, 4.0


class LatentCodec(Protocol):
    """Faces to normalised latents and back.

    Attributes:
        latent_channels: Channels of a latent.
        factor: How much larger an image is than its latent.
    """

    latent_channels: int
    factor: int

    def encode(self, x: Tensor) -> Tensor:
        """Map images (B, 3, H, W) in [-1, 1] to latents (B, C, H/8, W/8), the posterior's mean."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """Map latents (B, C, h, w) to images (B, 3, 8h, 8w), about [-1, 1], not clamped."""
        ...


@dataclass(frozen=True)
class CompactVAEConfig:
    """Shape of a :class:`CompactVAE`.

    Attributes:
        encoder_widths: Channels of the encoder at 1/4 and at 1/8 of the image's resolution.
        encoder_blocks: Residual blocks of the encoder at the two levels.
        decoder_widths: Channels of the decoder at 1/4 and at 1/8.
        decoder_blocks: Residual blocks of the decoder at the two levels.
        latent_channels: Channels of a latent.
    """

    encoder_widths: tuple[int, int] = (48, 96)
    encoder_blocks: tuple[int, int] = (1, 2)
    decoder_widths: tuple[int, int] = (48, 96)
    decoder_blocks: tuple[int, int] = (2, 3)
    latent_channels: int = 16


class CompactVAE(nn.Module):
    """A norm-free variational autoencoder with a spatial factor of 8.

    The first and last step are a pixel (un)shuffle by 4, so nothing runs at full resolution.
    """

    latent_mean: Tensor
    latent_std: Tensor

    def __init__(self, config: CompactVAEConfig) -> None:
        """Build encoder and decoder; the latent statistics start at mean 0, deviation 1."""
        super().__init__()
        self.config = config
        self.latent_channels = config.latent_channels
        self.factor = 8
        c = config.latent_channels
        fine, coarse = config.encoder_widths
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(4),
            conv(48, fine),
            *res_blocks(fine, config.encoder_blocks[0]),
            conv(fine, coarse, stride=2),
            *res_blocks(coarse, config.encoder_blocks[1]),
            nn.LeakyReLU(LEAK),
            conv(coarse, 2 * c),
        )
        blocks = config.decoder_blocks[::-1]
        self.decoder = decoder_layers(c, self.factor, config.decoder_widths[::-1], blocks)
        self.reach = reach(blocks)
        self.register_buffer("latent_mean", torch.zeros(1, c, 1, 1))
        self.register_buffer("latent_std", torch.ones(1, c, 1, 1))

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (B, C, H/8, W/8), before normalisation."""
        mean, logvar = self.encoder(x).chunk(2, dim=1)
        return mean, logvar.clamp(LOGVAR_MIN, LOGVAR_MAX)

    def decode_raw(self, z: Tensor) -> Tensor:
        """Decode latents that were not normalised (what training of the VAE itself uses)."""
        out: Tensor = self.decoder(z)
        return out

    def encode(self, x: Tensor) -> Tensor:
        """Map images in [-1, 1] to normalised latents (see :class:`LatentCodec`)."""
        return (self.posterior(x)[0] - self.latent_mean) / self.latent_std

    def decode(self, z: Tensor) -> Tensor:
        """Map normalised latents to images (see :class:`LatentCodec`)."""
        return self.decode_raw(z * self.latent_std + self.latent_mean)

    @torch.no_grad()
    def set_statistics(self, mean: Tensor, std: Tensor) -> None:
        """Fix the per-channel normalisation, measured on HQ faces; both (C,)."""
        self.latent_mean.copy_(mean.view(1, -1, 1, 1))
        self.latent_std.copy_(std.clamp_min(1e-4).view(1, -1, 1, 1))


class KLCodec(nn.Module):
    """diffusers' AutoencoderKL behind the interface of :class:`LatentCodec`."""

    def __init__(self, vae: AutoencoderKL) -> None:
        """Wrap ``vae``; its own ``scaling_factor`` (0.18215 for Stable Diffusion) is used."""
        super().__init__()
        self.vae = vae
        self.latent_channels = int(vae.config.latent_channels)
        self.factor = 2 ** (len(vae.config.block_out_channels) - 1)
        self.scaling_factor = float(vae.config.scaling_factor)

    def encode(self, x: Tensor) -> Tensor:
        """Return the posterior's mean times the scaling factor."""
        mean: Tensor = self.vae.encode(x).latent_dist.mode()
        return mean * self.scaling_factor

    def decode(self, z: Tensor) -> Tensor:
        """Decode scaled latents."""
        out: Tensor = self.vae.decode(z / self.scaling_factor).sample
        return out
