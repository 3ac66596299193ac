"""Weights files of the real formats with few channels, and a small real chain to evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import h5py
import numpy as np
import tflite
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

Floats = NDArray[np.float32]


def write_mobilenet(path: Path) -> Path:
    """A state dict of torchvision's MobileNetV2 with random weights."""
    torch.save(mobilenet_v2(weights=None).state_dict(), path)
    return path


def write_hed(path: Path, width: int = 4) -> Path:
    """A HED file whose thirteen convolutions have ``width`` channels."""
    rng = np.random.default_rng(0)
    inner = 3
    with h5py.File(path, "w") as file:
        for block, count in enumerate((2, 2, 3, 3, 3), 1):
            for number in range(count):
                name = "conv2d" + (f"_{number}" if number else "")
                group = file.create_group(f"block{block}/layers/{name}/vars")
                group["0"] = rng.normal(0, 0.3, (3, 3, inner, width)).astype(np.float32)
                group["1"] = rng.normal(0, 0.3, width).astype(np.float32)
                inner = width
    return path


class TfliteWriter:
    """Writes a small TFLite file operator by operator."""

    def __init__(self) -> None:
        self._b = flatbuffers.Builder(1 << 20)
        self._buffers = [self._end(tflite.BufferStart, tflite.BufferEnd)]
        self._tensors: list[int] = []
        self._operators: list[int] = []
        self._codes: list[int] = []

    def _end(self, start: Any, end: Any) -> int:
        start(self._b)
        return int(end(self._b))

    def _offsets(self, start: Any, items: Sequence[int]) -> int:
        start(self._b, len(items))
        for item in reversed(items):
            self._b.PrependUOffsetTRelative(item)
        return int(self._b.EndVector())

    def tensor(self, shape: Sequence[int], data: NDArray[Any] | None = None) -> int:
        """Add a tensor, constant if ``data`` is given; return its index."""
        b, buffer = self._b, 0
        if data is not None:
            vector = b.CreateByteVector(data.tobytes())
            tflite.BufferStart(b)
            tflite.BufferAddData(b, vector)
            self._buffers.append(tflite.BufferEnd(b))
            buffer = len(self._buffers) - 1
        dims = b.CreateNumpyVector(np.asarray(shape, np.int32))
        whole = data is not None and data.dtype == np.int32
        tflite.TensorStart(b)
        tflite.TensorAddShape(b, dims)
        tflite.TensorAddType(b, tflite.TensorType.INT32 if whole else tflite.TensorType.FLOAT32)
        tflite.TensorAddBuffer(b, buffer)
        self._tensors.append(tflite.TensorEnd(b))
        return len(self._tensors) - 1

    def constant(self, data: NDArray[Any]) -> int:
        """Add a constant tensor."""
        return self.tensor(data.shape, data)

    def operator(
        self, name: str, inputs: Sequence[int], shape: Sequence[int], **options: int
    ) -> int:
        """Add an operator; return the index of its output of ``shape``."""
        b, code = self._b, getattr(tflite.BuiltinOperator, name)
        if code not in self._codes:
            self._codes.append(code)
        kind = _OPTIONS[name]
        getattr(tflite, f"{kind}Start")(b)
        for key, value in options.items():
            getattr(tflite, f"{kind}Add{key}")(b, value)
        table = getattr(tflite, f"{kind}End")(b)
        output = self.tensor(shape)
        ins = b.CreateNumpyVector(np.asarray(inputs, np.int32))
        outs = b.CreateNumpyVector(np.asarray([output], np.int32))
        tflite.OperatorStart(b)
        tflite.OperatorAddOpcodeIndex(b, self._codes.index(code))
        tflite.OperatorAddInputs(b, ins)
        tflite.OperatorAddOutputs(b, outs)
        tflite.OperatorAddBuiltinOptionsType(b, getattr(tflite.BuiltinOptions, kind))
        tflite.OperatorAddBuiltinOptions(b, table)
        self._operators.append(tflite.OperatorEnd(b))
        return output

    def finish(self, source: int, outputs: Sequence[int]) -> bytes:
        """Close the file."""
        b = self._b
        tensors = self._offsets(tflite.SubGraphStartTensorsVector, self._tensors)
        operators = self._offsets(tflite.SubGraphStartOperatorsVector, self._operators)
        ins = b.CreateNumpyVector(np.asarray([source], np.int32))
        outs = b.CreateNumpyVector(np.asarray(outputs, np.int32))
        tflite.SubGraphStart(b)
        tflite.SubGraphAddTensors(b, tensors)
        tflite.SubGraphAddInputs(b, ins)
        tflite.SubGraphAddOutputs(b, outs)
        tflite.SubGraphAddOperators(b, operators)
        graph = tflite.SubGraphEnd(b)
        codes = []
        for code in self._codes:
            tflite.OperatorCodeStart(b)
            tflite.OperatorCodeAddDeprecatedBuiltinCode(b, code)
            tflite.OperatorCodeAddBuiltinCode(b, code)
            codes.append(tflite.OperatorCodeEnd(b))
        parts = (
            self._offsets(tflite.ModelStartOperatorCodesVector, codes),
            self._offsets(tflite.ModelStartSubgraphsVector, [graph]),
            self._offsets(tflite.ModelStartBuffersVector, self._buffers),
        )
        tflite.ModelStart(b)
        tflite.ModelAddVersion(b, 3)
        tflite.ModelAddOperatorCodes(b, parts[0])
        tflite.ModelAddSubgraphs(b, parts[1])
        tflite.ModelAddBuffers(b, parts[2])
        b.Finish(tflite.ModelEnd(b), b"TFL3")
        return bytes(b.Output())


