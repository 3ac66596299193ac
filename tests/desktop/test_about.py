from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget
from pytestqt.qtbot import QtBot

from lafr_desktop.views.about import AboutDialog, LegalTexts, read_legal_texts


def pages(dialog: AboutDialog) -> list[str]:
    tabs = dialog.findChild(QTabWidget)
    assert tabs is not None
    found = []
    for number in range(tabs.count()):
        page = tabs.widget(number)
        assert isinstance(page, QPlainTextEdit)
        assert page.isReadOnly()
        assert page.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
        found.append(page.toPlainText())
    return found


def test_the_texts_that_come_with_the_program_are_found() -> None:
    texts = read_legal_texts()
    assert "Apache License" in texts.licence
    assert "CenterFace" in texts.third_party


def test_all_pages_are_shown(qtbot: QtBot) -> None:
    dialog = AboutDialog(LegalTexts("the licence", "the others"), "CPU")
    qtbot.addWidget(dialog)
    where, licence, others = pages(dialog)
    assert "No connection is made." in where
    assert "run on: CPU." in where
    assert (licence, others) == ("the licence", "the others")


def test_a_text_that_is_not_there_is_said_to_be_missing(qtbot: QtBot) -> None:
    dialog = AboutDialog(LegalTexts("", ""))
    qtbot.addWidget(dialog)
    where, licence, others = pages(dialog)
    assert "run on" not in where
    assert "not found" in licence
    assert "not found" in others
