"""What runs in the thread: orders and events in, jobs and signals out."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal

from lafr_desktop.engine_thread.pace import Thinner
from lafr_desktop.engine_thread.work import AlbumWork, WorkStatus
from lafr_engine.album.values import Changed
from lafr_engine.client import EngineClient
from lafr_engine.errors import AlbumBusy, LafrError
from lafr_engine.messages import (
    DeviceChosen,
    Ended,
    Event,
    FindFaces,
    Job,
    Notice,
    Outcome,
    Progress,
    RestoreFace,
)

# Seconds between two signals about the state of the work.
_STATUS_PACE: Final = 0.25
# Seconds until a busy album is tried again.
_BUSY_PACE: Final = 3.0
# So many jobs that crash in a row are no fault of the photographs.
_CRASHES: Final = 3


class Order(Enum):
    """What the window asks for."""

    WAKE = auto()
    PAUSE = auto()
    RESUME = auto()
    CANCEL_ALL = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class UseBundle:
    """Restore with this bundle from the next job on; None is the one that ships."""

    name: str | None


@dataclass(frozen=True, slots=True)
class UseTarget:
    """Start the process anew with this main, once no job is in work."""

    target: Callable[[Connection], None]


Message = Order | UseBundle | UseTarget | Job | Event
"""What may lie in the agent's inbox."""


