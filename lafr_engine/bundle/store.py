"""Which bundles are installed, and where."""

from __future__ import annotations

from pathlib import Path

from lafr_engine.bundle.manifest import MANIFEST
from lafr_engine.errors import BundleMissing
from lafr_engine.resources import resources_dir, user_data_dir

FOLDER = "models"


def shipped_dir() -> Path:
    """The folder of the bundles that ship with the program."""
    return resources_dir() / FOLDER


def own_dir() -> Path:
    """The folder of the bundles that the user added; it may not exist yet."""
    return user_data_dir() / FOLDER


def bundle_dirs() -> tuple[Path, ...]:
    """Folders that hold bundles: shipped with the program, then the user's own."""
    return (shipped_dir(), own_dir())


def installed() -> list[Path]:
    """Return the folders of all installed bundles, sorted by name within each place."""
    found: list[Path] = []
    for place in bundle_dirs():
        if place.is_dir():
            found.extend(sorted(each for each in place.iterdir() if _is_bundle(each)))
    return found


def _is_bundle(folder: Path) -> bool:
    """Whether it is one; what begins with a dot is being put there at this moment."""
    return not folder.name.startswith(".") and (folder / MANIFEST).is_file()


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
