"""What the client's thread does: feeding one process after another, and counting each job's end."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Final

from lafr_engine.client.inbox import Inbox
from lafr_engine.client.process import EngineProcess, Target
from lafr_engine.messages import (
    Cancel,
    Command,
    Ended,
    EngineReady,
    Event,
    Job,
    Notice,
    Outcome,
    Pause,
    Progress,
    Resume,
    Shutdown,
)

# So many processes in a row that die before they are ready are enough.
_ATTEMPTS: Final = 3
# Seconds that a process has to be gone after its end of the pipe closed.
_GOING: Final = 0.1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the client waits, in seconds.

    Attributes:
        cancel: For a cancelled job to end by itself; then the process is killed.
        silence: For any event while a job is in work, or for the process to be ready; then it
            is taken for dead and killed. The longest step of a job must be shorter.
        shutdown: For the process to leave when it is asked to.
        progress: Between two reports of progress.
    """

    cancel: float = 0.6
    silence: float = 300.0
    shutdown: float = 1.0
    progress: float = 0.05


class InWork:
    """The job that the process has; lets progress through in moderation."""

    def __init__(self, job: Job, emit: Callable[[Event], None], pace: float) -> None:
        """Begin.

        Args:
            job: Which.
            emit: Hears its events.
            pace: Seconds between two reports of progress.
        """
        self.job = job
        self.cancel_by: float | None = None
        self._emit = emit
        self._pace = pace
        self._held_back: Progress | None = None
        self._next = 0.0

    @property
    def due(self) -> float | None:
        """When progress held back is to be told; None where there is none."""
        return self._next if self._held_back else None

    def progress(self, event: Progress) -> None:
        """Tell progress, now or in a moment; what comes in between takes its place."""
        self._held_back = event
        if time.monotonic() >= self._next:
            self.flush()

    def tell(self, event: Event) -> None:
        """Tell any other event, after the progress before it."""
        self.flush()
        self._emit(event)

    def flush(self) -> None:
        """Tell what was held back."""
        if self._held_back:
            self._emit(self._held_back)
            self._held_back = None
            self._next = time.monotonic() + self._pace


