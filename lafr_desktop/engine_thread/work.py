"""Working off an album's queue: which job is in work, and what is written down of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lafr_desktop.engine_thread.pace import Rate
from lafr_engine.album.store import Album
from lafr_engine.album.values import Changed
from lafr_engine.messages import Ended, Event, Job, Outcome, Started


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """How the work on the album stands.

    Attributes:
        queued: Jobs that wait.
        running: Name of the photograph in work; None where nothing is.
        done: Jobs that ended well since the work began.
        failed: Jobs of the album that failed.
        paused: Whether it rests.
        faces_per_minute: Of late; 0 where there is nothing to reckon with yet.
        seconds_left: Until all is done; None likewise.
    """

    queued: int
    running: str | None
    done: int
    failed: int
    paused: bool
    faces_per_minute: float
    seconds_left: float | None


class AlbumWork:
    """The album as long as this program is the one that works on it. For one thread.

    Every method may raise what :class:`lafr_engine.album.store.Album` does.
    """

    def __init__(self, folder: Path, changed: Callable[[Changed], None]) -> None:
        """Prepare; the album is opened when a job is first taken.

        Args:
            folder: Of the album.
            changed: Hears what looks different.
        """
        self._folder = folder
        self._changed = changed
        self._album: Album | None = None
        self._stack = ExitStack()
        self._rate = Rate()
        self._began = 0.0
        self._done = 0
        self.current: Job | None = None

    def take(self) -> Job | None:
        """Claim the next job; None where none waits.

        Raises:
            AlbumBusy: Another program works on the album.
        """
        self.current = self._held().take_job(self._changed)
        return self.current

    def is_about(self, event: Event) -> bool:
        """Whether an event is one of the job in work."""
        return self.current is not None and getattr(event, "job", None) == self.current.job

    def apply(self, event: Event) -> None:
        """Write down an event of the job in work."""
        job = self.current
        if isinstance(event, Started):
            self._began = time.monotonic()
        if isinstance(event, Ended):
            self.current = None  # before it is written: it has ended even if that fails
        if job is not None and isinstance(event, Ended) and event.outcome is Outcome.DONE:
            self._rate.add(job, time.monotonic() - self._began)
            self._done += 1
        self._changed(self._held().apply(event))

    def cancel_queued(self) -> None:
        """Cancel all jobs that wait."""
        album = self._held()
        jobs = album.jobs(("queued",))
        album.cancel_queued()
        faces = [job.face_id for job in jobs if job.face_id is not None]
        self._changed(Changed(tuple({job.photo_id for job in jobs}), tuple(faces)))

    def status(self, paused: bool) -> WorkStatus:
        """Say how the work stands."""
        counts = self._held().counts()
        if not counts.jobs_queued and self.current is None:
            done, self._done = self._done, 0  # what comes next is counted from the start
        else:
            done = self._done
        return WorkStatus(
            counts.jobs_queued,
            None if self.current is None else _name(self.current),
            done,
            counts.jobs_failed,
            paused,
            self._rate.faces_per_minute(),
            self._rate.seconds_for(counts.jobs_queued + (self.current is not None)),
        )

    def let_go(self) -> None:
        """Close the album; a job left in work is queued again."""
        self._album = self.current = None
        stack, self._stack = self._stack, ExitStack()
        stack.close()

    def _held(self) -> Album:
        if self._album is None:
            with ExitStack() as stack:
                album = stack.enter_context(Album.open(self._folder))
                stack.enter_context(album.hold_engine())
                self._stack, self._album = stack.pop_all(), album
        return self._album


def _name(job: Job) -> str:
    photo = getattr(job, "photo", None)
    return photo.name if isinstance(photo, Path) else job.job
