from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.watchdog import no_stall


def work(qtbot: QtBot, *milliseconds: float) -> None:
    """Keep the GUI thread busy so long, with a look at its events in between."""
    qtbot.wait(30)
    for each in milliseconds:
        until = time.thread_time() + each / 1e3
        while time.thread_time() < until:
            pass
        qtbot.wait(30)


@pytest.mark.parametrize("stalls", [(70, 70, 70, 70), (220,)])
def test_stalls_that_come_again_or_are_long_are_told(
    qtbot: QtBot, stalls: tuple[float, ...]
) -> None:
    with pytest.raises(AssertionError, match="over 50 ms"), no_stall():
        work(qtbot, *stalls)


def test_a_hiccup_is_the_machines(qtbot: QtBot) -> None:
    with no_stall() as watchdog:
        work(qtbot, 70)
    assert watchdog.late >= 1
