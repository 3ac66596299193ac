"""The LAFR chain: frozen VAE, codebook adapter, one pass of the pruned U-Net, decode.

::

    lq ─ encode ─ z_lq ─ adapter ─ z_aligned ─ U-Net, x0 ─ z_restored ─ decode ─ gate ─ image
        (frozen)                                              (frozen)  (ours)

A small decoder, distilled from the VAE's own, may decode in its place.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.adapter import AdapterConfig, CodebookAdapter
from lafr_engine.nets.gate import FidelityGate, GateConfig
from lafr_engine.nets.pruning import PrunedUNet, TextPruning, prune
from lafr_engine.nets.small_decoder import DecoderConfig, SmallDecoder
from lafr_engine.nets.tiles import decode_in_tiles
from lafr_engine.nets.vae import CompactVAE, CompactVAEConfig, KLCodec
from lafr_engine.restore.schedule import OneStep

CodecKind = Literal["compact", "kl"]


@dataclass(frozen=True)
class ChainConfig:
    """All that is needed to build a chain; the ``chain`` part of a bundle's manifest.

    Attributes:
        codec: ``compact``, our VAE, or ``kl``, diffusers' AutoencoderKL.
        compact: Shape of the compact VAE.
        kl: Configuration of AutoencoderKL, as diffusers saves it.
        adapter: Shape of the adapter.
        unet: Configuration of UNet2DConditionModel, as diffusers saves it.
        text: How the U-Net's text conditioning was pruned.
        prompt_tokens: Tokens of the null prompt, for ``exact``.
        step: The fixed step and the kind of prediction.
        see_lq: The U-Net also sees z_lq, in channels of its own (ours).
        gate: Shape of the fidelity gate (ours); None for none.
        decoder: Shape of a small decoder that decodes in the VAE's place; None for the VAE's own.
    """

    codec: CodecKind = "compact"
    compact: CompactVAEConfig = field(default_factory=CompactVAEConfig)
    kl: dict[str, Any] = field(default_factory=dict)
    adapter: AdapterConfig = field(default_factory=AdapterConfig)
    unet: dict[str, Any] = field(default_factory=dict)
    text: TextPruning = "delete"
    prompt_tokens: int = 77
    step: OneStep = field(default_factory=OneStep)
    see_lq: bool = False
    gate: GateConfig | None = None
    decoder: DecoderConfig | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> ChainConfig:
        """Build from what :meth:`to_json` gave.

        Raises:
            ConfigError: Unknown names or values of the wrong kind.
        """
        try:
            decoder = values.get("decoder")  # bundles of before there was one do not name it
            nested = {
                "compact": CompactVAEConfig(**_tuples(values["compact"])),
                "adapter": AdapterConfig(**_tuples(values["adapter"])),
                "step": OneStep(**values["step"]),
                "gate": GateConfig(**_tuples(values["gate"])) if values["gate"] else None,
                "decoder": DecoderConfig(**_tuples(decoder)) if decoder else None,
            }
            return ChainConfig(**{**values, **nested})
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"the configuration of a chain is not understood: {error}") from error


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}


@dataclass(frozen=True)
class ChainOutput:
    """All steps of one pass.

    Attributes:
        image: (B, 3, H, W), about [-1, 1], not clamped: the restored face after the gate.
        decoded: (B, 3, H, W), the restored face before the gate.
        z_lq: Latent of the input.
        z_aligned: After the adapter.
        z_restored: After the U-Net.
    """

    image: Tensor
    decoded: Tensor
    z_lq: Tensor
    z_aligned: Tensor
    z_restored: Tensor


class Chain(nn.Module):
    """The networks of LAFR in their order; images (B, 3, H, W) in [-1, 1], H and W mod 64 = 0.

    Attributes:
        tile: Side of the tiles, in latents, that are decoded at a time; 0 for the whole. The own
            decoder of a ``kl`` codec ignores it (see ``nets.tiles``).
    """

    def __init__(
        self,
        config: ChainConfig,
        codec: CompactVAE | KLCodec,
        adapter: CodebookAdapter,
        unet: PrunedUNet,
        gate: FidelityGate | None,
    ) -> None:
        """Keep the parts, and add a small decoder with random weights where there is to be one.

        :func:`build_chain` makes the parts from a configuration.
        """
        super().__init__()
        self.config = config
        self.codec = codec
        self.adapter = adapter
        self.unet = unet
        self.gate = gate
        self.decoder: SmallDecoder | None = None
        self.tile = 0
        with_decoder(self, config.decoder)

    def encode(self, x: Tensor) -> Tensor:
        """Return normalised latents of images."""
        return self.codec.encode(x.to(_precision(self.codec))).to(x.dtype)

    def decode(self, z: Tensor) -> Tensor:
        """Return images of normalised latents, by the small decoder where there is one."""
        decoder = self.codec if self.decoder is None else self.decoder
        cast = z.to(_precision(decoder))
        if self.tile and not isinstance(decoder, KLCodec):
            return decode_in_tiles(decoder, cast, self.tile).to(z.dtype)
        return decoder.decode(cast).to(z.dtype)

    def denoise(self, z_aligned: Tensor, z_lq: Tensor) -> Tensor:
        """Run the U-Net once and return z_restored."""
        seen = torch.cat([z_aligned, z_lq], 1) if self.config.see_lq else z_aligned
        return self.config.step.x0(z_aligned, self.unet(seen.to(_precision(self.unet))))

    def blend(self, lq: Tensor, decoded: Tensor) -> Tensor:
        """Mix the restored face with the input by the gate, where there is one."""
        if self.gate is None:
            return decoded
        image: Tensor = self.gate(lq, decoded)
        return image

    def forward(self, lq: Tensor) -> ChainOutput:
        """Restore faces."""
        z_lq = self.encode(lq)
        z_aligned = self.adapter(z_lq).aligned
        z_restored = self.denoise(z_aligned, z_lq)
        decoded = self.decode(z_restored.to(lq.dtype))
        image = self.blend(lq, decoded)
        return ChainOutput(image, decoded, z_lq, z_aligned, z_restored)


def _precision(module: nn.Module) -> torch.dtype:
    """Return the type of a network's weights: VAE and U-Net may run in half precision."""
    return next(module.parameters()).dtype


