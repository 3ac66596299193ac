"""Everything that can be asked for from a menu, the tool bar or the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence

from lafr_desktop.views.icons import Icon, icon

translate = QCoreApplication.translate

CANDIDATE_KEYS: Final = 9


@dataclass(frozen=True, slots=True)
class Section:
    """Actions that belong together: a menu, and a heading in the list of shortcuts.

    Attributes:
        title: Of the menu.
        actions: In order; None stands for a line between them.
    """

    title: str
    actions: tuple[QAction | None, ...]


class _Maker(QObject):
    """Makes actions that belong to one owner."""

    def _make(
        self,
        text: str,
        keys: str | Sequence[str] = "",
        hint: str = "",
        sign: Icon | None = None,
        checkable: bool = False,
    ) -> QAction:
        action = QAction(text, self)
        if sign is not None:
            action.setIcon(icon(sign))
        each_keys = [keys] if isinstance(keys, str) else keys
        action.setShortcuts([QKeySequence(each) for each in each_keys if each])
        action.setStatusTip(hint)
        action.setCheckable(checkable)
        return action


class AlbumActions(_Maker):
    """What concerns the album and the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_file()
        self._make_work()
        self._make_rest()

    def sections(self) -> tuple[Section, ...]:
        """The menus File, Restore and Help."""
        return (
            Section(
                self.tr("&File"),
                (
                    self.import_files,
                    self.import_folder,
                    None,
                    self.open_album,
                    None,
                    self.export,
                    None,
                    self.remove,
                    None,
                    self.settings,
                    self.quit,
                ),
            ),
            Section(
                self.tr("R&estore"),
                (
                    self.restore_new,
                    self.restore_selected,
                    self.restore_all,
                    None,
                    self.pause,
                    self.cancel,
                    self.retry,
                    None,
                    self.show_queue,
                ),
            ),
            Section(self.tr("&Help"), (self.shortcuts, self.models, self.about)),
        )

    def _make_file(self) -> None:
        self.import_files = self._make(
            self.tr("&Import photos..."),
            "Ctrl+I",
            self.tr("Add photographs to the album"),
            sign=Icon.IMPORT,
        )
        self.import_folder = self._make(
            self.tr("Import &folder..."),
            "Ctrl+Shift+I",
            self.tr("Add a folder and its subfolders"),
            sign=Icon.FOLDER,
        )
        self.open_album = self._make(
            self.tr("New or &open album..."),
            "Ctrl+O",
            self.tr("Open the album in a folder, or make one there"),
            sign=Icon.ALBUM,
        )
        self.export = self._make(
            self.tr("&Export..."),
            "Ctrl+E",
            self.tr("Write photographs with the accepted faces"),
            sign=Icon.EXPORT,
        )
        self.remove = self._make(
            self.tr("&Remove from album"),
            "",
            self.tr("Take the selected photographs out of the album; the files stay"),
            sign=Icon.DELETE,
        )
        self.quit = self._make(self.tr("&Quit"), "Ctrl+Q")

    def _make_work(self) -> None:
        self.restore_new = self._make(
            self.tr("Restore &new"),
            "Ctrl+N",
            self.tr("Find and restore the faces of all new photographs"),
            sign=Icon.RESTORE,
        )
        self.restore_selected = self._make(
            self.tr("Restore &selected"),
            "Ctrl+R",
            self.tr("Find and restore the faces of the selected photographs"),
            sign=Icon.RESTORE,
        )
        self.restore_all = self._make(
            self.tr("Restore &all"),
            "Ctrl+Shift+R",
            self.tr("Restore all that is new or unfinished in the whole album"),
            sign=Icon.RESTORE,
        )
        self.pause = self._make(
            self.tr("&Pause"),
            "Ctrl+P",
            self.tr("Rest after this step; again to go on"),
            sign=Icon.PAUSE,
            checkable=True,
        )
        self.cancel = self._make(
            self.tr("&Cancel all"),
            "Ctrl+.",
            self.tr("Stop what is running and forget what waits"),
            sign=Icon.STOP,
        )
        self.retry = self._make(self.tr("Re&try what failed"), "Ctrl+T", sign=Icon.RETRY)
        self.show_queue = self._make(
            self.tr("Show &queue"), "Ctrl+J", "", sign=Icon.LIST, checkable=True
        )

    def _make_rest(self) -> None:
        self.settings = self._make(self.tr("&Settings..."), "Ctrl+,", sign=Icon.SETTINGS)
        self.models = self._make(self.tr("&Models..."), "Ctrl+M", sign=Icon.MODELS)
        self.about = self._make(self.tr("&About LAFR Desktop"), sign=Icon.INFO)
        self.shortcuts = self._make(self.tr("&Keyboard shortcuts"), "F1", sign=Icon.HELP)


