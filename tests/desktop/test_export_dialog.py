from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from lafr_desktop.views.export_dialog import (
    ExportChoice,
    ExportDialog,
    ExportScope,
    ExportSubject,
)
from lafr_desktop.views.notes import Note
from lafr_desktop.views.theme import tones
from lafr_engine.album.export import ExportOptions

SELECTED = ExportScope(photos=2, accepted=3, undecided=4, confident=1, small=2)
ALBUM = ExportScope(photos=9, accepted=12, undecided=5, confident=5)
Build = Callable[..., ExportDialog]


@pytest.fixture
def build(qtbot: QtBot, tmp_path: Path) -> Build:
    """A dialog on two selected photographs that exports into a folder which can be written."""

    def make(
        selected: ExportScope = SELECTED,
        album: ExportScope = ALBUM,
        options: ExportOptions | None = None,
    ) -> ExportDialog:
        originals = tmp_path / "originals"
        subject = ExportSubject(selected, album, originals / "Oma.tif", frozenset({originals}))
        dialog = ExportDialog(subject, options or ExportOptions(out=tmp_path))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def button(dialog: ExportDialog, text: str) -> QAbstractButton:
    (found,) = (
        each
        for each in dialog.findChildren(QAbstractButton)
        if each.text().replace("&", "").startswith(text)
    )
    return found


def field(dialog: ExportDialog, name: str) -> QLineEdit:
    (found,) = (each for each in dialog.findChildren(QLineEdit) if each.accessibleName() == name)
    return found


def choose(dialog: ExportDialog, name: str, value: object) -> None:
    (box,) = (each for each in dialog.findChildren(QComboBox) if each.accessibleName() == name)
    box.setCurrentIndex([box.itemData(row) for row in range(box.count())].index(value))


def said(dialog: ExportDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(Note) if not each.isHidden())


