"""facexlib's ParseNet: what each pixel of an aligned face is (skin, eye, hair, glasses, ...).

Its weights do not ship with the program: whoever has the file lays it into the model store. It is
read by path and pinned hash, never fetched from here, and facexlib is imported only on demand.
"""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from lafr_engine.errors import WeightsDamaged, WeightsMissing
from lafr_engine.faces.mask import Labels

_SIDE: Final = 512
_CLASSES: Final = 19


def available() -> bool:
    """Tell whether facexlib's code for ParseNet is there.

    Frozen programs go without it: it was taken from PSFR-GAN, whose licence is non-commercial.
    """
    return importlib.util.find_spec("facexlib.parsing") is not None


class FaceParser:
    """ParseNet, filled and ready."""

    def __init__(self, weights: Path, sha256: str, device: str = "cpu") -> None:
        """Build facexlib's network and fill it.

        Args:
            weights: A state dict, as facexlib's release v0.2.2 holds it.
            sha256: What the file must hash to, in hexadecimal.
            device: Where torch runs it.

        Raises:
            WeightsMissing: There is no such file.
            WeightsDamaged: Its hash differs, or it is no state dict of this network.
        """
        from facexlib.parsing.parsenet import ParseNet

        self._device = device
        self._net: Any = ParseNet(in_size=_SIDE, out_size=_SIDE, parsing_ch=_CLASSES)
        _fill(self._net, weights, sha256)
        self._net.eval().to(device)

    def __call__(self, crop: NDArray[np.float32]) -> Labels:
        """Label an aligned crop.

        Where a graphics card has too little memory, the CPU does this face and all that follow.

        Args:
            crop: float32 (512, 512, 3), sRGB in [0, 1].

        Returns:
            uint8 (512, 512), one of the 19 classes of `lafr_engine.faces.mask.Part`.
        """
        planes = torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1)))
        try:
            return self._labels(planes)
        except torch.OutOfMemoryError:
            if self._device == "cpu":
                raise
        self._device = "cpu"
        self._net.to("cpu")
        return self._labels(planes)

    @torch.inference_mode()
    def _labels(self, planes: torch.Tensor) -> Labels:
        seen = (planes[None].to(self._device) - 0.5) / 0.5
        scores = self._net(seen)[0][0]
        return scores.argmax(dim=0).to(torch.uint8).cpu().numpy()  # type: ignore[no-any-return]  # torch's numpy() is untyped


def _fill(net: Any, weights: Path, sha256: str) -> None:
    try:
        data = weights.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"{weights}: ParseNet's weights cannot be read") from error
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise WeightsDamaged(f"{weights}: the sha256 is not the pinned one")
    try:
        net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    except (RuntimeError, pickle.UnpicklingError, AttributeError, EOFError) as error:
        raise WeightsDamaged(f"{weights}: no state dict of this ParseNet") from error
