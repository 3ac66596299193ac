"""What an album hands out: photographs, faces, candidates, decisions, jobs and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lafr_engine.messages import FaceGeometry

Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in whole pixels of the upright photograph."""


class FaceState(StrEnum):
    """What is known of a face: what was decided, or else how far the work on it is."""

    DETECTED = "detected"
    QUEUED = "queued"
    RESTORING = "restoring"
    RESTORED = "restored"
    HELD = "held"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_A_FACE = "not-a-face"
    FAILED = "failed"


class PhotoState(StrEnum):
    """What is left to do with a photograph, derived from its faces and jobs.

    The first that holds: WORKING, jobs wait or run; FAILED, the file changed or no search came to
    an end; REVIEW; HELD; FAILED, some face failed; NEW, there is work that nobody queued; DONE.
    """

    NEW = "new"
    WORKING = "working"
    REVIEW = "review"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"


class PhotoFilter(StrEnum):
    """Which photographs to list.

    A photograph may pass several: one with a face to review and a face held passes both, also
    while others of its faces are still being worked on, and also where its file is missing. With
    its file missing it is not NEW, though: nothing can be done with it.
    """

    ALL = "all"
    REVIEW = "review"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    NEW = "new"
    MISSING = "missing"


class PhotoOrder(StrEnum):
    """By what photographs are sorted; DATE is that of capture, or else of the file."""

    DATE = "date"
    NAME = "name"
    STATE = "state"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph of the album.

    Attributes:
        id: Names it within the album.
        path: The original, which is never written to.
        sha256: Of the original's bytes when it was imported.
        bytes: Their number.
        width: Of the upright photograph; 0 until known.
        height: Likewise.
        captured: When it was taken, ISO 8601, after its EXIF.
        imported: When it came into the album, ISO 8601, UTC.
        state: What is left to do.
        faces: Those known, without what is not a face.
        to_review: Restored and not decided on.
        held: Held for a closer look and not decided on.
        accepted: Accepted.
        failed: Could not be restored.
        problem: Why nothing can be done with the photograph, as a sentence.
        missing: The original is no longer where it was.
    """

    id: int
    path: Path
    sha256: str
    bytes: int
    width: int
    height: int
    captured: str | None
    imported: str
    state: PhotoState
    faces: int
    to_review: int
    held: int
    accepted: int
    failed: int
    problem: str | None
    missing: bool


@dataclass(frozen=True, slots=True)
class AlbumFace:
    """A face on a photograph.

    Attributes:
        id: Names it within the album.
        photo_id: The photograph.
        geometry: Where it is.
        origin: ``detector`` or ``drawn``.
        state: What was decided, or how far the work is.
        reason: Why it is held or failed.
        identity: Of the chosen candidate: how much it looks like the face before.
        candidate_id: The chosen candidate.
        strength: How much of the change is taken.
        keep: Mask of what stays original, laid into the candidate's rectangle.
    """

    id: int
    photo_id: int
    geometry: FaceGeometry
    origin: str
    state: FaceState
    reason: str | None
    identity: float | None
    candidate_id: int | None
    strength: float
    keep: Path | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A restoration of a face; the fields are those of :class:`messages.FaceRestored`."""

    id: int
    face_id: int
    bundle: str
    bundle_sha256: str
    seed: int
    crop: Path
    preview: Path
    rectangle: Rectangle
    identity: float
    held: str | None
    created: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided on a face.

    Attributes:
        id: Grows with time.
        face_id: The face.
        kind: accept, reject, not-a-face, candidate, strength, keep, move or draw.
        at: When, ISO 8601, UTC.
        undone: Whether it was taken back.
    """

    id: int
    face_id: int
    kind: str
    at: str
    undone: bool


@dataclass(frozen=True, slots=True)
class AlbumJob:
    """A piece of work.

    Attributes:
        id: Names it; `messages` carry it as text.
        kind: find, restore or export.
        photo_id: The photograph.
        face_id: The face; None for a search of the whole photograph, and for an export.
        state: queued, running, done, failed or cancelled.
        sentence: Why it did not end well.
        attempts: How often it was begun.
    """

    id: int
    kind: str
    photo_id: int
    face_id: int | None
    state: str
    sentence: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Exported:
    """A photograph that was written.

    Attributes:
        photo_id: The photograph.
        out: The file.
        notices: Sentences on what could not be kept.
    """

    photo_id: int
    out: Path
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of everything; the photographs are counted as the filters list them."""

    photos: int
    new: int
    review: int
    held: int
    done: int
    failed: int
    faces: int
    faces_to_review: int
    jobs_queued: int
    jobs_running: int
    jobs_failed: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ImportStep:
    """A file was looked at.

    Attributes:
        done: Files looked at so far.
        total: Of how many.
        path: The file.
        photo_id: Its photograph; None where it is none.
        problem: Why it is none, or what is wrong with it, as a sentence.
    """

    done: int
    total: int
    path: Path
    photo_id: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to.

    Attributes:
        added: Photographs that are new.
        known: Files that were there already, by place or by content.
        moved: Photographs found at another place.
        changed: Files that are not what they were when they were imported.
        problems: Sentences on files and folders that could not be taken.
    """

    added: int
    known: int
    moved: int
    changed: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What looks different now and has to be read again."""

    photo_ids: tuple[int, ...] = ()
    face_ids: tuple[int, ...] = ()


Hear = Callable[[Changed], None]
"""Hears of changes that no event brought about."""
