from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.background import Background
from lafr_desktop.controllers.batch import BatchController
from lafr_desktop.models.jobs import JobLine
from lafr_engine.album.store import Album
from lafr_engine.messages import Ended, Outcome
from tests.desktop.albums import new_album, work_off


@dataclass
class Setup:
    album: Album
    batch: BatchController


@pytest.fixture
def setup(tmp_path: Path, qtbot: QtBot) -> Iterator[Setup]:
    with new_album(tmp_path, photos=3) as album:
        background = Background()
        yield Setup(album, BatchController(album.folder, background))
        background.close()


def test_new_photographs_are_queued_once_and_the_engine_is_woken(
    setup: Setup, qtbot: QtBot
) -> None:
    listed: list[list[JobLine]] = []
    setup.batch.lines_changed.connect(listed.append)
    with qtbot.waitSignals([setup.batch.jobs_queued, setup.batch.lines_changed]):
        setup.batch.restore_new()
    assert [line.photo for line in listed[-1]] == ["0.jpg", "1.jpg", "2.jpg"]
    with qtbot.waitSignal(setup.batch.nothing_to_do):
        setup.batch.restore_new()
    assert setup.album.counts().jobs_queued == 3


def test_only_the_photographs_asked_for_are_queued(setup: Setup, qtbot: QtBot) -> None:
    photo = setup.album.photos()[1]
    with qtbot.waitSignal(setup.batch.jobs_queued):
        setup.batch.restore_photos([photo.id])
    assert [job.photo_id for job in setup.album.jobs(("queued",))] == [photo.id]
    work_off(setup.album, faces=1)
    with qtbot.waitSignal(setup.batch.jobs_queued):
        setup.batch.restore_all()
    assert len(setup.album.jobs(("queued",))) == 2


def test_what_failed_is_listed_with_its_reason_and_can_be_tried_again(
    setup: Setup, qtbot: QtBot
) -> None:
    album = setup.album
    album.enqueue_find([album.photos()[0].id])
    job = album.take_job()
    assert job is not None
    album.apply(Ended(job.job, Outcome.FAILED, "the file is damaged"))
    with qtbot.waitSignal(setup.batch.lines_changed) as changed:
        setup.batch.refresh()
    (line,) = changed.args[0]
    assert isinstance(line, JobLine)
    assert line.job.state == "failed"
    assert "damaged" in line.detail
    with qtbot.waitSignal(setup.batch.jobs_queued):
        setup.batch.retry()
    assert [each.state for each in album.jobs()] == ["queued"]


def test_refreshes_that_follow_closely_are_one(setup: Setup, qtbot: QtBot) -> None:
    heard: list[object] = []
    setup.batch.lines_changed.connect(heard.append)
    with qtbot.waitSignal(setup.batch.lines_changed):
        for _ in range(20):
            setup.batch.refresh_soon()
    qtbot.wait(50)
    assert len(heard) == 1
