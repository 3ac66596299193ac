"""The list of keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from lafr_desktop.views.actions import Section

translate = QCoreApplication.translate
_PROBE: Final = "A"  # a modifier has a name only together with a key
_NAMED: Final = {
    "Ctrl+": QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_A),
    "Shift+": QKeyCombination(Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_A),
    "Space": QKeyCombination(Qt.Key.Key_Space),
}


class ShortcutsDialog(QDialog):
    """Shows every action that has keys, menu by menu, and what the mouse does besides."""

    def __init__(self, sections: Sequence[Section], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        text = QTextBrowser(self)
        text.setAccessibleName(self.windowTitle())
        text.setHtml("".join(_section(each) for each in sections) + _hints())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)
        self.resize(540, 620)


def _section(section: Section) -> str:
    rows = "".join(_row(each) for each in section.actions if each is not None)
    return f"<h3>{escape(section.title.replace('&', ''))}</h3><table width='100%'>{rows}</table>"


def _row(action: QAction) -> str:
    keys = [each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()]
    if not keys:
        return ""
    # What undo and redo are about at the moment is no part of their names.
    name = action.text().replace("&", "").partition(": ")[0].rstrip(".")
    return _line(name, ", ".join(keys))


def native_keys(keys: str) -> str:
    """Name Ctrl, Shift, Space and Enter as the system and its language do; the rest stays.

    Args:
        keys: As Qt spells them in English, with ``←↑→↓`` for the arrows.
    """
    for word, key in _NAMED.items():
        name = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        keys = keys.replace(word, name.removesuffix(_PROBE))
    # Qt leaves the name of this key in English.
    return keys.replace("Enter", translate("ShortcutsDialog", "Enter"))


def _line(what: str, keys: str) -> str:
    return f"<tr><td width='60%'>{escape(what)}</td><td><b>{escape(keys)}</b></td></tr>"


def _hints() -> str:
    hints = (
        (translate("ShortcutsDialog", "Choose among candidates"), "1 - 9"),
        (translate("ShortcutsDialog", "See the original, as long as it is held"), "Space"),
        (translate("ShortcutsDialog", "Move the line between before and after"), ", ."),
        (translate("ShortcutsDialog", "Show or hide the boxes"), "B"),
        (translate("ShortcutsDialog", "Show or hide what was invented"), "I"),
        (translate("ShortcutsDialog", "Whole photograph, actual size"), "Ctrl+0, Ctrl+1"),
        (translate("ShortcutsDialog", "Zoom"), "Ctrl++, Ctrl+-"),
        (translate("ShortcutsDialog", "Move over the photograph"), "Shift+←↑→↓"),
        (translate("ShortcutsDialog", "Move a box, then Enter"), "Ctrl+←↑→↓"),
        (
            translate("ShortcutsDialog", "Change the size of a box, then Enter"),
            "Ctrl+Shift+←↑→↓",
        ),
        (translate("ShortcutsDialog", "Paint or draw by keys"), "←↑→↓, Enter"),
        (translate("ShortcutsDialog", "Smaller or larger brush"), "[ ]"),
    )
    rows = "".join(_line(what, native_keys(key)) for what, key in hints)
    title = translate("ShortcutsDialog", "More")
    return f"<h3>{title}</h3><table width='100%'>{rows}</table>"
