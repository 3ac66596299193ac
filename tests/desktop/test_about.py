from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from lafr_desktop.views.about import AboutDialog, LegalTexts, linked, read_legal_texts


def pages(dialog: AboutDialog) -> list[str]:
    tabs = dialog.findChild(QTabWidget)
    assert tabs is not None
    found = []
    for number in range(tabs.count()):
        page = tabs.widget(number)
        assert isinstance(page, QPlainTextEdit | QTextBrowser)
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


def others(dialog: AboutDialog) -> QTextBrowser:
    """The page on what others made, in front."""
    tabs = dialog.findChild(QTabWidget)
    assert tabs is not None
    tabs.setCurrentIndex(2)
    page = tabs.currentWidget()
    assert isinstance(page, QTextBrowser)
    return page


def test_markdown_is_set_and_not_shown_raw(qtbot: QtBot) -> None:
    dialog = AboutDialog(read_legal_texts())
    qtbot.addWidget(dialog)
    page = others(dialog)
    shown = page.toPlainText()
    assert "CenterFace" in shown
    assert [sign for sign in ("|---", "](", "`", "## ") if sign in shown] == []
    frames = page.document().rootFrame().childFrames()
    assert len([each for each in frames if isinstance(each, QTextTable)]) == 3


class Browser(QObject):
    """Stands in for the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def test_links_are_reached_by_tab_and_opened_outside(qtbot: QtBot) -> None:
    browser = Browser()
    text = "One [a](https://a.example/) and [b](https://b.example/), see [c](MODEL_CARD.md)."
    dialog = AboutDialog(LegalTexts("", text))
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    page = others(dialog)
    page.setFocus()
    # The stubs want bytes, PySide takes a text.
    QDesktopServices.setUrlHandler("https", browser, "open")  # type: ignore[arg-type]
    try:
        for _ in range(2):
            QTest.keyClick(page, Qt.Key.Key_Tab)
            QTest.keyClick(page, Qt.Key.Key_Return)
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert browser.opened == ["https://a.example/", "https://b.example/"]
    assert page.toPlainText() == "One a and b, see c."
    QTest.keyClick(page, Qt.Key.Key_Tab)
    assert not page.hasFocus()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[x](https://a.example/b)", "[x](https://a.example/b)"),
        ("[x](mailto:a@b.example)", "[x](mailto:a@b.example)"),
        ("[tests/data/README.md](tests/data/README.md) names", "tests/data/README.md names"),
        ("[x](file:///etc/passwd)", "x"),
        ("a | [LICENSE](LICENSE) | b", "a | LICENSE | b"),
    ],
)
def test_only_links_to_the_web_stay_links(text: str, left: str) -> None:
    assert linked(text) == left


def test_the_name_of_a_device_is_no_markdown(qtbot: QtBot) -> None:
    dialog = AboutDialog(LegalTexts("", ""), "*GPU* _0_ [x](y)")
    qtbot.addWidget(dialog)
    assert "run on: *GPU* _0_ [x](y)." in pages(dialog)[0]
