"""What the program is made of, and how each part is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lafr_desktop.background import Background
from lafr_desktop.controllers.batch import BatchController
from lafr_desktop.controllers.edits import FaceEdits
from lafr_desktop.controllers.export import ExportController
from lafr_desktop.controllers.face_pictures import FacePictures
from lafr_desktop.controllers.history import History
from lafr_desktop.controllers.library import LibraryController
from lafr_desktop.controllers.review import ReviewController
from lafr_desktop.models.bundles import Bundles
from lafr_desktop.models.faces import FacesModel
from lafr_desktop.models.jobs import JobsModel
from lafr_desktop.models.photos import PhotosModel
from lafr_desktop.settings import Settings
from lafr_desktop.thumbnails import Limits, Thumbnails
from lafr_desktop.views.actions import AlbumActions, FaceActions
from lafr_desktop.views.faces import FaceStrip
from lafr_desktop.views.grid import PhotoGrid
from lafr_desktop.views.main_window import MainWindow, Pages
from lafr_desktop.views.photo import PhotoView
from lafr_desktop.views.photo_page import PhotoPage, PhotoParts
from lafr_desktop.views.queue import QueuePanel
from lafr_desktop.views.review_bar import ReviewBar
from lafr_desktop.views.sidebar import Sidebar
from lafr_engine.album.store import Album

_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Models:
    """What views show."""

    thumbnails: Thumbnails
    photos: PhotosModel
    faces: FacesModel
    jobs: JobsModel
    bundles: Bundles

    @classmethod
    def build(cls, album: Album, settings: Settings) -> Models:
        """Build them, empty."""
        limits = Limits(disk=settings.cache_megabytes * _MEGABYTE)
        thumbnails = Thumbnails(album.cache / "thumbnails", limits)
        return cls(thumbnails, PhotosModel(thumbnails), FacesModel(), JobsModel(), Bundles())

    def stop(self) -> None:
        """Forget what waits."""
        self.thumbnails.drop_waiting()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self.bundles.at_rest and self.thumbnails.at_rest

    def close(self) -> None:
        """Join their threads."""
        self.bundles.close()
        self.thumbnails.close()


@dataclass(frozen=True, slots=True)
class Views:
    """What is seen."""

    album_actions: AlbumActions
    face_actions: FaceActions
    sidebar: Sidebar
    grid: PhotoGrid
    photo: PhotoView
    strip: FaceStrip
    bar: ReviewBar
    page: PhotoPage
    queue: QueuePanel
    window: MainWindow

    @classmethod
    def build(cls, models: Models, settings: Settings) -> Views:
        """Build them; the window owns all others."""
        album, face = AlbumActions(), FaceActions()
        sidebar = Sidebar()
        grid = PhotoGrid(models.photos, settings.thumbnail_size)
        photo, strip, bar = PhotoView(), FaceStrip(models.faces), ReviewBar(face)
        page = PhotoPage(PhotoParts(photo, strip, bar), face)
        queue = QueuePanel(models.jobs, (album.pause, album.cancel, album.retry))
        window = MainWindow(Pages(sidebar, grid, page, queue), album, face)
        for actions in (album, face):
            actions.setParent(window)
        return cls(album, face, sidebar, grid, photo, strip, bar, page, queue, window)


@dataclass(frozen=True, slots=True)
class Controllers:
    """What happens."""

    background: Background
    library: LibraryController
    review: ReviewController
    history: History
    edits: FaceEdits
    pictures: FacePictures
    batch: BatchController
    export: ExportController

    @classmethod
    def build(cls, album: Album) -> Controllers:
        """Build them on an album, whose connection is the GUI thread's."""
        folder: Path = album.folder
        background = Background()
        review = ReviewController(album)
        return cls(
            background,
            LibraryController(folder, background),
            review,
            History(album),
            FaceEdits(album, review),
            FacePictures(background),
            BatchController(folder, background),
            ExportController(folder, background),
        )

    def stop(self) -> None:
        """Forget what waits."""
        self.library.stop()
        self.background.drop()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self.library.at_rest and self.background.at_rest

    def close(self) -> None:
        """Join their threads."""
        self.library.close()
        self.background.close()
