"""ONNX exports of bundles: where they lie, whether they fit, and how they are run.

The export of a bundle is ``chain.onnx`` in its folder. Where the bundle came with the program its
folder may be read-only, so the export goes into the user's folder ``exports/<bundle>``. Manifests
do not list exports, since anyone can make one at any time and the manifest's hash stands for the
bundle; an export names the manifest's hash instead, and has one of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from lafr_engine.bundle import store
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.manifest import bundle_hash, read_manifest
from lafr_engine.errors import BundleMissing, ConfigError, DeviceError, ExportUnusable
from lafr_engine.resources import user_data_dir
from lafr_engine.restore.onnx_file import ExportInfo, read_info
from lafr_engine.restore.onnx_restorer import OnnxOptions, OnnxRestorer

EXPORT = "chain.onnx"


def place_for(folder: Path) -> Path:
    """Return where the export of the bundle in ``folder`` is written."""
    if folder.resolve().parent == store.shipped_dir().resolve():
        return user_data_dir() / "exports" / folder.name / EXPORT
    return folder / EXPORT


def find_export(folder: Path) -> Path | None:
    """Return the export of the bundle in ``folder``, where there is one."""
    return next((path for path in (folder / EXPORT, place_for(folder)) if path.is_file()), None)


def check_made_of(path: Path, info: ExportInfo, folder: Path) -> None:
    """Compare an export with a bundle.

    Raises:
        ExportUnusable: It was made of another bundle, or of another state of this one.
        BundleError: The bundle's manifest cannot be read.
    """
    if info.manifest_sha256 != bundle_hash(folder):
        raise ExportUnusable(
            f"{path}: was exported from {info.bundle} (sha256 {info.manifest_sha256[:12]}...), not "
            f"from {folder.name} as it is installed (sha256 {bundle_hash(folder)[:12]}...); "
            "`lafr models export-onnx` makes a new one"
        )


def verify_export(folder: Path) -> Path | None:
    """Check the export of a bundle, where there is one, and return its path.

    Raises:
        ExportUnusable: It is no export, damaged, or of another bundle.
    """
    path = find_export(folder)
    if path is not None:
        check_made_of(path, read_info(path), folder)
    return path


def load_onnx_restorer(
    bundle: str | Path | None = None,
    device: str = "auto",
    notify: Callable[[str], None] | None = None,
    threads: int | None = None,
) -> OnnxRestorer:
    """Load a bundle's export as a restorer.

    Args:
        bundle: Folder or name; None for the one that ships with the program.
        device: ``auto``, ``cpu`` or ``cuda``.
        notify: Hears a sentence where the CPU has to do, or less memory.
        threads: That compute on the CPU; None for as many as torch has.

    Raises:
        BundleMissing: There is no such bundle, or no export of it.
        ConfigError: It holds no chain, but a network by others.
        DeviceError: The device cannot be used.
        ExportUnusable: The export is damaged, or made of another bundle.
    """
    folder = store.find(bundle)
    if read_manifest(folder).foreign:
        raise ConfigError(f"{folder.name}: is a restorer by others, which only torch runs")
    path = find_export(folder)
    if path is None:
        raise BundleMissing(
            f"{folder.name}: there is no ONNX export of this bundle; "
            f"`lafr models export-onnx {folder.name}` makes one"
        )
    tell = notify or (lambda _: None)
    restorer = _loaded(path, device, torch.get_num_threads() if threads is None else threads, tell)
    check_made_of(path, restorer.info, folder)
    return restorer


def _loaded(path: Path, device: str, threads: int, notify: Callable[[str], None]) -> OnnxRestorer:
    """Load it on the device asked for; ``auto`` makes do with the CPU."""
    place = choose_device(device)
    if device != "auto" or place.type == "cuda":
        try:
            return OnnxRestorer(path, OnnxOptions(str(place), threads), notify)
        except DeviceError as error:
            if device != "auto":
                raise
            notify(f"Faces are restored on the CPU: {error}.")
    return OnnxRestorer(path, OnnxOptions("cpu", threads), notify)
