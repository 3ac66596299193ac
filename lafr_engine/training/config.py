"""Plans of training: what each stage does, for how long, with which weights."""

from __future__ import annotations

from dataclasses import dataclass

from lafr_engine.training.losses import LossWeights


@dataclass(frozen=True)
class StagePlan:
    """One stage of a preset.

    Attributes:
        label: Name of the stage's files and log lines, unique in its preset.
        kind: ``vae``, ``adapter-hq``, ``adapter-lq``, ``adapter-joint``, ``unet``, ``gates`` or
            ``decoder``.
        steps: Optimiser steps.
        batch: Faces a step and process.
        size: Side of the faces or crops, pixels.
        lr: Peak learning rate of AdamW; warms up over ``warmup`` steps, ends by a cosine at 5 %.
        warmup: Steps of linear warm-up.
        weights: The loss.
        ema: Decay of the exponential moving average of the weights.
        weight_decay: Of AdamW.
        clip: Largest norm of the gradient.
        preview_every: Steps between validation pictures.
        checkpoint_every: Steps between checkpoints.
        light: Share of faces that are degraded but lightly.
        lora_rank: Train LoRA of this rank on the U-Net's convolutions; 0 trains all its weights.
    """

    label: str
    kind: str
    steps: int
    batch: int
    size: int
    lr: float
    weights: LossWeights
    warmup: int = 100
    ema: float = 0.998
    weight_decay: float = 1e-2
    clip: float = 1.0
    preview_every: int = 500
    checkpoint_every: int = 200
    light: float = 0.0
    lora_rank: int = 0
