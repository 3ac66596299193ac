"""What happens between pressing a mouse button on the photograph and letting it go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QPointF

from lafr_desktop.views.photo.boxes import BoxLayer, Grip, dragged, spanned
from lafr_desktop.views.photo.brush import BrushLayer, KeepMasks
from lafr_desktop.views.photo.canvas import Canvas
from lafr_desktop.views.photo.values import Box, ShownFace

_THRESHOLD: Final = 3.0  # of the widget's pixels: less is a click that trembled
SMALLEST_FACE: Final = 8.0  # pixels of the photograph


class Drag(Protocol):
    """A press that is being dragged. Points are the widget's."""

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""

    def finish(self) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Escape was pressed: leave everything as it was."""


class PanDrag:
    """Moves the photograph."""

    def __init__(self, canvas: Canvas, start: QPointF) -> None:
        self._canvas, self._last = canvas, start

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""
        step, self._last = point - self._last, point
        self._canvas.pan(step.x(), step.y())

    def finish(self) -> None:
        """Stay here."""

    def cancel(self) -> None:
        """Stay here: a place that was looked at is no change."""


class DividerDrag:
    """Moves the divider of the slider."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._before = canvas, canvas.divider

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""
        self._canvas.set_divider(point.x() / max(self._canvas.width(), 1))

    def finish(self) -> None:
        """Stay here."""

    def cancel(self) -> None:
        """Go back."""
        self._canvas.set_divider(self._before)


class BoxDrag:
    """Moves or resizes the selected face's box."""

    def __init__(
        self,
        canvas: Canvas,
        layer: BoxLayer,
        held: tuple[ShownFace, Grip, QPointF],
        moved: Callable[[int, Box], None],
    ) -> None:
        self._canvas, self._layer, self._moved = canvas, layer, moved
        self._face, self._grip, self._start = held
        self._box: Box | None = None

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""
        picture, way = self._canvas.picture, point - self._start
        if picture is None or (self._box is None and way.manhattanLength() < _THRESHOLD):
            return
        pixel = self._canvas.frame_at(self._start).length(1.0)
        across, down = way.x() / pixel, way.y() / pixel
        self._box = dragged(self._face.box, self._grip, across, down, picture)
        self._layer.move_selected(self._box)
        self._canvas.update()

    def finish(self) -> None:
        """Tell of the new box."""
        if self._box is not None:
            self._moved(self._face.id, self._box)

    def cancel(self) -> None:
        """Put the box back."""
        self._layer.move_selected(None)
        self._canvas.update()


class DrawDrag:
    """Draws the box of a missed face."""

    def __init__(
        self, canvas: Canvas, layer: BoxLayer, start: QPointF, drawn: Callable[[Box], None]
    ) -> None:
        self._canvas, self._layer, self._drawn = canvas, layer, drawn
        self._start = canvas.to_picture(start)
        self._layer.draft = None

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""
        picture = self._canvas.picture
        if picture is not None:
            self._layer.draft = spanned(self._start, self._canvas.to_picture(point), picture)
            self._canvas.update()

    def finish(self) -> None:
        """Tell of the box, unless it is too small to be meant."""
        box = self._layer.draft
        self.cancel()
        if box is not None and min(box[2] - box[0], box[3] - box[1]) >= SMALLEST_FACE:
            self._drawn(box)

    def cancel(self) -> None:
        """Forget the box."""
        self._layer.draft = None
        self._canvas.update()


class StrokeDrag:
    """Paints with the keep-original brush."""

    def __init__(
        self,
        canvas: Canvas,
        strokes: tuple[BrushLayer, KeepMasks],
        face: int,
        erase: bool,
        changed: Callable[[int, bool], None],
    ) -> None:
        self._canvas, self._face, self._erase, self._changed = canvas, face, erase, changed
        self._layer, self._masks = strokes
        self._masks.begin(face)

    def start(self, point: QPointF) -> None:
        """Paint the first dab."""
        self._layer.cursor = self._canvas.to_picture(point)
        self.move(point)

    def move(self, point: QPointF) -> None:
        """Follow the pointer."""
        before = self._layer.cursor or self._canvas.to_picture(point)
        self._layer.cursor = self._canvas.to_picture(point)
        self._masks.paint(self._face, (before, self._layer.cursor), self._layer.brush, self._erase)
        self._changed(self._face, False)

    def finish(self) -> None:
        """Tell of the stroke."""
        self._changed(self._face, True)

    def cancel(self) -> None:
        """Take the stroke back."""
        self._masks.cancel(self._face)
        self._changed(self._face, False)
