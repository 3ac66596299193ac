"""The boxes of faces over the photograph: drawn, found under the pointer, moved and resized."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from lafr_desktop.views.photo.frame import Frame
from lafr_desktop.views.photo.values import Box, ShownFace
from lafr_desktop.views.photo.viewport import Point, Size

_HANDLE: Final = 8.0
_BADGE: Final = 16.0
_SMALL: Final = 24.0  # a box narrower than this on the screen gets a smaller badge
_SMALLEST: Final = 4.0  # pixels of the photograph


@dataclass(frozen=True, slots=True)
class _Look:
    """How a state looks. The photograph beneath may have any colour, so these are our own."""

    colour: str
    line: Qt.PenStyle
    glyph: str


_SOLID, _DASHED, _DOTTED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
_WAITING: Final = _Look("#d8d8d8", _DOTTED, "dots")
_LOOKS: Final = {
    "restored": _Look("#7cc4ff", _SOLID, "?"),
    "held": _Look("#ffc24d", _DASHED, "!"),
    "accepted": _Look("#6fdc8c", _SOLID, "check"),
    "rejected": _Look("#c0c0c0", _DASHED, "cross"),
    "not-a-face": _Look("#a8a8a8", _DOTTED, "bar"),
    "failed": _Look("#ff8a80", _DASHED, "!"),
}
# Strokes in a square of side 1.
_GLYPHS: Final[dict[str, tuple[tuple[Point, ...], ...]]] = {
    "check": (((0.24, 0.52), (0.43, 0.72), (0.77, 0.3)),),
    "cross": (((0.28, 0.28), (0.72, 0.72)), ((0.72, 0.28), (0.28, 0.72))),
    "bar": (((0.25, 0.5), (0.75, 0.5)),),
    "dots": (((0.25, 0.5), (0.26, 0.5)), ((0.5, 0.5), (0.51, 0.5)), ((0.75, 0.5), (0.76, 0.5))),
    "!": (((0.5, 0.22), (0.5, 0.56)), ((0.5, 0.77), (0.5, 0.78))),
    "?": (
        ((0.33, 0.37), (0.37, 0.25), (0.5, 0.2), (0.63, 0.25), (0.67, 0.37), (0.5, 0.5)),
        ((0.5, 0.5), (0.5, 0.6)),
        ((0.5, 0.79), (0.5, 0.8)),
    ),
}


class Grip(NamedTuple):
    """Which edges of a box are held; all four move it."""

    left: bool
    top: bool
    right: bool
    bottom: bool

    @property
    def cursor(self) -> Qt.CursorShape:
        """The shape of the pointer over it."""
        if all(self):
            return Qt.CursorShape.SizeAllCursor
        if (self.left and self.top) or (self.right and self.bottom):
            return Qt.CursorShape.SizeFDiagCursor
        if (self.right and self.top) or (self.left and self.bottom):
            return Qt.CursorShape.SizeBDiagCursor
        across = self.left or self.right
        return Qt.CursorShape.SizeHorCursor if across else Qt.CursorShape.SizeVerCursor


MOVE: Final = Grip(True, True, True, True)


def dragged(box: Box, grip: Grip, right: float, down: float, picture: Size) -> Box:
    """Move the held edges of a box, inside the photograph and never past each other."""
    low_x, low_y, high_x, high_y = -0.5, -0.5, picture[0] - 0.5, picture[1] - 0.5
    x0, y0, x1, y1 = box
    if all(grip):
        right = min(max(right, low_x - x0), high_x - x1)
        down = min(max(down, low_y - y0), high_y - y1)
        return x0 + right, y0 + down, x1 + right, y1 + down
    x0 = min(max(x0 + right, low_x), x1 - _SMALLEST) if grip.left else x0
    y0 = min(max(y0 + down, low_y), y1 - _SMALLEST) if grip.top else y0
    x1 = max(min(x1 + right, high_x), x0 + _SMALLEST) if grip.right else x1
    y1 = max(min(y1 + down, high_y), y0 + _SMALLEST) if grip.bottom else y1
    return x0, y0, x1, y1


def spanned(one: Point, other: Point, picture: Size) -> Box:
    """Return the box between two points, inside the photograph."""
    (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return (
        max(x0, -0.5),
        max(y0, -0.5),
        min(x1, picture[0] - 0.5),
        min(y1, picture[1] - 0.5),
    )


class BoxLayer:
    """The boxes over a photograph.

    Attributes:
        visible: Whether they are drawn and can be clicked; the selected one and a draft are
            hidden with the others.
        grips: Whether the selected box shows the handles by which it is moved and resized.
        draft: A box that is being drawn.
        names: Gives a state's name for people.
    """

    def __init__(self, names: Callable[[str], str]) -> None:
        self.visible = True
        self.grips = True
        self.draft: Box | None = None
        self.names = names
        self._faces: tuple[ShownFace, ...] = ()
        self._selected: int | None = None
        self._moved: Box | None = None

    @property
    def faces(self) -> tuple[ShownFace, ...]:
        """The faces, in the order in which Tab goes through them."""
        return self._faces

    @property
    def selected(self) -> ShownFace | None:
        """The selected face."""
        return next((each for each in self._faces if each.id == self._selected), None)

    def set_faces(self, faces: Sequence[ShownFace]) -> None:
        """Change the faces; the selection stays where its face does."""
        before = self.selected
        self._faces = tuple(faces)
        if before is None or self.selected is None or before.box != self.selected.box:
            self._moved = None

    def select(self, face: int | None) -> None:
        """Select a face, or none."""
        self._selected = face
        self._moved = None

    def neighbour(self, step: int) -> int | None:
        """Return the face before (-1) or after (+1) the selected one; None past the ends."""
        ids = [each.id for each in self._faces]
        if self._selected not in ids:
            return (ids[0] if step > 0 else ids[-1]) if ids else None
        place = ids.index(self._selected) + step
        return ids[place] if 0 <= place < len(ids) else None

    def box(self, face: ShownFace) -> Box:
        """Return where a face's box is drawn: moved, while it is dragged."""
        held = face.id == self._selected and self._moved is not None
        return self._moved if held and self._moved is not None else face.box

    def move_selected(self, box: Box | None) -> None:
        """Draw the selected box elsewhere; None puts it back."""
        self._moved = box

    def face_at(self, point: Point) -> ShownFace | None:
        """Return the smallest box at a point of the photograph."""
        if not self.visible:
            return None
        hits = [each for each in self._faces if _contains(self.box(each), point)]
        return min(hits, key=lambda each: _area(self.box(each)), default=None)

    def grip_at(self, point: Point, frame: Frame) -> Grip | None:
        """Return what of the selected box a point of the photograph holds.

        The inside of a box that fills most of the pane holds nothing: there one pans.
        """
        face = self.selected
        if face is None or not self.visible:
            return None
        rect, at = frame.rect(self.box(face)), frame.point(*point)
        edges = _edges(rect, at, min(_HANDLE, rect.width() / 4, rect.height() / 4))
        if edges is not None or not rect.contains(at):
            return edges
        pane = frame.viewport.pane
        large = max(rect.width() / pane[0], rect.height() / pane[1]) * frame.ratio > 0.6
        return None if large else MOVE

    def describe(self, face: ShownFace) -> str:
        """Say a face's state and the reason for it."""
        name = self.names(face.state)
        return f"{name}: {face.reason}" if face.reason else name

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint all boxes, the selected one last."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.visible:
            for face in sorted(self._faces, key=lambda each: each.id == self._selected):
                self._paint_face(painter, frame, face)
        if self.draft is not None:
            _paint_lines(painter, frame.rect(self.draft), QColor("white"), _DASHED, 2.0)

    def _paint_face(self, painter: QPainter, frame: Frame, face: ShownFace) -> None:
        look = _LOOKS.get(face.state, _WAITING)
        rect = frame.rect(self.box(face))
        is_selected = face.id == self._selected
        _paint_lines(painter, rect, QColor(look.colour), look.line, 3.0 if is_selected else 1.5)
        _paint_badge(painter, rect, look)
        if is_selected and self.grips:
            _paint_handles(painter, rect, frame.palette.highlight())


