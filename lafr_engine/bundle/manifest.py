"""A bundle on disk: a folder with ``bundle.json`` and safetensors, checked before it is used.

::

    lafr-compact-1/
        bundle.json          what it is, how it was made, sha256 and size of each file
        chain.safetensors    VAE, adapter, U-Net, gate
        lora.safetensors     LoRA matrices, merged when loaded; only where the bundle has them

A restorer by others, imported from a file of theirs, has ``net.safetensors`` instead.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lafr_engine.errors import BundleDamaged, BundleMissing

MANIFEST = "bundle.json"
FORMAT = 1

_WIDEST = 512  # a limit beyond the restorer's own resolution is none


@dataclass(frozen=True)
class FileEntry:
    """One file of a bundle: its sha256 (hex) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class FoundLimits:
    """Which faces the bundle's networks can do something for, as `lafr evaluate --limits` found.

    Attributes:
        width: Narrowest face, in picture pixels.
        blur: Width, in picture pixels, of the sharp face that shows no more than the most blurred
            one; None where no blur is too strong.
        command: What they were found with, and on which faces.
    """

    width: float
    blur: float | None
    command: str

    def __post_init__(self) -> None:
        """Check what a file may say.

        Raises:
            TypeError: A value is no number, or the command no text.
            ValueError: A number lies outside its range.
        """
        for name, value in (("width", self.width), ("blur", self.blur)):
            if value is None and name == "blur":
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"the limit {name} is no number")
            if not (math.isfinite(value) and 0 < value <= _WIDEST):
                raise ValueError(f"the limit {name} does not lie between 0 and {_WIDEST}: {value}")
        if not isinstance(self.command, str):
            raise TypeError("the command of the limits is no text")


@dataclass(frozen=True)
class Manifest:
    """What ``bundle.json`` says.

    Attributes:
        name: Name and version, such as ``lafr-compact-1``.
        licence: SPDX identifier or a sentence.
        training: How it was made: preset, seed, data, images seen, hours, commit.
        chain: Configuration of the chain (``restore.chain.ChainConfig.to_json``).
        files: Of the bundle, by name.
        lora_scale: Factor of the LoRA product, alpha / rank.
        format: Version of this layout.
        foreign: Of a restorer by others, what it is and which file it came from
            (``restore.foreign.ForeignConfig.to_json``); empty for a chain.
        limits: Below which faces are left alone; None where nobody looked for them.
    """

    name: str
    licence: str
    training: dict[str, Any]
    chain: dict[str, Any]
    files: dict[str, FileEntry]
    lora_scale: float = 1.0
    format: int = FORMAT
    foreign: dict[str, Any] = field(default_factory=dict)
    limits: FoundLimits | None = None

    def to_text(self) -> str:
        """Return the manifest as JSON; without what it lacks it is as earlier versions read it."""
        values = asdict(self)
        for name in ("foreign", "limits"):
            if not values[name]:
                del values[name]
        return _text(values)


def read_manifest(folder: Path) -> Manifest:
    """Read a bundle's manifest.

    Raises:
        BundleMissing: The folder holds no bundle.
        BundleDamaged: The manifest is not JSON, of an unknown format, or incomplete.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleMissing(f"{folder}: there is no bundle of weights here (no {MANIFEST})")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise BundleDamaged(
                f"{folder}: the bundle has format {values['format']}, this version reads {FORMAT}"
            )
        if not isinstance(values.get("foreign", {}), dict):
            raise TypeError("foreign is no object")
        files = {str(name): FileEntry(**entry) for name, entry in values["files"].items()}
        limits = FoundLimits(**values["limits"]) if "limits" in values else None
        return Manifest(**{**values, "files": files, "limits": limits})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleDamaged(f"{path}: the manifest cannot be understood ({error})") from error


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare each file's size and sha256 with the manifest.

    Raises:
        BundleMissing: A file is not there.
        BundleDamaged: A file has another size or hash, or a name that leads out of the folder.
    """
    for name, entry in manifest.files.items():
        path = folder / name
        if Path(name).name != name:
            raise BundleDamaged(f"{folder}: the manifest names a file outside the bundle: {name}")
        if not path.is_file():
            raise BundleMissing(f"{path}: a file of the bundle is missing")
        found = entry_of(path)
        if found != entry:
            raise BundleDamaged(
                f"{path}: is not what the bundle's manifest says (sha256 {found.sha256[:12]}..., "
                f"{found.size} bytes; expected {entry.sha256[:12]}..., {entry.size} bytes)"
            )


def entry_of(path: Path) -> FileEntry:
    """Measure a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    return FileEntry(digest.hexdigest(), path.stat().st_size)


def bundle_hash(folder: Path) -> str:
    """Return the sha256 (hex) of the manifest, which stands for the whole bundle.

    Limits are left out: they say which faces are restored, not how. A recipe or an export made
    before they were found, or found anew, is still of the same bundle.
    """
    data = (folder / MANIFEST).read_bytes()
    try:
        values = json.loads(data)
    except ValueError:
        values = None  # it cannot be read, but it is still the same damaged file
    if isinstance(values, dict) and "limits" in values:
        del values["limits"]
        data = _text(values).encode()
    return hashlib.sha256(data).hexdigest()


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, sort_keys=True) + "\n"
