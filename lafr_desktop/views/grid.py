"""The album as a grid of thumbnails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QPoint,
    QSize,
    Qt,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.models.photos import PhotoQuery, PhotosModel, runs
from lafr_desktop.views.filter_bar import FilterBar, filter_name
from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.photo_list import SIDES, PhotoList
from lafr_engine.album.values import Counts

_Select = QItemSelectionModel.SelectionFlag


class EmptyPage(QWidget):
    """A sentence in place of photographs, with what to do about it.

    Signals:
        import_requested: The button was pressed.
    """

    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._title = QLabel()
        self._title.setObjectName("emptyTitle")
        self._text = QLabel(wordWrap=True)
        self._button = QPushButton(icon(Icon.IMPORT), self.tr("Import photographs…"))
        self._button.setAccessibleName(self.tr("Import photographs"))
        self._button.setMinimumHeight(self.fontMetrics().height() + 18)
        self._button.clicked.connect(self.import_requested)
        self._lay_out()

    def tell(self, title: str, text: str, button: bool) -> None:
        """Say why there is nothing to see."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setVisible(button)
        self.setAccessibleName(f"{title} {text}".strip())

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(icon(Icon.PHOTOS).pixmap(QSize(64, 64)))
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for each in (self._picture, self._title, self._text):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(each)  # as wide as the page: only then its height fits its words
        column.addSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


class DropFrame(QWidget):
    """Shows over the grid that what is dragged can be dropped."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a frame in the accent's colour."""
        del event
        accent = self.palette().color(QPalette.ColorRole.Accent)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 3, Qt.PenStyle.DashLine))
        accent.setAlpha(30)
        painter.setBrush(accent)
        painter.drawRoundedRect(self.rect().adjusted(8, 8, -8, -8), 14, 14)
        painter.end()


