"""What people decide on faces, each stored with what was before, so that all can be taken back."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lafr_engine.album.database import Database, Row, listed, now
from lafr_engine.album.faces import Faces, geometry_from, geometry_text
from lafr_engine.album.jobs import Jobs
from lafr_engine.album.values import Decision
from lafr_engine.errors import AlbumError, OutputError
from lafr_engine.messages import Box, FaceGeometry

_UPRIGHT = ((0.30, 0.42), (0.70, 0.42), (0.50, 0.60), (0.34, 0.78), (0.66, 0.78))
"""Where the landmarks of an upright face lie in its box, until a search has seen them."""

_PART = 500
_IDS = "(SELECT value FROM json_each(?))"
_NO_WORK = ("rejected", "not-a-face")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All that can be decided on a face.

    Attributes:
        verdict: accepted, rejected, not-a-face or None.
        candidate_id: The one chosen.
        strength: How much of it is taken.
        keep: The mask's file.
        geometry: Where the face is, as `faces.geometry_text`.
        removed: Whether the face was drawn and that was undone.
        waits: Whether a restoration of it is queued; restored, not decided.
    """

    verdict: str | None
    candidate_id: int | None
    strength: float
    keep: str | None
    geometry: str
    removed: bool
    waits: bool


class Decisions:
    """Decides, undoes and redoes. Every public method is one transaction."""

    def __init__(self, database: Database, faces: Faces, jobs: Jobs, keep: Path) -> None:
        """Work on an album's file; ``keep`` is the folder of masks."""
        self._db = database
        self._faces = faces
        self._jobs = jobs
        self._keep = keep

    def accept(self, face_id: int, candidate_id: int | None = None) -> None:
        """Accept a face's chosen candidate, or the one given.

        Raises:
            AlbumError: There is nothing to accept.
        """
        with self._db.change():
            old = self._sheet(face_id)
            chosen = old.candidate_id if candidate_id is None else candidate_id
            if chosen is None:
                raise AlbumError(f"face {face_id} has no restoration that could be accepted")
            self._check_candidate(face_id, chosen)
            new = replace(old, verdict="accepted", candidate_id=chosen)
            self._decide("accept", face_id, old, new)

    def accept_all(self, face_ids: Sequence[int]) -> int:
        """Accept those of many faces that are restored and not held; return how many.

        One undo takes all of it back. It is done in parts, so that other programs need not wait
        long.
        """
        batch, count = 0, 0
        for begin in range(0, len(face_ids), _PART):
            with self._db.change():
                batch, more = self._accept_part(face_ids[begin : begin + _PART], batch)
                count += more
        return count

    def reject(self, face_id: int) -> None:
        """Leave a face as it was in the photograph."""
        self._judge(face_id, "reject", "rejected")

    def not_a_face(self, face_id: int) -> None:
        """Remember that there is no face."""
        self._judge(face_id, "not-a-face", "not-a-face")

    def set_strength(self, face_id: int, strength: float) -> None:
        """Take less than the whole change.

        Raises:
            AlbumError: Not between 0 and 1.
        """
        if not 0.0 <= strength <= 1.0:
            raise AlbumError(f"the strength {strength} does not lie between 0 and 1")
        with self._db.change():
            old = self._sheet(face_id)
            self._decide("strength", face_id, old, replace(old, strength=float(strength)))

    def choose(self, face_id: int, candidate_id: int) -> None:
        """Choose another candidate; one that was not accepted has to be reviewed."""
        with self._db.change():
            self._check_candidate(face_id, candidate_id)
            old = self._sheet(face_id)
            if candidate_id != old.candidate_id:
                new = replace(old, candidate_id=candidate_id, verdict=None)
                self._decide("candidate", face_id, old, new)

    def set_keep(self, face_id: int, png: bytes | None) -> None:
        """Lay down what stays original; earlier masks stay on the disk for undo.

        Raises:
            OutputError: The mask cannot be written.
        """
        self._faces.get(face_id)
        path = None if png is None else self._write(face_id, png)
        keep = None if path is None else self._faces.relative(path)
        with self._db.change():
            old = self._sheet(face_id)
            self._decide("keep", face_id, old, replace(old, keep=keep))

    def move(self, face_id: int, geometry: FaceGeometry) -> None:
        """Put a face elsewhere: what was made of it no longer fits, and it is queued again."""
        with self._db.change():
            old = self._sheet(face_id)
            there = replace(old, geometry=geometry_text(geometry))
            new = replace(there, candidate_id=None, verdict=None, keep=None)
            self._decide("move", face_id, old, new)

    def draw(self, photo_id: int, box: Box) -> int:
        """Add a face that was missed; return its id."""
        with self._db.change():
            face_id = self._faces.insert(photo_id, FaceGeometry(box, _laid_into(box)), "drawn")
            new = self._sheet(face_id)
            self._record("draw", face_id, replace(new, removed=True), new)
            self._jobs.find_drawn(photo_id, face_id)
        return face_id

    def undo(self) -> Decision | None:
        """Take the last decision back; several made at once go together."""
        with self._db.change():
            last = self._last_done()
            if last is None:
                return None
            self._apply_batch(last, "before")
            self._db.run("UPDATE decisions SET undone = 1 WHERE batch = ?", last["batch"])
            return replace(_decision(last), undone=True)

    def redo(self) -> Decision | None:
        """Decide again what was taken back last."""
        with self._db.change():
            first = self._first_undone()
            if first is None:
                return None
            self._apply_batch(first, "after")
            self._db.run("UPDATE decisions SET undone = 0 WHERE batch = ?", first["batch"])
            return replace(_decision(first), undone=False)

    def next_undo(self) -> Decision | None:
        """Return what `undo` would take back."""
        last = self._last_done()
        return None if last is None else _decision(last)

    def next_redo(self) -> Decision | None:
        """Return what `redo` would decide again."""
        first = self._first_undone()
        return None if first is None else _decision(first)

    def history(self, limit: int) -> list[Decision]:
        """Return the last decisions, the newest first, those taken back among them."""
        sql = "SELECT * FROM decisions ORDER BY id DESC LIMIT ?"
        return [_decision(row) for row in self._db.rows(sql, limit)]

    def _last_done(self) -> Row | None:
        return self._db.row("SELECT * FROM decisions WHERE undone = 0 ORDER BY id DESC LIMIT 1")

    def _first_undone(self) -> Row | None:
        sql = "SELECT * FROM decisions WHERE undone = 1 AND dropped = 0 ORDER BY id LIMIT 1"
        return self._db.row(sql)

    def _judge(self, face_id: int, kind: str, verdict: str) -> None:
        with self._db.change():
            old = self._sheet(face_id)
            self._decide(kind, face_id, old, replace(old, verdict=verdict))

    def _accept_part(self, face_ids: Sequence[int], batch: int) -> tuple[int, int]:
        """Accept some of many faces; return the batch and how many they were."""
        self._drop_undone()
        chosen = f"id IN {_IDS} AND state = 'restored' AND removed = 0"
        ids = self._db.column(f"SELECT id FROM faces WHERE {chosen}", listed(face_ids))
        if not ids:
            return batch, 0
        batch = batch or int(self._db.value("SELECT coalesce(max(id), 0) + 1 FROM decisions"))
        self._db.run(
            f"""INSERT INTO decisions (batch, face_id, kind, at, before, after)
            SELECT ?, id, 'accept', ?, '{{"verdict": null}}', '{{"verdict": "accepted"}}'
            FROM faces WHERE id IN {_IDS} ORDER BY id""",
            *(batch, now(), listed(ids)),
        )
        self._db.run(f"UPDATE faces SET verdict = 'accepted' WHERE id IN {_IDS}", listed(ids))
        self._faces.settle(ids)
        return batch, len(ids)

    def _decide(self, kind: str, face_id: int, old: _Sheet, new: _Sheet) -> None:
        """Carry a decision out and record it, unless it changes nothing."""
        if old != new:
            self._record(kind, face_id, old, new)
            self._apply(face_id, _differing(new, old))

    def _record(self, kind: str, face_id: int, old: _Sheet, new: _Sheet) -> None:
        self._drop_undone()
        before, after = _differing(old, new) | {"waits": old.waits}, _differing(new, old)
        decision_id = self._db.insert(
            """INSERT INTO decisions (batch, face_id, kind, at, before, after)
            VALUES (0, ?, ?, ?, ?, ?)""",
            *(face_id, kind, now(), json.dumps(before), json.dumps(after)),
        )
        self._db.run("UPDATE decisions SET batch = id WHERE id = ?", decision_id)

    def _drop_undone(self) -> None:
        """A new decision ends redo."""
        self._db.run("UPDATE decisions SET dropped = 1 WHERE undone = 1 AND dropped = 0")

    def _apply_batch(self, row: Row, side: str) -> None:
        """Write one side of all decisions of a batch; several are always of verdicts alone."""
        face_ids = self._db.column("SELECT face_id FROM decisions WHERE batch = ?", row["batch"])
        if len(face_ids) == 1:
            self._apply(row["face_id"], json.loads(row[side]))
            return
        self._db.run(
            f"""UPDATE faces SET verdict = json_extract(decisions.{side}, '$.verdict')
            FROM decisions WHERE decisions.batch = ? AND decisions.face_id = faces.id""",
            row["batch"],
        )
        self._faces.settle(face_ids)

    def _apply(self, face_id: int, changes: dict[str, Any]) -> None:
        """Write what differs, and see to it that the right restorations wait."""
        for column in ("verdict", "candidate_id", "strength", "keep", "removed"):
            if column in changes:
                sql = f"UPDATE faces SET {column} = ? WHERE id = ?"
                self._db.run(sql, changes[column], face_id)
        if "geometry" in changes:
            self._faces.move(face_id, geometry_from(changes["geometry"]))
        elsewhere = "geometry" in changes
        if elsewhere or changes.get("removed") or changes.get("verdict") in _NO_WORK:
            self._jobs.cancel_of_face(face_id)
        self._faces.settle([face_id])
        if elsewhere or changes.get("waits") or changes.get("removed") is False:
            self._restore_if_bare(face_id, elsewhere)

    def _restore_if_bare(self, face_id: int, elsewhere: bool) -> None:
        """Queue a face that has nothing to show where it is now."""
        made = self._faces.newest(face_id)
        if made is not None:
            if self._faces.get(face_id).candidate_id is None:
                self._db.run("UPDATE faces SET candidate_id = ? WHERE id = ?", made, face_id)
                self._faces.settle([face_id])
        elif elsewhere or not self._jobs.unsearched(face_id):
            self._jobs.restore([face_id])
        elif not self._jobs.waits(face_id):
            self._jobs.find_drawn(self._faces.get(face_id).photo_id, face_id)

    def _sheet(self, face_id: int) -> _Sheet:
        face = self._faces.get(face_id)  # refuses an id that does not exist
        row = self._db.row("SELECT * FROM faces WHERE id = ?", face_id)
        assert row is not None
        return _Sheet(
            verdict=row["verdict"],
            candidate_id=row["candidate_id"],
            strength=row["strength"],
            keep=row["keep"],
            geometry=geometry_text(face.geometry),
            removed=bool(row["removed"]),
            waits=self._jobs.waits(face_id),
        )

    def _check_candidate(self, face_id: int, candidate_id: int) -> None:
        if all(each.id != candidate_id for each in self._faces.candidates(face_id)):
            raise AlbumError(f"candidate {candidate_id} was not made of face {face_id}")

    def _write(self, face_id: int, png: bytes) -> Path:
        path = self._keep / f"{face_id}-{secrets.token_hex(6)}.png"
        part = path.with_suffix(".part")
        try:
            self._keep.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as stream:
                stream.write(png)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise OutputError(path, f"could not be written ({error.strerror})") from error
        return path


def _laid_into(box: Box) -> tuple[tuple[float, float], ...]:
    x0, y0, x1, y1 = box
    return tuple((x0 + x * (x1 - x0), y0 + y * (y1 - y0)) for x, y in _UPRIGHT)


def _differing(one: _Sheet, other: _Sheet) -> dict[str, Any]:
    """Return the fields of ``one`` that the other has otherwise."""
    theirs = asdict(other)
    return {key: value for key, value in asdict(one).items() if value != theirs[key]}


def _decision(row: Row) -> Decision:
    return Decision(
        id=row["id"],
        face_id=row["face_id"],
        kind=row["kind"],
        at=row["at"],
        undone=bool(row["undone"]),
    )