def with_decoder(chain: Chain, config: DecoderConfig | None) -> Chain:
    """Give a chain the small decoder of ``config``; one of another shape has random weights.

    Args:
        chain: Is changed; the VAE's own decoder stays, as what a small one is distilled from.
        config: None for the VAE's own.

    Raises:
        ConfigError: No decoder of that shape fits the codec.
    """
    if config is None:
        chain.decoder = None
    elif chain.decoder is None or chain.decoder.config != config:
        chain.decoder = SmallDecoder(config, chain.codec.latent_channels, chain.codec.factor)
    chain.config = replace(chain.config, decoder=config)
    return chain


def build_chain(config: ChainConfig) -> Chain:
    """Build a chain with random weights, pruned and ready for :meth:`load_state_dict`."""
    return Chain(
        config,
        build_codec(config),
        CodebookAdapter(config.adapter),
        build_unet(config),
        FidelityGate(config.gate) if config.gate else None,
    )


def build_codec(config: ChainConfig) -> CompactVAE | KLCodec:
    """Build the VAE with random weights.

    Raises:
        ConfigError: An unknown kind.
    """
    if config.codec == "compact":
        return CompactVAE(config.compact)
    if config.codec != "kl":
        raise ConfigError(f"codec {config.codec!r} is none of {get_args(CodecKind)}")
    from diffusers import AutoencoderKL  # 2 s that the compact VAE does without

    return KLCodec(AutoencoderKL.from_config(config.kl))


def build_unet(config: ChainConfig) -> PrunedUNet:
    """Build the U-Net with random weights, pruned as configured.

    The null prompt is zeros here; a state dict brings the folded one.
    """
    from diffusers import UNet2DConditionModel  # 2 s, only where a chain is built

    unet = UNet2DConditionModel.from_config(config.unet)
    width = unet.config.cross_attention_dim
    prompt = torch.zeros(1, config.prompt_tokens, width if isinstance(width, int) else width[0])
    # As small as the U-Net takes: what `bias` measures on it is only a placeholder.
    side = 2 ** len(unet.config.block_out_channels)
    latent = torch.zeros(1, unet.config.in_channels, side, side)
    return prune(unet, config.step.timestep, config.text, prompt=prompt, calibration=latent)
