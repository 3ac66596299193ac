"""The presets of ``lafr train``: shapes of the networks and plans of the stages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from lafr_engine.errors import ConfigError
from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.nets.gate import GateConfig
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.nets.vae import CompactVAEConfig
from lafr_engine.restore.chain import ChainConfig
from lafr_engine.restore.full_size import SD21_ADAPTER
from lafr_engine.restore.schedule import OneStep
from lafr_engine.training.config import StagePlan
from lafr_engine.training.losses import LossWeights


@dataclass(frozen=True)
class Preset:
    """A chain and how it is trained.

    Attributes:
        name: Of the preset.
        chain: Shapes of the networks.
        stages: In the order of training.
        needs_base: Whether VAE and U-Net come from a diffusers folder (``--base``).
        licence: Of the bundle. Weights derived from a base keep the base's licence.
        checkpointing: Compute activations again in backward instead of keeping them.
        extra: Further stages, after the others; trained only where they are named.
        decoder: Shape of the small decoder that a stage of kind ``decoder`` trains.
    """

    name: str
    chain: ChainConfig
    stages: tuple[StagePlan, ...]
    needs_base: bool = False
    licence: str = "Apache-2.0"
    checkpointing: bool = False
    extra: tuple[StagePlan, ...] = ()
    decoder: DecoderConfig = field(default_factory=DecoderConfig)

    @property
    def all_stages(self) -> tuple[StagePlan, ...]:
        """The stages, those included that are trained only where they are named."""
        return self.stages + self.extra


def small_unet(channels: int, widths: tuple[int, ...], seen: int, groups: int) -> dict[str, Any]:
    """Return the configuration of a small UNet2DConditionModel with attention in the middle only.

    Args:
        channels: Of a latent.
        widths: Of the levels.
        seen: Channels of the input (twice ``channels`` where z_lq is seen too).
        groups: Of the group norms.
    """
    return {
        "sample_size": 64,
        "in_channels": seen,
        "out_channels": channels,
        "down_block_types": ["DownBlock2D"] * len(widths),
        "up_block_types": ["UpBlock2D"] * len(widths),
        "mid_block_type": "UNetMidBlock2DCrossAttn",
        "block_out_channels": list(widths),
        "layers_per_block": 1,
        "cross_attention_dim": 32,
        "attention_head_dim": 8,
        "norm_num_groups": groups,
    }


LATENT = LossWeights(latent=1.0, aligned=1.0)
IMAGE = LossWeights(
    latent=0.25, pixel=1.0, gradient=1.0, perceptual=0.05, identity=0.2, structure=0.02
)
SQUARES = replace(IMAGE, aligned=1.0, perceptual_side=160)
MORE = replace(SQUARES, latent=0.5)
# The latents' finest detail cannot be told from an LQ face: pixels weigh more in the long run.
LONG = replace(SQUARES, pixel=2.0, gradient=2.0, identity=0.3, structure=0.03)
# The gate sees whole pixels: what the latents have no room for is its to learn.
GATE = LossWeights(pixel=1.0, gradient=0.5, perceptual=0.025, perceptual_side=160)
# For the last of the noise: the perceptual part pulls towards detail that only may be there.
PIXELS = LossWeights(pixel=1.0, gradient=0.5)
# The gate decides between the input and what was restored, so who it is weighs more at the end.
WHO = replace(GATE, pixel=2.0, gradient=2.0, perceptual=0.05, identity=8.0, structure=2.0)
VAE_LOSS = LossWeights(pixel=1.0, gradient=1.0, perceptual=0.02, kl=1e-5)
# Between two decodings of one latent: what the VAE's own decoder shows can all be told from it.
DECODER = LossWeights(pixel=1.0, gradient=1.0, perceptual=0.05, perceptual_side=160)

COMPACT = Preset(
    "compact",
    ChainConfig(
        unet=small_unet(16, (64, 128, 256), seen=32, groups=16),
        step=OneStep(199, "residual"),
        see_lq=True,
        gate=GateConfig(
            64,
            2,
            corrects=True,
            deeper_widths=(96, 160),
            deeper_blocks=(2, 4),
            lattice=0.8,
            texture=0.5,
        ),
    ),
    (
        StagePlan("vae", "vae", 1600, 16, 128, 1e-3, VAE_LOSS, ema=0.999),
        StagePlan("adapter-hq", "adapter-hq", 300, 16, 256, 1e-3, LossWeights()),
        StagePlan("adapter-lq", "adapter-lq", 320, 16, 256, 1e-3, LossWeights()),
        StagePlan("unet-latent", "unet", 200, 16, 256, 8e-4, LATENT),
        StagePlan("unet-image", "unet", 400, 8, 256, 8e-4, SQUARES),
        StagePlan("unet-more", "unet", 1050, 4, 256, 6e-4, MORE),
        StagePlan("unet-long", "unet", 2600, 4, 256, 5e-4, LONG, light=0.15),
        StagePlan("unet-full", "unet", 60, 2, 512, 1e-4, MORE, warmup=10, ema=0.99),
        StagePlan("gates", "gates", 1600, 4, 256, 4e-4, GATE, warmup=200, clip=0.3, light=0.25),
        StagePlan("gates-px", "gates", 1900, 4, 256, 4e-4, PIXELS, 100, clip=0.3, light=0.25),
        StagePlan(
            "gates-long", "gates", 7000, 4, 256, 4e-4, PIXELS, 100, 0.999, clip=0.3, light=0.25
        ),
        StagePlan("gates-who", "gates", 200, 2, 512, 2e-4, WHO, warmup=20, ema=0.99, light=0.3),
    ),
    extra=(StagePlan("decoder", "decoder", 1500, 8, 256, 1e-3, DECODER, light=0.25),),
    # A third of the arithmetic of the compact VAE's own.
    decoder=DecoderConfig((64, 32), (2, 1)),
)

SMOKE = Preset(
    "smoke",
    ChainConfig(
        compact=CompactVAEConfig((8, 16), (1, 1), (8, 16), (1, 1), 4),
        adapter=AdapterConfig(4, (8, 16), (1, 1), codes=32, code_channels=8),
        unet=small_unet(4, (16, 32), seen=8, groups=8),
        step=OneStep(199, "residual"),
        see_lq=True,
        gate=GateConfig(8),
    ),
    (
        StagePlan("vae", "vae", 12, 4, 64, 2e-3, VAE_LOSS, preview_every=6, checkpoint_every=4),
        StagePlan("adapter-hq", "adapter-hq", 8, 4, 128, 2e-3, LossWeights(), checkpoint_every=4),
        StagePlan("adapter-lq", "adapter-lq", 8, 4, 128, 2e-3, LossWeights(), checkpoint_every=4),
        StagePlan("unet", "unet", 8, 4, 128, 2e-3, LATENT, checkpoint_every=4),
        StagePlan("lora", "unet", 6, 2, 128, 1e-3, IMAGE, checkpoint_every=3, lora_rank=4),
    ),
    extra=(StagePlan("decoder", "decoder", 8, 4, 128, 2e-3, DECODER, checkpoint_every=4),),
    decoder=DecoderConfig((8, 8), (1, 1)),
)

# The licence of Stable Diffusion 2.1-base; its use restrictions pass on to what derives from it.
OPEN_RAIL = "CreativeML Open RAIL++-M"

# Stable Diffusion 2.1-base: the base brings the configurations of VAE and U-Net.
_SD_CHAIN = ChainConfig(codec="kl", adapter=SD21_ADAPTER, text="exact", step=OneStep(399))

# Appearance L1 + 2 perceptual, identity 0.1 (1 - cos), structure 0.05, in the units of losses.py:
# a squared distance of unit embeddings is 2 (1 - cos).
_SD_LOSS = LossWeights(pixel=1.0, perceptual=2.0, identity=0.05, structure=0.05)
_SD_LORA = StagePlan("unet", "unet", 40_000, 4, 512, 5e-5, _SD_LOSS, lora_rank=4)
# On crops: the VAE that is distilled costs a quarter there, and textures are the same.
_SD_DECODER = StagePlan("decoder", "decoder", 40_000, 16, 256, 3e-4, DECODER, light=0.25)

SD21 = Preset(
    "sd21",
    _SD_CHAIN,
    (
        StagePlan("adapter-hq", "adapter-hq", 20_000, 16, 512, 2e-4, LossWeights()),
        StagePlan("adapter-lq", "adapter-lq", 20_000, 16, 512, 2e-4, LossWeights()),
        replace(_SD_LORA, weights=replace(_SD_LOSS, latent=0.25, gradient=1.0)),
    ),
    needs_base=True,
    licence=OPEN_RAIL,
    checkpointing=True,
    extra=(_SD_DECODER,),
)

PAPER = Preset(
    "paper",
    _SD_CHAIN,
    (
        StagePlan("adapter", "adapter-joint", 40_000, 16, 512, 2e-4, LossWeights(latent=1.0)),
        _SD_LORA,
    ),
    needs_base=True,
    licence=OPEN_RAIL,
    checkpointing=True,
    extra=(_SD_DECODER,),
)

PRESETS = {preset.name: preset for preset in (SMOKE, COMPACT, PAPER, SD21)}


def find_preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        ConfigError: There is none.
    """
    if name not in PRESETS:
        raise ConfigError(f"no preset is called {name!r}; known: {', '.join(PRESETS)}")
    return PRESETS[name]
