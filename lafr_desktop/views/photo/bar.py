"""The bar above the photograph: compare modes, tools, zoom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.photo.brush import SIZES, Brush
from lafr_desktop.views.photo.values import CompareMode, Tool

_MODE_ICONS: Final = {
    CompareMode.SLIDER: Icon.COMPARE_SLIDER,
    CompareMode.SIDE_BY_SIDE: Icon.COMPARE_SIDES,
    CompareMode.FLICKER: Icon.COMPARE_FLICKER,
    CompareMode.RESTORED: Icon.RESTORE,
    CompareMode.ORIGINAL: Icon.PHOTOS,
}


class PhotoBar(QWidget):
    """Everything that the photo view can do, as buttons.

    Signals:
        mode_chosen: A :class:`CompareMode`.
        tool_chosen: A :class:`Tool`.
        original_held: Whether the button that shows the original is held down.
        boxes_toggled: Whether boxes are to be shown.
        invented_toggled: Whether it is to be shown what was invented.
        brush_changed: A :class:`Brush`.
        zoom_asked: By which factor.
        fit_asked: The whole photograph.
        actual_asked: One pixel of the photograph on one of the screen.
    """

    mode_chosen = Signal(object)
    tool_chosen = Signal(object)
    original_held = Signal(bool)
    boxes_toggled = Signal(bool)
    invented_toggled = Signal(bool)
    brush_changed = Signal(object)
    zoom_asked = Signal(float)
    fit_asked = Signal()
    actual_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(2)
        self._modes = self._mode_buttons()
        self._hold = self._hold_button()
        self._line()
        self._boxes = self._boxes_button()
        self._invented = self._invented_button()
        self._tools = self._tool_buttons()
        self._sliders = _BrushSliders(self)
        self._sliders.changed.connect(self.brush_changed)
        self._row.addWidget(self._sliders)
        self._row.addStretch(1)
        self._zoom = QLabel(self)
        self._zoom_buttons()

    def minimumSizeHint(self) -> QSize:
        """Never keep a window from being made narrow: names give way to icons."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show names where there is room."""
        super().resizeEvent(event)
        self._fit_names()

    def show_mode(self, mode: CompareMode) -> None:
        """Press a mode's button."""
        self._modes[mode].setChecked(True)
        self._hold.setEnabled(mode is not CompareMode.ORIGINAL)

    def show_tool(self, tool: Tool) -> None:
        """Press a tool's button."""
        for each, button in self._tools.items():
            button.setChecked(each is tool)
        self._sliders.setVisible(tool is Tool.KEEP_BRUSH)
        self._fit_names()

    def show_boxes(self, shown: bool) -> None:
        """Press the button of the boxes."""
        self._boxes.setChecked(shown)

    def show_invented(self, shown: bool) -> None:
        """Press the button of what was invented."""
        self._invented.setChecked(shown)

    def show_brush(self, brush: Brush) -> None:
        """Set the sliders."""
        self._sliders.show_brush(brush)

    def show_zoom(self, scale: float) -> None:
        """Write the zoom."""
        self._zoom.setText(self.tr("{n} %").format(n=round(scale * 100)))

    def _fit_names(self) -> None:
        styles = Qt.ToolButtonStyle
        for style in (styles.ToolButtonTextBesideIcon, styles.ToolButtonIconOnly):
            for button in self._modes.values():
                button.setToolButtonStyle(style)
            if self._row.sizeHint().width() <= self.width():
                return

    def _mode_buttons(self) -> dict[CompareMode, QToolButton]:
        group = QButtonGroup(self)
        buttons = {}
        for mode, (text, hint) in self._mode_texts().items():
            button = self._button(_MODE_ICONS[mode], text, hint)
            button.setCheckable(True)
            button.clicked.connect(_emitting(self.mode_chosen, mode))
            group.addButton(button)
            buttons[mode] = button
        return buttons

    def _mode_texts(self) -> dict[CompareMode, tuple[str, str]]:
        return {
            CompareMode.SLIDER: (
                self.tr("Slider"),
                self.tr("Original left of the divider, restored right of it (, and . move it)"),
            ),
            CompareMode.SIDE_BY_SIDE: (
                self.tr("Side by side"),
                self.tr("Original and restored beside each other"),
            ),
            CompareMode.FLICKER: (
                self.tr("Flicker"),
                self.tr("Restored; the original while Space is held"),
            ),
            CompareMode.RESTORED: (self.tr("Restored"), self.tr("Only the restored photograph")),
            CompareMode.ORIGINAL: (self.tr("Original"), self.tr("Only the original photograph")),
        }

    def _hold_button(self) -> QToolButton:
        text = self.tr("Hold to see original")
        button = self._button(None, text, self.tr("Shows the original while it is held (Space)"))
        button.pressed.connect(_emitting(self.original_held, True))
        button.released.connect(_emitting(self.original_held, False))
        return button

    def _boxes_button(self) -> QToolButton:
        button = self._button(Icon.FACE, self.tr("Face boxes"), self.tr("Show the boxes (B)"))
        button.setCheckable(True)
        button.setChecked(True)
        button.clicked.connect(self.boxes_toggled)
        return button

    def _invented_button(self) -> QToolButton:
        hint = self.tr("Colour what restoring invented, the brighter the more (I)")
        button = self._button(Icon.WARNING, self.tr("What was invented"), hint)
        button.setCheckable(True)
        button.clicked.connect(self.invented_toggled)
        return button

    def _tool_buttons(self) -> dict[Tool, QToolButton]:
        draw, brush = self.tr("Draw a missed face"), self.tr("Keep original here")
        buttons = {
            Tool.DRAW_FACE: self._button(
                Icon.DRAW, draw, self.tr("Draw a box around a face that was not found (D)")
            ),
            Tool.KEEP_BRUSH: self._button(
                Icon.BRUSH, brush, self.tr("Paint where the original stays; Shift erases (K)")
            ),
        }
        for tool, button in buttons.items():
            button.setCheckable(True)
            button.clicked.connect(_choosing(self.tool_chosen, tool))
        return buttons

    def _zoom_buttons(self) -> None:
        out = self._button(Icon.ZOOM_OUT, self.tr("Zoom out"), self.tr("Zoom out (Ctrl+-)"))
        out.clicked.connect(_emitting(self.zoom_asked, 0.8))
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom.setMinimumWidth(self._zoom.fontMetrics().horizontalAdvance("1600 %") + 8)
        self._row.addWidget(self._zoom)
        more = self._button(Icon.ZOOM_IN, self.tr("Zoom in"), self.tr("Zoom in (Ctrl++)"))
        more.clicked.connect(_emitting(self.zoom_asked, 1.25))
        fit = self._button(Icon.ZOOM_FIT, self.tr("Fit"), self.tr("The whole photograph (Ctrl+0)"))
        fit.clicked.connect(_emitting(self.fit_asked))
        actual = self._button(None, self.tr("1:1"), self.tr("Actual pixels (Ctrl+1)"))
        actual.setAccessibleName(self.tr("Actual pixels"))
        actual.clicked.connect(_emitting(self.actual_asked))

    def _button(self, sign: Icon | None, text: str, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(hint)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(18, 18))
        if sign is not None:
            button.setIcon(icon(sign))
        self._row.addWidget(button)
        return button

    def _line(self) -> None:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.VLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        self._row.addSpacing(4)
        self._row.addWidget(line)
        self._row.addSpacing(4)


