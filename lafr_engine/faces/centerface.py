"""CenterFace (Xu et al. 2019, MIT): an anchor-free face detector with five landmarks.

One ONNX file of 7 MB, run by onnxruntime on the CPU. The file fixes its input to one size; the
sizes are made free when it is loaded, so that a picture is looked at as large as it needs to be.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import cv2
import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # no stubs
from numpy.typing import NDArray

from lafr_engine.errors import WeightsDamaged, WeightsMissing
from lafr_engine.faces.candidates import best_of_overlapping
from lafr_engine.faces.detect import Search, find_faces
from lafr_engine.faces.geometry import Face

_STRIDE: Final = 4
_MULTIPLE: Final = 32
# Below this nothing is even a candidate; what counts as a face is for the search to say.
_FLOOR: Final = 0.2

Maps = list[NDArray[np.float32]]


class CenterFace:
    """The default `Detector`."""

    def __init__(self, model_path: Path, search: Search | None = None, threads: int = 0) -> None:
        """Load the network, or take it from those already loaded in this process.

        Args:
            model_path: ``centerface.onnx``.
            search: How pictures are searched.
            threads: Threads of onnxruntime; 0 lets it choose.

        Raises:
            WeightsMissing: There is no such file.
            WeightsDamaged: It is not that network.
        """
        self._search = Search() if search is None else search
        self._session = _session(model_path.resolve(), threads)

    def __call__(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Find the faces of an upright picture; see `find_faces`."""
        return find_faces(pixels, self.look, self._search)

    def look(self, pixels: NDArray[np.uint8], side: int) -> list[Face]:
        """Look once.

        Args:
            pixels: uint8 (H, W, 3) RGB.
            side: The picture is looked at with its longer side this many pixels long.

        Returns:
            Candidates in picture coordinates, weak ones too, overlapping ones merged.
        """
        height, width = pixels.shape[:2]
        factor = side / max(height, width)
        wide, high = _rounded(width * factor), _rounded(height * factor)
        # Area averaging keeps a face that shrinks free of aliasing; it cannot enlarge.
        how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_LINEAR
        seen = cv2.resize(pixels, (wide, high), interpolation=how)
        planes = np.ascontiguousarray(seen.transpose(2, 0, 1)[None], dtype=np.float32)
        name = self._session.get_inputs()[0].name
        maps = cast("Maps", self._session.run(None, {name: planes}))
        return best_of_overlapping(_decode(maps, width / wide, height / high))


def _rounded(length: float) -> int:
    return max(_MULTIPLE, int(np.ceil(length / _MULTIPLE)) * _MULTIPLE)


def _decode(maps: Maps, fx: float, fy: float) -> list[Face]:
    """Read candidates off the four maps: heat, log sizes, offsets and landmarks, y before x."""
    heat, sizes, offsets, marks = (m[0] for m in maps)
    rows, columns = np.nonzero(heat[0] > _FLOOR)
    size = np.exp(sizes[:, rows, columns]).T[:, ::-1] * _STRIDE
    cells = np.stack([columns, rows], axis=1) + 0.5
    corner = (cells + offsets[:, rows, columns].T[:, ::-1]) * _STRIDE - size / 2
    points = marks[:, rows, columns].T.reshape(-1, 5, 2)[:, :, ::-1] * size[:, None]
    # The network measures from the picture's edge, we from the centre of its first pixel.
    scale = np.array([fx, fy])
    low, high = corner * scale - 0.5, (corner + size) * scale - 0.5
    points = (points + corner[:, None]) * scale - 0.5
    scores = heat[0, rows, columns].tolist()
    boxes = np.concatenate([low, high], axis=1).tolist()
    return [Face(tuple(b), p, s) for b, p, s in zip(boxes, points, scores, strict=True)]


@lru_cache(maxsize=4)
def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # it warns of weights listed as inputs, which is harmless
    data = _with_free_sizes(path)
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _with_free_sizes(path: Path) -> bytes:
    """Read the model and let height and width be anything."""
    try:
        model = onnx.load_model_from_string(path.read_bytes())
        onnx.checker.check_model(model)
    except OSError as error:
        raise WeightsMissing(f"{path}: the face detector cannot be read") from error
    except (DecodeError, onnx.checker.ValidationError) as error:
        raise WeightsDamaged(f"{path}: not the face detector") from error
    if len(model.graph.output) != 4:
        raise WeightsDamaged(f"{path}: not the face detector")
    for value in (model.graph.input[0], *model.graph.output):
        _free(value)
    return bytes(model.SerializeToString())


def _free(value: Any) -> None:
    shape = value.type.tensor_type.shape.dim
    for axis, name in ((2, "height"), (3, "width")):
        shape[axis].ClearField("dim_value")
        shape[axis].dim_param = f"{value.name}_{name}"
    shape[0].dim_value = 1
