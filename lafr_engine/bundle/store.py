"""Which bundles are installed, and where."""

from __future__ import annotations

from pathlib import Path

from lafr_engine.bundle.manifest import MANIFEST
from lafr_engine.errors import BundleMissing
from lafr_engine.resources import resources_dir, user_data_dir

FOLDER = "models"


def bundle_dirs() -> tuple[Path, ...]:
    """Folders that hold bundles: shipped with the program, then the user's own."""
    return (resources_dir() / FOLDER, user_data_dir() / FOLDER)


def installed() -> list[Path]:
    """Return the folders of all installed bundles, sorted by name within each place."""
    found: list[Path] = []
    for place in bundle_dirs():
        if place.is_dir():
            found.extend(sorted(p for p in place.iterdir() if (p / MANIFEST).is_file()))
    return found


def find(bundle: str | Path | None = None) -> Path:
    """Return the folder of a bundle: by path, by name, or the one that ships with the program.

    Raises:
        BundleMissing: There is none; the sentence names those that exist.
    """
    every = installed()
    if bundle is None:
        if not every:
            raise BundleMissing("no bundle of weights is installed; train one with `lafr train`")
        return every[0]
    if (Path(bundle) / MANIFEST).is_file():
        return Path(bundle)
    for folder in every:
        if folder.name == str(bundle):
            return folder
    names = ", ".join(folder.name for folder in every) or "none"
    raise BundleMissing(f"{bundle}: no such bundle of weights (installed: {names})")
