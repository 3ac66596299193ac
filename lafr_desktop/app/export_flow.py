"""From the wish to export to the sentence that says how it went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Slot

from lafr_desktop.app.dialogs import Dialogs
from lafr_desktop.background import Background
from lafr_desktop.controllers.album_work import AlbumWork
from lafr_desktop.controllers.export import ExportController, ExportOutcome, ExportWish
from lafr_desktop.settings import Settings
from lafr_desktop.views.export_dialog import (
    ExportChoice,
    ExportDialog,
    ExportScope,
    ExportSubject,
)
from lafr_desktop.views.main_window import MainWindow
from lafr_engine.album.export import ExportOptions
from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState, Photo

_SMALL: Final = 128.0
_MOST_NAMED: Final = 5
_LOOKED_AT: Final = 500


class ExportFlow(QObject):
    """Asks what to export, has it done, and tells how it ended."""

    def __init__(
        self,
        export: ExportController,
        dialogs: Dialogs,
        window: MainWindow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._export = export
        self._dialogs = dialogs
        self._window = window
        self._settings = settings
        self._selected: frozenset[int] = frozenset()
        export.finished.connect(self._tell)
        export.progressed.connect(self._show_progress)

    def ask(self, album: Path, background: Background, photo_ids: Sequence[int]) -> None:
        """Measure what there is to export, then open the dialog."""
        if self._export.running:
            self._window.say(self.tr("An export is under way already."), warning=True)
            return
        self._selected = frozenset(photo_ids)
        work = AlbumWork(album, background, lambda sentence: self._window.say(sentence, True))
        work.run(lambda opened: _subject(opened, self._selected), self._open)

    def _open(self, subject: ExportSubject | None) -> None:
        if subject is None:
            self._window.say(self.tr("The album is empty: there is nothing to export."), True)
            return
        settings = self._settings
        options = ExportOptions(
            out=settings.export_folder or Path(), accept_confident=settings.accept_confident
        )
        dialog = ExportDialog(subject, options, self._window)
        dialog.export_requested.connect(self._begin)
        self._dialogs.show(dialog)

    @Slot(object)
    def _begin(self, choice: ExportChoice) -> None:
        self._settings.export_folder = choice.options.out
        ids = None if choice.whole_album else self._selected
        self._export.export(
            ExportWish(choice.options, ids, choice.before_after, choice.contact_sheet)
        )

    @Slot(int, int)
    def _show_progress(self, done: int, total: int) -> None:
        text = self.tr("Exporting: {done} of {total}").format(done=done, total=total)
        self._window.show_progress(text, done, total)

    @Slot(object)
    def _tell(self, outcome: ExportOutcome) -> None:
        self._window.show_progress("", 1, 1)
        self._window.say(self._sentence(outcome), warning=bool(outcome.problems))

    def _sentence(self, outcome: ExportOutcome) -> str:
        if not outcome.written and not outcome.problems and not outcome.cancelled:
            return self.tr("Nothing was exported: no face is accepted yet.")
        lines = [
            self.tr("%n photograph(s) written to {folder}.", "", outcome.written).format(
                folder=outcome.out
            )
        ]
        if outcome.cancelled:
            lines.append(self.tr("%n cancelled.", "", outcome.cancelled))
        lines += outcome.problems[:_MOST_NAMED]
        if len(outcome.problems) > _MOST_NAMED:
            more = len(outcome.problems) - _MOST_NAMED
            lines.append(self.tr("And %n more that could not be done.", "", more))
        return "\n".join(lines)


def _subject(album: Album, selected: frozenset[int]) -> ExportSubject | None:
    photos = album.photos()
    if not photos:
        return None
    chosen = [photo for photo in photos if photo.id in selected]
    return ExportSubject(
        selected=_scope(album, chosen),
        album=_scope(album, photos),
        example=(chosen or photos)[0].path,
        folders=frozenset(photo.path.parent for photo in photos),
    )


def _scope(album: Album, photos: Sequence[Photo]) -> ExportScope:
    accepted = [photo for photo in photos if photo.accepted]
    return ExportScope(
        photos=len(accepted),
        accepted=sum(photo.accepted for photo in photos),
        undecided=sum(photo.to_review + photo.held for photo in photos),
        confident=sum(photo.to_review for photo in photos),
        small=sum(_small_faces(album, photo.id) for photo in accepted[:_LOOKED_AT]),
    )


def _small_faces(album: Album, photo_id: int) -> int:
    boxes = (
        face.geometry.box for face in album.faces(photo_id) if face.state is FaceState.ACCEPTED
    )
    return sum(box[2] - box[0] < _SMALL for box in boxes)