class Agent(QThread):
    """Owns the client and the album's work. Only :meth:`post` is for other threads.

    The signals are those of :class:`lafr_desktop.engine_thread.engine.Engine`.
    """

    ready = Signal(str, str)
    photo_changed = Signal(int)
    face_changed = Signal(int)
    progressed = Signal(object)
    work_changed = Signal(object)
    side_event = Signal(object)
    notice = Signal(str)
    busy = Signal(str)

    def __init__(self, folder: Path, target: Callable[[Connection], None], parent: QObject) -> None:
        """Prepare; ``start`` begins.

        Args:
            folder: Of the album.
            target: Main of the engine process.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._client = EngineClient(target, self._inbox.put)
        self._next: EngineClient | None = None
        self._work = AlbumWork(folder, self._note)
        self._photos = Thinner(self.photo_changed.emit)
        self._faces = Thinner(self.face_changed.emit)
        self._side: set[str] = set()
        self._bundle: str | None = None
        self._crashes = 0
        self._paused = self._busy = False
        self._look_at: float | None = 0.0  # when to look for jobs
        self._status_at: float | None = 0.0  # when to tell how the work stands

    def post(self, message: Message) -> None:
        """Leave a message."""
        self._inbox.put(message)

    def run(self) -> None:
        """Work until told to close."""
        self._client.start()
        try:
            while (message := self._next_message()) is not Order.CLOSE:
                if message is not None:
                    self._try(partial(self._handle, message))
                self._renew()
                self._try(self._feed)
        finally:
            self._client.close()
        self._finish()

    def _next_message(self) -> Message | None:
        """Tell what is due, then wait for a message, until more is due."""
        due = [self._photos.flush(), self._faces.flush(), self._tell_status()]
        if self._look_at is not None and not self._paused and self._work.current is None:
            due.append(max(self._look_at - time.monotonic(), 0.0))
        try:
            return self._inbox.get(timeout=min((at for at in due if at is not None), default=None))
        except queue.Empty:
            return None

    def _try(self, act: Callable[[], None]) -> None:
        """Do something with the album; where that fails, rest until told to go on."""
        try:
            act()
        except AlbumBusy as error:
            self._look_at = time.monotonic() + _BUSY_PACE
            if not self._busy:
                self.busy.emit(str(error))
            self._busy = True
            self._drop()
        except LafrError as error:
            self.notice.emit(str(error))
            self._rest(True)
            self._drop()
            self._status_at = None
            self.work_changed.emit(WorkStatus(0, None, 0, 0, True, 0.0, None))

    def _drop(self) -> None:
        """Leave the job in work; the album queues it again when it is next held."""
        if self._work.current is not None:
            self._client.cancel(self._work.current.job)
        with contextlib.suppress(LafrError):  # that it cannot be used was just said
            self._work.let_go()

    def _handle(self, message: Message) -> None:
        if isinstance(message, Order):
            self._obey(message)
        elif isinstance(message, Job):
            if message.job not in self._side:
                self._side.add(message.job)
                self._client.submit(message)
        elif isinstance(message, UseBundle | UseTarget):
            self._use(message)
        elif isinstance(message, DeviceChosen):
            self.ready.emit(message.device, message.reason or "")
        elif isinstance(message, Notice):
            self.notice.emit(message.sentence)
        elif self._work.is_about(message):
            self._hear(message)
        else:
            self._hear_aside(message)

    def _use(self, message: UseBundle | UseTarget) -> None:
        if isinstance(message, UseBundle):
            self._bundle = message.name
        else:
            self._next = EngineClient(message.target, self._inbox.put)

    def _obey(self, order: Order) -> None:
        if order in (Order.PAUSE, Order.RESUME):
            self._rest(order is Order.PAUSE)
        elif order is Order.CANCEL_ALL:
            if self._work.current is not None:
                self._client.cancel(self._work.current.job)
            self._work.cancel_queued()
        self._look_at = self._status_at = time.monotonic()

    def _rest(self, paused: bool) -> None:
        self._paused, self._crashes = paused, 0
        (self._client.pause if paused else self._client.resume)()
        self._status_at = time.monotonic()

    def _renew(self) -> None:
        """Change the process for one with another main, where that was asked for."""
        if self._next is None or self._work.current is not None or self._side:
            return
        self._client.close()
        self._client, self._next = self._next.start(), None
        if self._paused:
            self._client.pause()

    def _feed(self) -> None:
        """Give the engine the album's next job."""
        due = self._look_at is not None and time.monotonic() >= self._look_at
        if not due or self._paused or self._work.current is not None:
            return
        job = self._work.take()
        self._busy = False
        self._look_at = None if job is None else time.monotonic()
        self._status_soon()
        if job is not None:
            self._client.submit(self._with_bundle(job))

    def _with_bundle(self, job: Job) -> Job:
        if isinstance(job, FindFaces | RestoreFace) and job.bundle is None:
            return replace(job, bundle=self._bundle)
        return job

    def _hear(self, event: Event) -> None:
        """Take an event of the album's job."""
        if isinstance(event, Progress):
            self.progressed.emit(event)
            return
        if isinstance(event, Ended):
            self._look_at = time.monotonic()
            self._status_soon()
            self._count_crashes(event)
        self._work.apply(event)

    def _count_crashes(self, event: Ended) -> None:
        self._crashes = self._crashes + 1 if event.outcome is Outcome.CRASHED else 0
        if self._crashes >= _CRASHES:
            self._rest(True)
            self.notice.emit(
                QCoreApplication.translate(
                    "Engine",
                    "The engine crashed several times in a row; the work was paused.",
                )
            )

    def _hear_aside(self, event: Event) -> None:
        """Take an event of a job beside the album."""
        name = getattr(event, "job", None)
        if name in self._side:
            self.side_event.emit(event)
            if isinstance(event, Ended):
                self._side.discard(event.job)

    def _note(self, changed: Changed) -> None:
        self._photos.add(changed.photo_ids)
        self._faces.add(changed.face_ids)

    def _status_soon(self) -> None:
        if self._status_at is None:
            self._status_at = time.monotonic() + _STATUS_PACE

    def _tell_status(self) -> float | None:
        """Tell how the work stands, where that is due; else return the seconds until it is."""
        if self._status_at is None or self._busy:
            return None
        left = self._status_at - time.monotonic()
        if left > 0.0:
            return left
        self._status_at = None
        self._try(lambda: self.work_changed.emit(self._work.status(self._paused)))
        return None

    def _finish(self) -> None:
        """Take what was said until the process was gone, and close the album."""
        while not self._inbox.empty():
            message = self._inbox.get()
            if isinstance(message, Order | UseBundle | UseTarget | Job):
                continue
            left_off = isinstance(message, Ended) and message.outcome is not Outcome.DONE
            if not self._work.is_about(message):
                self._hear_aside(message)
            elif not left_off:  # what was left off is queued again by letting go
                self._try(partial(self._work.apply, message))
        self._try(self._work.let_go)
        self._photos.finish()
        self._faces.finish()
