"""Work off the GUI thread whose result comes back to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

T = TypeVar("T")


class Background(QObject):
    """One worker thread; what it hands over arrives in the GUI thread, in order."""

    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._stop = threading.Event()
        self._closed = False
        self._handed_over.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        work: Callable[[threading.Event], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do work in the worker thread, then call one of the other two in the GUI thread.

        Args:
            work: Gets an event that is set once its result is of no use any more. Must touch
                nothing of Qt but images.
            then: Gets what the work returned.
            failed: Gets the error that the work raised.
        """
        if not self._closed:
            self._pool.start(partial(self._run, work, then, failed, self._stop))

    def hand_over(self, call: Callable[[], None], stop: threading.Event) -> None:
        """Call in the GUI thread; for work that has a first result before its end."""
        self._handed_over.emit((stop, call))

    def drop(self) -> None:
        """Take back everything submitted so far: none of its results will arrive."""
        self._stop.set()
        self._pool.clear()
        self._stop = threading.Event()

    def close(self) -> None:
        """Drop everything and join the thread."""
        self.drop()
        self._closed = True
        self._pool.waitForDone()

    def _run(
        self,
        work: Callable[[threading.Event], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
        stop: threading.Event,
    ) -> None:
        try:
            outcome = partial(then, work(stop))
        except Exception as error:  # whatever it is, it belongs to the GUI thread
            outcome = partial(failed, error)
        self.hand_over(outcome, stop)

    @Slot(object)
    def _deliver(self, parcel: tuple[threading.Event, Callable[[], None]]) -> None:
        stop, call = parcel
        if not stop.is_set() and not self._closed:
            call()
