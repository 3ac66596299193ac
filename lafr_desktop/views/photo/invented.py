"""What was invented, over the restored photograph: measured off the GUI thread, drawn on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from lafr_desktop.views.photo.compose import KeepMask, Patch
from lafr_desktop.views.photo.frame import Frame
from lafr_desktop.views.photo.marks import paint_scale
from lafr_desktop.views.photo.values import Landmarks, Rectangle
from lafr_engine.faces.invented import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lafr_desktop.views.photo.tiles import Pixels, TilePyramid
    from lafr_engine.faces.invented.measure import Departure

_ENTRIES: Final = 256
_SPECKS: Final = 99.5  # percent of a crop: what is left out is not seen as colour
_FAINT: Final = 40  # opacity
_FIRST: Final = 24  # of the entries: darker ones are hardly drawn
_SPAN: Final = 3.0  # of the crop's side: what of the photograph is looked at around a face


@dataclass(frozen=True, slots=True, eq=False)
class Invented:
    """What restoring a face invented, at full strength.

    Attributes:
        image: Indexed8, of the aligned crop: an entry for each pixel's departure.
        colours: ARGB of each entry.
        to_photo: From the crop's pixels to those of the photograph.
        most: The entry of what was invented most, single specks aside.
        numbers: Of its regions.
        numbers_kept: The same, where a mask keeps the original; not for the GUI thread.
    """

    image: QImage
    colours: tuple[int, ...]
    to_photo: QTransform
    most: int
    numbers: Mapping[Region, float]
    numbers_kept: Callable[[KeepMask], Mapping[Region, float]]


def measure(pyramid: TilePyramid, patch: Patch, landmarks: Landmarks) -> Invented:
    """Measure a face: the photograph against the same with what restoring changes in it."""
    import numpy as np

    from lafr_engine.faces.invented.measure import departure
    from lafr_engine.faces.invented.picture import colours, entries

    (x0, y0), before = _around(pyramid, patch.rectangle)
    u, v = patch.rectangle[0] - x0, patch.rectangle[1] - y0
    change = patch.at(0)[1]
    after = before.astype(np.int16)
    after[v : v + change.shape[0], u : u + change.shape[1]] += change
    points = np.asarray(landmarks, dtype=np.float64) - (x0, y0)
    found = departure(before, np.clip(after, 0, 255).astype(np.uint8), points)
    (a, b, tx), (c, d, ty) = found.to_crop.inverse().matrix.tolist()
    drawn = entries(found.levels)
    return Invented(
        _indexed(drawn),
        tuple(int(each) for each in colours().astype(np.uint32) @ _ARGB),
        QTransform(a, c, b, d, tx + x0, ty + y0),
        round(float(np.percentile(drawn, _SPECKS))),
        found.numbers(),
        lambda keep: _numbers_kept(found, (x0, y0), keep),
    )


_ARGB: Final = (1 << 16, 1 << 8, 1, 1 << 24)  # of R, G, B, A


def _around(pyramid: TilePyramid, rectangle: Rectangle) -> tuple[tuple[int, int], Pixels]:
    """Return a part of the photograph that holds the whole crop, and its corner."""
    import numpy as np

    (width, height), (x0, y0, x1, y1) = pyramid.size, rectangle
    reach = round(max(x1 - x0, y1 - y0) * (_SPAN - 1) / 2)
    part = max(x0 - reach, 0), max(y0 - reach, 0), min(x1 + reach, width), min(y1 + reach, height)
    pixels = pyramid.pixels(0, part)
    rgb = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    return part[:2], np.ascontiguousarray(rgb)


def _indexed(entries: NDArray[np.uint8]) -> QImage:
    height, width = entries.shape
    return QImage(entries.data, width, height, width, QImage.Format.Format_Indexed8).copy()


def _numbers_kept(
    found: Departure, corner: tuple[int, int], keep: KeepMask
) -> Mapping[Region, float]:
    import cv2
    import numpy as np

    mask = keep.at(0)[1].astype(np.float32) / np.float32(255)
    matrix = found.to_crop.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ (keep.corner[0] - corner[0], keep.corner[1] - corner[1])
    side = found.levels.shape[0]
    carried = cv2.warpAffine(mask, matrix, (side, side), flags=cv2.INTER_LINEAR)
    return found.numbers(np.asarray(np.clip(carried, 0.0, 1.0), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class InventedFace:
    """A face as it is seen now.

    Attributes:
        found: What of it was invented at full strength.
        strength: 0 to 1.
        keep: Where the original stays; None: nowhere.
    """

    found: Invented
    strength: float
    keep: KeepMask | None = None

    @property
    def is_seen(self) -> bool:
        """Whether its colours can be told from the photograph."""
        return self.found.colours[round(self.found.most * self.strength)] >> 24 >= _FAINT


@dataclass(frozen=True, slots=True)
class LegendTexts:
    """What the legend says.

    Attributes:
        little: At the scale's beginning.
        much: At its end.
        nothing: Where no colour is to be seen.
    """

    little: str
    much: str
    nothing: str


class InventedLayer:
    """Draws what was invented over the restored faces, with a legend.

    Attributes:
        visible: Whether it is drawn.
    """

    def __init__(self, texts: LegendTexts) -> None:
        self.visible = False
        self._texts = texts
        self._faces: tuple[InventedFace, ...] = ()
        self._tints: dict[tuple[int, float, int], QImage] = {}

    def set_faces(self, faces: Sequence[InventedFace]) -> None:
        """Change what is drawn."""
        self._faces = tuple(faces)
        keys = {_key(each) for each in faces}
        self._tints = {key: each for key, each in self._tints.items() if key in keys}

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint the faces' colours on what of the pane is restored."""
        if not self.visible or not frame.restored:
            return
        pane = frame.viewport.pane
        width, height = pane[0] / frame.ratio, pane[1] / frame.ratio
        painter.save()
        self._paint_faces(painter, frame, width, height)
        painter.restore()
        seen = next((each.found for each in self._faces if each.is_seen), None)
        first = self._texts.nothing if seen is None else self._texts.little
        colours = () if seen is None else _opaque(seen.colours)
        ends = first, self._texts.much
        paint_scale(painter, frame.palette, ends, colours, QPointF(width, height))

    def _paint_faces(self, painter: QPainter, frame: Frame, width: float, height: float) -> None:
        painter.setClipRect(
            QRectF(frame.divider, 0, width - frame.divider, height), Qt.ClipOperation.IntersectClip
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        origin, unit = frame.point(0.0, 0.0), frame.length(1.0)
        to_pane = QTransform(unit, 0, 0, unit, origin.x(), origin.y())
        before = painter.transform()
        for face in self._faces:
            # Pixels are drawn from their corners, half a pixel before their centres.
            painter.setTransform(face.found.to_photo * to_pane * before)
            painter.drawImage(QPointF(-0.5, -0.5), self._tint(face))

    def _tint(self, face: InventedFace) -> QImage:
        key = _key(face)
        if key not in self._tints:
            self._tints[key] = _tinted(face)
        return self._tints[key]


def _opaque(colours: Sequence[int]) -> list[QColor]:
    """Some colours of the scale, from the first that is seen to the last."""
    return [QColor.fromRgb(each) for each in colours[_FIRST :: (_ENTRIES - _FIRST) // 8]]


def _key(face: InventedFace) -> tuple[int, float, int]:
    return id(face.found), face.strength, 0 if face.keep is None else id(face.keep)


def _tinted(face: InventedFace) -> QImage:
    """Return the colours at a strength, without what is kept."""
    found, last = face.found, _ENTRIES - 1
    image = QImage(found.image)
    image.setColorTable([found.colours[round(i * face.strength)] for i in range(last + 1)])
    tint = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    inverse, invertible = found.to_photo.inverted()
    if face.keep is None or not invertible:
        return tint
    kept = face.keep.image.copy()
    kept.reinterpretAsFormat(QImage.Format.Format_Alpha8)
    painter = QPainter(tint)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    # As above: corners against centres, on both sides.
    shift = QTransform.fromTranslate(-0.5, -0.5)
    painter.setTransform(shift * inverse * QTransform.fromTranslate(0.5, 0.5))
    painter.drawImage(QPointF(*face.keep.corner), kept)
    painter.end()
    return tint
