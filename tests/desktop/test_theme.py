from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lafr_desktop.views import theme
from lafr_desktop.views.notes import Note

Role = QPalette.ColorRole
SCHEMES = (Qt.ColorScheme.Light, Qt.ColorScheme.Dark)
PAIRS = [
    (Role.WindowText, Role.Window),
    (Role.Text, Role.Base),
    (Role.Text, Role.AlternateBase),
    (Role.WindowText, Role.Base),
    (Role.PlaceholderText, Role.Base),
    (Role.ButtonText, Role.Button),
    (Role.ButtonText, Role.Window),
    (Role.HighlightedText, Role.Highlight),
    (Role.ToolTipText, Role.ToolTipBase),
    (Role.Link, Role.Window),
    (Role.Link, Role.Base),
    (Role.LinkVisited, Role.Window),
    (Role.LinkVisited, Role.Base),
    (Role.BrightText, Role.Window),
]


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The application, undressed again afterwards."""
    name, palette = qapp.style().name(), QPalette(qapp.palette())
    yield qapp
    qapp.styleHints().unsetColorScheme()
    qapp.setStyleSheet("")
    qapp.setStyle(name)
    qapp.setPalette(palette)


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_wcag() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(scheme: Qt.ColorScheme, text: Role, ground: Role) -> None:
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        palette = theme.palette_of(scheme)
        assert contrast(palette.color(group, text), palette.color(group, ground)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["good", "bad", "warning", "note", "muted"])
def test_colours_with_a_meaning_can_be_read(scheme: Qt.ColorScheme, name: str) -> None:
    palette = theme.palette_of(scheme)
    colour = getattr(theme.tones(palette), name)
    for ground in (Role.Window, Role.Base, Role.AlternateBase):
        assert contrast(colour, palette.color(ground)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_disabled_is_fainter_and_still_there(scheme: Qt.ColorScheme) -> None:
    palette = theme.palette_of(scheme)
    ground = palette.color(Role.Window)
    faint = contrast(palette.color(QPalette.ColorGroup.Disabled, Role.Text), ground)
    assert 3.0 <= faint < contrast(palette.color(Role.Text), ground)


def test_a_choice_is_taken_and_a_palette_knows_its_scheme(app: QApplication) -> None:
    theme.apply(app, "dark")
    assert theme.scheme_of(app.palette()) == Qt.ColorScheme.Dark
    theme.apply(app, "light")
    assert theme.scheme_of(app.palette()) == Qt.ColorScheme.Light


def test_a_change_is_told_once(app: QApplication, qtbot: QtBot) -> None:
    kept = theme.Theme(app, "light")
    changes: list[bool] = []
    kept.changed.connect(lambda: changes.append(True))
    kept.choose("dark")
    kept.choose("dark")
    assert kept.choice == "dark"
    assert len(changes) == 1


def test_the_system_is_followed_only_where_it_was_chosen(app: QApplication) -> None:
    kept = theme.Theme(app, "system")
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    seen = app.styleHints().colorScheme()
    app.styleHints().colorSchemeChanged.emit(seen)
    assert theme.scheme_of(app.palette()) == theme.scheme_of(
        theme.palette_of(app.styleHints().colorScheme())
    )
    kept.choose("light")
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.scheme_of(app.palette()) == Qt.ColorScheme.Light


def test_notes_follow_the_theme(app: QApplication, qtbot: QtBot) -> None:
    theme.apply(app, "light")
    parent = QWidget()
    qtbot.addWidget(parent)
    note = Note("Nothing is lost.", "bad", parent)
    parent.show()
    assert note.palette().color(Role.WindowText) == theme.tones(app.palette()).bad
    theme.apply(app, "dark")
    qtbot.waitUntil(lambda: note.palette().color(Role.WindowText) == theme.tones(app.palette()).bad)
    note.set_tone("good")
    assert note.palette().color(Role.WindowText) == theme.tones(app.palette()).good
    assert note.palette().color(Role.Window) == app.palette().color(Role.Window)