class Supervisor:
    """Owned by one thread; only the inbox is shared."""

    def __init__(
        self, target: Target, patience: Patience, inbox: Inbox, emit: Callable[[Event], None]
    ) -> None:
        """Prepare.

        Args:
            target: Main of the process.
            patience: How long to wait for what.
            inbox: Brings commands.
            emit: Hears events.
        """
        self._target = target
        self._patience = patience
        self._inbox = inbox
        self._emit = emit
        self._waiting: deque[Job] = deque()
        self._process: EngineProcess | None = None
        self._in_work: InWork | None = None
        self._heard = 0.0
        self._failures = 0
        self._paused = self._leaving = False

    def run(self) -> None:
        """Supervise until told to leave."""
        self._start()
        while not self._leaving:
            if self._process is None and self._waiting:
                self._start()
            self._hand_over()
            sources = self._process.sources if self._process else ()
            ready = wait([self._inbox.source, *sources], self._seconds_left())
            if self._process and any(each in ready for each in sources):
                self._hear(self._process)
            if self._inbox.source in ready:
                self._obey_all()
            self._look_at_the_clock()
        self.leave()

    def leave(self) -> None:
        """End every job as cancelled, and the process."""
        self._obey_all()
        process, current = self._process, self._in_work
        if process is not None:
            process.send(Shutdown())
            process.close(self._patience.shutdown)
        left = ([current.job] if current else []) + list(self._waiting)
        for job in left:
            self._emit(Ended(job.job, Outcome.CANCELLED))

    def _start(self) -> None:
        self._heard = time.monotonic()
        try:
            self._process = EngineProcess(self._target)
        except Exception as error:  # whatever it is, jobs that wait for it must end
            self._count_failure(f"{type(error).__name__}: {error}")

    def _hand_over(self) -> None:
        process = self._process
        if process and process.ready and self._waiting and not (self._in_work or self._paused):
            job = self._waiting.popleft()
            self._in_work = InWork(job, self._emit, self._patience.progress)
            self._heard = time.monotonic()
            process.send(job)

    def _obey_all(self) -> None:
        for command in self._inbox.take():
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Cancel():
                self._cancel(command)
            case Pause() | Resume():
                self._paused = isinstance(command, Pause)
                self._heard = time.monotonic()
                if self._process and self._process.ready:
                    self._process.send(command)
            case Shutdown():
                self._leaving = True
            case _:
                self._waiting.append(command)

    def _cancel(self, command: Cancel) -> None:
        for job in [each for each in self._waiting if each.job == command.job]:
            self._waiting.remove(job)
            self._emit(Ended(job.job, Outcome.CANCELLED))
        current = self._in_work
        if current and self._process and current.job.job == command.job:
            current.cancel_by = current.cancel_by or time.monotonic() + self._patience.cancel
            self._process.send(command)

    def _hear(self, process: EngineProcess) -> None:
        event = process.receive()
        self._heard = time.monotonic()
        if event is None:
            self._process = None
            status = process.close(_GOING)
            self._mourn(f"the engine process died under it (status {status})", process.ready)
        elif isinstance(event, EngineReady):
            process.ready, self._failures = True, 0
            if self._paused:
                process.send(Pause())
            self._emit(event)
        else:
            self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        """Tell an event; one of a job that ended already, or was never given, is dropped."""
        job, current = getattr(event, "job", None), self._in_work
        if job is None:
            self._emit(event)
        elif current and job == current.job.job:
            if isinstance(event, Progress):
                current.progress(event)
                return
            if isinstance(event, Ended):
                self._in_work = None
            current.tell(event)

    def _kill(self, sentence: str) -> None:
        """Kill the process, for a reason."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            # Its job ends now: taking a large process down may need a second.
            self._end_job(sentence)
            process.close()
            self._mourn(sentence, process.ready)

    def _mourn(self, sentence: str, was_ready: bool) -> None:
        """The process is gone: end the job that it had, and start the next process."""
        self._end_job(sentence)
        if was_ready:
            self._start()
        else:
            self._count_failure(sentence)

    def _end_job(self, sentence: str) -> None:
        current, self._in_work = self._in_work, None
        if current is not None:
            # A process that was killed, or died, over a cancel: that is what was asked for.
            cancelled = current.cancel_by is not None
            ended = (Outcome.CANCELLED, None) if cancelled else (Outcome.CRASHED, sentence)
            current.tell(Ended(current.job.job, *ended))

    def _count_failure(self, sentence: str) -> None:
        """Try again, but not for ever where no process gets ready."""
        self._failures += 1
        if self._failures < _ATTEMPTS:
            self._start()
            return
        self._failures = 0
        self._emit(Notice(f"The engine cannot be started: {sentence}."))
        while self._waiting:
            job = self._waiting.popleft()
            self._emit(Ended(job.job, Outcome.CRASHED, "the engine cannot be started"))

    def _times(self) -> tuple[float | None, float | None, float | None]:
        """When a cancelled job is killed, a silent process is, and progress is told."""
        process, current = self._process, self._in_work
        busy = process and (not process.ready or (current and not self._paused))
        silent = self._heard + self._patience.silence if busy else None
        return (current.cancel_by, silent, current.due) if current else (None, silent, None)

    def _seconds_left(self) -> float | None:
        due = [at for at in self._times() if at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _look_at_the_clock(self) -> None:
        now = time.monotonic()
        cancel_by, silent_by, progress_by = self._times()
        if cancel_by is not None and now >= cancel_by:
            self._kill("it was cancelled")
        elif silent_by is not None and now >= silent_by:
            silence = f"{self._patience.silence:g} seconds"
            self._kill(f"the engine gave no sign of life for {silence} and was stopped")
        elif progress_by is not None and now >= progress_by and self._in_work:
            self._in_work.flush()
