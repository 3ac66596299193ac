"""The limits that a bundle carries: below them the application leaves a face alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lafr_engine.bundle import store
from lafr_engine.bundle.manifest import MANIFEST, FoundLimits, read_manifest, verify
from lafr_engine.errors import OutputError
from lafr_engine.faces.eligibility import Limits
from lafr_engine.imaging.files import whole_file


def load_limits(bundle: str | Path | None = None) -> Limits:
    """Return a bundle's limits, those of the program where it carries none.

    Args:
        bundle: Folder or name; None for the one that ships with the program.

    Raises:
        BundleError: There is no such bundle, or its manifest is damaged.
    """
    found = read_manifest(store.find(bundle)).limits
    if found is None:
        return Limits()
    return Limits(least_evidence=found.width, least_detail=found.blur)


def write_limits(folder: Path, limits: FoundLimits) -> None:
    """Put limits into a bundle's manifest, whole or not at all; its hash stays what it is.

    Args:
        folder: The bundle's folder.
        limits: Those found.

    Raises:
        BundleError: The bundle is damaged, before or, on a failing disk, after.
        OutputError: The manifest cannot be written.
    """
    manifest, path = read_manifest(folder), folder / MANIFEST
    verify(folder, manifest)
    try:
        with whole_file(path) as part:
            text = replace(manifest, limits=limits).to_text()
            part.write_text(text, encoding="utf-8", newline="\n")
            part.chmod(path.stat().st_mode)
    except OSError as error:
        raise OutputError(path, f"could not be written ({error.strerror})") from error
    verify(folder, read_manifest(folder))