class FaceActions(_Maker):
    """What concerns the photograph that is open and the face under review."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_decisions()
        self._make_moves()
        self._make_edits()
        self.candidates = [
            self._make(self.tr("Take candidate {number}").format(number=number), str(number))
            for number in range(1, CANDIDATE_KEYS + 1)
        ]
        self.show_steps(None, None)

    def show_steps(self, undo: str | None, redo: str | None) -> None:
        """Say what would be taken back and decided again, and offer only what there is.

        Args:
            undo: Kind of the decision that would be taken back, as in
                :class:`~lafr_engine.album.values.Decision`; empty for what has no name yet, None
                where there is nothing.
            redo: Likewise of the decision that would be made again.
        """
        texts = (self.tr("&Undo"), self.tr("Re&do"))
        for action, text, kind in zip((self.undo, self.redo), texts, (undo, redo), strict=True):
            action.setEnabled(kind is not None)
            named = f"{text}: {_step(kind)}" if kind else text
            action.setText(named)
            # Buttons keep their width; what it is about stands in their tool tip.
            action.setIconText(text.replace("&", ""))
            action.setToolTip(named.replace("&", ""))

    def section(self) -> Section:
        """The menu Review."""
        return Section(
            self.tr("Re&view"),
            (
                self.review,
                self.back,
                None,
                self.accept,
                self.reject,
                self.not_a_face,
                None,
                self.undo,
                self.redo,
                None,
                self.previous,
                self.next,
                None,
                self.stronger,
                self.weaker,
                self.another_seed,
                self.draw,
                self.keep,
            ),
        )

    def on_photo_page(self) -> tuple[QAction, ...]:
        """Those that make sense only while a photograph is open."""
        return (self.back, self.previous, self.next, self.draw, *self.on_face())

    def on_face(self) -> tuple[QAction, ...]:
        """Those that need a face under review."""
        decisions = (self.accept, self.reject, self.not_a_face)
        edits = (self.stronger, self.weaker, self.another_seed, self.keep)
        return (*decisions, *edits, *self.candidates)

    def _make_decisions(self) -> None:
        self.accept = self._make(
            self.tr("&Accept"),
            "A",
            self.tr("Take the restored face and go to the next"),
            sign=Icon.ACCEPT,
        )
        self.reject = self._make(
            self.tr("&Reject"),
            "R",
            self.tr("Leave the face as it was and go to the next"),
            sign=Icon.REJECT,
        )
        self.not_a_face = self._make(
            self.tr("&Not a face"),
            "N",
            self.tr("This is no face: never restore it"),
            sign=Icon.NOT_A_FACE,
        )
        self.undo = self._make(
            self.tr("&Undo"),
            "Ctrl+Z",
            self.tr("Take the last decision back and show its face"),
            sign=Icon.UNDO,
        )
        self.redo = self._make(
            self.tr("Re&do"),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            self.tr("Decide again what was taken back"),
            sign=Icon.REDO,
        )

    def _make_moves(self) -> None:
        self.review = self._make(
            self.tr("Re&view faces"),
            "F5",
            self.tr("Go through all faces of the album that wait for a decision"),
            sign=Icon.REVIEW,
        )
        self.back = self._make(self.tr("&Back to album"), "Esc", sign=Icon.BACK)
        self.previous = self._make(self.tr("&Previous face"), "Left", sign=Icon.PREVIOUS)
        self.next = self._make(self.tr("Ne&xt face"), "Right", sign=Icon.NEXT)

    def _make_edits(self) -> None:
        self.stronger = self._make(
            self.tr("&Stronger"), "Up", self.tr("Take more of the restored face")
        )
        self.weaker = self._make(
            self.tr("&Weaker"), "Down", self.tr("Take less of the restored face")
        )
        self.another_seed = self._make(
            self.tr("&Try another seed"),
            "T",
            self.tr("Restore this face once more, differently"),
            sign=Icon.SEED,
        )
        self.draw = self._make(
            self.tr("&Draw a missed face"),
            "D",
            self.tr("Draw a box around a face that was not found"),
            sign=Icon.DRAW,
            checkable=True,
        )
        self.keep = self._make(
            self.tr("&Keep original here"),
            "K",
            self.tr("Paint over glasses or teeth to keep them as they were"),
            sign=Icon.BRUSH,
            checkable=True,
        )


def _step(kind: str) -> str:
    """The name of a kind of decision; a kind that is not known here is its own name."""
    names = {
        "accept": translate("FaceActions", "accepted"),
        "reject": translate("FaceActions", "rejected"),
        "not-a-face": translate("FaceActions", "not a face"),
        "candidate": translate("FaceActions", "other candidate"),
        "strength": translate("FaceActions", "strength"),
        "keep": translate("FaceActions", "brush stroke"),
        "move": translate("FaceActions", "moved face"),
        "draw": translate("FaceActions", "drawn face"),
    }
    return names.get(kind, kind)
