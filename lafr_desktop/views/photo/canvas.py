"""The surface that the photograph is drawn on: tiles, compare modes, zoom and position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lafr_desktop.views.photo.compose import Share
from lafr_desktop.views.photo.drawing import Drawing
from lafr_desktop.views.photo.frame import Frame, Overlay
from lafr_desktop.views.photo.loading import Overview
from lafr_desktop.views.photo.marks import paint_divider, paint_label
from lafr_desktop.views.photo.store import TileStore
from lafr_desktop.views.photo.tiles import Tile, TilePyramid
from lafr_desktop.views.photo.values import Box, CompareMode
from lafr_desktop.views.photo.viewport import Point, Size, Viewport

_GAP: Final = 2  # device pixels between two panes
_FACE_SHARE: Final = 0.45  # of the pane, that a face fills when it is zoomed to


@dataclass(frozen=True, slots=True)
class Pane:
    """A part of the surface that shows the whole photograph once.

    Attributes:
        rect: Where it lies, in device pixels.
        restored: Whether it shows the restored photograph (beside the original, at a divider).
    """

    rect: QRect
    restored: bool


class Canvas(QWidget):
    """Draws a photograph. What the mouse and the keys do is not its business.

    Signals:
        zoom_changed: The new scale in device pixels for one of the photograph.
    """

    zoom_changed = Signal(float)

    def __init__(self, overlays: Sequence[Overlay], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = TileStore(self)
        self.store.arrived.connect(self._show_tiles)
        self.drawing = Drawing(self.store)
        self._overlays = tuple(overlays)
        self._viewport = Viewport((1, 1), (1, 1))
        self._fits = True
        self._mode = CompareMode.SLIDER
        self._divider = 0.5
        self._held = False
        self._message = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # -- what is shown

    @property
    def picture(self) -> Size | None:
        """Width and height of the photograph; None while there is none."""
        return None if self.drawing.overview is None else self._viewport.picture

    @property
    def mode(self) -> CompareMode:
        """How original and restored are shown."""
        return self._mode

    @property
    def divider(self) -> float:
        """Where the slider's divider is, from 0 at the left to 1 at the right."""
        return self._divider

    @property
    def viewport(self) -> Viewport:
        """Where the photograph lies in each pane."""
        return self._viewport

    def set_overview(self, overview: Overview | None, message: str = "") -> None:
        """Change the photograph, or say why there is none."""
        self.drawing.overview, self._message = overview, message
        self.store.set_pyramid(None)
        if overview is not None:
            size = overview.size.width(), overview.size.height()
            self._viewport = Viewport(size, self._viewport.pane)
        self._fits = True
        self._fit_panes()
        self.update()

    def set_pyramid(self, pyramid: TilePyramid) -> None:
        """Draw from tiles from now on."""
        self.store.set_pyramid(pyramid)
        self.update()

    def set_shares(self, shares: Sequence[Share]) -> None:
        """Change what the restored photograph takes from which face."""
        self.drawing.shares = tuple(shares)
        self.update()

    def set_mode(self, mode: CompareMode) -> None:
        """Change how original and restored are shown."""
        self._mode = mode
        self._fit_panes()
        self.update()

    def set_divider(self, share: float) -> None:
        """Move the slider's divider."""
        self._divider = min(max(share, 0.0), 1.0)
        self.update()

    def hold_original(self, held: bool) -> None:
        """Show the original everywhere, as long as it is held."""
        self._held = held
        self.update()

    # -- zoom and position

    def fit(self) -> None:
        """Show the whole photograph, after changes of the window's size as well."""
        self._fits = True
        self._go(self._viewport.fitted())

    def zoom(self, scale: float, about: QPointF | None = None) -> None:
        """Zoom, keeping what is under a point of the widget where it is."""
        self._fits = False
        pane_point = None if about is None else self._pane_point(about)
        self._go(self._viewport.zoomed(scale, pane_point))

    def pan(self, right: float, down: float) -> None:
        """Move the photograph by some of the widget's pixels."""
        self._fits = False
        ratio = self.devicePixelRatioF()
        self._go(self._viewport.moved(right * ratio, down * ratio))

    def zoom_to(self, box: Box) -> None:
        """Show a part of the photograph large, and divide it in its middle."""
        self._fits = False
        across, down = self._viewport.pane
        scale = _FACE_SHARE * min(across / (box[2] - box[0]), down / (box[3] - box[1]))
        centre = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        self._go(self._viewport.zoomed(scale).centred(centre))
        if self._mode is CompareMode.SLIDER:  # half of it is seen as it was, half restored
            self.set_divider(self.to_widget(centre).x() / max(self.width(), 1))

    def to_picture(self, point: QPointF) -> Point:
        """Carry a point of the widget to the photograph."""
        return self._viewport.to_picture(self._pane_point(point))

    def frame_at(self, point: QPointF) -> Frame:
        """Return the pane at a point of the widget, as overlays see it."""
        return self._frame(self._pane_at(point))

    def to_widget(self, point: Point) -> QPointF:
        """Carry a point of the photograph to the widget, in the pane of the restored one."""
        across, down = self._viewport.to_pane(point)
        corner, ratio = self.panes()[-1].rect.topLeft(), self.devicePixelRatioF()
        return QPointF((across + corner.x()) / ratio, (down + corner.y()) / ratio)

    def divider_x(self) -> float | None:
        """Return where the divider is drawn; None in other modes."""
        shown = self._mode is CompareMode.SLIDER and not self._held and self.picture is not None
        return self._divider * self.width() if shown else None

    def panes(self) -> list[Pane]:
        """Return the panes from left to right."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        if self._mode is not CompareMode.SIDE_BY_SIDE:
            restored = self._mode is not CompareMode.ORIGINAL
            return [Pane(QRect(0, 0, width, height), restored and not self._held)]
        half = max((width - _GAP) // 2, 1)
        return [
            Pane(QRect(0, 0, half, height), restored=False),
            Pane(QRect(width - half, 0, half, height), restored=not self._held),
        ]

    def _pane_at(self, point: QPointF) -> Pane:
        panes = self.panes()
        x = point.x() * self.devicePixelRatioF()
        return next((each for each in panes if x <= each.rect.right() + _GAP), panes[-1])

    def _pane_point(self, point: QPointF) -> Point:
        corner, ratio = self._pane_at(point).rect.topLeft(), self.devicePixelRatioF()
        return point.x() * ratio - corner.x(), point.y() * ratio - corner.y()

    def _frame(self, pane: Pane) -> Frame:
        ratio, divider = self.devicePixelRatioF(), self.divider_x() or 0.0
        return Frame(self._viewport, ratio, self.palette(), pane.restored, divider)

    def _fit_panes(self) -> None:
        rect = self.panes()[0].rect
        old = self._viewport
        pane = max(rect.width(), 1), max(rect.height(), 1)
        viewport = Viewport(old.picture, pane, old.scale, old.centre)
        self._go(viewport.fitted() if self._fits else viewport.bounded())

    def _go(self, viewport: Viewport) -> None:
        zooms = viewport.scale != self._viewport.scale
        self._viewport = viewport
        self.store.forget_orders()
        self.update()
        if zooms:
            self.zoom_changed.emit(viewport.scale)

    # -- events

    def sizeHint(self) -> QSize:
        """Ask for a fair share of the window."""
        return QSize(800, 600)

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        return QSize(160, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photograph fitted, or where it is."""
        super().resizeEvent(event)
        self._fit_panes()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what lies in the region that changed."""
        ratio = self.devicePixelRatioF()
        if self.panes()[0].rect.size() != QSize(*self._viewport.pane):  # another screen's ratio
            self._fit_panes()
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        clip = _scaled(event.rect(), ratio)
        painter.fillRect(clip, background(self.palette()))
        if self.drawing.overview is None:
            self._paint_message(painter, ratio)
        else:
            for pane in self.panes():
                self._paint_pane(painter, pane, clip, ratio)
            self.store.fetch()
            painter.scale(ratio, ratio)
            self._paint_marks(painter)
        painter.end()

    def _paint_message(self, painter: QPainter, ratio: float) -> None:
        painter.scale(ratio, ratio)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, int(flags), self._message)

    def _paint_pane(self, painter: QPainter, pane: Pane, clip: QRect, ratio: float) -> None:
        painter.save()
        painter.setClipRect(pane.rect)
        painter.translate(pane.rect.topLeft())
        seen = clip.intersected(pane.rect).translated(-pane.rect.topLeft())
        for part, restored in self._parts(pane):
            self.drawing.paint(painter, self._viewport, part.intersected(seen), restored)
        painter.scale(ratio, ratio)
        frame = self._frame(pane)
        for overlay in self._overlays:
            painter.save()
            overlay.paint(painter, frame)
            painter.restore()
        painter.restore()

    def _parts(self, pane: Pane) -> list[tuple[QRect, bool]]:
        """Split a pane at the divider: each part, and whether it is restored."""
        across, down = pane.rect.width(), pane.rect.height()
        if self.divider_x() is None:
            return [(QRect(0, 0, across, down), pane.restored)]
        at = round(self._divider * across)
        return [(QRect(0, 0, at, down), False), (QRect(at, 0, across - at, down), True)]

    def _paint_marks(self, painter: QPainter) -> None:
        """Name what is seen, and draw the divider."""
        names = self.tr("Original"), self.tr("Restored")
        x, width, palette = self.divider_x(), self.width(), self.palette()
        if x is None:
            for pane in self.panes():
                left = pane.rect.left() / self.devicePixelRatioF()
                paint_label(painter, palette, names[pane.restored], QPointF(left, 0), right=False)
            return
        for name, left, right in ((names[0], 0.0, x), (names[1], x, float(width))):
            painter.setClipRect(QRectF(left, 0, right - left, self.height()))
            edge = QPointF(0 if name == names[0] else width, 0)
            paint_label(painter, palette, name, edge, right=name != names[0])
        painter.setClipping(False)
        paint_divider(painter, palette, x, self.height())

    @Slot(object)
    def _show_tiles(self, tiles: Sequence[Tile]) -> None:
        ratio = self.devicePixelRatioF()
        for pane in self.panes():
            for tile in tiles:
                rect = self.drawing.place(self._viewport, tile).translated(pane.rect.topLeft())
                self.update(_scaled(rect.intersected(pane.rect), 1 / ratio))


def background(palette: QPalette) -> QColor:
    """Return the colour around the photograph: quieter than the window, dark or light as it is."""
    window = palette.color(QPalette.ColorRole.Window)
    return window.darker(112) if window.lightness() > 127 else window.darker(135)


def _scaled(rect: QRect, ratio: float) -> QRect:
    """Scale a rectangle, and grow it to whole pixels."""
    left, top = math.floor(rect.left() * ratio), math.floor(rect.top() * ratio)
    right = math.ceil((rect.right() + 1) * ratio)
    bottom = math.ceil((rect.bottom() + 1) * ratio)
    return QRect(QPoint(left, top), QPoint(right - 1, bottom - 1))
