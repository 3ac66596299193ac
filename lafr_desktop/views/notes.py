"""Small texts beside controls: explanations, and what is wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from lafr_desktop.views.theme import Tones, tones

# A style sheet that is taken off and put on again brings an old palette back without telling of
# the application's.
_REPAINTING: Final = frozenset(
    {QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange, QEvent.Type.StyleChange}
)


class Note(QLabel):
    """A wrapped text in one of the colours with a meaning, which follow light and dark."""

    def __init__(self, text: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._paint()

    def set_tone(self, tone: str) -> None:
        """Take another of the fields of :class:`theme.Tones`."""
        self._tone = tone
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() in _REPAINTING:
            self._paint()

    def _paint(self) -> None:
        known: Tones = tones(QApplication.palette(self))
        colour: QColor = getattr(known, self._tone)
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)


def note_label(text: str, parent: QWidget | None = None) -> Note:
    """Explain something below a control."""
    return Note(text, "muted", parent)


def problem_label(parent: QWidget | None = None) -> Note:
    """Say what is wrong; hidden until there is something."""
    label = Note("", "bad", parent)
    label.setVisible(False)
    return label
