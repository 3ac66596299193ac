"""What stands over the compared photographs: the names of both sides, the divider."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

_MARGIN: Final = 10.0
_KNOB: Final = 11.0


def paint_label(
    painter: QPainter, palette: QPalette, text: str, edge: QPointF, right: bool
) -> None:
    """Paint a name on a plate.

    Args:
        painter: Where to.
        palette: The widget's colours.
        text: The name.
        edge: The upper left corner, or the upper right one, of the area that it names.
        right: Whether ``edge`` is the right one.
    """
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 6
    left = edge.x() - _MARGIN - width if right else edge.x() + _MARGIN
    plate = QRectF(left, edge.y() + _MARGIN, width, height)
    ground = palette.color(QPalette.ColorRole.Window)
    ground.setAlpha(215)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, height / 2, height / 2)
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), text)


def paint_divider(painter: QPainter, palette: QPalette, x: float, height: float) -> None:
    """Paint the divider of the slider with its knob."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 130), 4.0))
    painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setPen(QPen(QColor("white"), 2.0))
    painter.drawLine(QPointF(x, 0), QPointF(x, height))
    middle = QPointF(x, height / 2)
    painter.setPen(QPen(QColor(0, 0, 0, 130), 1.0))
    painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
    painter.drawEllipse(middle, _KNOB, _KNOB)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.HighlightedText))
    for side in (-1.0, 1.0):
        arrow = [QPointF(side * 7, 0), QPointF(side * 2.5, -4), QPointF(side * 2.5, 4)]
        painter.drawPolygon(QPolygonF([middle + each for each in arrow]))
