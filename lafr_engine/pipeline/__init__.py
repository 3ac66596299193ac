"""From a picture to the picture with its faces restored.

Two ways lead there and make the same bytes: :func:`restore` goes through a photograph at once;
:func:`restore_face` and :func:`compose` do it face by face, with a person's decisions between.
"""

from lafr_engine.pipeline.compose import Accepted, Keep, Preview, compose, preview
from lafr_engine.pipeline.labels import Stamp, stamp_now, with_label
from lafr_engine.pipeline.photo import as_aligned, restore, restore_aligned, restore_face
from lafr_engine.pipeline.values import (
    SIDE,
    Choices,
    FaceResult,
    FaceState,
    IdentityScorer,
    Models,
    Report,
    Restoration,
    RestoredFace,
)

__all__ = [
    "SIDE",
    "Accepted",
    "Choices",
    "FaceResult",
    "FaceState",
    "IdentityScorer",
    "Keep",
    "Models",
    "Preview",
    "Report",
    "Restoration",
    "RestoredFace",
    "Stamp",
    "as_aligned",
    "compose",
    "preview",
    "restore",
    "restore_aligned",
    "restore_face",
    "stamp_now",
    "with_label",
]
