from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

import lafr_desktop
from lafr_desktop.settings import LANGUAGES, Settings
from lafr_desktop.translate import TRANSLATED, Translation, language_of, translations_dir
from lafr_desktop.views.about import AboutDialog, LegalTexts
from lafr_desktop.views.actions import FaceActions
from lafr_desktop.views.export_dialog import ExportDialog, ExportScope, ExportSubject
from lafr_desktop.views.models_page import ModelsDialog
from lafr_desktop.views.review_bar import ReviewBar
from lafr_desktop.views.settings_page import SettingsDialog
from lafr_desktop.views.shortcuts import native_keys
from tests.desktop.values import face, review

SOURCES = sorted(Path(next(iter(lafr_desktop.__path__))).rglob("*.py"))
FUNCTIONS = {"translate", "QT_TRANSLATE_NOOP"}


@dataclass(frozen=True)
class Message:
    """A text of a .ts file, with what it is in the other language."""

    context: str
    source: str
    forms: tuple[str, ...]
    plural: bool
    finished: bool


def messages(language: str) -> list[Message]:
    root = ElementTree.parse(translations_dir() / f"lafr_{language}.ts").getroot()
    found = []
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = tuple(form.text or "" for form in translation.iter("numerusform"))
            found.append(
                Message(
                    context.findtext("name", ""),
                    message.findtext("source", ""),
                    forms or (translation.text or "",),
                    message.get("numerus") == "yes",
                    translation.get("type") is None,
                )
            )
    return found


class Texts(ast.NodeVisitor):
    """Collects the texts of a module, by the context in which Qt looks for them."""

    def __init__(self) -> None:
        self.found: set[tuple[str, str]] = set()
        self.strange: list[int] = []
        self._classes: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        name = function.id if isinstance(function, ast.Name) else name
        texts = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        if name == "tr" and isinstance(function, ast.Attribute):
            owner = function.value.id if isinstance(function.value, ast.Name) else ""
            self._take(self._classes[-1] if owner == "self" and self._classes else None, texts[0])
            if owner != "self":
                self.strange.append(node.lineno)
        elif name in FUNCTIONS and len(texts) >= 2:
            self._take(texts[0], texts[1])
            plain = isinstance(function, ast.Name)  # a painter translates too
            if plain and (len(texts) > 2 or not all(isinstance(each, str) for each in texts)):
                self.strange.append(node.lineno)  # a plural, or no constants

    def visit_Assign(self, node: ast.Assign) -> None:
        """See that nobody calls the function by a name that lupdate does not know."""
        self.generic_visit(node)
        value, target = node.value, node.targets[0]
        known = isinstance(target, ast.Name) and target.id in FUNCTIONS
        if isinstance(value, ast.Attribute) and value.attr in FUNCTIONS and not known:
            self.strange.append(node.lineno)

    def _take(self, context: object, text: object) -> None:
        if isinstance(context, str) and isinstance(text, str):
            self.found.add((context, text))


def texts(path: Path) -> Texts:
    visitor = Texts()
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return visitor


@pytest.fixture
def german(qapp: QApplication) -> Iterator[Translation]:
    translation = Translation(qapp, "de")
    yield translation
    translation.remove()


def dialogs(folder: Path) -> list[QDialog]:
    subject = ExportSubject(ExportScope(1, 1), ExportScope(1, 1), folder / "a.tif")
    return [
        SettingsDialog(Settings.of_file(folder / "settings.ini")),
        ModelsDialog(),
        AboutDialog(LegalTexts("", "")),
        ExportDialog(subject, None),
    ]


def test_every_text_of_the_window_is_translated() -> None:
    # `python installer/translations.py` brings new texts into the file.
    used = {found for path in SOURCES for found in texts(path).found}
    known = {(each.context, each.source) for each in messages("de") if each.finished}
    assert len(used) > 100
    assert used - known == set()