class PhotoGrid(QWidget):
    """Filter bar and grid, with what can be done to the chosen photographs.

    Signals:
        opened: The id of the photograph to open.
        selection_changed: The ids of those chosen, a list in the order of the grid.
        restore_requested: Ids of those to restore.
        export_requested: Ids of those to export.
        remove_requested: Ids of those to take out of the album.
        show_in_folder_requested: The id of the one to show.
        dropped: Files and folders to bring in, a list of ``Path``.
        import_requested: The user wants to choose files.
        query_changed: A ``PhotoQuery``: others are to be listed.
        side_changed: The thumbnails' side, logical pixels, after a zoom.
    """

    opened = Signal(int)
    selection_changed = Signal(list)
    restore_requested = Signal(list)
    export_requested = Signal(list)
    remove_requested = Signal(list)
    show_in_folder_requested = Signal(int)
    dropped = Signal(list)
    import_requested = Signal()
    query_changed = Signal(object)
    side_changed = Signal(int)

    def __init__(self, model: PhotosModel, side: int = 180, parent: QWidget | None = None) -> None:
        """Build it.

        Args:
            model: The photographs.
            side: Of the thumbnails, logical pixels; the nearest step of the zoom is taken.
            parent: Owner.
        """
        super().__init__(parent)
        self._model = model
        self._total = 0
        self._importing = False
        self._kept: tuple[set[int], int | None] = (set(), None)
        self.filter_bar = FilterBar(self)
        self.list = PhotoList(_nearest(side), self)
        self.list.setModel(model)
        self._empty = EmptyPage(self)
        self._pages = QStackedWidget(self)
        self._drop_frame = DropFrame(self)
        self._actions = self._make_actions()
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.setFocusProxy(self.list)
        self._ask_for_sharp_ones()

    def selected_ids(self) -> list[int]:
        """Return the ids of the chosen photographs, in the order of the grid."""
        chosen = self.list.selectionModel().selection()
        ranges = sorted((chosen.at(i).top(), chosen.at(i).bottom()) for i in range(chosen.size()))
        return [each for first, last in ranges for each in self._model.ids(first, last)]

    def current_id(self) -> int | None:
        """Return the id of the photograph that has the focus."""
        row = self.list.currentIndex().row()
        return self._model.ids(row, row)[0] if row >= 0 else None

    def select(self, photo_id: int) -> None:
        """Choose a photograph and bring it into sight; nothing where it is not listed."""
        row = self._model.row_of(photo_id)
        if row is not None:
            self.list.setCurrentIndex(self._model.index(row))

    @Slot(object)
    def set_counts(self, counts: Counts) -> None:
        """Show how many photographs there are."""
        self._total = counts.photos
        self.filter_bar.set_counts(counts)
        self._show_page()

    def set_importing(self, importing: bool) -> None:
        """Say whether photographs are being brought in."""
        self._importing = importing
        self._show_page()

    @Slot(int)
    def set_side(self, side: int) -> None:
        """Zoom the thumbnails to the nearest step; no signal follows."""
        side = _nearest(side)
        if side != self.list.side:
            self.list.set_side(side)
            self._ask_for_sharp_ones()

    @Slot(int)
    def zoom(self, steps: int) -> None:
        """Make the thumbnails larger by some steps, or smaller."""
        place = SIDES.index(self.list.side) + steps
        side = SIDES[min(max(place, 0), len(SIDES) - 1)]
        if side != self.list.side:
            self.set_side(side)
            self.side_changed.emit(side)

    def event(self, event: QEvent) -> bool:
        """Ask for other thumbnails when the window comes to a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask_for_sharp_ones()
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if _local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._drop_frame.setGeometry(self._pages.geometry())
            self._drop_frame.raise_()
            self._drop_frame.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the frame away."""
        self._drop_frame.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped."""
        self._drop_frame.hide()
        event.acceptProposedAction()
        self.dropped.emit(_local_paths(event.mimeData()))

    def _make_actions(self) -> dict[str, QAction]:
        zoom_in = [QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")]
        made = {
            "open": self._action(self.tr("Open"), Icon.PHOTOS, self._open_current),
            "restore": self._action(
                self.tr("Restore"), Icon.RESTORE, lambda: self._tell(self.restore_requested)
            ),
            "export": self._action(
                self.tr("Export…"), Icon.EXPORT, lambda: self._tell(self.export_requested)
            ),
            "locate": self._action(self.tr("Find the file…"), Icon.FOLDER, self._locate),
            "folder": self._action(self.tr("Show in folder"), Icon.FOLDER, self._show_in_folder),
            "remove": self._action(
                self.tr("Remove from album"), Icon.DELETE, lambda: self._tell(self.remove_requested)
            ),
            "larger": self._action(
                self.tr("Larger thumbnails"), Icon.ZOOM_IN, lambda: self.zoom(1)
            ),
            "smaller": self._action(
                self.tr("Smaller thumbnails"), Icon.ZOOM_OUT, lambda: self.zoom(-1)
            ),
        }
        made["remove"].setShortcut(QKeySequence.StandardKey.Delete)
        made["larger"].setShortcuts(zoom_in)
        made["smaller"].setShortcut(QKeySequence("Ctrl+-"))
        return made

    def _action(self, text: str, which: Icon, call: Callable[[], None]) -> QAction:
        action = QAction(icon(which), text, self)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked: call())
        self.list.addAction(action)
        return action

    def _lay_out(self) -> None:
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_bar)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        model, view = self._model, self.list
        view.opened.connect(self._open)
        view.zoomed.connect(self.zoom)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.selectionModel().selectionChanged.connect(self._tell_selection)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(lambda *_: self._show_page())
        self.filter_bar.query_changed.connect(self.query_changed)
        self._empty.import_requested.connect(self.import_requested)

    def _ask_for_sharp_ones(self) -> None:
        self._model.set_thumbnail_side(round(self.list.side * self.devicePixelRatioF()))

    def _show_page(self) -> None:
        if self._model.rowCount():
            self._pages.setCurrentWidget(self.list)
            return
        query: PhotoQuery = self.filter_bar.query
        if self._importing and self._total == 0:
            text = self.tr("They appear here as they come in.")
            self._empty.tell(self.tr("Importing photographs…"), text, button=False)
        elif self._total == 0:
            text = self.tr("Drop photographs or folders here, or choose them yourself.")
            self._empty.tell(self.tr("No photographs yet"), text, button=True)
        elif query.text:
            title = self.tr("No name contains “{0}”").format(query.text)
            self._empty.tell(title, "", button=False)
        else:
            text = self.tr("There are no photographs under “{0}” now.")
            self._empty.tell(
                self.tr("Nothing here"), text.format(filter_name(query.filter)), button=False
            )
        self._pages.setCurrentWidget(self._empty)

    @Slot()
    def _keep_selection(self) -> None:
        self._kept = set(self.selected_ids()), self.current_id()

    @Slot()
    def _restore_selection(self) -> None:
        ids, current = self._kept
        chooser = self.list.selectionModel()
        rows = [] if not ids else self._model.rows_of(ids)
        selection = QItemSelection()
        for first, last in runs(rows):
            selection.select(self._model.index(first), self._model.index(last))
        chooser.select(selection, _Select.ClearAndSelect)
        if ids and not rows:
            self._tell_selection()  # Qt says nothing of what a reset took away
        row = None if current is None else self._model.row_of(current)
        if row is not None:
            chooser.setCurrentIndex(self._model.index(row), _Select.NoUpdate)
            self.list.scrollTo(self._model.index(row))

    @Slot()
    def _tell_selection(self) -> None:
        self.selection_changed.emit(self.selected_ids())

    def _tell(self, signal: SignalInstance) -> None:
        ids = self.selected_ids()
        if ids:
            signal.emit(ids)

    def _open_current(self) -> None:
        current = self.current_id()
        if current is not None:
            self.opened.emit(current)

    @Slot(int)
    def _open(self, row: int) -> None:
        self.opened.emit(self._model.ids(row, row)[0])

    def _show_in_folder(self) -> None:
        current = self.current_id()
        if current is not None:
            self.show_in_folder_requested.emit(current)

    def _current_is_missing(self) -> bool:
        photo = self._model.photo(self.current_id() or 0)
        return photo is not None and photo.missing

    def _locate(self) -> None:
        """Ask where a photograph's file is now; bringing it in finds out that it is the same."""
        photo = self._model.photo(self.current_id() or 0)
        if photo is None or not photo.missing:
            return
        title = self.tr("Where is {0} now?").format(photo.path.name)
        dialog = QFileDialog(self, title, str(_nearest_folder(photo.path)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.dropped.emit([Path(name)]))
        dialog.open()

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.selected_ids():
            if self._current_is_missing():
                menu.addAction(self._actions["locate"])
                menu.addSeparator()
            for name in ("open", "restore", "export", "folder"):
                menu.addAction(self._actions[name])
            menu.addSeparator()
            menu.addAction(self._actions["remove"])
            menu.addSeparator()
        menu.addActions([self._actions["larger"], self._actions["smaller"]])
        menu.popup(self.list.viewport().mapToGlobal(where))


def _nearest(side: int) -> int:
    return min(SIDES, key=lambda each: abs(each - side))


def _nearest_folder(path: Path) -> Path:
    """The folder of a file that is gone, or of the nearest one above it that is still there."""
    return next((each for each in path.parents if each.is_dir()), path.parent)


def _local_paths(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
