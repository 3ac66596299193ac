from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from lafr_desktop.app.crash import CrashReporter
from lafr_desktop.app.shell import Shell
from lafr_desktop.app.start import Program
from lafr_desktop.controllers.export import ExportWish
from lafr_desktop.settings import Settings
from lafr_desktop.translate import Translation
from lafr_desktop.views.photo import Tool
from lafr_desktop.views.settings_page import SettingsDialog
from lafr_engine.album.export import ExportOptions
from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState, ImportReport, PhotoFilter
from tests.desktop.albums import new_album, picture
from tests.desktop.small_engine import FACES, STRICT, TOO_SMALL, work

Open = Callable[[Path], Shell]
SECONDS_30 = 30_000


@pytest.fixture
def open_shell(tmp_path: Path, qtbot: QtBot) -> Iterator[Open]:
    shells: list[Shell] = []

    def start(folder: Path) -> Shell:
        shell = Shell(folder, Settings.of_file(tmp_path / "settings.ini"), work)
        shells.append(shell)
        crashes: list[object] = []
        shell.crashed.connect(crashes.append)
        shell.start()
        qtbot.waitUntil(lambda: shell.models.photos.rowCount() > 0)
        return shell

    yield start
    for shell in shells:
        shell.close()
        shell.deleteLater()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new_album(tmp_path, photos=2) as album:
        return album.folder


def _restore_all(shell: Shell, qtbot: QtBot) -> None:
    shell.views.album_actions.restore_new.trigger()
    faces = FACES * shell.models.photos.rowCount()
    qtbot.waitUntil(lambda: shell.album.counts().faces_to_review == faces, timeout=SECONDS_30)


def test_an_evening_restored_reviewed_by_keyboard_exported_and_reopened(
    open_shell: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    window = shell.views.window
    qtbot.waitUntil(shell.views.face_actions.review.isEnabled)
    shell.views.face_actions.review.trigger()
    assert window.shows_photo
    qtbot.waitActive(window)
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_A):
        QTest.keyClick(window, key)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_N)
    QTest.keyClick(window, Qt.Key.Key_A)
    assert shell.views.page.at_end
    photos = [photo.id for photo in shell.album.photos()]
    states = [[face.state for face in shell.album.faces(each)] for each in photos]
    assert states == [
        [FaceState.ACCEPTED, FaceState.REJECTED],
        [FaceState.NOT_A_FACE, FaceState.ACCEPTED],
    ]
    with qtbot.waitSignal(shell.controllers.export.finished, timeout=SECONDS_30) as finished:
        shell.controllers.export.export(ExportWish(ExportOptions(tmp_path / "out")))
    assert finished.args[0].written == 2
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.shows_photo
    shell.close()
    again = open_shell(folder)
    assert [[face.state for face in again.album.faces(each)] for each in photos] == states


