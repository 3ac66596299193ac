"""From a trained chain to a bundle on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from lafr_engine.bundle.load import LORA, WEIGHTS
from lafr_engine.bundle.manifest import MANIFEST, Manifest, entry_of
from lafr_engine.errors import OutputError
from lafr_engine.restore.chain import Chain


def write_bundle(chain: Chain, folder: Path, training: dict[str, Any], licence: str) -> Path:
    """Write a bundle: weights in half precision, LoRA apart, manifest with hashes.

    The folder appears whole or not at all; an earlier bundle of that name is replaced.

    Args:
        chain: Trained; LoRA matrices that peft put in are kept apart from their base.
        folder: The bundle's folder; its name is the bundle's name.
        training: What the manifest says of how it was made.
        licence: Of the weights; SPDX identifier where there is one.

    Raises:
        OutputError: The folder cannot be written.
    """
    base, lora = split_lora(chain.state_dict())
    parts = {WEIGHTS: base} | ({LORA: lora} if lora else {})
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as name:
            made = Path(name) / folder.name
            made.mkdir()
            for file, tensors in parts.items():
                save_file({k: _half(t) for k, t in tensors.items()}, made / file)
                (made / file).chmod(0o644)  # safetensors leaves it to its owner alone
            entries = {file: entry_of(made / file) for file in parts}
            manifest = Manifest(folder.name, licence, training, chain.config.to_json(), entries)
            (made / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
            if folder.exists():
                folder.rename(Path(name) / "earlier")  # and deleted with the temporary folder
            made.rename(folder)
    except (OSError, SafetensorError) as error:
        raise OutputError(folder, f"the bundle cannot be written ({error})") from error
    return folder


def split_lora(state: dict[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Part a state dict with peft's LoRA in it into base weights and matrices A and B.

    The base gets the names that a chain without LoRA has; the matrices are named
    ``<weight>.A`` and ``<weight>.B`` (see :func:`lafr_engine.bundle.load.merge_lora`).
    """
    base: dict[str, Tensor] = {}
    lora: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if ".lora_A." in name or ".lora_B." in name:
            module, _, rest = name.partition(".lora_")
            lora[f"{module}.weight.{rest[0]}"] = tensor
        else:
            base[name.replace(".base_layer.", ".")] = tensor
    return base, lora


def _half(tensor: Tensor) -> Tensor:
    """Return half precision on the CPU; what half precision cannot hold stays as it is."""
    plain = tensor.detach().cpu().contiguous()
    half = plain.to(torch.float16)
    lost = plain.is_floating_point() and not torch.equal(half.isfinite(), plain.isfinite())
    return half if plain.is_floating_point() and not lost else plain
