"""Line icons, drawn in code: sharp at any size, in the colour of the text around them.

Each is a short text on a grid of 24 x 24, read as SVG paths are::

    M x y          go there            L x y      a line
    C x1 y1 x2 y2 x y   a curve        Z          close
    A cx cy r from sweep   an arc, in degrees, counted against the clock from the right
    O cx cy r      a circle            R x y w h r   a rectangle with round corners
    D cx cy r      a full disc
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import ClassVar, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)

_GRID: Final = 24.0
_LINE: Final = 1.7


class Icon(StrEnum):
    """The icons, each with its drawing."""

    IMPORT = "M 12 4 L 12 15 M 7.5 10.5 L 12 15 L 16.5 10.5 M 4 15 L 4 20 L 20 20 L 20 15"
    EXPORT = "M 12 15 L 12 4 M 7.5 8.5 L 12 4 L 16.5 8.5 M 4 15 L 4 20 L 20 20 L 20 15"
    FOLDER = "M 3 19 L 3 5.5 L 9 5.5 L 11.5 8 L 21 8 L 21 19 Z"
    PHOTOS = (
        "R 3 6 14 14 2 M 7 3 L 18 3 C 20 3 21 4 21 6 L 21 16 M 3 17 L 8 12 L 12 16 L 14 14 L 17 17"
    )
    ALBUM = "R 4 3 16 18 2 M 8 3 L 8 21 O 14 9.5 2.3 M 10.5 16 C 11 13 17 13 17.5 16"
    RESTORE = (
        "M 10 3.5 C 10.8 9 12 10.2 17.5 11 C 12 11.8 10.8 13 10 18.5 C 9.2 13 8 11.8 2.5 11"
        " C 8 10.2 9.2 9 10 3.5 Z M 18 15 L 18 21 M 15 18 L 21 18"
    )
    REVIEW = (
        "R 3 4 18 16 2 O 9 10.5 2.3 M 5.5 17 C 6 13.5 12 13.5 12.5 17 M 15 11 L 16.5 12.5 L 19 9"
    )
    ACCEPT = "M 4.5 12.5 L 10 18 L 20 6.5"
    REJECT = "M 5.5 5.5 L 18.5 18.5 M 18.5 5.5 L 5.5 18.5"
    UNDO = "M 8.5 4.5 L 4 9 L 8.5 13.5 M 4 9 L 14 9 C 22 9 22 19.5 14 19.5 L 8 19.5"
    REDO = "M 15.5 4.5 L 20 9 L 15.5 13.5 M 20 9 L 10 9 C 2 9 2 19.5 10 19.5 L 16 19.5"
    SETTINGS = (
        "M 3 6 L 12 6 M 18 6 L 21 6 O 15 6 2.5 M 3 12 L 5 12 M 11 12 L 21 12 O 8 12 2.5"
        " M 3 18 L 13 18 M 19 18 L 21 18 O 16 18 2.5"
    )
    MODELS = (
        "M 12 3 L 20 7.5 L 20 16.5 L 12 21 L 4 16.5 L 4 7.5 Z M 4 7.5 L 12 12 L 20 7.5"
        " M 12 12 L 12 21"
    )
    INFO = "O 12 12 9 M 12 11 L 12 16.5 D 12 7.6 1.2"
    WARNING = "M 12 4 L 21.5 20 L 2.5 20 Z M 12 10 L 12 14.5 D 12 17.2 1.1"
    HELP = "O 12 12 9 M 9 9.8 C 9 5.5 15.4 5.8 15 9.8 C 14.8 11.8 12 11.8 12 14 D 12 17 1.1"
    PAUSE = "M 8 5 L 8 19 M 16 5 L 16 19"
    PLAY = "M 7 4.5 L 19 12 L 7 19.5 Z"
    STOP = "R 5.5 5.5 13 13 1.5"
    DRAW = (
        "M 3 8 L 3 3 L 8 3 M 16 3 L 21 3 L 21 8 M 3 16 L 3 21 L 8 21 M 16 12 L 16 21"
        " M 11.5 16.5 L 20.5 16.5"
    )
    BRUSH = (
        "M 20.5 3.5 C 17 5 12.5 9 10 12.5 L 12.5 15 C 16 12 19.5 7.5 20.5 3.5 Z"
        " M 10 12.5 C 6 12.5 6.5 17.5 3.5 19.5 C 8 21.5 12.5 20 12.5 15"
    )
    SEED = "R 4 4 16 16 3 D 8.5 8.5 1.4 D 15.5 8.5 1.4 D 12 12 1.4 D 8.5 15.5 1.4 D 15.5 15.5 1.4"
    NOT_A_FACE = "O 12 12 9 M 5.7 5.7 L 18.3 18.3 D 9 9.2 1 D 15.4 9.2 1"
    FACE = "O 12 12 9 D 8.8 10 1.2 D 15.2 10 1.2 M 8 15 C 10 17.2 14 17.2 16 15"
    COMPARE_SLIDER = (
        "R 3 5 18 14 2 M 12 2.5 L 12 21.5 M 8.5 9.8 L 6.3 12 L 8.5 14.2"
        " M 15.5 9.8 L 17.7 12 L 15.5 14.2"
    )
    COMPARE_SIDES = "R 3 5 8 14 1.5 R 13 5 8 14 1.5"
    COMPARE_FLICKER = (
        "R 3 3 12 12 2"
        " M 18 9 L 19 9 C 20.4 9 21 9.6 21 11 L 21 19"
        " C 21 20.4 20.4 21 19 21 L 11 21 C 9.6 21 9 20.4 9 19 L 9 18"
    )
    ZOOM_IN = "O 10.5 10.5 6.5 M 15.3 15.3 L 21 21 M 10.5 7.5 L 10.5 13.5 M 7.5 10.5 L 13.5 10.5"
    ZOOM_OUT = "O 10.5 10.5 6.5 M 15.3 15.3 L 21 21 M 7.5 10.5 L 13.5 10.5"
    ZOOM_FIT = (
        "M 3 9 L 3 3 L 9 3 M 15 3 L 21 3 L 21 9 M 21 15 L 21 21 L 15 21"
        " M 9 21 L 3 21 L 3 15 R 8 8 8 8 1"
    )
    PREVIOUS = "M 15 4.5 L 7.5 12 L 15 19.5"
    NEXT = "M 9 4.5 L 16.5 12 L 9 19.5"
    BACK = "M 10.5 5 L 3.5 12 L 10.5 19 M 3.5 12 L 20.5 12"
    RETRY = "A 12 12 8 60 290 M 16.2 1.8 L 16 5.1 L 19.3 5.4"
    DELETE = (
        "M 4 6.5 L 20 6.5 M 9 6.5 L 9 3.5 L 15 3.5 L 15 6.5 M 6 6.5 L 7 20.5 L 17 20.5 L 18 6.5"
    )
    LIST = "D 4.5 6 1.2 D 4.5 12 1.2 D 4.5 18 1.2 M 9 6 L 21 6 M 9 12 L 21 12 M 9 18 L 21 18"


def icon(which: Icon) -> QIcon:
    """Return an icon that follows the palette: text, greyed where disabled, white on a choice."""
    return QIcon(LineIcon(which))


class LineIcon(QIconEngine):
    """Draws one of the icons whenever it is asked for, at the size that is asked for."""

    # Qt owns a copy that it asked for, but Python would delete it: the references stay here.
    _copies: ClassVar[list[LineIcon]] = []

    def __init__(self, which: Icon) -> None:
        super().__init__()
        self._which = which
        self._lines, self._discs = _paths(which)

    def clone(self) -> QIconEngine:
        """Return the same icon again."""
        copy = LineIcon(self._which)
        self._copies.append(copy)
        return copy

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it in the middle of the rectangle."""
        del state
        side = min(rect.width(), rect.height())
        colour = _colour(mode)
        pen = QPen(colour, _LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).center())
        painter.scale(side / _GRID, side / _GRID)
        painter.translate(-_GRID / 2, -_GRID / 2)
        painter.strokePath(self._lines, pen)
        painter.fillPath(self._discs, colour)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw it on nothing."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def _colour(mode: QIcon.Mode) -> QColor:
    """Return the text's colour of the palette that holds now."""
    palette = QGuiApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    chosen = mode == QIcon.Mode.Selected
    return palette.color(
        QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.ButtonText
    )


