"""Thumbnails as they are asked for: from memory, from the disk, from the photograph."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QObject,
    QRectF,
    QRunnable,
    Qt,
    QThreadPool,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPen,
)

from lafr_desktop.thumbnails.decode import decode, fit
from lafr_desktop.thumbnails.store import ThumbnailStore
from lafr_engine.errors import InputError

_log = logging.getLogger(__name__)
_STORED_SIDES: Final = (256, 512, 1024)
_CORNER: Final = 0.04  # radius for a longer side of 1
_EDGE: Final = QColor(128, 128, 128, 70)  # white scans on white, black ones on black
_MOST_WAITING: Final = 400
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept.

    Attributes:
        memory: Bytes of pictures in memory.
        disk: Bytes of files on disk.
    """

    memory: int = 256 << 20
    disk: int = 1 << 30


@dataclass(frozen=True, slots=True)
class _Request:
    sha256: str
    path: Path
    side: int

    @property
    def key(self) -> tuple[str, int]:
        return self.sha256, self.side


class Thumbnails(QObject):
    """Hands out thumbnails that are there and makes those that are not.

    What was asked for last is made first: that is what is on the screen. All methods belong to
    the GUI thread and return at once, except :meth:`close`.

    Signals:
        ready: The sha256 of a photograph whose thumbnail, or whose problem, is known now.
    """

    ready = Signal(str)
    _made = Signal(object, object, str)

    def __init__(
        self, folder: Path, limits: Limits | None = None, parent: QObject | None = None
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            folder: Where the files go; made when the first is written.
            limits: How much is kept.
            parent: Owner, which still has to call :meth:`close`.
        """
        super().__init__(parent)
        limits = limits or Limits()
        self._store = ThumbnailStore(folder, limits.disk)
        self._memory = _Memory(limits.memory)
        self._waiting: OrderedDict[tuple[str, int], _Request] = OrderedDict()
        self._running: set[tuple[str, int]] = set()
        self._problems: dict[tuple[str, Path], str] = {}
        self._closed = False
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(_THREADS)
        self._made.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def image(self, sha256: str, path: Path, side: int) -> QImage | None:
        """Return a thumbnail; one of another size, or None, while the right one is made.

        Args:
            sha256: Of the photograph's bytes; thumbnails are kept under it.
            path: Where the photograph lies.
            side: Physical pixels of the longer side.
        """
        exact, other = self._memory.get(sha256, side)
        if exact is None and (sha256, path) not in self._problems:
            self._ask(_Request(sha256, path, side))
        return exact or other

    def problem(self, sha256: str, path: Path) -> str | None:
        """Return why a photograph has no thumbnail; it is not tried again by itself."""
        return self._problems.get((sha256, path))

    def retry(self) -> None:
        """Try again what failed when it is next asked for (a drive may have come back)."""
        self._problems.clear()

    def drop_waiting(self) -> None:
        """Forget what is not being made yet."""
        self._waiting.clear()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is being read: :meth:`close` would not have to wait."""
        return self._pool.activeThreadCount() == 0

    def close(self) -> None:
        """Forget what waits and join the threads; what is being read is read to its end."""
        self._closed = True
        self._waiting.clear()
        self._pool.waitForDone()

    def _ask(self, request: _Request) -> None:
        if self._closed or request.key in self._running:
            return
        self._waiting[request.key] = request
        self._waiting.move_to_end(request.key)
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running) < _THREADS:
            key, request = self._waiting.popitem()
            self._running.add(key)
            self._pool.start(_Making(request, self._store, self._made.emit))

    @Slot(object, object, str)
    def _keep(self, request: _Request, image: QImage | None, problem: str) -> None:
        self._running.discard(request.key)
        if self._closed:
            return
        if image is None:
            self._problems[request.sha256, request.path] = problem
        else:
            self._memory.put(request.sha256, request.side, image)
        self._start()
        self.ready.emit(request.sha256)


class _Memory:
    """The pictures used last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._images: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._sides: dict[str, set[int]] = {}

    def get(self, sha256: str, side: int) -> tuple[QImage | None, QImage | None]:
        """Return the picture of this size, and the largest of another."""
        exact = self._images.get((sha256, side))
        if exact is not None:
            self._images.move_to_end((sha256, side))
            return exact, None
        sides = self._sides.get(sha256)
        return None, self._images[sha256, max(sides)] if sides else None

    def put(self, sha256: str, side: int, image: QImage) -> None:
        """Keep a picture; the ones unused for longest give way."""
        old = self._images.pop((sha256, side), None)
        self._bytes += image.sizeInBytes() - (0 if old is None else old.sizeInBytes())
        self._images[sha256, side] = image
        self._sides.setdefault(sha256, set()).add(side)
        while self._bytes > self._limit and len(self._images) > 1:
            (gone, gone_side), dropped = self._images.popitem(last=False)
            self._bytes -= dropped.sizeInBytes()
            self._sides[gone].discard(gone_side)
            if not self._sides[gone]:
                del self._sides[gone]


class _Making(QRunnable):
    """Makes one thumbnail in a thread of the pool."""

    def __init__(
        self,
        request: _Request,
        store: ThumbnailStore,
        tell: Callable[[_Request, QImage | None, str], None],
    ) -> None:
        super().__init__()
        self._request = request
        self._store = store
        self._tell = tell

    def run(self) -> None:
        request = self._request
        try:
            image = _make(self._store, request)
        except InputError as error:
            self._tell(request, None, str(error))
        except MemoryError:
            self._tell(request, None, f"{request.path}: there is not enough memory for it")
        else:
            self._tell(request, image, "")


def _make(store: ThumbnailStore, request: _Request) -> QImage:
    """Take it from the disk, or else from the photograph, and fit it into its side."""
    stored_side = next((s for s in _STORED_SIDES if s >= request.side), _STORED_SIDES[-1])
    stored = store.read(request.sha256, stored_side)
    if stored is None:
        stored = decode(request.path, stored_side)
        try:
            store.write(request.sha256, stored_side, stored)
        except OSError as error:  # a full disk: the thumbnail is shown all the same
            _log.warning("A thumbnail could not be kept: %s", error)
    size = fit(stored.size(), request.side)
    if size != stored.size():
        stored = stored.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return _rounded(stored)


def _rounded(image: QImage) -> QImage:
    """Round the corners and draw a faint edge: here, because it costs more than showing it."""
    rounded = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    rounded.fill(Qt.GlobalColor.transparent)
    radius = max(image.width(), image.height()) * _CORNER
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(image))
    painter.drawRoundedRect(QRectF(image.rect()), radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_EDGE, 1))
    painter.drawRoundedRect(QRectF(image.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.end()
    return rounded
