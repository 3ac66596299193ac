"""What can be taken back, and what can be decided again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from lafr_engine.album.store import Album
from lafr_engine.errors import LafrError


class History(QObject):
    """Knows the album's next steps back and forth.

    What the user is in the middle of, a stroke or a box, can be taken back before the album has
    heard of it; then nothing can be decided again.

    Signals:
        changed: The kind of the decision that would be taken back, and of that which would be
            made again; empty for what the album does not know yet, None where there is nothing.
        failed: A sentence on why the album could not be asked.
    """

    changed = Signal(object, object)
    failed = Signal(str)

    def __init__(self, album: Album, parent: QObject | None = None) -> None:
        """Ask nothing yet; ``album`` is a connection of the GUI thread."""
        super().__init__(parent)
        self._album = album
        self._told: tuple[str | None, str | None] = (None, None)
        self._held = False
        self._unsaved = False

    @Slot()
    def look(self) -> None:
        """Ask the album, and tell where it is not what was told last."""
        try:
            undo, redo = self._album.next_undo(), self._album.next_redo()
        except LafrError as error:
            self.failed.emit(str(error))
            return
        steps = (undo.kind if undo else None, redo.kind if redo else None)
        if self._unsaved:
            steps = ("keep", None)
        elif self._held:
            steps = ("", None)
        if steps != self._told:
            self._told = steps
            self.changed.emit(*steps)

    @Slot(bool)
    def hold(self, held: bool) -> None:
        """Whether something is being dragged that can be taken back before it has ended."""
        self._held = held
        self.look()

    @Slot(bool)
    def wait(self, unsaved: bool) -> None:
        """Whether strokes were painted that are not in the album yet."""
        self._unsaved = unsaved
        self.look()
