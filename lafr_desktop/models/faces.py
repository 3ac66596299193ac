"""The faces of one photograph as a list model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QImage

from lafr_engine.album.values import AlbumFace, FaceState

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


def state_name(state: FaceState) -> str:
    """The state of a face in a word or two, in the user's language."""
    return _state_names()[state]


def _state_names() -> dict[FaceState, str]:
    translate = QCoreApplication.translate
    return {
        FaceState.DETECTED: translate("FaceState", "not restored"),
        FaceState.QUEUED: translate("FaceState", "waiting"),
        FaceState.RESTORING: translate("FaceState", "being restored"),
        FaceState.RESTORED: translate("FaceState", "to review"),
        FaceState.HELD: translate("FaceState", "held"),
        FaceState.ACCEPTED: translate("FaceState", "accepted"),
        FaceState.REJECTED: translate("FaceState", "rejected"),
        FaceState.NOT_A_FACE: translate("FaceState", "not a face"),
        FaceState.FAILED: translate("FaceState", "failed"),
    }


class FacesModel(QAbstractListModel):
    """Faces from left to right, each with a thumbnail once one is given."""

    FACE: Final = int(Qt.ItemDataRole.UserRole) + 1
    """Role of the face itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._faces: list[AlbumFace] = []
        self._thumbnails: dict[int, QImage] = {}

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many faces there are; a face has no children."""
        return 0 if parent.isValid() else len(self._faces)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The face's number and state, its reason, its thumbnail, or the face itself."""
        if not index.isValid() or index.row() >= len(self._faces):
            return None
        face = self._faces[index.row()]
        if role == self.FACE:
            return face
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(face.id)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            text = self.tr("Face {number}: {state}")
            return text.format(number=index.row() + 1, state=state_name(face.state))
        return face.reason if role == Qt.ItemDataRole.ToolTipRole else None

    def set_faces(self, faces: Sequence[AlbumFace]) -> None:
        """Show these faces; rows are changed in place where the faces are the same ones."""
        if [each.id for each in faces] != [each.id for each in self._faces]:
            self.beginResetModel()
            self._faces = list(faces)
            known = {each.id for each in faces}
            self._thumbnails = {k: v for k, v in self._thumbnails.items() if k in known}
            self.endResetModel()
            return
        for row, face in enumerate(faces):
            if face != self._faces[row]:
                self._faces[row] = face
                self._changed(row)

    def set_thumbnail(self, face_id: int, image: QImage) -> None:
        """Show this picture of a face; one that is not among them is ignored."""
        row = self.row_of(face_id)
        if row >= 0:
            self._thumbnails[face_id] = image
            self._changed(row)

    def row_of(self, face_id: int | None) -> int:
        """The row of a face; -1 where it is not among them."""
        return next((row for row, each in enumerate(self._faces) if each.id == face_id), -1)

    def _changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)
