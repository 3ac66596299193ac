"""What is to be told of an installed bundle: of its manifest, in the words of people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from lafr_engine.bundle import store
from lafr_engine.bundle.manifest import Manifest, bundle_hash, read_manifest
from lafr_engine.errors import BundleError

OWN: Final = "LAFR"
"""The architecture of a chain; one with a small decoder names its widths as well."""


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """A bundle, as a list shows it.

    Attributes:
        name: Of its manifest; of its folder where the manifest cannot be read.
        version: The number at the end of the name; empty where there is none.
        folder: Where it lies.
        shipped: Whether it came with the program.
        licence: Of the weights.
        size: Bytes of all files.
        sha256: Of the manifest without its limits; it names the hash of every file.
        training: What it was trained on and how, one (name, value) each.
        architecture: Of its networks.
        source: Of a restorer by others, the file that it was imported from; else empty.
        limits: Below which it leaves faces alone, one (name, value) each; empty where nobody looked
            for them.
        problem: Why it cannot be used; None where nothing is known against it.
    """

    name: str
    version: str
    folder: Path
    shipped: bool
    licence: str = ""
    size: int = 0
    sha256: str = ""
    training: tuple[tuple[str, str], ...] = ()
    architecture: str = ""
    source: str = ""
    limits: tuple[tuple[str, str], ...] = ()
    problem: str | None = None


def installed() -> list[BundleInfo]:
    """Describe every installed bundle; one that is damaged is described with its problem."""
    return [describe(folder) for folder in store.installed()]


def describe(folder: Path) -> BundleInfo:
    """Describe the bundle in a folder, without reading its weights."""
    shipped = folder.parent == store.shipped_dir()
    try:
        manifest = read_manifest(folder)
    except BundleError as error:
        return BundleInfo(folder.name, "", folder, shipped, problem=str(error))
    return BundleInfo(
        name=manifest.name,
        version=_version(manifest.name),
        folder=folder,
        shipped=shipped,
        licence=manifest.licence,
        size=sum(entry.size for entry in manifest.files.values()),
        sha256=bundle_hash(folder),
        training=_training(manifest),
        architecture=_architecture(manifest),
        source=str(manifest.foreign.get("source", "")),
        limits=_limits(manifest),
    )


def _architecture(manifest: Manifest) -> str:
    if manifest.foreign:
        return str(manifest.foreign.get("architecture", OWN))
    # The manifest is not checked as far as here, and what is wrong with it is for loading to say.
    decoder = manifest.chain.get("decoder")
    widths = decoder.get("widths") if isinstance(decoder, dict) else None
    return f"{OWN}, decoder {'-'.join(map(str, widths))}" if isinstance(widths, list) else OWN


def _version(name: str) -> str:
    tail = name.rpartition("-")[2]
    return tail if tail[:1].isdigit() else ""


def _training(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Return what is told in one word or number; plans and configurations stay in the file."""
    told = manifest.training.items()
    return tuple((key, str(value)) for key, value in told if isinstance(value, (str, int, float)))


def _limits(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    if manifest.limits is None:
        return ()
    told = asdict(manifest.limits).items()
    return tuple((name, str(value)) for name, value in told if value is not None)
