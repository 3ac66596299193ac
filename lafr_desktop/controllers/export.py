"""Writing photographs with their accepted faces, and pictures of the results for sharing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lafr_desktop.background import Background
from lafr_desktop.controllers.album_work import AlbumWork
from lafr_desktop.controllers.sharing import Written, write_before_after, write_contact_sheet
from lafr_engine.album.export import ExportOptions
from lafr_engine.album.store import Album
from lafr_engine.album.values import AlbumJob
from lafr_engine.errors import LafrError

_LOOK_MS: Final = 300
_OPEN: Final = ("queued", "running")
_ENDED: Final = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is to be written.

    Attributes:
        options: Where to and how.
        photo_ids: The photographs; None stands for the whole album. Those without an accepted
            face are left out.
        before_after: Beside each result, a picture with the original and the result.
        contact_sheet: One picture with all results, small.
    """

    options: ExportOptions
    photo_ids: frozenset[int] | None = None
    before_after: bool = False
    contact_sheet: bool = False


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """How an export ended.

    Attributes:
        out: The folder.
        written: How many photographs were written.
        cancelled: How many were not, because the export was stopped.
        problems: What could not be written and why, and what could not be kept, as sentences.
    """

    out: Path
    written: int
    cancelled: int
    problems: tuple[str, ...]


class ExportController(QObject):
    """Queues one export at a time and tells how it ends.

    Signals:
        jobs_queued: The engine has something to do.
        progressed: Photographs done, and in all.
        finished: An :class:`ExportOutcome`.
        failed: A sentence on what could not be done.
    """

    jobs_queued = Signal()
    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, folder: Path, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = AlbumWork(folder, background, self.failed.emit)
        self._wish: ExportWish | None = None
        self._jobs: frozenset[int] = frozenset()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        """Whether an export is under way."""
        return bool(self._jobs)

    def export(self, wish: ExportWish) -> None:
        """Write photographs to a folder; while an export is under way, nothing happens."""
        if not self._jobs:
            self._wish = wish
            self._work.run(lambda album: _queue(album, wish), self._queued)

    @Slot()
    def look_soon(self) -> None:
        """See soon how the export stands: the engine ended something."""
        if self._jobs and not self._timer.isActive():
            self._timer.start()

    def _queued(self, jobs: frozenset[int]) -> None:
        self._jobs = jobs
        if jobs:
            self.progressed.emit(0, len(jobs))
            self.jobs_queued.emit()
        elif self._wish is not None:
            self.finished.emit(ExportOutcome(self._wish.options.out, 0, 0, ()))

    def _look(self) -> None:
        jobs = self._jobs
        self._work.run(lambda album: _ended(album, jobs), self._looked)

    def _looked(self, ended: list[AlbumJob]) -> None:
        self.progressed.emit(len(ended), len(self._jobs))
        wish = self._wish
        if len(ended) == len(self._jobs) and wish is not None:
            self._jobs = frozenset()
            self._work.run(lambda album: _finish(album, wish, ended), self.finished.emit)


def _queue(album: Album, wish: ExportWish) -> frozenset[int]:
    """Queue the exports; return the jobs."""
    ids = album.exportable(wish.options.accept_confident)
    chosen = [each for each in ids if wish.photo_ids is None or each in wish.photo_ids]
    before = {job.id for job in album.jobs(_OPEN)}
    album.enqueue_export(chosen, wish.options)
    jobs = {job.id for job in album.jobs(_OPEN) if job.kind == "export"}
    return frozenset(jobs - before)


def _ended(album: Album, jobs: Iterable[int]) -> list[AlbumJob]:
    states = [album.job(each) for each in sorted(jobs)]
    return [job for job in states if job.state in _ENDED]


def _finish(album: Album, wish: ExportWish, ended: Sequence[AlbumJob]) -> ExportOutcome:
    """Write what was wished for beside the photographs, and sum up."""
    states = [job.state for job in ended]
    problems = [_failure(album, job) for job in ended if job.state == "failed"]
    written = []
    for made in album.exported(job.id for job in ended if job.state == "done"):
        original = album.photo(made.photo_id).path
        problems += [f"{original.name}: {notice}" for notice in made.notices]
        written.append(Written(original, made.out))
    problems += _share(wish, written)
    return ExportOutcome(
        wish.options.out, states.count("done"), states.count("cancelled"), tuple(problems)
    )


def _share(wish: ExportWish, written: Sequence[Written]) -> list[str]:
    """Write the pictures for sharing; return sentences on those that could not be written."""
    problems = []
    for each in written if wish.before_after else ():
        try:
            write_before_after(each)
        except LafrError as error:
            problems.append(str(error))
    if wish.contact_sheet and written:
        try:
            write_contact_sheet(written, wish.options.out)
        except LafrError as error:
            problems.append(str(error))
    return problems


def _failure(album: Album, job: AlbumJob) -> str:
    name = album.photo(job.photo_id).path.name
    sentence = job.sentence or ""
    return sentence if name in sentence else f"{name}: {sentence}"
