"""About this program: what it is, what it does not do, and under which licences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QTextFrameFormat, QTextLength, QTextTable
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from lafr_engine import __version__
from lafr_engine.resources import resources_dir

_DISTRIBUTION = "lafr-desktop"
_FILES = ("LICENSE", "THIRD_PARTY.md")
_LINK: Final = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_PADDING: Final = 5.0
_WIDTH: Final = 99.0  # percent of the page; the rest is for the line at its right edge
_METHOD: Final = "https://arxiv.org/abs/2505.23462"


@dataclass(frozen=True, slots=True)
class LegalTexts:
    """The licence of this program, and what others made; empty where a file is not found."""

    licence: str
    third_party: str


def read_legal_texts() -> LegalTexts:
    """Read the texts: beside the resources, in the installed package, or in the source tree."""
    return LegalTexts(*(_text(name) for name in _FILES))


def _text(name: str) -> str:
    resources = resources_dir()
    for folder in (resources, resources.parent):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    try:
        return metadata.distribution(_DISTRIBUTION).read_text(f"licenses/{name}") or ""
    except metadata.PackageNotFoundError:
        return ""


class AboutDialog(QDialog):
    """Three pages of text that can be read and copied by keyboard.

    Links are opened by the system's own browser, never here; Tab goes from one to the next.
    """

    def __init__(self, texts: LegalTexts, device: str = "", parent: QWidget | None = None) -> None:
        """Show the texts; ``device`` says in a few words where the networks run now."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("About LAFR Desktop"))
        title = QLabel(self.tr("LAFR Desktop {0}").format(__version__), self)
        font = QFont(title.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        title.setFont(font)
        line = QLabel(self.tr("Restores the faces in family photographs, on your machine."), self)
        line.setWordWrap(True)
        tabs = QTabWidget(self)
        tabs.setAccessibleName(self.tr("About LAFR Desktop"))
        tabs.addTab(self._rich(self._privacy(device)), self.tr("What runs &where"))
        tabs.addTab(self._plain(texts.licence), self.tr("&Licence"))
        tabs.addTab(self._rich(linked(texts.third_party)), self.tr("What &others made"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (title, line, tabs, buttons):
            column.addWidget(widget)
        self.resize(680, 520)

    def _privacy(self, device: str) -> str:
        paragraphs = [
            self.tr(
                "No connection is made. Your photographs, the faces in them and what you decide "
                "stay on this machine; nothing is sent, counted or looked up."
            ),
            self.tr(
                "The window and the networks run as two programs, both on this machine. If the "
                "second one fails, it is started again, and your album stays as it is."
            ),
            self.tr("Your originals are only ever read. Results are written as new files."),
            self.tr(
                "A restored face is an estimate: the networks may invent details that the "
                "photograph does not show. That is why you are asked about every face, and why "
                "an exported photograph says that it was changed."
            ),
            self.tr("The networks run on: {0}.").format(_literal(device)) if device else "",
            self.tr("Licence: {0}").format("Apache-2.0"),
            self.tr("The method (LAFR): {0}").format(f"[{_METHOD}]({_METHOD})"),
        ]
        return "\n\n".join(each for each in paragraphs if each)

    def _plain(self, text: str) -> QPlainTextEdit:
        """A page of text as it was written, line by line."""
        page = QPlainTextEdit(self)
        page.setPlainText(text or self._not_found())
        page.setReadOnly(True)
        page.setTabChangesFocus(True)
        page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        page.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        return page

    def _rich(self, markdown: str) -> QTextBrowser:
        """A page of Markdown."""
        page = QTextBrowser(self)
        page.setMarkdown(markdown or self._not_found())
        page.setOpenExternalLinks(True)
        page.setTabChangesFocus(True)
        page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        _set_tables(page)
        return page

    def _not_found(self) -> str:
        return self.tr("This text was not found in the installed program.")


def linked(markdown: str) -> str:
    """Keep links to the web, and leave of all others the words: their files do not ship."""

    def kept(found: re.Match[str]) -> str:
        scheme = QUrl(found.group(2)).scheme()
        return found.group(0) if scheme in ("http", "https", "mailto") else found.group(1)

    return _LINK.sub(kept, markdown)


def _literal(text: str) -> str:
    """Keep Markdown from reading signs into a text."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)


def _set_tables(page: QTextEdit) -> None:
    """Give tables air and thin lines; Qt sets them tight, with a border in relief."""
    colour = page.palette().mid().color()
    for frame in page.document().rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            form = frame.format().toTableFormat()
            form.setWidth(QTextLength(QTextLength.Type.PercentageLength, _WIDTH))
            form.setTopMargin(_PADDING)
            form.setCellPadding(_PADDING)
            form.setBorderCollapse(True)
            form.setBorder(1.0)
            form.setBorderBrush(colour)
            form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            frame.setFormat(form)
