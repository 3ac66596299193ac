"""The window answers within 50 ms, whatever goes on behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from lafr_desktop.app.shell import Shell
from lafr_desktop.settings import Settings
from lafr_engine.album.store import Album
from tests.desktop.albums import picture
from tests.desktop.small_engine import FACES, work
from tests.desktop.watchdog import no_stall

PHOTOS = 30
SECONDS_60 = 60_000


@pytest.fixture
def shell(tmp_path: Path, qtbot: QtBot) -> Iterator[Shell]:
    Album.create(tmp_path / "album").close()
    shell = Shell(tmp_path / "album", Settings.of_file(tmp_path / "settings.ini"), work)
    shell.start()
    qtbot.wait(300)
    yield shell
    shell.close()


@pytest.mark.slow
def test_import_restore_and_review_never_hold_the_window_up(
    shell: Shell, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(PHOTOS):
        picture(folder / f"{number}.jpg", number)
    window = shell.views.window
    with no_stall():
        shell.controllers.library.import_paths([folder])
        qtbot.waitUntil(lambda: shell.models.photos.rowCount() == PHOTOS, timeout=SECONDS_60)
        shell.views.album_actions.restore_new.trigger()
        qtbot.waitUntil(
            lambda: shell.album.counts().faces_to_review == FACES * PHOTOS, timeout=SECONDS_60
        )
    shell.views.face_actions.review.trigger()
    assert window.shows_photo
    qtbot.wait(500)
    with no_stall():
        for key in [Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_Right, Qt.Key.Key_Left] * 10:
            QTest.keyClick(window, key)
            qtbot.wait(30)
