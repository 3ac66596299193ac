from __future__ import annotations

import numpy as np
import pytest

from lafr_engine.faces.candidates import (
    Plausibility,
    best_of_overlapping,
    is_plausible,
    misfit,
    overlap,
    without_nested,
)
from lafr_engine.faces.geometry import FFHQ_512, Box, Face


def _face(box: Box, score: float = 0.9) -> Face:
    size = np.array([box[2] - box[0], box[3] - box[1]])
    return Face(box, FFHQ_512 / 512 * size + np.array(box[:2]), score)


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 0, 30, 10)) == 0.0


def test_of_overlapping_faces_the_best_is_kept_and_neighbours_stay() -> None:
    weak, best = _face((0, 0, 100, 100), 0.6), _face((5, 5, 105, 105), 0.9)
    beside = _face((90, 0, 190, 100), 0.7)
    assert best_of_overlapping([weak, beside, best]) == [best, beside]
    assert best_of_overlapping([]) == []


def test_an_eye_taken_for_a_face_inside_a_face_is_dropped() -> None:
    face, eye = _face((0, 0, 200, 200), 0.9), _face((40, 60, 80, 100), 0.7)
    child_in_front = _face((150, 120, 260, 240), 0.8)
    assert without_nested([eye, child_in_front, face]) == [face, child_in_front]


def test_a_frontal_and_a_turned_face_are_plausible() -> None:
    limits = Plausibility()
    face = _face((10, 10, 110, 110))
    assert misfit(face) < 0.01
    assert is_plausible(face, limits)
    squeezed = face.landmarks * [0.45, 1.0]
    turned = Face(face.box, squeezed + np.array([30.0, 0.0]), 0.9)
    assert is_plausible(turned, limits)


@pytest.mark.parametrize("order", [[3, 4, 2, 0, 1], [1, 0, 2, 4, 3]])
def test_a_mouth_above_the_eyes_or_a_mirrored_face_is_not_plausible(order: list[int]) -> None:
    face = _face((10, 10, 110, 110))
    assert not is_plausible(Face(face.box, face.landmarks[order], 0.9), Plausibility())


def test_eyes_too_far_apart_for_the_box_or_a_speck_are_not_plausible() -> None:
    face = _face((0, 0, 100, 100))
    assert not is_plausible(Face((30, 30, 60, 60), face.landmarks, 0.9), Plausibility())
    assert not is_plausible(_face((0, 0, 3, 3)), Plausibility())
    assert not is_plausible(Face(face.box, np.full((5, 2), 50.0), 0.9), Plausibility())
