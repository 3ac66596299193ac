"""The photographs of an album: listing, counting, removing, and looking after their files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lafr_engine.album.database import Database, Row, listed
from lafr_engine.album.pictures import Stamp, sha256, stamp
from lafr_engine.album.schema import PHOTO_STATE
from lafr_engine.album.values import Counts, Photo, PhotoFilter, PhotoOrder, PhotoState
from lafr_engine.errors import AlbumError, UnreadableFile

_PASSES: Final = {
    PhotoFilter.ALL: "1",
    PhotoFilter.REVIEW: "n_review > 0",
    PhotoFilter.HELD: "n_held > 0",
    PhotoFilter.DONE: "state = 'done'",
    PhotoFilter.FAILED: "(state = 'failed' OR n_failed > 0)",
    PhotoFilter.NEW: "state = 'new' AND standing != 'missing'",
    PhotoFilter.MISSING: "standing = 'missing'",
}
_RANK: Final = """CASE state WHEN 'failed' THEN 0 WHEN 'held' THEN 1 WHEN 'review' THEN 2
    WHEN 'working' THEN 3 WHEN 'new' THEN 4 ELSE 5 END"""
_ORDERS: Final = {
    PhotoOrder.DATE: ("dated", "id"),
    PhotoOrder.NAME: ("name", "id"),
    PhotoOrder.STATE: (_RANK, "dated", "id"),
    PhotoOrder.IMPORTED: ("id",),
}
_COLUMNS: Final = """id, path, sha256, bytes, width, height, captured, imported, state,
    n_faces, n_review, n_held, n_accepted, n_failed, standing, problem"""
_STATES: Final = {str(state): state for state in PhotoState}
_STANDINGS: Final = {
    "missing": "is not there any more",
    "changed": "has changed since it was imported; import it again as a new version",
    "replaced": "another version of this file has taken its place in the album",
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How a photo's file was found."""

    standing: str
    stamp: Stamp | None = None


class Photos:
    """The table of photos."""

    def __init__(self, database: Database) -> None:
        """Work on an album's file."""
        self._db = database

    def select(self, only: PhotoFilter, order: PhotoOrder, descending: bool) -> list[Photo]:
        """Return the photos that pass a filter, sorted."""
        way = " DESC" if descending else ""
        columns = ", ".join(f"{column}{way}" for column in _ORDERS[order])
        sql = f"SELECT {_COLUMNS} FROM photos WHERE {_PASSES[only]} ORDER BY {columns}"
        return [_photo(row) for row in self._db.rows(sql)]

    def get(self, photo_id: int) -> Photo:
        """Return a photo.

        Raises:
            AlbumError: There is none of this id.
        """
        return _photo(self._row(photo_id, _COLUMNS))

    def counts(self) -> Counts:
        """Count everything."""
        total = {str(each): f"total({_PASSES[each]})" for each in PhotoFilter}
        del total["all"]
        photos = self._db.row(
            f"""SELECT count(*) AS photos, total(n_faces) AS faces, total(n_review) AS to_review,
                {", ".join(f"{sql} AS {name}" for name, sql in total.items())}
            FROM (SELECT n_faces, n_review, n_held, n_failed, standing, {PHOTO_STATE} AS state
                FROM photos)"""
        )
        assert photos is not None  # an aggregate always has its row
        jobs = self._db.tally(
            """SELECT state, count(*) FROM jobs WHERE state IN ('queued', 'running')
            OR state = 'failed' AND superseded = 0 GROUP BY state"""
        )
        return Counts(
            photos=photos["photos"],
            **{name: int(photos[name]) for name in total},
            faces=int(photos["faces"]),
            faces_to_review=int(photos["to_review"]),
            jobs_queued=jobs.get("queued", 0),
            jobs_running=jobs.get("running", 0),
            jobs_failed=jobs.get("failed", 0),
        )

    def next_to_review(self, after: int | None) -> int | None:
        """Return the photo in line after another one; see `store.Album.next_to_review`."""
        waiting = "SELECT id FROM photos WHERE n_review + n_held > 0"
        order = "ORDER BY dated, id LIMIT 1"
        beyond = "(dated, id) > (SELECT dated, id FROM photos WHERE id = ?)"
        row = self._db.row(f"{waiting} AND {beyond} {order}", after)
        row = row or self._db.row(f"{waiting} {order}")
        return None if row is None else int(row["id"])

    def remove(self, photo_ids: Iterable[int]) -> None:
        """Take photos out of the album, with all that hangs on them; their files stay."""
        with self._db.change():
            self._db.run(
                "DELETE FROM photos WHERE id IN (SELECT value FROM json_each(?))", listed(photo_ids)
            )

    def refusal(self, photo_id: int) -> str | None:
        """Look at a photo's file; return why it cannot be worked on, None where it can.

        What is seen is written down. Bytes are read only where size and time do not vouch for
        them, and outside of any transaction.
        """
        row = self._row(photo_id)
        if row["standing"] == "replaced":
            return _standing_sentence(row)
        look = _look(row)
        if look.stamp is not None or look.standing != row["standing"]:
            self._write(row, look)
        return _standing_sentence(self._row(photo_id))

    def _write(self, row: Row, look: _Look) -> None:
        kept = (row["modified"], row["checked"])
        modified, checked = (look.stamp.modified, look.stamp.checked) if look.stamp else kept
        with self._db.change():  # nothing happens if an import has moved the photo meanwhile
            self._db.run(
                """UPDATE photos SET standing = ?, modified = ?, checked = ?
                WHERE id = ? AND path = ? AND standing != 'replaced'""",
                *(look.standing, modified, checked, row["id"], row["path"]),
            )

    def _row(self, photo_id: int, columns: str = "*") -> Row:
        row = self._db.row(f"SELECT {columns} FROM photos WHERE id = ?", photo_id)
        if row is None:
            raise AlbumError(f"there is no photograph {photo_id} in this album")
        return row


def stamp_of(row: Row) -> Stamp:
    """Return a photo's stamp as it was written down."""
    return Stamp(row["bytes"], row["modified"], row["checked"])


def changed_sentence(path: str) -> str:
    """Say that a file is not what it was."""
    return f"{path}: {_STANDINGS['changed']}"


def _look(row: Row) -> _Look:
    path = Path(row["path"])
    try:
        now = stamp(path)
        if row["standing"] == "there" and stamp_of(row).vouches(now):
            return _Look("there")
        same = now.bytes == row["bytes"] and sha256(path) == row["sha256"]
    except UnreadableFile:
        return _Look("missing")
    return _Look("there", now) if same else _Look("changed")


def _standing_sentence(row: Row) -> str | None:
    reason = _STANDINGS.get(row["standing"])
    return None if reason is None else f"{row['path']}: {reason}"


def _photo(row: Row) -> Photo:
    """Read a row of `_COLUMNS`; by position, because a list of photos is built in one go."""
    (number, path, sha, size, width, height, captured, imported, state, *counts) = row
    *numbers, standing, problem = counts
    if standing in _STANDINGS:
        problem = f"{path}: {_STANDINGS[standing]}"
    faces, to_review, held, accepted, failed = numbers
    return Photo(
        number,
        Path(path),
        sha,
        size,
        width,
        height,
        captured,
        imported,
        _STATES[state],
        faces,
        to_review,
        held,
        accepted,
        failed,
        problem,
        standing == "missing",
    )
