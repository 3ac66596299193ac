"""What a restored photograph says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lafr_engine import __version__
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.label import Label, LabelledFace, labelled
from lafr_engine.imaging.picture import Picture


def with_label(
    picture: Picture, faces: Sequence[Face], models: Sequence[str], scale: int = 1
) -> Picture:
    """Label a photograph with the faces that were restored in it.

    Args:
        picture: The restored photograph.
        faces: In the pixels of its source; none leaves the picture as it is.
        models: Names of the bundles that restored them.
        scale: How much the photograph was enlarged.
    """
    if not faces:
        return picture
    # Areas map onto areas: an edge half a pixel outside a centre stays one.
    boxes = [[(side + 0.5) * scale - 0.5 for side in face.box] for face in faces]
    label = Label(
        software=f"LAFR Desktop {__version__}",
        model=", ".join(sorted(set(models))),
        date=datetime.now().astimezone(),
        faces=tuple(LabelledFace((x0, y0, x1, y1)) for x0, y0, x1, y1 in boxes),
    )
    return labelled(picture, label)
