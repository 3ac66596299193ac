"""The installed bundles of weights: listed, checked and added off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from lafr_engine.bundle import describe, install
from lafr_engine.bundle.manifest import read_manifest, verify
from lafr_engine.errors import BundleInstalled, LafrError


class Bundles(QObject):
    """Works in one thread of its own; call :meth:`close` before it goes.

    Signals:
        listed: All installed bundles, a list of :class:`describe.BundleInfo`.
        verified: A bundle's folder, and an empty text or the sentence on what is wrong with it.
        imported: The folder of a bundle that was added; ``listed`` follows.
        exists: The path of a bundle that was not added, because one of its name is there, and
            the sentence that says so.
        failed: Why something else could not be done.
    """

    listed = Signal(object)
    verified = Signal(object, str)
    imported = Signal(object)
    exists = Signal(object, str)
    failed = Signal(str)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def refresh(self) -> None:
        """List what is installed."""
        self._start(self._list)

    @Slot(object)
    def verify(self, folder: Path) -> None:
        """Compare every file of a bundle with its manifest."""
        self._start(partial(self._verify, folder))

    @Slot(object, bool)
    def add(self, path: Path, replace: bool = False) -> None:
        """Copy a bundle, a folder or a .zip of one, among the user's own."""
        self._start(partial(self._add, path, replace))

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._pool.activeThreadCount() == 0

    def close(self) -> None:
        """Drop what waits and join the thread."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _start(self, work: Callable[[], Callable[[], None]]) -> None:
        if not self._closed:
            self._pool.start(lambda: self._finished.emit(work()))

    @Slot(object)
    def _deliver(self, tell: Callable[[], None]) -> None:
        if not self._closed:
            tell()

    # These run in the worker thread and return what is to be told in the GUI thread.

    def _list(self) -> Callable[[], None]:
        try:
            return partial(self.listed.emit, describe.installed())
        except OSError as error:
            return partial(self.failed.emit, str(error))

    def _verify(self, folder: Path) -> Callable[[], None]:
        try:
            verify(folder, read_manifest(folder))
        except (LafrError, OSError) as error:
            return partial(self.verified.emit, folder, str(error))
        return partial(self.verified.emit, folder, "")

    def _add(self, path: Path, replace: bool) -> Callable[[], None]:
        try:
            folder = install.install(path, replace)
        except BundleInstalled as error:
            return partial(self.exists.emit, path, str(error))
        except (LafrError, OSError) as error:
            return partial(self.failed.emit, str(error))
        return partial(self._added, folder)

    def _added(self, folder: Path) -> None:
        self.imported.emit(folder)
        self.refresh()
