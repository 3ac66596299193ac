"""dlib's face recognition network (``dlib_face_recognition_resnet_model_v1.dat``) in torch.

A ResNet of 29 convolutions by Davis King (CC0). The affine layers that dlib keeps after each
convolution are folded into it, so what runs here is convolutions, ReLU and pooling, frozen and
differentiable with respect to the picture.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing

CHIP_SIDE: Final = 150
EMBEDDING_SIZE: Final = 128

_SIDE: Final = 512
# The part of a 512 x 512 FFHQ crop that dlib's own alignment would show: top, bottom, left, right.
_WINDOW: Final = (133.0, 486.0, 82.0, 435.0)
_MEAN: Final = (122.782, 117.001, 104.298)
# Width of each level and the strides of its blocks, from the picture to the embedding.
_LEVELS: Final = (
    (32, (1, 1, 1)),
    (64, (2, 1, 1, 1)),
    (128, (2, 1, 1)),
    (256, (2, 1, 1)),
    (256, (2,)),
)
# Between two tensors dlib writes only layer names and learning rates.
_LARGEST_GAP: Final = 512


def face_chip(crops: Tensor) -> Tensor:
    """Cut the window that `DlibFace` looks at out of aligned faces; differentiable.

    Args:
        crops: (B, 3, S, S) RGB in [-1, 1], aligned to the FFHQ template of side S. Any S will do:
            the window scales with it.

    Returns:
        (B, 3, 150, 150) RGB in 0..255, filtered against aliasing, not clipped.

    Raises:
        ConfigError: The crops are not square RGB.
    """
    if crops.ndim != 4 or crops.shape[1] != 3 or crops.shape[2] != crops.shape[3]:
        raise ConfigError("a face chip is cut from square RGB crops (B, 3, S, S)")
    size = crops.shape[-1]
    top, bottom, left, right = _WINDOW
    rows = _resampler(size, top, bottom).to(crops)
    columns = _resampler(size, left, right).to(crops)
    return (rows @ crops @ columns.T + 1.0) * 127.5


@lru_cache(maxsize=32)
@torch.inference_mode(mode=False)  # what is kept may be asked for again in training
def _resampler(size: int, start: float, stop: float) -> Tensor:
    """Return the (150, size) matrix of a triangle filter over the window start..stop of 512."""
    step = (stop - start) / CHIP_SIDE * size / _SIDE
    centres = start * size / _SIDE + step * (torch.arange(CHIP_SIDE, dtype=torch.float64) + 0.5)
    cells = torch.arange(size, dtype=torch.float64) + 0.5
    reach = max(step, 1.0)
    weights = (1.0 - (cells[None] - centres[:, None]).abs() / reach).clamp(min=0.0)
    return (weights / weights.sum(dim=1, keepdim=True)).float()


class DlibFace(nn.Module):
    """Face chips to embeddings. Its parameters are frozen; gradients reach the picture."""

    def __init__(self, path: Path) -> None:
        """Read the network.

        Args:
            path: dlib's ``.dat`` file.

        Raises:
            WeightsMissing: There is no such file.
            WeightsDamaged: The file does not hold this network.
        """
        super().__init__()
        tensors = _Tensors(path)
        self.stem = _conv(tensors, 3, 32, size=7, stride=2)
        self.blocks = nn.ModuleList()
        width = 32
        for wide, strides in _LEVELS:
            for stride in strides:
                self.blocks.append(_Block(tensors, width, wide, stride))
                width = wide
        last = tensors.take((width, EMBEDDING_SIZE, 1, 1)).reshape(width, EMBEDDING_SIZE)
        self.project = nn.Parameter(torch.from_numpy(last))
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(requires_grad=False).eval()

    mean: Tensor

    def forward(self, chips: Tensor) -> Tensor:
        """Embed faces.

        Args:
            chips: (B, 3, 150, 150) RGB in 0..255, as `face_chip` cuts them.

        Returns:
            (B, 128). The same person lies within about 0.6 (Euclid). Before taking a cosine,
            subtract the mean embedding, or strangers sit at .84.
        """
        x = F.max_pool2d(F.relu(self.stem((chips - self.mean) / 256.0)), 3, 2)
        for block in self.blocks:
            x = block(x)
        return x.mean(dim=(2, 3)) @ self.project


class _Block(nn.Module):
    """Two convolutions beside a shortcut; stride 2 halves the picture and may widen it."""

    def __init__(self, tensors: _Tensors, width: int, wide: int, stride: int) -> None:
        super().__init__()
        self.first = _conv(tensors, width, wide, size=3, stride=stride)
        self.second = _conv(tensors, wide, wide, size=3, stride=1)
        self.halve = stride == 2

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H', W')."""
        y = self.second(F.relu(self.first(x)))
        return F.relu(_add(y, F.avg_pool2d(x, 2, 2) if self.halve else x))


def _add(a: Tensor, b: Tensor) -> Tensor:
    """Add as dlib does: the smaller of the two counts as zero where it ends."""
    shape = [max(m, n) for m, n in zip(a.shape[1:], b.shape[1:], strict=True)]
    return _pad(a, shape) + _pad(b, shape)


def _pad(x: Tensor, shape: list[int]) -> Tensor:
    channels, height, width = (want - have for want, have in zip(shape, x.shape[1:], strict=True))
    return F.pad(x, (0, width, 0, height, 0, channels))


def _conv(tensors: _Tensors, width: int, wide: int, *, size: int, stride: int) -> nn.Conv2d:
    """Build a convolution out of dlib's next two tensors: its own and the affine one's."""
    count = wide * width * size * size
    own = tensors.take((count + wide, 1, 1, 1))
    gamma, beta = tensors.take((2 * wide, 1, 1, 1)).reshape(2, wide)
    # dlib pads only the convolutions that do not stride.
    conv = nn.Conv2d(width, wide, size, stride, padding=0 if stride > 1 else size // 2)
    weight = own[:count].reshape(wide, width, size, size) * gamma[:, None, None, None]
    conv.weight = nn.Parameter(torch.from_numpy(weight))
    conv.bias = nn.Parameter(torch.from_numpy(own[count:] * gamma + beta))
    return conv


class _Tensors:
    """Walks through a dlib file, from one tensor of known shape to the next.

    dlib writes integers as a length byte and little-endian bytes; a tensor as version 2, its four
    dimensions and float32 values, the dimensions of a convolution being (all parameters, 1, 1, 1).
    """

    def __init__(self, path: Path) -> None:
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise WeightsMissing(f"{path}: the identity network cannot be read") from error
        self._path = path
        self._at = 0

    def take(self, shape: tuple[int, int, int, int]) -> NDArray[np.float32]:
        header = b"".join(map(_integer, (2, *shape)))
        found = self._data.find(header, self._at)
        start, count = found + len(header), int(np.prod(shape))
        if found < 0 or (self._at and found - self._at > _LARGEST_GAP):
            raise WeightsDamaged(f"{self._path}: not dlib's face recognition network")
        if start + 4 * count > len(self._data):
            raise WeightsDamaged(f"{self._path}: the file ends too early")
        self._at = start + 4 * count
        return np.frombuffer(self._data, "<f4", count, start).astype(np.float32)


def _integer(value: int) -> bytes:
    body = value.to_bytes((value.bit_length() + 7) // 8, "little")
    return bytes([len(body)]) + body
