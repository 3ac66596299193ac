"""The keep-original brush: what is painted on a face stays as the photograph has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRadialGradient

from lafr_desktop.views.photo.compose import KeepMask
from lafr_desktop.views.photo.frame import Frame
from lafr_desktop.views.photo.values import Rectangle, ShownFace
from lafr_desktop.views.photo.viewport import Point

_GROWTH: Final = 1.25
SIZES: Final = 28


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    Attributes:
        size: From 0 to ``SIZES - 1``; each is a quarter larger than the one before.
        hardness: The share of the radius that is painted fully; it fades out over the rest.
    """

    size: int = 9
    hardness: float = 0.6

    @property
    def radius(self) -> float:
        """In pixels of the photograph."""
        return float(_GROWTH**self.size)

    def resized(self, steps: int) -> Brush:
        """Make it larger or smaller by some steps."""
        return replace(self, size=min(max(self.size + steps, 0), SIZES - 1))

    def for_width(self, width: float) -> Brush:
        """Choose a size for a face: one that fits an eye."""
        return replace(self, size=0).resized(round(math.log(max(width / 14, 1.0), _GROWTH)))


@dataclass(slots=True)
class _Painted:
    """One face's mask.

    Attributes:
        rectangle: Where it lies.
        image: Grayscale8 of the rectangle's size.
        before: What it was before the stroke that is being painted.
        outside: What the album last said it is.
        told: What was told to the album and not yet heard back.
    """

    rectangle: Rectangle
    image: QImage
    outside: QImage | None
    before: QImage | None = None
    told: list[QImage] = field(default_factory=list)
    shown: KeepMask | None = None


class KeepMasks:
    """The masks of a photograph's faces.

    Each stroke is a decision that the album remembers, and takes back and repeats.
    """

    def __init__(self) -> None:
        self._faces: dict[int, _Painted] = {}

    def adopt(self, face: ShownFace) -> None:
        """Take over a face as the album has it.

        The album hears of strokes later than they are painted; what it says late must not
        take newer strokes back. Only what it did not hear from here replaces the mask.
        """
        mine = self._faces.get(face.id)
        if face.rectangle is None:
            self._faces.pop(face.id, None)
        elif mine is None or mine.rectangle != face.rectangle:
            image = _blank(face.rectangle) if face.keep is None else _fitting(face)
            self._faces[face.id] = _Painted(face.rectangle, image, face.keep)
        elif face.keep != mine.outside:
            self._hear(mine, face)

    def forget_all_but(self, faces: set[int]) -> None:
        """Drop the masks of faces that are gone."""
        self._faces = {key: each for key, each in self._faces.items() if key in faces}

    def rectangle(self, face: int) -> Rectangle | None:
        """Return where a face can be painted on."""
        mine = self._faces.get(face)
        return None if mine is None else mine.rectangle

    def image(self, face: int) -> QImage | None:
        """Return a face's mask, Grayscale8."""
        mine = self._faces.get(face)
        return None if mine is None else mine.image

    def shown(self, face: int) -> KeepMask | None:
        """Return a face's mask for composing; the same object until it changes."""
        mine = self._faces.get(face)
        if mine is None or (mine.outside is None and mine.before is None and not mine.told):
            return None
        if mine.shown is None:
            mine.shown = KeepMask(QImage(mine.image), mine.rectangle[:2])
        return mine.shown

    def begin(self, face: int) -> None:
        """Begin a stroke."""
        mine = self._faces[face]
        mine.before = QImage(mine.image)

    def paint(self, face: int, path: tuple[Point, Point], brush: Brush, erase: bool) -> None:
        """Paint from one point of the photograph to another."""
        mine = self._faces[face]
        mine.shown = None
        stamp = _stamp(brush, erase)
        modes = QPainter.CompositionMode
        painter = QPainter(mine.image)
        # The lighter or the darker wins, so that dabs of one stroke do not add up.
        painter.setCompositionMode(
            modes.CompositionMode_Darken if erase else modes.CompositionMode_Lighten
        )
        half = stamp.width() / 2
        for x, y in _dabs(path, brush):
            left, top = x - mine.rectangle[0] + 0.5 - half, y - mine.rectangle[1] + 0.5 - half
            painter.drawImage(round(left), round(top), stamp)
        painter.end()

    def end(self, face: int) -> QImage | None:
        """End a stroke.

        Returns:
            A copy of the mask for the album; None where the stroke changed nothing, as one beside
            the face's rectangle does.
        """
        mine = self._faces[face]
        if mine.before == mine.image:
            self.cancel(face)
            return None
        mine.before = None
        told = mine.image.copy()
        mine.told.append(told)
        return told

    def cancel(self, face: int) -> None:
        """Take back a stroke that has not ended."""
        mine = self._faces[face]
        if mine.before is not None:
            mine.image, mine.before, mine.shown = mine.before, None, None

    def _hear(self, mine: _Painted, face: ShownFace) -> None:
        mine.outside = face.keep
        if face.keep in mine.told:
            del mine.told[: mine.told.index(face.keep) + 1]
            return
        mine.image = _blank(mine.rectangle) if face.keep is None else _fitting(face)
        mine.before, mine.told, mine.shown = None, [], None


