"""Giving the engine work for many photographs, and telling how it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lafr_desktop.background import Background
from lafr_desktop.controllers.album_work import AlbumWork
from lafr_desktop.models.jobs import JobLine
from lafr_engine.album.store import Album
from lafr_engine.album.values import AlbumJob, PhotoFilter

_SHOWN: Final = 200
_REFRESH_MS: Final = 400


class BatchController(QObject):
    """Queues the restoration of photographs and lists the jobs of the album.

    All of it happens off the GUI thread: a whole album may be many thousand rows.

    Signals:
        jobs_queued: The engine has something to do.
        lines_changed: The jobs to show, as a list of :class:`JobLine`: running, failed, waiting.
        nothing_to_do: Nothing was queued: all of it is restored.
        failed: A sentence on what could not be done.
    """

    jobs_queued = Signal()
    lines_changed = Signal(object)
    nothing_to_do = Signal()
    failed = Signal(str)

    def __init__(self, folder: Path, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = AlbumWork(folder, background, self.failed.emit)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    @Slot()
    def restore_new(self) -> None:
        """Restore the photographs in which no faces were looked for yet."""

        def queue(album: Album) -> None:
            album.enqueue_all([photo.id for photo in album.photos(PhotoFilter.NEW)])

        self._queue(queue)

    @Slot()
    def restore_all(self) -> None:
        """Restore all that is new or unfinished."""
        self._queue(lambda album: album.enqueue_all(None))

    def restore_photos(self, photo_ids: Sequence[int]) -> None:
        """Restore these photographs."""
        self._queue(lambda album: album.enqueue_all(list(photo_ids)))

    @Slot()
    def retry(self) -> None:
        """Try again what failed."""
        self._queue(lambda album: album.retry_failed())

    @Slot()
    def refresh_soon(self) -> None:
        """List the jobs again, but not more often than people can read."""
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def refresh(self) -> None:
        """List the jobs again."""
        self._work.run(_lines, self.lines_changed.emit)

    def _queue(self, queue: Callable[[Album], object]) -> None:
        def work(album: Album) -> int:
            before = album.counts().jobs_queued
            queue(album)
            return album.counts().jobs_queued - before

        self._work.run(work, self._queued)

    def _queued(self, jobs: int) -> None:
        if jobs > 0:
            self.jobs_queued.emit()
        else:
            self.nothing_to_do.emit()
        self.refresh()


def _lines(album: Album) -> list[JobLine]:
    """What runs, then what failed, then what waits, as many as people look at."""
    names: dict[int, str] = {}

    def name(job: AlbumJob) -> str:
        if job.photo_id not in names:
            names[job.photo_id] = album.photo(job.photo_id).path.name
        return names[job.photo_id]

    states = ("running", "failed", "queued")
    jobs = [job for state in states for job in album.jobs((state,))[:_SHOWN]]
    return [JobLine(job, name(job)) for job in jobs]
