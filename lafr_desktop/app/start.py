"""Starts the program and stays until its window is closed."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot
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

_LOOK_MS: Final = 20


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
        self._next: Path | None = None
        self._resting = QTimer(self)
        self._resting.setInterval(_LOOK_MS)
        self._resting.timeout.connect(self._change_at_rest)

    @property
    def shell(self) -> Shell | None:
        """The window that is open."""
        return self._shell

    def begin(self, folder: Path | None) -> bool:
        """Open the first album; return whether it could be opened."""
        place = folder or albums.default_folder()
        try:
            first = albums.ensure(place) and folder is None
            self._build(place).start(first)
        except LafrError as error:
            QMessageBox.critical(None, _no_album(), str(error))
            return False
        return True

    @Slot(object)
    def change(self, folder: Path) -> None:
        """Open another album in place of the one that is open, which stays where that fails.

        It is done in steps, between which the event loop runs: looking at the album, the end of
        all that works on the old one, and the new window.
        """
        shell = self._shell
        if shell is None or self._next is not None:
            return
        self._next = folder
        shell.controllers.background.submit(
            partial(_prepare, folder), lambda _: self._leave(), self._refuse
        )

    def end(self) -> None:
        """Close what is open."""
        self._resting.stop()
        self._next = None
        if self._shell is not None:
            self._shell.close()
            self._shell.deleteLater()
            self._shell = None

    def _refuse(self, sentence: str) -> None:
        """Stay on the album that is open."""
        folder, self._next = self._next, None
        if folder is not None and self._shell is not None:
            self._settings.forget_album(folder)
            self._shell.views.window.say(sentence, warning=True)

    def _leave(self) -> None:
        if self._shell is not None:
            self._shell.stop()
            self._resting.start()

    @Slot()
    def _change_at_rest(self) -> None:
        """Go on with the change once nothing has to be waited for."""
        if self._shell is None or not self._shell.at_rest:
            return
        folder = self._next
        self.end()
        self._next = folder
        QTimer.singleShot(0, self._open_next)

    @Slot()
    def _open_next(self) -> None:
        folder, self._next = self._next, None
        if folder is not None:  # else the program ended meanwhile
            self._build(folder)
            QTimer.singleShot(0, self._start_next)

    @Slot()
    def _start_next(self) -> None:
        if self._shell is not None:
            self._shell.start()

    def _build(self, folder: Path) -> Shell:
        shell = Shell(folder, self._settings, self._target)
        shell.crashed.connect(self._reporter.report)
        shell.album_requested.connect(self.change, Qt.ConnectionType.QueuedConnection)
        shell.ended.connect(QCoreApplication.quit)
        self._shell = shell
        return shell


def _prepare(folder: Path) -> None:
    """See to it that there is an album that can be opened; not for the GUI thread."""
    albums.ensure(folder)
    albums.check(folder)


def _no_album() -> str:
    return QCoreApplication.translate("Start", "The album cannot be opened")
