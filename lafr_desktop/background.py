"""Work off the GUI thread whose result comes back to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from lafr_engine.errors import LafrError

T = TypeVar("T")


class Background(QObject):
    """One worker thread; what it hands over arrives in the GUI thread, in the order of the work.

    Signals:
        crashed: An error that nobody expected, for whoever shows such errors.
    """

    crashed = Signal(object)
    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._dropped = threading.Event()
        self._closed = False
        self._handed_over.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def dropped(self) -> threading.Event:
        """Set as soon as what is submitted from now on is of no use any more."""
        return self._dropped

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._pool.activeThreadCount() == 0

    def submit(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Do the work in the worker thread, then call one of the two in the GUI thread.

        Args:
            work: Must touch nothing of Qt but images and signals.
            then: Gets what the work returned; never called after :meth:`close`.
            failed: Gets the sentence of an error that was raised on purpose.
        """
        if not self._closed:
            self._pool.start(partial(self._run, work, then, failed, self._dropped))

    def hand_over(self, call: Callable[[], None], dropped: threading.Event) -> None:
        """Call in the GUI thread; for work that has a first result before its end.

        Args:
            call: Is not called once the work was dropped.
            dropped: What :attr:`dropped` was when the work was submitted.
        """
        self._handed_over.emit((dropped, call))

    def drop(self) -> None:
        """Take back everything submitted so far: none of its results will arrive."""
        self._dropped.set()
        self._pool.clear()
        self._dropped = threading.Event()

    def close(self) -> None:
        """Drop everything and join the thread; what is in work is waited for."""
        self.drop()
        self._closed = True
        self._pool.waitForDone()

    def _run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[str], None],
        dropped: threading.Event,
    ) -> None:
        try:
            outcome = partial(then, work())
        except LafrError as error:
            outcome = partial(failed, str(error))
        except Exception as error:  # whatever it is, it belongs to the GUI thread
            outcome = partial(self.crashed.emit, error)
        self.hand_over(outcome, dropped)

    @Slot(object)
    def _deliver(self, parcel: tuple[threading.Event, Callable[[], None]]) -> None:
        dropped, call = parcel
        if not dropped.is_set() and not self._closed:
            call()
