"""The tables of an album's file, and how older files are brought up to date.

::

    photos                          exports
    ──────                          ───────
    path, sha256, standing   ◄───── photo_id, job_id, out, sha256, notices
    search, problem
    n_* (by triggers), state        jobs
      ▲                ▲            ────
      │                └─────────── photo_id, face_id
      │                             kind, rank, place, task (JSON)
    faces                           state, attempts, ends
    ─────                             │    ▲
    photo_id                  ◄───────┘    │
    box, landmarks, origin                 │
    verdict, strength, keep         candidates
    doubt, failure                  ──────────
    candidate_id  ────────────────► face_id, job_id
    state (settled)           ◄──── bundle, seed, box, landmarks
      ▲                             crop, preview, rectangle, identity, held
      │
    decisions
    ─────────
    face_id, batch, kind
    before, after (JSON)
    undone, dropped

* **standing** of a photo: ``there``; ``missing``, not at its path; ``changed``, other bytes at its
  path; ``replaced``, those bytes were imported as a photo of their own.
* A face's **verdict** is what people decided, the rest what the engine found; **state** follows
  from both (`faces.Faces.settle`). So an event never undoes a decision, nor a decision an event.
* **Decisions** hold the face's decidable columns before and after. Undo writes *before* back. A new
  decision after an undo drops the decisions undone: they stay in the table, but redo leaves
  them out.
* A **job** goes queued -> running -> done | failed | cancelled; from running also back to queued,
  from queued also to cancelled or failed. A trigger refuses everything else, and a CHECK ties
  ``ends`` to the state: no job ends twice. A failed job is superseded once the same is queued
  again.
* Deleting a photo deletes all that hangs on it.
"""

from __future__ import annotations

from typing import Final

from lafr_engine.album.database import Database
from lafr_engine.errors import AlbumDamaged, AlbumMissing

APPLICATION_ID: Final = 0x4C414652
"""``LAFR``: tells an album from any other SQLite file."""

PHOTO_STATE: Final = """
    CASE WHEN n_jobs > 0 THEN 'working'
         WHEN standing IN ('changed', 'replaced') OR search = 'failed' THEN 'failed'
         WHEN n_review > 0 THEN 'review'
         WHEN n_held > 0 THEN 'held'
         WHEN n_failed > 0 THEN 'failed'
         WHEN search = 'none' OR n_open > 0 THEN 'new'
         ELSE 'done' END"""
"""The state of a photo; also spelled out where a covering index is to be used, which SQLite does
not do for generated columns."""

