"""Commands on their way to a thread that waits for pipes."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection

from lafr_engine.messages import Command


class Inbox:
    """A queue whose reader can wait for it and for connections at once."""

    def __init__(self) -> None:
        """Begin empty."""
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._rung = threading.Event()
        self._hears, self._rings = multiprocessing.Pipe(duplex=False)

    @property
    def source(self) -> Connection:
        """Ready when there may be commands."""
        return self._hears

    def put(self, command: Command) -> None:
        """Add a command; never waits, however many there are."""
        self._commands.put(command)
        if not self._rung.is_set():
            self._rung.set()
            self._rings.send_bytes(b"!")

    def take(self) -> Iterator[Command]:
        """Give all that is there."""
        while self._hears.poll():
            self._hears.recv_bytes()
        self._rung.clear()  # before the queue is read: whoever comes later rings again
        while not self._commands.empty():
            yield self._commands.get()

    def close(self) -> None:
        """Close the bell; nothing may be put after that."""
        self._hears.close()
        self._rings.close()
