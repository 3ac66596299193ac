from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.app.crash import CrashReporter
from lafr_desktop.app.shell import Shell
from lafr_desktop.app.start import Program
from lafr_desktop.settings import Settings
from lafr_engine.album.store import Album
from tests.desktop.albums import new_album
from tests.desktop.small_engine import work
from tests.desktop.watchdog import no_stall

MANY = 20_000
SECONDS_60 = 60_000
_COLUMNS = "path, name, sha256, bytes, modified, checked, format, dated, imported"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(Settings.of_file(tmp_path / "settings.ini"), work, CrashReporter())
    yield program
    program.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new_album(tmp_path, photos=2) as album:
        return album.folder


def large_album(folder: Path) -> Path:
    """An album of so many photographs whose files are gone."""
    Album.create(folder).close()
    rows = (
        (f"/gone/{i}.jpg", f"{i}.jpg", f"{i:064x}", 1, 1, "2020", "JPEG", f"{i:06}", f"{i:06}")
        for i in range(MANY)
    )
    with sqlite3.connect(folder / "album.sqlite") as database:
        sql = f"INSERT INTO photos ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        database.executemany(sql, rows)
    database.close()
    return folder


def opened(program: Program, folder: Path, photos: int, qtbot: QtBot) -> Shell:
    """Wait until an album is open and listed."""

    def is_open() -> bool:
        shell = program.shell
        listed = shell is not None and shell.models.photos.rowCount() == photos
        return listed and shell is not None and shell.album.folder == folder

    qtbot.waitUntil(is_open, timeout=SECONDS_60)
    assert program.shell is not None
    return program.shell


def test_another_album_takes_the_place_of_the_one_that_is_open(
    tmp_path: Path, program: Program, folder: Path, qtbot: QtBot
) -> None:
    assert program.begin(folder)
    first = opened(program, folder, 2, qtbot)
    first.request_album(tmp_path / "other")
    second = opened(program, tmp_path / "other", 0, qtbot)
    qtbot.waitUntil(second.views.window.isVisible)
    assert second.settings.recent_albums == (tmp_path / "other", folder)


def test_an_album_that_cannot_be_opened_changes_nothing(
    tmp_path: Path, program: Program, folder: Path, qtbot: QtBot
) -> None:
    assert program.begin(folder)
    shell = opened(program, folder, 2, qtbot)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "album.sqlite").write_bytes(b"not a database" * 100)
    shell.settings.remember_album(broken)
    program.change(broken)
    qtbot.waitUntil(lambda: shell.views.window.said != "")
    assert program.shell is shell
    assert shell.views.window.isEnabled()
    assert shell.settings.recent_albums == (folder,)
    program.change(tmp_path / "other")  # and it can be tried again
    opened(program, tmp_path / "other", 0, qtbot)


def test_a_change_that_is_under_way_ends_with_the_program(
    tmp_path: Path, program: Program, folder: Path, qtbot: QtBot
) -> None:
    assert program.begin(folder)
    shell = opened(program, folder, 2, qtbot)
    program.change(tmp_path / "other")
    qtbot.waitUntil(lambda: not shell.views.window.isEnabled())
    program.end()
    qtbot.wait(100)
    assert program.shell is None


@pytest.mark.slow
def test_another_album_never_holds_the_window_up(
    tmp_path: Path, program: Program, qtbot: QtBot
) -> None:
    albums = [large_album(tmp_path / name) for name in ("a", "b")]
    assert program.begin(albums[0])
    opened(program, albums[0], MANY, qtbot)
    with no_stall():
        for folder in (albums[1], albums[0], albums[1]):  # more often than a hiccup is forgiven
            program.change(folder)
            opened(program, folder, MANY, qtbot)