_TABLES: Final = (
    f"""CREATE TABLE photos (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL UNIQUE,
        bytes INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        checked INTEGER NOT NULL,
        format TEXT NOT NULL,
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        captured TEXT,
        dated TEXT NOT NULL,
        imported TEXT NOT NULL,
        standing TEXT NOT NULL DEFAULT 'there'
            CHECK (standing IN ('there', 'missing', 'changed', 'replaced')),
        search TEXT NOT NULL DEFAULT 'none' CHECK (search IN ('none', 'done', 'failed')),
        problem TEXT,
        n_faces INTEGER NOT NULL DEFAULT 0,
        n_review INTEGER NOT NULL DEFAULT 0,
        n_held INTEGER NOT NULL DEFAULT 0,
        n_accepted INTEGER NOT NULL DEFAULT 0,
        n_failed INTEGER NOT NULL DEFAULT 0,
        n_open INTEGER NOT NULL DEFAULT 0,
        n_jobs INTEGER NOT NULL DEFAULT 0,
        state TEXT GENERATED ALWAYS AS ({PHOTO_STATE}) VIRTUAL)""",
    "CREATE UNIQUE INDEX photos_path ON photos (path) WHERE standing != 'replaced'",
    """CREATE INDEX photos_counts ON photos
        (n_jobs, standing, search, n_faces, n_review, n_held, n_failed, n_open)""",
    "CREATE INDEX photos_dated ON photos (dated, id)",
    "CREATE INDEX photos_name ON photos (name, id)",
    """CREATE TABLE faces (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
        landmarks TEXT NOT NULL,
        score REAL NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('detector', 'drawn')),
        verdict TEXT CHECK (verdict IN ('accepted', 'rejected', 'not-a-face')),
        doubt TEXT,
        failure TEXT,
        candidate_id INTEGER REFERENCES candidates (id) ON DELETE SET NULL,
        strength REAL NOT NULL DEFAULT 1.0 CHECK (strength BETWEEN 0.0 AND 1.0),
        keep TEXT,
        removed INTEGER NOT NULL DEFAULT 0,
        embedding BLOB,
        state TEXT NOT NULL DEFAULT 'detected')""",
    "CREATE INDEX faces_photo ON faces (photo_id, x0)",
    "CREATE INDEX faces_state ON faces (state, photo_id, x0) WHERE removed = 0",
    "CREATE INDEX faces_candidate ON faces (candidate_id)",
    """CREATE TABLE candidates (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        face_id INTEGER NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
        job_id INTEGER UNIQUE REFERENCES jobs (id) ON DELETE SET NULL,
        bundle TEXT NOT NULL,
        bundle_sha256 TEXT NOT NULL,
        seed INTEGER NOT NULL,
        x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
        landmarks TEXT NOT NULL,
        score REAL NOT NULL,
        crop TEXT NOT NULL,
        preview TEXT NOT NULL,
        rectangle TEXT NOT NULL,
        identity REAL NOT NULL,
        held TEXT,
        created TEXT NOT NULL)""",
    "CREATE INDEX candidates_face ON candidates (face_id)",
    """CREATE TABLE decisions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        batch INTEGER NOT NULL,
        face_id INTEGER NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0,
        dropped INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX decisions_face ON decisions (face_id)",
    "CREATE INDEX decisions_batch ON decisions (batch)",
    "CREATE INDEX decisions_done ON decisions (id) WHERE undone = 0",
    "CREATE INDEX decisions_undone ON decisions (id) WHERE undone = 1 AND dropped = 0",
    """CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('find', 'restore', 'export')),
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        face_id INTEGER REFERENCES faces (id) ON DELETE CASCADE,
        rank INTEGER NOT NULL,
        place INTEGER NOT NULL,
        task TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued'
            CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        sentence TEXT,
        result INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        crashes INTEGER NOT NULL DEFAULT 0,
        ends INTEGER NOT NULL DEFAULT 0,
        superseded INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL,
        ended TEXT,
        CHECK (ends = (state IN ('done', 'failed', 'cancelled'))))""",
    "CREATE INDEX jobs_queued ON jobs (rank, place, id) WHERE state = 'queued'",
    "CREATE INDEX jobs_state ON jobs (state, superseded)",
    "CREATE INDEX jobs_photo ON jobs (photo_id, state)",
    "CREATE INDEX jobs_face ON jobs (face_id, state)",
    """CREATE TABLE exports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        job_id INTEGER UNIQUE REFERENCES jobs (id) ON DELETE SET NULL,
        out TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        notices TEXT NOT NULL,
        at TEXT NOT NULL)""",
    "CREATE INDEX exports_photo ON exports (photo_id)",
    "CREATE INDEX exports_sha256 ON exports (sha256)",
    """CREATE TRIGGER jobs_move BEFORE UPDATE OF state ON jobs
        WHEN NOT (OLD.state = 'queued' AND NEW.state IN ('running', 'cancelled', 'failed')
              OR OLD.state = 'running' AND NEW.state != 'running')
        BEGIN SELECT RAISE(ABORT, 'a job cannot go this way'); END""",
    """CREATE TRIGGER jobs_again AFTER INSERT ON jobs BEGIN
        UPDATE jobs SET superseded = 1 WHERE photo_id = NEW.photo_id AND state = 'failed'
            AND superseded = 0 AND kind = NEW.kind AND face_id IS NEW.face_id; END""",
)

_COUNT_FACES: Final = """
    UPDATE photos SET (n_faces, n_review, n_held, n_accepted, n_failed, n_open) =
        (SELECT count(*) FILTER (WHERE state != 'not-a-face'),
                count(*) FILTER (WHERE state = 'restored'),
                count(*) FILTER (WHERE state = 'held'),
                count(*) FILTER (WHERE state = 'accepted'),
                count(*) FILTER (WHERE state = 'failed'),
                count(*) FILTER (WHERE state IN ('detected', 'queued', 'restoring'))
         FROM faces WHERE photo_id = photos.id AND removed = 0)"""

_COUNT_JOBS: Final = """
    UPDATE photos SET n_jobs = (SELECT count(*) FROM jobs
        WHERE photo_id = photos.id AND state IN ('queued', 'running'))"""


def _counters(table: str, columns: tuple[str, ...], count: str) -> tuple[str, ...]:
    """Return triggers that count a photo's rows of a table again whenever they change."""
    head = f"CREATE TRIGGER {table}_count"
    moved = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return (
        f"{head}_new AFTER INSERT ON {table} BEGIN {count} WHERE id = NEW.photo_id; END",
        f"{head}_old AFTER DELETE ON {table} BEGIN {count} WHERE id = OLD.photo_id; END",
        f"{head} AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {moved}"
        f" BEGIN {count} WHERE id = NEW.photo_id; END",
    )


_VERSION_1: Final = (
    *_TABLES,
    *_counters("faces", ("state", "removed"), _COUNT_FACES),
    *_counters("jobs", ("state",), _COUNT_JOBS),
)

MIGRATIONS: Final = (_VERSION_1,)
"""Step n takes a file from ``user_version`` n to n + 1. Steps are only ever added."""


def create(database: Database, name: str) -> bool:
    """Make an empty file an album; return False where it is an album already.

    Args:
        database: The file.
        name: Of the file, for messages.
    """
    with database.change():
        if database.value("PRAGMA user_version"):
            return False
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(database, name)
    return True


def bring_up_to_date(database: Database, name: str) -> None:
    """Migrate an older album.

    Raises:
        AlbumMissing: The file is an SQLite file, but no album.
        AlbumDamaged: A newer program has written it.
    """
    if database.value("PRAGMA application_id") != APPLICATION_ID:
        raise AlbumMissing(f"{name}: is not an album")
    if database.value("PRAGMA user_version") != len(MIGRATIONS):
        with database.change():
            _migrate(database, name)


def _migrate(database: Database, name: str) -> None:
    version = int(database.value("PRAGMA user_version"))
    if version > len(MIGRATIONS):
        raise AlbumDamaged(f"{name}: was written by a newer version of this program")
    for step in MIGRATIONS[version:]:
        for statement in step:
            database.run(statement)
    database.run(f"PRAGMA user_version = {len(MIGRATIONS)}")
