"""The photographs of an album as a Qt model, and what is asked of the album for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)

from lafr_desktop.sentences import in_words
from lafr_desktop.thumbnails import Thumbnails
from lafr_engine.album.values import Photo, PhotoFilter, PhotoOrder

translate = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex
Run = tuple[int, int]
"""First and last row."""

_MOST_RUNS: Final = 32  # beyond that one reset is quicker than the views' work on each run


class PhotoRole:
    """What :class:`PhotosModel` answers beside Qt's own roles."""

    PHOTO = int(Qt.ItemDataRole.UserRole) + 1
    THUMBNAIL = PHOTO + 1
    STATE = PHOTO + 2
    REVIEW_COUNT = PHOTO + 3
    PROBLEM = PHOTO + 4


class Badge(StrEnum):
    """What a photograph's badge says; the original's absence goes before its state."""

    NEW = "new"
    WORKING = "working"
    REVIEW = "review"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PhotoQuery:
    """Which photographs are to be listed, and how.

    Attributes:
        filter: By state; the album does it.
        order: Likewise.
        descending: Likewise.
        text: What the file's name has to contain, case aside.
    """

    filter: PhotoFilter = PhotoFilter.ALL
    order: PhotoOrder = PhotoOrder.DATE
    descending: bool = False
    text: str = ""

    def matching(self, photos: Iterable[Photo]) -> list[Photo]:
        """Return those whose name contains the text; not for the GUI thread."""
        wanted = self.text.strip().casefold()
        return [photo for photo in photos if wanted in photo.path.name.casefold()]


def badge_of(photo: Photo) -> Badge:
    """Return the badge of a photograph."""
    return Badge.MISSING if photo.missing else Badge(photo.state.value)


def badge_text(photo: Photo) -> str:
    """Return the words of the badge, in the user's language."""
    match badge_of(photo):
        case Badge.REVIEW:
            words = translate("Badge", "{n} to review").format(n=photo.to_review)
        case Badge.HELD:
            words = translate("Badge", "{n} held").format(n=photo.held)
        case Badge.WORKING:
            words = translate("Badge", "Working")
        case Badge.DONE:
            words = translate("Badge", "Done") if photo.faces else translate("Badge", "No faces")
        case Badge.FAILED:
            words = translate("Badge", "Failed")
        case Badge.MISSING:
            words = translate("Badge", "Missing")
        case Badge.NEW:
            words = translate("Badge", "New")
    return words


