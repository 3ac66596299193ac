from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lafr_engine.errors import ConfigError
from lafr_engine.faces.geometry import FFHQ_512, Face, Similarity, align, template, umeyama

scales = st.floats(0.02, 50.0)
angles = st.floats(-math.pi, math.pi)
shifts = st.floats(-8000.0, 8000.0)


def _similarity(scale: float, angle: float, tx: float, ty: float) -> Similarity:
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    return Similarity(np.array([[a, -b, tx], [b, a, ty]]))


similarities = st.builds(_similarity, scales, angles, shifts, shifts)
points = st.lists(st.tuples(shifts, shifts), min_size=1, max_size=9).map(np.array)


@given(similarities, points)
def test_the_inverse_brings_every_point_back(there: Similarity, xy: np.ndarray) -> None:
    back = there.inverse().apply(there.apply(xy))
    reach = 1.0 + np.abs(xy).max() + np.abs(there.matrix[:, 2]).max() / there.scale
    assert np.abs(back - xy).max() <= 1e-11 * reach


@given(similarities, similarities, points)
def test_after_applies_the_first_one_first(b: Similarity, a: Similarity, xy: np.ndarray) -> None:
    expected = b.apply(a.apply(xy))
    assert np.allclose(b.after(a).apply(xy), expected, rtol=1e-9, atol=1e-6)
    assert b.after(a).scale == pytest.approx(b.scale * a.scale)


@given(similarities)
def test_align_recovers_a_similarity_exactly(crop_to_picture: Similarity) -> None:
    found = align(crop_to_picture.apply(FFHQ_512))
    assert found.scale == pytest.approx(1.0 / crop_to_picture.scale, rel=1e-6)
    seen = found.apply(crop_to_picture.apply(FFHQ_512))
    assert np.abs(seen - FFHQ_512).max() < 1e-5


@given(similarities, st.lists(st.tuples(shifts, shifts), min_size=5, max_size=5).map(np.array))
def test_umeyama_is_the_least_squares_optimum(other: Similarity, noise: np.ndarray) -> None:
    source = FFHQ_512 + noise / 400.0
    best = umeyama(source, FFHQ_512)

    def cost(guess: Similarity) -> float:
        return float(((guess.apply(source) - FFHQ_512) ** 2).sum())

    assert cost(best) <= cost(other) + 1e-6
    turn = _similarity(1.0 + 1e-4, 1e-4, 0.05, -0.05)
    assert cost(best) <= cost(turn.after(best)) + 1e-9


def test_degrees_and_scale_of_a_face_lying_on_its_side() -> None:
    turned = np.stack([-FFHQ_512[:, 1], FFHQ_512[:, 0]], axis=1) / 4.0
    found = align(turned)
    assert found.scale == pytest.approx(4.0)
    assert found.degrees == pytest.approx(-90.0)


def test_a_smaller_template_keeps_its_place_between_the_edges() -> None:
    assert np.array_equal(template(512), FFHQ_512)
    assert np.allclose((template(256) + 0.5) * 2.0 - 0.5, FFHQ_512)
    with pytest.raises(ConfigError):
        template(0)


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]),
        np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0]]),
        np.zeros((2, 3)),
        np.eye(3),
        np.array([[np.nan, 0.0, 0.0], [0.0, np.nan, 0.0]]),
    ],
)
def test_what_is_no_similarity_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(ConfigError):
        Similarity(matrix)


def test_landmarks_on_one_point_are_refused() -> None:
    with pytest.raises(ConfigError, match="one point"):
        align(np.full((5, 2), 7.0))
    with pytest.raises(ConfigError):
        align(np.zeros((4, 2)))


def test_a_face_is_frozen_and_knows_its_measures() -> None:
    face = Face((10.0, 20.0, 110.0, 160.0), FFHQ_512, 0.9)
    assert (face.width, face.height) == (100.0, 140.0)
    assert face.inter_eye == pytest.approx(125.92, abs=0.01)
    with pytest.raises(ValueError, match="read-only"):
        face.landmarks[0, 0] = 0.0
    moved = face.moved(5.0, -20.0)
    assert moved.box == (15.0, 0.0, 115.0, 140.0)
    assert np.allclose(moved.landmarks - FFHQ_512, [5.0, -20.0])
    with pytest.raises(ConfigError):
        Face((0.0, 0.0, 1.0, 1.0), FFHQ_512[:4], 0.5)
