from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QTextBrowser, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from lafr_desktop.engine_thread import WorkStatus
from lafr_desktop.models.faces import FacesModel
from lafr_desktop.models.jobs import JobLine, JobsModel
from lafr_desktop.views.actions import AlbumActions, FaceActions
from lafr_desktop.views.faces import FaceStrip
from lafr_desktop.views.main_window import MainWindow, Pages
from lafr_desktop.views.photo_page import PhotoPage, PhotoParts
from lafr_desktop.views.queue import QueuePanel, time_left, work_sentence
from lafr_desktop.views.review_bar import ReviewBar
from lafr_desktop.views.shortcuts import ShortcutsDialog
from tests.desktop.values import PHOTO, face, job, review

IDLE = WorkStatus(0, None, 0, 0, False, 0.0, None)
BUSY = WorkStatus(30, "aunt.jpg", 10, 0, False, 12.5, 200.0)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    album, actions = AlbumActions(), FaceActions()
    faces, jobs = FacesModel(), JobsModel()
    jobs.set_lines([JobLine(job(1, "failed", sentence="the file is damaged"), "uncle.jpg")])
    parts = PhotoParts(QWidget(), FaceStrip(faces), ReviewBar(actions))
    page = PhotoPage(parts, actions)
    queue = QueuePanel(jobs, (album.pause, album.cancel, album.retry))
    window = MainWindow(Pages(QWidget(), QWidget(), page, queue), album, actions)
    for child in (album, actions, faces, jobs):
        child.setParent(window)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.grab()  # every state can be painted


def _actions(window: MainWindow) -> list[QAction]:
    return [each for section in window.sections() for each in section.actions if each is not None]


def _find(window: MainWindow, words: str) -> QAction:
    return next(each for each in _actions(window) if words in each.text().replace("&", ""))


def test_no_two_actions_share_keys(window: MainWindow) -> None:
    face_actions = window.findChild(FaceActions)
    assert face_actions is not None
    keys = [
        key.toString()
        for action in [*_actions(window), *face_actions.candidates]
        for key in action.shortcuts()
    ]
    assert len(keys) == len(set(keys))
    assert {"A", "R", "N", "T", "D", "K", "Left", "Right", "Ctrl+Z", "Ctrl+I", "F1"} <= set(keys)


def test_face_actions_rest_while_the_album_is_shown(window: MainWindow) -> None:
    accept, back = _find(window, "Accept"), _find(window, "Back to album")
    assert not accept.isEnabled()
    window.show_photo()
    assert window.shows_photo
    assert back.isEnabled()
    window.show_album()
    assert not window.shows_photo
    assert not back.isEnabled()


def test_the_work_is_shown_with_rate_and_time_left(window: MainWindow) -> None:
    window.show_work(BUSY)
    texts = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "aunt.jpg" in texts
    assert "12.5 faces a minute" in texts
    assert "about 3 min left" in texts
    bars = [bar for bar in window.findChildren(QProgressBar) if not bar.isHidden()]
    assert bars
    assert all(bar.value() == 10 for bar in bars)
    assert _find(window, "Cancel").isEnabled()
    window.show_work(IDLE)
    assert not _find(window, "Cancel").isEnabled()
    assert not _find(window, "Pause").isEnabled()


def test_pausing_shows_on_the_action_and_can_be_undone(window: MainWindow) -> None:
    window.show_work(WorkStatus(30, None, 0, 2, True, 0.0, None))
    pause = _find(window, "Pause")
    assert pause.isChecked()
    assert pause.isEnabled()
    assert _find(window, "Retry what failed").isEnabled()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "less than a minute"), (600, "about 10 min"), (7800, "about 2 h 10 min")],
)
def test_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert words in time_left(seconds)


def test_an_idle_engine_has_nothing_to_do() -> None:
    assert work_sentence(IDLE) == "Nothing to do"


def test_nothing_is_told_of_what_does_not_wait() -> None:
    assert work_sentence(replace(BUSY, queued=0)).startswith("Working on aunt.jpg, 12.5 faces")


def test_the_device_is_told_with_the_reason(window: MainWindow) -> None:
    window.show_device("cpu", "there is no GPU in this machine")
    label = next(each for each in window.findChildren(QLabel) if "processor" in each.text())
    assert "no GPU" in label.toolTip()


def test_something_said_stays_until_it_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    window.say("Two photographs were written.")
    assert window.said == "Two photographs were written."
    window.say("")
    assert window.said == ""


def test_the_queue_is_shown_and_hidden_by_its_action(window: MainWindow) -> None:
    show = _find(window, "Show queue")
    panel = window.findChild(QueuePanel)
    assert panel is not None
    assert not panel.isVisible()
    show.trigger()
    assert panel.isVisible()
    show.trigger()
    assert not panel.isVisible()


def test_panels_are_remembered(window: MainWindow) -> None:
    show, panel = _find(window, "Show queue"), window.findChild(QueuePanel)
    assert panel is not None
    show.trigger()
    window.show_photo()
    remembered = window.remember()
    show.trigger()
    window.show_album()
    window.restore(*remembered)
    assert panel.isVisible()
    assert show.isChecked()
    tools = window.findChild(QToolBar)
    assert tools is not None
    assert tools.isVisible()  # hidden on the photo page only
    window.restore(b"damaged", b"damaged")
    assert window.isVisible()


def test_closing_is_told(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()


def test_the_end_of_the_review_is_told_and_taken_back_by_undo(window: MainWindow) -> None:
    page = window.findChild(PhotoPage)
    assert page is not None
    page.show_left(1)
    page.show_review(review(face(1)))
    page.show_end()
    assert page.at_end
    page.show_review(review(face(1)))
    assert not page.at_end


def test_the_list_of_shortcuts_holds_every_key(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog(window.sections(), window)
    browser = dialog.findChild(QTextBrowser)
    assert browser is not None
    text = browser.toPlainText()
    native = QKeySequence.SequenceFormat.NativeText
    for action in _actions(window):
        for key in action.shortcuts():
            assert key.toString(native) in text
    dialog.show()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_list_of_shortcuts_names_actions_and_not_what_they_would_do_now(
    window: MainWindow, qtbot: QtBot
) -> None:
    undo = _find(window, "Undo")
    undo.setText("&Undo: accepted")
    dialog = ShortcutsDialog(window.sections())
    qtbot.addWidget(dialog)
    text = dialog.findChild(QTextBrowser)
    assert text is not None
    assert "Undo" in text.toPlainText()
    assert "accepted" not in text.toPlainText()


def test_an_import_is_told_beside_the_work_until_it_ends(window: MainWindow) -> None:
    cancel = _find(window, "Cancel all")
    window.show_progress("Looking for photographs", 0, 0)
    window.show_work(replace(IDLE, queued=3, running="aunts.jpg"))
    state = next(
        each for each in window.findChildren(QLabel) if each.accessibleName() == "State of the work"
    )
    assert state.text() == "Looking for photographs"
    window.show_work(IDLE)
    assert cancel.isEnabled()
    window.show_progress("", 1, 1)
    assert state.text() == ""
    assert not cancel.isEnabled()


def test_a_long_name_does_not_widen_the_window(window: MainWindow, qtbot: QtBot) -> None:
    width = window.width()
    photo = replace(PHOTO, path=Path("grandmother-" * 40 + ".jpg"))
    page = window.findChild(PhotoPage)
    assert page is not None
    window.show_photo()
    page.show_review(replace(review(face(1)), photo=photo))
    window.show_work(replace(IDLE, running=photo.path.name, queued=1))
    qtbot.wait(50)
    assert window.width() == width
