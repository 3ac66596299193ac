"""What overlays need to know of the pane that they are painted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPalette

from lafr_desktop.views.photo.values import Box
from lafr_desktop.views.photo.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Frame:
    """A pane while it is painted. The painter's origin is the pane's left upper corner.

    Attributes:
        viewport: Where the photograph lies, in device pixels.
        ratio: Device pixels for one of the painter's.
        palette: The widget's colours.
        restored: Whether the pane shows the restored photograph, or a part of it.
        divider: From where on, counted from the pane's left in units of the painter.
    """

    viewport: Viewport
    ratio: float
    palette: QPalette
    restored: bool
    divider: float = 0.0

    def point(self, x: float, y: float) -> QPointF:
        """Carry a point of the photograph to the painter."""
        across, down = self.viewport.to_pane((x, y))
        return QPointF(across / self.ratio, down / self.ratio)

    def rect(self, box: Box) -> QRectF:
        """Carry a box of the photograph to the painter."""
        return QRectF(self.point(box[0], box[1]), self.point(box[2], box[3]))

    def length(self, pixels: float) -> float:
        """Carry a length of the photograph to the painter."""
        return pixels * self.viewport.scale / self.ratio


class Overlay(Protocol):
    """Something painted over the photograph."""

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint on a pane."""
