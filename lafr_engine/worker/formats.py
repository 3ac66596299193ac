"""Which format a file's name asks for."""

from __future__ import annotations

from pathlib import Path

from lafr_engine.errors import ConfigError
from lafr_engine.imaging.formats import SUFFIXES


def format_named(path: Path) -> str:
    """Return the format that a file's suffix names.

    Raises:
        ConfigError: It names none that is written.
    """
    suffix = path.suffix.lower()
    for name, suffixes in SUFFIXES.items():
        if suffix in suffixes:
            return name
    known = ", ".join(suffixes[0] for suffixes in SUFFIXES.values())
    raise ConfigError(f"{path.name}: the suffix names no format that is written ({known})")
