"""Draws a photograph from its tiles, whatever of them is there."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from lafr_desktop.views.photo.compose import Share
from lafr_desktop.views.photo.loading import Overview
from lafr_desktop.views.photo.store import TileStore
from lafr_desktop.views.photo.tiles import Tile
from lafr_desktop.views.photo.values import Box, Rectangle
from lafr_desktop.views.photo.viewport import Viewport

_NEAREST_ABOVE = 3.0


class Drawing:
    """A photograph that can be drawn: a small copy first, tiles once they are there.

    Attributes:
        overview: The small copy; None while there is no photograph.
        shares: What the restored photograph takes from which face.
        store: The tiles.
    """

    def __init__(self, store: TileStore) -> None:
        self.store = store
        self.overview: Overview | None = None
        self.shares: tuple[Share, ...] = ()

    def paint(self, painter: QPainter, viewport: Viewport, part: QRect, restored: bool) -> None:
        """Draw a part of a pane, in device pixels.

        Args:
            painter: Its origin is the pane's left upper corner, its unit a device pixel.
            viewport: Where the photograph lies.
            part: What to draw; the photograph may not fill it.
            restored: The restored photograph, or the original.
        """
        if self.overview is None:
            return
        part = part.intersected(_place(viewport, _edges((0, 0, *viewport.picture), 0)))
        if part.isEmpty():
            return
        painter.save()
        painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
        smooth = viewport.scale <= _NEAREST_ABOVE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        if self.store.pyramid is None:
            self._draw_overview(painter, viewport, part)
        else:
            self._draw_tiles(painter, viewport, part, restored)
        painter.restore()

    def place(self, viewport: Viewport, tile: Tile) -> QRect:
        """Return where a tile is drawn; neighbours meet without a gap."""
        assert self.store.pyramid is not None
        return _place(viewport, _edges(self.store.pyramid.rectangle(tile), tile.level))

    def _draw_tiles(
        self, painter: QPainter, viewport: Viewport, part: QRect, restored: bool
    ) -> None:
        pyramid = self.store.pyramid
        assert pyramid is not None
        level = viewport.level(len(pyramid))
        for tile in pyramid.tiles(level, _seen(viewport, part, level)):
            image = self.store.find(tile, self.shares if restored else ())
            place = self.place(viewport, tile)
            if image is None:
                self._draw_overview(painter, viewport, place.intersected(part))
            else:
                _draw(painter, image, place, place.intersected(part))

    def _draw_overview(self, painter: QPainter, viewport: Viewport, part: QRect) -> None:
        assert self.overview is not None
        whole = _place(viewport, _edges((0, 0, *viewport.picture), 0))
        _draw(painter, self.overview.image, whole, part)


def _edges(part: Rectangle, level: int) -> Box:
    """Carry whole pixels of a level to the photograph's edges between its pixels."""
    size = 1 << level
    return (
        part[0] * size - 0.5,
        part[1] * size - 0.5,
        part[2] * size - 0.5,
        part[3] * size - 0.5,
    )


def _seen(viewport: Viewport, part: QRect, level: int) -> Rectangle:
    """Return the pixels of a level that a part of the pane shows."""
    size = 1 << level
    left, top = viewport.to_picture((part.left(), part.top()))
    right, bottom = viewport.to_picture((part.right() + 1, part.bottom() + 1))
    return (
        math.floor((left + 0.5) / size),
        math.floor((top + 0.5) / size),
        math.ceil((right + 0.5) / size),
        math.ceil((bottom + 0.5) / size),
    )


def _place(viewport: Viewport, box: Box) -> QRect:
    """Carry a box to whole device pixels; boxes that share an edge do so there too."""
    left, top = viewport.to_pane((box[0], box[1]))
    right, bottom = viewport.to_pane((box[2], box[3]))
    x0, y0, x1, y1 = (math.floor(each + 0.5) for each in (left, top, right, bottom))
    return QRect(x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))


def _draw(painter: QPainter, image: QImage, place: QRect, part: QRect) -> None:
    """Draw a part of an image that fills a place; what lies outside costs nothing."""
    if part.isEmpty():
        return
    across, down = image.width() / place.width(), image.height() / place.height()
    left = max(math.floor((part.left() - place.left()) * across) - 1, 0)
    top = max(math.floor((part.top() - place.top()) * down) - 1, 0)
    right = min(math.ceil((part.right() + 1 - place.left()) * across) + 1, image.width())
    bottom = min(math.ceil((part.bottom() + 1 - place.top()) * down) + 1, image.height())
    source = QRectF(left, top, right - left, bottom - top)
    target = QRectF(
        place.left() + left / across,
        place.top() + top / down,
        source.width() / across,
        source.height() / down,
    )
    painter.drawImage(target, image, source)
