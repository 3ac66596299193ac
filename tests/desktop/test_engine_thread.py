from __future__ import annotations

import itertools
import multiprocessing
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QThread
from pytestqt.qtbot import QtBot

from lafr_desktop.engine_thread import Engine, WorkStatus
from lafr_desktop.engine_thread.pace import Rate, Thinner
from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState
from lafr_engine.client.process import Target
from lafr_engine.messages import (
    Ended,
    FaceGeometry,
    FacesFound,
    FindFaces,
    Outcome,
    Progress,
    RestoreFace,
    Started,
)
from tests.worker import light_engine


class Heard:
    """What an engine said, each with the thread in which it was heard."""

    def __init__(self, engine: Engine) -> None:
        self.photos: list[tuple[int, float]] = []
        self.faces: list[int] = []
        self.side: list[object] = []
        self.status: list[WorkStatus] = []
        self.notices: list[str] = []
        self.busy: list[str] = []
        self.progress: list[Progress] = []
        self.threads: set[bool] = set()
        engine.photo_changed.connect(self._photo)
        engine.face_changed.connect(self.faces.append)
        engine.side_event.connect(self.side.append)
        engine.work_changed.connect(self.status.append)
        engine.notice.connect(self.notices.append)
        engine.busy.connect(self.busy.append)
        engine.progressed.connect(self.progress.append)

    def _photo(self, photo_id: int) -> None:
        self.photos.append((photo_id, time.monotonic()))
        application = QCoreApplication.instance()
        assert application is not None
        self.threads.add(QThread.currentThread() is application.thread())


def make_album(folder: Path, names: list[str]) -> Album:
    """An album of small photographs, all of them queued."""
    photos = folder / "photos"
    photos.mkdir()
    for number, name in enumerate(names):
        pixels = np.full((150, 200, 3), number % 256, np.uint8)
        pixels[number // 256, 0] = 7
        (photos / f"{name}.png").write_bytes(imagecodecs.png_encode(pixels))
    album = Album.create(folder / "album")
    for _ in album.import_paths([photos], lambda: False):
        pass
    album.enqueue_all(None)
    return album


@contextmanager
def running(
    album: Path, target: Target = light_engine.album_main
) -> Iterator[tuple[Engine, Heard]]:
    engine = Engine(album, target)
    heard = Heard(engine)
    engine.start()
    try:
        yield engine, heard
    finally:
        engine.close()
        QCoreApplication.processEvents()


def idle(album: Album) -> bool:
    counts = album.counts()
    return not counts.jobs_queued and not counts.jobs_running


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Album]:
    with make_album(tmp_path, ["a", "b", "c"]) as album:
        yield album


def test_it_works_off_what_the_album_has_queued(qtbot: QtBot, trio: Album) -> None:
    with running(trio.folder) as (_, heard):
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
        qtbot.waitUntil(lambda: heard.status[-1].queued == 0 and not heard.status[-1].running)
    assert trio.counts().faces_to_review == 6
    assert trio.verify() == []
    assert {photo for photo, _ in heard.photos} == {photo.id for photo in trio.photos()}
    assert set(heard.faces) == {face.id for photo in trio.photos() for face in trio.faces(photo.id)}
    assert heard.threads == {True}
    assert heard.status[-1].failed == 0
    assert not heard.notices


def test_changes_of_one_photo_are_told_ten_times_a_second_at_most(
    qtbot: QtBot, trio: Album
) -> None:
    with running(trio.folder) as (_, heard):
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
    for photo in trio.photos():
        times = [at for each, at in heard.photos if each == photo.id]
        times.pop()  # the last one may follow at once, when the engine is closed
        assert all(b - a > 0.07 for a, b in itertools.pairwise(times))


def test_it_wakes_for_new_jobs(qtbot: QtBot, trio: Album) -> None:
    with running(trio.folder) as (engine, _):
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
        photo = trio.photos()[0]
        face = trio.add_face(photo.id, (20.0, 20.0, 80.0, 90.0))
        engine.wake()
        qtbot.waitUntil(lambda: trio.face(face).state == FaceState.RESTORED, timeout=20_000)


def test_pause_and_resume(qtbot: QtBot, tmp_path: Path) -> None:
    with make_album(tmp_path, [f"{number:03}" for number in range(30)]) as album:
        with running(album.folder) as (engine, heard):
            engine.pause()
            qtbot.waitUntil(lambda: bool(heard.status) and heard.status[-1].paused)
            qtbot.wait(200)
            queued = album.counts().jobs_queued
            assert queued >= 29
            qtbot.wait(200)
            assert album.counts().jobs_queued == queued
            engine.resume()
            qtbot.waitUntil(lambda: idle(album), timeout=40_000)
        assert album.counts().faces_to_review == 60


def test_cancel_all_ends_the_job_in_work_and_all_that_wait(qtbot: QtBot, tmp_path: Path) -> None:
    with make_album(tmp_path, ["slow", "slow2", "slow3"]) as album:
        with running(album.folder) as (engine, heard):
            qtbot.waitUntil(lambda: bool(heard.progress), timeout=20_000)
            asked = time.monotonic()
            engine.cancel_all()
            qtbot.waitUntil(lambda: idle(album), timeout=10_000)
            took = time.monotonic() - asked
        assert took < 3.0  # .6 s until the process is killed
        assert {job.state for job in album.jobs(("cancelled",))} == {"cancelled"}
        assert len(album.jobs(("cancelled",))) == 3
        assert album.verify() == []


