"""The program as people use it: the real engine, the built-in bundle, the keyboard.

Not collected by itself: test_whole_program.py runs it, on a display where there is one.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from lafr_desktop.app.crash import CrashReporter
from lafr_desktop.app.shell import Shell
from lafr_desktop.app.start import Program
from lafr_desktop.settings import Settings
from lafr_desktop.views.export_dialog import ExportDialog
from lafr_engine.album.values import AlbumFace, FaceState
from lafr_engine.worker.process import main as engine

pytestmark = pytest.mark.timeout(600)

NAMES = ("old_1860_three_girls.jpg", "pif_soldier_family.jpg")
MINUTES_4 = 240_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def photos(tmp_path: Path, samples: Path) -> list[Path]:
    """Photographs of our own, to see that nobody writes to them."""
    folder = tmp_path / "scans" / "Grüße aus Übersee"
    folder.mkdir(parents=True)
    return [Path(shutil.copy(samples / name, folder / name)) for name in NAMES]


@pytest.fixture
def program(tmp_path: Path, qtbot: QtBot) -> Iterator[Program]:
    program = Program(Settings.of_file(tmp_path / "settings.ini"), engine, CrashReporter())
    yield program
    program.end()


def _hashes(paths: list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def _shell(program: Program) -> Shell:
    assert program.shell is not None
    return program.shell


def _faces(shell: Shell) -> list[AlbumFace]:
    photos = sorted(shell.album.photos(), key=lambda photo: photo.path.name)
    return [face for photo in photos for face in shell.album.faces(photo.id)]


def _import_and_restore(shell: Shell, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shell.controllers.library.import_finished):
        shell.controllers.library.import_paths([folder])
    qtbot.waitUntil(lambda: shell.models.photos.rowCount() == len(NAMES))
    with qtbot.waitActive(shell.views.window):  # shortcuts go to the active window alone
        shell.views.window.activateWindow()
    QTest.keyClick(shell.views.window, Qt.Key.Key_N, CONTROL)

    def all_restored() -> bool:
        counts = shell.album.counts()
        return counts.faces_to_review >= 5 and not (counts.jobs_queued or counts.jobs_running)

    qtbot.waitUntil(all_restored, timeout=MINUTES_4)


def _review(shell: Shell, qtbot: QtBot) -> None:
    """Accept, reject, take back, try another seed, and go on to the end."""
    window = shell.views.window
    qtbot.waitUntil(shell.views.face_actions.review.isEnabled)
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.shows_photo
    QTest.keyClick(window, Qt.Key.Key_A)
    QTest.keyClick(window, Qt.Key.Key_R)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    face = shell.controllers.review.face
    assert face is not None
    assert face.state in (FaceState.RESTORED, FaceState.HELD)
    QTest.keyClick(window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(shell.album.candidates(face.id)) == 2, timeout=MINUTES_4)
    QTest.keyClick(window, Qt.Key.Key_R)
    accept = True
    while not shell.views.page.at_end:
        QTest.keyClick(window, Qt.Key.Key_A if accept else Qt.Key.Key_R)
        accept = not accept


def _export(shell: Shell, out: Path, qtbot: QtBot) -> None:
    QTest.keyClick(shell.views.window, Qt.Key.Key_Escape)
    QTest.keyClick(shell.views.grid.list, Qt.Key.Key_A, CONTROL)
    shell.settings.export_folder = out
    QTest.keyClick(shell.views.window, Qt.Key.Key_E, CONTROL)
    qtbot.waitUntil(lambda: isinstance(shell.dialogs.current, ExportDialog))
    dialog = shell.dialogs.current
    assert isinstance(dialog, ExportDialog)
    boxes = {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}
    boxes["Format"].setCurrentIndex(boxes["Format"].findData("PNG"))  # it loses nothing
    with qtbot.waitSignal(shell.controllers.export.finished, timeout=MINUTES_4) as finished:
        dialog.accept()
    assert (finished.args[0].written, finished.args[0].cancelled) == (len(NAMES), 0)


def _pixels(path: Path) -> NDArray[np.int16]:
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB")).astype(np.int16)


def _rectangles(shell: Shell, photo: Path) -> dict[FaceState, list[tuple[int, int, int, int]]]:
    """By state, where the candidates of a photograph's faces lie."""
    found: dict[FaceState, list[tuple[int, int, int, int]]] = {}
    photo_id = next(each.id for each in shell.album.photos() if each.path == photo)
    for face in shell.album.faces(photo_id):
        if face.candidate_id is not None:  # a face may be too poor to be restored
            rectangle = shell.album.candidate(face.candidate_id).rectangle
            found.setdefault(face.state, []).append(rectangle)
    return found


def _check_export(shell: Shell, photo: Path, out: Path) -> None:
    """Only accepted faces changed: nothing outside of their rectangles did."""
    before, after = _pixels(photo), _pixels(out / f"{photo.stem}-restored.png")
    changed = np.abs(after - before).max(axis=2)
    outside = np.ones(changed.shape, dtype=bool)
    for x0, y0, x1, y1 in _rectangles(shell, photo)[FaceState.ACCEPTED]:
        assert changed[y0:y1, x0:x1].max() > 0
        outside[y0:y1, x0:x1] = False
    assert changed[outside].max() == 0


def test_an_album_from_import_to_export_and_back(
    program: Program, photos: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    hashes = _hashes(photos)
    album, out = tmp_path / "album", tmp_path / "out"
    assert program.begin(album)
    shell = _shell(program)
    _import_and_restore(shell, photos[0].parent, qtbot)
    _review(shell, qtbot)
    decided = _faces(shell)
    states = [face.state for face in decided]
    assert set(states) == {FaceState.ACCEPTED, FaceState.REJECTED}
    _export(shell, out, qtbot)
    for photo in photos:
        _check_export(shell, photo, out)
    program.end()

    assert program.begin(album)
    shell = _shell(program)
    assert _faces(shell) == decided
    assert _hashes(photos) == hashes
    assert shell.album.verify() == []
