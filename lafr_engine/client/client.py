"""The engine as seen from the process that gives it work."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from lafr_engine.client.inbox import Inbox
from lafr_engine.client.process import Target
from lafr_engine.client.supervisor import Patience, Supervisor
from lafr_engine.errors import ConfigError
from lafr_engine.messages import Cancel, Command, Ended, Event, Job, Pause, Resume, Shutdown


class EngineClient:
    """Gives jobs to an engine process and tells what becomes of them.

    All methods may be called from any thread, and none but :meth:`close`, :meth:`poll` and
    :meth:`events` waits.
    """

    def __init__(
        self,
        target: Target,
        emit: Callable[[Event], None] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Prepare; :meth:`start` starts the process.

        Args:
            target: Main of the engine process; it gets its end of the pipe.
            emit: Hears every event in the client's own thread, and must neither raise nor wait.
                Without it, events are fetched by :meth:`poll` or :meth:`events`.
            patience: How long to wait for what.
        """
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._inbox = Inbox()
        self._gate = threading.Lock()
        self._names: set[str] = set()
        self._closing = False
        self._emit = self._events.put if emit is None else emit
        self._supervisor = Supervisor(target, patience or Patience(), self._inbox, self._deliver)
        self._thread = threading.Thread(target=self._run, name="lafr-engine-client", daemon=True)

    def start(self) -> Self:
        """Start the process; it need not be ready before jobs are submitted."""
        self._thread.start()
        return self

    def submit(self, job: Job) -> None:
        """Queue a job.

        Raises:
            ConfigError: A job of this name has not ended yet, or the client is closed.
        """
        with self._gate:
            if job.job in self._names:
                raise ConfigError(f"there is a job named {job.job} already")
            if self._closing:
                raise ConfigError("the engine is closed and takes no more jobs")
            self._names.add(job.job)
            self._inbox.put(job)

    def cancel(self, job: str) -> None:
        """End a job within a second; an unknown name is ignored."""
        self._command(Cancel(job))

    def pause(self) -> None:
        """Stop at the next step of the job in work."""
        self._command(Pause())

    def resume(self) -> None:
        """Go on."""
        self._command(Resume())

    def close(self) -> None:
        """End all jobs as cancelled, and end the process; wait for both."""
        with self._gate:
            first, self._closing = not self._closing, True
            if first:
                self._inbox.put(Shutdown())
        if self._thread.ident is not None:
            self._thread.join()
        elif first:  # never started: what was submitted ends all the same
            self._supervisor.leave()
            self._events.put(None)
        if first:
            self._inbox.close()

    def poll(self, timeout: float | None = None) -> Event | None:
        """Return the next event; None where none comes in time, or ever again.

        Args:
            timeout: Seconds; None waits as long as it takes.
        """
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        if event is None:
            self._events.put(None)  # for whoever asks next
        return event

    def events(self) -> Iterator[Event]:
        """Give event after event until the client is closed."""
        while (event := self.poll()) is not None:
            yield event

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _command(self, command: Command) -> None:
        with self._gate:
            if not self._closing:
                self._inbox.put(command)

    def _deliver(self, event: Event) -> None:
        if isinstance(event, Ended):
            with self._gate:
                self._names.discard(event.job)
        self._emit(event)

    def _run(self) -> None:
        try:
            self._supervisor.run()
        finally:
            self._events.put(None)
