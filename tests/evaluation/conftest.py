from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Search
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture, rgb8
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import Accepted
from lafr_engine.pipeline.crops import cut_face


@pytest.fixture(scope="session")
def girls(samples: Path) -> Picture:
    """A print of 1860 with grain."""
    return read_picture(samples / "old_1860_three_girls.jpg")


@pytest.fixture(scope="session")
def face(girls: Picture) -> Face:
    """Its largest face."""
    detector = CenterFace(weights_path("centerface"), Search(sides=(640,), finest=640), threads=1)
    return max(detector(rgb8(girls)), key=lambda each: each.width)


@pytest.fixture(scope="session")
def blurred() -> Callable[[Picture, Face, float], Accepted]:
    """A restorer that takes grain away: by a blur of so many pixels of the crop, or not at all."""

    def restored(picture: Picture, face: Face, sigma: float) -> Accepted:
        crop = cut_face(picture, face, colour_space(picture.channels, picture.icc)).srgb
        soft = cv2.GaussianBlur(crop, (0, 0), sigma) if sigma else crop
        return Accepted(face, np.asarray(soft, np.float32))

    return restored
