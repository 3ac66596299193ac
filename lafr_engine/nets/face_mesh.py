"""MediaPipe's 468 face landmarks as a differentiable torch network, read from its TFLite file.

The graph is small (convolutions, PReLU, additions, paddings, max poolings), so each operator
becomes one torch module in channels-first layout and the file's own order of execution is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import tflite
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lafr_engine.errors import ConfigError, WeightsDamaged

LANDMARKS = 468
LEFT_EYE = (33, 133)
"""Outer and inner corner of the eye on the left of the picture."""
RIGHT_EYE = (362, 263)
"""Inner and outer corner of the eye on the right of the picture."""

_INPUT = 192
# The part of an FFHQ-aligned 512 px crop that the network expects to see: a face with a quarter
# of its size around it.
_WINDOW_512 = (46, 66, 466, 486)
_MIN_CROP = 64
_NONE, _RELU, _RELU6 = 0, 1, 3


class FaceMesh(nn.Module):
    """468 landmarks of an FFHQ-aligned face. Frozen, differentiable in its input."""

    def __init__(self, path: Path | str) -> None:
        """Read MediaPipe's ``face_landmark.tflite``.

        Raises:
            WeightsDamaged: If the file is not that network.
        """
        super().__init__()
        try:
            graph = _Reader(Path(path).read_bytes()).graph()
        except (OSError, struct.error, ValueError, KeyError, IndexError, TypeError) as error:
            raise WeightsDamaged(f"{path}: not the face landmark network ({error})") from error
        self.layers = nn.ModuleList([step.layer for step in graph.steps])
        self._routes = [(step.inputs, step.output) for step in graph.steps]
        self._source = graph.source
        self._outputs = graph.outputs
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode whatever ``mode`` says."""
        return super().train(False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Find the landmarks.

        Args:
            x: RGB (B, 3, S, S) in [-1, 1], S at least 64: faces aligned to the FFHQ template
                scaled from 512 to S.

        Returns:
            Landmarks (B, 468, 3) in pixels of ``x`` (x right, y down, pixel centres at integers;
            z is depth relative to the head's centre, negative toward the camera, same scale), and
            the probability (B,) that there is a face.

        Raises:
            ConfigError: If the crops are not square or too small.
        """
        left, top, right, bottom = _window(x)
        window = x[:, :, top:bottom, left:right]
        small = F.interpolate(window, (_INPUT, _INPUT), mode="bilinear", antialias=True)
        points, logit = self._run((small + 1) / 2)
        scale = x.new_tensor([right - left, bottom - top, right - left]) / _INPUT
        # The network counts from the upper left corner of the picture, we from the first pixel's
        # centre: half a pixel apart.
        origin = x.new_tensor([left - 0.5, top - 0.5, 0.0])
        landmarks = points.reshape(-1, LANDMARKS, 3) * scale + origin
        return landmarks, logit.reshape(-1).sigmoid()

    def _run(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Apply the graph to (B, 3, 192, 192) in [0, 1]; landmarks and face logit, unshaped."""
        values: dict[int, Tensor] = {self._source: x}
        for layer, (inputs, output) in zip(self.layers, self._routes, strict=True):
            values[output] = layer(*(values[index] for index in inputs))
        return values[self._outputs[0]], values[self._outputs[1]]


def inter_ocular(landmarks: Tensor) -> Tensor:
    """Distance (B,) between the centres of the eyes of landmarks (B, 468, 2 or 3), in the plane."""
    left = landmarks[:, LEFT_EYE, :2].mean(1)
    right = landmarks[:, RIGHT_EYE, :2].mean(1)
    distance: Tensor = (left - right).norm(dim=1)
    return distance


def _window(x: Tensor) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the network's window in square crops (B, 3, S, S)."""
    height, width = x.shape[-2:]
    if height != width or width < _MIN_CROP:
        raise ConfigError(f"a face crop must be square and over {_MIN_CROP} px: {width}x{height}")
    left, top, right, bottom = (round(edge * width / 512) for edge in _WINDOW_512)
    return left, top, right, bottom


@dataclass(frozen=True)
class _Step:
    """One operator: ``values[output] = layer(*values[inputs])``."""

    layer: nn.Module
    inputs: tuple[int, ...]
    output: int


@dataclass(frozen=True)
class _Graph:
    """Steps in order of execution, and the tensors where data enter and leave."""

    steps: tuple[_Step, ...]
    source: int
    outputs: tuple[int, int]


class _Add(nn.Module):
    """Sum of two tensors."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class _ChannelPad(nn.Module):
    """Zeros appended to the channels of (B, C, H, W)."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (0, 0, 0, 0, 0, self.count))


class _Reader:
    """Turns a TFLite flat buffer into torch modules; knows the operators of this network only."""

    def __init__(self, data: bytes) -> None:
        self.model = tflite.Model.GetRootAsModel(data, 0)
        self.subgraph = self.model.Subgraphs(0)
        op = tflite.BuiltinOperator
        self.builders: dict[int, Callable[[Any], nn.Module]] = {
            op.CONV_2D: self._conv,
            op.DEPTHWISE_CONV_2D: self._depthwise,
            op.PRELU: self._prelu,
            op.ADD: self._add,
            op.PAD: self._pad,
            op.MAX_POOL_2D: self._max_pool,
        }

    def graph(self) -> _Graph:
        """All operators; outputs sorted so that the landmarks come first."""
        operators = (self.subgraph.Operators(i) for i in range(self.subgraph.OperatorsLength()))
        steps = tuple(self._step(operator) for operator in operators)
        outputs = {self._size(index): int(index) for index in self.subgraph.OutputsAsNumpy()}
        source = int(self.subgraph.Inputs(0))
        return _Graph(steps, source, (outputs[3 * LANDMARKS], outputs[1]))

    def _step(self, operator: Any) -> _Step:
        layer = self.builders[self._code(operator)](operator)
        inputs = [int(index) for index in operator.InputsAsNumpy()]
        inputs = [index for index in inputs if not self._is_constant(index)]
        return _Step(layer, tuple(inputs), int(operator.Outputs(0)))

    def _code(self, operator: Any) -> int:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        return int(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))

    def _shape(self, index: int) -> tuple[int, ...]:
        return tuple(int(n) for n in self.subgraph.Tensors(index).ShapeAsNumpy())

    def _size(self, index: int) -> int:
        return int(np.prod(self._shape(index)))

    def _is_constant(self, index: int) -> bool:
        buffer = self.model.Buffers(self.subgraph.Tensors(index).Buffer())
        return bool(buffer.DataLength())

    def _constant(self, index: int) -> Tensor:
        """Constant tensor ``index``: float32 or int32 in the file's own (channels-last) shape."""
        tensor = self.subgraph.Tensors(index)
        kind = {tflite.TensorType.FLOAT32: "<f4", tflite.TensorType.INT32: "<i4"}[tensor.Type()]
        data = self.model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
        return torch.from_numpy(np.frombuffer(data, kind).reshape(self._shape(index)).copy())

    def _conv(self, operator: Any) -> nn.Module:
        options = _options(operator, tflite.Conv2DOptions)
        kernel = self._constant(operator.Inputs(1)).permute(0, 3, 1, 2)
        return self._convolution(operator, options, kernel, groups=1)

    def _depthwise(self, operator: Any) -> nn.Module:
        options = _options(operator, tflite.DepthwiseConv2DOptions)
        kernel = self._constant(operator.Inputs(1)).permute(3, 0, 1, 2)
        return self._convolution(operator, options, kernel, groups=kernel.shape[0])

    def _convolution(self, operator: Any, options: Any, kernel: Tensor, groups: int) -> nn.Module:
        """Build padding, convolution and fused activation for a kernel (out, in, h, w)."""
        out, inner, high, wide = kernel.shape
        stride = (options.StrideH(), options.StrideW())
        conv = nn.Conv2d(inner * groups, out, (high, wide), stride, groups=groups)
        bias = self._constant(operator.Inputs(2))
        conv.load_state_dict({"weight": kernel.contiguous(), "bias": bias})
        padding = self._padding(operator, options, (high, wide), stride)
        layers = [nn.ZeroPad2d(padding), conv] if any(padding) else [conv]
        return nn.Sequential(*layers, *_activation(options.FusedActivationFunction()))

    def _padding(
        self, operator: Any, options: Any, kernel: tuple[int, int], stride: tuple[int, int]
    ) -> tuple[int, int, int, int]:
        """Left, right, top, bottom of TensorFlow's SAME padding, or zeros for VALID."""
        if options.Padding() == tflite.Padding.VALID:
            return (0, 0, 0, 0)
        _, height, width, _ = self._shape(operator.Inputs(0))
        top, bottom = _same(height, kernel[0], stride[0])
        left, right = _same(width, kernel[1], stride[1])
        return (left, right, top, bottom)

    def _prelu(self, operator: Any) -> nn.Module:
        slope = self._constant(operator.Inputs(1)).flatten()
        layer = nn.PReLU(slope.numel())
        layer.load_state_dict({"weight": slope})
        return layer

    def _add(self, operator: Any) -> nn.Module:
        options = _options(operator, tflite.AddOptions)
        if options.FusedActivationFunction() != _NONE:
            raise ValueError("an addition with an activation")
        return _Add()

    def _pad(self, operator: Any) -> nn.Module:
        amounts = self._constant(operator.Inputs(1)).tolist()
        if amounts[:3] != [[0, 0]] * 3 or amounts[3][0] != 0:
            raise ValueError(f"padding {amounts} is not at the end of the channels")
        return _ChannelPad(amounts[3][1])

    def _max_pool(self, operator: Any) -> nn.Module:
        options = _options(operator, tflite.Pool2DOptions)
        kernel = (options.FilterHeight(), options.FilterWidth())
        stride = (options.StrideH(), options.StrideW())
        if any(self._padding(operator, options, kernel, stride)):
            raise ValueError("a max pooling that needs padding")
        return nn.MaxPool2d(kernel, stride)


def _options(operator: Any, kind: type) -> Any:
    """Read the operator's options as ``kind``."""
    options, table = kind(), operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options


def _same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding before and after one axis; the odd pixel goes after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _activation(code: int) -> list[nn.Module]:
    """Translate TFLite's code of a fused activation into zero or one module."""
    known: dict[int, list[nn.Module]] = {_NONE: [], _RELU: [nn.ReLU()], _RELU6: [nn.ReLU6()]}
    return known[code]