class _BrushSliders(QWidget):
    """Size and edge of the brush."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 0, 0)
        self._size = _slider(self, self.tr("Size"), self.tr("Size of the brush ([ and ])"))
        self._size.setRange(0, SIZES - 1)
        self._hardness = _slider(self, self.tr("Hardness"), self.tr("How hard the brush's edge is"))
        self._hardness.setRange(0, 100)
        for slider in (self._size, self._hardness):
            label = QLabel(slider.accessibleName(), self)
            label.setBuddy(slider)
            row.addWidget(label)
            row.addWidget(slider)
            slider.valueChanged.connect(self._tell)
        self.hide()

    def show_brush(self, brush: Brush) -> None:
        """Set both without telling."""
        for slider, value in ((self._size, brush.size), (self._hardness, brush.hardness * 100)):
            slider.blockSignals(True)
            slider.setValue(round(value))
            slider.blockSignals(False)

    def _tell(self) -> None:
        self.changed.emit(Brush(self._size.value(), self._hardness.value() / 100))


def _slider(parent: QWidget, name: str, hint: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal, parent)
    slider.setAccessibleName(name)
    slider.setToolTip(hint)
    slider.setFixedWidth(90)
    return slider


def _emitting(signal: object, *values: object) -> Callable[[], None]:
    """Return a slot that drops what the button says and emits something else."""
    # Bound signals have no type of their own in the stubs.
    return lambda *_: signal.emit(*values)  # type: ignore[attr-defined]


def _choosing(signal: object, tool: Tool) -> Callable[[bool], None]:
    # As above: the stubs know no bound signal.
    return lambda chosen: signal.emit(tool if chosen else Tool.PAN)  # type: ignore[attr-defined]
