"""The queue of an album: what goes in, in which order, and how jobs end.

The order lets somebody review early:

0. what was asked for on a single face (another seed, a face drawn or moved): somebody waits for it;
1. exports, which are quick and were asked for, too;
2. restorations, photo after photo;
3. searches: only once the faces found so far are restored. So the first photographs can be reviewed
   seconds after an import of thousands, and not after all of them were searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from lafr_engine.album.database import Database, Row, listed, now
from lafr_engine.album.faces import Faces, geometry_of, geometry_text
from lafr_engine.album.values import AlbumJob
from lafr_engine.errors import AlbumError

ASKED, EXPORT, RESTORE, FIND = range(4)
"""Ranks; the lowest is taken first."""

_LOST_TIMES: Final = 3
_BEHIND: Final = 10
_IDS: Final = "(SELECT value FROM json_each(?))"
_OPEN: Final = "state IN ('queued', 'running')"


class Jobs:
    """The table of jobs. Every method is one transaction, or a part of its caller's."""

    def __init__(self, database: Database, faces: Faces) -> None:
        """Work on an album's file."""
        self._db = database
        self._faces = faces

    def find(self, photo_ids: Iterable[int]) -> None:
        """Queue the search of photos, each once."""
        with self._db.change():
            self._find(f"id IN {_IDS}", listed(photo_ids))

    def find_drawn(self, photo_id: int, face_id: int) -> None:
        """Queue the search for the landmarks of a face drawn by hand."""
        self.insert("find", (photo_id, face_id), ASKED, {})

    def restore(self, face_ids: Iterable[int], seed: int | None = None) -> None:
        """Queue the restoration of single faces.

        Args:
            face_ids: The faces; what is not a face is left out.
            seed: The same for all; None takes for each face the next one without a candidate, and
                leaves faces out that wait for a restoration already.
        """
        with self._db.change():
            for face_id in face_ids:
                self._restore(face_id, seed)

    def rest(self, photo_ids: Iterable[int] | None) -> None:
        """Queue all work that was never queued, or was cancelled, on photos or on all."""
        where = ("1 OR ?", "") if photo_ids is None else (f"id IN {_IDS}", listed(photo_ids))
        with self._db.change():
            self._find(f"search = 'none' AND ({where[0]})", where[1])
            self._restore_detected(where[0].replace("id IN", "photo_id IN"), where[1])

    def restore_found(self, photo_id: int) -> list[int]:
        """Queue the restoration of the faces that a search has found; return them."""
        with self._db.change():
            return self._restore_detected("photo_id = ?", photo_id)

    def retry_failed(self) -> None:
        """Queue again what failed."""
        with self._db.change():
            for row in self._db.rows(
                "SELECT * FROM jobs WHERE state = 'failed' AND superseded = 0 ORDER BY id"
            ):
                self._retry(row)

    def cancel_queued(self) -> None:
        """End all jobs that wait as cancelled."""
        self._cancel("1 OR ?", "")

    def cancel_of_face(self, face_id: int) -> None:
        """End a face's jobs that wait as cancelled."""
        self._cancel("face_id = ?", face_id)

    def insert(
        self, kind: str, subject: tuple[int, int | None], rank: int, task: dict[str, Any]
    ) -> int:
        """Queue one job; return its id.

        Args:
            kind: find, restore or export.
            subject: The photo, and the face where it is about a single one.
            rank: Its place among the other kinds.
            task: What else is to be known when it is taken.
        """
        photo_id, face_id = subject
        with self._db.change():
            job_id = self._db.insert(
                """INSERT INTO jobs (kind, photo_id, face_id, rank, place, task, created)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                *(kind, photo_id, face_id, rank, photo_id if rank >= RESTORE else 0),
                *(json.dumps(task), now()),
            )
            if face_id is not None:
                self._faces.settle([face_id])
        return job_id

    def in_states(self, states: Sequence[str]) -> list[AlbumJob]:
        """Return the jobs in any of the states; failed ones only if nobody has retried them."""
        sql = """SELECT * FROM jobs WHERE state IN (SELECT value FROM json_each(?))
            AND superseded = 0 ORDER BY state = 'running' DESC, rank, place, id"""
        return [_job(row) for row in self._db.rows(sql, json.dumps(list(states)))]

    def get(self, job_id: int) -> AlbumJob:
        """Return a job.

        Raises:
            AlbumError: There is none of this id.
        """
        row = self.row(job_id)
        if row is None:
            raise AlbumError(f"there is no job {job_id} in this album")
        return _job(row)

    def next(self, kinds: Sequence[str]) -> Row | None:
        """Return the job of these kinds to take next."""
        return self._db.row(
            f"""SELECT * FROM jobs INDEXED BY jobs_queued
            WHERE state = 'queued' AND kind IN {_IDS}
            ORDER BY rank, place, id LIMIT 1""",
            json.dumps(list(kinds)),
        )

    def row(self, job_id: int) -> Row | None:
        """Return a job's row; None where it was deleted with its photo."""
        return self._db.row("SELECT * FROM jobs WHERE id = ?", job_id)

    def waits(self, face_id: int) -> bool:
        """Whether a job on a face waits or is in work."""
        sql = f"SELECT 1 FROM jobs WHERE face_id = ? AND {_OPEN}"
        return self._db.row(sql, face_id) is not None

    def unsearched(self, face_id: int) -> bool:
        """Whether a face was drawn and its landmarks were never looked for."""
        sql = """SELECT 1 FROM faces WHERE id = ? AND origin = 'drawn' AND NOT EXISTS (SELECT 1
            FROM jobs WHERE face_id = faces.id AND kind = 'find' AND jobs.state = 'done')"""
        return self._db.row(sql, face_id) is not None

    def claim(self, job_id: int, task: dict[str, Any]) -> None:
        """Make a job that waits the one in work, and note what exactly it was given."""
        self._db.run(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, task = ? WHERE id = ?",
            *(json.dumps(task), job_id),
        )
        self._settle(job_id)

    def end(self, job_id: int, state: str, sentence: str | None = None) -> None:
        """End a job; the table refuses to end it twice."""
        self._db.run(
            "UPDATE jobs SET state = ?, ends = ends + 1, sentence = ?, ended = ? WHERE id = ?",
            *(state, sentence, now(), job_id),
        )
        self._settle(job_id)

    def put_back(self, job_id: int) -> None:
        """Queue the job in work again; one that got lost time after time goes behind all others."""
        self._db.run(
            """UPDATE jobs SET state = 'queued', result = 0, task = json_remove(task, '$.geometry'),
            rank = CASE WHEN attempts >= ? AND rank < ? THEN rank + ? ELSE rank END
            WHERE id = ?""",
            *(_LOST_TIMES, _BEHIND, _BEHIND, job_id),
        )
        self._settle(job_id)

    def put_all_back(self) -> int:
        """Queue again what a program left in work that is gone; return how many jobs."""
        with self._db.change():
            lost = self._db.column("SELECT id FROM jobs WHERE state = 'running'")
            for job_id in lost:
                self.put_back(job_id)
        return len(lost)

    def _find(self, where: str, value: str) -> None:
        self._db.run(
            f"""INSERT INTO jobs (kind, photo_id, rank, place, task, created)
            SELECT 'find', id, {FIND}, id, '{{}}', ? FROM photos
            WHERE ({where}) AND standing != 'replaced' AND NOT EXISTS (SELECT 1 FROM jobs
                WHERE photo_id = photos.id AND {_OPEN} AND kind = 'find' AND face_id IS NULL)
            ORDER BY id""",
            *(now(), value),
        )

    def _restore_detected(self, where: str, value: str | int) -> list[int]:
        """Queue faces that have no candidate yet, hence the first seed; return them."""
        sql = f"SELECT id FROM faces WHERE ({where}) AND state = 'detected' AND removed = 0"
        face_ids = self._db.column(sql, value)
        self._db.run(
            f"""INSERT INTO jobs (kind, photo_id, face_id, rank, place, task, created)
            SELECT 'restore', photo_id, id, {RESTORE}, photo_id, '{{"seed": 0}}', ? FROM faces
            WHERE id IN {_IDS} ORDER BY photo_id, x0""",
            *(now(), listed(face_ids)),
        )
        self._faces.settle(face_ids)
        return face_ids

    def _restore(self, face_id: int, seed: int | None) -> None:
        row = self._db.row("SELECT * FROM faces WHERE id = ?", face_id)
        if row is None or row["removed"] or row["verdict"] == "not-a-face":
            return
        waiting = self._seeds_waiting(face_id, geometry_text(geometry_of(row)))
        if waiting if seed is None else seed in waiting:
            return
        if seed is None:
            made = [candidate.seed for candidate in self._faces.candidates(face_id)]
            seed = max(made, default=-1) + 1
        self._db.run("UPDATE faces SET failure = NULL WHERE id = ?", face_id)
        self.insert("restore", (row["photo_id"], face_id), ASKED, {"seed": seed})

    def _seeds_waiting(self, face_id: int, place: str) -> list[int]:
        """Return the seeds of open restorations; one in work of another place does not count."""
        sql = f"SELECT task FROM jobs WHERE face_id = ? AND kind = 'restore' AND {_OPEN}"
        tasks = [json.loads(task) for task in self._db.column(sql, face_id)]
        return [task["seed"] for task in tasks if task.get("geometry", place) == place]

    def _retry(self, row: Row) -> None:
        """Queue a failed job again, unless it has become pointless."""
        face_id = row["face_id"]
        if face_id is not None:
            face = self._db.row("SELECT * FROM faces WHERE id = ?", face_id)
            if face is None or face["removed"] or face["verdict"] == "not-a-face":
                self._db.run("UPDATE jobs SET superseded = 1 WHERE id = ?", row["id"])
                return
            self._db.run("UPDATE faces SET failure = NULL WHERE id = ?", face_id)
        task = json.loads(row["task"])
        task.pop("geometry", None)
        self.insert(row["kind"], (row["photo_id"], face_id), row["rank"] % _BEHIND, task)

    def _cancel(self, where: str, value: str | int) -> None:
        with self._db.change():
            rows = self._db.rows(
                f"SELECT id, face_id FROM jobs WHERE state = 'queued' AND ({where})", value
            )
            self._db.run(
                f"""UPDATE jobs SET state = 'cancelled', ends = ends + 1, ended = ?
                WHERE id IN {_IDS}""",
                *(now(), listed(row["id"] for row in rows)),
            )
            self._faces.settle({row["face_id"] for row in rows if row["face_id"] is not None})

    def _settle(self, job_id: int) -> None:
        row = self.row(job_id)
        if row is not None and row["face_id"] is not None:
            self._faces.settle([row["face_id"]])


def _job(row: Row) -> AlbumJob:
    return AlbumJob(
        id=row["id"],
        kind=row["kind"],
        photo_id=row["photo_id"],
        face_id=row["face_id"],
        state=row["state"],
        sentence=row["sentence"],
        attempts=row["attempts"],
    )
