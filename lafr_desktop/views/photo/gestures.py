"""What the mouse does on the photograph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from lafr_desktop.views.photo.boxes import BoxLayer
from lafr_desktop.views.photo.brush import BrushLayer, KeepMasks
from lafr_desktop.views.photo.canvas import Canvas
from lafr_desktop.views.photo.drags import (
    BoxDrag,
    DividerDrag,
    Drag,
    DrawDrag,
    PanDrag,
    StrokeDrag,
)
from lafr_desktop.views.photo.values import Box, Tool

_WHEEL_STEP: Final = 1.2
_DIVIDER_REACH: Final = 6.0
_KNOB_REACH: Final = 14.0
_PRESS: Final = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


@dataclass(frozen=True, slots=True)
class Stage:
    """The canvas and what lies over it.

    Attributes:
        canvas: Draws.
        boxes: The faces' boxes.
        brush: The brush's outline and tint.
        masks: What is kept of each face.
    """

    canvas: Canvas
    boxes: BoxLayer
    brush: BrushLayer
    masks: KeepMasks

    def paintable(self) -> int | None:
        """Return the face that the brush paints on: the selected one, if it is restored."""
        face = self.boxes.selected
        return face.id if face is not None and face.shows_restored(selected=True) else None


class Gestures(QObject):
    """Watches the canvas's mouse.

    Signals:
        face_clicked: A face's box was clicked.
        face_moved: The selected face's box was moved or resized.
        face_drawn: The box of a missed face was drawn.
        mask_changed: A face was painted on; true once the stroke has ended.
        nothing_to_paint: The brush was used where there is no restored face.
        tool_changed: Another tool is in hand.
        held: Whether something is being dragged that :meth:`cancel` would take back.
    """

    face_clicked = Signal(int)
    face_moved = Signal(int, tuple)
    face_drawn = Signal(tuple)
    mask_changed = Signal(int, bool)
    nothing_to_paint = Signal()
    tool_changed = Signal(object)
    held = Signal(bool)

    def __init__(self, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._tool = Tool.PAN
        self._drag: Drag | None = None
        stage.canvas.installEventFilter(self)

    @property
    def tool(self) -> Tool:
        """What the left button does."""
        return self._tool

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._drag is not None

    def set_tool(self, tool: Tool) -> None:
        """Take another tool in hand."""
        self.cancel()
        changes = tool is not self._tool
        self._tool = tool
        self._stage.brush.active = tool is Tool.KEEP_BRUSH
        self._stage.boxes.grips = tool is Tool.PAN
        self._stage.boxes.draft = None
        self._show_cursor(None)
        self._stage.canvas.update()
        if changes:
            self.tool_changed.emit(tool)

    def cancel(self) -> bool:
        """Leave what is dragged as it was; return whether anything was dragged."""
        drag = self._let_go()
        if drag is not None:
            drag.cancel()
        return drag is not None

    def _hold(self, drag: Drag) -> None:
        self._drag = drag
        if not isinstance(drag, PanDrag):  # a place that was looked at is no change
            self.held.emit(True)

    def _let_go(self) -> Drag | None:
        """Return what was dragged, which is no more."""
        drag, self._drag = self._drag, None
        if drag is not None and not isinstance(drag, PanDrag):
            self.held.emit(False)
        return drag

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the mouse's events; leave all others."""
        if isinstance(event, QWheelEvent):
            return self._turn(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self._explain(event)
        if event.type() == QEvent.Type.Leave:
            self._stage.brush.cursor = None
            self._stage.canvas.update()
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        if self._stage.canvas.picture is None:
            return False
        if event.type() in _PRESS:
            self._press(event)
        elif event.type() == QEvent.Type.MouseMove:
            self._move(event.position())
        elif event.type() == QEvent.Type.MouseButtonRelease:
            drag = self._let_go()
            if drag is not None:
                drag.finish()
            self._show_cursor(event.position())
        return True

    def _press(self, event: QMouseEvent) -> None:
        self.cancel()
        self._stage.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        at, button = event.position(), event.button()
        if button == Qt.MouseButton.MiddleButton:
            self._hold(PanDrag(self._stage.canvas, at))
        elif button == Qt.MouseButton.LeftButton and self._on_divider(at):
            self._hold(DividerDrag(self._stage.canvas))
        elif self._tool is Tool.KEEP_BRUSH:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._begin_stroke(at, shift or button == Qt.MouseButton.RightButton)
        elif button == Qt.MouseButton.LeftButton:
            self._press_left(at)
        self._show_cursor(at)

    def _press_left(self, at: QPointF) -> None:
        stage = self._stage
        if self._tool is Tool.DRAW_FACE:
            self._hold(DrawDrag(stage.canvas, stage.boxes, at, self.face_drawn.emit))
            return
        point = stage.canvas.to_picture(at)
        selected, grip = stage.boxes.selected, stage.boxes.grip_at(point, stage.canvas.frame_at(at))
        if selected is not None and grip is not None:
            held = selected, grip, at
            self._hold(BoxDrag(stage.canvas, stage.boxes, held, self._tell_moved))
            return
        face = stage.boxes.face_at(point)
        if face is not None:
            self.face_clicked.emit(face.id)
        self._hold(PanDrag(stage.canvas, at))

    def _tell_moved(self, face: int, box: Box) -> None:
        self.face_moved.emit(face, box)

    def _begin_stroke(self, at: QPointF, erase: bool) -> None:
        stage, face = self._stage, self._stage.paintable()
        if face is None:
            self.nothing_to_paint.emit()
            return
        strokes = stage.brush, stage.masks
        drag = StrokeDrag(stage.canvas, strokes, face, erase, self.mask_changed.emit)
        drag.start(at)
        self._hold(drag)

    def _move(self, at: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(at)
        elif self._tool is Tool.KEEP_BRUSH:
            self._stage.brush.cursor = self._stage.canvas.to_picture(at)
            self._stage.canvas.update()
        self._show_cursor(at)

    def _turn(self, event: QWheelEvent) -> bool:
        canvas, steps = self._stage.canvas, event.angleDelta().y() / 120
        if canvas.picture is not None and steps:
            canvas.zoom(canvas.viewport.scale * _WHEEL_STEP**steps, event.position())
        return True

    def _explain(self, event: QHelpEvent) -> bool:
        stage, at = self._stage, QPointF(event.pos())
        face = (
            None
            if stage.canvas.picture is None
            else stage.boxes.face_at(stage.canvas.to_picture(at))
        )
        if face is None or self._drag is not None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPos(), stage.boxes.describe(face), stage.canvas)
        return True

    def _on_divider(self, at: QPointF) -> bool:
        x, middle = self._stage.canvas.divider_x(), self._stage.canvas.height() / 2
        if x is None:
            return False
        reach = _KNOB_REACH if abs(at.y() - middle) <= _KNOB_REACH else _DIVIDER_REACH
        return abs(at.x() - x) <= reach

    def _show_cursor(self, at: QPointF | None) -> None:
        self._stage.canvas.setCursor(self._cursor(at))

    def _cursor(self, at: QPointF | None) -> Qt.CursorShape:
        stage, shape = self._stage, Qt.CursorShape
        if isinstance(self._drag, PanDrag):
            return shape.ClosedHandCursor
        if at is not None and (self._on_divider(at) or isinstance(self._drag, DividerDrag)):
            return shape.SplitHCursor
        if self._tool is not Tool.PAN:
            drawing = self._tool is Tool.DRAW_FACE or stage.paintable() is not None
            return shape.CrossCursor if drawing else shape.ForbiddenCursor
        if at is None or stage.canvas.picture is None:
            return shape.ArrowCursor
        return self._pan_cursor(at)

    def _pan_cursor(self, at: QPointF) -> Qt.CursorShape:
        stage = self._stage
        point = stage.canvas.to_picture(at)
        grip = stage.boxes.grip_at(point, stage.canvas.frame_at(at))
        if grip is not None:
            return grip.cursor
        over_face = stage.boxes.face_at(point) is not None
        return Qt.CursorShape.PointingHandCursor if over_face else Qt.CursorShape.OpenHandCursor
