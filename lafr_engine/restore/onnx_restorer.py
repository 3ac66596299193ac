"""The second backend: a chain exported to ONNX, run by ONNX Runtime. Crops in, crops out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as native

from lafr_engine.errors import DeviceError, ExportUnusable
from lafr_engine.restore.base import Crops, FaceRestorer
from lafr_engine.restore.onnx_file import INPUT, OUTPUT, read_info

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

_UNLOADABLE: Final = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NoSuchFile,
    native.NotImplemented,
    native.RuntimeException,
)
_FAILED: Final = (native.EPFail, native.Fail, native.InvalidArgument, native.RuntimeException)

# What ONNX Runtime says when memory runs out: it has no class of its own for it.
_NO_MEMORY: Final = ("failed to allocate memory", "out of memory", "bad_alloc", "bad allocation")


@dataclass(frozen=True, slots=True)
class OnnxOptions:
    """How an export is run.

    Attributes:
        device: ``cpu``, ``cuda``, or ``cuda:1`` and so on.
        threads: That compute on the CPU, and no more than these; 0 lets ONNX Runtime choose.
        batch: Faces at a time; more than that are cut into batches.
    """

    device: str = "cpu"
    threads: int = 0
    batch: int = 8


def _ignore(_sentence: str) -> None:
    """Tell nobody."""


class OnnxRestorer:
    """A :class:`lafr_engine.restore.base.FaceRestorer` on an export.

    Where memory runs out it goes on with half as many faces at a time, then on the CPU.
    """

    def __init__(
        self,
        path: Path,
        options: OnnxOptions | None = None,
        notify: Callable[[str], None] = _ignore,
    ) -> None:
        """Check the export and load it.

        Args:
            path: Written by `lafr models export-onnx`.
            options: How it is run.
            notify: Hears a sentence when less memory has to do.

        Raises:
            ExportUnusable: It is missing, no export of LAFR, damaged, or altered.
            DeviceError: ONNX Runtime cannot use the device.
        """
        self.options = options or OnnxOptions()
        self.info = read_info(path)
        self.batch = self.options.batch
        self._path = path
        self._notify = notify
        self._session = _session(path, self.options.device, self.options.threads)

    @property
    def device(self) -> str:
        """Where the export runs: ``cuda`` only where ONNX Runtime really took it."""
        return "cuda" if CUDA in self._session.get_providers() else "cpu"

    def __call__(self, crops: Crops, /) -> Crops:
        """Restore float32 (N, 3, 512, 512) in [0, 1]; the input is left alone.

        Raises:
            RuntimeError: What ONNX Runtime raises, a lack of memory on the CPU included.
        """
        out = np.empty(crops.shape, np.float32)
        done = 0
        while done < len(crops):
            some = crops[done : done + self.batch]
            restored = self._attempt(some)
            if restored is None:
                self._make_do(len(some))
                continue
            out[done : done + len(some)] = restored
            done += len(some)
        return out

    def _attempt(self, crops: Crops) -> Crops | None:
        """Restore a batch, or return None where memory ran out and less may do."""
        try:
            seen = np.ascontiguousarray(crops * np.float32(2) - np.float32(1))
            image: Crops = self._session.run([OUTPUT], {INPUT: seen})[0]
        except _FAILED as error:
            if _lacks_memory(error) and (len(crops) > 1 or self.device != "cpu"):
                return None
            raise RuntimeError(f"ONNX Runtime failed: {error}") from error
        return (image + np.float32(1)) / np.float32(2)

    def _make_do(self, count: int) -> None:
        """Take the next step towards less memory."""
        if count > 1:
            self.batch = count // 2
        else:
            self._session = _session(self._path, "cpu", self.options.threads)
            self._notify("The GPU has too little memory; faces are now restored on the CPU.")


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two restorers are apart, in [-1, 1].

    Attributes:
        largest: Largest absolute difference of a value.
        mean: Mean absolute difference.
    """

    largest: float
    mean: float

    def within(self, limit: Difference) -> bool:
        """Whether neither is above the limit's; not a number never is."""
        return self.largest <= limit.largest and self.mean <= limit.mean


TOLERANCE: Final = Difference(largest=1e-3, mean=1e-4)
"""How far an export may be from the chain that it was made of."""


def difference(one: FaceRestorer, other: FaceRestorer, crops: Crops) -> Difference:
    """Compare two restorers on crops, together and the first one alone."""
    apart = [np.abs(one(some) - other(some)) * 2.0 for some in (crops, crops[:1])]
    return Difference(
        max(float(each.max()) for each in apart), max(float(each.mean()) for each in apart)
    )


def _session(path: Path, device: str, threads: int) -> onnxruntime.InferenceSession:
    """Load a checked export."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the time of those that work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=_providers(device))
    except _UNLOADABLE as error:
        raise ExportUnusable(f"{path}: ONNX Runtime cannot load the export ({error})") from error
    if device != "cpu" and CUDA not in session.get_providers():
        raise DeviceError(f"{device}: ONNX Runtime cannot use the graphics card here")
    return session


def _providers(device: str) -> Sequence[str | tuple[str, dict[str, Any]]]:
    kind, _, number = device.partition(":")
    if kind == "cpu":
        return [CPU]
    if kind != "cuda":
        raise DeviceError(f"{device}: ONNX Runtime runs exports on cpu and cuda only")
    # CUDA and cuDNN are looked for where torch brought them.
    if CUDA in onnxruntime.get_available_providers():
        onnxruntime.preload_dlls()
    # TF32 rounds to 11 bits: answers would no longer agree with those of the CPU.
    return [(CUDA, {"device_id": number or "0", "use_tf32": "0"}), CPU]


def _lacks_memory(error: Exception) -> bool:
    return any(word in str(error).lower() for word in _NO_MEMORY)
