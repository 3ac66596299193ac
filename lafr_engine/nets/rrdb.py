"""Real-ESRGAN x4plus, a super-resolution network: what restored faces are compared with.

Architecture: RRDBNet (Wang et al. 2018, ESRGAN, section 3.1; Wang et al. 2021, Real-ESRGAN, section
3.3), 23 blocks of 64 channels. The weights come in ncnn's format out of a package (see
``bundle/third_party.toml``); they are for comparisons only and do not ship.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from lafr_engine.errors import WeightsDamaged

_SLOPE, _SHARE = 0.2, 0.2
_HALF_PRECISION, _FULL_PRECISION = 0x01306B47, 0  # ncnn's tags before the weights of a layer


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees all before it."""

    def __init__(self, width: int, growth: int) -> None:
        """Build the convolutions."""
        super().__init__()
        outs = [growth] * 4 + [width]
        self.convs = nn.ModuleList(
            nn.Conv2d(width + index * growth, out, 3, padding=1) for index, out in enumerate(outs)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, H, W) to the same shape."""
        seen = [x]
        for conv in self.convs[:-1]:
            seen.append(F.leaky_relu(conv(torch.cat(seen, 1)), _SLOPE))
        out: Tensor = self.convs[-1](torch.cat(seen, 1)) * _SHARE + x
        return out


class ResidualDenseBlock(nn.Module):
    """Three dense blocks in a row, added to what came in."""

    def __init__(self, width: int, growth: int) -> None:
        """Build the blocks."""
        super().__init__()
        self.blocks = nn.Sequential(*(DenseBlock(width, growth) for _ in range(3)))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, H, W) to the same shape."""
        out: Tensor = self.blocks(x) * _SHARE + x
        return out


class RRDBNet(nn.Module):
    """Enlarges images four times."""

    def __init__(self, blocks: int = 23, width: int = 64, growth: int = 32) -> None:
        """Build the net with random weights."""
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*(ResidualDenseBlock(width, growth) for _ in range(blocks)))
        self.trunk, self.up1, self.up2, self.high = (
            nn.Conv2d(width, width, 3, padding=1) for _ in range(4)
        )
        self.last = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map RGB (B, 3, H, W) in [0, 1] to (B, 3, 4 H, 4 W), not clamped."""
        x = self.first(x)
        x = x + self.trunk(self.body(x))
        for conv in (self.up1, self.up2):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=2.0, mode="nearest")), _SLOPE)
        out: Tensor = self.last(F.leaky_relu(self.high(x), _SLOPE))
        return out


def load_rrdb(param: Path, weights: Path, net: RRDBNet | None = None) -> RRDBNet:
    """Load a net from ncnn's two files, frozen.

    Args:
        param: The layers, as text.
        weights: Their numbers.
        net: The shape; Real-ESRGAN x4plus where None.

    Raises:
        WeightsDamaged: The files do not hold that net.
    """
    net = RRDBNet() if net is None else net
    # Modules register in the order in which they run, as ncnn's file has them.
    convs = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    try:
        found = list(_read_ncnn(param.read_text(encoding="utf-8"), weights.read_bytes()))
        for conv, (kernel, bias) in zip(convs, found, strict=True):
            assert conv.bias is not None
            conv.weight.data.copy_(torch.from_numpy(kernel).view_as(conv.weight))
            conv.bias.data.copy_(torch.from_numpy(bias).view_as(conv.bias))
    except (OSError, ValueError, KeyError, IndexError, RuntimeError) as error:
        raise WeightsDamaged(f"{weights}: does not hold Real-ESRGAN x4plus ({error})") from error
    return net.eval().requires_grad_(False)


Array = NDArray[np.float32]


def _read_ncnn(param: str, data: bytes) -> Iterator[tuple[Array, Array]]:
    """Yield kernel and bias of each convolution; both flat, float32.

    A line reads: kind, name, number of inputs and of outputs, their names, then key=value with
    0 for the channels out and 6 for the size of the kernel (github.com/Tencent/ncnn, its wiki on
    the file format).
    """
    place = 0
    for line in param.splitlines()[2:]:
        words = line.split()
        if not words or words[0] != "Convolution":
            continue
        names = int(words[2]) + int(words[3])
        values = dict(word.split("=") for word in words[4 + names :])
        kernel, place = _kernel(data, place, int(values["6"]))
        count = int(values["0"])
        yield kernel, np.frombuffer(data, "<f4", count, place).copy()
        place += 4 * count
    if place != len(data):
        raise ValueError(f"{len(data) - place} bytes are left over")


def _kernel(data: bytes, place: int, count: int) -> tuple[Array, int]:
    """Return a kernel and where the next numbers begin; half precision is padded to 4 bytes."""
    tag = int.from_bytes(data[place : place + 4], "little")
    place += 4
    if tag == _HALF_PRECISION:
        kernel = np.frombuffer(data, "<f2", count, place).astype(np.float32)
        return kernel, place + (2 * count + 3) // 4 * 4
    if tag == _FULL_PRECISION:
        return np.frombuffer(data, "<f4", count, place).copy(), place + 4 * count
    raise ValueError(f"a layer is stored in an unknown way ({tag:#x})")
