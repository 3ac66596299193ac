"""Which faces are better left alone, and the sentence that says why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from lafr_engine.faces.detail import shown_width
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.picture import Picture

# Of a frontal face: from eye to eye, in parts of the way from the eyes to the mouth.
_FRONTAL: Final = 0.96
# Of its width: what a sharp face is measured to show at least (`lafr_engine.faces.detail`).
_SHARP: Final = 0.8


@dataclass(frozen=True)
class Limits:
    """When to abstain.

    A bundle may carry the first and the last (`lafr_engine.bundle.limits`); the others are about
    the detector and the eye.

    Attributes:
        least_evidence: Narrowest face, in picture pixels, that still tells who it is. Below, any
            sharp face would be an invention.
        least_output: Narrowest face, in pixels of the result, in which a change can be seen.
        least_score: Weakest detection that is taken for a face with enough detail.
        least_eye_distance: Least distance between the eyes, in parts of a frontal face's; a head
            turned by an angle has its cosine. .35 is about 70 degrees.
        farthest_nose: Farthest that the nose may stand beside the middle of the eyes, in parts of
            the distance between eyes and mouth.
        least_detail: How wide, in picture pixels, a sharp face would have to be to show what the
            face must show (`lafr_engine.faces.detail`); None where that is not looked at. A face
            that is as sharp as its width allows is not blurred, however small.
    """

    least_evidence: float = 20.0
    least_output: float = 24.0
    least_score: float = 0.65
    least_eye_distance: float = 0.35
    farthest_nose: float = 0.62
    least_detail: float | None = None


def reason_to_abstain(
    face: Face,
    scale: float = 1.0,
    limits: Limits | None = None,
    picture: Picture | None = None,
) -> str | None:
    """Say why a face is better left alone.

    Args:
        face: A detected face, in the coordinates of the picture as it was read.
        scale: How many times larger the result will be than that picture.
        limits: When to abstain.
        picture: The photograph; it is only looked at where the limits ask for detail, and without
            it a blurred face is not known for one.

    Returns:
        A sentence for people, or None where nothing speaks against restoring.
    """
    chosen = Limits() if limits is None else limits
    if face.width < chosen.least_evidence:
        return (
            f"Too small: the face is {face.width:.0f} pixels wide, and below "
            f"{chosen.least_evidence:.0f} there is too little of the person to go by."
        )
    if face.width * scale < chosen.least_output:
        return (
            f"Too small in the result: {face.width * scale:.0f} pixels wide; enlarge the "
            "photograph to restore it."
        )
    if face.score < chosen.least_score:
        return "Too blurred, or not a face: the detector is not sure of it."
    # Last: the only one that costs time.
    return _turned_away(face, chosen) or _blurred(face, chosen.least_detail, picture)


def _turned_away(face: Face, limits: Limits) -> str | None:
    eyes, mouth = face.landmarks[:2], face.landmarks[3:]
    down = mouth.mean(axis=0) - eyes.mean(axis=0)
    length = max(float(np.hypot(*down)), 1e-6)
    across = np.array([down[1], -down[0]]) / length
    between = float((eyes[1] - eyes[0]) @ across)
    nose = float((face.landmarks[2] - eyes.mean(axis=0)) @ across)
    if between < limits.least_eye_distance * _FRONTAL * length:
        return "Turned away too far: one eye hides behind the other."
    if abs(nose) > limits.farthest_nose * length:
        return "Turned away too far: the face is seen from the side."
    return None


def _blurred(face: Face, least: float | None, picture: Picture | None) -> str | None:
    if least is None or picture is None:
        return None
    shown = shown_width(picture, face.landmarks)
    # A face that shows what its pixels can is sharp: whether it is too small, its width says.
    if shown >= min(least, _SHARP * face.width):
        return None
    return (
        f"Too blurred: the face shows no more than one of {math.floor(shown)} pixels would; below "
        f"{math.ceil(least)} there is too little of the person to go by."
    )