_OPTIONS = {
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "PRELU": "AddOptions",  # it has none; an empty table does
    "ADD": "AddOptions",
    "PAD": "PadOptions",
    "MAX_POOL_2D": "Pool2DOptions",
}
SAME, VALID, RELU = 0, 1, 1


@dataclass(frozen=True)
class MeshWeights:
    """The weights of a small landmark network, channels last as TFLite keeps them."""

    stem: Floats
    stem_bias: Floats
    depth: Floats
    depth_bias: Floats
    slope: Floats
    points: Floats
    points_bias: Floats
    flag: Floats
    flag_bias: Floats

    @staticmethod
    def random() -> MeshWeights:
        """Small random weights."""
        rng = np.random.default_rng(0)

        def draw(*shape: int) -> Floats:
            return rng.normal(0, 0.2, shape).astype(np.float32)

        return MeshWeights(
            stem=draw(4, 3, 3, 3),
            stem_bias=draw(4),
            depth=draw(1, 3, 3, 4),
            depth_bias=draw(4),
            slope=draw(1, 1, 4),
            points=draw(1404, 6, 6, 6),
            points_bias=draw(1404) * 100 + 96,
            flag=draw(1, 6, 6, 6),
            flag_bias=np.full(1, 3, np.float32),
        )


def write_mesh(path: Path, weights: MeshWeights) -> Path:
    """A network with every kind of operator that the real one has."""
    w = TfliteWriter()
    source = w.tensor((1, 192, 192, 3))
    stride = {"StrideH": 4, "StrideW": 4}
    one = {"StrideH": 1, "StrideW": 1}
    stem = (source, w.constant(weights.stem), w.constant(weights.stem_bias))
    x = w.operator(
        "CONV_2D", stem, (1, 48, 48, 4), Padding=SAME, FusedActivationFunction=RELU, **stride
    )
    depth = (x, w.constant(weights.depth), w.constant(weights.depth_bias))
    y = w.operator("DEPTHWISE_CONV_2D", depth, (1, 48, 48, 4), Padding=SAME, **one)
    y = w.operator("PRELU", (y, w.constant(weights.slope)), (1, 48, 48, 4))
    x = w.operator("ADD", (x, y), (1, 48, 48, 4))
    pool = {"StrideH": 8, "StrideW": 8, "FilterHeight": 8, "FilterWidth": 8}
    x = w.operator("MAX_POOL_2D", (x,), (1, 6, 6, 4), Padding=SAME, **pool)
    amounts = w.constant(np.array([[0, 0], [0, 0], [0, 0], [0, 2]], np.int32))
    x = w.operator("PAD", (x, amounts), (1, 6, 6, 6))
    points = (x, w.constant(weights.points), w.constant(weights.points_bias))
    flag = (x, w.constant(weights.flag), w.constant(weights.flag_bias))
    outputs = (
        w.operator("CONV_2D", points, (1, 1, 1, 1404), Padding=VALID, **one),
        w.operator("CONV_2D", flag, (1, 1, 1, 1), Padding=VALID, **one),
    )
    path.write_bytes(w.finish(source, outputs))
    return path


@dataclass(frozen=True)
class SmallOutput:
    image: Tensor
    z_lq: Tensor
    z_aligned: Tensor
    z_restored: Tensor


class SmallChain(nn.Module):
    """A lossless orthogonal patch code as VAE; as adapter, a filter that blurs or sharpens."""

    def __init__(self, amount: float) -> None:
        """Mix the input with its blurred version: 0 leaves it, below 0 sharpens it."""
        super().__init__()
        self.amount = amount
        generator = torch.Generator().manual_seed(0)
        basis, _ = torch.linalg.qr(torch.randn(192, 192, generator=generator))
        self.down = nn.Conv2d(3, 192, 8, 8, bias=False)
        self.up = nn.ConvTranspose2d(192, 3, 8, 8, bias=False)
        self.down.weight.data = basis.reshape(192, 3, 8, 8)
        self.up.weight.data = basis.reshape(192, 3, 8, 8)
        self.requires_grad_(False)

    def encode(self, x: Tensor) -> Tensor:
        z: Tensor = self.down(x)
        return z

    def decode(self, z: Tensor) -> Tensor:
        x: Tensor = self.up(z)
        return x

    def forward(self, x: Tensor) -> SmallOutput:
        blurred = nn.functional.avg_pool2d(x, 9, 1, 4, count_include_pad=False)
        z = self.encode(torch.lerp(x, blurred, self.amount))
        return SmallOutput(self.decode(z), self.encode(x), z, z)
