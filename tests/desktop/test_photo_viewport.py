from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lafr_desktop.views.photo.viewport import MAX_SCALE, MIN_SCALE, Viewport

sides = st.integers(1, 20_000)
panes = st.integers(1, 4000)
scales = st.floats(MIN_SCALE, MAX_SCALE)
places = st.floats(-5000, 5000)
viewports = st.builds(
    lambda size, pane, scale, centre: Viewport(size, pane).zoomed(scale).centred(centre),
    st.tuples(sides, sides),
    st.tuples(panes, panes),
    scales,
    st.tuples(places, places),
)


@given(viewports, places, places)
def test_to_the_photograph_and_back(viewport: Viewport, x: float, y: float) -> None:
    back = viewport.to_pane(viewport.to_picture((x, y)))
    assert back == pytest.approx((x, y), abs=1e-6)


@given(viewports, scales, places, places)
def test_what_is_under_the_pointer_stays_there(
    viewport: Viewport, scale: float, x: float, y: float
) -> None:
    zoomed = viewport.zoomed(scale, (x, y))
    free = Viewport(zoomed.picture, zoomed.pane, zoomed.scale)
    fixed = viewport.to_picture((x, y))
    shift = free.to_picture((x, y))
    wanted = fixed[0] - shift[0], fixed[1] - shift[1]
    # As far as the photograph's edges allow: bounded() is what the wanted centre becomes.
    assert zoomed.centre == pytest.approx(free.centred(wanted).centre, abs=1e-6)


@given(viewports)
def test_no_margin_beside_a_photograph_larger_than_the_pane(viewport: Viewport) -> None:
    left, top = viewport.to_pane((-0.5, -0.5))
    right, bottom = viewport.to_pane((viewport.picture[0] - 0.5, viewport.picture[1] - 0.5))
    for low, high, pane in ((left, right, viewport.pane[0]), (top, bottom, viewport.pane[1])):
        if high - low > pane:
            assert low <= 1e-6
            assert high >= pane - 1e-6
        else:
            assert low == pytest.approx(pane - high, abs=1e-6)


def test_pixel_centres_lie_at_integers() -> None:
    viewport = Viewport((10, 10), (100, 100)).zoomed(10.0)
    assert viewport.to_pane((-0.5, -0.5)) == (0.0, 0.0)
    assert viewport.to_pane((0, 0)) == (5.0, 5.0)
    assert viewport.to_pane((9.5, 9.5)) == (100.0, 100.0)


def test_fitting_shows_everything() -> None:
    viewport = Viewport((12_000, 9600), (1200, 800)).fitted()
    assert viewport.scale == pytest.approx(800 / 9600)
    assert viewport.to_pane((-0.5, -0.5))[1] == pytest.approx(0)


def test_zoom_has_limits_but_never_keeps_a_huge_scan_from_fitting() -> None:
    small = Viewport((100, 100), (500, 500))
    assert small.zoomed(1000).scale == MAX_SCALE
    assert small.zoomed(0.0001).scale == MIN_SCALE
    huge = Viewport((30_000, 10_000), (600, 600))
    assert huge.zoomed(0.0001).scale == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("scale", "level"), [(16, 0), (1, 0), (0.75, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.05, 4)]
)
def test_a_level_is_drawn_at_half_to_the_whole_of_its_size(scale: float, level: int) -> None:
    viewport = Viewport((5000, 5000), (500, 500), scale)
    assert viewport.level(10) == level
    assert scale >= 1 or 0.5 < scale * 2 ** viewport.level(10) <= 1
    assert viewport.level(2) == min(level, 1)
    assert math.isclose(viewport.scale, scale)
