"""The panel that shows what the engine is doing, what waits and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QAction, QColor, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.engine_thread import WorkStatus
from lafr_desktop.models.jobs import JobLine, JobsModel
from lafr_desktop.views.theme import tones

translate = QCoreApplication.translate
_PADDING: Final = 8
_MINUTE: Final = 60
_HOUR: Final = 3600


def time_left(seconds: float) -> str:
    """A time span as people say it."""
    if seconds < _MINUTE:
        return translate("QueuePanel", "less than a minute left")
    if seconds < _HOUR:
        minutes = round(seconds / _MINUTE)
        return translate("QueuePanel", "about {n} min left").format(n=minutes)
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    return translate("QueuePanel", "about {h} h {m} min left").format(h=hours, m=minutes)


def work_sentence(status: WorkStatus) -> str:
    """The state of the work in one line."""
    if status.paused:
        return translate("QueuePanel", "Paused, {n} waiting").format(n=status.queued)
    if status.running is None and not status.queued:
        return translate("QueuePanel", "Nothing to do")
    working = translate("QueuePanel", "Working on {photo}").format(photo=status.running)
    starting = translate("QueuePanel", "Starting")
    parts = [working if status.running else starting]
    if status.queued:
        parts.append(translate("QueuePanel", "{n} waiting").format(n=status.queued))
    if status.faces_per_minute > 0:
        rate = translate("QueuePanel", "{n} faces a minute")
        parts.append(rate.format(n=QLocale().toString(status.faces_per_minute, "f", 1)))
    if status.seconds_left is not None:
        parts.append(time_left(status.seconds_left))
    return ", ".join(parts)


class JobDelegate(QStyledItemDelegate):
    """Paints a job in two lines: what, and how it stands or why it failed."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Two lines of text, three where the reason of a failure needs them."""
        line = index.data(JobsModel.LINE)
        metrics = option.fontMetrics
        failed = isinstance(line, JobLine) and line.job.state == "failed"
        return QSize(100, metrics.lineSpacing() * (4 if failed else 2) + 2 * _PADDING)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one job."""
        line = index.data(JobsModel.LINE)
        if not isinstance(line, JobLine):
            return
        state: QStyle.StateFlag = option.state
        palette = option.palette
        rect: QRect = option.rect
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, palette.highlight())
        text = palette.highlightedText().color() if selected else palette.text().color()
        place = rect.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        height = painter.fontMetrics().lineSpacing()
        painter.setPen(text)
        head = painter.fontMetrics().elidedText(
            line.headline, Qt.TextElideMode.ElideMiddle, place.width()
        )
        painter.drawText(QRect(place.left(), place.top(), place.width(), height), 0, head)
        painter.setPen(_detail_colour(line, tones(palette).bad, text, selected))
        below = place.adjusted(0, height, 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), line.detail)
        painter.restore()


class QueuePanel(QWidget):
    """What runs, what waits, what failed and why; pause, cancel, retry."""

    def __init__(
        self, model: JobsModel, actions: Sequence[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._headline = QLabel(self)
        self._headline.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(self.tr("Progress of the queue"))
        self._bar.setTextVisible(True)
        self._list = QListView(self)
        self._list.setModel(model)
        self._list.setItemDelegate(JobDelegate(self._list))
        self._list.setAccessibleName(self.tr("Jobs"))
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setFrameShape(QListView.Shape.NoFrame)
        rows = [self._row(actions[:2]), self._row(actions[2:])]  # some languages have long words
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self._headline)
        column.addWidget(self._bar)
        for row in rows:
            column.addLayout(row)
        column.addWidget(self._list, 1)
        self.setMinimumWidth(260)
        self.show_status(WorkStatus(0, None, 0, 0, False, 0.0, None))

    def show_status(self, status: WorkStatus) -> None:
        """Show how the work stands."""
        self._headline.setText(work_sentence(status))
        waiting = status.queued + (status.running is not None)
        self._bar.setRange(0, max(status.done + waiting, 1))
        self._bar.setValue(status.done)
        self._bar.setVisible(waiting > 0)

    def _row(self, actions: Sequence[QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        for action in actions:
            row.addWidget(self._button(action))
        row.addStretch(1)
        return row

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(action.text().replace("&", ""))
        return button


def _detail_colour(line: JobLine, bad: QColor, text: QColor, selected: bool) -> QColor:
    if line.job.state == "failed" and not selected:
        return bad
    faint = QColor(text)
    faint.setAlphaF(0.65)
    return faint
