"""Finding faces of any size, in pictures that may lie on their side.

A detector sees a face best at one size. `find_faces` therefore shows it the picture at several
sizes, looks closer only where small faces are suspected, and turns the picture only when no
upright face is certain. It works with any single look: `Look` says what that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.candidates import (
    Plausibility,
    best_of_overlapping,
    is_plausible,
    overlap,
    without_nested,
)
from lafr_engine.faces.geometry import Box, Face, Similarity

Pixels = NDArray[np.uint8]
Look = Callable[[Pixels, int], list[Face]]
"""Look once: RGB uint8 (H, W, 3) and the length its longer side is to have; candidates in the
coordinates of the picture given, weak ones too."""

_TILE: Final = 1280
_TILE_OVERLAP: Final = 192


class Detector(Protocol):
    """Finds the faces of a picture."""

    def __call__(self, pixels: Pixels) -> list[Face]:
        """Find faces.

        Args:
            pixels: uint8 (H, W, 3) RGB, EXIF orientation already applied.

        Returns:
            Faces in picture coordinates, best score first; none is an empty list.

        Raises:
            ConfigError: The array is not uint8 (H, W, 3).
        """
        ...


@dataclass(frozen=True)
class Search:
    """How a picture is searched.

    Attributes:
        sides: Lengths of the longer side at which the whole picture is looked at.
        finest: Up to this length of the longer side, closer looks are taken where small faces
            are suspected, each twice as close as the last.
        enlarge: No closer look shows the picture larger than this many times its own size.
        small: A candidate narrower than this, in pixels as last seen, asks for a closer look.
        hint: Score from which a candidate asks for one.
        clear: Score from which it is seen well enough not to.
        threshold: Score from which a candidate is a face.
        certain: Score from which a face needs no second opinion.
        second_opinion: Score that a face below `certain` must reach in a second look.
        second_sides: The sides at which it is looked at alone if no two looks at the whole
            picture agree.
        turned_threshold: Score from which a face is one in a picture that had to be turned.
        upright: A face leaning less than this, in degrees, counts as upright.
        close_up_above: A face wider than this, in picture pixels, gets its landmarks from a look
            at itself alone, because they are best on faces of 100 to 200 pixels.
        close_up_side: The side of that look.
        plausibility: What landmarks must look like.
    """

    sides: tuple[int, ...] = (320, 640, 1280)
    finest: int = 5120
    enlarge: float = 2.0
    small: float = 28.0
    hint: float = 0.25
    clear: float = 0.8
    threshold: float = 0.55
    certain: float = 0.65
    second_opinion: float = 0.5
    second_sides: tuple[int, ...] = (160, 240)
    turned_threshold: float = 0.65
    upright: float = 50.0
    close_up_above: float = 200.0
    close_up_side: int = 320
    plausibility: Plausibility = field(default_factory=Plausibility)


def find_faces(pixels: Pixels, look: Look, search: Search | None = None) -> list[Face]:
    """Find the faces of a picture.

    Args:
        pixels: uint8 (H, W, 3) RGB, EXIF orientation already applied.
        look: The detector's single look.
        search: How to search.

    Returns:
        Faces in picture coordinates, best score first. Where the picture lies on its side, boxes
        are upright in the picture, landmarks in the order of the face as it stands upright.

    Raises:
        ConfigError: The array is not uint8 (H, W, 3).
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ConfigError("faces are looked for in uint8 pictures of shape (H, W, 3)")
    chosen = Search() if search is None else search
    faces = _search(pixels, look, chosen, chosen.threshold)
    if any(_is_certain(face, chosen) for face in faces):
        return faces
    turned = [_search_turned(pixels, turns, look, chosen) for turns in (1, 2, 3)]
    return max([faces, *turned], key=lambda found: sum(face.score**2 for face in found))


def _is_certain(face: Face, search: Search) -> bool:
    lean = abs(_lean(face))
    return face.score >= search.certain and lean <= search.upright


def _lean(face: Face) -> float:
    """Return how far the line from the eyes to the mouth leans from straight down, in degrees."""
    marks = face.landmarks
    dx, dy = marks[3:].mean(axis=0) - marks[:2].mean(axis=0)
    return float(np.degrees(np.arctan2(dx, dy)))


def _search_turned(pixels: Pixels, turns: int, look: Look, search: Search) -> list[Face]:
    """Search with the picture turned counter-clockwise by ``turns`` quarters."""
    turned = np.ascontiguousarray(np.rot90(pixels, turns))
    faces = _search(turned, look, search, search.turned_threshold)
    if not any(_is_certain(face, search) for face in faces):
        return []
    back = turned_back(pixels.shape[0], pixels.shape[1], turns)
    return [face.mapped(back) for face in faces]


