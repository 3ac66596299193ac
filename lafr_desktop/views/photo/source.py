"""Where the photograph and its faces' previews come from: files, read off the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from lafr_desktop.background import Background
from lafr_desktop.views.photo.compose import Patch
from lafr_desktop.views.photo.loading import Overview, load_patch, load_photo
from lafr_desktop.views.photo.tiles import TilePyramid
from lafr_desktop.views.photo.values import Rectangle, ShownFace
from lafr_engine.imaging.limits import MAX_PIXELS

_Preview = tuple[Path, Rectangle]


class PhotoSource(QObject):
    """Reads one photograph at a time; what was asked for before another one never arrives.

    Signals:
        overview_read: An :class:`Overview`, there before the rest.
        photo_read: A :class:`TilePyramid`.
        patches_read: A preview arrived; see :meth:`patch`.
        failed: Why a file could not be read, as a sentence.
        crashed: An error that nobody expected.
    """

    overview_read = Signal(object)
    photo_read = Signal(object)
    patches_read = Signal()
    failed = Signal(str)
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._background.crashed.connect(self._crash)
        self.max_pixels = MAX_PIXELS  # larger photographs are refused
        self._pyramid: TilePyramid | None = None
        self._faces: tuple[ShownFace, ...] = ()
        self._patches: dict[_Preview, Patch] = {}
        self._asked: set[_Preview] = set()  # being read, or read in vain
        self._shown: dict[int, Patch] = {}

    def open(self, path: Path | None) -> None:
        """Read a photograph; None reads none."""
        self._background.drop()
        self._pyramid = None
        self._faces = ()
        self._patches, self._asked, self._shown = {}, set(), {}
        if path is not None:
            work = partial(self._load, path, self._background.dropped)
            self._background.submit(work, self._take_photo, self.failed.emit)

    def want(self, faces: Sequence[ShownFace]) -> None:
        """Read the previews of these faces, once the photograph is there; forget all others."""
        self._faces = tuple(faces)
        if self._pyramid is None:
            return
        wanted = [key for face in faces if (key := _preview(face)) is not None]
        self._patches = {key: each for key, each in self._patches.items() if key in wanted}
        self._asked.intersection_update(wanted)
        for key in wanted:
            if key not in self._patches and key not in self._asked:
                self._asked.add(key)
                work = partial(load_patch, self._pyramid, *key)
                self._background.submit(work, partial(self._take_patch, key), self._fail)

    def patch(self, face: ShownFace) -> Patch | None:
        """Return what a face changes; what it changed before, while its new preview is read."""
        key = _preview(face)
        if key in self._patches:
            self._shown[face.id] = self._patches[key]
        elif key not in self._asked:
            self._shown.pop(face.id, None)
        return self._shown.get(face.id)

    @property
    def pyramid(self) -> TilePyramid | None:
        """The photograph; None until it is there."""
        return self._pyramid

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._background.at_rest

    def close(self) -> None:
        """Drop what is being read and join the thread."""
        self._background.close()

    def _load(self, path: Path, stop: threading.Event) -> TilePyramid | None:
        def first(overview: Overview) -> None:
            self._background.hand_over(partial(self.overview_read.emit, overview), stop)

        return load_photo(path, first, stop.is_set, self.max_pixels)

    def _take_photo(self, pyramid: TilePyramid | None) -> None:
        if pyramid is not None:
            self._pyramid = pyramid
            self.photo_read.emit(pyramid)
            self.want(self._faces)

    def _take_patch(self, key: _Preview, patch: Patch) -> None:
        if key in self._asked:
            self._asked.remove(key)
            self._patches[key] = patch
            self.patches_read.emit()

    def _fail(self, sentence: str) -> None:
        self._forget_shown()
        self.failed.emit(sentence)

    @Slot(object)
    def _crash(self, error: Exception) -> None:
        self._forget_shown()
        self.crashed.emit(error)

    def _forget_shown(self) -> None:
        """See to it that what cannot be read does not go on looking like what came before."""
        self._shown.clear()
        self.patches_read.emit()


def _preview(face: ShownFace) -> _Preview | None:
    if face.preview is None or face.rectangle is None:
        return None
    return face.preview, face.rectangle
