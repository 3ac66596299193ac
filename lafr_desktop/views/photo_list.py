"""The cells of the grid: a list view whose rows are filled evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from lafr_desktop.views.photo_delegate import CellSize, Index, PhotoDelegate

SIDES: Final = (96, 112, 128, 152, 180, 216, 256, 312, 384)
"""Sides that a thumbnail can be zoomed to, logical pixels."""


class PhotoList(QListView):
    """The cells. A column is as wide as fills the width evenly.

    Signals:
        opened: Row that was opened, by key or double click.
        zoomed: Steps to zoom by.
    """

    opened = Signal(int)
    zoomed = Signal(int)

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = PhotoDelegate(CellSize.of(side, self.font()), self)
        self._wheel = 0
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Photographs"))
        self._set_up_layout()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def _set_up_layout(self) -> None:
        # Not IconMode: it sorts all items into a tree. Rows of equal cells need no tree, and
        # 20,000 of them are laid out within a few milliseconds.
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self._fill_width()

    @property
    def side(self) -> int:
        """The thumbnail's side, logical pixels."""
        return self._delegate.cell.side

    def set_side(self, side: int) -> None:
        """Zoom, and keep the current cell in sight."""
        middle = self.indexAt(self.viewport().rect().center())
        kept = self.currentIndex() if self._sees(self.currentIndex()) else middle
        self._delegate.cell = CellSize.of(side, self.font())
        self._fill_width()
        if kept.isValid():
            self.doItemsLayout()
            self.scrollTo(kept, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _sees(self, index: QModelIndex) -> bool:
        return index.isValid() and self.viewport().rect().intersects(self.visualRect(index))

    def _fill_width(self) -> None:
        cell, room = self._delegate.cell, self.viewport().width() - 1
        columns = max(1, room // cell.width)
        size = QSize(max(cell.width, room // columns), cell.height)
        if size != self.gridSize():
            self.setGridSize(size)
            self.verticalScrollBar().setSingleStep(cell.height // 4)

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        """Paint again. QListView would lay all rows out again for each thumbnail that comes."""
        QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns over the new width."""
        self._fill_width()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the font is another one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.set_side(self.side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current photograph by Enter."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(index.row())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom while Ctrl is held, else scroll."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._wheel += event.angleDelta().y()
        steps, self._wheel = int(self._wheel / 120), int(self._wheel - 120 * int(self._wheel / 120))
        if steps:
            self.zoomed.emit(steps)
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are commands here, and names have a search field."""
