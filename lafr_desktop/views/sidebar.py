"""What stands left of the grid: the albums and the filters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.views.filter_bar import filter_count, filter_name
from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.photo_delegate import Index
from lafr_desktop.views.style_option import faint, font_of, palette_of, rect_of, state_of
from lafr_engine.album.values import Counts, PhotoFilter

_VALUE: Final = int(Qt.ItemDataRole.UserRole)
_COUNT: Final = _VALUE + 1
_RADIUS: Final = 7.0
_ICONS: Final = {
    PhotoFilter.ALL: Icon.PHOTOS,
    PhotoFilter.REVIEW: Icon.REVIEW,
    PhotoFilter.HELD: Icon.PAUSE,
    PhotoFilter.DONE: Icon.ACCEPT,
    PhotoFilter.FAILED: Icon.WARNING,
    PhotoFilter.NEW: Icon.IMPORT,
    PhotoFilter.MISSING: Icon.FOLDER,
}


class Sidebar(QWidget):
    """Filters with counts, and below them the albums opened last.

    Signals:
        filter_chosen: A :class:`PhotoFilter`.
        album_chosen: The folder of an album, a ``Path``.
    """

    filter_chosen = Signal(object)
    album_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = _entries(self.tr("Filters"))
        self._albums = _entries(self.tr("Albums"))
        self._albums_title = _title(self.tr("Albums"))
        for which in PhotoFilter:
            item = _item(filter_name(which), _ICONS[which], which.value)
            self._filters.addItem(item)
        self._filters.setCurrentRow(0)
        self._show_missing(False)
        self._lay_out()
        self._filters.currentItemChanged.connect(self._choose_filter)
        self._albums.itemActivated.connect(self._choose_album)
        self._albums.itemClicked.connect(self._choose_album)
        self.set_albums((), None)

    @Slot(object)
    def set_filter(self, which: PhotoFilter) -> None:
        """Show a choice made elsewhere; no signal follows."""
        blocked = QSignalBlocker(self._filters)
        self._filters.setCurrentRow(list(PhotoFilter).index(which))
        self._show_missing(self._missing)
        del blocked

    @Slot(object)
    def set_counts(self, counts: Counts) -> None:
        """Show how many photographs each filter lists."""
        for row, which in enumerate(PhotoFilter):
            item, number = self._filters.item(row), filter_count(which, counts)
            item.setData(_COUNT, number)
            words = self.tr("{0}: {1}").format(filter_name(which), number)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self._show_missing(counts.missing > 0)

    def set_albums(self, folders: Sequence[Path], current: Path | None) -> None:
        """List albums, the one opened last first.

        Args:
            folders: Of the albums.
            current: The one that is open.
        """
        self._albums.clear()
        for folder in folders:
            item = _item(folder.name or str(folder), Icon.ALBUM, str(folder))
            item.setToolTip(str(folder))
            self._albums.addItem(item)
            if folder == current:
                self._albums.setCurrentItem(item)
                item.setFont(_bold(self.font()))
        self._albums.setVisible(bool(folders))
        self._albums_title.setVisible(bool(folders))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        column.addWidget(_title(self.tr("Photographs")))
        column.addWidget(self._filters)
        column.addSpacing(16)
        column.addWidget(self._albums_title)
        column.addWidget(self._albums, 1)
        column.addStretch(0)
        self.setMinimumWidth(170)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _show_missing(self, any_missing: bool) -> None:
        """List what is rarely needed only where it holds something, or is chosen."""
        self._missing = any_missing
        row = list(PhotoFilter).index(PhotoFilter.MISSING)
        hidden = not any_missing and self._filters.currentRow() != row
        self._filters.setRowHidden(row, hidden)
        rows = [each for each in range(self._filters.count()) if each != row or not hidden]
        height = sum(self._filters.sizeHintForRow(each) for each in rows)
        self._filters.setFixedHeight(height + 4)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _choose_filter(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.filter_chosen.emit(PhotoFilter(item.data(_VALUE)))

    @Slot(QListWidgetItem)
    def _choose_album(self, item: QListWidgetItem) -> None:
        self.album_chosen.emit(Path(item.data(_VALUE)))


class _EntryDelegate(QStyledItemDelegate):
    """An icon, a name, and a count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Leave room for a finger."""
        size = super().sizeHint(option, index)
        return QSize(size.width() + 36, max(size.height(), 20) + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one entry."""
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        rect = rect_of(option).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, rect)
        picture = QRectF(rect.left() + 10, rect.center().y() - 9, 18, 18)
        option.icon.paint(painter, picture.toRect())
        text = rect.adjusted(38, 0, -10, 0)
        painter.setFont(font_of(option))
        painter.setPen(palette_of(option).color(QPalette.ColorRole.WindowText))
        text.setRight(text.right() - self._paint_count(painter, text, index))
        words = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF) -> None:
        state, palette = state_of(option), palette_of(option)
        accent = palette.color(QPalette.ColorRole.Accent)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(faint(accent, 56))
            painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(faint(palette.color(QPalette.ColorRole.WindowText), 18))
            painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)

    def _paint_count(self, painter: QPainter, text: QRectF, index: Index) -> int:
        """Paint the count, if there is any, and return the width that it takes."""
        count = index.data(_COUNT)
        if not count:
            return 0
        painter.drawText(
            text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{count:n}"
        )
        return painter.fontMetrics().horizontalAdvance(f"{count:n}") + 8


def _entries(name: str) -> QListWidget:
    entries = QListWidget()
    entries.setAccessibleName(name)
    entries.setFrameShape(QFrame.Shape.NoFrame)
    entries.setItemDelegate(_EntryDelegate(entries))
    entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    entries.setMouseTracking(True)
    entries.viewport().setAutoFillBackground(False)
    return entries


def _item(text: str, which: Icon, value: str) -> QListWidgetItem:
    item = QListWidgetItem(icon(which), text)
    item.setData(_VALUE, value)
    return item


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = _bold(label.font())
    font.setPointSizeF(font.pointSizeF() * 0.9)
    label.setFont(font)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setContentsMargins(10, 0, 0, 2)
    return label


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold
