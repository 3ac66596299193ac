"""One engine process and this side of its pipe."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any, Final

from lafr_engine.messages import Command, Event

_NOTING: Final = 0.001

Target = Callable[[Connection], None]
"""The engine process's main; a function of a module, or a partial of one, for it is pickled."""


class EngineProcess:
    """A child process that was spawned, never forked: it shares nothing but its pipe."""

    def __init__(self, target: Target) -> None:
        """Start it."""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=target, args=(theirs,), name="lafr-engine", daemon=True
        )
        self.ready = False
        try:
            self._process.start()
        finally:
            # Its end stays open in the child alone: when that dies, this end sees it.
            theirs.close()

    @property
    def sources(self) -> tuple[Any, ...]:
        """What becomes ready when it says something or dies."""
        return self._connection, self._process.sentinel

    def send(self, command: Command) -> None:
        """Tell it something; a process that is dead hears nothing."""
        # That it is dead is seen, and dealt with, where its end of the pipe is read.
        with contextlib.suppress(OSError):
            self._connection.send(command)

    def receive(self) -> Event | None:
        """Return what it says, once a source is ready; None where it never will again."""
        if not wait([self._connection], timeout=0):
            return None  # dead without end of file: a child of its own holds the pipe
        try:
            event: Event = self._connection.recv()
        except (EOFError, OSError):
            return None
        return event

    def kill(self) -> None:
        """Have it gone; does not wait for that."""
        self._process.kill()

    def close(self, patience: float = 0.0) -> int:
        """Wait so many seconds, kill it then, clean up; return the exit status."""
        self._process.join(patience)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        # Whoever starts or lists processes in another thread takes the status of dead ones too, and
        # until it is noted this one passes for alive.
        while (status := self._process.exitcode) is None:
            time.sleep(_NOTING)
        self._connection.close()
        self._process.close()
        return status
