"""The before and after of one photograph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lafr_desktop.sentences import in_words
from lafr_desktop.views.photo.bar import PhotoBar
from lafr_desktop.views.photo.boxes import BoxLayer
from lafr_desktop.views.photo.brush import Brush, BrushLayer, KeepMasks
from lafr_desktop.views.photo.canvas import Canvas
from lafr_desktop.views.photo.compose import Share
from lafr_desktop.views.photo.departures import InventedFaces, Seen
from lafr_desktop.views.photo.gestures import Gestures, Stage
from lafr_desktop.views.photo.keys import Keys
from lafr_desktop.views.photo.loading import Overview
from lafr_desktop.views.photo.source import PhotoSource
from lafr_desktop.views.photo.tiles import TilePyramid
from lafr_desktop.views.photo.values import Box, CompareMode, ShownFace, Tool


class PhotoView(QWidget):
    """Shows a photograph before and after, with its faces.

    It is told what to show and tells what the user does; what a face's state is, others decide.
    Call :meth:`shutdown` before the program ends.

    Signals:
        face_clicked: The face (int) that was clicked, or reached by Tab; it is selected here.
        face_moved: The face (int) whose box was moved, and the new box.
        face_drawn: The box of a missed face.
        keep_painted: The face (int) that was painted on, and its whole mask: Grayscale8 of the
            size of its rectangle, 255 where the original stays.
        held: Whether something is being dragged that :meth:`cancel_gesture` would take back.
        mode_changed: The :class:`CompareMode`.
        zoom_changed: Device pixels for one pixel of the photograph.
        tool_changed: The :class:`Tool`.
        invented_changed: What of the selected face was invented at its strength, by region, in
            levels of colour difference (see `lafr_engine.faces.invented`); empty: it is not known.
        failed: A sentence: a file could not be read, or something cannot be done.
        crashed: An error that nobody expected.
        loaded: The photograph's size (QSize), once it is there in full.
    """

    face_clicked = Signal(int)
    face_moved = Signal(int, tuple)
    face_drawn = Signal(tuple)
    keep_painted = Signal(int, QImage)
    held = Signal(bool)
    mode_changed = Signal(object)
    zoom_changed = Signal(float)
    tool_changed = Signal(object)
    invented_changed = Signal(object)
    failed = Signal(str)
    crashed = Signal(object)
    loaded = Signal(QSize)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = PhotoSource(self)
        self._zoom_to: int | None = None
        self._brush_fits = False
        self._masks = KeepMasks()
        self._boxes = BoxLayer(self._state_name)
        self._brush = BrushLayer(self._masks)
        self._invented = InventedFaces(self)
        self._canvas = Canvas((self._invented.layer, self._brush, self._boxes), self)
        stage = Stage(self._canvas, self._boxes, self._brush, self._masks)
        self._gestures = Gestures(stage, self)
        self._keys = Keys(stage, self._gestures, self)
        self._bar = PhotoBar(self)
        self._lay_out()
        self._connect_bar()
        self._connect_canvas()
        self.show_photo(None)

    # -- what is shown

    def show_photo(self, path: Path | None) -> None:
        """Show a photograph, without faces at first; None shows none.

        It is read off the GUI thread; what was being read before is dropped.
        """
        self._gestures.cancel()
        self._source.open(path)
        self._invented.clear()
        self._zoom_to = None
        self._brush_fits = False
        self.set_faces(())
        self.select_face(None)
        message = self.tr("No photograph is open.") if path is None else self.tr("Opening...")
        self._canvas.set_overview(None, message)

    def set_max_pixels(self, pixels: int) -> None:
        """Refuse larger photographs, from the next one on."""
        self._source.max_pixels = pixels

    def set_faces(self, faces: Sequence[ShownFace]) -> None:
        """Change the faces: all of the photograph, in the order in which Tab goes through them."""
        self._boxes.set_faces(faces)
        for face in faces:
            self._masks.adopt(face)
        self._masks.forget_all_but({face.id for face in faces})
        if self._zoom_to is not None:
            self.zoom_to_face(self._zoom_to)
        self._source.want(faces)
        self._show_faces()

    def select_face(self, face: int | None) -> None:
        """Select a face; what is painted goes to it."""
        if face != self._brush.face:
            self._gestures.cancel()
            self._boxes.select(face)
        self._brush.face = face
        self._fit_brush()
        self._show_faces()

    def set_strength(self, face: int, strength: float) -> None:
        """Show a face stronger or weaker at once."""
        faces = [
            _with_strength(each, strength) if each.id == face else each
            for each in self._boxes.faces
        ]
        self._boxes.set_faces(faces)
        self._show_faces()

    # -- how it is shown

    @property
    def mode(self) -> CompareMode:
        """How original and restored are compared."""
        return self._canvas.mode

    def set_mode(self, mode: CompareMode) -> None:
        """Compare original and restored in another way."""
        changes = mode is not self._canvas.mode
        self._canvas.set_mode(mode)
        self._bar.show_mode(mode)
        if changes:
            self.mode_changed.emit(mode)

    def hold_original(self, held: bool) -> None:
        """Show the original, as long as it is held."""
        self._canvas.hold_original(held)

    def set_boxes_visible(self, visible: bool) -> None:
        """Show or hide the faces' boxes."""
        if visible is not self._boxes.visible:
            self._keys.toggle_boxes()

    @property
    def boxes_visible(self) -> bool:
        """Whether the faces' boxes are shown."""
        return self._boxes.visible

    def set_invented_visible(self, visible: bool) -> None:
        """Show or hide, over the restored faces, what was invented."""
        self._invented.layer.visible = visible
        self._bar.show_invented(visible)
        self._show_faces()

    @property
    def invented_visible(self) -> bool:
        """Whether it is shown what was invented."""
        return self._invented.layer.visible

    @property
    def zoom(self) -> float:
        """Device pixels for one pixel of the photograph."""
        return self._canvas.viewport.scale

    def zoom_to_face(self, face: int) -> None:
        """Show a face large, now or as soon as the photograph is there."""
        shown = next((each for each in self._boxes.faces if each.id == face), None)
        if shown is None or self._canvas.picture is None:
            self._zoom_to = face
        else:
            self._zoom_to = None
            self._canvas.zoom_to(shown.box)

    def fit(self) -> None:
        """Show the whole photograph."""
        self._canvas.fit()

    def actual_size(self) -> None:
        """Show one pixel of the photograph on one of the screen."""
        self._canvas.zoom(1.0)

    # -- tools

    @property
    def tool(self) -> Tool:
        """What the left mouse button does."""
        return self._gestures.tool

    def set_tool(self, tool: Tool) -> None:
        """Take another tool in hand."""
        self._gestures.set_tool(tool)

    @property
    def brush(self) -> Brush:
        """The keep-original brush."""
        return self._brush.brush

    def set_brush(self, brush: Brush) -> None:
        """Change the brush."""
        self._brush.brush = brush
        self._brush_fits = True
        self._bar.show_brush(brush)
        self._canvas.update()

    def cancel_gesture(self) -> bool:
        """Take back what the mouse is in the middle of; return whether it was."""
        return self._gestures.cancel()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`shutdown` would not have to wait."""
        readers = (self._source, self._invented, self._canvas.store)
        return all(each.at_rest for each in readers)

    def shutdown(self) -> None:
        """Drop what is being read and join the threads. Nothing is loaded afterwards."""
        self._source.close()
        self._invented.close()
        self._canvas.store.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Join the threads."""
        self.shutdown()
        super().closeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Join the threads before Qt deletes this widget."""
        if event.type() == QEvent.Type.DeferredDelete:
            self.shutdown()
        return super().event(event)

    # -- inside

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._canvas, 1)
        self._canvas.setAccessibleName(self.tr("Photograph"))
        self.setFocusProxy(self._canvas)
        self._bar.show_mode(self.mode)
        self._bar.show_tool(self.tool)
        self._bar.show_brush(self.brush)
        self._bar.show_zoom(self.zoom)

    def _connect_bar(self) -> None:
        bar, canvas = self._bar, self._canvas
        bar.mode_chosen.connect(self.set_mode)
        bar.tool_chosen.connect(self.set_tool)
        bar.original_held.connect(canvas.hold_original)
        bar.boxes_toggled.connect(self.set_boxes_visible)
        bar.invented_toggled.connect(self.set_invented_visible)
        bar.brush_changed.connect(self.set_brush)
        bar.zoom_asked.connect(lambda factor: canvas.zoom(self.zoom * factor))
        bar.fit_asked.connect(self.fit)
        bar.actual_asked.connect(self.actual_size)

    def _connect_canvas(self) -> None:
        bar, canvas, gestures, source = self._bar, self._canvas, self._gestures, self._source
        source.overview_read.connect(self._show_overview)
        source.photo_read.connect(self._show_photo)
        source.patches_read.connect(self._show_faces)
        source.failed.connect(self._show_failure)
        canvas.zoom_changed.connect(bar.show_zoom)
        canvas.zoom_changed.connect(self.zoom_changed)
        source.crashed.connect(self.crashed)
        canvas.store.failed.connect(self._show_failure)
        canvas.store.crashed.connect(self.crashed)
        self._keys.boxes_toggled.connect(bar.show_boxes)
        self._keys.brush_changed.connect(self.set_brush)
        self._keys.invented_toggled.connect(
            lambda: self.set_invented_visible(not self.invented_visible)
        )
        self._invented.arrived.connect(self._show_faces)
        self._invented.crashed.connect(self.crashed)
        gestures.face_clicked.connect(self._click_face)
        gestures.face_moved.connect(self.face_moved)
        gestures.face_drawn.connect(self._tell_drawn)
        gestures.held.connect(self.held)
        gestures.tool_changed.connect(bar.show_tool)
        gestures.tool_changed.connect(self._take_tool)
        gestures.mask_changed.connect(self._paint_mask)
        gestures.nothing_to_paint.connect(self._explain_brush)

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        self._canvas.set_overview(overview)
        if self._zoom_to is not None:
            self.zoom_to_face(self._zoom_to)

    @Slot(object)
    def _show_photo(self, pyramid: TilePyramid) -> None:
        self._canvas.set_pyramid(pyramid)
        self.loaded.emit(QSize(*pyramid.size))

    @Slot(str)
    def _show_failure(self, text: str) -> None:
        if self._canvas.picture is None:
            self._canvas.set_overview(None, in_words(text))
        self.failed.emit(text)

    @Slot()
    def _show_faces(self) -> None:
        selected = self._boxes.selected
        shares, seen = [], []
        for face in self._boxes.faces:
            patch = self._source.patch(face)
            is_selected = selected is not None and face.id == selected.id
            if patch is not None and face.shows_restored(is_selected):
                shares.append(Share(patch, face.strength, self._masks.shown(face.id)))
                seen.append(Seen(face, shares[-1], is_selected))
        self._canvas.set_shares(shares)
        self.invented_changed.emit(self._invented.show(self._source.pyramid, seen))
        self._canvas.setAccessibleDescription(self._description())

    def _description(self) -> str:
        faces, face = self._boxes.faces, self._boxes.selected
        if face is None:
            return self.tr("{n} faces").format(n=len(faces))
        return self.tr("Face {i} of {n}, {state}").format(
            i=faces.index(face) + 1, n=len(faces), state=self._boxes.describe(face)
        )

    @Slot(int)
    def _click_face(self, face: int) -> None:
        self.select_face(face)
        self.face_clicked.emit(face)

    @Slot(tuple)
    def _tell_drawn(self, box: Box) -> None:
        self.set_tool(Tool.PAN)  # one box a time: the next click is for looking at it
        self.face_drawn.emit(box)

    @Slot(object)
    def _take_tool(self, tool: Tool) -> None:
        self._fit_brush()
        self.tool_changed.emit(tool)

    def _fit_brush(self) -> None:
        """Choose the brush's size once for a photograph, until the user does."""
        face = self._boxes.selected
        if self.tool is Tool.KEEP_BRUSH and not self._brush_fits and face is not None:
            self.set_brush(self.brush.for_width(face.box[2] - face.box[0]))

    @Slot(int, bool)
    def _paint_mask(self, face: int, ended: bool) -> None:
        self._show_faces()
        mask = self._masks.end(face) if ended else None
        if mask is not None:
            self.keep_painted.emit(face, mask)

    @Slot()
    def _explain_brush(self) -> None:
        self.failed.emit(self.tr("Select a restored face first: the brush keeps parts of it."))

    def _state_name(self, state: str) -> str:
        names = {
            "detected": self.tr("Found"),
            "queued": self.tr("Waiting to be restored"),
            "restoring": self.tr("Being restored"),
            "restored": self.tr("Restored, to be reviewed"),
            "held": self.tr("Held for a closer look"),
            "accepted": self.tr("Accepted"),
            "rejected": self.tr("Rejected"),
            "not-a-face": self.tr("Not a face"),
            "failed": self.tr("Failed"),
        }
        return names.get(state, state)


def _with_strength(face: ShownFace, strength: float) -> ShownFace:
    return replace(face, strength=min(max(strength, 0.0), 1.0))
