"""The faces of a photograph: the strip below it and the bar by which they are reviewed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lafr_desktop.models.faces import FacesModel
from lafr_engine.album.values import AlbumFace, FaceState

THUMBNAIL: Final = 84
"""Side of a face in the strip, in device independent pixels."""

_MARGIN: Final = 6
_BADGE: Final = 20
_COLOURS: Final = {
    FaceState.DETECTED: "#8a8f98",
    FaceState.QUEUED: "#8a8f98",
    FaceState.RESTORING: "#4a90d9",
    FaceState.RESTORED: "#2f7fd6",
    FaceState.HELD: "#d98a00",
    FaceState.ACCEPTED: "#2e9e4f",
    FaceState.REJECTED: "#c0392b",
    FaceState.NOT_A_FACE: "#6b7280",
    FaceState.FAILED: "#c0392b",
}
_MARKS: Final = {
    FaceState.DETECTED: "·",
    FaceState.QUEUED: "…",
    FaceState.RESTORING: "…",
    FaceState.RESTORED: "?",
    FaceState.HELD: "!",
    FaceState.ACCEPTED: "✓",
    FaceState.REJECTED: "✗",
    FaceState.NOT_A_FACE: "⌀",
    FaceState.FAILED: "!",
}


def state_colour(state: FaceState) -> QColor:
    """The colour by which a state is told apart; the badge's sign says it without colour."""
    return QColor(_COLOURS[state])


class FaceDelegate(QStyledItemDelegate):
    """Paints a face with its badge, and a ring around the one under review."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One square for each face."""
        side = THUMBNAIL + 2 * _MARGIN
        return QSize(side, side)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one face."""
        face = index.data(FacesModel.FACE)
        if not isinstance(face, AlbumFace):
            return
        place = _rect(option).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        _paint_picture(painter, place, index.data(Qt.ItemDataRole.DecorationRole), option)
        _paint_ring(painter, place, option)
        _paint_badge(painter, place, face.state)
        painter.restore()


class FaceStrip(QListView):
    """The faces of the photograph, left to right; a click puts one under review.

    Signals:
        chosen: The number of the face that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, model: FacesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(FaceDelegate(self))
        self.setAccessibleName(self.tr("Faces of this photograph"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self.setFixedHeight(THUMBNAIL + 2 * _MARGIN + bar + 2)
        self.clicked.connect(self._on_clicked)

    def show_selected(self, face_id: int | None) -> None:
        """Put the ring around this face and bring it into sight."""
        row = self._model.row_of(face_id)
        selection = self.selectionModel()
        if row < 0:
            selection.clearSelection()
            return
        index = self._model.index(row)
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        face = index.data(FacesModel.FACE)
        if isinstance(face, AlbumFace):
            self.chosen.emit(face.id)


def _rect(option: QStyleOptionViewItem) -> QRect:
    rect: QRect = option.rect
    return rect


def _selected(option: QStyleOptionViewItem) -> bool:
    state: QStyle.StateFlag = option.state
    return bool(state & QStyle.StateFlag.State_Selected)


def _paint_picture(
    painter: QPainter, place: QRect, image: object, option: QStyleOptionViewItem
) -> None:
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(place), 8, 8)
    painter.fillPath(outline, option.palette.mid())
    if isinstance(image, QImage) and not image.isNull():
        painter.save()
        painter.setClipPath(outline)
        painter.drawImage(place, image, _central_square(image))
        painter.restore()


def _central_square(image: QImage) -> QRect:
    side = min(image.width(), image.height())
    return QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side)


def _paint_ring(painter: QPainter, place: QRect, option: QStyleOptionViewItem) -> None:
    if _selected(option):
        ring = QRectF(place).adjusted(-2, -2, 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(option.palette.highlight().color(), 3))
        painter.drawRoundedRect(ring, 10, 10)


def _paint_badge(painter: QPainter, place: QRect, state: FaceState) -> None:
    badge = QRectF(place.right() - _BADGE + 3, place.bottom() - _BADGE + 3, _BADGE, _BADGE)
    painter.setPen(QPen(QColor("white"), 1.5))
    painter.setBrush(state_colour(state))
    painter.drawEllipse(badge)
    font = painter.font()
    font.setBold(True)
    font.setPixelSize(12)
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, _MARKS[state])