class PhotosModel(QAbstractListModel):
    """The listed photographs, a row each.

    Rows are told apart by the photograph's id, so that selections and the current photograph
    outlive another order, another filter and an import.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._side = 160
        self._photos: list[Photo] = []
        self._found: dict[int, int] | None = {}
        self._alike: dict[str, list[int]] | None = {}
        thumbnails.ready.connect(self._show_thumbnail)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of photographs."""
        return 0 if parent is not None and parent.isValid() else len(self._photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Answer for one photograph; thumbnails that are not there yet are asked for."""
        if not index.isValid() or index.row() >= len(self._photos):
            return None
        photo = self._photos[index.row()]
        return self._value(photo, role) if role >= PhotoRole.PHOTO else self._words(photo, role)

    def _value(self, photo: Photo, role: int) -> object:
        match role:
            case PhotoRole.PHOTO:
                return photo
            case PhotoRole.THUMBNAIL:
                return self._thumbnails.image(photo.sha256, photo.path, self._side)
            case PhotoRole.STATE:
                return photo.state.value
            case PhotoRole.REVIEW_COUNT:
                return photo.to_review
            case PhotoRole.PROBLEM:
                return photo.problem or self._thumbnails.problem(photo.sha256, photo.path)
            case _:
                return None

    def _words(self, photo: Photo, role: int) -> str | None:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return photo.path.name
            case Qt.ItemDataRole.AccessibleTextRole:
                faces = self.tr("Faces: {0}").format(photo.faces)
                return f"{photo.path.name}, {badge_text(photo)}, {faces}"
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(photo)
            case _:
                return None

    def _tool_tip(self, photo: Photo) -> str:
        lines = [str(photo.path)]
        if photo.width:
            lines.append(self.tr("{0} x {1} pixels").format(photo.width, photo.height))
        if photo.captured:
            lines.append(self.tr("Taken {0}").format(photo.captured.replace("T", " ")))
        lines.append(self.tr("Faces: {0}").format(photo.faces))
        if photo.missing:
            lines.append(
                self.tr(
                    "The original is no longer there; “Find the file…” in its menu looks for it."
                )
            )
        problem = photo.problem or self._thumbnails.problem(photo.sha256, photo.path)
        return "\n".join([*lines, in_words(problem)] if problem else lines)

    @Slot(object)
    def set_photos(self, photos: Sequence[Photo]) -> None:
        """Show another list. Small differences keep every view's place, large ones reset it."""
        old, new = self._photos, list(photos)
        kept = {photo.id for photo in new} & self._rows.keys()
        gone = runs(row for row, photo in enumerate(old) if photo.id not in kept)
        come = runs(row for row, photo in enumerate(new) if photo.id not in kept)
        if not kept or len(gone) + len(come) > _MOST_RUNS:
            self.beginResetModel()
            self._take(new)
            self.endResetModel()
            return
        self._remove(gone)
        self._arrange([photo for photo in new if photo.id in kept])
        self._insert(come, new)
        self.dataChanged.emit(self.index(0), self.index(len(new) - 1))

    @Slot(object)
    def update_photo(self, photo: Photo) -> None:
        """Show a photograph's new state; one that is not listed is left alone."""
        row = self._rows.get(photo.id)
        if row is None:
            return
        before = self._photos[row]
        self._photos[row] = photo
        if before.sha256 != photo.sha256:
            self._alike = None
        self.dataChanged.emit(self.index(row), self.index(row))

    def photo(self, photo_id: int) -> Photo | None:
        """Return a listed photograph."""
        row = self._rows.get(photo_id)
        return None if row is None else self._photos[row]

    def row_of(self, photo_id: int) -> int | None:
        """Return the row of a photograph; None where it is not listed."""
        return self._rows.get(photo_id)

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """Return the rows of those that are listed, ascending."""
        return sorted(self._rows[each] for each in ids if each in self._rows)

    def ids(self, first: int = 0, last: int | None = None) -> list[int]:
        """Return the ids of a run of rows, both ends included; of all without arguments."""
        end = len(self._photos) if last is None else last + 1
        return [photo.id for photo in self._photos[first:end]]

    def set_thumbnail_side(self, pixels: int) -> None:
        """Ask for thumbnails of this many physical pixels on their longer side from now on."""
        if pixels != self._side:
            self._side = pixels
            self._thumbnails.drop_waiting()
            self._changed_thumbnails(0, len(self._photos) - 1)

    @Slot(str)
    def _show_thumbnail(self, sha256: str) -> None:
        if self._alike is None:
            self._alike = _by_content(self._photos)
        for photo_id in self._alike.get(sha256, ()):
            row = self._rows[photo_id]
            self._changed_thumbnails(row, row)

    def _changed_thumbnails(self, first: int, last: int) -> None:
        if last >= first:
            roles = [PhotoRole.THUMBNAIL, PhotoRole.PROBLEM]
            self.dataChanged.emit(self.index(first), self.index(last), roles)

    @property
    def _rows(self) -> dict[int, int]:
        """Rows by id, built when they are asked for: a change may come in many steps."""
        if self._found is None:
            self._found = {photo.id: row for row, photo in enumerate(self._photos)}
        return self._found

    def _take(self, photos: list[Photo]) -> None:
        self._photos = photos
        self._found = self._alike = None

    def _remove(self, runs: list[Run]) -> None:
        for first, last in reversed(runs):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._take(self._photos[:first] + self._photos[last + 1 :])
            self.endRemoveRows()

    def _arrange(self, photos: list[Photo]) -> None:
        """Bring the rows, which stay the same ones, into another order."""
        if [photo.id for photo in photos] == self.ids():
            self._take(photos)
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._photos[index.row()].id for index in before]
        self._take(photos)
        self.changePersistentIndexList(before, [self.index(self._rows[each]) for each in ids])
        self.layoutChanged.emit()

    def _insert(self, runs: list[Run], photos: list[Photo]) -> None:
        for first, last in runs:
            self.beginInsertRows(QModelIndex(), first, last)
            self._take(self._photos[:first] + photos[first : last + 1] + self._photos[first:])
            self.endInsertRows()


def runs(rows: Iterable[int]) -> list[Run]:
    """Join ascending rows to runs."""
    return list(_joined(rows))


def _joined(rows: Iterable[int]) -> Iterator[Run]:
    first = last = -2
    for row in rows:
        if row != last + 1:
            if last >= 0:
                yield first, last
            first = row
        last = row
    if last >= 0:
        yield first, last


def _by_content(photos: list[Photo]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for photo in photos:
        found.setdefault(photo.sha256, []).append(photo.id)
    return found
