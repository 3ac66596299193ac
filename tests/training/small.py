"""A chain and a preset so small that all its stages train in seconds, and faces to train on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.nets.gate import GateConfig
from lafr_engine.nets.vae import CompactVAEConfig
from lafr_engine.resources import samples_dir
from lafr_engine.restore.chain import ChainConfig
from lafr_engine.restore.schedule import OneStep
from lafr_engine.training.config import StagePlan
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.presets import Preset, small_unet

CHAIN = ChainConfig(
    compact=CompactVAEConfig((8, 8), (1, 1), (8, 8), (1, 1), 4),
    adapter=AdapterConfig(4, (8, 8), (1, 1), codes=16, code_channels=4),
    unet=small_unet(4, (8, 16), seen=8, groups=4),
    step=OneStep(199),
    see_lq=True,
    gate=GateConfig(8),
)
VAE = LossWeights(pixel=1.0, kl=1e-5)
IMAGE = LossWeights(latent=0.25, pixel=1.0, gradient=1.0)


def plan(
    label: str, kind: str = "", weights: LossWeights | None = None, *, rank: int = 0
) -> StagePlan:
    """Four steps with a checkpoint and a picture after the second."""
    return StagePlan(
        label,
        kind or label,
        steps=4,
        batch=2,
        size=64,
        lr=1e-3,
        weights=weights or LossWeights(latent=1.0),
        warmup=2,
        preview_every=2,
        checkpoint_every=2,
        lora_rank=rank,
    )


PRESET = Preset(
    "small",
    CHAIN,
    (
        plan("vae", weights=VAE),
        plan("adapter-hq"),
        plan("adapter-lq"),
        plan("unet"),
        plan("lora", "unet", IMAGE, rank=2),
    ),
)

# Left, top, side of squares with a face in them.
_CUTS = ((180, 120, 300), (420, 100, 300), (300, 260, 240), (250, 80, 360))


def write_faces(folder: Path, count: int = 3) -> Path:
    """Write ``count`` pictures of 160 x 160 pixels, cut out of a sample."""
    folder.mkdir(parents=True)
    with Image.open(samples_dir() / "old_daguerreotype_sisters.jpg") as image:
        rgb = image.convert("RGB").resize((900, 700))
    for index in range(count):
        left, top, side = _CUTS[index % len(_CUTS)]
        face = rgb.crop((left, top, left + side, top + side)).resize((160, 160))
        face.save(folder / f"face_{index:02d}.png")
    return folder


def without_gate(config: ChainConfig) -> ChainConfig:
    """The same chain with no gate of any kind."""
    return replace(config, gate=None, adapter=replace(config.adapter, gate=False))