def test_no_translation_is_of_a_text_that_is_gone() -> None:
    used = {found for path in SOURCES for found in texts(path).found}
    assert {(each.context, each.source) for each in messages("de")} - used == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_texts_are_asked_for_where_qt_looks_for_them(path: Path) -> None:
    # lupdate takes `self` for the class around it; `other.tr(...)` it files under "other".
    assert texts(path).strange == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_whole(language: str) -> None:
    for message in messages(language):
        assert message.finished
        assert message.plural == ("%n" in message.source)
        assert len(message.forms) == (2 if message.plural else 1)
        for form in message.forms:
            assert form
            assert sorted(re.findall(r"\{\w*\}|%n", form)) == sorted(
                re.findall(r"\{\w*\}|%n", message.source)
            )
            assert len(re.findall("&[^ ]", form)) == len(re.findall("&[^ ]", message.source))
            assert form.endswith(("…", "...", ":")) == message.source.endswith(("…", "...", ":"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_was_translated(language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(translations_dir() / f"lafr_{language}.qm"))
    for message in messages(language):
        for number, form in enumerate(message.forms, start=1):
            count = number if message.plural else -1
            assert translator.translate(message.context, message.source, "", count) == form


def test_english_has_all_its_plurals() -> None:
    plurals = {each.source for each in messages("de") if each.plural}
    assert {each.source for each in messages("en")} == plurals


def test_dialogs_speak_german_and_so_do_qts_own_buttons(
    german: Translation, qtbot: QtBot, tmp_path: Path
) -> None:
    titles = []
    for dialog in dialogs(tmp_path):
        qtbot.addWidget(dialog)
        titles.append(dialog.windowTitle())
        (box,) = dialog.findChildren(QDialogButtonBox)
        assert {button.text().replace("&", "") for button in box.buttons()} <= {
            "Schließen",
            "Abbrechen",
            "Exportieren",
        }
    assert titles == ["Einstellungen", "Modelle", "Über LAFR Desktop", "Exportieren"]
    assert QLocale().language() == QLocale.Language.German


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ("Ctrl+0, Ctrl+1", "Strg+0, Strg+1"),
        ("Ctrl+Shift+←↑→↓", "Strg+Umschalt+←↑→↓"),
        ("Space", "Leertaste"),
        ("←↑→↓, Enter", "←↑→↓, Eingabe"),
        ("[ ]", "[ ]"),
    ],
)
def test_keys_are_called_what_stands_on_them(german: Translation, keys: str, named: str) -> None:
    assert native_keys(keys) == named


def test_keys_stay_as_they_are_in_english(qapp: QApplication) -> None:
    translation = Translation(qapp, "en")
    try:
        for keys in ("Ctrl++, Ctrl+-", "Shift+←↑→↓", "Space", "←↑→↓, Enter", "1 - 9"):
            assert native_keys(keys) == keys
    finally:
        translation.remove()


def test_likeness_has_a_decimal_comma_in_german(german: Translation, qtbot: QtBot) -> None:
    bar = ReviewBar(FaceActions())
    qtbot.addWidget(bar)
    bar.show_review(review(face(1)))
    assert "0,80" in " ".join(label.text() for label in bar.findChildren(QLabel))


def test_taking_a_language_away_leaves_english(qapp: QApplication) -> None:
    translation = Translation(qapp, "de")
    assert qapp.translate("SettingsDialog", "Settings") == "Einstellungen"
    translation.remove()
    assert qapp.translate("SettingsDialog", "Settings") == "Settings"


def test_english_counts_properly(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    translation = Translation(qapp, "en")
    try:
        dialog = dialogs(tmp_path)[-1]
        qtbot.addWidget(dialog)
        said = [label.text() for label in dialog.findChildren(QLabel)]
        assert "1 accepted face will be in the results." in said
    finally:
        translation.remove()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_two_controls_of_a_dialog_share_a_letter(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    translation = Translation(qapp, language)
    try:
        for dialog in dialogs(tmp_path):
            qtbot.addWidget(dialog)
            letters = _mnemonics(dialog)
            assert len(letters) == len(set(letters)), (dialog.windowTitle(), sorted(letters))
    finally:
        translation.remove()


def _mnemonics(dialog: QDialog) -> list[str]:
    every = (str(widget.property("text") or "") for widget in dialog.findChildren(QWidget))
    return [found.group(1).lower() for text in every if (found := re.search("&([^& ])", text))]


@pytest.mark.parametrize(
    ("choice", "system", "language"),
    [
        ("de", "en_US", "de"),
        ("en", "de_DE", "en"),
        ("system", "de_AT", "de"),
        ("system", "en_GB", "en"),
        ("system", "fr_FR", "en"),
        ("system", "C", "en"),
    ],
)
def test_the_language_follows_the_choice_and_the_system(
    choice: str, system: str, language: str
) -> None:
    assert language_of(choice, QLocale(system)) == language


def test_every_language_that_can_be_chosen_is_translated() -> None:
    assert set(LANGUAGES) - {"system"} == set(TRANSLATED)
