"""What stands above the grid: which photographs are listed, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from lafr_desktop.models.photos import PhotoQuery
from lafr_engine.album.values import Counts, PhotoFilter, PhotoOrder

translate = QCoreApplication.translate

_TYPING_MS: Final = 200
_NARROWEST: Final = 40
_CLEAR: Final = 32  # for the frame and the button that clears the field
_GAPS: Final = 48  # what lies between all of the row


def filter_name(which: PhotoFilter) -> str:
    """Return the words for a filter, in the user's language."""
    words = {
        PhotoFilter.ALL: translate("Filters", "All"),
        PhotoFilter.REVIEW: translate("Filters", "To review"),
        PhotoFilter.HELD: translate("Filters", "Held"),
        PhotoFilter.DONE: translate("Filters", "Done"),
        PhotoFilter.FAILED: translate("Filters", "Failed"),
        PhotoFilter.NEW: translate("Filters", "New"),
        PhotoFilter.MISSING: translate("Filters", "Missing"),
    }
    return words[which]


def filter_count(which: PhotoFilter, counts: Counts) -> int:
    """Return how many photographs a filter lists."""
    numbers = {
        PhotoFilter.ALL: counts.photos,
        PhotoFilter.REVIEW: counts.review,
        PhotoFilter.HELD: counts.held,
        PhotoFilter.DONE: counts.done,
        PhotoFilter.FAILED: counts.failed,
        PhotoFilter.NEW: counts.new,
        PhotoFilter.MISSING: counts.missing,
    }
    return numbers[which]


class FilterBar(QWidget):
    """Filters with counts, a search by name, and the order.

    Signals:
        query_changed: A :class:`PhotoQuery`, when the user wants to see others.
    """

    query_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query = PhotoQuery()
        self._missing = False
        self._filters = QButtonGroup(self)
        self._buttons = {which: self._filter_button(which) for which in PhotoFilter}
        self._buttons[PhotoFilter.ALL].setChecked(True)
        self._shelf = QWidget(self)
        self._search = self._search_field()
        self._order = self._order_box()
        self._direction = self._direction_button()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._take_text)
        self._lay_out()
        self._show_missing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the filters where there is room for them; the sidebar always has them."""
        super().resizeEvent(event)
        self._fit_filters()

    @property
    def query(self) -> PhotoQuery:
        """What is chosen now."""
        return self._query

    @Slot(object)
    def set_query(self, query: PhotoQuery) -> None:
        """Show a choice made elsewhere; no signal follows."""
        blocked = [QSignalBlocker(each) for each in (self._search, self._order, self._direction)]
        self._query = query
        self._typing.stop()
        self._buttons[query.filter].setChecked(True)
        if self._search.text().strip() != query.text:
            self._search.setText(query.text)
        self._order.setCurrentIndex(self._order.findData(query.order.value))
        self._direction.setChecked(query.descending)
        self._show_direction()
        self._show_missing()
        del blocked

    @Slot(object)
    def set_counts(self, counts: Counts) -> None:
        """Show how many each filter lists."""
        for which, button in self._buttons.items():
            number = filter_count(which, counts)
            button.setText(f"{filter_name(which)}  {number:n}" if number else filter_name(which))
            button.setAccessibleName(self.tr("{0}: {1}").format(filter_name(which), number))
        self._missing = counts.missing > 0
        self._show_missing()

    def _show_missing(self) -> None:
        """Offer what is rarely needed only where it lists something, or is chosen."""
        chosen = self._query.filter is PhotoFilter.MISSING
        self._buttons[PhotoFilter.MISSING].setVisible(self._missing or chosen)
        self._fit_filters()

    def _fit_filters(self) -> None:
        others = (self._search.minimumWidth(), self._order.sizeHint().width())
        taken = sum(others) + self._direction.sizeHint().width() + _GAPS
        self._shelf.setVisible(self._shelf.sizeHint().width() + taken <= self.width())

    @Slot()
    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _filter_button(self, which: PhotoFilter) -> QToolButton:
        button = QToolButton(self)
        button.setText(filter_name(which))
        button.setAccessibleName(filter_name(which))
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setMinimumHeight(button.fontMetrics().height() + 12)
        button.setMinimumWidth(_NARROWEST)  # beside the queue there may be little room
        button.clicked.connect(lambda: self._choose(replace(self._query, filter=which)))
        self._filters.addButton(button)
        return button

    def _search_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(self.tr("Search by name"))
        field.setAccessibleName(self.tr("Search by name"))
        field.setClearButtonEnabled(True)
        words = field.fontMetrics().horizontalAdvance(field.placeholderText())
        field.setMinimumWidth(words + _CLEAR)
        field.setMaximumWidth(240)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        field.textChanged.connect(self._await_text)
        return field

    def _order_box(self) -> QComboBox:
        box = QComboBox(self)
        box.addItem(self.tr("Date"), PhotoOrder.DATE.value)
        box.addItem(self.tr("Name"), PhotoOrder.NAME.value)
        box.addItem(self.tr("State"), PhotoOrder.STATE.value)
        box.addItem(self.tr("Imported"), PhotoOrder.IMPORTED.value)
        box.setAccessibleName(self.tr("Sort by"))
        box.setToolTip(self.tr("Sort by"))
        box.currentIndexChanged.connect(
            lambda: self._choose(replace(self._query, order=PhotoOrder(box.currentData())))
        )
        return box

    def _direction_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setArrowType(Qt.ArrowType.UpArrow)
        button.setAccessibleName(self.tr("Descending order"))
        button.setToolTip(self.tr("Ascending"))
        button.toggled.connect(self._turn)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        shelf = QHBoxLayout(self._shelf)
        shelf.setContentsMargins(0, 0, 0, 0)
        shelf.setSpacing(4)
        for button in self._buttons.values():
            shelf.addWidget(button)
        row.addWidget(self._shelf)
        row.addStretch(1)
        row.addWidget(self._search, 2)
        row.addSpacing(8)
        row.addWidget(self._order)
        row.addWidget(self._direction)

    @Slot()
    def _await_text(self) -> None:
        self._typing.start()

    @Slot()
    def _take_text(self) -> None:
        self._choose(replace(self._query, text=self._search.text().strip()))

    @Slot(bool)
    def _turn(self, descending: bool) -> None:
        self._show_direction()
        self._choose(replace(self._query, descending=descending))

    def _show_direction(self) -> None:
        down = self._direction.isChecked()
        self._direction.setArrowType(Qt.ArrowType.DownArrow if down else Qt.ArrowType.UpArrow)
        self._direction.setToolTip(self.tr("Descending") if down else self.tr("Ascending"))

    def _choose(self, query: PhotoQuery) -> None:
        if query != self._query:
            self._query = query
            self.query_changed.emit(query)
