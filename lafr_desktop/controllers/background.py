"""Work off the GUI thread whose result comes back to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from lafr_engine.album.store import Album
from lafr_engine.errors import LafrError

T = TypeVar("T")


class Background(QObject):
    """One worker thread; results are handed over in the GUI thread, in the order of the work.

    Signals:
        crashed: An error that nobody expected, for whoever shows such errors.
    """

    crashed = Signal(object)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

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
            self._pool.start(partial(self._run, work, then, failed))

    def close(self) -> None:
        """Drop what waits and join the thread; what is in work is waited for."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _run(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        try:
            outcome = partial(then, work())
        except LafrError as error:
            outcome = partial(failed, str(error))
        except Exception as error:  # whatever it is, it belongs to the GUI thread
            outcome = partial(self.crashed.emit, error)
        self._finished.emit(outcome)

    @Slot(object)
    def _deliver(self, outcome: Callable[[], None]) -> None:
        if not self._closed:
            outcome()


class AlbumWork:
    """Work on an album in the background, each time with a connection of its own."""

    def __init__(self, folder: Path, background: Background, failed: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            folder: Of the album.
            background: Does the work.
            failed: Gets the sentence of an error that was raised on purpose.
        """
        self._folder = folder
        self._background = background
        self._failed = failed

    def run(self, work: Callable[[Album], T], then: Callable[[T], None]) -> None:
        """Do the work in the worker thread, then call ``then`` in the GUI thread."""
        self._background.submit(partial(self._in_album, work), then, self._failed)

    def _in_album(self, work: Callable[[Album], T]) -> T:
        with Album.open(self._folder) as album:
            return work(album)
