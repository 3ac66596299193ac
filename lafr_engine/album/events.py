"""What the engine says, written down: an end ends a job once, however often it is heard."""

from __future__ import annotations

import json
from pathlib import Path

from lafr_engine.album.database import Database, Row, now
from lafr_engine.album.faces import Faces, geometry_from
from lafr_engine.album.jobs import Jobs
from lafr_engine.album.values import Changed
from lafr_engine.messages import (
    Ended,
    Event,
    FaceRestored,
    FacesFound,
    Outcome,
    PhotoRendered,
    Started,
)

_CRASHES = 2
_NOTHING = "ended without a result"


class Events:
    """Writes events down. Those of a job that is not in work change nothing."""

    def __init__(self, database: Database, faces: Faces, jobs: Jobs) -> None:
        """Work on an album's file."""
        self._db = database
        self._faces = faces
        self._jobs = jobs

    def apply(self, event: Event, candidates: Path) -> Changed:
        """Write an event down in one transaction.

        Args:
            event: Any; those that are not about a job of the album change nothing.
            candidates: The folder for restored faces: those of a photo that was removed
                meanwhile are deleted from it.
        """
        if not isinstance(event, Started | FacesFound | FaceRestored | PhotoRendered | Ended):
            return Changed()
        with self._db.change():
            job = self._jobs.row(int(event.job)) if event.job.isdecimal() else None
            if job is not None and job["state"] == "running":
                return self._write(job, event)
        if job is None and isinstance(event, FaceRestored):
            for path in (event.crop, event.preview):
                if path.is_relative_to(candidates):
                    path.unlink(missing_ok=True)
        return Changed()

    def _write(
        self, job: Row, event: Started | FacesFound | FaceRestored | PhotoRendered | Ended
    ) -> Changed:
        touched = set() if job["face_id"] is None else {int(job["face_id"])}
        if isinstance(event, FacesFound):
            touched |= self._found(job, event)
        elif isinstance(event, FaceRestored):
            self._restored(job, event)
        elif isinstance(event, PhotoRendered):
            self._rendered(job, event)
        elif isinstance(event, Ended):
            touched |= self._ended(job, event)
        return Changed((job["photo_id"],), tuple(sorted(touched)))

    def _found(self, job: Row, event: FacesFound) -> set[int]:
        photo_id, (width, height) = job["photo_id"], event.size
        self._has_result(job)
        self._db.run(
            "UPDATE photos SET width = ?, height = ? WHERE id = ?", width, height, photo_id
        )
        if job["face_id"] is not None:
            self._locate(job, event)
            return set()
        return set(self._faces.enter_found(photo_id, event.faces))

    def _locate(self, job: Row, event: FacesFound) -> None:
        """Take over the landmarks of a drawn face, unless it was moved while they were sought."""
        face = self._faces.get(job["face_id"])
        if event.faces and face.geometry == geometry_from(json.loads(job["task"])["geometry"]):
            geometry, doubt = event.faces[0]
            self._faces.move(face.id, geometry)
            self._db.run("UPDATE faces SET doubt = ? WHERE id = ?", doubt, face.id)

    def _restored(self, job: Row, event: FaceRestored) -> None:
        self._has_result(job)
        at = json.loads(job["task"])["geometry"]
        self._faces.enter_restored(job["face_id"], job["id"], event, at)

    def _rendered(self, job: Row, event: PhotoRendered) -> None:
        self._has_result(job)
        self._db.run(
            """INSERT INTO exports (photo_id, job_id, out, sha256, notices, at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job_id) DO UPDATE
            SET out = excluded.out, sha256 = excluded.sha256, notices = excluded.notices""",
            *(job["photo_id"], job["id"], str(event.out), event.sha256),
            *(json.dumps(event.notices), now()),
        )

    def _has_result(self, job: Row) -> None:
        self._db.run("UPDATE jobs SET result = 1 WHERE id = ?", job["id"])

    def _ended(self, job: Row, event: Ended) -> set[int]:
        """End the job; return the faces that this queued."""
        outcome, sentence = event.outcome, event.sentence
        if outcome is Outcome.CRASHED:
            self._db.run("UPDATE jobs SET crashes = crashes + 1 WHERE id = ?", job["id"])
            if job["crashes"] + 1 < _CRASHES:
                self._jobs.put_back(job["id"])
                return set()
            outcome = Outcome.FAILED
        elif outcome is Outcome.DONE and not job["result"]:
            outcome, sentence = Outcome.FAILED, _NOTHING
        if outcome is Outcome.FAILED:
            self._fail(job, sentence or "failed without a reason")
            return set()
        self._jobs.end(job["id"], str(outcome), sentence)
        return self._go_on(job) if outcome is Outcome.DONE else set()

    def _fail(self, job: Row, sentence: str) -> None:
        if job["face_id"] is not None:
            self._db.run("UPDATE faces SET failure = ? WHERE id = ?", sentence, job["face_id"])
        elif job["kind"] == "find":
            self._db.run(
                "UPDATE photos SET search = 'failed', problem = ? WHERE id = ?",
                *(sentence, job["photo_id"]),
            )
        self._jobs.end(job["id"], "failed", sentence)

    def _go_on(self, job: Row) -> set[int]:
        """After a search, queue the restoration of what it found."""
        if job["kind"] != "find":
            return set()
        if job["face_id"] is not None:
            if self._faces.get(job["face_id"]).state == "detected":
                self._jobs.restore([job["face_id"]])
            return set()
        self._db.run(
            "UPDATE photos SET search = 'done', problem = NULL WHERE id = ?", job["photo_id"]
        )
        return set(self._jobs.restore_found(job["photo_id"]))
