from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError
from lafr_engine.faces.candidates import misfit
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Search
from lafr_engine.faces.drawn import face_in_box, laid_in
from lafr_engine.faces.geometry import Box, Face
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import rgb8

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    search = Search(sides=(640,), finest=640)
    return CenterFace(weights_path("centerface"), search, threads=1)


@pytest.fixture(scope="module")
def family(samples: Path) -> Pixels:
    return rgb8(read_picture(samples / "pif_soldier_family.jpg"))


@pytest.fixture(scope="module")
def faces(detector: CenterFace, family: Pixels) -> list[Face]:
    found = detector(family)
    return [face for face in found if face.inter_eye > 0.35 * face.width]  # not from the side


def drawn(box: Box, grow: float = 0.15) -> Box:
    """A box as a hand draws it: not quite the detector's."""
    x0, y0, x1, y1 = box
    dx, dy = grow * (x1 - x0), grow * (y1 - y0)
    return x0 - dx, y0 - 0.5 * dy, x1 + 0.5 * dx, y1 + dy


def test_a_face_is_found_in_a_box_drawn_loosely(
    detector: CenterFace, family: Pixels, faces: list[Face]
) -> None:
    for face in faces:
        found = face_in_box(family, drawn(face.box), detector.look)
        assert found.box == drawn(face.box)
        assert found.score == 1.0
        assert np.abs(found.landmarks - face.landmarks).max() < 0.12 * face.width


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_that_lies_on_its_side_is_found(
    detector: CenterFace, family: Pixels, faces: list[Face], turns: int
) -> None:
    face = max(faces, key=lambda each: each.width)
    x0, y0, x1, y1 = (round(value) for value in drawn(face.box, 0.5))
    crop = np.ascontiguousarray(np.rot90(family[max(y0, 0) : y1, max(x0, 0) : x1], turns))
    whole = (0.0, 0.0, crop.shape[1] - 1.0, crop.shape[0] - 1.0)
    found = face_in_box(crop, whole, detector.look)
    down = found.landmarks[3:].mean(axis=0) - found.landmarks[:2].mean(axis=0)
    x, y = [(1, 0), (0, -1), (-1, 0)][turns - 1]
    assert down @ np.array([x, y]) > 0.8 * np.hypot(*down)


def test_landmarks_are_laid_where_no_face_is_seen(detector: CenterFace) -> None:
    empty = np.full((300, 400, 3), 128, np.uint8)
    box = (100.0, 50.0, 200.0, 180.0)
    face = face_in_box(empty, box, detector.look)
    assert np.array_equal(face.landmarks, laid_in(box))
    assert face.box == box


@pytest.mark.parametrize("box", [(0.0, 0.0, 100.0, 130.0), (5.0, 5.0, 95.0, 45.0)])
def test_landmarks_laid_in_are_an_upright_face_inside_the_box(box: Box) -> None:
    points = laid_in(box)
    assert misfit(Face(box, points, 1.0)) < 1e-6
    assert points[0, 1] == pytest.approx(points[1, 1], abs=0.5)
    assert (points > box[:2]).all()
    assert (points < box[2:]).all()


def test_landmarks_laid_in_are_near_those_of_real_faces(faces: list[Face]) -> None:
    for face in faces:
        assert np.abs(laid_in(face.box) - face.landmarks).mean() < 0.12 * face.width


@pytest.mark.parametrize(
    "box",
    [
        (10.0, 10.0, 10.0, 50.0),
        (50.0, 50.0, 10.0, 90.0),
        (-90.0, 0.0, -10.0, 80.0),
        (600.0, 0.0, 700.0, 90.0),
        (0.0, 0.0, float("nan"), 90.0),
    ],
)
def test_a_box_that_holds_nothing_is_refused(
    detector: CenterFace, family: Pixels, box: Box
) -> None:
    with pytest.raises(ConfigError):
        face_in_box(family, box, detector.look)
