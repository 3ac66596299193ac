"""The window: where the pages, the panels, the menus and the status bar stand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.engine_thread import WorkStatus
from lafr_desktop.sentences import in_words
from lafr_desktop.views.actions import AlbumActions, FaceActions, Section
from lafr_desktop.views.banner import Banner
from lafr_desktop.views.photo_page import PhotoPage
from lafr_desktop.views.queue import QueuePanel, work_sentence

_SIDEBAR_WIDTH = 210


@dataclass(frozen=True, slots=True)
class Pages:
    """What stands in the window.

    Attributes:
        sidebar: Filters, left of the album.
        album: The thumbnails.
        photo: The photograph under review.
        queue: What the engine is doing.
    """

    sidebar: QWidget
    album: QWidget
    photo: PhotoPage
    queue: QueuePanel


class MainWindow(QMainWindow):
    """Arranges what it is given; knows nothing of albums and engines.

    Signals:
        closing: The user wants to leave.
    """

    closing = Signal()

    def __init__(self, pages: Pages, album: AlbumActions, face: FaceActions) -> None:
        super().__init__()
        self._pages = pages
        self._album = album
        self._face = face
        self._banner = Banner(self)
        self._tools = QToolBar(self.tr("Tools"), self)
        self._stack = QStackedWidget(self)
        self._device = QLabel(self)
        self._work = QLabel(self)
        self._progress = QProgressBar(self)
        self._status = WorkStatus(0, None, 0, 0, False, 0.0, None)
        self._beside = False
        self.setWindowTitle(self.tr("LAFR Desktop"))
        self._build_centre()
        self._build_dock()
        self._build_menus()
        self._build_toolbar()
        self._build_status_bar()
        self.resize(1280, 800)
        self.show_album()

    def show_album(self) -> None:
        """Show the thumbnails."""
        self._banner.say("")
        self._pages.sidebar.show()
        self._tools.show()
        self._stack.setCurrentWidget(self._pages.album)
        for action in self._face.on_photo_page():
            action.setEnabled(False)
        for action in (self._face.draw, self._face.keep):
            action.setChecked(False)
        self.show_hint("")
        self._pages.album.setFocus()

    def show_photo(self) -> None:
        """Show the photograph under review, with all the room there is."""
        self._pages.sidebar.hide()
        self._tools.hide()
        self._stack.setCurrentWidget(self._pages.photo)
        for action in (self._face.back, self._face.previous, self._face.next, self._face.draw):
            action.setEnabled(True)

    @property
    def shows_photo(self) -> bool:
        """Whether a photograph is open."""
        return self._stack.currentWidget() is self._pages.photo

    def show_device(self, device: str, reason: str) -> None:
        """Say where the networks run, and why that is not a GPU."""
        kind = device.partition(":")[0]
        names = {
            "cpu": self.tr("Device: processor"),
            "cuda": self.tr("Device: NVIDIA GPU"),
            "mps": self.tr("Device: GPU"),
        }
        self._device.setText(names.get(kind, device))
        self._device.setToolTip(
            in_words(reason) or self.tr("The networks run on the graphics card.")
        )

    def show_hint(self, text: str) -> None:
        """Say in the status bar what can be done now; an empty text says nothing any more."""
        self.statusBar().showMessage(text)

    def show_wanted_device(self, device: str) -> None:
        """Say which device the settings ask for; what it will be is known with the first face."""
        names = {
            "auto": self.tr("Device: automatic"),
            "cpu": self.tr("Device: processor"),
            "cuda": self.tr("Device: NVIDIA GPU"),
            "mps": self.tr("Device: GPU"),
        }
        self._device.setText(names[device])
        self._device.setToolTip(
            self.tr("Whether it can be used is seen when the first face is restored.")
            if device != "auto"
            else self.tr(
                "A graphics card where it can be used, else the processor: that is seen when the "
                "first face is restored."
            )
        )

    def show_work(self, status: WorkStatus) -> None:
        """Show how the work of the engine stands."""
        self._status = status
        self._pages.queue.show_status(status)
        busy = status.running is not None or status.queued > 0
        if not self._beside:
            self._work.setText(work_sentence(status) if busy else "")
            self._progress.setVisible(busy)
            self._progress.setRange(0, status.done + status.queued + 1)
            self._progress.setValue(status.done)
        self._album.cancel.setEnabled(busy or self._beside)
        self._album.retry.setEnabled(status.failed > 0)
        self._album.pause.setEnabled(busy or status.paused)
        self._album.pause.setChecked(status.paused)

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Show how far an import or an export is, in place of the engine's work.

        Args:
            text: What is done.
            done: How much of it.
            total: Of so much; 0 where that is not known yet. All done is the end of it.
        """
        self._beside = done < total or total == 0
        if not self._beside:
            self.show_work(self._status)
            return
        self._work.setText(text)
        self._progress.show()
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._album.cancel.setEnabled(True)

    def say(self, sentence: str, warning: bool = False) -> None:
        """Tell something above the page, until it is closed."""
        self._banner.say(sentence, warning)

    @property
    def said(self) -> str:
        """What is being told; empty where nothing is."""
        return self._banner.sentence

    def remember(self) -> tuple[bytes, bytes]:
        """Where the window and its panels are."""
        return bytes(self.saveGeometry().data()), bytes(self.saveState().data())

    def restore(self, geometry: bytes, state: bytes) -> None:
        """Put the window and its panels where they were."""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))
        if state:
            self.restoreState(QByteArray(state))
            self._tools.setHidden(self.shows_photo)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so before the window goes."""
        self.closing.emit()
        super().closeEvent(event)

    def sections(self) -> tuple[Section, ...]:
        """All menus."""
        file, restore, helping = self._album.sections()
        return (file, restore, self._face.section(), helping)

    def _build_centre(self) -> None:
        self._stack.addWidget(self._pages.album)
        self._stack.addWidget(self._pages.photo)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._banner)
        column.addWidget(self._stack, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.addWidget(self._pages.sidebar)
        splitter.addWidget(centre)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_SIDEBAR_WIDTH, 1280 - _SIDEBAR_WIDTH])
        self.setCentralWidget(splitter)

    def _build_dock(self) -> None:
        dock = QDockWidget(self.tr("Queue"), self)
        dock.setObjectName("queue")
        dock.setWidget(self._pages.queue)
        dock.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self._album.show_queue.toggled.connect(dock.setVisible)
        dock.visibilityChanged.connect(
            lambda _: self._album.show_queue.setChecked(not dock.isHidden())
        )
        dock.hide()

    def _build_menus(self) -> None:
        for section in self.sections():
            menu = self.menuBar().addMenu(section.title)
            for action in section.actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)
        self.addActions(self._face.candidates)

    def _build_toolbar(self) -> None:
        bar = self._tools
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        album, face = self._album, self._face
        for action in (album.import_files, album.import_folder, None, album.restore_new):
            bar.addSeparator() if action is None else bar.addAction(action)
        bar.addAction(face.review)
        bar.addAction(album.export)
        bar.addSeparator()
        bar.addAction(album.pause)
        bar.addAction(album.show_queue)
        self.addToolBar(bar)

    def _build_status_bar(self) -> None:
        self._progress.setMaximumWidth(200)
        self._progress.setMaximumHeight(14)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the work"))
        self._progress.hide()
        self._work.setAccessibleName(self.tr("State of the work"))
        self._device.setObjectName("device")
        self._device.setAccessibleName(self.tr("Device"))
        bar = self.statusBar()
        bar.addPermanentWidget(self._work)
        bar.addPermanentWidget(self._progress)
        bar.addPermanentWidget(self._device)
