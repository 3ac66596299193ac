"""From a bundle to an ONNX file: the whole chain, checked against torch before it is there."""

from __future__ import annotations

import glob
import secrets
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import onnx
import torch
import torch.nn.functional as F
from google.protobuf.message import EncodeError  # type: ignore[import-untyped]  # no stubs
from torch import Tensor, nn

from lafr_engine.bundle import store
from lafr_engine.bundle.load import WEIGHTS, load_chain
from lafr_engine.bundle.manifest import bundle_hash, entry_of, read_manifest
from lafr_engine.bundle.onnx_exports import place_for
from lafr_engine.errors import ExportDiffers, ExportUnusable, OutputError
from lafr_engine.restore.base import Crops
from lafr_engine.restore.chain import Chain
from lafr_engine.restore.one_step import OneStepRestorer
from lafr_engine.restore.onnx_file import INPUT, OUTPUT, ExportInfo, describe_in, seal
from lafr_engine.restore.onnx_restorer import (
    TOLERANCE,
    Difference,
    OnnxOptions,
    OnnxRestorer,
    difference,
)

OPSET: Final = 18
SIDE: Final = 512
WHOLE_BYTES: Final = 1_500_000_000
"""Weights above this go into a file beside the model: Protobuf ends at 2 GiB."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was made.

    Attributes:
        path: Of the file.
        difference: From torch, on the faces that it was checked with.
    """

    path: Path
    difference: Difference


class WholeChain(nn.Module):
    """A chain as one function, from faces in [-1, 1] to restored ones, clamped to [-1, 1]."""

    def __init__(self, chain: Chain) -> None:
        """Wrap ``chain``."""
        super().__init__()
        self.chain = chain

    def forward(self, lq: Tensor) -> Tensor:
        """Restore (B, 3, H, W); no number of faces is fixed when this is traced."""
        image: Tensor = self.chain(lq).image
        return image.clamp(-1.0, 1.0)


def export_onnx(
    bundle: str | Path | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    whole_bytes: int = WHOLE_BYTES,
) -> Exported:
    """Export a bundle's chain, on the CPU in fp32, and check it against torch.

    The file is there whole or not at all. Input and output are ``onnx_file.INPUT`` and ``OUTPUT``.

    Args:
        bundle: Folder or name; None for the one that ships with the program.
        out: The file; None for the place where the program looks for it.
        overwrite: Whether a file in the way is replaced.
        whole_bytes: Larger weights go into a file beside it, named after it.

    Raises:
        BundleError: The bundle is missing or damaged.
        ConfigError: It holds no chain, but a network by others.
        ExportDiffers: Its answers are further from torch's than ``TOLERANCE``.
        ExportUnusable: ONNX cannot express the chain.
        OutputError: The file cannot be written, or is there already.
    """
    folder = store.find(bundle)
    target = place_for(folder) if out is None else out
    if target.exists() and not overwrite:
        raise OutputError(target, "exists already (--overwrite replaces it)")
    chain = load_chain(folder, "cpu")
    manifest = read_manifest(folder)
    weights = manifest.files[WEIGHTS].sha256
    info = ExportInfo(manifest.name, bundle_hash(folder), weights, OPSET)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
            made = Path(name) / target.name
            _write(trace(chain, Path(name)), made, info, whole_bytes)
            found = check(chain, made)
            _move(made, target)
    except (OSError, EncodeError) as error:
        raise OutputError(target, f"the export cannot be written ({error})") from error
    return Exported(target, found)


def trace(chain: Chain, folder: Path) -> onnx.ModelProto:
    """Return a chain as an ONNX model, weights included.

    Args:
        chain: On the CPU, in evaluation mode.
        folder: For what the exporter of torch writes on its way.

    Raises:
        ExportUnusable: The chain has something in it that ONNX cannot express.
    """
    path = folder / "traced" / "chain.onnx"
    path.parent.mkdir()
    try:
        _trace(chain, path)
    except torch.onnx.OnnxExporterError as error:
        first = str(error).partition("\n")[0]  # the whole graph follows
        raise ExportUnusable(f"the chain cannot be exported to ONNX ({first})") from error
    return onnx.load_model(str(path))


def _trace(chain: Chain, path: Path) -> None:
    with warnings.catch_warnings():
        # The tracing exporter: the newer one needs onnxscript, and gives nothing more here. What it
        # takes for constant are shapes of faces and settings; only their number is free.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]  # torch.jit does not list it
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)  # slower, not wrong
        torch.onnx.export(
            WholeChain(chain).eval(),
            (torch.zeros(1, 3, SIDE, SIDE),),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
        )


def check(chain: Chain, path: Path) -> Difference:
    """Compare an export with the chain that it was made of.

    Raises:
        ExportDiffers: It is further away than ``TOLERANCE``.
        ExportUnusable: It is no valid model, or ONNX Runtime cannot load it.
    """
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ExportUnusable(f"{path.name}: the export is no valid model ({error})") from error
    exported = OnnxRestorer(path, OnnxOptions(threads=torch.get_num_threads()))
    found = difference(OneStepRestorer(chain), exported, random_faces())
    if not found.within(TOLERANCE):
        raise ExportDiffers(path.name, found.largest, found.mean)
    return found


def random_faces(count: int = 2, seed: int = 0) -> Crops:
    """Return crops (N, 3, 512, 512) in [0, 1]: soft shapes as faces have, with noise over them."""
    draw = torch.Generator().manual_seed(seed)
    soft = F.interpolate(
        torch.rand(count, 3, 16, 16, generator=draw), size=(SIDE, SIDE), mode="bicubic"
    )
    noise = 0.05 * torch.randn(count, 3, SIDE, SIDE, generator=draw)
    crops: Crops = (soft + noise).clamp(0.0, 1.0).numpy()
    return crops


def _write(model: onnx.ModelProto, path: Path, info: ExportInfo, whole_bytes: int) -> None:
    """Write a model with its metadata and seal, its weights beside it where they are too large."""
    if sum(len(each.raw_data) for each in model.graph.initializer) > whole_bytes:
        # Its own name: an earlier export stays sound until the new one takes its place.
        data = f"{path.name}.{secrets.token_hex(4)}.data"
        onnx.external_data_helper.convert_model_to_external_data(model, location=data)
        onnx.external_data_helper.write_external_data_tensors(model, str(path.parent))
        path.with_name(data).chmod(0o644)  # onnx leaves it to its owner alone
        info = replace(info, data=data, data_sha256=entry_of(path.with_name(data)).sha256)
    describe_in(model, info)
    path.write_bytes(model.SerializeToString())
    seal(path)


def _move(made: Path, target: Path) -> None:
    """Put an export in its place, its weights first, and delete those of an earlier one."""
    stale = _data_files(target)
    for data in _data_files(made):
        data.replace(target.with_name(data.name))
    made.replace(target)
    for data in stale:
        data.unlink()


def _data_files(path: Path) -> list[Path]:
    """Return the files of weights beside an export, also those of another export of its name."""
    return list(path.parent.glob(f"{glob.escape(path.name)}.*.data"))