def _paths(text: str) -> tuple[QPainterPath, QPainterPath]:
    """Read a drawing: what is stroked, and what is filled."""
    lines, discs = QPainterPath(), QPainterPath()
    words = iter(text.split())
    for command in words:
        target = discs if command == "D" else lines
        count, add = _COMMANDS[command]
        add(target, *_numbers(words, count))
    return lines, discs


def _numbers(words: Iterator[str], count: int) -> list[float]:
    return [float(next(words)) for _ in range(count)]


def _arc(path: QPainterPath, cx: float, cy: float, r: float, begin: float, sweep: float) -> None:
    square = QRectF(cx - r, cy - r, 2 * r, 2 * r)
    path.arcMoveTo(square, begin)
    path.arcTo(square, begin, sweep)


def _circle(path: QPainterPath, cx: float, cy: float, r: float) -> None:
    path.addEllipse(QPointF(cx, cy), r, r)


def _rectangle(path: QPainterPath, x: float, y: float, w: float, h: float, r: float) -> None:
    path.addRoundedRect(x, y, w, h, r, r)


_COMMANDS: Final[dict[str, tuple[int, Callable[..., None]]]] = {
    "M": (2, QPainterPath.moveTo),
    "L": (2, QPainterPath.lineTo),
    "C": (6, QPainterPath.cubicTo),
    "Z": (0, QPainterPath.closeSubpath),
    "A": (5, _arc),
    "O": (3, _circle),
    "D": (3, _circle),
    "R": (5, _rectangle),
}
