"""Making a bundle of a model file by others: read without running anything, recognised, kept.

What is kept is the network's state dict as safetensors; the file itself may be a pickle and is not.
"""

from __future__ import annotations

import pickle
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from lafr_engine.bundle import install
from lafr_engine.bundle.load import NET
from lafr_engine.bundle.manifest import MANIFEST, Manifest, entry_of
from lafr_engine.errors import BundleDamaged, BundleMissing, ConfigError
from lafr_engine.restore.foreign import (
    ForeignConfig,
    build_foreign,
    recognise,
    require_reader,
)

# What training programs wrap a state dict in, and what they put before each name.
_WRAPPED: Final = ("params_ema", "params-ema", "params", "state_dict", "model_state_dict")
_PREFIXES: Final = ("module.", "vqvae.")

# What safetensors, torch and its restricted unpickler raise on a damaged file.
_UNREADABLE: Final = (
    SafetensorError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A model file that is to become a bundle.

    Attributes:
        path: ``.pth``, ``.pt``, ``.ckpt`` or ``.safetensors``.
        licence: Of the weights, as the user states it.
        name: Of the bundle; by default after the file.
        replace: Whether one of the same name in the user's folder gives way.
    """

    path: Path
    licence: str
    name: str = ""
    replace: bool = False


def import_model(request: ImportRequest) -> Path:
    """Make a bundle among the user's own.

    Returns:
        The folder of the bundle.

    Raises:
        BundleMissing: There is no such file.
        BundleDamaged: It is damaged, or holds something else than weights.
        BundleInstalled: A bundle of that name is there already.
        ConfigError: No licence, no architecture that is known, or spandrel is not installed.
        OutputError: It cannot be written.
    """
    path, licence = request.path, request.licence.strip()
    if not licence:
        raise ConfigError(f"{path}: the licence of its weights has to be stated")
    name = request.name or bundle_name(path)
    if not install.is_name(name):
        raise ConfigError(f"{name!r} cannot be the name of a bundle")
    require_reader(str(path))
    state = read_state(path)
    try:
        architecture = recognise(state)
        kept = _plain(build_foreign(architecture, state).state_dict())
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    config = ForeignConfig(architecture, path.name, entry_of(path).sha256)

    def fill(staged: Path) -> str:
        save_file(kept, staged / NET)
        (staged / NET).chmod(0o644)  # safetensors leaves it to its owner alone
        files = {NET: entry_of(staged / NET)}
        manifest = Manifest(name, licence, {}, {}, files, foreign=config.to_json())
        (staged / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
        return name

    return install.put(fill, request.replace)


def bundle_name(path: Path) -> str:
    """Return the name of a bundle after a file's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip(".-_")[:100] or "imported"


def read_state(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a model file; nothing in it is run.

    Raises:
        BundleMissing: There is no such file.
        BundleDamaged: It is damaged, or holds something else than weights.
    """
    if not path.is_file():
        raise BundleMissing(f"{path}: there is no such file")
    try:
        if path.suffix.lower() == ".safetensors":
            found: Any = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise BundleDamaged(
            f"{path}: is refused; it is damaged, or holds something else than weights, which "
            "could run when it is read"
        ) from error
    except _UNREADABLE as error:
        raise BundleDamaged(
            f"{path}: no weights can be read from it ({type(error).__name__})"
        ) from error
    return _tensors(path, found)


def _tensors(path: Path, found: Any) -> dict[str, Tensor]:
    """Unwrap a state dict, and take off what stands before all names."""
    inner = next((key for key in _WRAPPED if _is_dict(found) and _is_dict(found.get(key))), None)
    values = found if inner is None else found[inner]
    state = {
        str(name): value
        for name, value in (values.items() if _is_dict(values) else ())
        if isinstance(value, Tensor)
    }
    if not state:
        raise BundleDamaged(f"{path}: holds no weights of a network")
    for prefix in _PREFIXES:
        if any(name.startswith(prefix) for name in state):
            state = {n.removeprefix(prefix): t for n, t in state.items() if n.startswith(prefix)}
    return state


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _plain(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors that share no memory, as safetensors asks for."""
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.items()}
