"""Checking an album: its file, the originals, the jobs, and what lies in its folders."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from lafr_engine.album.database import Database
from lafr_engine.album.faces import STATE
from lafr_engine.album.pictures import sha256
from lafr_engine.errors import UnreadableFile

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
Told = Callable[[int, int], None]
"""Hears how many files of how many were read."""

_RULES: Final = {
    "job {} has ended and has not": """SELECT id FROM jobs
        WHERE ends != (state IN ('done', 'failed', 'cancelled'))""",
    "job {} ended more than once": "SELECT id FROM jobs WHERE ends > 1",
    "job {} is in work and has no owner": """SELECT id FROM jobs
        WHERE state = 'running' AND NOT :owned""",
    "photograph {} miscounts its faces": """SELECT id FROM photos WHERE
        (n_faces, n_review, n_held, n_accepted, n_failed, n_open) != (SELECT
            count(*) FILTER (WHERE state != 'not-a-face'),
            count(*) FILTER (WHERE state = 'restored'), count(*) FILTER (WHERE state = 'held'),
            count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'failed'),
            count(*) FILTER (WHERE state IN ('detected', 'queued', 'restoring'))
            FROM faces WHERE photo_id = photos.id AND removed = 0)""",
    "photograph {} miscounts its jobs": """SELECT id FROM photos WHERE n_jobs != (SELECT count(*)
        FROM jobs WHERE photo_id = photos.id AND state IN ('queued', 'running'))""",
    "face {} is in a state that its facts do not give": f"""SELECT id FROM faces
        WHERE state != {STATE}""",
    "face {} is accepted without a restoration": """SELECT id FROM faces
        WHERE verdict = 'accepted' AND candidate_id IS NULL""",
    "face {} has the restoration of another one": """SELECT faces.id FROM faces
        JOIN candidates ON candidates.id = candidate_id WHERE face_id != faces.id""",
}


def problems(database: Database, folder: Path, owned: bool, told: Told) -> Iterator[str]:
    """Yield what is wrong with an album.

    Args:
        database: Its file.
        folder: Its folder.
        owned: Whether a program works off its jobs right now.
        told: Hears of the files read.
    """
    yield from _of_file(database)
    yield from _of_rows(database, owned)
    yield from _of_files(database, folder, told)


def _of_file(database: Database) -> Iterator[str]:
    for text in database.column("PRAGMA integrity_check"):
        if text != "ok":
            yield f"the album's file is damaged: {text}"
    for row in database.rows("PRAGMA foreign_key_check"):
        yield f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is gone"


def _of_rows(database: Database, owned: bool) -> Iterator[str]:
    for sentence, sql in _RULES.items():
        for number in database.column(sql.replace(":owned", str(int(owned)))):
            yield f"{sentence.format(number)}"


def _of_files(database: Database, folder: Path, told: Told) -> Iterator[str]:
    photos = database.rows("SELECT path, sha256 FROM photos WHERE standing != 'replaced'")
    made = database.rows("SELECT crop AS a, preview AS b FROM candidates")
    masks = database.column("SELECT keep FROM faces WHERE keep IS NOT NULL")
    pictures = [folder / name for row in made for name in (row["a"], row["b"])]
    pictures += [folder / name for name in masks]
    total = len(photos) + len(pictures)
    for done, photo in enumerate(photos, 1):
        yield from _of_original(Path(photo["path"]), photo["sha256"])
        told(done, total)
    for done, path in enumerate(pictures, len(photos) + 1):
        if not is_whole_png(path):
            yield f"{path}: is missing, damaged or cut off"
        told(done, total)


def _of_original(path: Path, digest: str) -> Iterator[str]:
    try:
        if sha256(path) != digest:
            yield f"{path}: is not as it was imported"
    except UnreadableFile as error:
        yield str(error)


def is_whole_png(path: Path) -> bool:
    """Whether a file is a PNG from its first chunk to its last, each with its checksum."""
    try:
        with path.open("rb") as stream:
            return stream.read(8) == _SIGNATURE and _chunks_hold(stream)
    except OSError:
        return False


def _chunks_hold(stream: BinaryIO) -> bool:
    while len(head := stream.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        body, check = stream.read(size), stream.read(4)
        if len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            return False
        if kind == b"IEND":
            return True
    return False
