from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from lafr_engine.faces import eligibility
from lafr_engine.faces.eligibility import Limits, reason_to_abstain
from lafr_engine.faces.geometry import FFHQ_512, Face, Similarity
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture


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


LANDMARKS = np.array(
    [[428.4, 262.1], [474.2, 258.2], [453.2, 287.8], [436.2, 309.9], [474.6, 306.6]]
)


@pytest.fixture(scope="module")
def sharp(samples: Path) -> Picture:
    return read_picture(samples / "old_daguerreotype_sisters.jpg")


def test_a_blurred_face_is_left_alone_where_a_limit_asks_for_detail(sharp: Picture) -> None:
    face = Face((402.0, 225.0, 504.0, 345.0), LANDMARKS, 0.9)
    limits = Limits(least_detail=24.0)
    assert reason_to_abstain(face, limits=limits, picture=sharp) is None
    blurred = Picture(cv2.GaussianBlur(np.asarray(sharp.pixels), (0, 0), 5.0))
    assert reason_to_abstain(face, picture=blurred) is None
    reason = str(reason_to_abstain(face, limits=limits, picture=blurred))
    start, end = reason.split("one of ")
    assert start == "Too blurred: the face shows no more than "
    shown, rest = end.split(" ", 1)
    assert 5 <= int(shown) <= 12
    assert rest == "pixels would; below 24 there is too little of the person to go by."


def test_a_small_face_that_is_sharp_is_not_called_blurred(sharp: Picture) -> None:
    pixels = cv2.resize(
        np.asarray(sharp.pixels), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
    )
    face = Face((100.2, 56.0, 125.7, 86.0), (LANDMARKS + 0.5) / 4 - 0.5, 0.9)
    limits = Limits(least_detail=60.0)
    assert reason_to_abstain(face, limits=limits, picture=Picture(pixels)) is None
    soft = Picture(cv2.GaussianBlur(pixels, (0, 0), 3.0))
    assert "Too blurred" in str(reason_to_abstain(face, limits=limits, picture=soft))


def test_pixels_are_looked_at_only_where_a_limit_asks_and_nothing_else_speaks_against(
    sharp: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []

    def shown_width(picture: Picture, landmarks: object) -> float:
        looked.append(picture.width)
        return 100.0

    monkeypatch.setattr(eligibility, "shown_width", shown_width)
    asking = Limits(least_detail=14.0)
    reason_to_abstain(_face(), picture=sharp)
    reason_to_abstain(_face(), limits=asking)
    reason_to_abstain(_face(15.0), limits=asking, picture=sharp)
    assert looked == []
    reason_to_abstain(_face(), limits=asking, picture=sharp)
    assert looked == [sharp.width]
