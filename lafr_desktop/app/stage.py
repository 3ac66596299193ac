"""Puts what is under review on the photo view, and turns what is done there into wishes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal, Slot
from PySide6.QtGui import QImage

from lafr_desktop.background import Background
from lafr_desktop.models.review import PhotoReview
from lafr_desktop.reading import read_png
from lafr_desktop.views.photo import PhotoView, ShownFace
from lafr_engine.album.values import AlbumFace, Candidate


class Stage(QObject):
    """Keeps the photo view showing a :class:`PhotoReview`.

    Signals:
        keep_drawn: A face and its mask as PNG.
        unsaved_changed: Whether masks are on their way that were not handed over yet.
    """

    keep_drawn = Signal(int, object)
    unsaved_changed = Signal(bool)

    def __init__(self, view: PhotoView, parent: QObject | None = None) -> None:
        """Begin with nothing; the owner has to call :meth:`close`."""
        super().__init__(parent)
        self._view = view
        self._background = Background(self)  # masks must not wait for what others read
        self._review: PhotoReview | None = None
        self._keeps: dict[int, tuple[Path, QImage]] = {}
        self._painted: dict[int, QImage] = {}
        self._unsaved: deque[tuple[int, QImage]] = deque()
        view.keep_painted.connect(self._take_mask)

    @Slot(object)
    def show_review(self, review: PhotoReview) -> None:
        """Show a photograph, or what changed about it."""
        before, self._review = self._review, review
        if before is None or before.photo.path != review.photo.path:
            self._keeps.clear()
            self._painted.clear()
            self._view.show_photo(review.photo.path)
        self._read_keeps(review)
        self._show_faces()
        selected = review.selected
        shown_before = before.selected.id if before and before.selected else None
        if selected is None or selected.id != shown_before:
            self._view.select_face(selected.id if selected else None)
        if selected is not None and review.goes:
            self._view.zoom_to_face(selected.id)

    @Slot()
    def clear(self) -> None:
        """Show nothing, and free what the photograph took."""
        if self._review is not None:
            self._review = None
            self._view.show_photo(None)

    def when_saved(self, call: Callable[[], None]) -> None:
        """Call once every mask that was painted so far is handed over: at once where all are."""
        if not self._unsaved:
            call()
            return
        self._background.submit(lambda: None, lambda _: call(), self._view.failed.emit)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._background.at_rest

    def close(self) -> None:
        """Hand over the masks that are still on their way, and join the thread."""
        self._background.close()
        while self._unsaved:
            self._save(_png(self._unsaved[0][1]))

    @Slot(float)
    def preview_strength(self, strength: float) -> None:
        """Show the face under review stronger or weaker, before it is decided."""
        if self._review is not None and self._review.selected is not None:
            self._view.set_strength(self._review.selected.id, strength)

    def _show_faces(self) -> None:
        review = self._review
        if review is not None:
            self._view.set_faces([self._shown(face, review) for face in review.faces])

    def _shown(self, face: AlbumFace, review: PhotoReview) -> ShownFace:
        keep = self._keeps.get(face.id)
        return _shown_face(face, review.chosen.get(face.id), keep[1] if keep else None)

    def _read_keeps(self, review: PhotoReview) -> None:
        """Read the masks that are not known; until then the last one known stays."""
        for face in review.faces:
            known = self._keeps.get(face.id)
            if face.keep is None:
                self._keeps.pop(face.id, None)
            elif face.id in self._painted:  # it came from here: no need to read it
                self._keeps[face.id] = (face.keep, self._painted.pop(face.id))
            elif known is None or known[0] != face.keep:
                self._read_keep(face.id, face.keep)

    def _read_keep(self, face_id: int, path: Path) -> None:
        def then(image: QImage) -> None:
            self._keeps[face_id] = (path, image)
            self._show_faces()

        self._background.submit(lambda: _read_mask(path), then, self._view.failed.emit)

    @Slot(int, QImage)
    def _take_mask(self, face_id: int, mask: QImage) -> None:
        """Encode a mask off the GUI thread: that of a large face takes a while."""
        self._unsaved.append((face_id, mask))
        if len(self._unsaved) == 1:
            self.unsaved_changed.emit(True)
        self._background.submit(lambda: _png(mask), self._save, self._view.failed.emit)

    def _save(self, png: bytes) -> None:
        """Hand over the oldest mask; they are encoded in the order in which they were painted."""
        face_id, mask = self._unsaved.popleft()
        self._painted[face_id] = mask
        self.keep_drawn.emit(face_id, png)
        if not self._unsaved:
            self.unsaved_changed.emit(False)


def _png(mask: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    mask.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt a text
    return bytes(buffer.data().data())


def _read_mask(path: Path) -> QImage:
    return read_png(path).convertToFormat(QImage.Format.Format_Grayscale8)


def _shown_face(face: AlbumFace, candidate: Candidate | None, keep: QImage | None) -> ShownFace:
    return ShownFace(
        id=face.id,
        box=face.geometry.box,
        landmarks=face.geometry.landmarks,
        state=face.state.value,
        reason=face.reason,
        preview=candidate.preview if candidate else None,
        rectangle=candidate.rectangle if candidate else None,
        strength=face.strength,
        keep=keep,
    )
