"""The faces of an album and their candidates, as rows and as values."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lafr_engine.album.database import Database, Row, listed, now
from lafr_engine.album.values import AlbumFace, Candidate, FaceState
from lafr_engine.errors import AlbumError
from lafr_engine.messages import Box, FaceGeometry, FaceRestored

_COLUMNS: Final = """faces.id, photo_id, faces.x0, faces.y0, faces.x1, faces.y1, faces.landmarks,
    faces.score, origin, faces.state, doubt, failure, candidate_id, strength, keep,
    candidates.identity, candidates.held"""
_CHOSEN: Final = "LEFT JOIN candidates ON candidates.id = faces.candidate_id"
_SELECT: Final = f"SELECT {_COLUMNS} FROM faces {_CHOSEN}"
_STATES: Final = {str(state): state for state in FaceState}

STATE: Final = """CASE
    WHEN verdict IS NOT NULL THEN verdict
    WHEN candidate_id IS NOT NULL THEN CASE
        WHEN (SELECT held FROM candidates WHERE candidates.id = candidate_id) IS NULL
        THEN 'restored' ELSE 'held' END
    WHEN EXISTS (SELECT 1 FROM jobs WHERE face_id = faces.id AND jobs.state = 'running')
        THEN 'restoring'
    WHEN EXISTS (SELECT 1 FROM jobs WHERE face_id = faces.id AND jobs.state = 'queued')
        THEN 'queued'
    WHEN failure IS NOT NULL THEN 'failed'
    WHEN doubt IS NOT NULL THEN 'held'
    ELSE 'detected' END"""
"""The state of a face, from what was decided and what was found; the order is the meaning."""

_PLACE: Final = "x0 = ? AND y0 = ? AND x1 = ? AND y1 = ? AND landmarks = ?"
_SAME_FACE: Final = 0.5


class Faces:
    """The tables of faces and candidates."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Work on an album's file; paths are kept relative to the album's folder."""
        self._db = database
        self._folder = folder

    def of_photo(self, photo_id: int) -> list[AlbumFace]:
        """Return a photo's faces from left to right, without those taken back."""
        sql = f"{_SELECT} WHERE photo_id = ? AND removed = 0 ORDER BY faces.x0, faces.id"
        return [self._face(row) for row in self._db.rows(sql, photo_id)]

    def get(self, face_id: int) -> AlbumFace:
        """Return a face.

        Raises:
            AlbumError: There is none of this id.
        """
        row = self._db.row(f"{_SELECT} WHERE faces.id = ?", face_id)
        if row is None:
            raise AlbumError(f"there is no face {face_id} in this album")
        return self._face(row)

    def to_review(self, held: bool) -> list[AlbumFace]:
        """Return the faces that wait for a decision: by photo, then from left to right."""
        states = "('restored', 'held')" if held else "('restored')"
        # Photos first, by their index: that is the order asked for, so that nothing is sorted.
        sql = f"""SELECT {_COLUMNS} FROM photos INDEXED BY photos_dated
            CROSS JOIN faces ON photo_id = photos.id {_CHOSEN}
            WHERE (n_review > 0 OR n_held > 0) AND faces.state IN {states} AND removed = 0
            ORDER BY dated, photos.id, faces.x0, faces.id"""
        return [self._face(row) for row in self._db.rows(sql)]

    def ids_to_accept(self) -> list[int]:
        """Return the faces that wait for a decision and are not held."""
        sql = "SELECT id FROM faces WHERE state = 'restored' AND removed = 0 ORDER BY id"
        return self._db.column(sql)

    def candidates(self, face_id: int) -> list[Candidate]:
        """Return what was made of a face where it is now, the oldest first."""
        place = _place(self.get(face_id).geometry)
        sql = f"SELECT * FROM candidates WHERE face_id = ? AND {_PLACE} ORDER BY id"
        return [self._candidate(row) for row in self._db.rows(sql, face_id, *place)]

    def candidate(self, candidate_id: int) -> Candidate:
        """Return a candidate.

        Raises:
            AlbumError: There is none of this id.
        """
        return self._candidate(self._candidate_row(candidate_id))

    def made_for(self, candidate_id: int) -> FaceGeometry:
        """Return where the face was when a candidate was made of it."""
        return geometry_of(self._candidate_row(candidate_id))

    def settle(self, face_ids: Iterable[int]) -> None:
        """Write down the state of faces after something about them or their jobs changed."""
        self._db.run(
            f"UPDATE faces SET state = {STATE} WHERE id IN (SELECT value FROM json_each(?))",
            listed(face_ids),
        )

    def insert(
        self, photo_id: int, geometry: FaceGeometry, origin: str, doubt: str | None = None
    ) -> int:
        """Enter a face; return its id."""
        face_id = self._db.insert(
            """INSERT INTO faces (photo_id, x0, y0, x1, y1, landmarks, score, origin, doubt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            *(photo_id, *_place(geometry), float(geometry.score), origin, doubt),
        )
        self.settle([face_id])
        return face_id

    def enter_found(
        self, photo_id: int, found: Iterable[tuple[FaceGeometry, str | None]]
    ) -> list[int]:
        """Enter what a search has found; return the new faces' ids.

        A face that lies where one is known already is that one, whatever was decided on it.
        """
        known = [
            geometry_of(row).box
            for row in self._db.rows("SELECT * FROM faces WHERE photo_id = ?", photo_id)
        ]
        return [
            self.insert(photo_id, geometry, "detector", doubt)
            for geometry, doubt in found
            if all(_overlap(geometry.box, box) < _SAME_FACE for box in known)
        ]

    def move(self, face_id: int, geometry: FaceGeometry) -> None:
        """Write down where a face is."""
        self._db.run(
            """UPDATE faces SET x0 = ?, y0 = ?, x1 = ?, y1 = ?, landmarks = ?, score = ?
            WHERE id = ?""",
            *(*_place(geometry), float(geometry.score), face_id),
        )

    def enter_restored(self, face_id: int, job_id: int, made: FaceRestored, at: str) -> None:
        """Enter a candidate, and choose it where nothing was decided and the face is still there.

        Args:
            face_id: The face.
            job_id: The job that made it; after a crash it may do so again, which
                takes the first one's place.
            made: What was made.
            at: Where the face was, as `place_text`.
        """
        geometry = geometry_from(at)
        self._db.run(
            """INSERT INTO candidates (face_id, job_id, bundle, bundle_sha256, seed, x0, y0, x1,
            y1, landmarks, score, crop, preview, rectangle, identity, held, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (job_id) DO UPDATE SET bundle = excluded.bundle,
            bundle_sha256 = excluded.bundle_sha256, crop = excluded.crop,
            preview = excluded.preview, rectangle = excluded.rectangle,
            identity = excluded.identity, held = excluded.held""",
            *(face_id, job_id, made.bundle, made.bundle_sha256, int(made.seed)),
            *(*_place(geometry), float(geometry.score)),
            *(self.relative(made.crop), self.relative(made.preview)),
            *(json.dumps([int(each) for each in made.rectangle]), float(made.identity)),
            *(made.held, now()),
        )
        candidate_id = self._db.value("SELECT id FROM candidates WHERE job_id = ?", job_id)
        self._db.run(
            f"""UPDATE faces SET candidate_id = ?, failure = NULL
            WHERE id = ? AND (verdict IS NULL OR candidate_id IS NULL) AND {_PLACE}""",
            *(candidate_id, face_id, *_place(geometry)),
        )
        if made.embedding:
            embedding = array("f", made.embedding).tobytes()
            self._db.run("UPDATE faces SET embedding = ? WHERE id = ?", embedding, face_id)
        self.settle([face_id])

    def newest(self, face_id: int) -> int | None:
        """Return the newest candidate made of a face where it is now."""
        made = self.candidates(face_id)
        return made[-1].id if made else None

    def relative(self, path: Path) -> str:
        """Return a file's path as it is kept, so that the album's folder can be moved."""
        inside = path.is_relative_to(self._folder)
        return (path.relative_to(self._folder) if inside else path).as_posix()

    def _candidate_row(self, candidate_id: int) -> Row:
        row = self._db.row("SELECT * FROM candidates WHERE id = ?", candidate_id)
        if row is None:
            raise AlbumError(f"there is no candidate {candidate_id} in this album")
        return row

    def _face(self, row: Row) -> AlbumFace:
        """Read a row of `_SELECT`; by position, because a queue of faces is built in one go."""
        (number, photo_id, x0, y0, x1, y1, landmarks, score, *more) = row
        origin, state, doubt, failure, candidate_id, strength, keep, identity, held = more
        points = tuple((x, y) for x, y in json.loads(landmarks))
        reason = doubt if candidate_id is None else held
        return AlbumFace(
            number,
            photo_id,
            FaceGeometry((x0, y0, x1, y1), points, score),
            origin,
            _STATES[state],
            failure if state == "failed" else reason,
            identity,
            candidate_id,
            strength,
            None if keep is None else self._folder / keep,
        )

    def _candidate(self, row: Row) -> Candidate:
        x0, y0, x1, y1 = json.loads(row["rectangle"])
        return Candidate(
            id=row["id"],
            face_id=row["face_id"],
            bundle=row["bundle"],
            bundle_sha256=row["bundle_sha256"],
            seed=row["seed"],
            crop=self._folder / row["crop"],
            preview=self._folder / row["preview"],
            rectangle=(x0, y0, x1, y1),
            identity=row["identity"],
            held=row["held"],
            created=row["created"],
        )


def geometry_of(row: Row) -> FaceGeometry:
    """Return where a row's face is."""
    landmarks = tuple((x, y) for x, y in json.loads(row["landmarks"]))
    return FaceGeometry((row["x0"], row["y0"], row["x1"], row["y1"]), landmarks, row["score"])


def geometry_text(geometry: FaceGeometry) -> str:
    """Return a geometry as JSON."""
    *box, landmarks = _place(geometry)
    return json.dumps([box, json.loads(str(landmarks)), float(geometry.score)])


def geometry_from(text: str) -> FaceGeometry:
    """Read what `geometry_text` wrote."""
    (x0, y0, x1, y1), landmarks, score = json.loads(text)
    return FaceGeometry((x0, y0, x1, y1), tuple((x, y) for x, y in landmarks), score)


def _place(geometry: FaceGeometry) -> tuple[float | str, ...]:
    """Return a geometry as columns: the box, and the landmarks as JSON."""
    landmarks = [[float(x), float(y)] for x, y in geometry.landmarks]
    return *(float(each) for each in geometry.box), json.dumps(landmarks)


def _overlap(one: Box, other: Box) -> float:
    """Return the intersection of two boxes over their union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    return width * height / (_area(one) + _area(other) - width * height)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
