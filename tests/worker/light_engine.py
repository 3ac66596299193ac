"""An engine process without networks: it does to jobs what their names say."""

from __future__ import annotations

import os
import signal
import struct
import time
import zlib
from collections.abc import Generator
from multiprocessing.connection import Connection

from lafr_engine.errors import ConfigError
from lafr_engine.messages import (
    Event,
    FaceGeometry,
    FaceRestored,
    FacesFound,
    FindFaces,
    Progress,
    RestoreFace,
)
from lafr_engine.worker.process import serve

SIZE = (640, 480)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    + _chunk(b"IEND", b"")
)
"""A picture of one grey pixel."""


def work(job: FindFaces) -> Generator[Event, None, None]:
    """Work on a job by the first word of its photograph's name."""
    word = job.photo.name.split("-")[0]
    if word == "crash":
        os._exit(3)
    if word == "crash_once" and not job.photo.exists():
        job.photo.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "hang":
        time.sleep(3600)
    if word == "wrong":
        raise ConfigError("this makes no sense")
    steps = {"slow": 400, "long": 4000, "flood": 20_000}.get(word, 3)
    for done in range(steps):
        yield Progress(job.job, done + 1, steps)
        if word in ("slow", "long", "brief"):
            time.sleep(0.01)
    yield FacesFound(job.job, SIZE, ())


def main(connection: Connection) -> None:
    """The target."""
    serve(connection, {FindFaces: work})


def stillborn(connection: Connection) -> None:
    """A target that never gets ready."""
    connection.close()
    os._exit(7)


def mute(connection: Connection) -> None:
    """A target that says nothing at all."""
    time.sleep(3600)


FACES = (
    FaceGeometry((10.0, 10.0, 60.0, 70.0), ((25, 30), (45, 30), (35, 42), (27, 52), (43, 52))),
    FaceGeometry(
        (90.0, 10.0, 140.0, 70.0), ((105, 30), (125, 30), (115, 42), (107, 52), (123, 52))
    ),
)


def find(job: FindFaces) -> Generator[Event, None, None]:
    """Find two faces, whatever the photograph; one in a box."""
    yield Progress(job.job, 0, 1)
    time.sleep(0.002)
    if "crash" in job.photo.name:
        os._exit(3)
    if "slow" in job.photo.name:
        time.sleep(3600)
    faces = FACES if job.box is None else (FaceGeometry(job.box, FACES[0].landmarks),)
    yield FacesFound(job.job, SIZE, tuple((face, None) for face in faces))


def restore(job: RestoreFace) -> Generator[Event, None, None]:
    """Write two small files."""
    yield Progress(job.job, 0, 1)
    time.sleep(0.002)
    paths = [job.out / f"{job.job}-{name}.png" for name in ("crop", "preview")]
    for path in paths:
        part = path.with_suffix(".part")
        part.write_bytes(PIXEL)
        part.replace(path)
    yield FaceRestored(
        job.job, paths[0], paths[1], (8, 8, 62, 72), 0.8, None, "light", "0" * 64, job.seed
    )


def album_main(connection: Connection) -> None:
    """A target that works off an album."""
    serve(connection, {FindFaces: find, RestoreFace: restore})