def _contains(box: Box, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _edges(rect: QRectF, at: QPointF, reach: float) -> Grip | None:
    if not rect.adjusted(-reach, -reach, reach, reach).contains(at):
        return None
    grip = Grip(
        abs(at.x() - rect.left()) <= reach,
        abs(at.y() - rect.top()) <= reach,
        abs(at.x() - rect.right()) <= reach,
        abs(at.y() - rect.bottom()) <= reach,
    )
    return grip if any(grip) else None


def _paint_lines(
    painter: QPainter, rect: QRectF, colour: QColor, line: Qt.PenStyle, width: float
) -> None:
    """A dark line beneath keeps the bright one visible on any photograph."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), width + 2.0))
    painter.drawRoundedRect(rect, 3.0, 3.0)
    painter.setPen(QPen(colour, width, line))
    painter.drawRoundedRect(rect, 3.0, 3.0)


def _paint_badge(painter: QPainter, rect: QRectF, look: _Look) -> None:
    side = _BADGE if rect.width() >= _SMALL else _BADGE * 0.75
    badge = QRectF(rect.left() - side / 2, rect.top() - side / 2, side, side)
    painter.setPen(QPen(QColor(0, 0, 0, 170), 1.0))
    painter.setBrush(QColor(look.colour))
    painter.drawEllipse(badge)
    pen = QPen(QColor(20, 20, 20), side / 8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_glyph(look.glyph, badge))


def _glyph(name: str, place: QRectF) -> QPainterPath:
    path = QPainterPath()
    for stroke in _GLYPHS[name]:
        points = [
            QPointF(place.x() + x * place.width(), place.y() + y * place.height())
            for x, y in stroke
        ]
        path.moveTo(points[0])
        for point in points[1:]:
            path.lineTo(point)
    return path


def _paint_handles(painter: QPainter, rect: QRectF, colour: QBrush) -> None:
    side = min(_HANDLE, rect.width() / 4, rect.height() / 4)
    painter.setPen(QPen(QColor(0, 0, 0, 180), 1.0))
    for x in (rect.left(), rect.center().x(), rect.right()):
        for y in (rect.top(), rect.center().y(), rect.bottom()):
            if QPointF(x, y) not in (rect.center(), rect.topLeft()):  # the badge is up there
                painter.setBrush(colour)
                painter.drawRect(QRectF(x - side / 2, y - side / 2, side, side))