def test_closing_in_the_middle_leaves_the_job_for_next_time(qtbot: QtBot, tmp_path: Path) -> None:
    with make_album(tmp_path, ["slow"]) as album:
        with running(album.folder) as (engine, heard):
            qtbot.waitUntil(lambda: bool(heard.progress), timeout=20_000)
            began = time.monotonic()
            engine.close()
            assert time.monotonic() - began < 5.0
        assert [job.state for job in album.jobs(("queued", "running", "cancelled"))] == ["queued"]


def test_jobs_beside_the_album(qtbot: QtBot, trio: Album) -> None:
    with running(trio.folder) as (engine, heard):
        engine.submit(FindFaces("side", Path("any")))
        engine.submit(FindFaces("side", Path("any")))  # the first has not ended: ignored
        qtbot.waitUntil(
            lambda: any(isinstance(event, Ended) for event in heard.side), timeout=20_000
        )
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
    kinds = [type(event) for event in heard.side if not isinstance(event, Progress)]
    assert kinds == [Started, FacesFound, Ended]


def test_a_job_beside_the_album_ends_when_the_engine_closes(qtbot: QtBot, trio: Album) -> None:
    with running(trio.folder) as (engine, heard):
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
        engine.submit(FindFaces("side", Path("slow")))
        qtbot.waitUntil(lambda: bool(heard.side), timeout=20_000)
    assert heard.side[-1] == Ended("side", Outcome.CANCELLED)


def test_an_album_in_other_hands_is_said_once_and_tried_again(
    qtbot: QtBot, trio: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lafr_desktop.engine_thread.agent._BUSY_PACE", 0.1)
    with ExitStack() as stack:
        with trio.hold_engine():
            _, heard = stack.enter_context(running(trio.folder))
            qtbot.waitUntil(lambda: bool(heard.busy), timeout=20_000)
            qtbot.wait(400)
        qtbot.waitUntil(lambda: idle(trio), timeout=20_000)
    assert len(heard.busy) == 1
    assert trio.counts().faces_to_review == 6


def test_an_album_that_is_gone_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path / "none") as (_, heard):
        qtbot.waitUntil(lambda: bool(heard.notices), timeout=20_000)
        qtbot.waitUntil(lambda: bool(heard.status) and heard.status[-1].paused)
    assert len(heard.notices) == 1


def test_work_that_keeps_crashing_is_paused(qtbot: QtBot, tmp_path: Path) -> None:
    with make_album(tmp_path, [f"crash{number}" for number in range(4)]) as album:
        with running(album.folder) as (_, heard):
            qtbot.waitUntil(lambda: bool(heard.notices), timeout=30_000)
            qtbot.waitUntil(lambda: heard.status[-1].paused)
        assert "crashed" in heard.notices[0]
        assert album.counts().jobs_queued >= 2


@pytest.mark.slow
def test_fifty_kills_leave_a_sound_album(qtbot: QtBot, tmp_path: Path) -> None:
    dice = random.Random(4)
    with make_album(tmp_path, [f"{number:03}" for number in range(120)]) as album:
        with running(album.folder) as (engine, heard):
            for _ in range(50):
                qtbot.wait(dice.randrange(500))
                for child in multiprocessing.active_children():
                    child.kill()
                if heard.status and heard.status[-1].paused:  # three crashes in a row
                    engine.resume()
            qtbot.waitUntil(lambda: idle(album) or heard.status[-1].paused, timeout=60_000)
            album.retry_failed()  # some were killed twice
            engine.resume()
            qtbot.waitUntil(lambda: idle(album), timeout=60_000)
        assert album.verify() == []
        assert album.counts().jobs_failed == 0
        assert album.counts().faces_to_review == 240


def test_an_engine_that_was_never_started_can_be_closed(qtbot: QtBot, trio: Album) -> None:
    Engine(trio.folder, light_engine.album_main).close()


def test_thinning_tells_the_first_at_once_and_the_last_in_any_case() -> None:
    told: list[int] = []
    thinner = Thinner(told.append)
    thinner.add([1, 2])
    assert thinner.flush() is None
    thinner.add([1, 1])
    left = thinner.flush()
    assert told == [1, 2]
    assert left is not None
    assert 0.05 < left <= 0.1
    time.sleep(left + 0.01)
    assert thinner.flush() is None
    assert told == [1, 2, 1]
    thinner.add([1])
    thinner.finish()
    assert told == [1, 2, 1, 1]


def test_many_changes_are_told_in_slices() -> None:
    told: list[int] = []
    thinner = Thinner(told.append)
    thinner.add(range(1000))
    waits = []
    while (left := thinner.flush()) is not None:
        waits.append(left)
    assert told == list(range(1000))
    assert len(waits) == 19


def test_importing_it_brings_no_networks_and_no_arrays() -> None:
    code = "import lafr_desktop.engine_thread, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"numpy", "cv2", "PIL", "torch", "onnxruntime"}.isdisjoint(done.stdout.split())


def test_time_left_is_reckoned_from_what_jobs_usually_take() -> None:
    rate = Rate()
    face = FaceGeometry((0, 0, 9, 9), ((1, 1),) * 5)
    rate.add(FindFaces("0", Path("a")), 90.0)  # loaded the networks
    assert rate.seconds_for(5) is None
    assert rate.faces_per_minute() == 0.0
    for number in range(4):
        rate.add(RestoreFace(str(number), Path("a"), face, Path()), 2.0)
    assert rate.seconds_for(5) == 10.0
    assert rate.seconds_for(0) is None
    assert rate.faces_per_minute() == 30.0
