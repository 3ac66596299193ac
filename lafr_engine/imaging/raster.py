"""Pixels that stay in their file: read part by part, and changed in parts.

A `Raster` has of an array what the stages use: shape, type, slices, a copy that can be written in.
So the stages take a photograph that memory would not hold as they take any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.picture import Pixels

Rectangle = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in whole pixels; x1 and y1 lie outside."""

_BAND: Final = 1 << 23  # pixels looked at at once


class Source(Protocol):
    """Where a raster's pixels come from."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8 or uint16."""

    def read(self, rectangle: Rectangle) -> Pixels:
        """Return a new array of a part that lies inside."""


class Raster:
    """Pixels (H, W, C) that are read when they are asked for.

    What ``raster[y0:y1, x0:x1]`` gives of one that can be written in is a view, as an array's is:
    what is written into it stands. These parts are all that is held in memory.

    Attributes:
        source: Where the pixels come from.
        parts: What replaces them, the later over the earlier.
    """

    ndim: Final = 3

    def __init__(self, source: Source) -> None:
        """Begin with nothing read."""
        self.source = source
        self.parts: list[tuple[Rectangle, Pixels]] = []
        self._writeable = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8 or uint16."""
        return self.source.dtype

    def copy(self) -> Raster:
        """Return one that can be written in."""
        copied = Raster(self.source)
        copied.parts = [(rectangle, part.copy()) for rectangle, part in self.parts]
        copied.setflags(write=True)
        return copied

    def setflags(self, *, write: bool) -> None:
        """Say whether it can be written in."""
        self._writeable = write

    def __getitem__(self, key: tuple[slice, slice]) -> Pixels:
        """Return a part, or with steps every so manieth pixel of one."""
        (y0, y1, down), (x0, x1, across) = (
            part.indices(length) for part, length in zip(key, self.shape, strict=False)
        )
        if (down, across) != (1, 1):
            rows = [self._read((x0, y, x1, y + 1))[:, ::across] for y in range(y0, y1, down)]
            return np.concatenate(rows)
        part = self._read((x0, y0, max(x0, x1), max(y0, y1)))
        if self._writeable:
            self.parts.append(((x0, y0, x1, y1), part))
        return part

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Pixels:
        """Read the whole: for what a part does not help."""
        del copy
        height, width, _ = self.shape
        whole = self._read((0, 0, width, height))
        return whole if dtype is None else whole.astype(dtype)

    def is_changed(self, rectangle: Rectangle) -> bool:
        """Whether a part was written in, or may have been."""
        return any(_shared(rectangle, other) is not None for other, _ in self.parts)

    def _read(self, rectangle: Rectangle) -> Pixels:
        found = self.source.read(rectangle)
        x0, y0, _, _ = rectangle
        for other, part in self.parts:
            shared = _shared(rectangle, other)
            if shared is not None:
                a0, b0, a1, b1 = shared
                u0, v0 = other[:2]
                found[b0 - y0 : b1 - y0, a0 - x0 : a1 - x0] = part[
                    b0 - v0 : b1 - v0, a0 - u0 : a1 - u0
                ]
        return found


def overview(pixels: Pixels, factor: int) -> NDArray[np.uint8]:
    """Shrink a picture by a whole factor, for a detector, without having the whole in memory.

    Args:
        pixels: (H, W, 3 | 1) uint8 or uint16, an array or a raster.
        factor: So many pixels become one, in both directions; what is left over is cut off.

    Returns:
        uint8 (H // factor, W // factor, 3).
    """
    height, width = (length // factor for length in pixels.shape[:2])
    result = np.empty((height, width, 3), np.uint8)
    for y0, y1 in _bands(height, max(1, _BAND // (width * factor * factor))):
        band = pixels[y0 * factor : y1 * factor, 0 : width * factor]
        seen = band if band.dtype == np.uint8 else (band >> 8).astype(np.uint8)
        small = cv2.resize(seen, (width, y1 - y0), interpolation=cv2.INTER_AREA)
        result[y0:y1] = small.reshape(y1 - y0, width, -1)
    return result


def _bands(height: int, rows: int) -> Iterator[tuple[int, int]]:
    return ((y, min(y + rows, height)) for y in range(0, height, rows))


def _shared(one: Rectangle, other: Rectangle) -> Rectangle | None:
    x0, y0 = max(one[0], other[0]), max(one[1], other[1])
    x1, y1 = min(one[2], other[2]), min(one[3], other[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
