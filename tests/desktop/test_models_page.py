from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lafr_desktop.models.bundles import Bundles
from lafr_desktop.views.model_licence import LicenceDialog
from lafr_desktop.views.models_page import ModelsDialog
from lafr_desktop.views.notes import Note
from lafr_engine.bundle import store
from lafr_engine.bundle.describe import BundleInfo
from lafr_engine.bundle.manifest import MANIFEST, Manifest, entry_of


def make(folder: Path, name: str, weights: bytes = b"weights") -> Path:
    folder.mkdir(parents=True)
    (folder / "chain.safetensors").write_bytes(weights * 1000)
    files = {"chain.safetensors": entry_of(folder / "chain.safetensors")}
    manifest = Manifest(name, "Apache-2.0", {"faces": 1124}, {}, files)
    (folder / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one bundle that is installed."""
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    return make(store.shipped_dir() / "lafr-test-1", "lafr-test-1")


@pytest.fixture
def bundles(shipped: Path) -> Iterator[Bundles]:
    bundles = Bundles()
    yield bundles
    bundles.close()


@pytest.fixture
def dialog(bundles: Bundles, qtbot: QtBot) -> ModelsDialog:
    """The dialog, connected as the application does it, with what is installed."""
    dialog = ModelsDialog()
    qtbot.addWidget(dialog)
    dialog.verify_requested.connect(bundles.verify)
    dialog.import_requested.connect(bundles.add)
    bundles.listed.connect(dialog.show_bundles)
    bundles.verified.connect(dialog.show_verified)
    bundles.imported.connect(dialog.show_imported)
    bundles.exists.connect(dialog.ask_to_replace)
    bundles.failed.connect(dialog.show_problem)
    dialog.show()
    with qtbot.waitSignal(bundles.listed):
        bundles.refresh()
    return dialog


def names(dialog: ModelsDialog) -> list[str]:
    rows = dialog.findChild(QListWidget)
    assert rows is not None
    return [rows.item(row).text() for row in range(rows.count())]


def button(dialog: QWidget, text: str) -> QAbstractButton:
    (found,) = (
        each
        for each in dialog.findChildren(QAbstractButton)
        if each.text().replace("&", "") == text
    )
    return found


def shown(dialog: ModelsDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]


def said(dialog: ModelsDialog) -> str:
    (last,) = (
        each for each in dialog.findChildren(Note) if each.accessibleName() == "What was done last"
    )
    return last.text()


def test_a_bundle_is_shown_with_all_that_is_known_of_it(
    dialog: ModelsDialog, shipped: Path
) -> None:
    assert names(dialog) == ["lafr-test-1 (in use)"]
    texts = shown(dialog)
    for text in ("Apache-2.0", "faces: 1124", "came with the program", str(shipped)):
        assert text in texts
    digest = entry_of(shipped / MANIFEST).sha256
    assert any(text.replace(" ", "") == digest for text in texts)


def test_a_sound_bundle_is_found_sound(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bundles.verified):
        button(dialog, "Check its files").click()
        assert not button(dialog, "Check its files").isEnabled()
    assert said(dialog) == "lafr-test-1: every file is what the manifest says."
    assert button(dialog, "Check its files").isEnabled()


def test_a_damaged_file_is_named(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot, shipped: Path
) -> None:
    (shipped / "chain.safetensors").write_bytes(b"altered")
    with qtbot.waitSignal(bundles.verified):
        button(dialog, "Check its files").click()
    assert "chain.safetensors" in said(dialog)


def test_a_bundle_is_added_and_listed(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot, tmp_path: Path
) -> None:
    given = make(tmp_path / "given", "mine-2")
    with qtbot.waitSignals([bundles.imported, bundles.listed]):
        dialog.import_requested.emit(given, False)
    assert names(dialog) == ["lafr-test-1 (in use)", "mine-2"]
    assert said(dialog) == "mine-2 was checked and added."
    assert (store.own_dir() / "mine-2" / MANIFEST).is_file()


def test_replacing_is_asked_for(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignals([bundles.imported, bundles.listed]):
        bundles.add(make(tmp_path / "given", "mine-2"))
    newer = make(tmp_path / "newer", "mine-2", b"others!")
    with qtbot.waitSignal(bundles.exists):
        bundles.add(newer)
    box = dialog.findChild(QMessageBox)
    assert box is not None
    assert "installed already" in box.text()
    replace = box.buttons()[
        [each.text().replace("&", "") for each in box.buttons()].index("Replace")
    ]
    with qtbot.waitSignals([bundles.imported, bundles.listed]):
        replace.click()
    kept = (store.own_dir() / "mine-2" / "chain.safetensors").read_bytes()
    assert kept == (newer / "chain.safetensors").read_bytes()


def test_what_cannot_be_added_is_told(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear grandmother")
    with qtbot.waitSignal(bundles.failed):
        bundles.add(letter)
    assert "letter.txt" in said(dialog)
    assert names(dialog) == ["lafr-test-1 (in use)"]


def test_another_bundle_is_chosen(
    dialog: ModelsDialog, bundles: Bundles, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignals([bundles.imported, bundles.listed]):
        bundles.add(make(tmp_path / "given", "mine-2"))
    rows = dialog.findChild(QListWidget)
    assert rows is not None
    rows.setCurrentRow(1)
    with qtbot.waitSignal(dialog.bundle_chosen) as told:
        button(dialog, "Use this model").click()
    assert told.args == ["mine-2"]
    assert names(dialog) == ["lafr-test-1", "mine-2 (in use)"]
    assert rows.currentRow() == 1


def test_a_bundle_that_cannot_be_used_says_why_and_is_not_chosen(
    dialog: ModelsDialog, tmp_path: Path
) -> None:
    broken = BundleInfo("broken", "", tmp_path, False, problem="The manifest is damaged.")
    dialog.show_bundles([broken])
    assert "The manifest is damaged." in shown(dialog)
    assert not button(dialog, "Use this model").isEnabled()


def test_without_any_bundle_that_is_said(dialog: ModelsDialog) -> None:
    dialog.show_bundles([])
    assert "No model is installed." in shown(dialog)
    assert not button(dialog, "Check its files").isEnabled()
    assert not button(dialog, "Use this model").isEnabled()


def test_both_ways_of_adding_are_offered(dialog: ModelsDialog) -> None:
    menu = dialog.findChild(QMenu)
    assert menu is not None
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts == [
        "From a file (.zip)…",
        "From a folder…",
        "From a file of others (GFPGAN, RestoreFormer)…",
    ]


def test_a_file_of_others_is_asked_for_its_licence_first(
    dialog: ModelsDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "GFPGANv1.4.pth"
    dialog.ask_licence(path)
    (question,) = dialog.findChildren(LicenceDialog)
    assert any(path.name in label.text() for label in question.findChildren(QLabel))
    add, licence = button(question, "Add"), question.findChild(QLineEdit)
    assert licence is not None
    assert not add.isEnabled()
    licence.setText("   ")
    assert not add.isEnabled()
    licence.setText(" Apache-2.0 ")
    with qtbot.waitSignal(dialog.model_import_requested) as told:
        add.click()
    assert told.args == [path, "Apache-2.0", False]
    assert not button(dialog, "Add a model").isEnabled()
    dialog.show_problem("is refused")
    assert button(dialog, "Add a model").isEnabled()


def test_a_file_of_others_may_replace_a_bundle_of_its_name(
    dialog: ModelsDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "GFPGANv1.4.pth"
    dialog.ask_to_replace_model(path, "GFPGANv1.4 is installed already", "Apache-2.0")
    box = dialog.findChild(QMessageBox)
    assert box is not None
    with qtbot.waitSignal(dialog.model_import_requested) as told:
        button(box, "Replace").click()
    assert told.args == [path, "Apache-2.0", True]


def test_a_restorer_by_others_is_shown_as_such(dialog: ModelsDialog, tmp_path: Path) -> None:
    info = BundleInfo(
        "GFPGANv1.4",
        "",
        tmp_path,
        False,
        licence="Apache-2.0",
        architecture="GFPGAN",
        source="GFPGANv1.4.pth",
    )
    dialog.show_bundles([info])
    texts = shown(dialog)
    for text in ("GFPGAN", "Apache-2.0", "GFPGANv1.4.pth", "added by you"):
        assert text in texts
    assert button(dialog, "Use this model").isEnabled()


def test_answers_come_in_the_gui_thread_and_none_after_closing(
    bundles: Bundles, qtbot: QtBot, qapp: QApplication, shipped: Path
) -> None:
    threads: list[QThread] = []
    bundles.verified.connect(lambda *_: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(bundles.verified):
        bundles.verify(shipped)
    assert threads == [qapp.thread()]
    bundles.verify(shipped)
    bundles.close()
    bundles.verify(shipped)
    qtbot.wait(50)
    assert len(threads) == 1


def test_a_bundle_that_is_gone_is_told(bundles: Bundles, qtbot: QtBot, shipped: Path) -> None:
    shutil.rmtree(shipped)
    with qtbot.waitSignal(bundles.verified) as told:
        bundles.verify(shipped)
    assert told.args is not None
    assert MANIFEST in told.args[1]


def test_until_the_list_comes_nothing_is_said_to_be_missing(qtbot: QtBot) -> None:
    dialog = ModelsDialog()
    qtbot.addWidget(dialog)
    assert not any("No model" in text for text in every(dialog))
    assert not button(dialog, "Use this model").isEnabled()
    dialog.show_bundles([])
    assert any("No model" in text for text in every(dialog))


def every(dialog: ModelsDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]
