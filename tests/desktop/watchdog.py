"""Finds stalls of the GUI thread: how long it works before it looks at its events again.

A timer ticks in the GUI thread every few milliseconds. What counts is the processor time that the
thread itself used from one tick to the next (``time.thread_time``), not the time on the wall: on a
machine with other work a thread waits for its turn, and a limit on wall time would fail through
no fault of the window. What the thread uses without a tick is exactly what a user feels as a
stall on a free machine.

A thread that sleeps or waits for a lock uses no processor time. So the wall has a limit too, a
generous one that a busy machine keeps: it catches a wait for a job, a disk or another thread.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS: Final = 5
_WALL_FACTOR: Final = 40
# A busy processor, shared caches and a host that takes its turn make the same work take up to three
# times as long, now and then. What the window does wrong it does each time.
_HICCUPS: Final = 2
_HICCUP_FACTOR: Final = 3


class Watchdog(QObject):
    """Measures between :meth:`start` and :meth:`stop`, in the thread that makes it.

    Attributes:
        worst_ms: The most processor time between two ticks.
        worst_wall_ms: The longest time on the wall between two ticks.
        late: How often more than the limit lay between two ticks.
        ticks: How often the timer came.
        where: The stack of the GUI thread in its longest stall, as far as it was seen.
    """

    def __init__(self, limit_ms: float) -> None:
        super().__init__()
        self.worst_ms = 0.0
        self.worst_wall_ms = 0.0
        self.ticks = self.late = 0
        self.where = ""
        self._limit = limit_ms / 1e3
        self._thread = threading.get_ident()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._cpu = self._wall = 0.0
        self._seen = 0.0
        self._ended = threading.Event()
        self._witness = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to measure."""
        self._cpu, self._wall = time.thread_time(), time.monotonic()
        self._timer.start()
        self._witness.start()

    def stop(self) -> None:
        """Measure what has passed since the last tick as well, and end."""
        self._tick()
        self._timer.stop()
        self._ended.set()
        self._witness.join()

    def _tick(self) -> None:
        cpu, wall = time.thread_time(), time.monotonic()
        self.worst_ms = max(self.worst_ms, (cpu - self._cpu) * 1e3)
        self.late += cpu - self._cpu > self._limit
        self.worst_wall_ms = max(self.worst_wall_ms, (wall - self._wall) * 1e3)
        self._cpu, self._wall = cpu, wall
        self.ticks += 1

    def _watch(self) -> None:
        """Look at the GUI thread's stack when it is late; only the longest delay is kept."""
        while not self._ended.wait(self._limit / 4):
            late = time.monotonic() - self._wall
            if late > max(self._limit, self._seen):
                self._seen = late
                self.where = "".join(traceback.format_stack(_frame_of(self._thread))[-6:])


def _frame_of(thread: int) -> FrameType | None:
    """Return what a thread is at.

    No garbage is collected meanwhile: before Python 3.11.9 that can lock up the interpreter
    (https://github.com/python/cpython/issues/106883).
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames().get(thread)
    finally:
        if collecting:
            gc.enable()


@contextmanager
def no_stall(limit_ms: float = 50.0) -> Iterator[Watchdog]:
    """Fail when the GUI thread works longer than ``limit_ms`` without looking at its events.

    Twice it may, up to three times as long: that is the machine's doing.

    The event loop has to run inside (``qtbot.wait``, ``qtbot.waitUntil``): what a test does
    between two runs of it counts as one piece of work.
    """
    watchdog = Watchdog(limit_ms)
    gc.collect()
    gc.freeze()  # the test runner's objects, a hundred thousand and more, are not the window's
    watchdog.start()
    try:
        yield watchdog
    finally:
        watchdog.stop()
        gc.unfreeze()
    assert watchdog.ticks > 2, "the event loop did not run"
    told = f"{watchdog.worst_ms:.0f} ms of work ({watchdog.worst_wall_ms:.0f} ms on the wall)"
    told = f"GUI thread: {told}, {watchdog.late} times over {limit_ms:.0f} ms\n{watchdog.where}"
    assert watchdog.worst_ms <= limit_ms * _HICCUP_FACTOR, told
    assert watchdog.late <= _HICCUPS, told
    assert watchdog.worst_wall_ms <= limit_ms * _WALL_FACTOR, told
