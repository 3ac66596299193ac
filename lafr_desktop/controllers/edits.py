"""What can be changed about a face beside deciding on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from lafr_desktop.controllers.review import ReviewController
from lafr_engine.album.store import Album
from lafr_engine.album.values import AlbumFace
from lafr_engine.errors import LafrError
from lafr_engine.messages import Box, FaceGeometry


class FaceEdits(QObject):
    """Strength, candidates, seeds, place and kept parts of the face under review.

    Signals:
        edited: The number of the photograph of the face that was changed.
        jobs_queued: The engine has something to do.
        failed: A sentence on what could not be done.
    """

    edited = Signal(int)
    jobs_queued = Signal()
    failed = Signal(str)

    def __init__(
        self, album: Album, review: ReviewController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._review = review

    @Slot(float)
    def set_strength(self, strength: float) -> None:
        """Take this share of the restored face."""
        self._edit(lambda face: self._album.set_strength(face.id, strength))

    @Slot(int)
    def choose_candidate(self, candidate_id: int) -> None:
        """Let this candidate stand for the face."""
        self._edit(lambda face: self._album.choose_candidate(face.id, candidate_id))

    @Slot()
    def another_seed(self) -> None:
        """Have the face restored once more, with the next seed."""
        self._edit(lambda face: self._album.enqueue_restore([face.id]), queues=True)

    @Slot(int, tuple)
    def move_face(self, face_id: int, box: Box) -> None:
        """Correct the place of a face; it is restored again there."""
        self._edit(
            lambda _: self._album.move_face(
                face_id, moved(self._album.face(face_id).geometry, box)
            ),
            queues=True,
        )

    @Slot(tuple)
    def draw_face(self, box: Box) -> None:
        """Add a face that was not found and put it under review; it is restored."""
        review = self._review.review
        if review is not None:
            photo_id = review.photo.id
            self._do(photo_id, lambda: self._add(photo_id, box), queues=True)

    @Slot(int, object)
    def set_keep(self, face_id: int, png: bytes | None) -> None:
        """Keep what is white in this mask as it was in the original.

        The mask may come late, when another face is under review already.
        """
        try:
            photo_id = self._album.face(face_id).photo_id
        except LafrError as error:
            self.failed.emit(str(error))
            return
        self._do(photo_id, lambda: self._album.set_keep(face_id, png), queues=False)

    def _add(self, photo_id: int, box: Box) -> None:
        drawn = self._album.add_face(photo_id, box)
        self._review.refresh()
        self._review.select(drawn)

    def _edit(self, change: Callable[[AlbumFace], object], queues: bool = False) -> None:
        face = self._review.face
        if face is not None:
            self._do(face.photo_id, lambda: change(face), queues)

    def _do(self, photo_id: int, change: Callable[[], object], queues: bool) -> None:
        try:
            change()
        except LafrError as error:
            self.failed.emit(str(error))
            return
        self._review.refresh()
        self.edited.emit(photo_id)
        if queues:
            self.jobs_queued.emit()


def moved(geometry: FaceGeometry, box: Box) -> FaceGeometry:
    """Carry a face into another box, its landmarks with it."""
    x0, y0, x1, y1 = geometry.box
    across, down = (box[2] - box[0]) / (x1 - x0), (box[3] - box[1]) / (y1 - y0)
    points = tuple(
        (box[0] + (x - x0) * across, box[1] + (y - y0) * down) for x, y in geometry.landmarks
    )
    return FaceGeometry(box, points, geometry.score)