class BrushLayer:
    """Shows what is kept, and the brush's outline.

    Attributes:
        brush: The brush.
        active: Whether the brush is in hand; nothing is shown otherwise.
        face: The face that is painted on.
        cursor: Where the brush is, in pixels of the photograph.
    """

    def __init__(self, masks: KeepMasks) -> None:
        self.brush = Brush()
        self.active = False
        self.face: int | None = None
        self.cursor: Point | None = None
        self._masks = masks

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint the tint over what is kept and the outline of the brush."""
        if not self.active:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rectangle = None if self.face is None else self._masks.rectangle(self.face)
        image = None if self.face is None else self._masks.image(self.face)
        if frame.restored and image is not None and rectangle is not None:
            _paint_tint(painter, frame, image, rectangle)
        if self.cursor is not None:
            radius = frame.length(self.brush.radius)
            for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor("white"), 1.2)):
                painter.setPen(QPen(colour, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(frame.point(*self.cursor), radius, radius)


def _paint_tint(painter: QPainter, frame: Frame, mask: QImage, rectangle: Rectangle) -> None:
    """Tint at the size of the screen, and only what is seen of the mask."""
    x0, y0, x1, y1 = rectangle
    whole = frame.rect((x0 - 0.5, y0 - 0.5, x1 - 0.5, y1 - 0.5))
    pane = QRectF(0, 0, frame.viewport.pane[0] / frame.ratio, frame.viewport.pane[1] / frame.ratio)
    seen = whole.intersected(pane)
    if seen.isEmpty():
        return
    scale = frame.length(1.0)
    left, top = int((seen.x() - whole.x()) / scale), int((seen.y() - whole.y()) / scale)
    part = QRect(left, top, int(seen.width() / scale) + 2, int(seen.height() / scale) + 2)
    part = part.intersected(mask.rect())
    alpha = mask.copy(part)
    if scale < 1.0:
        alpha = alpha.scaled(
            max(round(part.width() * scale), 1), max(round(part.height() * scale), 1)
        )
    tint = _coloured(alpha, frame.palette.highlight().color())
    place = QRectF(whole.x() + part.x() * scale, whole.y() + part.y() * scale, 0, 0)
    place.setSize(part.size().toSizeF() * scale)
    painter.drawImage(place, tint)
    painter.setPen(QPen(frame.palette.highlight(), 1.0, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(whole)


def _coloured(mask: QImage, colour: QColor) -> QImage:
    alpha = mask.copy()
    alpha.reinterpretAsFormat(QImage.Format.Format_Alpha8)
    tint = QImage(mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
    colour.setAlpha(130)
    tint.fill(colour)
    painter = QPainter(tint)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, alpha)
    painter.end()
    return tint


def _blank(rectangle: Rectangle) -> QImage:
    x0, y0, x1, y1 = rectangle
    image = QImage(x1 - x0, y1 - y0, QImage.Format.Format_Grayscale8)
    image.fill(0)
    return image


def _fitting(face: ShownFace) -> QImage:
    """Return a face's mask at its rectangle's size, as another candidate's may not be."""
    assert face.keep is not None
    assert face.rectangle is not None
    x0, y0, x1, y1 = face.rectangle
    image = face.keep.convertToFormat(QImage.Format.Format_Grayscale8)
    wanted = _blank(face.rectangle).size()
    return image if image.size() == wanted else image.scaled(x1 - x0, y1 - y0)


def _stamp(brush: Brush, erase: bool) -> QImage:
    side = max(round(brush.radius * 2), 1)
    ink, ground = (QColor(0, 0, 0), QColor(255, 255, 255))[:: 1 if erase else -1]
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(ground)
    fade = QRadialGradient(QPointF(side / 2, side / 2), side / 2)
    fade.setColorAt(0.0, ink)
    fade.setColorAt(min(brush.hardness, 0.99), ink)
    fade.setColorAt(1.0, ground)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fade)
    painter.drawEllipse(QRectF(0, 0, side, side))
    painter.end()
    return image


def _dabs(path: tuple[Point, Point], brush: Brush) -> list[Point]:
    """Return where the brush touches on its way, close enough to give a line."""
    (x0, y0), (x1, y1) = path
    length = float(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
    count = max(int(length / max(brush.radius / 4, 1.0)), 1)
    return [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(count + 1)]
