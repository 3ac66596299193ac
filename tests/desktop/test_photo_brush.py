from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from lafr_desktop.views.photo.brush import SIZES, Brush, KeepMasks
from lafr_desktop.views.photo.compose import grey_array
from lafr_desktop.views.photo.values import ShownFace

FACE = ShownFace(
    1, (110, 110, 150, 150), "restored", preview=Path("p.png"), rectangle=(100, 100, 180, 160)
)
HARD = Brush(size=7, hardness=1.0)


def masks(face: ShownFace = FACE) -> KeepMasks:
    result = KeepMasks()
    result.adopt(face)
    return result


def stroke(
    on: KeepMasks, where: tuple[float, float], brush: Brush = HARD, erase: bool = False
) -> QImage:
    on.begin(1)
    on.paint(1, (where, where), brush, erase)
    told = on.end(1)
    assert told is not None
    return told


def test_a_dab_lies_where_the_photograph_was_touched() -> None:
    painted = grey_array(stroke(masks(), (140.0, 130.0)))
    assert painted.shape == (60, 80)
    rows, columns = np.nonzero(painted > 127)
    assert columns.mean() == pytest.approx(40, abs=0.6)
    assert rows.mean() == pytest.approx(30, abs=0.6)
    assert np.sqrt((painted > 127).sum() / np.pi) == pytest.approx(HARD.radius, rel=0.1)


def test_a_line_has_no_gaps() -> None:
    on = masks()
    on.begin(1)
    on.paint(1, ((110.0, 130.0), (170.0, 130.0)), HARD, erase=False)
    line = on.end(1)
    assert line is not None
    assert (grey_array(line)[30, 10:71] == 255).all()


def test_a_soft_edge_fades() -> None:
    line = grey_array(stroke(masks(), (140.0, 130.0), Brush(size=13, hardness=0.2)))[30]
    falling = line[40:60].astype(int)
    assert falling[0] == 255
    assert ((falling > 20) & (falling < 235)).sum() >= 8
    assert (np.diff(falling) <= 0).all()


def test_dabs_of_a_stroke_do_not_add_up() -> None:
    on, soft = masks(), Brush(size=13, hardness=0.2)
    once = stroke(on, (140.0, 130.0), soft)
    on.begin(1)
    on.paint(1, ((140.0, 130.0), (140.0, 130.0)), soft, erase=False)
    assert on.end(1) is None
    assert on.image(1) == once


def test_a_stroke_beside_the_face_is_none() -> None:
    on = masks()
    on.begin(1)
    on.paint(1, ((400.0, 400.0), (420.0, 400.0)), HARD, erase=False)
    assert on.end(1) is None
    assert on.shown(1) is None


def test_erasing_takes_back_what_it_covers() -> None:
    on = masks()
    stroke(on, (140.0, 130.0), Brush(size=12, hardness=1.0))
    erased = grey_array(stroke(on, (140.0, 130.0), HARD, erase=True))
    assert erased[30, 40] == 0
    assert erased.max() == 255


def test_a_cancelled_stroke_leaves_nothing() -> None:
    on = masks()
    first = stroke(on, (120.0, 120.0))
    on.begin(1)
    on.paint(1, ((150.0, 140.0), (150.0, 140.0)), HARD, erase=False)
    on.cancel(1)
    assert on.image(1) == first
    on.cancel(1)
    assert on.image(1) == first


def test_a_late_echo_takes_nothing_back() -> None:
    on = masks()
    first = stroke(on, (120.0, 120.0))
    second = stroke(on, (150.0, 140.0))
    on.adopt(FACE)  # news of something else, before the first stroke was stored
    assert on.image(1) == second
    on.adopt(replace(FACE, keep=first))
    assert on.image(1) == second
    on.adopt(replace(FACE, keep=second))
    assert on.image(1) == second


def test_an_undo_of_the_album_replaces_the_mask() -> None:
    on = masks()
    first = stroke(on, (120.0, 120.0))
    on.adopt(replace(FACE, keep=first))
    on.adopt(FACE)
    assert grey_array(on.image(1) or QImage()).max() == 0
    assert on.shown(1) is None


def test_the_albums_mask_is_taken_over() -> None:
    keep = QImage(80, 60, QImage.Format.Format_Grayscale8)
    keep.fill(90)
    assert masks(replace(FACE, keep=keep)).image(1) == keep
    other_size = QImage(40, 30, QImage.Format.Format_Grayscale8)
    other_size.fill(90)
    assert masks(replace(FACE, keep=other_size)).image(1) == keep


def test_what_is_composed_changes_only_with_the_mask() -> None:
    on = masks()
    assert on.shown(1) is None
    stroke(on, (120.0, 120.0))
    shown = on.shown(1)
    assert shown is not None
    assert on.shown(1) is shown
    stroke(on, (130.0, 120.0))
    assert on.shown(1) is not shown


def test_faces_that_are_gone_are_forgotten() -> None:
    on = masks()
    on.forget_all_but({2})
    assert on.image(1) is None


def test_sizes_stay_in_range() -> None:
    assert Brush().resized(-100).radius == 1.0
    assert Brush().resized(100).size == SIZES - 1
    assert Brush().for_width(420).radius == pytest.approx(30, rel=0.13)