def test_the_usual_choice(build: Build, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = build()
    qtbot.waitUntil(button(dialog, "Export").isEnabled)
    with qtbot.waitSignal(dialog.export_requested) as told:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert told.args == [ExportChoice(ExportOptions(out=tmp_path))]
    assert not dialog.isVisible()


def test_all_fields_begin_at_the_same_place(build: Build) -> None:
    dialog = build()
    boxes = [each for each in dialog.findChildren(QComboBox) if each.isVisible()]
    places = {each.mapTo(dialog, each.rect().topLeft()).x() for each in boxes}
    assert len(boxes) == 2
    assert len(places) == 1


def test_everything_can_be_chosen(build: Build, tmp_path: Path) -> None:
    dialog = build()
    button(dialog, "All photographs").click()
    button(dialog, "Also take").click()
    button(dialog, "Replace files").click()
    button(dialog, "Keep the folders").click()
    button(dialog, "A picture with").click()
    button(dialog, "A contact sheet").click()
    choose(dialog, "Format", "JPEG")
    choose(dialog, "Size", 4)
    (quality,) = dialog.findChildren(QSpinBox)
    quality.setValue(92)
    field(dialog, "Added to the name").setText(" neu")
    options = ExportOptions(
        out=tmp_path,
        format="JPEG",
        quality=92,
        suffix=" neu",
        overwrite=True,
        scale=4,
        accept_confident=True,
        keep_folders=True,
    )
    assert dialog.choice == ExportChoice(
        options, whole_album=True, before_after=True, contact_sheet=True
    )


def test_options_given_are_shown_and_given_back(build: Build, tmp_path: Path) -> None:
    options = ExportOptions(
        out=tmp_path, format="WEBP", quality=80, suffix="_x", scale=2, accept_confident=True
    )
    assert build(options=options).choice.options == options


def test_it_is_said_what_goes_in_and_what_is_left_out(build: Build) -> None:
    dialog = build()
    assert "3 accepted" in said(dialog)
    assert "4 undecided" in said(dialog)
    button(dialog, "Also take").click()
    assert "1 confident" in said(dialog)
    assert "3 undecided" in said(dialog)
    button(dialog, "All photographs").click()
    assert "12 accepted" in said(dialog)
    assert "5 confident" in said(dialog)
    assert "undecided" not in said(dialog)


def test_enlarging_has_its_reason_and_the_number_it_is_good_for(build: Build) -> None:
    dialog = build()
    assert "does not get sharper" in said(dialog)
    assert "2 accepted" in said(dialog)
    button(dialog, "All photographs").click()
    assert "that small" not in said(dialog)


@pytest.mark.parametrize(
    ("kind", "suffix", "name"),
    [
        (None, "-restored", "Oma-restored.tif"),
        ("TIFF", "", "Oma.tif"),
        ("JPEG", " neu", "Oma neu.jpg"),
        ("PNG", "", "Oma.png"),
    ],
)
def test_an_example_of_a_name_follows(
    build: Build, kind: str | None, suffix: str, name: str
) -> None:
    dialog = build()
    choose(dialog, "Format", kind)
    field(dialog, "Added to the name").setText(suffix)
    assert f"Oma.tif becomes {name}" in said(dialog)


def test_quality_means_nothing_where_nothing_is_lost(build: Build) -> None:
    dialog = build()
    (quality,) = dialog.findChildren(QSpinBox)
    quality.setValue(70)
    choose(dialog, "Format", "PNG")
    assert not quality.isEnabled()
    assert dialog.choice.options.quality is None
    choose(dialog, "Format", "JPEG")
    assert dialog.choice.options.quality == 70


def test_without_accepted_faces_there_is_nothing_to_export(build: Build, qtbot: QtBot) -> None:
    none = ExportScope(undecided=2, confident=1)
    dialog = build(selected=none, album=none)
    qtbot.wait(100)
    assert "No face is accepted" in said(dialog)
    assert not button(dialog, "Export").isEnabled()
    button(dialog, "Also take").click()
    qtbot.waitUntil(button(dialog, "Export").isEnabled)


def test_without_a_selection_the_whole_album_is_meant(build: Build) -> None:
    dialog = build(selected=ExportScope())
    assert not button(dialog, "Selected").isEnabled()
    assert dialog.choice.whole_album


@pytest.mark.parametrize("suffix", ["a/b", "a\\b", "what?", "x:y", "a\tb"])
def test_letters_that_no_name_can_have_are_refused(build: Build, suffix: str) -> None:
    dialog = build()
    field(dialog, "Added to the name").setText(suffix)
    assert "cannot have any of these letters" in said(dialog)
    assert not button(dialog, "Export").isEnabled()


def test_originals_are_never_to_be_replaced(build: Build, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = build()
    field(dialog, "Folder for the results").setText(str(tmp_path / "originals"))
    qtbot.waitUntil(button(dialog, "Export").isEnabled)
    field(dialog, "Added to the name").setText("")
    assert "never replaced" in said(dialog)
    assert not button(dialog, "Export").isEnabled()


def test_a_folder_is_needed_and_must_do(build: Build, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = build()
    folder = field(dialog, "Folder for the results")
    folder.setText("")
    assert "Choose a folder" in said(dialog)
    file = tmp_path / "file"
    file.write_text("")
    folder.setText(str(file))
    qtbot.waitUntil(lambda: "a file of this name" in said(dialog))
    assert not button(dialog, "Export").isEnabled()
    folder.setText(str(tmp_path / "new"))
    qtbot.waitUntil(button(dialog, "Export").isEnabled)


def tone(dialog: ExportDialog, text: str) -> str:
    """The name of the colour in which something is said."""
    (note,) = (each for each in dialog.findChildren(Note) if text in each.text())
    colour = note.palette().color(QPalette.ColorRole.WindowText)
    known = tones(dialog.palette())
    return next(name for name in ("muted", "bad") if getattr(known, name) == colour)


@pytest.mark.parametrize("gets_there", ["by typing", "by trying"])
def test_a_missing_folder_is_a_hint_until_something_is_done_about_it(
    build: Build, qtbot: QtBot, tmp_path: Path, gets_there: str
) -> None:
    dialog = build(options=ExportOptions(out=Path()))
    export, hint = button(dialog, "Export"), "Choose a folder"
    assert tone(dialog, hint) == "muted"
    button(dialog, "All photographs").click()
    choose(dialog, "Format", "JPEG")
    assert tone(dialog, hint) == "muted"
    assert not export.isEnabled()
    assert hint in export.toolTip()
    assert hint in export.accessibleDescription()
    if gets_there == "by typing":
        QTest.keyClicks(field(dialog, "Folder for the results"), "x")
        QTest.keyClick(field(dialog, "Folder for the results"), Qt.Key.Key_Backspace)
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.isVisible()
    assert tone(dialog, hint) == "bad"
    field(dialog, "Folder for the results").setText(str(tmp_path))
    qtbot.waitUntil(export.isEnabled)
    assert export.toolTip() == ""


def test_nothing_to_export_is_no_mistake_either(build: Build) -> None:
    dialog = build(selected=ExportScope(), album=ExportScope())
    assert tone(dialog, "No face is accepted") == "muted"
    assert "No face is accepted" in button(dialog, "Export").toolTip()


def test_a_folder_that_will_not_do_is_told_at_the_button_too(
    build: Build, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = build()
    (tmp_path / "file").write_text("")
    field(dialog, "Folder for the results").setText(str(tmp_path / "file"))
    export = button(dialog, "Export")
    qtbot.waitUntil(lambda: "a file of this name" in export.toolTip())
    assert not export.isEnabled()


def test_leaving_asks_for_nothing(build: Build, qtbot: QtBot) -> None:
    dialog = build()
    asked: list[object] = []
    dialog.export_requested.connect(asked.append)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert asked == []
    assert not dialog.isVisible()


def test_where_only_others_have_accepted_faces_all_are_meant(build: Build) -> None:
    nothing = ExportScope(undecided=2, confident=2)
    assert button(build(selected=nothing), "All photographs").isChecked()
    assert button(build(), "Selected").isChecked()
