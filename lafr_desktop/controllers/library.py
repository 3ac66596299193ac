"""The photographs of an album: bringing them in, taking them out, listing them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lafr_desktop.background import Background
from lafr_desktop.controllers.album_work import AlbumWork
from lafr_desktop.models.photo_loader import PhotoLoader
from lafr_desktop.models.photos import PhotoQuery
from lafr_engine.album.store import Album
from lafr_engine.album.values import (
    Counts,
    ImportReport,
    ImportStep,
    Photo,
    PhotoFilter,
    PhotoOrder,
)

_TELL_SECONDS: Final = 0.05
_GATHER_MS: Final = 150
_FEW: Final = 100
_GROW_MS: Final = 2000


class LibraryController(QObject):
    """Lists the photographs and changes which ones there are, off the GUI thread.

    Signals:
        photos_loaded: The photographs asked for, as a list of :class:`Photo`.
        photos_updated: Some of them, which changed, as a list of :class:`Photo`.
        counts_changed: The :class:`Counts` of the album.
        import_begun: An import was asked for; while it runs, the list is read again and again.
        import_ended: None is under way any more, however it went.
        import_progressed: Done, total, and the name of the file in work.
        import_finished: An :class:`ImportReport`.
        removed: Photographs were taken out.
        failed: A sentence on what could not be done.
    """

    photos_loaded = Signal(object)
    photos_updated = Signal(object)
    counts_changed = Signal(object)
    import_begun = Signal()
    import_ended = Signal()
    import_progressed = Signal(int, int, str)
    import_finished = Signal(object)
    removed = Signal()
    failed = Signal(str)

    def __init__(self, folder: Path, background: Background, parent: QObject | None = None) -> None:
        """Prepare; nothing is read yet.

        Args:
            folder: Of the album.
            background: For what takes a moment. Listing and importing have threads of their own.
            parent: Owner, which has to call :meth:`close`.
        """
        super().__init__(parent)
        self._folder = folder
        self._work = AlbumWork(folder, background, self.failed.emit)
        self._import_thread = Background(self)
        self._import_thread.crashed.connect(background.crashed)
        self._importing = AlbumWork(folder, self._import_thread, self._import_failed)
        self._imports = 0
        self._growing = QTimer(self)
        self._growing.setInterval(_GROW_MS)
        self._growing.timeout.connect(self.refresh)
        self._loader = PhotoLoader(self)
        self._loader.loaded.connect(self.photos_loaded)
        self._loader.failed.connect(self.failed)
        self._query = PhotoQuery()
        self._stop = threading.Event()
        self._changed: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GATHER_MS)
        self._timer.timeout.connect(self._read_changed)

    @Slot(object)
    def set_query(self, query: PhotoQuery) -> None:
        """List other photographs, or in another order."""
        self._query = query
        self._list()

    @Slot()
    def refresh(self) -> None:
        """List the photographs and count everything again."""
        self._list()
        self._work.run(lambda album: album.counts(), self.counts_changed.emit)

    @Slot(int)
    def photo_changed(self, photo_id: int) -> None:
        """Read a photograph again soon, together with others that change meanwhile."""
        self._changed.add(photo_id)
        if not self._timer.isActive():
            self._timer.start()

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Bring in files, and folders with their subfolders."""
        if not paths:
            return
        self._stop.clear()
        chosen = list(paths)
        self._imports += 1
        self._growing.start()
        self.import_begun.emit()
        self._importing.run(lambda album: self._import(album, chosen), self._imported)

    @Slot()
    def stop_import(self) -> None:
        """End the import after the file in work; what is in stays in."""
        self._stop.set()

    def remove(self, photo_ids: Sequence[int]) -> None:
        """Take photographs out of the album; their files stay where they are."""
        chosen = list(photo_ids)
        self._work.run(lambda album: album.remove_photos(chosen), self._removed)

    def stop(self) -> None:
        """End an import after the file in work, and list nothing any more."""
        self._timer.stop()
        self._growing.stop()
        self._stop.set()
        self._import_thread.drop()
        self._loader.forget()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._import_thread.at_rest and self._loader.at_rest

    def close(self) -> None:
        """End an import and join the threads."""
        self.stop()
        self._import_thread.close()
        self._loader.close()

    def _list(self) -> None:
        query, folder = self._query, self._folder

        def load() -> list[Photo]:
            with Album.open(folder) as album:
                return query.matching(album.photos(query.filter, query.order, query.descending))

        self._loader.load(load)

    def _import(self, album: Album, paths: Sequence[Path]) -> ImportReport:
        steps = album.import_paths(paths, self._stop.is_set)
        told = 0.0
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                report: ImportReport = end.value
                return report
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                self._tell(step)

    def _tell(self, step: ImportStep) -> None:
        self.import_progressed.emit(step.done, step.total, step.path.name)

    def _imported(self, report: ImportReport) -> None:
        self._end_import()
        self.import_finished.emit(report)

    def _import_failed(self, sentence: str) -> None:
        self._end_import()
        self.failed.emit(sentence)

    def _end_import(self) -> None:
        self._imports -= 1
        if not self._imports:
            self._growing.stop()
            self.import_ended.emit()
        self.refresh()

    def _removed(self, _nothing: object) -> None:
        self.removed.emit()
        self.refresh()

    def _read_changed(self) -> None:
        changed, self._changed = self._changed, set()
        if len(changed) > _FEW or self._may_move():
            self.refresh()
        else:
            self._work.run(lambda album: _read(album, changed), self._updated)

    def _may_move(self) -> bool:
        """Whether a photograph that changed may leave the list, or change its place there."""
        query = self._query
        return query.filter is not PhotoFilter.ALL or query.order is PhotoOrder.STATE

    def _updated(self, loaded: tuple[list[Photo], Counts]) -> None:
        photos, counts = loaded
        self.photos_updated.emit(photos)
        self.counts_changed.emit(counts)


def _read(album: Album, photo_ids: Iterable[int]) -> tuple[list[Photo], Counts]:
    return [album.photo(each) for each in photo_ids], album.counts()
