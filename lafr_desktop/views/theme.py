"""Light and dark: Fusion with two palettes, following the system or as chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

Scheme = Qt.ColorScheme
_Role = QPalette.ColorRole
_SCHEMES: Final = {"light": Scheme.Light, "dark": Scheme.Dark}

_LIGHT: Final = {
    _Role.Window: "#f2f2f3",
    _Role.WindowText: "#1c1d20",
    _Role.Base: "#ffffff",
    _Role.AlternateBase: "#f6f6f8",
    _Role.Text: "#1c1d20",
    _Role.PlaceholderText: "#63666d",
    _Role.Button: "#e9e9ec",
    _Role.ButtonText: "#1c1d20",
    _Role.BrightText: "#8f1010",
    _Role.ToolTipBase: "#2a2c31",
    _Role.ToolTipText: "#f4f4f5",
    _Role.Highlight: "#2b5ea7",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#2b5ea7",
    _Role.Link: "#1d539f",
    _Role.LinkVisited: "#6a3d8f",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#f7f7f9",
    _Role.Mid: "#b9bac0",
    _Role.Dark: "#97999f",
    _Role.Shadow: "#5f6167",
}
_DARK: Final = {
    _Role.Window: "#1f2023",
    _Role.WindowText: "#e9e9eb",
    _Role.Base: "#34373d",
    _Role.AlternateBase: "#3a3d44",
    _Role.Text: "#e9e9eb",
    _Role.PlaceholderText: "#b3b6be",
    _Role.Button: "#43464e",
    _Role.ButtonText: "#e9e9eb",
    _Role.BrightText: "#ffb3ab",
    _Role.ToolTipBase: "#f0f0f2",
    _Role.ToolTipText: "#1c1d20",
    _Role.Highlight: "#3566ab",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#6f9fe0",
    _Role.Link: "#8ab4f2",
    _Role.LinkVisited: "#c3a3e6",
    _Role.Light: "#565a63",
    _Role.Midlight: "#454850",
    _Role.Mid: "#5a5e67",
    _Role.Dark: "#131416",
    _Role.Shadow: "#08080a",
}
_DISABLED: Final = {Scheme.Light: "#84868d", Scheme.Dark: "#8d9099"}
_TEXTS: Final = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)

# Fusion leaves tool tips, group titles and boxes of numbers rather tight and plain, and its boxes
# to tick can hardly be seen on a dark window.
STYLE: Final = """
QToolTip { padding: 4px; border: 1px solid palette(mid);
           color: palette(tool-tip-text); background: palette(tool-tip-base); }
QGroupBox { font-weight: bold; margin-top: 1.4em; border: none; }
QCheckBox::indicator:unchecked, QRadioButton::indicator:unchecked {
    width: 11px; height: 11px; border: 1px solid palette(placeholder-text);
    border-radius: 2px; background: palette(base); }
QRadioButton::indicator:unchecked { border-radius: 6px; }
QRadioButton::indicator:checked {
    width: 11px; height: 11px; border: 1px solid palette(placeholder-text); border-radius: 6px;
    background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
        stop: 0 palette(text), stop: 0.5 palette(text), stop: 0.6 palette(base),
        stop: 1 palette(base)); }
QCheckBox::indicator:unchecked:disabled, QRadioButton::indicator:unchecked:disabled {
    border-color: palette(mid); }
QAbstractSpinBox { min-height: 1.3em; }
QGroupBox::title { subcontrol-origin: margin; left: 0; padding: 0 0 4px 0; }
"""


@dataclass(frozen=True, slots=True)
class Tones:
    """Colours with a meaning, readable as text on a window and on a list of this scheme."""

    good: QColor
    bad: QColor
    warning: QColor
    note: QColor
    muted: QColor


_TONES: Final = {
    Scheme.Light: ("#1a6b34", "#a8201a", "#7d5200", "#1d539f", "#5c5f66"),
    Scheme.Dark: ("#7fd297", "#ff9d94", "#f0bf62", "#8ab4f2", "#a6a9b1"),
}


def tones(palette: QPalette) -> Tones:
    """Return the colours with a meaning that fit a palette."""
    return Tones(*(QColor(name) for name in _TONES[scheme_of(palette)]))


def scheme_of(palette: QPalette) -> Scheme:
    """Whether a palette is light or dark."""
    dark = palette.color(_Role.Window).lightness() < palette.color(_Role.WindowText).lightness()
    return Scheme.Dark if dark else Scheme.Light


def palette_of(scheme: Scheme) -> QPalette:
    """Build the palette of a scheme; where the system says none, it is light."""
    dark = scheme == Scheme.Dark
    palette = QPalette()
    for role, name in (_DARK if dark else _LIGHT).items():
        palette.setColor(role, QColor(name))
    grey = QColor(_DISABLED[Scheme.Dark if dark else Scheme.Light])
    for role in _TEXTS:
        palette.setColor(QPalette.ColorGroup.Disabled, role, grey)
    for role in (_Role.Highlight, _Role.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, role, palette.color(_Role.Mid))
    return palette


def apply(app: QApplication, choice: str) -> None:
    """Dress the application once: ``system``, ``light`` or ``dark``."""
    hints = app.styleHints()
    if choice in _SCHEMES:
        hints.setColorScheme(_SCHEMES[choice])
    else:
        hints.unsetColorScheme()
    palette = palette_of(_SCHEMES.get(choice, hints.colorScheme()))
    if app.styleSheet() == STYLE and app.palette() == palette:
        return
    # Widgets that a style sheet has polished do not hear of another palette: off with it first.
    app.setStyleSheet("")
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(palette)
    app.setStyleSheet(STYLE)


class Theme(QObject):
    """Keeps the application dressed as chosen, also when the system turns light or dark.

    Signals:
        changed: The palette is another one now.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._choice = choice
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self.choose(choice)

    @property
    def choice(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._choice

    @Slot(str)
    def choose(self, choice: str) -> None:
        """Take another one."""
        self._choice = choice
        self._follow()

    @Slot()
    def _follow(self) -> None:
        before = self._app.palette().color(_Role.Window)
        apply(self._app, self._choice)
        if self._app.palette().color(_Role.Window) != before:
            self.changed.emit()
