"""The restored photograph: the original and what each face changes in it.

A preview holds its whole rectangle, and rectangles of neighbours overlap; so it is the change
that is added, and a face never covers what its neighbour became. For a single face
this is ``(1 - w) original + w preview`` with ``w = strength (1 - keep)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from lafr_desktop.views.photo.tiles import halve
from lafr_desktop.views.photo.values import Rectangle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lafr_desktop.views.photo.tiles import Pixels


class _Halvings:
    """An array over a rectangle of the photograph, and its halved levels, made when asked for.

    Halved blocks lie on the pyramid's own grid: the array is padded to it.
    For one thread.
    """

    def __init__(self, values: NDArray[Any], corner: tuple[int, int]) -> None:
        self._levels = [(corner, values)]

    def at(self, level: int) -> tuple[tuple[int, int], NDArray[Any]]:
        """Return the left upper corner in pixels of a level, and the values from there on."""
        import numpy as np

        while len(self._levels) <= level:
            (x, y), values = self._levels[-1]
            odd = (x % 2, y % 2)
            edges = [(odd[1], 0), (odd[0], 0), (0, 0)][: values.ndim]
            padded = np.pad(values, edges) if any(odd) else values
            self._levels.append(((x // 2, y // 2), halve(padded)))
        return self._levels[level]


class Patch:
    """What restoring a face changes at full strength, at every level of a pyramid.

    Args:
        rectangle: The part of the photograph.
        change: int16 (H, W, 3) of the rectangle's size: restored minus original.
    """

    def __init__(self, rectangle: Rectangle, change: NDArray[np.int16]) -> None:
        self.rectangle = rectangle
        self._halvings = _Halvings(change, rectangle[:2])

    @classmethod
    def between(cls, original: Pixels, restored: Pixels, rectangle: Rectangle) -> Patch:
        """Take the change from one uint8 (H, W, 3 or 1) to another of the same size."""
        import numpy as np

        return cls(rectangle, restored.astype(np.int16) - original)

    def at(self, level: int) -> tuple[tuple[int, int], NDArray[np.int16]]:
        """Return corner and change in pixels of a level."""
        return self._halvings.at(level)

    def touches(self, level: int, part: Rectangle) -> bool:
        """Whether the face changes anything in a rectangle of a level."""
        x0, y0, x1, y1 = self.rectangle
        size = 1 << level
        a0, b0, a1, b1 = (each * size for each in part)
        return x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1


class KeepMask:
    """Where a face keeps its original, at every level of a pyramid.

    Args:
        image: Grayscale8 of the size of the face's rectangle; must not be painted on later.
        corner: Left upper corner of the rectangle.
    """

    def __init__(self, image: QImage, corner: tuple[int, int]) -> None:
        self.image = image
        self.corner = corner
        self._halvings: _Halvings | None = None

    def at(self, level: int) -> tuple[tuple[int, int], NDArray[np.uint8]]:
        """Return corner and mask, uint8 (H, W), in pixels of a level."""
        if self._halvings is None:
            self._halvings = _Halvings(grey_array(self.image), self.corner)
        return self._halvings.at(level)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a patch is taken. Shares of the same patch, strength and mask are equal.

    Attributes:
        patch: The change.
        strength: 0 to 1.
        keep: Where the original stays; None: nowhere.
    """

    patch: Patch
    strength: float
    keep: KeepMask | None = None


def compose(base: Pixels, corner: tuple[int, int], level: int, shares: Sequence[Share]) -> Pixels:
    """Add what faces change to a part of the original.

    Args:
        base: uint8 (H, W, 3) or (H, W, 1), a part of the level; not changed.
        corner: Its left upper corner in pixels of the level.
        level: Which level of the pyramid.
        shares: The faces.

    Returns:
        uint8 (H, W, 3): the sum, each value rounded once.
    """
    import numpy as np

    height, width = base.shape[:2]
    total = np.broadcast_to(base, (height, width, 3)).astype(np.float32)
    for share in shares:
        _add(total, corner, level, share)
    np.rint(total, out=total)
    np.clip(total, 0.0, 255.0, out=total)
    return total.astype(np.uint8)


def _add(total: NDArray[np.float32], corner: tuple[int, int], level: int, share: Share) -> None:
    (px, py), change = share.patch.at(level)
    height, width = total.shape[:2]
    x0, x1 = max(px - corner[0], 0), min(px + change.shape[1] - corner[0], width)
    y0, y1 = max(py - corner[1], 0), min(py + change.shape[0] - corner[1], height)
    if x0 >= x1 or y0 >= y1:
        return
    rows = slice(y0 + corner[1] - py, y1 + corner[1] - py)
    columns = slice(x0 + corner[0] - px, x1 + corner[0] - px)
    part = change[rows, columns] * _float32(share.strength)
    if share.keep is not None:
        kept = share.keep.at(level)[1][rows, columns]
        part *= 1.0 - kept[..., None] * _float32(1 / 255)
    total[y0:y1, x0:x1] += part


def _float32(value: float) -> np.float32:
    """Keep a product with an integer array in 32 bits."""
    import numpy as np

    return np.float32(value)


def grey_array(image: QImage) -> NDArray[np.uint8]:
    """Copy a Grayscale8 image to uint8 (H, W)."""
    import numpy as np

    stride = image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), stride)
    return rows[:, : image.width()].copy()
