from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from lafr_desktop.background import Background
from lafr_desktop.controllers.export import ExportController, ExportWish
from lafr_engine.album.export import ExportOptions
from lafr_engine.album.store import Album
from lafr_engine.messages import Ended, Outcome, PhotoRendered, RenderPhoto, Started
from tests.desktop.albums import restored_album


@dataclass
class Setup:
    album: Album
    export: ExportController
    out: Path


@pytest.fixture
def setup(tmp_path: Path, qtbot: QtBot) -> Iterator[Setup]:
    with restored_album(tmp_path, photos=3, faces=2) as album:
        background = Background()
        yield Setup(album, ExportController(album.folder, background), tmp_path / "out")
        background.close()


def _render(album: Album, fail: str = "") -> list[RenderPhoto]:
    """Do the exports that wait; one whose name contains the text fails."""
    jobs = []
    while (job := album.take_job()) is not None:
        assert isinstance(job, RenderPhoto)
        jobs.append(job)
        album.apply(Started(job.job))
        if fail and fail in job.photo.name:
            album.apply(Ended(job.job, Outcome.FAILED, "the disk is full"))
            continue
        job.out.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(job.photo) as photo:
            photo.save(job.out)
        album.apply(PhotoRendered(job.job, job.out, "0" * 64, ("DPI was not kept.",)))
        album.apply(Ended(job.job, Outcome.DONE))
    return jobs


def _accept_first_faces(album: Album, photos: int) -> None:
    for photo in album.photos()[:photos]:
        album.accept(album.faces(photo.id)[0].id)


def test_only_photographs_with_accepted_faces_are_written_and_only_those_faces(
    setup: Setup, qtbot: QtBot
) -> None:
    _accept_first_faces(setup.album, 2)
    with qtbot.waitSignal(setup.export.jobs_queued):
        setup.export.export(ExportWish(ExportOptions(setup.out)))
    jobs = _render(setup.album)
    assert [len(job.faces) for job in jobs] == [1, 1]
    with qtbot.waitSignal(setup.export.finished) as finished:
        setup.export.look_soon()
    assert (finished.args[0].written, finished.args[0].cancelled) == (2, 0)
    assert not setup.export.running


def test_confident_faces_go_in_only_when_asked_for(setup: Setup, qtbot: QtBot) -> None:
    with qtbot.waitSignal(setup.export.finished) as finished:
        setup.export.export(ExportWish(ExportOptions(setup.out)))
    assert finished.args[0].written == 0
    options = ExportOptions(setup.out, accept_confident=True)
    with qtbot.waitSignal(setup.export.jobs_queued):
        setup.export.export(ExportWish(options))
    assert [len(job.faces) for job in _render(setup.album)] == [2, 2, 2]


def test_failures_are_named_and_the_others_are_written(setup: Setup, qtbot: QtBot) -> None:
    _accept_first_faces(setup.album, 3)
    chosen = frozenset(photo.id for photo in setup.album.photos()[:2])
    with qtbot.waitSignal(setup.export.jobs_queued):
        setup.export.export(ExportWish(ExportOptions(setup.out), chosen))
    names = [job.photo.name for job in _render(setup.album, fail="1.jpg")]
    assert len(names) == 2
    with qtbot.waitSignal(setup.export.finished) as finished:
        setup.export.look_soon()
    outcome = finished.args[0]
    assert outcome.written == 1
    assert any("1.jpg" in each and "disk is full" in each for each in outcome.problems)
    assert any("DPI" in each for each in outcome.problems)


def test_pictures_for_sharing_lie_beside_the_results(setup: Setup, qtbot: QtBot) -> None:
    _accept_first_faces(setup.album, 2)
    wish = ExportWish(ExportOptions(setup.out), before_after=True, contact_sheet=True)
    for _ in range(2):
        with qtbot.waitSignal(setup.export.jobs_queued):
            setup.export.export(wish)
        _render(setup.album)
        with qtbot.waitSignal(setup.export.finished) as finished:
            setup.export.look_soon()
        wish = ExportWish(
            ExportOptions(setup.out, overwrite=True), before_after=True, contact_sheet=True
        )
    assert finished.args[0].written == 2
    names = sorted(path.name for path in setup.out.iterdir())
    assert len([name for name in names if "before-after" in name]) == 4  # never over a file
    sheets = [name for name in names if name.startswith("contact-sheet")]
    assert len(sheets) == 2
    with Image.open(setup.out / sheets[0]) as sheet:
        assert sheet.width > 2 * 240