def test_work_is_shown_while_it_runs_and_the_device_with_its_reason(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    with qtbot.waitSignal(shell.engine.ready, timeout=SECONDS_30) as ready:
        shell.views.album_actions.restore_selected.setEnabled(True)
        shell.views.grid.list.selectAll()
        shell.views.album_actions.restore_selected.trigger()
    assert ready.args == ["cpu", "there is no GPU in this machine"]
    qtbot.waitUntil(lambda: shell.album.counts().faces_to_review == 4, timeout=SECONDS_30)
    qtbot.waitUntil(
        lambda: shell.models.photos.photo(shell.album.photos()[0].id).to_review == 2  # type: ignore[union-attr]  # it is there
    )


def test_a_photo_that_is_open_shows_what_the_engine_finds(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    photo = shell.album.photos()[0].id
    shell.views.grid.opened.emit(photo)
    assert shell.models.faces.rowCount() == 0
    shell.views.album_actions.restore_selected.trigger()
    qtbot.waitUntil(lambda: shell.models.faces.rowCount() == FACES, timeout=SECONDS_30)
    qtbot.waitUntil(lambda: len(shell.album.review_queue()) == FACES, timeout=SECONDS_30)
    qtbot.waitUntil(
        lambda: shell.models.faces.index(0).data(Qt.ItemDataRole.DecorationRole) is not None
    )
    assert [job.photo_id for job in shell.album.jobs(("queued",))] == []


def test_another_seed_gives_a_candidate_that_can_be_chosen_by_its_number(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    window = shell.views.window
    shell.controllers.review.start()
    shell.views.grid.opened.emit(shell.album.review_queue()[0].photo_id)
    face = shell.controllers.review.face
    assert face is not None
    qtbot.waitActive(window)
    QTest.keyClick(window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(shell.album.candidates(face.id)) == 2, timeout=SECONDS_30)
    qtbot.waitUntil(lambda: len(shell.views.bar.candidate_buttons()) == 2)
    chosen = {shell.album.face(face.id).candidate_id}
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        QTest.keyClick(window, key)
        chosen.add(shell.album.face(face.id).candidate_id)
    assert len(chosen) == 2


def test_what_is_kept_is_stored_and_taken_back(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    shell.views.grid.opened.emit(shell.album.review_queue()[0].photo_id)
    face = shell.controllers.review.face
    assert face is not None
    mask = QImage(50, 60, QImage.Format.Format_Grayscale8)
    mask.fill(255)
    shell.views.photo.keep_painted.emit(face.id, mask)
    qtbot.waitUntil(lambda: shell.album.face(face.id).keep is not None)
    keep = shell.album.face(face.id).keep
    assert QImage(str(keep)) == mask
    QTest.keyClick(shell.views.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shell.album.face(face.id).keep is None


def test_a_face_that_was_missed_is_drawn_and_restored(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    window, photo = shell.views.window, shell.views.photo
    shell.views.grid.opened.emit(shell.album.review_queue()[0].photo_id)
    with qtbot.waitSignal(photo.loaded):
        pass
    qtbot.waitActive(window)
    QTest.keyClick(window, Qt.Key.Key_D)
    assert photo.tool is Tool.DRAW_FACE
    assert shell.views.face_actions.draw.isChecked()
    photo.face_drawn.emit((150.0, 20.0, 200.0, 80.0))
    assert shell.models.faces.rowCount() == FACES + 1
    drawn = shell.controllers.review.face
    assert drawn is not None
    assert drawn.origin == "drawn"
    qtbot.waitUntil(lambda: len(shell.album.review_queue()) == 2 * FACES + 1, timeout=SECONDS_30)
    photo.setFocus()
    canvas = photo.focusProxy()
    assert canvas is not None
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not shell.views.face_actions.draw.isChecked()
    assert window.shows_photo


def test_filters_of_sidebar_and_bar_are_one(open_shell: Open, folder: Path, qtbot: QtBot) -> None:
    shell = open_shell(folder)
    with qtbot.waitSignal(shell.controllers.library.photos_loaded) as listed:
        shell.views.sidebar.filter_chosen.emit(PhotoFilter.DONE)
    assert listed.args[0] == []
    assert shell.views.grid.filter_bar.query.filter is PhotoFilter.DONE


def test_photographs_are_dropped_in_and_removed_after_a_question(
    open_shell: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    with qtbot.waitSignal(shell.controllers.library.import_finished):
        shell.views.grid.dropped.emit([picture(tmp_path / "new.jpg", 9)])
    qtbot.waitUntil(lambda: shell.models.photos.rowCount() == 3)
    assert "added" in shell.views.window.said
    shell.views.grid.remove_requested.emit([shell.models.photos.ids()[0]])
    box = shell.views.window.findChild(QMessageBox)
    assert box is not None
    remove = next(each for each in box.buttons() if "Remove" in each.text())
    with qtbot.waitSignal(shell.controllers.library.removed):
        remove.click()
    qtbot.waitUntil(lambda: shell.models.photos.rowCount() == 2)


def test_the_device_is_tested_from_the_settings(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    shell.views.album_actions.settings.trigger()
    dialog = shell.views.window.findChild(SettingsDialog)
    assert dialog is not None
    with qtbot.waitSignal(shell.device_test.tested, timeout=SECONDS_30):
        dialog.device_test_requested.emit("auto")
    dialog.reject()


def test_the_bundle_that_was_chosen_restores_from_then_on(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    shell.settings.bundle = "another-bundle"
    _restore_all(shell, qtbot)
    face = shell.album.review_queue()[0]
    assert shell.album.candidates(face.id)[0].bundle == "another-bundle"


def test_the_bundle_that_was_chosen_says_which_faces_are_left_alone(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    shell.settings.bundle = STRICT
    shell.views.album_actions.restore_new.trigger()
    photos = shell.album.photos()

    def reasons() -> list[str | None]:
        return [face.reason for photo in photos for face in shell.album.faces(photo.id)]

    qtbot.waitUntil(lambda: reasons() == [TOO_SMALL] * (FACES * len(photos)), timeout=SECONDS_30)


@pytest.mark.parametrize("name", ["settings", "models", "about", "shortcuts"])
def test_every_dialog_opens_and_closes(
    open_shell: Open, folder: Path, qtbot: QtBot, name: str
) -> None:
    shell = open_shell(folder)
    getattr(shell.views.album_actions, name).trigger()
    dialog = shell.dialogs.current
    assert dialog is not None
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert shell.dialogs.current is None


def test_a_first_run_shows_a_sample_being_restored(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lafr_desktop.app.albums.default_folder", lambda: tmp_path / "album")
    program = Program(Settings.of_file(tmp_path / "settings.ini"), work, CrashReporter())
    assert program.begin(None)
    shell = program.shell
    assert shell is not None
    qtbot.waitUntil(lambda: shell.views.window.shows_photo, timeout=SECONDS_30)
    qtbot.waitUntil(lambda: shell.album.counts().faces_to_review == FACES, timeout=SECONDS_30)
    assert shell.album.counts().photos == 8
    assert "Welcome" in shell.views.window.said
    assert shell.views.photo.focusProxy() is shell.views.window.focusWidget()
    program.end()
    assert program.begin(None)
    assert program.shell is not None
    qtbot.waitUntil(lambda: program.shell.models.photos.rowCount() == 8)  # type: ignore[union-attr]  # it is there
    assert not program.shell.views.window.shows_photo
    program.end()


def test_the_window_is_where_it_was(open_shell: Open, folder: Path, qtbot: QtBot) -> None:
    shell = open_shell(folder)
    shell.views.album_actions.show_queue.trigger()
    shell.close()
    again = open_shell(folder)
    assert again.views.queue.isVisible()


def test_an_unexpected_error_is_shown_and_the_program_goes_on(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = CrashReporter()
    before = sys.excepthook
    with reporter.installed():
        sys.excepthook(ValueError, ValueError("surprise"), None)
        sys.excepthook(ValueError, ValueError("another"), None)
        boxes = [
            each
            for each in QApplication.topLevelWidgets()
            if isinstance(each, QMessageBox) and each.isVisible()
        ]
        assert len(boxes) == 1
        assert "surprise" in boxes[0].informativeText()
        boxes[0].close()
    assert sys.excepthook is before
    assert "another" in capsys.readouterr().err


def test_an_album_that_cannot_be_opened_is_told(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda *args: told.append(args[2]))
    (tmp_path / "file").write_text("no folder")
    program = Program(Settings.of_file(tmp_path / "settings.ini"), work, CrashReporter())
    assert not program.begin(tmp_path / "file")
    assert len(told) == 1
    assert not Album.is_album(tmp_path / "file")


def _engine(shell: Shell, qtbot: QtBot) -> str:
    """How the engine was started, by its own words."""
    with qtbot.waitSignal(shell.device_test.tested, timeout=SECONDS_30) as tested:
        shell.device_test.begin("auto")
    sentence: str = tested.args[0].sentence
    return sentence


def test_the_engine_heeds_the_settings_and_those_that_change(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    assert "auto, 300000000 pixels" in _engine(shell, qtbot)
    shell.settings.device = "cpu"
    shell.settings.max_megapixels = 20
    # A process that still has work in hand is replaced after it.
    told = [_engine(shell, qtbot)]
    while "cpu, 20000000 pixels" not in told[-1] and len(told) < 50:
        told.append(_engine(shell, qtbot))
    assert "cpu, 20000000 pixels" in told[-1]
    _restore_all(shell, qtbot)
    device = shell.views.window.findChild(QLabel, "device")
    assert device is not None
    assert device.text() == "Device: processor"


def test_a_photograph_beyond_the_limit_of_the_settings_is_not_opened(
    open_shell: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    shell.settings.max_megapixels = 10
    large = tmp_path / "large.png"
    Image.new("L", (4000, 2600)).save(large)
    with qtbot.waitSignal(shell.controllers.library.import_finished):
        shell.views.grid.dropped.emit([large])
    photo = next(each for each in shell.album.photos() if each.path == large)
    with qtbot.waitSignal(shell.views.photo.failed) as failed:
        shell.views.grid.opened.emit(photo.id)
    assert "10 million" in failed.args[0]


def test_a_mask_that_was_just_painted_outlives_the_window(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    face = shell.album.review_queue()[0]
    shell.views.grid.opened.emit(face.photo_id)
    masks = [QImage(50, 60, QImage.Format.Format_Grayscale8) for _ in range(2)]
    for grey, mask in enumerate(masks):
        mask.fill(grey)
        shell.views.photo.keep_painted.emit(face.id, mask)
    shell.close()
    with Album.open(folder) as album:
        keep = album.face(face.id).keep
        assert keep is not None
        assert QImage(str(keep)) == masks[-1]
        album.undo()
        before = album.face(face.id).keep
        assert before is not None
        assert QImage(str(before)) == masks[0]


def _keep(shell: Shell, face_id: int) -> QImage | None:
    keep = shell.album.face(face_id).keep
    return None if keep is None else QImage(str(keep))


def test_strokes_are_taken_back_and_repeated_like_all_decisions(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    face = shell.album.review_queue()[0].id
    with qtbot.waitSignal(shell.views.photo.loaded):
        shell.views.grid.opened.emit(shell.album.face(face).photo_id)
    shell.controllers.edits.set_strength(0.5)
    shell.views.face_actions.keep.trigger()
    zoom, undo = shell.views.photo.zoom, shell.views.face_actions.undo
    masks = [QImage(50, 60, QImage.Format.Format_Grayscale8) for _ in range(2)]
    for grey, mask in enumerate(masks, 100):
        mask.fill(grey)
        shell.views.photo.keep_painted.emit(face, mask)
    undo.trigger()  # before the strokes are in the album
    done: list[bool] = []
    shell.stage.when_saved(lambda: done.append(True))  # behind the undo
    qtbot.waitUntil(lambda: bool(done))
    assert _keep(shell, face) == masks[0]
    undo.trigger()
    assert _keep(shell, face) is None
    shell.views.face_actions.redo.trigger()
    assert _keep(shell, face) == masks[0]
    undo.trigger()
    undo.trigger()
    assert _keep(shell, face) is None
    assert shell.album.face(face).strength == 1.0
    assert shell.views.photo.tool is Tool.KEEP_BRUSH
    assert shell.views.photo.zoom == zoom


def test_undo_and_redo_are_offered_only_while_there_is_something(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    undo, redo = shell.views.face_actions.undo, shell.views.face_actions.redo
    _restore_all(shell, qtbot)
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    qtbot.waitUntil(shell.views.face_actions.review.isEnabled)
    shell.views.face_actions.review.trigger()
    shell.views.face_actions.accept.trigger()
    assert undo.isEnabled()
    assert "accepted" in undo.text()
    assert not redo.isEnabled()
    undo.trigger()
    assert not undo.isEnabled()
    assert "accepted" in redo.text()
    redo.trigger()
    assert undo.isEnabled()
    assert not redo.isEnabled()
    shell.close()
    again = open_shell(folder)
    qtbot.waitUntil(again.views.face_actions.undo.isEnabled)
    again.controllers.library.remove(again.models.photos.ids())
    qtbot.waitUntil(lambda: not again.views.face_actions.undo.isEnabled())


def test_a_drawn_face_that_is_taken_back_leaves_nothing_to_undo(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    undo, redo = shell.views.face_actions.undo, shell.views.face_actions.redo
    shell.views.grid.opened.emit(shell.album.photos()[0].id)
    shell.views.photo.face_drawn.emit((150.0, 20.0, 200.0, 80.0))
    assert "drawn face" in undo.text()
    shell.views.face_actions.back.trigger()
    undo.trigger()
    assert not undo.isEnabled()
    assert redo.isEnabled()


def test_a_first_stroke_can_be_taken_back_before_it_is_in_the_album(
    open_shell: Open, folder: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    face = shell.album.review_queue()[0].id
    shell.views.grid.opened.emit(shell.album.face(face).photo_id)
    undo = shell.views.face_actions.undo
    mask = QImage(50, 60, QImage.Format.Format_Grayscale8)
    mask.fill(200)
    assert not undo.isEnabled()
    shell.views.photo.keep_painted.emit(face, mask)
    assert _keep(shell, face) is None
    assert undo.isEnabled()
    assert "stroke" in undo.text()
    undo.trigger()
    qtbot.waitUntil(shell.views.face_actions.redo.isEnabled)
    assert _keep(shell, face) is None
    assert not undo.isEnabled()


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    translation = Translation(qapp, "en")  # plurals
    yield
    translation.remove()


@pytest.mark.parametrize(
    ("added", "known", "moved", "told"),
    [
        (2, 0, 1, ["2 photographs added.", "1 moved photograph found again."]),
        (0, 0, 3, ["3 moved photographs found again."]),
        (0, 1, 0, ["1 photograph was in the album already."]),
        (0, 0, 0, ["No photographs were found there."]),
    ],
)
def test_an_import_says_what_happened(
    open_shell: Open,
    folder: Path,
    english: None,
    added: int,
    known: int,
    moved: int,
    told: list[str],
) -> None:
    shell = open_shell(folder)
    shell.tell_import(ImportReport(added, known, moved, changed=0, problems=()))
    lines = shell.views.window.said.splitlines()
    assert [each for each in lines if "Restore new" not in each] == told
    assert ("Restore new" in lines[-1]) == bool(added)


def test_only_review_moves_the_view(open_shell: Open, folder: Path, qtbot: QtBot) -> None:
    shell = open_shell(folder)
    _restore_all(shell, qtbot)
    photo, review = shell.views.photo, shell.controllers.review
    with qtbot.waitSignal(photo.loaded):
        shell.views.grid.opened.emit(shell.album.review_queue()[0].photo_id)
    fitted = photo.zoom
    assert review.review is not None
    first, second = review.review.faces
    photo.face_clicked.emit(second.id)
    assert review.face == second
    review.refresh()
    assert photo.zoom == fitted
    shell.views.strip.chosen.emit(first.id)
    assert review.face == first
    assert photo.zoom > fitted
    photo.fit()
    review.next_face()
    assert photo.zoom > fitted


def test_an_import_can_be_stopped_by_cancel(
    open_shell: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shell = open_shell(folder)
    (tmp_path / "many").mkdir()
    data = picture(tmp_path / "one.jpg", 100).read_bytes()
    for number in range(3000):  # what stands behind a JPEG's end makes it another file
        (tmp_path / "many" / f"{number}.jpg").write_bytes(data + number.to_bytes(2, "big"))
    cancel = shell.views.album_actions.cancel
    with qtbot.waitSignal(shell.controllers.library.import_finished) as finished:
        shell.views.grid.dropped.emit([tmp_path / "many"])
        assert cancel.isEnabled()
        cancel.trigger()
    assert finished.args[0].added < 3000
    assert not cancel.isEnabled()


def test_a_tool_says_how_it_is_used(open_shell: Open, folder: Path, qtbot: QtBot) -> None:
    shell = open_shell(folder)
    window, photo = shell.views.window, shell.views.photo
    for tool, word in ((Tool.DRAW_FACE, "box"), (Tool.KEEP_BRUSH, "Paint"), (Tool.PAN, "")):
        photo.set_tool(tool)
        assert word in window.statusBar().currentMessage()
    assert window.statusBar().currentMessage() == ""
