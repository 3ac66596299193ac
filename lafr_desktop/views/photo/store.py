"""The tiles that are ready to be drawn; the others are made off the GUI thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from lafr_desktop.background import Background
from lafr_desktop.views.photo.compose import Share, compose
from lafr_desktop.views.photo.tiles import Tile, TilePyramid, to_image

_BUDGET: Final = 256 * 1024 * 1024
_BATCH: Final = 8


class _Order(NamedTuple):
    tile: Tile
    shares: tuple[Share, ...]


class _Ready(NamedTuple):
    shares: tuple[Share, ...]
    image: QImage


class TileStore(QObject):
    """Gives tiles at once where it has them, and orders the others.

    Signals:
        arrived: A list of the tiles that came in.
        failed: Why tiles could not be made, as a sentence.
        crashed: An error that nobody expected.
    """

    arrived = Signal(object)
    failed = Signal(str)
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None, budget: int = _BUDGET) -> None:
        super().__init__(parent)
        self._budget = budget
        self._background = Background(self)
        self._background.crashed.connect(self.crashed)
        self._pyramid: TilePyramid | None = None
        # By tile and whether faces change it; the least recently drawn first.
        self._ready: OrderedDict[tuple[Tile, bool], _Ready] = OrderedDict()
        self._bytes = 0
        self._wanted: dict[tuple[Tile, bool], _Order] = {}
        self._seen: set[tuple[Tile, bool]] = set()
        self._working = False

    @property
    def pyramid(self) -> TilePyramid | None:
        """The photograph whose tiles these are."""
        return self._pyramid

    @property
    def bytes(self) -> int:
        """What the tiles at hand weigh."""
        return self._bytes

    def set_pyramid(self, pyramid: TilePyramid | None) -> None:
        """Change the photograph; all tiles are forgotten."""
        self._background.drop()
        self._pyramid = pyramid
        self._ready.clear()
        self.forget_orders()
        self._bytes = 0
        self._working = False

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._background.at_rest

    def close(self) -> None:
        """Join the thread."""
        self._background.close()

    def find(self, tile: Tile, shares: Iterable[Share]) -> QImage | None:
        """Return a tile as it should be, else as it was a moment ago, else None.

        What is not as it should be is ordered; see :meth:`fetch`.

        Args:
            tile: Which; of the pyramid that is set.
            shares: The faces of the restored photograph; none for the original.
        """
        assert self._pyramid is not None
        part = self._pyramid.rectangle(tile)
        touching = tuple(each for each in shares if each.patch.touches(tile.level, part))
        key = tile, bool(touching)
        self._seen.add(key)
        ready = self._ready.get(key)
        if ready is None or ready.shares != touching:
            self._wanted[key] = _Order(tile, touching)
        if ready is None:
            ready = self._ready.get((tile, False))
        else:
            self._ready.move_to_end(key)
        return None if ready is None else ready.image

    def forget_orders(self) -> None:
        """Take back what was ordered and not begun: another part is looked at now."""
        self._wanted.clear()
        self._seen.clear()

    def fetch(self) -> None:
        """Begin on what was ordered, if nothing is in work."""
        if self._working or not self._wanted or self._pyramid is None:
            return
        self._working = True
        keys = list(self._wanted)[:_BATCH]
        orders = [self._wanted.pop(key) for key in keys]
        work = partial(_make, self._pyramid, orders, self._background.dropped)
        self._background.submit(work, partial(self._receive, orders), self.failed.emit)

    def _receive(self, orders: Sequence[_Order], images: Sequence[QImage]) -> None:
        self._working = False
        for order, image in zip(orders, images, strict=False):
            key = order.tile, bool(order.shares)
            old = self._ready.pop(key, None)
            self._bytes += image.sizeInBytes() - (old.image.sizeInBytes() if old else 0)
            self._ready[key] = _Ready(order.shares, image)
        self._make_room()
        self.fetch()
        self.arrived.emit([order.tile for order in orders])

    def _make_room(self) -> None:
        """Drop what was not drawn for longest. What is looked at stays, or it would come again."""
        for key in [each for each in self._ready if each not in self._seen]:
            if self._bytes <= self._budget:
                return
            self._bytes -= self._ready.pop(key).image.sizeInBytes()


def _make(pyramid: TilePyramid, orders: Sequence[_Order], stop: threading.Event) -> list[QImage]:
    images = []
    for tile, shares in orders:
        if stop.is_set():
            break
        part = pyramid.rectangle(tile)
        pixels = pyramid.pixels(tile.level, part)
        if shares:
            pixels = compose(pixels, part[:2], tile.level, shares)
        images.append(to_image(pixels))
    return images
