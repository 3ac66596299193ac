"""What happens to an error that nobody expected: it is shown, and the program goes on."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

translate = QCoreApplication.translate


class CrashReporter:
    """Shows one error at a time; those that follow while it is shown go to stderr only."""

    def __init__(self) -> None:
        self._box: QMessageBox | None = None

    def report(self, error: BaseException) -> None:
        """Show an error with all that helps to find its cause. GUI thread only."""
        text = describe(error)
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write(text)
        if self._box is not None and self._box.isVisible():
            return
        self._box = _message_box(error, text)
        self._box.open()

    def hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Take the place of ``sys.excepthook``."""
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        self.report(error.with_traceback(trace))

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Hear of every exception that leaves a slot, until the end of the block."""
        before = sys.excepthook
        sys.excepthook = self.hook
        try:
            yield
        finally:
            sys.excepthook = before


def describe(error: BaseException) -> str:
    """An error with all that helps to find its cause."""
    return "".join(traceback.format_exception(error))


def _message_box(error: BaseException, text: str) -> QMessageBox:
    box = QMessageBox(QApplication.activeWindow())
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle(translate("CrashReporter", "Unexpected error"))
    box.setText(translate("CrashReporter", "Something went wrong that should not have."))
    box.setInformativeText(
        translate(
            "CrashReporter",
            "Your photographs and decisions are safe. You can go on; if it happens again, "
            "please report the details below.\n\n{error}",
        ).format(error=f"{type(error).__name__}: {error}")
    )
    box.setDetailedText(text)
    return box
