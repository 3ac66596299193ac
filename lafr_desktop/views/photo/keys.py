"""What the keyboard does on the photograph: everything that the mouse does, and more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from lafr_desktop.views.photo.boxes import MOVE, Grip, dragged
from lafr_desktop.views.photo.gestures import Gestures, Stage
from lafr_desktop.views.photo.values import Box, Tool

_ZOOM_STEP: Final = 1.25
_PAN_SHARE: Final = 0.1
_DIVIDER_STEP: Final = 0.02
_BOX_STEP: Final = 6.0  # of the widget's pixels
_RESIZE: Final = Grip(False, False, True, True)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NONE = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Keys(QObject):
    """Watches the canvas's keyboard.

    Args:
        stage: The canvas and what lies over it.
        gestures: The mouse, whose tool and signals are shared.

    Signals:
        boxes_toggled: Whether the boxes are shown.
        invented_toggled: What was invented is to be shown, or hidden if it is.
        brush_changed: The brush that is asked for.
    """

    boxes_toggled = Signal(bool)
    invented_toggled = Signal()
    brush_changed = Signal(object)

    def __init__(self, stage: Stage, gestures: Gestures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._gestures = stage, gestures
        canvas = stage.canvas
        self._plain: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Comma: partial(self._divide, -_DIVIDER_STEP),
            Qt.Key.Key_Period: partial(self._divide, _DIVIDER_STEP),
            Qt.Key.Key_B: self.toggle_boxes,
            Qt.Key.Key_I: self.invented_toggled.emit,
            Qt.Key.Key_D: partial(self.toggle_tool, Tool.DRAW_FACE),
            Qt.Key.Key_K: partial(self.toggle_tool, Tool.KEEP_BRUSH),
            Qt.Key.Key_BracketLeft: partial(self.resize_brush, -1),
            Qt.Key.Key_BracketRight: partial(self.resize_brush, 1),
            Qt.Key.Key_Space: partial(canvas.hold_original, True),
        }
        self._zooms: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Plus: partial(self._zoom, _ZOOM_STEP),
            Qt.Key.Key_Equal: partial(self._zoom, _ZOOM_STEP),
            Qt.Key.Key_Minus: partial(self._zoom, 1 / _ZOOM_STEP),
            Qt.Key.Key_0: canvas.fit,
            Qt.Key.Key_1: partial(canvas.zoom, 1.0),
        }
        canvas.installEventFilter(self)

    def toggle_boxes(self) -> None:
        """Show or hide the boxes."""
        self._stage.boxes.visible = not self._stage.boxes.visible
        self._stage.canvas.update()
        self.boxes_toggled.emit(self._stage.boxes.visible)

    def toggle_tool(self, tool: Tool) -> None:
        """Take a tool in hand, or put it down if it is."""
        self._gestures.set_tool(Tool.PAN if self._gestures.tool is tool else tool)

    def resize_brush(self, steps: int) -> None:
        """Make the brush larger or smaller."""
        self.brush_changed.emit(self._stage.brush.brush.resized(steps))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something here; leave all others."""
        canvas = self._stage.canvas
        if event.type() == QEvent.Type.FocusOut:
            canvas.hold_original(False)
        if not isinstance(event, QKeyEvent) or canvas.picture is None:
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(event)
        action = self._action(event)
        if action is None:
            return False
        if event.type() == QEvent.Type.KeyPress:
            action()
        elif event.type() == QEvent.Type.ShortcutOverride and self._comes_first(event):
            event.accept()
        return True

    def _comes_first(self, event: QKeyEvent) -> bool:
        """Whether a key of the photograph goes before the same shortcut of the window.

        Arrows, Enter and Escape do, but only while they have something to move or to end.
        """
        return event.key() in (*_ARROWS, *_ENTER, Qt.Key.Key_Escape)

    def _release(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        self._stage.canvas.hold_original(False)
        return True

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        key, held = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
        if key in _ARROWS:
            return self._arrow(_ARROWS[key], held)
        if key in _ENTER and held in (_NONE, _SHIFT):
            return self._enter(erase=held == _SHIFT)
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and not held & _CTRL:
            return self._tab(-1 if key == Qt.Key.Key_Backtab or held & _SHIFT else 1)
        if key in self._zooms and held & ~_SHIFT == _CTRL:
            return self._zooms[key]
        return self._plain.get(key) if held == _NONE else None

    def _arrow(self, way: tuple[int, int], held: Qt.KeyboardModifier) -> Callable[[], None] | None:
        tool, boxes = self._gestures.tool, self._stage.boxes
        if held == _SHIFT:
            return partial(self._pan, way)
        if tool is Tool.KEEP_BRUSH and held == _NONE:
            return partial(self._move_brush, way)
        grip = {_NONE: MOVE, _CTRL: _RESIZE}.get(held)
        if tool is Tool.DRAW_FACE and grip is not None:
            return partial(self._move_draft, way, grip)
        grip = {_CTRL: MOVE, _CTRL | _SHIFT: _RESIZE}.get(held)
        if tool is Tool.PAN and grip is not None and boxes.selected is not None:
            return partial(self._move_box, way, grip)
        return None

    def _enter(self, erase: bool) -> Callable[[], None] | None:
        tool, boxes = self._gestures.tool, self._stage.boxes
        if tool is Tool.KEEP_BRUSH:
            return partial(self._dab, erase)
        if tool is Tool.DRAW_FACE:
            return self._confirm_draft
        face = boxes.selected
        moved = face is not None and boxes.box(face) != face.box
        return self._confirm_box if moved else None

    def _escape(self) -> Callable[[], None] | None:
        """Cancel what is going on; else put the tool down; else leave the key to others."""
        face = self._stage.boxes.selected
        moved = face is not None and self._stage.boxes.box(face) != face.box
        if self._gestures.tool is not Tool.PAN or moved:
            return self._step_back
        return self._step_back if self._gestures.busy else None

    def _step_back(self) -> None:
        if self._gestures.cancel():
            return
        self._stage.boxes.move_selected(None)
        if self._stage.boxes.draft is not None:
            self._stage.boxes.draft = None
        else:
            self._gestures.set_tool(Tool.PAN)
        self._stage.canvas.update()

    def _tab(self, step: int) -> Callable[[], None] | None:
        """Go to the next face; past the last one Tab leaves the photograph."""
        face = self._stage.boxes.neighbour(step)
        return None if face is None else partial(self._gestures.face_clicked.emit, face)

    def _zoom(self, factor: float) -> None:
        self._stage.canvas.zoom(self._stage.canvas.viewport.scale * factor)

    def _pan(self, way: tuple[int, int]) -> None:
        canvas = self._stage.canvas
        canvas.pan(-way[0] * canvas.width() * _PAN_SHARE, -way[1] * canvas.height() * _PAN_SHARE)

    def _divide(self, step: float) -> None:
        self._stage.canvas.set_divider(self._stage.canvas.divider + step)

    def _pixels(self, lengths: float) -> float:
        """Carry a length of the widget to the photograph."""
        middle = QPointF(self._stage.canvas.rect().center())
        return lengths / self._stage.canvas.frame_at(middle).length(1.0)

    def _move_brush(self, way: tuple[int, int]) -> None:
        layer = self._stage.brush
        x, y = layer.cursor or self._brush_start()
        step = max(layer.brush.radius / 2, 1.0)
        layer.cursor = x + way[0] * step, y + way[1] * step
        self._stage.canvas.update()

    def _brush_start(self) -> tuple[float, float]:
        face = self._stage.boxes.selected
        if face is None:
            return self._stage.canvas.viewport.centre
        return (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2

    def _dab(self, erase: bool) -> None:
        stage, face = self._stage, self._stage.paintable()
        if face is None:
            self._gestures.nothing_to_paint.emit()
            return
        at = stage.brush.cursor or self._brush_start()
        stage.brush.cursor = at
        stage.masks.begin(face)
        stage.masks.paint(face, (at, at), stage.brush.brush, erase)
        self._gestures.mask_changed.emit(face, True)

    def _draft(self) -> Box:
        """Return the box that is drawn; a first one in the middle of what is seen."""
        if self._stage.boxes.draft is not None:
            return self._stage.boxes.draft
        x, y = self._stage.canvas.viewport.centre
        half = self._pixels(40.0)
        return x - half, y - half, x + half, y + half

    def _move_draft(self, way: tuple[int, int], grip: Grip) -> None:
        picture, step = self._stage.canvas.picture, self._pixels(_BOX_STEP)
        if picture is not None:
            box = dragged(self._draft(), grip, way[0] * step, way[1] * step, picture)
            self._stage.boxes.draft = box
            self._stage.canvas.update()

    def _confirm_draft(self) -> None:
        box, had_one = self._draft(), self._stage.boxes.draft is not None
        self._stage.boxes.draft = None if had_one else box
        self._stage.canvas.update()
        if had_one:
            self._gestures.face_drawn.emit(box)

    def _move_box(self, way: tuple[int, int], grip: Grip) -> None:
        boxes, picture = self._stage.boxes, self._stage.canvas.picture
        face, step = boxes.selected, self._pixels(_BOX_STEP)
        if face is not None and picture is not None:
            box = dragged(boxes.box(face), grip, way[0] * step, way[1] * step, picture)
            boxes.move_selected(box)
            self._stage.canvas.update()

    def _confirm_box(self) -> None:
        face = self._stage.boxes.selected
        if face is not None:
            self._gestures.face_moved.emit(face.id, self._stage.boxes.box(face))
