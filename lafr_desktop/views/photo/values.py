"""The values that the photo view takes and tells of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels of the upright photograph; centres of pixels at integers."""

Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in whole pixels of the photograph; x1 and y1 lie outside."""

Landmarks = tuple[tuple[float, float], ...]
"""Five (x, y): left eye, right eye, nose, left and right corner of the mouth, as seen."""

_RESTORED: Final = ("restored", "accepted")
_HELD: Final = "held"


class CompareMode(Enum):
    """How the original and the restored photograph are shown."""

    SLIDER = "slider"
    SIDE_BY_SIDE = "side-by-side"
    FLICKER = "flicker"
    RESTORED = "restored"
    ORIGINAL = "original"


class Tool(Enum):
    """What the left mouse button does on the photograph."""

    PAN = "pan"
    DRAW_FACE = "draw-face"
    KEEP_BRUSH = "keep-brush"


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face as the photo view shows it.

    Attributes:
        id: Names the face in every signal.
        box: Where it is.
        state: The album's word for its state, such as "restored" or "not-a-face".
        reason: Why it is held or failed, as a sentence.
        preview: The picture of ``rectangle`` with the face restored at full strength, sRGB.
        rectangle: The part of the photograph that ``preview`` covers.
        strength: 0 shows the original face, 1 the restored one.
        keep: Grayscale8 of the size of ``rectangle``; 255 keeps the original there.
        landmarks: In the photograph; without them nobody can tell what was invented.
    """

    id: int
    box: Box
    state: str
    reason: str | None = None
    preview: Path | None = None
    rectangle: Rectangle | None = None
    strength: float = 1.0
    keep: QImage | None = None
    landmarks: Landmarks | None = None

    def shows_restored(self, selected: bool) -> bool:
        """Whether the restored photograph holds this face's restored version.

        Args:
            selected: A held face is shown restored only while it is looked at.
        """
        if self.preview is None or self.rectangle is None:
            return False
        return self.state in _RESTORED or (self.state == _HELD and selected)
