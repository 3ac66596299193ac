"""One window on one album, from its start to its end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from lafr_desktop.app import wiring
from lafr_desktop.app.device_test import DeviceTest
from lafr_desktop.app.dialogs import Dialogs
from lafr_desktop.app.export_flow import ExportFlow
from lafr_desktop.app.first_run import FirstRun
from lafr_desktop.app.model_import import ModelImport
from lafr_desktop.app.parts import Controllers, Models, Views
from lafr_desktop.app.stage import Stage
from lafr_desktop.engine_thread import Engine
from lafr_desktop.settings import Settings
from lafr_engine.album.store import Album
from lafr_engine.album.values import ImportReport

_MOST_NAMED: Final = 5
_MEGAPIXEL: Final = 1_000_000


class Target(Protocol):
    """What the engine process runs."""

    def __call__(self, connection: Connection, device: str, max_pixels: int) -> None:
        """Serve a pipe until it closes.

        Args:
            connection: The engine's end.
            device: What the networks run on.
            max_pixels: Larger photographs are refused.
        """


class Shell(QObject):
    """Builds all parts on an album, connects them, and takes them down again.

    Signals:
        crashed: An error that nobody expected.
        album_requested: The folder of another album, to be opened in place of this one.
        ended: The window was closed and everything has stopped.
    """

    crashed = Signal(object)
    album_requested = Signal(object)
    ended = Signal()

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        target: Target,
        parent: QObject | None = None,
    ) -> None:
        """Build everything; nothing runs yet.

        Args:
            folder: Of an album that is there.
            settings: The user's.
            target: What the engine process runs.
            parent: Owner, which has to call :meth:`close`.
        """
        super().__init__(parent)
        self.settings = settings
        self.album = Album.open(folder)
        settings.remember_album(self.album.folder)
        self.models = Models.build(self.album, settings)
        self.views = Views.build(self.models, settings)
        self.controllers = Controllers.build(self.album)
        self._target = target
        self.engine = Engine(self.album.folder, self._main_of_engine())
        self.dialogs = Dialogs(self.views.window, settings, self.models.bundles)
        self.stage = Stage(self.views.photo, self)
        self.device_test = DeviceTest(self)
        self.model_import = ModelImport(self)
        self._export_flow = ExportFlow(
            self.controllers.export, self.dialogs, self.views.window, settings, self
        )
        self._closed = False
        wiring.connect(self)

    def start(self, first_run: bool = False) -> None:
        """Show the window and begin.

        Args:
            first_run: Bring the sample photographs in and restore one of them.
        """
        window = self.views.window
        window.restore(self.settings.geometry, self.settings.state)
        window.show_wanted_device(self.settings.device)
        self.views.photo.set_max_pixels(self.settings.max_megapixels * _MEGAPIXEL)
        window.show()
        self.controllers.library.refresh()
        self.controllers.batch.refresh()
        self.engine.use_bundle(self.settings.bundle)
        self.engine.start()
        if first_run:
            FirstRun(self.controllers, self.views, self).begin()

    def stop(self) -> None:
        """Take no more orders, and let what is in work come to its end.

        Nothing waits for it: once :attr:`at_rest`, :meth:`close` takes no time.
        """
        self.views.window.setEnabled(False)
        self.views.photo.show_photo(None)
        self.engine.stop()
        self.controllers.stop()
        self.models.stop()

    @property
    def at_rest(self) -> bool:
        """Whether no thread has anything in work."""
        parts = (self.engine, self.controllers, self.models, self.stage, self.views.photo)
        return all(each.at_rest for each in parts)

    @Slot()
    def close(self) -> None:
        """Remember the window, stop everything, and join all threads and processes."""
        if self._closed:
            return
        self._closed = True
        self.settings.geometry, self.settings.state = self.views.window.remember()
        self.views.window.hide()
        self.stage.close()
        self.engine.close()
        self.controllers.close()
        self.views.photo.shutdown()
        self.models.close()
        self.album.close()
        self.views.window.deleteLater()

    @Slot()
    def quit(self) -> None:
        """Leave once the window is closed."""
        self.close()
        self.ended.emit()

    @Slot(object)
    def request_album(self, folder: Path) -> None:
        """Ask for another album in place of this one."""
        if folder != self.album.folder:
            self.album_requested.emit(folder)

    @Slot(list)
    def ask_to_remove(self, photo_ids: Sequence[int]) -> None:
        """Ask whether photographs shall go, then let them go."""
        chosen = list(photo_ids)
        if chosen:
            library = self.controllers.library
            self.dialogs.ask_to_remove(len(chosen), lambda: library.remove(chosen))

    @Slot(list)
    def ask_to_export(self, photo_ids: Sequence[int]) -> None:
        """Ask what to export, and how."""
        self._export_flow.ask(self.album.folder, self.controllers.background, photo_ids)

    @Slot(object)
    def tell_import(self, report: ImportReport) -> None:
        """Say how an import ended."""
        lines = [*self._imported(report), *report.problems[:_MOST_NAMED]]
        if (more := len(report.problems) - _MOST_NAMED) > 0:
            lines.append(self.tr("And %n more problem(s).", "", more))
        self.views.window.say("\n".join(lines), warning=bool(report.problems))

    def _imported(self, report: ImportReport) -> list[str]:
        """What became of the files that could be read."""
        lines = []
        if report.added:
            lines.append(self.tr("%n photograph(s) added.", "", report.added))
        if report.moved:
            lines.append(self.tr("%n moved photograph(s) found again.", "", report.moved))
        if report.known:
            known = self.tr("%n photograph(s) were in the album already.", "", report.known)
            lines.append(known)
        if report.added:
            lines.append(self.tr("“Restore new” finds their faces and restores them."))
        if not lines and not report.problems:
            lines.append(self.tr("No photographs were found there."))
        return lines

    def _main_of_engine(self) -> Callable[[Connection], None]:
        """What the engine process runs, as the settings want it now."""
        settings = self.settings
        return partial(
            self._target,
            device=settings.device,
            max_pixels=settings.max_megapixels * _MEGAPIXEL,
        )

    @Slot(str, object)
    def follow_setting(self, name: str, value: object) -> None:
        """Do what a setting says that was changed just now."""
        if self._closed:
            return
        if name == "thumbnail_size" and isinstance(value, int):
            self.views.grid.set_side(value)
        elif name == "bundle" and isinstance(value, str):
            self.engine.use_bundle(value)
        elif name in ("device", "max_megapixels"):
            self.engine.use_target(self._main_of_engine())
            self.views.photo.set_max_pixels(self.settings.max_megapixels * _MEGAPIXEL)
        if name == "device" and isinstance(value, str):
            self.views.window.show_wanted_device(value)

    @Slot()
    def measure_thumbnails(self) -> None:
        """Say in the settings how much the thumbnails on disk take."""
        folder = self.album.cache / "thumbnails"
        self.controllers.background.submit(
            lambda: sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
            self.dialogs.show_cache_size,
            self.warn,
        )

    @Slot()
    def clear_thumbnails(self) -> None:
        """Throw the thumbnails on disk away."""
        folder = self.album.cache / "thumbnails"
        self.controllers.background.submit(
            lambda: shutil.rmtree(folder, ignore_errors=True),
            lambda _: self.measure_thumbnails(),
            self.warn,
        )

    @Slot(str)
    def warn(self, sentence: str) -> None:
        """Tell what could not be done."""
        self.views.window.say(sentence, warning=True)
