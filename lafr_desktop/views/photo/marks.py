"""What stands over the compared photographs: names of both sides, the divider, a scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPalette,
    QPen,
    QPolygonF,
)

_MARGIN: Final = 10.0
_KNOB: Final = 11.0
_SCALE: Final = 96.0


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
    _paint_plate(painter, palette, plate)
    painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), text)


def paint_scale(
    painter: QPainter,
    palette: QPalette,
    ends: tuple[str, str],
    colours: Sequence[QColor],
    corner: QPointF,
) -> None:
    """Paint a scale of colours with words at both ends, on a plate.

    Args:
        painter: Where to.
        palette: The widget's colours.
        ends: What the first colour and the last one mean.
        colours: In even steps; none: only the first word is painted.
        corner: The lower right corner of the area that it explains.
    """
    metrics = QFontMetricsF(painter.font())
    bar = _SCALE if colours else 0.0
    first, last = (metrics.horizontalAdvance(each) for each in ends)
    width, height = first + 16 + ((bar + 12 + last) if colours else 0), metrics.height() + 6
    plate = QRectF(corner.x() - _MARGIN - width, corner.y() - _MARGIN - height, width, height)
    _paint_plate(painter, palette, plate)
    inner, flags = plate.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter
    painter.drawText(inner, int(flags | Qt.AlignmentFlag.AlignLeft), ends[0])
    if not colours:
        return
    painter.drawText(inner, int(flags | Qt.AlignmentFlag.AlignRight), ends[1])
    place = QRectF(inner.left() + first + 6, plate.top() + 6, bar, height - 12)
    shades = QLinearGradient(place.topLeft(), place.topRight())
    for step, colour in enumerate(colours):
        shades.setColorAt(step / max(len(colours) - 1, 1), colour)
    painter.fillRect(place, shades)


def _paint_plate(painter: QPainter, palette: QPalette, plate: QRectF) -> None:
    """Paint the ground of words, and leave the painter with their colour."""
    ground = palette.color(QPalette.ColorRole.Window)
    ground.setAlpha(215)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, plate.height() / 2, plate.height() / 2)
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))


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
