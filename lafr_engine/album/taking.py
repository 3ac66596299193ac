"""From a job in the queue to the message that the engine gets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lafr_engine.album.database import Database, Row
from lafr_engine.album.export import Exports
from lafr_engine.album.faces import Faces, geometry_text
from lafr_engine.album.jobs import Jobs
from lafr_engine.album.photos import Photos
from lafr_engine.album.values import Changed, Hear
from lafr_engine.errors import AlbumError, LafrError
from lafr_engine.messages import FindFaces, Job, RestoreFace


class Taking:
    """Claims jobs, one after the other."""

    def __init__(
        self, database: Database, photos: Photos, faces: Faces, jobs: Jobs, exports: Exports
    ) -> None:
        """Work on an album's file."""
        self._db = database
        self._photos = photos
        self._faces = faces
        self._jobs = jobs
        self._exports = exports

    def take(self, candidates: Path, hear: Hear, kinds: Sequence[str]) -> Job | None:
        """Claim the next job; those that cannot be done are ended with a sentence on the way.

        Args:
            candidates: The folder for restored faces.
            hear: Hears of the photos and faces of jobs ended on the way.
            kinds: Which jobs to take.
        """
        while (row := self._jobs.next(kinds)) is not None:
            refusal = self._photos.refusal(row["photo_id"])
            with self._db.change():
                now = self._jobs.row(row["id"])
                if now is None or now["state"] != "queued":
                    continue  # another program was quicker
                message = None if refusal else self._claim(now, candidates)
                if refusal:
                    self._refuse(now, refusal)
            if message is not None:
                return message
            faces = () if row["face_id"] is None else (row["face_id"],)
            hear(Changed((row["photo_id"],), faces))
        return None

    def _claim(self, row: Row, candidates: Path) -> Job | None:
        task = json.loads(row["task"])
        try:
            message = self._message(row, task, candidates)
        except LafrError as error:
            self._refuse(row, str(error))
            return None
        if row["face_id"] is not None:
            task["geometry"] = geometry_text(self._faces.get(row["face_id"]).geometry)
        self._jobs.claim(row["id"], task)
        return message

    def _message(self, row: Row, task: dict[str, Any], candidates: Path) -> Job:
        name = str(row["id"])
        photo = self._photos.get(row["photo_id"]).path
        if row["kind"] == "export":
            return self._exports.message(row, photo)
        face = None if row["face_id"] is None else self._faces.get(row["face_id"])
        if row["kind"] == "find":
            return FindFaces(name, photo, None if face is None else face.geometry.box)
        assert face is not None  # a restoration is of a face
        try:
            candidates.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AlbumError(f"{candidates}: cannot be made ({error.strerror})") from error
        return RestoreFace(name, photo, face.geometry, candidates, task["seed"], None)

    def _refuse(self, row: Row, sentence: str) -> None:
        if row["kind"] == "restore":
            self._db.run("UPDATE faces SET failure = ? WHERE id = ?", sentence, row["face_id"])
        self._jobs.end(row["id"], "failed", sentence)
