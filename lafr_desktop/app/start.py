"""Starts the program and stays until its window is closed."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from lafr_desktop.app import albums
from lafr_desktop.app.crash import CrashReporter
from lafr_desktop.app.shell import Shell, Target
from lafr_desktop.settings import Settings, settings_file
from lafr_desktop.translate import Translation, language_of
from lafr_desktop.views.theme import Theme
from lafr_engine import __version__
from lafr_engine.errors import LafrError
from lafr_engine.resources import resources_dir


def run(folder: Path | None, target: Target) -> int:
    """Open the window on an album.

    Args:
        folder: Of the album, which is made where there is none; None for the user's own.
        target: What the engine process runs.

    Returns:
        The exit status: 1 where the album cannot be opened.
    """
    app = make_application()
    settings = Settings.of_file(settings_file())
    translation = Translation(app, language_of(settings.language))
    theme = Theme(app, settings.theme)
    settings.changed.connect(lambda name, value: theme.choose(value) if name == "theme" else None)
    reporter = CrashReporter()
    with reporter.installed():
        program = Program(settings, target, reporter)
        _spare_collections()
        status = QApplication.exec() if program.begin(folder) else 1
        program.end()
    settings.save()
    translation.remove()
    return status


def make_application() -> QApplication:
    """Make Qt's application; there must be none yet."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("LAFR Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lafr-desktop")
    app.setWindowIcon(QIcon(str(resources_dir() / "icons" / "lafr-desktop.svg")))
    app.setQuitOnLastWindowClosed(False)  # the shell says when all is stopped
    return app


def _spare_collections() -> None:
    """Take what is loaded by now out of the garbage collector's sight.

    It is a hundred thousand objects, modules and classes, that stay until the end. Each full
    collection would walk over all of them, 10 to 40 ms in which the window stands still. The
    window itself is built later, so that it can be collected when another album is opened.
    """
    gc.collect()
    gc.freeze()


class Program(QObject):
    """Keeps one window open, on one album after the other."""

    def __init__(self, settings: Settings, target: Target, reporter: CrashReporter) -> None:
        super().__init__()
        self._settings = settings
        self._target = target
        self._reporter = reporter
        self._shell: Shell | None = None

    @property
    def shell(self) -> Shell | None:
        """The window that is open."""
        return self._shell

    def begin(self, folder: Path | None) -> bool:
        """Open the first album; return whether it could be opened."""
        place = folder or albums.default_folder()
        try:
            first = albums.ensure(place) and folder is None
            self._open(place, first)
        except LafrError as error:
            QMessageBox.critical(None, _no_album(), str(error))
            return False
        return True

    @Slot(object)
    def change(self, folder: Path) -> None:
        """Open another album in place of the one that is open, which stays where that fails."""
        try:
            albums.ensure(folder)
            albums.check(folder)
        except LafrError as error:
            self._settings.forget_album(folder)
            if self._shell is not None:
                self._shell.views.window.say(str(error), warning=True)
            return
        self.end()
        self._open(folder, first=False)

    def end(self) -> None:
        """Close what is open."""
        if self._shell is not None:
            self._shell.close()
            self._shell.deleteLater()
            self._shell = None

    def _open(self, folder: Path, first: bool) -> None:
        shell = Shell(folder, self._settings, self._target)
        shell.crashed.connect(self._reporter.report)
        shell.album_requested.connect(self.change, Qt.ConnectionType.QueuedConnection)
        shell.ended.connect(QCoreApplication.quit)
        self._shell = shell
        shell.start(first)


def _no_album() -> str:
    return QCoreApplication.translate("Start", "The album cannot be opened")
