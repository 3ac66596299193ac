"""A chain on a base model in the diffusers folder layout, such as Stable Diffusion 2.1-base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from lafr_engine.errors import ConfigError
from lafr_engine.nets.adapter import CodebookAdapter
from lafr_engine.nets.gate import FidelityGate
from lafr_engine.nets.pruning import prune
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.chain import Chain, ChainConfig


def load_base(config: ChainConfig, folder: Path) -> Chain:
    """Build a chain whose VAE and U-Net come from ``folder``; adapter and gate are random.

    Args:
        config: A chain with the ``kl`` codec; its ``kl`` and ``unet`` parts are filled in here.
        folder: Has ``vae`` and ``unet``, and ``tokenizer`` and ``text_encoder`` where the text
            pruning needs the null prompt.

    Raises:
        ConfigError: A part is missing or is not what diffusers saves.
    """
    from diffusers import AutoencoderKL, UNet2DConditionModel

    for part in ("vae", "unet"):
        if not (folder / part / "config.json").is_file():
            raise ConfigError(f"{folder}: is no diffusers folder (there is no {part}/config.json)")
    try:
        vae = AutoencoderKL.from_pretrained(folder / "vae", local_files_only=True)
        unet = UNet2DConditionModel.from_pretrained(folder / "unet", local_files_only=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ConfigError(f"{folder}: the base cannot be loaded ({error})") from error
    prompt = None if config.text == "delete" else null_prompt(folder)
    filled = replace(
        config,
        kl=_plain(vae.config),
        unet=_plain(unet.config),
        prompt_tokens=config.prompt_tokens if prompt is None else prompt.shape[1],
    )
    calibration = torch.randn(4, unet.config.in_channels, 32, 32)
    pruned = prune(unet, config.step.timestep, config.text, prompt=prompt, calibration=calibration)
    gate = FidelityGate(config.gate) if config.gate else None
    return Chain(filled, KLCodec(vae), CodebookAdapter(config.adapter), pruned, gate)


def null_prompt(folder: Path) -> Tensor:
    """Return the embedding (1, T, D) of the empty prompt by the base's own text encoder.

    Raises:
        ConfigError: The base lacks its text encoder or tokenizer.
    """
    from transformers import AutoTokenizer, CLIPTextModel

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", local_files_only=True)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder}: the text encoder cannot be loaded ({error})") from error
    # A tokenizer saved without its limit says 10^30.
    length = min(tokenizer.model_max_length, encoder.config.max_position_embeddings)
    tokens = tokenizer("", padding="max_length", max_length=length, return_tensors="pt")
    with torch.no_grad():
        embedding: Tensor = encoder(tokens.input_ids)[0]
    return embedding


def _plain(config: object) -> dict[str, object]:
    """Return a diffusers configuration without its private entries, as JSON can hold it."""
    entries = dict(config).items()  # type: ignore[call-overload]  # a FrozenDict, untyped
    return {k: list(v) if isinstance(v, tuple) else v for k, v in entries if k[0] != "_"}
