"""A chain exported to ONNX, as a file that says where it came from and knows when it is damaged.

The file is an ordinary ONNX model with entries of ours in its metadata. Its last bytes are a seal,
the sha256 of all bytes before them. Joined Protobuf messages are one message, so to any reader the
seal is one more metadata entry. Weights too large for one file lie beside it, and the metadata has
their sha256.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # no stubs

from lafr_engine.errors import ExportUnusable

INPUT: Final = "lq"
"""float32 (B, 3, 512, 512), RGB in [-1, 1], aligned to the FFHQ template."""

OUTPUT: Final = "restored"
"""The same shape, clamped to [-1, 1]."""

_PREFIX: Final = "lafr."
_SEAL: Final = f"{_PREFIX}sha256"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """Where an export came from; its metadata, each name with ``lafr.`` before it.

    Attributes:
        bundle: Name of the bundle.
        manifest_sha256: Of the bundle's manifest without limits, which stands for the whole bundle.
        weights_sha256: Of the bundle's ``chain.safetensors``.
        opset: Version of ONNX's operators.
        data: Name of the file beside it that holds the weights; empty where it holds them itself.
        data_sha256: Of that file; empty likewise.
    """

    bundle: str
    manifest_sha256: str
    weights_sha256: str
    opset: int
    data: str = ""
    data_sha256: str = ""


def describe_in(model: onnx.ModelProto, info: ExportInfo) -> None:
    """Put ``info`` into a model's metadata."""
    values = {f"{_PREFIX}{name}": str(value) for name, value in asdict(info).items()}
    onnx.helper.set_model_props(model, values)


def seal(path: Path) -> None:
    """Append the sha256 of a model file to it.

    Raises:
        OSError: It cannot be read or written.
    """
    digest = sha256_of(path, path.stat().st_size)
    with path.open("ab") as stream:
        stream.write(_seal(digest))


def read_info(path: Path) -> ExportInfo:
    """Check an export, weights beside it included, and read where it came from.

    Raises:
        ExportUnusable: It is missing, no export of LAFR, damaged, or altered.
    """
    try:
        _check_seal(path)
        model = onnx.load_model(str(path), load_external_data=False)
        info = _info(model, path)
        _check_data(path, info)
    except FileNotFoundError as error:
        raise ExportUnusable(f"{error.filename}: there is no such file") from error
    except (OSError, DecodeError) as error:
        raise ExportUnusable(f"{path}: the export cannot be read ({error})") from error
    return info


def sha256_of(path: Path, count: int) -> str:
    """Return the sha256 (hex) of a file's first ``count`` bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while count > 0 and (data := stream.read(min(count, _CHUNK))):
            digest.update(data)
            count -= len(data)
    return digest.hexdigest()


def _seal(digest: str) -> bytes:
    """Return the seal; its length is the same for every digest."""
    message = onnx.ModelProto()
    message.metadata_props.add(key=_SEAL, value=digest)
    return bytes(message.SerializeToString())


def _check_seal(path: Path) -> None:
    size, length = path.stat().st_size, len(_seal("0" * 64))
    with path.open("rb") as stream:
        stream.seek(max(0, size - length))
        end = stream.read()
    digest = end[-64:].decode("ascii", errors="replace")
    if len(end) < length or end != _seal(digest):
        raise ExportUnusable(
            f"{path}: is no export of `lafr models export-onnx`, or only the beginning of one"
        )
    if sha256_of(path, size - length) != digest:
        raise ExportUnusable(f"{path}: is damaged or was altered (its sha256 is another)")


def _info(model: onnx.ModelProto, path: Path) -> ExportInfo:
    entries = {
        entry.key.removeprefix(_PREFIX): entry.value
        for entry in model.metadata_props
        if entry.key.startswith(_PREFIX) and entry.key != _SEAL
    }
    try:
        opset = int(entries.pop("opset"))
        return ExportInfo(**entries, opset=opset)
    except (KeyError, TypeError, ValueError) as error:
        raise ExportUnusable(
            f"{path}: was exported by another version of this program; export it again"
        ) from error


def _check_data(path: Path, info: ExportInfo) -> None:
    if not info.data:
        return
    data = path.with_name(info.data)
    if sha256_of(data, data.stat().st_size) != info.data_sha256:
        raise ExportUnusable(f"{data}: is damaged or belongs to another export")
