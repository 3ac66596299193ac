"""The small pictures of faces and candidates, made off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from lafr_desktop.background import Background
from lafr_desktop.models.review import PhotoReview
from lafr_desktop.reading import read_png
from lafr_engine.album.values import AlbumFace
from lafr_engine.messages import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDE: Final = 192
_AROUND: Final = 0.25


class FacePictures(QObject):
    """Shows a face as its candidate has it, or as the original has it where there is none.

    Signals:
        face_ready: Number of a face, and its picture.
        candidate_ready: Number of a candidate, and its picture.
    """

    face_ready = Signal(int, QImage)
    candidate_ready = Signal(int, QImage)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._photo_id: int | None = None
        self._faces: dict[int, object] = {}
        self._candidates: dict[int, QImage] = {}

    @Slot(object)
    def show_review(self, review: PhotoReview) -> None:
        """Make the pictures that are not there yet; those of another photograph are forgotten."""
        if review.photo.id != self._photo_id:
            self._photo_id = review.photo.id
            self._faces.clear()
            self._candidates.clear()
        self._show_candidates(review)
        self._show_faces(review)

    def _show_candidates(self, review: PhotoReview) -> None:
        for candidate in review.candidates:
            if candidate.id in self._candidates:
                self.candidate_ready.emit(candidate.id, self._candidates[candidate.id])
            else:
                work = partial(_of_preview, candidate.preview)
                self._background.submit(
                    work, partial(self._candidate_made, candidate.id), _ignore_unreadable
                )

    def _show_faces(self, review: PhotoReview) -> None:
        bare: dict[int, Box] = {}
        for face in review.faces:
            key = _key(face)
            if self._faces.get(face.id) == key:
                continue
            self._faces[face.id] = key
            candidate = review.chosen.get(face.id)
            if candidate is None:
                bare[face.id] = face.geometry.box
                continue
            then = partial(self.face_ready.emit, face.id)
            work = partial(_of_preview, candidate.preview)
            self._background.submit(work, then, _ignore_unreadable)
        if bare:
            work_all = partial(_of_original, review.photo.path, bare)
            self._background.submit(work_all, self._faces_made, _ignore_unreadable)

    def _candidate_made(self, candidate_id: int, image: QImage) -> None:
        self._candidates[candidate_id] = image
        self.candidate_ready.emit(candidate_id, image)

    def _faces_made(self, images: Mapping[int, QImage]) -> None:
        for face_id, image in images.items():
            self.face_ready.emit(face_id, image)


def _key(face: AlbumFace) -> object:
    return face.candidate_id if face.candidate_id is not None else face.geometry.box


def _ignore_unreadable(sentence: str) -> None:
    """Leave the place empty: that the photograph cannot be read is told where it is shown."""


def _of_preview(path: Path) -> QImage:
    return _small(read_png(path))


def _of_original(path: Path, boxes: Mapping[int, Box]) -> dict[int, QImage]:
    from lafr_engine.imaging.files import read_picture

    pixels = read_picture(path).pixels
    return {face_id: _small(_cut(pixels, box)) for face_id, box in boxes.items()}


def _cut(pixels: NDArray[Any], box: Box) -> QImage:
    height, width = pixels.shape[:2]
    margin = _AROUND * max(box[2] - box[0], box[3] - box[1])
    x0, y0 = (max(int(edge - margin), 0) for edge in box[:2])
    x1, y1 = min(int(box[2] + margin), width), min(int(box[3] + margin), height)
    if x1 <= x0 or y1 <= y0:
        return QImage()
    return _image(pixels[y0:y1, x0:x1])


def _image(part: NDArray[np.uint8] | NDArray[np.uint16]) -> QImage:
    import numpy as np

    eight = part if part.dtype == np.uint8 else (part >> 8).astype(np.uint8)
    rgb = np.ascontiguousarray(np.broadcast_to(eight, (*eight.shape[:2], 3)))
    height, width = rgb.shape[:2]
    image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()  # the copy owns its pixels


def _small(image: QImage) -> QImage:
    if image.isNull():
        return image
    return image.scaled(
        _SIDE,
        _SIDE,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
