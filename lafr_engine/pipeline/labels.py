"""What a restored photograph says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lafr_engine import __version__
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.label import Label, LabelledFace, labelled
from lafr_engine.imaging.picture import Picture


@dataclass(frozen=True, slots=True)
class Stamp:
    """What of a label tells one run from another.

    Attributes:
        software: Name and version of the program.
        date: When it was restored, with its time zone, in whole seconds.
    """

    software: str
    date: datetime


def stamp_now() -> Stamp:
    """Return the stamp of this program at this moment."""
    return Stamp(f"LAFR Desktop {__version__}", datetime.now().astimezone().replace(microsecond=0))


def with_label(
    picture: Picture, faces: Sequence[Face], models: Sequence[str], stamp: Stamp, scale: int = 1
) -> Picture:
    """Label a photograph with the faces that were restored in it.

    Args:
        picture: The restored photograph.
        faces: In the pixels of its source; none leaves the picture as it is.
        models: Names of the bundles that restored them.
        stamp: By which program, and when.
        scale: How much the photograph was enlarged.
    """
    if not faces:
        return picture
    # Areas map onto areas: an edge half a pixel outside a centre stays one. As Python's numbers: a
    # recipe gives those back, and a detector's 32 bits would be rounded otherwise.
    boxes = [[(float(side) + 0.5) * scale - 0.5 for side in face.box] for face in faces]
    label = Label(
        software=stamp.software,
        model=", ".join(sorted(set(models))),
        date=stamp.date,
        faces=tuple(LabelledFace((x0, y0, x1, y1)) for x0, y0, x1, y1 in boxes),
    )
    return labelled(picture, label)
