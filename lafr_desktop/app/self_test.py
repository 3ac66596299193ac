"""The program tries itself: whether all of it was installed, or frozen, as it should be."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from lafr_desktop.app import albums
from lafr_desktop.app.crash import CrashReporter, describe
from lafr_desktop.app.shell import Shell, Target
from lafr_desktop.app.start import make_application
from lafr_desktop.settings import Settings
from lafr_engine.album.values import Counts, ImportReport

_PATIENCE_MS: Final = 300_000


def run(target: Target, patience_ms: int = _PATIENCE_MS) -> int:
    """Open the window on an album that is thrown away, and restore a sample photograph in it.

    Nothing of the user's is read or written.

    Args:
        target: What the engine process runs.
        patience_ms: When it has taken too long.

    Returns:
        The exit status: 0 where a face was restored and the photograph is shown, else 1, with
        the reason on stderr.
    """
    app = make_application()
    with tempfile.TemporaryDirectory(prefix="lafr-self-test-") as name:
        reporter = _Reporter()
        with reporter.installed():
            albums.ensure(Path(name) / "album")
            settings = Settings.of_file(Path(name) / "settings.ini")
            shell = Shell(Path(name) / "album", settings, target)
            shell.crashed.connect(reporter.report)
            shell.ended.connect(app.quit)
            test = SelfTest(shell)
            QTimer.singleShot(patience_ms, test, test.give_up)
            test.begin()
            app.exec()
            shell.close()
            problem = reporter.problem or test.problem
            shell.deleteLater()
    if problem:
        _tell(problem)
    return 1 if problem else 0


class SelfTest(QObject):
    """Does with a window what a person would, and ends the program once that is done.

    Attributes:
        problem: What went wrong; empty where nothing did.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._seen = False
        self.problem = "the program was closed before the test was done"
        shell.controllers.library.import_finished.connect(self._open)
        shell.views.photo.loaded.connect(self._see)
        shell.views.photo.failed.connect(self._fail)
        shell.engine.work_changed.connect(self._look)

    def begin(self) -> None:
        """Open the window and bring a sample photograph in; all else follows."""
        self._shell.start()
        sample = next(each for each in albums.samples() if each.name == albums.FIRST_RESTORED)
        self._shell.controllers.library.import_paths([sample])

    @Slot()
    def give_up(self) -> None:
        """End: it takes too long."""
        self._fail("it takes too long")

    @Slot(object)
    def _open(self, report: ImportReport) -> None:
        if report.problems:
            self._fail(" ".join(report.problems))
            return
        self._shell.controllers.batch.restore_new()
        self._shell.views.grid.opened.emit(self._shell.album.photos()[0].id)

    @Slot()
    def _see(self) -> None:
        self._seen = True
        self._look()

    @Slot()
    def _look(self) -> None:
        """End where the photograph is shown and its faces are restored, or failed to be."""
        failed = self._shell.album.jobs(("failed",))
        counts = self._shell.album.counts()
        if failed:
            self._fail(" ".join(job.sentence or job.kind for job in failed))
        elif self._seen and counts.faces_to_review and not _works(counts):
            self.problem = ""
            QCoreApplication.quit()

    @Slot(str)
    def _fail(self, problem: str) -> None:
        self.problem = problem
        QCoreApplication.quit()


class _Reporter(CrashReporter):
    """Ends the program at the first error that nobody expected; there is nobody to show it to."""

    def __init__(self) -> None:
        super().__init__()
        self.problem = ""

    def report(self, error: BaseException) -> None:
        self.problem = describe(error)
        QApplication.quit()


def _works(counts: Counts) -> bool:
    return counts.jobs_queued + counts.jobs_running > 0


def _tell(problem: str) -> None:
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(f"lafr-desktop: the self-test failed: {problem}\n")
