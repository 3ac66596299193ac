from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.background import Background
from lafr_engine.errors import AlbumError


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


def test_work_is_done_elsewhere_and_its_result_comes_here(
    background: Background, qtbot: QtBot
) -> None:
    places: list[tuple[int, int]] = []

    def then(worker: int) -> None:
        places.append((worker, threading.get_ident()))

    for _ in range(3):
        background.submit(threading.get_ident, then, pytest.fail)
    qtbot.waitUntil(lambda: len(places) == 3)
    here = threading.get_ident()
    assert all(worker != here and answer == here for worker, answer in places)


def test_an_error_of_the_engine_is_a_sentence_and_any_other_a_crash(
    background: Background, qtbot: QtBot
) -> None:
    told: list[str] = []

    def raises(error: Exception) -> str:
        raise error

    background.submit(lambda: raises(AlbumError("no album")), told.append, told.append)
    qtbot.waitUntil(lambda: told == ["no album"])
    surprise = ValueError("surprise")
    with qtbot.waitSignal(background.crashed) as crashed:
        background.submit(lambda: raises(surprise), told.append, told.append)
    assert crashed.args == [surprise]
    assert told == ["no album"]


def test_nothing_arrives_after_the_end(background: Background, qtbot: QtBot) -> None:
    heard: list[int] = []
    begun, may_end = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        may_end.wait(5)
        return 1

    background.submit(work, heard.append, pytest.fail)
    background.submit(work, heard.append, pytest.fail)
    assert begun.wait(5)
    may_end.set()
    background.close()
    background.submit(work, heard.append, pytest.fail)
    qtbot.wait(50)
    assert heard == []
