"""facexlib's RetinaFace (Deng et al. 2020) as a second `Detector`.

Its weights do not ship with the program: they come from the model store, by path and hash, and
are never fetched from here. facexlib is imported only when a detector is made.
"""

from __future__ import annotations

import hashlib
import pickle
import warnings
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from lafr_engine.errors import WeightsDamaged, WeightsMissing
from lafr_engine.faces.candidates import best_of_overlapping
from lafr_engine.faces.detect import Search, find_faces
from lafr_engine.faces.geometry import Face

Network = Literal["mobile0.25", "resnet50"]

RETINAFACE_SEARCH: Final = Search(threshold=0.8, certain=0.9, turned_threshold=0.9, hint=0.5)
"""RetinaFace's scores are a softmax and run higher than CenterFace's."""

_FLOOR: Final = 0.5
_SAME: Final = 0.4


class RetinaFace:
    """The RetinaFace detector, behind the same search as the default one."""

    def __init__(
        self,
        weights: Path,
        sha256: str,
        network: Network = "mobile0.25",
        device: str = "cpu",
        search: Search = RETINAFACE_SEARCH,
    ) -> None:
        """Build facexlib's network and fill it.

        Args:
            weights: A state dict, as facexlib's releases hold it.
            sha256: What the file must hash to, in hexadecimal.
            network: Which of facexlib's two backbones the file is for.
            device: Where torch runs it.
            search: How pictures are searched.

        Raises:
            WeightsMissing: There is no such file.
            WeightsDamaged: Its hash differs, or it is no state dict of this network.
        """
        self._search = search
        self._net = _build(network, device)
        _fill(self._net, weights, sha256)

    def __call__(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Find the faces of an upright picture; see `find_faces`."""
        return find_faces(pixels, self.look, self._search)

    def look(self, pixels: NDArray[np.uint8], side: int) -> list[Face]:
        """Look once.

        Args:
            pixels: uint8 (H, W, 3) RGB.
            side: The picture is looked at with its longer side this many pixels long.

        Returns:
            Candidates in picture coordinates, overlapping ones merged, best score first.
        """
        height, width = pixels.shape[:2]
        factor = side / max(height, width)
        wide, high = max(1, round(width * factor)), max(1, round(height * factor))
        how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_LINEAR
        seen = cv2.resize(pixels, (wide, high), interpolation=how)
        with torch.inference_mode():
            # facexlib follows OpenCV: blue first.
            rows = self._net.detect_faces(np.ascontiguousarray(seen[..., ::-1]), _FLOOR, _SAME)
        scale = np.array([width / wide, height / high])
        return best_of_overlapping(_face(row, scale) for row in np.asarray(rows, np.float64))


def _face(row: NDArray[np.float64], scale: NDArray[np.float64]) -> Face:
    """Read a row of box, score and landmarks, measured from the picture's edge."""
    corners = row[:4].reshape(2, 2) * scale - 0.5
    (x0, y0), (x1, y1) = corners.tolist()
    return Face((x0, y0, x1, y1), row[5:].reshape(5, 2) * scale - 0.5, float(row[4]))


def _build(network: Network, device: str) -> Any:
    from facexlib.detection import retinaface

    with warnings.catch_warnings():
        # facexlib asks torchvision for its backbone in a way that torchvision calls outdated.
        warnings.simplefilter("ignore", UserWarning)
        return retinaface.RetinaFace(network_name=network, device=torch.device(device))


def _fill(net: Any, weights: Path, sha256: str) -> None:
    try:
        data = weights.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"{weights}: RetinaFace's weights cannot be read") from error
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise WeightsDamaged(f"{weights}: the sha256 is not the pinned one")
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
        # The releases were saved from a DataParallel wrapper.
        net.load_state_dict({name.removeprefix("module."): v for name, v in state.items()})
    except (RuntimeError, pickle.UnpicklingError, AttributeError, EOFError) as error:
        raise WeightsDamaged(f"{weights}: no state dict of this RetinaFace") from error
