from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.background import Background
from lafr_desktop.controllers.library import LibraryController
from lafr_desktop.models.photos import PhotoQuery
from lafr_engine.album.store import Album
from lafr_engine.album.values import Counts, ImportReport, ImportStep, PhotoFilter
from tests.desktop.albums import new_album, picture, restored_album


@dataclass
class Setup:
    album: Album
    library: LibraryController
    background: Background


@pytest.fixture
def setup(tmp_path: Path, qtbot: QtBot) -> Iterator[Setup]:
    with new_album(tmp_path, photos=3) as album:
        background = Background()
        library = LibraryController(album.folder, background)
        yield Setup(album, library, background)
        library.close()
        background.close()


def test_photographs_and_counts_come_without_waiting(setup: Setup, qtbot: QtBot) -> None:
    library = setup.library
    counted: list[Counts] = []
    library.counts_changed.connect(counted.append)
    with qtbot.waitSignals([library.photos_loaded, library.counts_changed]):
        library.refresh()
    assert counted[0].photos == counted[0].new == 3
    with qtbot.waitSignal(library.photos_loaded) as listed:
        library.set_query(PhotoQuery(text="1."))
    assert [photo.path.name for photo in listed.args[0]] == ["1.jpg"]


def test_an_import_tells_how_far_it_is_and_how_it_ended(
    setup: Setup, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "more" / "deep"
    folder.mkdir(parents=True)
    picture(folder / "new.jpg", 77)
    (folder / "broken.jpg").write_bytes(b"no picture")
    told: list[tuple[int, int, str]] = []
    setup.library.import_progressed.connect(lambda *step: told.append(step))
    with qtbot.waitSignal(setup.library.import_finished) as finished:
        setup.library.import_paths([tmp_path / "more"])
    report = finished.args[0]
    assert isinstance(report, ImportReport)
    assert report.added == 1
    assert len(report.problems) == 1
    assert "broken.jpg" in report.problems[0]
    assert told
    assert told[-1][1] == 2


def test_an_import_can_be_stopped(setup: Setup, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        picture(folder / f"{number}.jpg", 100 + number)
    with qtbot.waitSignal(setup.library.import_finished) as finished:
        setup.library.import_paths([folder])
        setup.library.stop_import()  # long before the worker thread has seen all
    assert finished.args[0].added < 40


def test_removed_photographs_leave_their_files(setup: Setup, qtbot: QtBot) -> None:
    photo = setup.album.photos()[0]
    with qtbot.waitSignal(setup.library.photos_loaded) as listed:
        setup.library.remove([photo.id])
    assert photo.id not in [each.id for each in listed.args[0]]
    assert photo.path.is_file()


def test_changes_are_gathered_and_only_they_are_read(setup: Setup, qtbot: QtBot) -> None:
    ids = [photo.id for photo in setup.album.photos()]
    with qtbot.waitSignal(setup.library.photos_updated) as updated:
        for photo_id in (ids[0], ids[2], ids[0]):
            setup.library.photo_changed(photo_id)
    assert sorted(photo.id for photo in updated.args[0]) == [ids[0], ids[2]]


def test_a_photo_that_no_longer_passes_the_filter_leaves_the_list(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with restored_album(tmp_path, photos=2, faces=1) as album:
        background = Background()
        library = LibraryController(album.folder, background)
        with qtbot.waitSignal(library.photos_loaded) as listed:
            library.set_query(PhotoQuery(filter=PhotoFilter.REVIEW))
        assert len(listed.args[0]) == 2
        face = album.review_queue()[0]
        album.accept(face.id)
        with qtbot.waitSignal(library.photos_loaded) as listed:
            library.photo_changed(face.photo_id)
        assert len(listed.args[0]) == 1
        library.close()
        background.close()


def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path: Path, qtbot: QtBot) -> None:
    background = Background()
    library = LibraryController(tmp_path / "nothing", background)
    with qtbot.waitSignal(library.failed) as failed:
        library.refresh()
    assert "album" in failed.args[0]
    library.close()
    background.close()


def test_a_long_import_is_seen_to_grow(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lafr_desktop.controllers.library._GROW_MS", 20)
    go_on = threading.Event()
    steps = Album.import_paths

    def slowly(
        album: Album, paths: Sequence[Path], stop: Callable[[], bool]
    ) -> Generator[ImportStep, None, ImportReport]:
        real = steps(album, paths, stop)
        yield next(real)
        go_on.wait(20)
        return (yield from real)

    with new_album(tmp_path / "grows", photos=2) as album:
        monkeypatch.setattr(Album, "import_paths", slowly)
        background = Background()
        library = LibraryController(album.folder, background)
    ended: list[bool] = []
    library.import_ended.connect(lambda: ended.append(True))
    new = [picture(tmp_path / f"new{number}.jpg", 70 + number) for number in range(2)]
    with qtbot.waitSignal(library.import_begun):
        library.import_paths(new)
    with qtbot.waitSignal(library.photos_loaded, check_params_cb=lambda photos: len(photos) > 2):
        pass
    assert not ended
    with qtbot.waitSignal(library.import_finished) as finished:
        go_on.set()
    assert finished.args[0].added == 2
    assert ended
    library.close()
    background.close()
