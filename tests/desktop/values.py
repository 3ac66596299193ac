"""Plain values of an album for tests that need no album."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lafr_desktop.models.review import PhotoReview
from lafr_engine.album.values import (
    AlbumFace,
    AlbumJob,
    Candidate,
    FaceState,
    Photo,
    PhotoState,
)
from lafr_engine.messages import FaceGeometry

GEOMETRY = FaceGeometry(
    (10.0, 10.0, 50.0, 60.0), ((20, 25), (40, 25), (30, 35), (22, 48), (38, 48)), 0.9
)
PHOTO = Photo(
    id=1,
    path=Path("aunts.jpg"),
    sha256="0" * 64,
    bytes=1,
    width=100,
    height=80,
    captured=None,
    imported="2026-01-01T00:00:00Z",
    state=PhotoState.REVIEW,
    faces=3,
    to_review=2,
    held=1,
    accepted=0,
    failed=0,
    problem=None,
    missing=False,
)


def face(
    number: int, state: FaceState = FaceState.RESTORED, candidate: int | None = 7
) -> AlbumFace:
    """A face of the photograph."""
    return AlbumFace(
        id=number,
        photo_id=PHOTO.id,
        geometry=GEOMETRY,
        origin="detector",
        state=state,
        reason=None,
        identity=0.8,
        candidate_id=candidate,
        strength=1.0,
        keep=None,
    )


def candidate(number: int, face_id: int = 1, preview: Path = Path("none.png")) -> Candidate:
    """A restoration of a face."""
    return Candidate(
        id=number,
        face_id=face_id,
        bundle="lafr-compact-1",
        bundle_sha256="0" * 64,
        seed=number,
        crop=preview,
        preview=preview,
        rectangle=(0, 0, 64, 64),
        identity=0.8,
        held=None,
        created="2026-01-01T00:00:00Z",
    )


def review(*faces: AlbumFace, candidates: tuple[Candidate, ...] = ()) -> PhotoReview:
    """The photograph with these faces, the first under review."""
    chosen = {each.id: candidate(each.candidate_id or 0, each.id) for each in faces}
    return PhotoReview(PHOTO, faces, chosen, faces[0] if faces else None, candidates)


def job(number: int, state: str = "queued", kind: str = "restore", **more: str) -> AlbumJob:
    """A job on the photograph."""
    base = AlbumJob(number, kind, PHOTO.id, 1, state, None, 0)
    return replace(base, sentence=more.get("sentence"))