def turned_back(height: int, width: int, turns: int) -> Similarity:
    """Return the way back from ``numpy.rot90(picture, turns)`` to the picture.

    Args:
        height: Of the picture before it was turned.
        width: Of the picture before it was turned.
        turns: Quarters counter-clockwise, 0..3.
    """
    right, bottom = width - 1.0, height - 1.0
    rows = {
        0: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        1: [[0.0, -1.0, right], [1.0, 0.0, 0.0]],
        2: [[-1.0, 0.0, right], [0.0, -1.0, bottom]],
        3: [[0.0, 1.0, 0.0], [-1.0, 0.0, bottom]],
    }
    return Similarity(np.array(rows[turns % 4]))


def _search(pixels: Pixels, look: Look, search: Search, threshold: float) -> list[Face]:
    """Search one orientation at all sizes."""
    looks = [look(pixels, side) for side in search.sides]
    looks += _closer(pixels, look, search, [face for seen in looks for face in seen])
    faces = [
        face
        for face in best_of_overlapping(face for seen in looks for face in seen)
        if face.score >= threshold
        and is_plausible(face, search.plausibility)
        and _is_seconded(pixels, face, looks, look, search)
    ]
    return [_with_fine_landmarks(pixels, face, look, search) for face in without_nested(faces)]


def _is_seconded(
    pixels: Pixels, face: Face, looks: Sequence[Sequence[Face]], look: Look, search: Search
) -> bool:
    """Tell whether a face is certain, or a second look confirms it."""
    if face.score >= search.certain:
        return True
    votes = sum(_score_in(seen, face) >= search.second_opinion for seen in looks)
    return votes > 1 or any(
        _score_in(_close_up(pixels, face, look, side), face) >= search.second_opinion
        for side in search.second_sides
    )


def _closer(
    pixels: Pixels, look: Look, search: Search, candidates: Sequence[Face]
) -> Iterator[list[Face]]:
    """Look closer, tile by tile, where small faces are suspected but not yet clear."""
    longest, side, seen = max(pixels.shape[:2]), max(search.sides), list(candidates)
    while 2 * side <= min(search.finest, search.enlarge * longest):
        small = search.small * longest / side
        asking = [f for f in best_of_overlapping(seen) if _asks(f, small, search)]
        side *= 2
        seen = []
        for tile in _tiles(pixels, longest / side):
            if any(_holds(tile, face) for face in asking):
                seen += _look_at_tile(pixels, tile, look, longest / side, small)
        yield seen


def _asks(face: Face, small: float, search: Search) -> bool:
    return face.width < small and search.hint <= face.score < search.clear


def _tiles(pixels: Pixels, unit: float) -> Iterator[tuple[int, int, int, int]]:
    """Cover a picture with overlapping tiles (x0, y0, x1, y1); ``unit`` is pixels per look pixel.

    The last tile of a row is as large as the others: it reaches back instead of over the edge.
    """
    height, width = pixels.shape[:2]
    length, step = round(_TILE * unit), max(1, round((_TILE - _TILE_OVERLAP) * unit))
    for top in _starts(height, length, step):
        for left in _starts(width, length, step):
            yield left, top, min(left + length, width), min(top + length, height)


def _starts(extent: int, length: int, step: int) -> list[int]:
    return [*range(0, max(extent - length, 0), step), max(extent - length, 0)]


def _holds(tile: tuple[int, int, int, int], face: Face) -> bool:
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    return tile[0] <= x < tile[2] and tile[1] <= y < tile[3]


def _look_at_tile(
    pixels: Pixels, tile: tuple[int, int, int, int], look: Look, unit: float, small: float
) -> list[Face]:
    """Look at one tile; only small faces count: a large one is cut off and was seen before."""
    left, top, right, bottom = tile
    side = round(max(right - left, bottom - top) / unit)
    found = look(np.ascontiguousarray(pixels[top:bottom, left:right]), side)
    return [face.moved(left, top) for face in found if face.width < 2 * small]


def _with_fine_landmarks(pixels: Pixels, face: Face, look: Look, search: Search) -> Face:
    """Find a large face again in a look at itself alone."""
    if face.width <= search.close_up_above:
        return face
    found = _same(_close_up(pixels, face, look, search.close_up_side), face)
    best = max(found, key=lambda other: other.score, default=face)
    if best.score < search.second_opinion or not is_plausible(best, search.plausibility):
        return face
    return Face(best.box, best.landmarks, face.score)


def _score_in(faces: Sequence[Face], face: Face) -> float:
    return max((other.score for other in _same(faces, face)), default=0.0)


def _same(faces: Sequence[Face], face: Face) -> list[Face]:
    return [other for other in faces if overlap(other.box, face.box) > 0.4]


def _close_up(pixels: Pixels, face: Face, look: Look, side: int) -> list[Face]:
    """Look at a square twice the size of a face."""
    left, top, right, bottom = _square(face.box, pixels.shape[1], pixels.shape[0])
    crop = np.ascontiguousarray(pixels[top:bottom, left:right])
    return [other.moved(left, top) for other in look(crop, side)]


def _square(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half = max(box[2] - box[0], box[3] - box[1])
    return (
        max(0, round(x - half)),
        max(0, round(y - half)),
        min(width, round(x + half) + 1),
        min(height, round(y + half) + 1),
    )
