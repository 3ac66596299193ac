from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from lafr_desktop.models.photo_loader import PhotoLoader
from lafr_desktop.models.photos import PhotoQuery, PhotoRole, PhotosModel, badge_text
from lafr_desktop.thumbnails import Thumbnails
from lafr_engine.album.values import Photo, PhotoState
from lafr_engine.errors import UnreadableFile
from tests.desktop.values import PHOTO
from tests.desktop.watchdog import no_stall


def photos(*ids: int) -> list[Photo]:
    return [replace(PHOTO, id=i, path=Path(f"photo {i}.jpg"), sha256=f"{i:064}") for i in ids]


@pytest.fixture
def untested(qtbot: QtBot, tmp_path: Path) -> Iterator[PhotosModel]:
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    yield PhotosModel(thumbnails)
    thumbnails.close()


@pytest.fixture
def model(untested: PhotosModel) -> Iterator[PhotosModel]:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(untested, mode)
    yield untested
    tester.deleteLater()


def watched(model: PhotosModel) -> dict[int, QPersistentModelIndex]:
    return {each: QPersistentModelIndex(model.index(row)) for row, each in enumerate(model.ids())}


def test_rows_tell_of_their_photographs(model: PhotosModel) -> None:
    model.set_photos(photos(3, 1))
    index = model.index(0)
    assert index.data() == "photo 3.jpg"
    assert index.data(PhotoRole.PHOTO) == photos(3)[0]
    assert index.data(PhotoRole.STATE) == "review"
    assert index.data(PhotoRole.REVIEW_COUNT) == 2
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "photo 3.jpg, 2 to review, Faces: 3"
    assert "100 x 80" in index.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    "after",
    [
        (1, 2, 3, 4, 5),
        (5, 4, 3, 2, 1),
        (2, 4),
        (9, 1, 2, 8, 3, 4, 5, 7),
        (5, 9, 3, 8, 1),
        (),
        (7, 8),
    ],
)
def test_rows_follow_their_photographs(model: PhotosModel, after: tuple[int, ...]) -> None:
    model.set_photos(photos(1, 2, 3, 4, 5))
    before = watched(model)
    model.set_photos(photos(*after))
    assert model.ids() == list(after)
    for photo_id, index in before.items():
        expected = after.index(photo_id) if photo_id in after else -1
        assert index.row() == expected
        assert model.row_of(photo_id) == (expected if expected >= 0 else None)


def test_many_differences_reset_once(model: PhotosModel, qtbot: QtBot) -> None:
    model.set_photos(photos(*range(1000)))
    with qtbot.waitSignal(model.modelReset):
        model.set_photos(photos(*range(0, 1000, 2)))
    assert model.rowCount() == 500


def test_an_update_changes_one_row(model: PhotosModel) -> None:
    model.set_photos(photos(1, 2, 3))
    seen: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda a, b: seen.append((a.row(), b.row())))
    model.update_photo(replace(photos(2)[0], state=PhotoState.DONE))
    model.update_photo(photos(99)[0])
    assert seen == [(1, 1)]
    assert model.index(1).data(PhotoRole.STATE) == "done"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": PhotoState.NEW}, "New"),
        ({"state": PhotoState.HELD, "held": 4}, "4 held"),
        ({"state": PhotoState.DONE}, "Done"),
        ({"state": PhotoState.DONE, "faces": 0}, "No faces"),
        ({"state": PhotoState.REVIEW, "missing": True}, "Missing"),
    ],
)
def test_badges_say_what_is_left_to_do(change: dict[str, object], words: str) -> None:
    assert badge_text(replace(PHOTO, **change)) == words  # type: ignore[arg-type]  # a field of any type


def test_a_query_finds_names_whatever_their_case() -> None:
    found = PhotoQuery(text=" PHOTO 1").matching(photos(1, 2, 10))
    assert [photo.id for photo in found] == [1, 10]


def test_twenty_thousand_do_not_stall(untested: PhotosModel, qtbot: QtBot) -> None:
    every = photos(*range(20_000))  # Qt's tester would walk through all of them each time
    for each in [every, every[::-1], every[::-1][100:], every[::3], every]:
        with no_stall():
            qtbot.wait(30)
            untested.set_photos(each)
            qtbot.wait(30)
        assert untested.rowCount() == len(each)


def test_the_newest_request_is_the_one_delivered(qtbot: QtBot) -> None:
    loader = PhotoLoader()
    begun, go_on = threading.Event(), threading.Event()
    called: list[str] = []

    def slow() -> list[Photo]:
        begun.set()
        go_on.wait(5)
        return photos(1)

    def superseded() -> list[Photo]:
        called.append("superseded")
        return photos(2)

    delivered: list[list[Photo]] = []
    loader.loaded.connect(delivered.append)
    loader.load(slow)
    assert begun.wait(5)
    loader.load(superseded)
    loader.load(lambda: photos(3))
    go_on.set()
    qtbot.waitUntil(lambda: bool(delivered))
    loader.close()
    assert delivered == [photos(3)]
    assert called == []


def test_a_request_that_fails_says_why(qtbot: QtBot) -> None:
    loader = PhotoLoader()

    def gone() -> list[Photo]:
        raise UnreadableFile("album.sqlite", "there is no such file")

    with qtbot.waitSignal(loader.failed) as told:
        loader.load(gone)
    loader.close()
    assert told.args == ["album.sqlite: there is no such file"]
