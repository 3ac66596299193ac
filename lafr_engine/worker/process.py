"""Main of the engine process: commands in, events out, by one pipe.

The main thread only reads commands; a `Service` works beside it. So the process hears at once
when the pipe closes, even in the middle of a computation, and does not outlive who started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Generator, Mapping
from functools import partial
from multiprocessing.connection import Connection
from typing import NoReturn

from lafr_engine.imaging.limits import MAX_PIXELS
from lafr_engine.messages import (
    Cancel,
    Command,
    EngineReady,
    Event,
    FindFaces,
    ImportModel,
    Job,
    Pause,
    RenderPhoto,
    RestoreFace,
    Resume,
    Shutdown,
    TestDevice,
)
from lafr_engine.service import Handler, Service


def main(connection: Connection, device: str = "auto", max_pixels: int = MAX_PIXELS) -> NoReturn:
    """Serve a pipe until it closes or `Shutdown` comes; then the process is gone.

    Args:
        connection: The engine's end.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        max_pixels: Larger photographs are refused.
    """
    serve(connection, Heavy(device, max_pixels).handlers())


def serve(connection: Connection, handlers: Mapping[type, Handler]) -> NoReturn:
    """Serve a pipe with any handlers.

    Args:
        connection: The engine's end.
        handlers: By the class of the job.
    """
    # Ctrl+C in a terminal reaches this process too; whether to end is for its parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    emit = partial(_send, connection)
    emit(EngineReady(os.getpid()))
    service = Service(handlers, emit)
    service.start()
    with contextlib.suppress(EOFError, OSError):  # the parent is gone: so must this be
        while not isinstance(command := connection.recv(), Shutdown):
            _obey(service, command)
    # Not sys.exit: a computation, or what a library does at exit, would hold the process up. The
    # client ends what is left, and files are written whole or not at all.
    os._exit(0)


class Heavy:
    """The real handlers, imported by the first job: the process is there at once."""

    def __init__(self, device: str, max_pixels: int) -> None:
        """Remember what was asked for; nothing is loaded yet."""
        self._device = device
        self._max_pixels = max_pixels
        self._loaded: Mapping[type, Handler] = {}

    def handlers(self) -> dict[type, Handler]:
        """Return what :class:`Service` takes."""
        return dict.fromkeys(
            (FindFaces, RestoreFace, RenderPhoto, TestDevice, ImportModel), self._work
        )

    def _work(self, job: Job) -> Generator[Event, None, None]:
        if not self._loaded:
            from lafr_engine.worker.handlers import make_handlers

            self._loaded = make_handlers(self._device, self._max_pixels)
        yield from self._loaded[type(job)](job)


def _obey(service: Service, command: Command) -> None:
    actions: dict[type, Callable[[], None]] = {Pause: service.pause, Resume: service.resume}
    if isinstance(command, Cancel):
        service.cancel(command.job)
    elif type(command) in actions:
        actions[type(command)]()
    else:
        service.submit(command)  # type: ignore[arg-type]  # all others are jobs


def _send(connection: Connection, event: Event) -> None:
    try:
        connection.send(event)
    except OSError:  # nobody is left to hear it
        os._exit(0)
