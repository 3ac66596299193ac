"""Working off an album's queue in this process, and telling how it goes."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TextIO

from lafr_engine.album.store import KINDS, Album
from lafr_engine.album.values import AlbumJob
from lafr_engine.cli.console import pace
from lafr_engine.messages import (
    DeviceChosen,
    Ended,
    Event,
    FindFaces,
    Job,
    Notice,
    PhotoRendered,
    Progress,
    RestoreFace,
)
from lafr_engine.service import Handler, Service

_LOOK_SECONDS, _QUIET_SECONDS = 0.5, 5.0
Heard = Callable[[Event], None]


class Ticker:
    """Shows how something goes on: in one line of a terminal, else in a line now and then."""

    def __init__(self, err: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Speak to a stream; the clock counts seconds."""
        self._err = err
        self._live = err.isatty()
        self._clock = clock
        self._began = self._spoke = clock()

    def tick(self, done: int, total: int, text: str, thing: str) -> None:
        """Show what is being done, how fast it goes, and how long the rest takes.

        Args:
            done: How much is done.
            total: Of how much.
            text: What is in work.
            thing: What is counted, in the singular.
        """
        speed = pace(done, self._clock() - self._began, total - done, thing)
        line = f"[{done}/{total}] {text}{speed}"
        if self._live:
            self._err.write(f"\r\x1b[2K{line}")
            self._err.flush()
        elif self._clock() - self._spoke >= _QUIET_SECONDS:
            self.say(line)

    def say(self, text: str) -> None:
        """Say a sentence, which stays."""
        print(f"\r\x1b[2K{text}" if self._live else text, file=self._err, flush=True)
        self._spoke = self._clock()

    def clear(self) -> None:
        """Take the line away that was shown last."""
        if self._live:
            self._err.write("\r\x1b[2K")
            self._err.flush()


class Reporter:
    """Tells a person of a run over the queue: what is done, what was written, what goes wrong."""

    def __init__(self, album: Album, ticker: Ticker, out: TextIO) -> None:
        """Speak through the ticker; files written are named on ``out``."""
        self._album = album
        self._ticker = ticker
        self._out = out
        self._done = 0
        self._left = self._waiting()

    def __call__(self, event: Event) -> None:
        """Hear an event that the album has written down."""
        if isinstance(event, Progress):
            self._ticker.tick(self._done, self._done + self._left, self._name(event), "job")
        elif isinstance(event, Ended):
            self._done, self._left = self._done + 1, self._waiting()
            if event.sentence is not None:
                self._ticker.say(event.sentence)
        elif isinstance(event, PhotoRendered):
            print(event.out, file=self._out, flush=True)
            for notice in event.notices:
                self._ticker.say(f"{event.out}: {notice}")
        elif isinstance(event, DeviceChosen):
            reason = "" if event.reason is None else f" ({event.reason})"
            self._ticker.say(f"computing on {event.device}{reason}")
        elif isinstance(event, Notice):
            self._ticker.say(event.sentence)

    def _waiting(self) -> int:
        counts = self._album.counts()
        return counts.jobs_queued + counts.jobs_running

    def _name(self, event: Progress) -> str:
        job = self._album.job(int(event.job))
        name = self._album.photo(job.photo_id).path.name
        return f"{name}: {event.note or job.kind}"


def work_off(
    album: Album,
    handlers: Mapping[type, Handler],
    heard: Heard,
    kinds: Sequence[str] = KINDS,
    bundle: str | None = None,
) -> list[AlbumJob]:
    """Do the album's jobs until none waits; to be called under `Album.hold_engine`.

    Whatever ends this early, an interrupt included, the job in work stops at its next step; it
    goes back into the queue when the engine is let go.

    Args:
        album: Gives the jobs and takes the events.
        handlers: What works on them.
        heard: Hears each event after the album.
        kinds: Which jobs to do.
        bundle: Name or folder of the one to restore with; None for the one that ships.

    Returns:
        Those that failed.
    """
    before = {job.id for job in album.jobs(("failed",))}
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    service = Service(handlers, events.put)
    service.start()
    try:
        while (job := album.take_job(kinds=kinds)) is not None:
            service.submit(_with_bundle(job, bundle))
            _follow(album, events, heard)
    finally:
        service.close()
    return [job for job in album.jobs(("failed",)) if job.id not in before]


def _with_bundle(job: Job, bundle: str | None) -> Job:
    """Have faces judged and restored by the bundle that was asked for."""
    if isinstance(job, FindFaces | RestoreFace) and job.bundle is None:
        return replace(job, bundle=bundle)
    return job


def _follow(album: Album, events: queue.SimpleQueue[Event], heard: Heard) -> None:
    """Hand events on until one ends the job."""
    while True:
        try:
            # With a limit: on Windows a wait without one cannot be interrupted.
            event = events.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        album.apply(event)
        heard(event)
        if isinstance(event, Ended):
            return
