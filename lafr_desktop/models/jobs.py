"""The jobs of an album as a list model: what runs, what failed, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from lafr_desktop.sentences import in_words
from lafr_engine.album.values import AlbumJob

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job with the name of its photograph.

    Attributes:
        job: As the album has it.
        photo: Name of the photograph's file.
    """

    job: AlbumJob
    photo: str

    @property
    def headline(self) -> str:
        """What is done to which photograph, in the user's language."""
        return _task(self.job.kind).format(photo=self.photo)

    @property
    def detail(self) -> str:
        """The reason of a failure, or how the job stands."""
        if self.job.sentence:
            return in_words(self.job.sentence)
        return _states().get(self.job.state, self.job.state)


def _task(kind: str) -> str:
    translate = QCoreApplication.translate
    tasks = {
        "find": translate("JobLine", "Finding faces: {photo}"),
        "restore": translate("JobLine", "Restoring a face: {photo}"),
        "export": translate("JobLine", "Exporting: {photo}"),
    }
    return tasks.get(kind, "{photo}")


def _states() -> Mapping[str, str]:
    translate = QCoreApplication.translate
    return {
        "queued": translate("JobLine", "waiting"),
        "running": translate("JobLine", "in work"),
        "done": translate("JobLine", "done"),
        "failed": translate("JobLine", "failed"),
        "cancelled": translate("JobLine", "cancelled"),
    }


class JobsModel(QAbstractListModel):
    """Jobs in the order given."""

    LINE: Final = int(Qt.ItemDataRole.UserRole) + 1
    """Role of the :class:`JobLine` itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[JobLine] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many jobs there are; a job has no children."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Headline and detail, or the line itself."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == self.LINE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{line.headline} - {line.detail}"
        return line.detail if role == Qt.ItemDataRole.ToolTipRole else None

    def set_lines(self, lines: Sequence[JobLine]) -> None:
        """Show these jobs; rows are changed in place where the jobs are the same ones."""
        if [each.job.id for each in lines] != [each.job.id for each in self._lines]:
            self.beginResetModel()
            self._lines = list(lines)
            self.endResetModel()
            return
        for row, line in enumerate(lines):
            if line != self._lines[row]:
                self._lines[row] = line
                index = self.index(row)
                self.dataChanged.emit(index, index)
