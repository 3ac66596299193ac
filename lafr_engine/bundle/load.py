"""From a bundle's folder to networks that run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from lafr_engine.bundle import store, third_party
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.manifest import Manifest, read_manifest, verify
from lafr_engine.errors import BundleDamaged, ConfigError
from lafr_engine.restore.base import FaceRestorer
from lafr_engine.restore.chain import Chain, ChainConfig, build_chain
from lafr_engine.restore.foreign import (
    ForeignConfig,
    ForeignRestorer,
    build_foreign,
    require_reader,
)
from lafr_engine.restore.one_step import OneStepRestorer, RestorerOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lafr_engine.faces.parsing import FaceParser

WEIGHTS, LORA, NET = "chain.safetensors", "lora.safetensors", "net.safetensors"

# What diffusers and torch raise on a configuration whose values make no network.
_UNUSABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)


def load_restorer(
    bundle: str | Path | None = None,
    device: str = "auto",
    notify: Callable[[str], None] | None = None,
    options: RestorerOptions | None = None,
) -> FaceRestorer:
    """Load a bundle as a restorer: a chain, or a network by others.

    Args:
        bundle: Folder or name; None for the one that ships with the program.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        notify: Hears a sentence when a chain has to do with less memory.
        options: How a chain is run; by default in fp32.

    Raises:
        BundleError: The bundle is missing or damaged.
        ConfigError: It is a network by others, and what reads it is not installed, or it is to run
            in a way that only chains know.
        DeviceError: The device cannot be used.
    """
    folder = store.find(bundle)
    manifest = read_manifest(folder)
    if not manifest.foreign:
        chain = _chain(folder, manifest, device)
        return OneStepRestorer(chain, options, notify or (lambda _: None))
    if options not in (None, RestorerOptions()):
        raise ConfigError(
            f"{folder.name}: is a restorer by others, which runs in full precision, undivided and "
            "uncompiled"
        )
    verify(folder, manifest)
    return _foreign(folder, manifest, choose_device(device))


def load_chain(bundle: str | Path | None = None, device: str = "auto") -> Chain:
    """Load a bundle's networks for inference: fp32, LoRA merged, frozen, on the device.

    Raises:
        BundleError: The bundle is missing or damaged.
        ConfigError: It holds no chain, but a network by others.
        DeviceError: The device cannot be used.
    """
    folder = store.find(bundle)
    manifest = read_manifest(folder)
    if manifest.foreign:
        raise ConfigError(
            f"{folder.name}: is a restorer by others, not a chain of LAFR; only restoring is "
            "possible with it"
        )
    return _chain(folder, manifest, device)


def _chain(folder: Path, manifest: Manifest, device: str) -> Chain:
    verify(folder, manifest)
    place = choose_device(device)
    chain = _build(folder, manifest)
    chain.to(place).eval().requires_grad_(False)
    return chain.to(memory_format=torch.channels_last)


def _foreign(folder: Path, manifest: Manifest, device: torch.device) -> ForeignRestorer:
    if NET not in manifest.files:
        raise BundleDamaged(f"{folder}: the manifest does not list {NET}")
    try:
        config = ForeignConfig.from_json(manifest.foreign)
        state = load_file(folder / NET)
    except (ConfigError, SafetensorError) as error:
        raise BundleDamaged(f"{folder}: the network cannot be read ({error})") from error
    require_reader(folder.name)
    try:
        net = build_foreign(config.architecture, state)
    except ConfigError as error:
        raise BundleDamaged(f"{folder}: {error}") from error
    return ForeignRestorer(net.to(device), config.architecture)


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


def load_parser(device: str) -> FaceParser | None:
    """Load ParseNet, which masks follow; None where its file, or its code, is not there.

    Raises:
        WeightsDamaged: Another file stands in its place.
    """
    path = third_party.user_file(third_party.PARSENET)
    if path is None:
        return None
    from lafr_engine.faces import parsing

    if not parsing.available():
        return None
    return parsing.FaceParser(path, third_party.PARSENET.sha256, device)


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
