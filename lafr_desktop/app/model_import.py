"""The import of a model file by others, which the engine does: the window reads no weights."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from lafr_engine.messages import Ended, ImportModel, Job, ModelImported, Outcome


class ModelImport(QObject):
    """Asks the engine to make a bundle of a file and hears what comes of it.

    Signals:
        asked: The job for the engine.
        imported: The folder of the bundle.
        exists: The file, the sentence that a bundle of its name is there, and the licence.
        failed: A sentence on why there is no bundle.
    """

    asked = Signal(object)
    imported = Signal(object)
    exists = Signal(object, str, str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count(1)
        self._job = ""
        self._licence = ""

    @Slot(object, str, bool)
    def begin(self, path: Path, licence: str, replace: bool) -> None:
        """Have a file imported."""
        self._job, self._licence = f"model-import-{next(self._numbers)}", licence
        job: Job = ImportModel(self._job, path, licence, replace)
        self.asked.emit(job)

    @Slot(object)
    def hear(self, event: object) -> None:
        """Listen to an event of the engine; those of other jobs are ignored."""
        if getattr(event, "job", None) != self._job:
            return
        if isinstance(event, ModelImported) and event.folder is not None:
            self.imported.emit(event.folder)
        elif isinstance(event, ModelImported):
            self.exists.emit(event.path, event.sentence, self._licence)
        elif isinstance(event, Ended) and event.outcome is not Outcome.DONE:
            self.failed.emit(event.sentence or self.tr("The import was cancelled."))
