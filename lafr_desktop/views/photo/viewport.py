"""Where a photograph lies in a pane: zoom and position, without Qt.

Lengths of a pane are device pixels, so that 100 % is one pixel of the photograph on one of the
screen at any scale of the desktop. Centres of the photograph's pixels lie at integers: pixel
(0, 0) covers -0.5 to 0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

MIN_SCALE: Final = 0.05
MAX_SCALE: Final = 16.0
_MAX_FIT: Final = 3.0

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Viewport:
    """A photograph in a pane.

    Attributes:
        picture: Width and height of the photograph in pixels, at least 1.
        pane: Width and height of the pane in device pixels.
        scale: Device pixels for one pixel of the photograph.
        centre: The point of the photograph at the middle of the pane.
    """

    picture: Size
    pane: Size
    scale: float = 1.0
    centre: Point = (0.0, 0.0)

    def to_pane(self, point: Point) -> Point:
        """Carry a point of the photograph to the pane."""
        return (
            (point[0] - self.centre[0]) * self.scale + self.pane[0] / 2,
            (point[1] - self.centre[1]) * self.scale + self.pane[1] / 2,
        )

    def to_picture(self, point: Point) -> Point:
        """Carry a point of the pane to the photograph."""
        return (
            (point[0] - self.pane[0] / 2) / self.scale + self.centre[0],
            (point[1] - self.pane[1] / 2) / self.scale + self.centre[1],
        )

    def fit_scale(self) -> float:
        """Return the scale at which the whole photograph fills the pane."""
        across = max(self.pane[0], 1) / self.picture[0]
        down = max(self.pane[1], 1) / self.picture[1]
        return min(across, down, _MAX_FIT)

    def fitted(self) -> Viewport:
        """Show the whole photograph."""
        return replace(self, scale=self.fit_scale()).bounded()

    def zoomed(self, scale: float, about: Point | None = None) -> Viewport:
        """Change the scale.

        Args:
            scale: The new scale; taken to the nearest one that is allowed.
            about: The point of the pane that keeps its point of the photograph; by default
                the middle.
        """
        scale = min(max(scale, min(MIN_SCALE, self.fit_scale())), MAX_SCALE)
        if about is None:
            return replace(self, scale=scale).bounded()
        fixed = self.to_picture(about)
        moved = replace(self, scale=scale).to_picture(about)
        centre = self.centre[0] + fixed[0] - moved[0], self.centre[1] + fixed[1] - moved[1]
        return replace(self, scale=scale, centre=centre).bounded()

    def moved(self, right: float, down: float) -> Viewport:
        """Shift the photograph by device pixels of the pane."""
        x, y = self.centre
        return replace(self, centre=(x - right / self.scale, y - down / self.scale)).bounded()

    def centred(self, centre: Point) -> Viewport:
        """Show a point of the photograph in the middle, as far as its edges allow."""
        return replace(self, centre=centre).bounded()

    def bounded(self) -> Viewport:
        """Keep the photograph in the pane: no empty margin where it is larger than the pane."""
        x, y = (
            _bounded(centre, length, pane / self.scale)
            for centre, length, pane in zip(self.centre, self.picture, self.pane, strict=True)
        )
        return replace(self, centre=(x, y))

    def level(self, levels: int) -> int:
        """Return which of a pyramid's halved levels serves this scale.

        A level is drawn at half to the whole of its size, never enlarged if there is a finer one.
        """
        if self.scale >= 1.0:
            return 0
        return min(math.floor(-math.log2(self.scale) + 1e-9), levels - 1)


def _bounded(centre: float, length: int, shown: float) -> float:
    if shown >= length:
        return (length - 1) / 2
    return min(max(centre, shown / 2 - 0.5), length - 0.5 - shown / 2)
