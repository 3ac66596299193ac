"""What the photo page shows, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lafr_engine.album.values import AlbumFace, Candidate, FaceState, Photo

UNDECIDED = frozenset({FaceState.RESTORED, FaceState.HELD})
"""States of faces that wait for a decision."""


@dataclass(frozen=True, slots=True)
class PhotoReview:
    """A photograph with its faces, one of which is under review.

    Attributes:
        photo: The photograph.
        faces: Its faces, left to right.
        chosen: By face, the candidate that stands for it.
        selected: The face under review; None where the photograph has none.
        candidates: Of the selected face, oldest first.
        goes: Whether the review went to this face, so that it is to be seen large. What is only
            read again, or clicked where it is seen already, leaves the view alone.
    """

    photo: Photo
    faces: tuple[AlbumFace, ...]
    chosen: Mapping[int, Candidate]
    selected: AlbumFace | None
    candidates: tuple[Candidate, ...]
    goes: bool = False

    @property
    def number(self) -> int:
        """The place of the selected face, from 1; 0 where none is selected."""
        if self.selected is None:
            return 0
        return self.faces.index(self.selected) + 1

    @property
    def undecided(self) -> int:
        """How many faces of this photograph wait for a decision."""
        return sum(face.state in UNDECIDED for face in self.faces)
