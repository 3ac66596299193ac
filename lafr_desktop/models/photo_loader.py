"""Reads the list of photographs off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from lafr_engine.album.values import Photo
from lafr_engine.errors import LafrError

Load = Callable[[], list[Photo]]


class PhotoLoader(QObject):
    """Runs one reading at a time, always in the same thread; a newer one supersedes the older.

    Signals:
        loaded: A list of ``Photo``; only that of the newest request.
        failed: A sentence on why the newest request could not be answered.
    """

    loaded = Signal(object)
    failed = Signal(str)
    _ended = Signal(int, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(-1)  # an album's connection belongs to one thread
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def load(self, load: Load) -> None:
        """Call this in the thread and tell what it returned.

        Args:
            load: It may raise errors of the engine's tree; what waits and is superseded is
                never called.
        """
        self._newest += 1
        self._pool.clear()
        self._pool.start(_Reading(self._newest, load, self._ended.emit))

    @property
    def at_rest(self) -> bool:
        """Whether nothing is being read: :meth:`close` would not have to wait."""
        return self._pool.activeThreadCount() == 0

    def forget(self) -> None:
        """Forget what waits; what is being read is not told any more."""
        self._newest += 1
        self._pool.clear()

    def close(self) -> None:
        """Forget what waits and join the thread."""
        self.forget()
        self._pool.waitForDone()

    @Slot(int, object, str)
    def _deliver(self, number: int, photos: list[Photo] | None, problem: str) -> None:
        if number != self._newest:
            return
        if photos is None:
            self.failed.emit(problem)
        else:
            self.loaded.emit(photos)


class _Reading(QRunnable):
    """One request."""

    def __init__(
        self, number: int, load: Load, tell: Callable[[int, list[Photo] | None, str], None]
    ) -> None:
        super().__init__()
        self._number = number
        self._load = load
        self._tell = tell

    def run(self) -> None:
        try:
            photos = self._load()
        except LafrError as error:
            self._tell(self._number, None, str(error))
        else:
            self._tell(self._number, photos, "")
