"""A photograph in halved levels, cut into tiles: what is drawn costs what is seen.

NumPy and OpenCV are imported where they are used, off the GUI thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtGui import QImage

from lafr_desktop.views.photo.values import Rectangle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """(H, W, 3) RGB or (H, W, 1) grey, sRGB."""

TILE: Final = 512
_SMALLEST: Final = 256
_STRIP: Final = 512  # rows worked on between two looks at whether to stop; even


class Tile(NamedTuple):
    """Names a tile of a pyramid."""

    level: int
    column: int
    row: int


class TilePyramid:
    """A photograph in levels, each half as large as the one before it.

    Pixel i of a level covers pixels 2i and 2i + 1 of the level before; at an odd edge the last
    one covers a single pixel. The arrays are read from any thread and never written to.

    Args:
        levels: uint8 (H, W, C) each, the photograph itself first.
    """

    def __init__(self, levels: list[Pixels]) -> None:
        self._levels = levels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the photograph."""
        return self.level_size(0)

    def __len__(self) -> int:
        return len(self._levels)

    def level_size(self, level: int) -> tuple[int, int]:
        """Return width and height of a level."""
        height, width = self._levels[level].shape[:2]
        return width, height

    def rectangle(self, tile: Tile) -> Rectangle:
        """Return what a tile covers, in pixels of its level."""
        width, height = self.level_size(tile.level)
        x, y = tile.column * TILE, tile.row * TILE
        return x, y, min(x + TILE, width), min(y + TILE, height)

    def tiles(self, level: int, part: Rectangle) -> Iterator[Tile]:
        """Name the tiles that meet a rectangle of a level, row by row."""
        width, height = self.level_size(level)
        x0, y0, x1, y1 = max(part[0], 0), max(part[1], 0), min(part[2], width), min(part[3], height)
        for row in range(y0 // TILE, math.ceil(y1 / TILE)):
            for column in range(x0 // TILE, math.ceil(x1 / TILE)):
                yield Tile(level, column, row)

    def pixels(self, level: int, part: Rectangle) -> Pixels:
        """Return a view of a rectangle of a level, uint8 (H, W, C)."""
        x0, y0, x1, y1 = part
        return self._levels[level][y0:y1, x0:x1]


def build_pyramid(pixels: Pixels, stop: Callable[[], bool]) -> TilePyramid | None:
    """Halve a photograph until it is small.

    Args:
        pixels: uint8 (H, W, 3) or (H, W, 1), sRGB; kept, not copied.
        stop: Asked again and again; true gives up.

    Returns:
        None if it was stopped.
    """
    levels = [pixels]
    while max(levels[-1].shape[:2]) > _SMALLEST:
        smaller = _halved(levels[-1], stop)
        if smaller is None:
            return None
        levels.append(smaller)
    return TilePyramid(levels)


def _halved(pixels: Pixels, stop: Callable[[], bool]) -> Pixels | None:
    import numpy as np

    height, width, channels = pixels.shape
    result = np.empty(((height + 1) // 2, (width + 1) // 2, channels), dtype=np.uint8)
    for top in range(0, height, _STRIP):
        if stop():
            return None
        part = halve(pixels[top : top + _STRIP])
        result[top // 2 : top // 2 + len(part)] = part
    return result


def halve(values: NDArray[Any]) -> NDArray[Any]:
    """Average blocks of 2 x 2; odd edges are repeated first. Keeps type and axes."""
    import cv2
    import numpy as np

    height, width = values.shape[:2]
    if height % 2 or width % 2:
        edges = [(0, height % 2), (0, width % 2), (0, 0)][: values.ndim]
        values = np.pad(values, edges, mode="edge")
    size = (width + 1) // 2, (height + 1) // 2
    smaller = cv2.resize(np.ascontiguousarray(values), size, interpolation=cv2.INTER_AREA)
    return smaller.reshape(size[1], size[0], *values.shape[2:])


def to_image(pixels: Pixels) -> QImage:
    """Copy uint8 (H, W, 3 or 1) into an image of the format that is drawn fastest."""
    import numpy as np

    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    flat = np.ascontiguousarray(pixels)
    image = QImage(flat.data, width, height, width * channels, kind)
    return image.convertToFormat(QImage.Format.Format_RGB32)
