"""The question under which licence the weights of others were published."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from lafr_desktop.views.notes import note_label

_LONGEST = 200
_WIDTH = 420


class LicenceDialog(QDialog):
    """Asks once; without an answer nothing is imported.

    Signals:
        stated: The licence, in the user's words.
    """

    stated = Signal(str)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licence of the model"))
        self._licence = QLineEdit(self)
        self._licence.setMaxLength(_LONGEST)
        self._licence.setAccessibleName(self.tr("Licence"))
        self._licence.setPlaceholderText(self.tr("for example Apache-2.0"))
        self._licence.textChanged.connect(self._follow)
        question = self.tr(
            "Under which licence did its authors publish {0}? It is kept with the model and shown "
            "in this list. The file is only read; nothing in it is run."
        ).format(path.name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._add = buttons.addButton(self.tr("&Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._answer)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(note_label(question, self))
        form.addRow(self.tr("&Licence:"), self._licence)
        form.addRow(buttons)
        self.setMinimumWidth(_WIDTH)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self._add.setEnabled(bool(self._licence.text().strip()))

    @Slot()
    def _answer(self) -> None:
        self.stated.emit(self._licence.text().strip())
        self.accept()
