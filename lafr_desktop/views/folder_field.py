"""A field for a folder: a line to type in, a button to choose with, and what is wrong below."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.notes import problem_label


class FolderField(QWidget):
    """Looks off the GUI thread whether the folder can be written to; a share may be slow.

    Signals:
        changed: The text is another one; whether it will do is not known yet.
        checked: It is known: an empty text, or the sentence on why the folder will not do.
    """

    changed = Signal()
    checked = Signal(str)
    _looked = Signal(str, object)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._sound = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._edit = QLineEdit(self)
        self._edit.setAccessibleName(label)
        self._edit.textChanged.connect(self._changed)
        button = QPushButton(icon(Icon.FOLDER), self.tr("Choose…"), self)
        button.setAccessibleName(self.tr("Choose: {0}").format(label))
        button.clicked.connect(self._choose)
        self._problem = problem_label(self)
        row = QHBoxLayout()
        row.addWidget(self._edit, 1)
        row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._problem)
        self.setFocusProxy(self._edit)
        self._looked.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def folder(self) -> Path | None:
        """What is typed in; None where that is nothing."""
        text = self._edit.text().strip()
        return Path(text).expanduser() if text else None

    @property
    def is_sound(self) -> bool:
        """Whether the folder is known to be writable."""
        return self._sound

    @property
    def problem(self) -> str:
        """The sentence on why the folder will not do; empty where it does or is not known yet."""
        return self._problem.text() if not self._problem.isHidden() else ""

    def set_folder(self, folder: Path | None) -> None:
        """Show a folder, and look whether it will do."""
        self._edit.setText("" if folder is None else str(folder))

    def set_placeholder(self, text: str) -> None:
        """Say what holds where nothing is typed in."""
        self._edit.setPlaceholderText(text)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let no look outlive the dialog."""
        self._pool.clear()
        self._pool.waitForDone()
        super().hideEvent(event)

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, self._label, str(self.folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._edit.setText(str(Path(path))))
        dialog.open()

    @Slot()
    def _changed(self) -> None:
        self._sound = False
        self.changed.emit()
        text, folder = self._edit.text(), self.folder
        if folder is None:
            self._tell(text, None)
        else:
            self._pool.clear()
            self._pool.start(partial(self._look, text, folder))

    def _look(self, text: str, folder: Path) -> None:
        self._looked.emit(text, _trouble(folder))

    @Slot(str, object)
    def _tell(self, text: str, trouble: str | None) -> None:
        if text != self._edit.text():
            return  # typed on in the meantime
        self._sound = trouble is None and self.folder is not None
        sentences = {
            "relative": self.tr("Give the whole path of the folder."),
            "file": self.tr("There is a file of this name; choose a folder."),
            "denied": self.tr("Nothing can be written to this folder."),
            "unusable": self.tr("This folder cannot be used."),
        }
        sentence = sentences[trouble] if trouble else ""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.checked.emit(sentence)


def _trouble(folder: Path) -> str | None:
    """Say what is wrong with a folder; one that is not there yet is judged by its parent."""
    if not folder.is_absolute():
        return "relative"
    try:
        existing = next(each for each in (folder, *folder.parents) if each.exists())
        if not existing.is_dir():
            return "file"
    except (OSError, ValueError, StopIteration):  # too long a name, a drive that is not there
        return "unusable"
    return None if os.access(existing, os.W_OK | os.X_OK) else "denied"
