"""Going through the faces of an album and deciding on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from lafr_desktop.models.review import UNDECIDED, PhotoReview
from lafr_desktop.sentences import in_words
from lafr_engine.album.store import Album
from lafr_engine.album.values import AlbumFace, Decision
from lafr_engine.errors import LafrError

_SEEN: Final = ("keep", "strength", "candidate")
"""Kinds of decisions that are seen where one looks already: the photograph need not move."""


class Verdict(StrEnum):
    """What can be said of a face."""

    ACCEPT = "accept"
    REJECT = "reject"
    NOT_A_FACE = "not-a-face"


class ReviewController(QObject):
    """Shows face after face, over the whole album, and writes what is decided.

    Every decision is in the album before the next face is shown; undo and redo go over all of
    them, and show the face that they changed.

    Signals:
        shown: A :class:`PhotoReview`: what is to be seen now.
        photo_changed: The number of a photograph of which something was decided.
        all_reviewed: No face is left to decide on.
        failed: A sentence on what could not be done.
    """

    shown = Signal(object)
    photo_changed = Signal(int)
    all_reviewed = Signal()
    failed = Signal(str)

    def __init__(self, album: Album, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._album = album
        self._review: PhotoReview | None = None
        self._visited: list[int] = []

    @property
    def review(self) -> PhotoReview | None:
        """What is shown."""
        return self._review

    @property
    def face(self) -> AlbumFace | None:
        """The face under review."""
        return self._review.selected if self._review else None

    @Slot(int)
    def open_photo(self, photo_id: int) -> None:
        """Show a photograph, at its first undecided face."""
        self._guarded(lambda: self._show(photo_id, None))

    @Slot()
    def start(self) -> None:
        """Show the first face of the album that waits for a decision."""
        self._guarded(lambda: self._show_first(self._album.next_to_review()))

    @Slot(int)
    def select(self, face_id: int) -> None:
        """Review another face of the photograph, which is seen already."""
        self._choose(face_id, goes=False)

    @Slot(int)
    def go_to(self, face_id: int) -> None:
        """Review another face of the photograph, and show it large."""
        self._choose(face_id, goes=True)

    @Slot()
    def next_face(self) -> None:
        """Go to the next face; after the last, to the next photograph with faces to review."""
        self._guarded(lambda: self._step(1))

    @Slot()
    def previous_face(self) -> None:
        """Go to the face before; before the first, to the photograph that was shown before."""
        self._guarded(lambda: self._step(-1))

    def decide(self, verdict: Verdict) -> None:
        """Decide on the face under review and show the next one that waits."""
        face = self.face
        if face is not None and _can_be_decided(face, verdict):
            self._guarded(lambda: self._decide(face, verdict))

    @Slot()
    def undo(self) -> None:
        """Take the last decision back and show its face."""
        self._guarded(lambda: self._revisit(self._album.undo()))

    @Slot()
    def redo(self) -> None:
        """Decide again what was taken back and show its face."""
        self._guarded(lambda: self._revisit(self._album.redo()))

    @Slot()
    def refresh(self) -> None:
        """Read again what is shown: something changed it."""
        if self._review is not None:
            photo_id, face = self._review.photo.id, self.face
            self._guarded(lambda: self._show(photo_id, face.id if face else None))

    @Slot()
    def leave(self) -> None:
        """Show nothing any more: the photograph is closed or was removed."""
        self._review = None

    def _choose(self, face_id: int, goes: bool) -> None:
        if self._review and face_id != (self.face and self.face.id):
            photo_id = self._review.photo.id
            self._guarded(lambda: self._show(photo_id, face_id, goes))

    def _decide(self, face: AlbumFace, verdict: Verdict) -> None:
        calls = {
            Verdict.ACCEPT: self._album.accept,
            Verdict.REJECT: self._album.reject,
            Verdict.NOT_A_FACE: self._album.not_a_face,
        }
        calls[verdict](face.id)
        self.photo_changed.emit(face.photo_id)
        self._advance(face)

    def _advance(self, face: AlbumFace) -> None:
        """Show the undecided face after this one: in its photograph first, then in the album."""
        faces = self._album.faces(face.photo_id)
        place = next((i for i, each in enumerate(faces) if each.id == face.id), 0)
        here = _first_undecided([*faces[place + 1 :], *faces[:place]])
        if here is not None:
            self._show(face.photo_id, here.id, goes=True)
            return
        following = self._album.next_to_review(face.photo_id)
        if following is None:
            self._show(face.photo_id, face.id)
        self._show_first(following)

    def _show_first(self, photo_id: int | None) -> None:
        """Show a photograph at its first undecided face; None: there is no such face."""
        if photo_id is None:
            self.all_reviewed.emit()
        else:
            self._show(photo_id, None, goes=True)

    def _step(self, by: int) -> None:
        review = self._review
        if review is None:
            return
        place = review.number - 1 + by
        if 0 <= place < len(review.faces):
            self._show(review.photo.id, review.faces[place].id, goes=True)
        elif by > 0:
            following = self._album.next_to_review(review.photo.id)
            if following not in (None, review.photo.id):
                self._show_first(following)
        elif len(self._visited) > 1:
            self._visited.pop()
            before = self._visited.pop()
            faces = self._album.faces(before)
            self._show(before, faces[-1].id if faces else None, goes=True)

    def _revisit(self, decision: Decision | None) -> None:
        if decision is None:
            return
        photo_id = self._photo_of(decision.face_id)
        if photo_id is None:
            self.refresh()
            return
        looks_at_it = self.face is not None and self.face.id == decision.face_id
        self._show(photo_id, decision.face_id, goes=not (looks_at_it and decision.kind in _SEEN))
        self.photo_changed.emit(photo_id)

    def _photo_of(self, face_id: int) -> int | None:
        """The photograph of a face; None where undoing took the face away."""
        try:
            return self._album.face(face_id).photo_id
        except LafrError:
            return None

    def _show(self, photo_id: int, face_id: int | None, goes: bool = False) -> None:
        faces = tuple(map(_in_words, self._album.faces(photo_id)))
        selected = next((each for each in faces if each.id == face_id), None)
        selected = selected or _first_undecided(faces) or (faces[0] if faces else None)
        candidates = tuple(self._album.candidates(selected.id)) if selected else ()
        chosen = {
            face.id: self._album.candidate(face.candidate_id)
            for face in faces
            if face.candidate_id is not None
        }
        photo = self._album.photo(photo_id)
        self._review = PhotoReview(photo, faces, chosen, selected, candidates, goes)
        if self._visited[-1:] != [photo_id]:
            self._visited.append(photo_id)
        self.shown.emit(self._review)

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except LafrError as error:
            self.failed.emit(str(error))


def _in_words(face: AlbumFace) -> AlbumFace:
    """Say why a face is held or failed in the user's language, wherever it is shown."""
    return face if face.reason is None else replace(face, reason=in_words(face.reason))


def _can_be_decided(face: AlbumFace, verdict: Verdict) -> bool:
    """Only a face with a restored candidate can be accepted; any can be set aside."""
    return verdict is not Verdict.ACCEPT or face.candidate_id is not None


def _first_undecided(faces: Sequence[AlbumFace]) -> AlbumFace | None:
    return next((each for each in faces if each.state in UNDECIDED), None)
