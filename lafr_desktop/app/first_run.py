"""What a new user sees first: sample photographs, and one of them being restored."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from lafr_desktop.app import albums
from lafr_desktop.app.parts import Controllers, Views
from lafr_engine.album.values import Photo


class FirstRun(QObject):
    """Brings the samples in, opens one of them, and has it restored."""

    def __init__(self, controllers: Controllers, views: Views, parent: QObject) -> None:
        super().__init__(parent)
        self._controllers = controllers
        self._views = views

    def begin(self) -> None:
        """Do it; what follows is heard from the library."""
        library = self._controllers.library
        library.photos_loaded.connect(self._look)
        library.import_paths(albums.samples())

    @Slot(object)
    def _look(self, photos: list[Photo]) -> None:
        shown = next((each for each in photos if each.path.name == albums.FIRST_RESTORED), None)
        if shown is None:
            return
        self._controllers.library.photos_loaded.disconnect(self._look)
        self._controllers.batch.restore_photos([shown.id])
        self._views.grid.opened.emit(shown.id)
        self._views.window.say(
            self.tr(
                "Welcome! These are sample photographs, and this one is being restored right now. "
                "Accept (A) or reject (R) each face; nothing is changed in your files."
            )
        )
