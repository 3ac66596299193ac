"""Paints a photograph of the grid: thumbnail, name, badge, and the rings of choice and focus."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lafr_desktop.models.photos import Badge, PhotoRole, badge_of, badge_text
from lafr_desktop.views.style_option import faint, font_of, palette_of, rect_of, state_of
from lafr_engine.album.values import Photo

Index = QModelIndex | QPersistentModelIndex

MARGIN: Final = 12  # of the thumbnail within its cell
_GAP: Final = 8
_RADIUS: Final = 8.0
_MOST_PIXMAPS: Final = 200
_CELL_RADIUS: Final = 12.0
_PILL_PADDING: Final = 7.0
_GLYPH: Final = 10.0
_LIGHT: Final = {
    Badge.NEW: ("#e8e9ec", "#54585f"),
    Badge.WORKING: ("#dfe9f8", "#1d4f96"),
    Badge.REVIEW: ("#1d5fb4", "#ffffff"),
    Badge.HELD: ("#fcebc8", "#6f4700"),
    Badge.DONE: ("#dcf0e1", "#17602f"),
    Badge.FAILED: ("#fbdedb", "#98201a"),
    Badge.MISSING: ("#ece4f3", "#5d3a80"),
}
_DARK: Final = {
    Badge.NEW: ("#474a52", "#d2d5da"),
    Badge.WORKING: ("#20334f", "#a3c6f5"),
    Badge.REVIEW: ("#8ab4f2", "#0c2444"),
    Badge.HELD: ("#493610", "#f5cc7d"),
    Badge.DONE: ("#1c3d27", "#93dba8"),
    Badge.FAILED: ("#4f211e", "#ffaea6"),
    Badge.MISSING: ("#3c2d4c", "#d5b8ee"),
}
# On a grid of 10 x 10. Each badge has a shape of its own, so that none needs its colour.
_STROKES: Final[dict[Badge, tuple[tuple[tuple[float, float], ...], ...]]] = {
    Badge.NEW: (((5, 1), (5, 9)), ((1, 5), (9, 5))),
    Badge.WORKING: (((2, 1), (8, 1), (2, 9), (8, 9), (2, 1)),),
    Badge.REVIEW: (((1, 5), (5, 1), (9, 5), (5, 9), (1, 5)),),
    Badge.HELD: (((3, 1), (3, 9)), ((7, 1), (7, 9))),
    Badge.DONE: (((1, 5.5), (4, 8.5), (9, 1.5)),),
    Badge.FAILED: (((1.5, 1.5), (8.5, 8.5)), ((8.5, 1.5), (1.5, 8.5))),
    Badge.MISSING: (((2, 3), (3.5, 1), (6.5, 1), (8, 3), (5, 5.5), (5, 6.5)), ((5, 9), (5, 9.2))),
}


def badge_colours(badge: Badge, palette: QPalette) -> tuple[QColor, QColor]:
    """Return ground and text of a badge that fit the palette; at least 4.5 to 1 apart."""
    dark = palette.color(QPalette.ColorRole.Base).lightness() < 128
    ground, text = (_DARK if dark else _LIGHT)[badge]
    return QColor(ground), QColor(text)


@dataclass(frozen=True, slots=True)
class CellSize:
    """How large a cell is for a side of its thumbnail and a font."""

    side: int
    name_height: int
    badge_height: int

    @classmethod
    def of(cls, side: int, font: QFont) -> CellSize:
        """Measure; all in logical pixels."""
        name = QFontMetricsF(font).height()
        badge = QFontMetricsF(_small(font)).height() + 6
        return cls(side, round(name), round(badge))

    @property
    def width(self) -> int:
        """The least width of a cell."""
        return self.side + 2 * MARGIN

    @property
    def height(self) -> int:
        """Its height."""
        return self.side + 2 * MARGIN + self.name_height + self.badge_height + _GAP + 4


class PhotoDelegate(QStyledItemDelegate):
    """Paints the cells; all colours but the badges' come from the palette."""

    def __init__(self, cell: CellSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cell = cell
        self._pixmaps: dict[tuple[object, ...], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the same size for all."""
        del option, index
        return QSize(self.cell.width, self.cell.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        photo = index.data(PhotoRole.PHOTO)
        if not isinstance(photo, Photo):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = rect_of(option).adjusted(3, 3, -3, -3)
        self._paint_ground(painter, option, cell)
        square = QRectF(0, 0, self.cell.side, self.cell.side)
        square.moveCenter(QPointF(cell.center().x(), cell.top() + self.cell.side / 2 + MARGIN - 3))
        self._paint_picture(painter, option, square, index)
        below = QRectF(cell.left() + 8, square.bottom() + _GAP, cell.width() - 16, 0)
        self._paint_name(painter, option, below, photo)
        self._paint_badge(painter, option, below, photo)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRectF) -> None:
        """Paint what says chosen, under the mouse, or in focus."""
        state, palette = state_of(option), palette_of(option)
        accent = palette.color(QPalette.ColorRole.Accent)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(accent, 2))
            painter.setBrush(faint(accent, 48))
            painter.drawRoundedRect(cell, _CELL_RADIUS, _CELL_RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(palette.color(QPalette.ColorRole.Text), 16))
            painter.drawRoundedRect(cell, _CELL_RADIUS, _CELL_RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = cell.adjusted(3, 3, -3, -3)
            painter.drawRoundedRect(inner, _CELL_RADIUS - 3, _CELL_RADIUS - 3)

    def _paint_picture(
        self, painter: QPainter, option: QStyleOptionViewItem, square: QRectF, index: Index
    ) -> None:
        image = index.data(PhotoRole.THUMBNAIL)
        if isinstance(image, QImage):
            _paint_thumbnail(painter, square, image)
            return
        area = QRectF(0, 0, square.width(), square.width() * 0.75)
        area.moveCenter(square.center())
        inner_area = QRectF(QPointF(), area.size())
        palette, broken = palette_of(option), index.data(PhotoRole.PROBLEM) is not None
        picture = self._painted(
            painter,
            (broken, palette.cacheKey(), area.size().toTuple()),
            area.size(),
            lambda inner: _paint_placeholder(inner, inner_area, palette, broken),
        )
        painter.drawPixmap(area.topLeft(), picture)

    def _painted(
        self,
        painter: QPainter,
        key: tuple[object, ...],
        size: QSizeF,
        paint: Callable[[QPainter], None],
    ) -> QPixmap:
        """Return what was painted once: there are few badges, and shapes cost more than copies."""
        ratio = painter.device().devicePixelRatioF()
        known = self._pixmaps.get((*key, ratio))
        if known is not None:
            return known
        if len(self._pixmaps) >= _MOST_PIXMAPS:
            self._pixmaps.clear()
        pixmap = QPixmap((size * ratio).toSize().expandedTo(QSize(1, 1)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        inner = QPainter(pixmap)
        inner.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(inner)
        inner.end()
        self._pixmaps[(*key, ratio)] = pixmap
        return pixmap

    def _paint_name(
        self, painter: QPainter, option: QStyleOptionViewItem, below: QRectF, photo: Photo
    ) -> None:
        line = QRectF(below.left(), below.top(), below.width(), self.cell.name_height)
        font = font_of(option)
        elided = QFontMetricsF(font).elidedText(
            photo.path.name, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.setFont(font)
        painter.setPen(palette_of(option).color(QPalette.ColorRole.Text))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)

    def _paint_badge(
        self, painter: QPainter, option: QStyleOptionViewItem, below: QRectF, photo: Photo
    ) -> None:
        badge, font = badge_of(photo), _small(font_of(option))
        metrics = QFontMetricsF(font)
        room = below.width() - 3 * _PILL_PADDING - _GLYPH
        words = metrics.elidedText(badge_text(photo), Qt.TextElideMode.ElideRight, room)
        width = math.ceil(metrics.horizontalAdvance(words) + _GLYPH + 2.6 * _PILL_PADDING)
        pill = QRectF(0, 0, width, self.cell.badge_height)
        colours = badge_colours(badge, palette_of(option))
        picture = self._painted(
            painter,
            (badge, words, colours[0].rgba(), font.key()),
            pill.size(),
            lambda inner: _paint_pill(inner, pill, _Pill(badge, words, font, *colours)),
        )
        left = round(below.center().x() - width / 2)
        painter.drawPixmap(QPointF(left, below.top() + self.cell.name_height + 4), picture)


@dataclass(frozen=True, slots=True)
class _Pill:
    badge: Badge
    words: str
    font: QFont
    ground: QColor
    ink: QColor


def _paint_pill(painter: QPainter, area: QRectF, pill: _Pill) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(pill.ground)
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    _paint_glyph(painter, pill.badge, pill.ink, QPointF(_PILL_PADDING, area.center().y()))
    painter.setFont(pill.font)
    painter.setPen(pill.ink)
    text = area.adjusted(1.6 * _PILL_PADDING + _GLYPH, 0, 0, 0)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), pill.words)


def _paint_thumbnail(painter: QPainter, square: QRectF, image: QImage) -> None:
    """Paint a picture into its square, one pixel of it on one of the screen where it fits."""
    ratio = painter.device().devicePixelRatioF()
    scale, exact = square.width() / max(image.width(), image.height()), 1 / ratio
    if exact <= scale < 1.7 * exact:  # a small picture, not one of a smaller zoom
        scale = exact
    size = QRectF(0, 0, image.width() * scale, image.height() * scale)
    size.moveCenter(square.center())
    size.moveTo(round(size.left() * ratio) / ratio, round(size.top() * ratio) / ratio)
    painter.drawImage(size, image)


def _paint_placeholder(painter: QPainter, area: QRectF, palette: QPalette, broken: bool) -> None:
    """Paint where a picture comes to be, or crossed out where none can be made."""
    text = palette.color(QPalette.ColorRole.Text)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(text, 16))
    painter.drawRoundedRect(area, _RADIUS, _RADIUS)
    if not broken:
        return
    painter.setPen(QPen(faint(text, 130), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = QRectF(0, 0, 36, 28)
    frame.moveCenter(area.center())
    painter.drawRoundedRect(frame, 4, 4)
    painter.drawLine(frame.bottomLeft() + QPointF(-5, 5), frame.topRight() + QPointF(5, -5))


def _paint_glyph(painter: QPainter, badge: Badge, ink: QColor, left: QPointF) -> None:
    path = QPainterPath()
    for line in _STROKES[badge]:
        path.moveTo(*line[0])
        for point in line[1:]:
            path.lineTo(*point)
    pen = QPen(ink, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.translate(left.x(), left.y() - _GLYPH / 2)
    painter.strokePath(path, pen)
    painter.restore()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * 0.88)
    else:
        small.setPixelSize(round(font.pixelSize() * 0.88))
    small.setWeight(QFont.Weight.Medium)
    return small
