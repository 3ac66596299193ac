"""One thread that works on one job at a time, and ends each job exactly once.

The engine process runs a :class:`Service` behind its pipe; the command line and tests run one in
their own process. It knows nothing of pictures: what a job means is in its handler.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from typing import Any

from lafr_engine.errors import ConfigError, LafrError
from lafr_engine.messages import Ended, Event, Job, Outcome, Started

Handler = Callable[[Any], Generator[Event, None, None]]
"""Works on a job of one kind. Each yield is an event and a place to stop: closing the generator
cancels. It sends no `Started` and no `Ended`; the service does."""
Emit = Callable[[Event], None]


class Service:
    """Takes jobs from any thread and works on them in its own.

    ``emit`` is called by one thread at a time, mostly the service's own.
    """

    def __init__(self, handlers: Mapping[type, Handler], emit: Emit) -> None:
        """Prepare; :meth:`start` begins.

        Args:
            handlers: By the class of the job.
            emit: Hears every event. It must not raise and must not call the service.
        """
        self._handlers = handlers
        self._emit = emit
        self._emitting = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._in_work: str | None = None
        self._leave_job = self._paused = self._closed = False
        self._thread = threading.Thread(target=self._run, name="lafr-service", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job. After :meth:`close` it ends at once as cancelled.

        Raises:
            ConfigError: A job of this name has not ended yet.
        """
        with self._changed:
            if job.job == self._in_work or any(each.job == job.job for each in self._waiting):
                raise ConfigError(f"there is a job named {job.job} already")
            if not self._closed:
                self._waiting.append(job)
                self._changed.notify_all()
                return
        self._end(job, Outcome.CANCELLED)

    def cancel(self, job: str) -> None:
        """End a job: at once where it waits, else at its next step; an unknown name is ignored."""
        with self._changed:
            found = [each for each in self._waiting if each.job == job]
            for each in found:
                self._waiting.remove(each)
            self._leave_job |= job == self._in_work
            self._changed.notify_all()
        for each in found:
            self._end(each, Outcome.CANCELLED)

    def pause(self) -> None:
        """Stop the job in work at its next step, and begin no other, until :meth:`resume`."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Go on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def close(self) -> None:
        """End all jobs as cancelled, that in work at its next step, and wait for the thread."""
        with self._changed:
            self._closed = self._leave_job = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for job in left:
            self._end(job, Outcome.CANCELLED)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._tell(Started(job.job))
            outcome, sentence = self._worked(job)
            with self._changed:
                self._in_work = None
            self._end(job, outcome, sentence)

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._waiting and not self._paused))
            if self._closed:
                return None
            job = self._waiting.popleft()
            self._in_work, self._leave_job = job.job, False
            return job

    def _worked(self, job: Job) -> tuple[Outcome, str | None]:
        """Work on a job to its end, whatever its handler does."""
        try:
            handler = self._handlers[type(job)]
        except KeyError:
            return (
                Outcome.FAILED,
                f"this engine does not know jobs of the kind {type(job).__name__}",
            )
        try:
            done = self._stepped(handler(job))
        except GeneratorExit:
            done = False
        except LafrError as error:
            return Outcome.FAILED, str(error)
        except MemoryError:
            return Outcome.FAILED, "there is not enough memory for this"
        except BaseException as error:  # even SystemExit: one job must not end the service
            return Outcome.FAILED, f"failed unexpectedly ({type(error).__name__}: {error})"
        return (Outcome.DONE if done else Outcome.CANCELLED), None

    def _stepped(self, steps: Generator[Event, None, None]) -> bool:
        """Go from step to step; return whether the last one was reached."""
        for event in steps:
            if isinstance(event, Started | Ended):
                raise TypeError(f"a handler sends no {type(event).__name__}")
            self._tell(event)
            if not self._may_go_on():
                steps.close()
                return False
        return True

    def _may_go_on(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._leave_job or not self._paused)
            return not self._leave_job

    def _end(self, job: Job, outcome: Outcome, sentence: str | None = None) -> None:
        self._tell(Ended(job.job, outcome, sentence))

    def _tell(self, event: Event) -> None:
        with self._emitting:
            self._emit(event)
