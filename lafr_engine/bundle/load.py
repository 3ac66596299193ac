"""From a bundle's folder to networks that run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from lafr_engine.bundle import store
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.manifest import Manifest, read_manifest, verify
from lafr_engine.errors import BundleDamaged, ConfigError
from lafr_engine.restore.chain import Chain, ChainConfig, build_chain
from lafr_engine.restore.one_step import OneStepRestorer

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS, LORA = "chain.safetensors", "lora.safetensors"

# What diffusers and torch raise on a configuration whose values make no network.
_UNUSABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)


def load_restorer(bundle: str | Path | None = None, device: str = "auto") -> OneStepRestorer:
    """Load a bundle as a restorer (see :class:`lafr_engine.restore.base.FaceRestorer`).

    Args:
        bundle: Folder or name; None for the one that ships with the program.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises:
        BundleError: The bundle is missing or damaged.
        DeviceError: The device cannot be used.
    """
    return OneStepRestorer(load_chain(bundle, device))


def load_chain(bundle: str | Path | None = None, device: str = "auto") -> Chain:
    """Load a bundle's networks for inference: fp32, LoRA merged, frozen, on the device.

    Raises:
        BundleError: The bundle is missing or damaged.
        DeviceError: The device cannot be used.
    """
    folder = store.find(bundle)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    place = choose_device(device)
    chain = _build(folder, manifest)
    chain.to(place).eval().requires_grad_(False)
    return chain.to(memory_format=torch.channels_last)


def _build(folder: Path, manifest: Manifest) -> Chain:
    if WEIGHTS not in manifest.files:
        raise BundleDamaged(f"{folder}: the manifest does not list {WEIGHTS}")
    try:
        chain = build_chain(ChainConfig.from_json(manifest.chain))
        loaded = load_file(folder / WEIGHTS)
        state = {name: t.float() if t.is_floating_point() else t for name, t in loaded.items()}
        if LORA in manifest.files:
            merge_lora(state, load_file(folder / LORA), manifest.lora_scale)
        chain.load_state_dict(state)
    except (ConfigError, SafetensorError, RuntimeError, *_UNUSABLE) as error:
        raise BundleDamaged(
            f"{folder}: the weights do not fit the configuration in the manifest ({error})"
        ) from error
    return chain


def merge_lora(state: dict[str, Tensor], lora: Mapping[str, Tensor], scale: float) -> None:
    """Add LoRA products to the weights of ``state``, in place.

    Args:
        state: Weights by name, convolutions (Cout, Cin, k, k).
        lora: ``<weight>.A`` (r, Cin, k, k) and ``<weight>.B`` (Cout, r, 1, 1), where ``<weight>``
            is a name in ``state``; for W + scale * B A (Hu et al. 2021, section 4.1).
        scale: alpha / rank.

    Raises:
        KeyError: A name that ``state`` lacks.
    """
    for name in {key.rsplit(".", 1)[0] for key in lora}:
        down, up = lora[f"{name}.A"].float(), lora[f"{name}.B"].float()
        product = up.flatten(1) @ down.flatten(1)
        state[name] = state[name] + scale * product.view_as(state[name])
