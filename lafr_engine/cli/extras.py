"""Packages that a plain install does not bring: those of the extra ``train``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from lafr_engine.errors import ConfigError

EVALUATE: Final = ("h5py", "tflite")
"""What ``lafr evaluate`` needs: they read the weights of the networks that judge."""

TRAIN: Final = ("accelerate", "h5py", "peft", "tflite", "transformers")
"""What ``lafr train`` needs: processes, LoRA (peft imports transformers), the losses' weights."""


def require(command: str, packages: tuple[str, ...]) -> None:
    """Say at once which packages are missing, before anything heavy is imported.

    Args:
        command: Name of the command, for the sentence.
        packages: What it needs, by import name.

    Raises:
        ConfigError: Some are not installed; the sentence says how to install them.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"`lafr {command}` needs {', '.join(missing)}, which a plain install does not bring: "
            "pip install 'lafr-desktop[train]'"
        )
