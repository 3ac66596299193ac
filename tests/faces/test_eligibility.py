from __future__ import annotations

import numpy as np
import pytest

from lafr_engine.faces.eligibility import Limits, reason_to_abstain
from lafr_engine.faces.geometry import FFHQ_512, Face, Similarity


def _face(width: float = 100.0, score: float = 0.9, squeeze: float = 1.0) -> Face:
    marks = FFHQ_512 * (width / 300.0) * [squeeze, 1.0]
    return Face((0.0, 0.0, width, width * 1.3), marks, score)


@pytest.mark.parametrize("degrees", [0.0, 45.0, 90.0, 180.0])
def test_a_good_face_is_restored_whichever_way_it_lies(degrees: float) -> None:
    a, b = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = _face().mapped(Similarity(np.array([[a, -b, 500.0], [b, a, 500.0]])))
    assert reason_to_abstain(turned) is None


def test_a_tiny_face_is_left_alone_at_any_scale() -> None:
    for scale in (1.0, 4.0):
        assert "15 pixels" in str(reason_to_abstain(_face(15.0), scale))


def test_a_small_face_is_restored_once_the_photograph_is_enlarged() -> None:
    assert "enlarge" in str(reason_to_abstain(_face(22.0)))
    assert reason_to_abstain(_face(22.0), scale=2.0) is None


def test_a_doubtful_face_is_left_alone() -> None:
    assert "blurred" in str(reason_to_abstain(_face(score=0.58)))


def test_a_profile_is_left_alone() -> None:
    assert reason_to_abstain(_face(squeeze=0.6)) is None
    assert "Turned away" in str(reason_to_abstain(_face(squeeze=0.2)))
    marks = np.array(_face().landmarks)
    marks[2, 0] -= 35.0
    assert "side" in str(reason_to_abstain(Face((0.0, 0.0, 100.0, 130.0), marks, 0.9)))


def test_the_limits_are_the_callers() -> None:
    face = _face(30.0)
    assert reason_to_abstain(face) is None
    assert reason_to_abstain(face, limits=Limits(least_evidence=40.0)) is not None
