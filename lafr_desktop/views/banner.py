"""A line above the page that tells something and can be closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from lafr_desktop.sentences import in_words


class Banner(QFrame):
    """Hidden until there is something to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._sign = QLabel(self)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QToolButton(self)
        close.setText("✕")
        close.setAutoRaise(True)
        close.setAccessibleName(self.tr("Close this message"))
        close.setToolTip(close.accessibleName())
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(close)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is being told; empty where nothing is."""
        return "" if self.isHidden() else self._text.text()

    def say(self, sentence: str, warning: bool = False) -> None:
        """Tell this until it is closed or something else is to be told.

        Args:
            sentence: Of the window, or one of the engine.
            warning: Whether something is wrong.
        """
        words = in_words(sentence)
        self._sign.setText("⚠" if warning else "✓")
        self._text.setText(words)
        self._text.setAccessibleName(words)
        self.setVisible(bool(sentence))
