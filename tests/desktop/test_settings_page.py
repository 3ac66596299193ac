from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lafr_desktop.settings import Settings
from lafr_desktop.views.folder_field import FolderField
from lafr_desktop.views.notes import Note
from lafr_desktop.views.settings_page import DeviceSection, LookSection, SettingsDialog
from lafr_engine.messages import DeviceTested


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.of_file(tmp_path / "settings.ini")


@pytest.fixture
def dialog(settings: Settings, qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def named(parent: QWidget, kind: type[QWidget], name: str) -> QWidget:
    (found,) = (each for each in parent.findChildren(kind) if each.accessibleName() == name)
    return found


def choose(box: QWidget, value: str) -> None:
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))


def button(parent: QWidget, text: str) -> QAbstractButton:
    found = [
        each
        for each in parent.findChildren(QAbstractButton)
        if each.text().replace("&", "") == text
    ]
    return found[0]


def notes(parent: QWidget) -> list[str]:
    return [each.text() for each in parent.findChildren(Note) if not each.isHidden()]


def test_what_is_chosen_is_kept_at_once(dialog: SettingsDialog, settings: Settings) -> None:
    choose(named(dialog, QComboBox, "Device"), "cpu")
    choose(named(dialog, QComboBox, "Theme"), "dark")
    choose(named(dialog, QComboBox, "Language"), "de")
    size = named(dialog, QSpinBox, "Thumbnails")
    assert isinstance(size, QSpinBox)
    size.setValue(252)
    confident = button(dialog, "Accept all confident faces")
    confident.click()
    assert (settings.device, settings.theme, settings.language) == ("cpu", "dark", "de")
    assert settings.thumbnail_size == 252
    assert settings.accept_confident
    confident.click()
    assert not settings.accept_confident


def test_fields_stand_in_one_line_and_none_is_hidden(dialog: SettingsDialog, qtbot: QtBot) -> None:
    restart = "changes when the program is started again"
    (note,) = (each for each in dialog.findChildren(Note) if restart in each.text())
    fields = [
        named(dialog, QLineEdit, "Export folder"),
        named(dialog, QSpinBox, "Largest photograph"),
        named(dialog, QComboBox, "Language"),
        named(dialog, QComboBox, "Theme"),
        named(dialog, QSpinBox, "Thumbnails"),
    ]
    choose(fields[2], "de")
    qtbot.waitUntil(note.isVisible)
    places = {each.mapTo(dialog, each.rect().topLeft()).x() for each in fields}
    places.add(note.mapTo(dialog, note.rect().topLeft()).x() + note.indent())
    assert len(places) == 1
    (area,) = dialog.findChildren(QScrollArea)
    assert not area.verticalScrollBar().isVisible()


def test_what_is_kept_is_shown(settings: Settings, qtbot: QtBot, tmp_path: Path) -> None:
    settings.device = "cuda"
    settings.accept_confident = True
    settings.export_folder = tmp_path
    settings.max_megapixels = 120
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    device = named(dialog, QComboBox, "Device")
    pixels = named(dialog, QSpinBox, "Largest photograph")
    folder = dialog.findChild(FolderField)
    assert isinstance(device, QComboBox)
    assert isinstance(pixels, QSpinBox)
    assert folder is not None
    assert device.currentData() == "cuda"
    assert pixels.value() == 120
    assert folder.folder == tmp_path
    assert button(dialog, "Accept all confident faces").isChecked()


def test_a_new_language_is_said_to_need_another_start(dialog: SettingsDialog) -> None:
    look = dialog.findChild(LookSection)
    assert look is not None
    assert notes(look) == []
    choose(named(dialog, QComboBox, "Language"), "de")
    assert any("started again" in text for text in notes(look))


def test_the_device_is_tested_and_the_answer_shown(dialog: SettingsDialog, qtbot: QtBot) -> None:
    section = dialog.findChild(DeviceSection)
    assert section is not None
    choose(named(dialog, QComboBox, "Device"), "cpu")
    test = button(dialog, "Test this device")
    with qtbot.waitSignal(dialog.device_test_requested) as told:
        QTest.keyClick(test, Qt.Key.Key_Space)
    assert told.args == ["cpu"]
    assert not test.isEnabled()
    dialog.show_device_test(DeviceTested("1", "cpu", 0.0, 1.0, True, "The CPU is sound."))
    assert test.isEnabled()
    assert "The CPU is sound." in notes(section)
    dialog.show_device_test_failed("The engine died.")
    assert "The engine died." in notes(section)
    assert "The CPU is sound." not in notes(section)


def test_a_result_does_not_stay_beside_another_device(dialog: SettingsDialog) -> None:
    section = dialog.findChild(DeviceSection)
    assert section is not None
    dialog.show_device_test(DeviceTested("1", "cpu", 0.0, 1.0, True, "The CPU is sound."))
    choose(named(dialog, QComboBox, "Device"), "cuda")
    assert notes(section) == []


def test_it_is_said_why_no_gpu_is_used(dialog: SettingsDialog) -> None:
    section = dialog.findChild(DeviceSection)
    assert section is not None
    dialog.show_device("cpu", "no CUDA driver was found")
    assert notes(section) == ["Running now on CPU: no CUDA driver was found."]


def test_the_cache_is_told_and_cleared(dialog: SettingsDialog, qtbot: QtBot) -> None:
    clear = button(dialog, "Clear")
    dialog.show_cache_size(5_000_000_000)
    assert button(dialog, "Clear").isEnabled()
    with qtbot.waitSignal(dialog.clear_cache_requested):
        clear.click()
    dialog.show_cache_size(0)
    assert not clear.isEnabled()


def test_a_folder_is_kept_once_it_is_known_to_do(
    dialog: SettingsDialog, settings: Settings, qtbot: QtBot, tmp_path: Path
) -> None:
    field = dialog.findChild(FolderField)
    assert field is not None
    with qtbot.waitSignal(field.checked) as told:
        field.set_folder(tmp_path / "not there yet")
    assert told.args == [""]
    assert field.is_sound
    assert settings.export_folder == tmp_path / "not there yet"


@pytest.mark.parametrize("text", ["relative/place", "{file}", "{file}/below"])
def test_a_folder_that_will_not_do_is_told_and_not_kept(
    dialog: SettingsDialog, settings: Settings, qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    field = dialog.findChild(FolderField)
    assert field is not None
    with qtbot.waitSignal(field.checked) as told:
        field.set_folder(Path(text.format(file=file)))
    assert told.args is not None
    assert told.args[0].endswith(".")
    assert not field.is_sound
    assert settings.export_folder is None
    assert told.args[0] in notes(field)


def test_every_control_has_a_name_and_can_be_reached(dialog: SettingsDialog) -> None:
    kinds = (QComboBox, QSpinBox, QCheckBox, QAbstractButton, QLineEdit)
    controls = [each for kind in kinds for each in dialog.findChildren(kind) if each.isVisible()]
    inner = {"qt_spinbox_lineedit"}
    for control in controls:
        if control.objectName() in inner:
            continue
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text
