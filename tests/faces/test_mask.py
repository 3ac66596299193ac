from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lafr_engine.faces.geometry import FFHQ_512, template
from lafr_engine.faces.mask import MaskShape, soft_mask


def test_covers_the_features_and_ends_before_the_border() -> None:
    mask = soft_mask(FFHQ_512)
    assert mask.shape == (512, 512)
    assert mask.dtype == np.float32
    for x, y in FFHQ_512:
        assert mask[round(y), round(x)] == 1.0
    assert mask[430, 256] > 0.5  # the chin
    assert mask[150, 256] > 0.5  # the forehead
    assert mask[0].max() == mask[-1].max() == mask[:, 0].max() == mask[:, -1].max() == 0.0


@settings(max_examples=40, deadline=None)
@given(
    shift=st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    size=st.floats(0.5, 1.6),
    turn=st.floats(-0.6, 0.6),
)
def test_stays_in_range_and_off_the_border(
    shift: tuple[float, float], size: float, turn: float
) -> None:
    c, s = size * np.cos(turn), size * np.sin(turn)
    centre = FFHQ_512.mean(axis=0)
    points = (FFHQ_512 - centre) @ np.array([[c, -s], [s, c]]).T + centre + shift
    mask = soft_mask(points)
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0
    assert max(mask[0].max(), mask[-1].max(), mask[:, 0].max(), mask[:, -1].max()) == 0.0
    assert np.abs(np.diff(mask, axis=0)).max() < 0.12  # soft everywhere


def test_the_feather_grows_with_the_face() -> None:
    shape = MaskShape(border=0)
    small, large = soft_mask(template(256), 256, shape), soft_mask(FFHQ_512, 512, shape)

    def fade(mask: object) -> int:
        row = np.asarray(mask)[len(np.asarray(mask)) // 2]
        return int(((row > 0.02) & (row < 0.98)).sum())

    assert fade(large) == pytest.approx(2 * fade(small), abs=4)


def test_a_turned_head_keeps_its_height() -> None:
    profile = FFHQ_512.copy()
    profile[:, 0] = 256 + (profile[:, 0] - 256) * 0.3
    frontal, turned = soft_mask(FFHQ_512), soft_mask(profile)
    assert (turned[:, 256] > 0.5).sum() > 0.9 * (frontal[:, 256] > 0.5).sum()


def test_points_in_one_place_do_not_break_it() -> None:
    assert np.isfinite(soft_mask(np.full((5, 2), 100.0))).all()
