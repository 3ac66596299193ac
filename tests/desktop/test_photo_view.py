from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from lafr_desktop.views.photo import CompareMode, PhotoView, ShownFace, Tool
from lafr_desktop.views.photo.canvas import Canvas
from lafr_desktop.views.photo.compose import grey_array
from lafr_desktop.views.photo.viewport import MAX_SCALE

SIZE = (300, 200)
GREY, BLUE = (120, 120, 120), (30, 60, 200)
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.new("RGB", SIZE, GREY).save(path)
    return path


@pytest.fixture
def faces(tmp_path: Path) -> list[ShownFace]:
    """Two faces whose restored version is blue, and one without any."""
    made = []
    for number, x in ((1, 20), (2, 120)):
        preview = tmp_path / f"{number}.png"
        Image.new("RGB", (80, 90), BLUE).save(preview)
        box, rectangle = (x + 10.0, 50.0, x + 70.0, 130.0), (x, 45, x + 80, 135)
        made.append(ShownFace(number, box, "restored", None, preview, rectangle))
    return [*made, ShownFace(3, (220, 50, 280, 130), "failed", "The face is too small.")]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[PhotoView]:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(900, 640)
    view.show()
    yield view
    view.shutdown()


@pytest.fixture
def opened(qtbot: QtBot, view: PhotoView, photo: Path, faces: list[ShownFace]) -> PhotoView:
    with qtbot.waitSignal(view.loaded, timeout=20_000):
        view.show_photo(photo)
        view.set_faces(faces)
    view.set_boxes_visible(False)
    view.set_mode(CompareMode.RESTORED)
    canvas_of(view).setFocus()
    qtbot.waitUntil(lambda: near(colour(view, (60, 90)), BLUE), timeout=20_000)
    return view


def canvas_of(view: PhotoView) -> Canvas:
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    return canvas


def at(view: PhotoView, x: float, y: float) -> QPoint:
    return canvas_of(view).to_widget((x, y)).toPoint()


def colour(view: PhotoView, point: tuple[float, float], pane: int = -1) -> tuple[int, ...]:
    canvas = canvas_of(view)
    place = canvas.to_widget(point).toPoint()
    if pane == 0:
        place -= canvas.panes()[-1].rect.topLeft()
    seen = canvas.grab().toImage().pixelColor(place)
    return seen.red(), seen.green(), seen.blue()


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 1


def mixed(strength: float) -> tuple[int, ...]:
    return tuple(round((1 - strength) * a + strength * b) for a, b in zip(GREY, BLUE, strict=True))


def button(view: PhotoView, name: str) -> QToolButton:
    found = [b for b in view.findChildren(QToolButton) if b.accessibleName() == name]
    assert len(found) == 1
    return found[0]


def press(view: PhotoView, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(canvas_of(view), key, held or Qt.KeyboardModifier.NoModifier)


def drag(view: PhotoView, path: list[tuple[float, float]], mouse: Qt.MouseButton = LEFT) -> None:
    canvas, points = canvas_of(view), [at(view, *each) for each in path]
    QTest.mousePress(canvas, mouse, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, mouse, pos=points[-1])


# -- what is shown


def test_the_photograph_fills_the_view(opened: PhotoView) -> None:
    assert canvas_of(opened).picture == SIZE
    assert near(colour(opened, (150, 20)), GREY)
    assert near(colour(opened, (0, 0)), GREY)
    assert near(colour(opened, (299, 199)), GREY)


def test_strength_answers_live(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_strength(1, 0.25)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), mixed(0.25)))
    assert near(colour(opened, (160, 90)), BLUE)
    opened.set_strength(1, 0.0)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))


@pytest.mark.parametrize("state", ["rejected", "not-a-face", "queued", "failed"])
def test_a_face_that_was_turned_down_shows_the_original(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace], state: str
) -> None:
    opened.set_faces([replace(faces[0], state=state), *faces[1:]])
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))
    assert near(colour(opened, (160, 90)), BLUE)


def test_a_held_face_is_restored_only_while_it_is_selected(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace]
) -> None:
    opened.set_faces([replace(faces[0], state="held"), *faces[1:]])
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))
    opened.select_face(1)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), BLUE))
    opened.select_face(2)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))


def test_another_candidate_takes_the_place_of_the_first(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace], tmp_path: Path
) -> None:
    Image.new("RGB", (80, 90), (250, 10, 10)).save(tmp_path / "other.png")
    opened.set_faces([replace(faces[0], preview=tmp_path / "other.png"), *faces[1:]])
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), (250, 10, 10)))


def test_the_first_candidate_stays_until_the_other_is_there(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace], tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with qtbot.waitSignal(opened.failed):
        opened.set_faces([replace(faces[0], preview=tmp_path / "broken.png"), *faces[1:]])
        assert near(colour(opened, (60, 90)), BLUE)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))
    assert near(colour(opened, (160, 90)), BLUE)


def test_what_is_kept_of_the_original_is_seen(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace]
) -> None:
    keep = QImage(80, 90, QImage.Format.Format_Grayscale8)
    keep.fill(255)
    opened.set_faces([replace(faces[0], keep=keep), *faces[1:]])
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))


def test_a_preview_of_another_size_is_told_of(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace]
) -> None:
    with qtbot.waitSignal(opened.failed) as told:
        opened.set_faces([replace(faces[0], rectangle=(20, 45, 60, 135)), *faces[1:]])
    assert told.args is not None
    assert "does not fit" in told.args[0]
    assert near(colour(opened, (150, 20)), GREY)


def test_a_missing_file_is_told_of(qtbot: QtBot, view: PhotoView, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.failed, timeout=20_000) as told:
        view.show_photo(tmp_path / "gone.jpg")
    assert told.args is not None
    assert "no such file" in told.args[0]
    assert canvas_of(view).picture is None


def test_only_the_last_of_many_photographs_arrives(
    qtbot: QtBot, view: PhotoView, photo: Path, tmp_path: Path
) -> None:
    sizes: list[QSize] = []
    view.loaded.connect(sizes.append)
    for number in range(5):
        other = tmp_path / f"{number}.png"
        Image.new("RGB", (400 + number, 100)).save(other)
        view.show_photo(other)
    view.show_photo(photo)
    qtbot.waitUntil(lambda: bool(sizes), timeout=20_000)
    qtbot.wait(100)
    assert sizes == [QSize(*SIZE)]


def test_nothing_arrives_after_the_photograph_was_closed(
    qtbot: QtBot, view: PhotoView, photo: Path
) -> None:
    sizes: list[QSize] = []
    view.loaded.connect(sizes.append)
    view.show_photo(photo)
    view.show_photo(None)
    qtbot.wait(300)
    assert not sizes
    assert canvas_of(view).picture is None


def test_the_sample_is_turned_upright(qtbot: QtBot, view: PhotoView, samples: Path) -> None:
    with qtbot.waitSignal(view.loaded, timeout=20_000) as told:
        view.show_photo(samples / "var_exif6.jpg")
    assert told.args == [QSize(800, 600)]


def test_shutdown_joins_what_is_being_read(view: PhotoView, samples: Path) -> None:
    view.show_photo(samples / "var_exif6.jpg")
    view.shutdown()
    view.show_photo(samples / "var_exif6.jpg")
    assert canvas_of(view).picture is None


def test_an_answer_to_a_click_does_not_end_a_drag(opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    opened.face_clicked.connect(opened.select_face)
    opened.zoom_to_face(2)
    before = canvas_of(opened).viewport.centre
    drag(opened, [(160, 90), (155, 90)])
    assert canvas_of(opened).viewport.centre[0] == pytest.approx(before[0] + 5, abs=0.5)


def test_the_album_has_the_last_word_on_a_moved_box(
    qtbot: QtBot, opened: PhotoView, faces: list[ShownFace]
) -> None:
    opened.set_boxes_visible(True)
    opened.select_face(1)
    drag(opened, [(60, 90), (65, 92), (70, 95)])
    moved = canvas_of(opened).grab().toImage()
    opened.set_faces([replace(faces[0], box=(40.0, 55.0, 100.0, 135.0)), *faces[1:]])
    opened.select_face(1)
    assert canvas_of(opened).grab().toImage().size() == moved.size()
    with qtbot.waitSignal(opened.face_moved) as told:
        drag(opened, [(70, 95), (70, 105), (60, 115)])
    assert told.args is not None
    assert told.args[1] == pytest.approx((30, 75, 90, 155), abs=0.6)


# -- compare modes


def test_side_by_side(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_mode(CompareMode.SIDE_BY_SIDE)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), BLUE))
    assert near(colour(opened, (60, 90), pane=0), GREY)
    opened.zoom_to_face(1)
    assert near(colour(opened, (60, 90)), BLUE)
    assert near(colour(opened, (60, 90), pane=0), GREY)


def test_slider_by_mouse_and_keys(opened: PhotoView) -> None:
    opened.set_mode(CompareMode.SLIDER)
    canvas = canvas_of(opened)
    assert near(colour(opened, (60, 90)), GREY)
    assert near(colour(opened, (185, 90)), BLUE)
    middle = QPoint(canvas.width() // 2, canvas.height() // 4)
    QTest.mousePress(canvas, LEFT, pos=middle)
    QTest.mouseMove(canvas, QPoint(5, middle.y()))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(5, middle.y()))
    assert near(colour(opened, (60, 90)), BLUE)
    before = canvas.divider
    press(opened, Qt.Key.Key_Period)
    assert canvas.divider > before
    press(opened, Qt.Key.Key_Comma)
    assert canvas.divider == pytest.approx(before)


def test_the_original_is_seen_while_it_is_held(opened: PhotoView) -> None:
    opened.set_mode(CompareMode.FLICKER)
    canvas = canvas_of(opened)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    assert near(colour(opened, (60, 90)), GREY)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert near(colour(opened, (60, 90)), BLUE)
    hold = button(opened, "Hold to see original")
    QTest.mousePress(hold, LEFT)
    assert near(colour(opened, (60, 90)), GREY)
    QTest.mouseRelease(hold, LEFT)
    assert near(colour(opened, (60, 90)), BLUE)


def test_modes_are_told_of_and_shown(qtbot: QtBot, opened: PhotoView) -> None:
    with qtbot.waitSignal(opened.mode_changed) as told:
        QTest.mouseClick(button(opened, "Original"), LEFT)
    assert told.args == [CompareMode.ORIGINAL]
    assert near(colour(opened, (60, 90)), GREY)
    opened.set_mode(CompareMode.SLIDER)
    assert button(opened, "Slider").isChecked()


# -- zoom


def turn(view: PhotoView, where: QPoint, steps: int) -> None:
    canvas = canvas_of(view)
    event = QWheelEvent(
        QPointF(where),
        QPointF(canvas.mapToGlobal(where)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_about_the_pointer(opened: PhotoView) -> None:
    canvas, where = canvas_of(opened), at(opened, 100, 80)
    before, scale = canvas.to_picture(QPointF(where)), opened.zoom
    turn(opened, where, 5)
    assert opened.zoom > scale * 2
    assert canvas.to_picture(QPointF(where)) == pytest.approx(before, abs=0.01)
    turn(opened, where, 100)
    assert opened.zoom == MAX_SCALE


def test_zoom_by_keys(opened: PhotoView) -> None:
    control, fitted = Qt.KeyboardModifier.ControlModifier, opened.zoom
    press(opened, Qt.Key.Key_Plus, control)
    assert opened.zoom > fitted
    press(opened, Qt.Key.Key_1, control)
    assert opened.zoom == 1.0
    press(opened, Qt.Key.Key_0, control)
    assert opened.zoom == fitted


def test_a_fitted_photograph_stays_fitted(opened: PhotoView) -> None:
    before = opened.zoom
    opened.resize(500, 400)
    assert opened.zoom < before


def test_a_face_is_zoomed_to_even_before_the_photograph_is_there(
    qtbot: QtBot, view: PhotoView, photo: Path, faces: list[ShownFace]
) -> None:
    view.show_photo(photo)
    view.set_faces(faces)
    view.zoom_to_face(2)
    with qtbot.waitSignal(view.loaded, timeout=20_000):
        pass
    x, y = canvas_of(view).viewport.centre
    assert (x, y) == pytest.approx((160, 90), abs=1)
    assert view.zoom > 3


def test_panning(opened: PhotoView) -> None:
    opened.zoom_to_face(1)
    canvas = canvas_of(opened)
    before = canvas.viewport.centre
    drag(opened, [(60, 90), (50, 90)], Qt.MouseButton.MiddleButton)
    assert canvas.viewport.centre[0] == pytest.approx(before[0] + 10, abs=0.5)
    press(opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.viewport.centre[0] > before[0] + 11


# -- boxes


def test_a_click_selects(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    with qtbot.waitSignal(opened.face_clicked) as told:
        QTest.mouseClick(canvas_of(opened), LEFT, pos=at(opened, 160, 90))
    assert told.args == [2]


def test_boxes_can_be_hidden(opened: PhotoView) -> None:
    clicked: list[int] = []
    opened.face_clicked.connect(clicked.append)
    QTest.mouseClick(canvas_of(opened), LEFT, pos=at(opened, 160, 90))
    assert not clicked
    before = canvas_of(opened).grab().toImage()
    press(opened, Qt.Key.Key_B)
    assert opened.boxes_visible
    assert button(opened, "Face boxes").isChecked()
    assert canvas_of(opened).grab().toImage() != before


def test_tab_goes_through_the_faces_and_out(opened: PhotoView) -> None:
    clicked: list[int] = []
    opened.face_clicked.connect(clicked.append)
    opened.activateWindow()
    for _ in range(3):
        press(opened, Qt.Key.Key_Tab)
    press(opened, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert clicked == [1, 2, 3, 2]
    press(opened, Qt.Key.Key_Tab)
    press(opened, Qt.Key.Key_Tab)
    assert clicked == [1, 2, 3, 2, 3]


def test_the_selected_box_is_moved(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    opened.select_face(1)
    with qtbot.waitSignal(opened.face_moved) as told:
        drag(opened, [(60, 90), (65, 92), (70, 95)])
    assert told.args is not None
    assert told.args[0] == 1
    assert told.args[1] == pytest.approx((40, 55, 100, 135), abs=0.5)


def test_a_handle_resizes_and_the_edge_is_the_end(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    opened.select_face(1)
    with qtbot.waitSignal(opened.face_moved) as told:
        drag(opened, [(30, 50), (10, 30), (-30, -20)])
    assert told.args is not None
    assert told.args[1] == pytest.approx((-0.5, -0.5, 90, 130), abs=0.5)


def test_escape_puts_a_dragged_box_back(opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    opened.select_face(1)
    moved: list[object] = []
    opened.face_moved.connect(lambda *args: moved.append(args))
    canvas = canvas_of(opened)
    before = canvas.grab().toImage()
    QTest.mousePress(canvas, LEFT, pos=at(opened, 60, 90))
    QTest.mouseMove(canvas, at(opened, 90, 90))
    assert canvas.grab().toImage() != before
    press(opened, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, pos=at(opened, 90, 90))
    assert not moved
    assert canvas.grab().toImage() == before


def test_the_selected_box_is_moved_by_keys(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_boxes_visible(True)
    opened.select_face(1)
    control = Qt.KeyboardModifier.ControlModifier
    press(opened, Qt.Key.Key_Right, control)
    press(opened, Qt.Key.Key_Down, control | Qt.KeyboardModifier.ShiftModifier)
    step = 6 / opened.zoom
    with qtbot.waitSignal(opened.face_moved) as told:
        press(opened, Qt.Key.Key_Return)
    assert told.args is not None
    assert told.args[1] == pytest.approx((30 + step, 50, 90 + step, 130 + step), abs=0.01)


def test_a_missed_face_is_drawn(qtbot: QtBot, opened: PhotoView) -> None:
    with qtbot.waitSignal(opened.tool_changed) as taken:
        press(opened, Qt.Key.Key_D)
    assert taken.args == [Tool.DRAW_FACE]
    with qtbot.waitSignal(opened.face_drawn) as told:
        drag(opened, [(250, 180), (240, 150), (210, 140)])
    assert told.args is not None
    assert told.args[0] == pytest.approx((210, 140, 250, 180), abs=0.5)
    assert opened.tool is Tool.PAN


def test_a_click_draws_no_face_and_escape_puts_the_tool_down(opened: PhotoView) -> None:
    drawn: list[object] = []
    opened.face_drawn.connect(drawn.append)
    opened.set_tool(Tool.DRAW_FACE)
    drag(opened, [(250, 180), (251, 181)])
    assert not drawn
    press(opened, Qt.Key.Key_Escape)
    assert opened.tool is Tool.PAN


def test_a_missed_face_is_drawn_by_keys(qtbot: QtBot, opened: PhotoView) -> None:
    opened.set_tool(Tool.DRAW_FACE)
    press(opened, Qt.Key.Key_Return)
    press(opened, Qt.Key.Key_Left)
    press(opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(opened.face_drawn) as told:
        press(opened, Qt.Key.Key_Return)
    step, half = 6 / opened.zoom, 40 / opened.zoom
    assert told.args is not None
    x0, y0, x1, y1 = told.args[0]
    assert (x0, x1) == pytest.approx((149.5 - half - step, 149.5 + half), abs=0.01)
    assert y1 - y0 == pytest.approx(2 * half)


# -- the brush


def painted(args: list[object] | None) -> tuple[int, NDArray[np.uint8]]:
    assert args is not None
    face, mask = args
    assert isinstance(face, int)
    assert isinstance(mask, QImage)
    return face, grey_array(mask)


def test_painting_brings_the_original_back(qtbot: QtBot, opened: PhotoView) -> None:
    opened.select_face(1)
    opened.set_tool(Tool.KEEP_BRUSH)
    with qtbot.waitSignal(opened.keep_painted) as told:
        drag(opened, [(50, 90), (60, 90), (70, 90)])
    face, mask = painted(told.args)
    assert face == 1
    assert mask.shape == (90, 80)
    assert (mask[45, 30:50] == 255).all()
    assert mask[5, 5] == 0
    opened.set_tool(Tool.PAN)
    qtbot.waitUntil(lambda: near(colour(opened, (60, 90)), GREY))
    assert near(colour(opened, (60, 60)), BLUE)


def test_the_restored_photograph_follows_while_painting(qtbot: QtBot, opened: PhotoView) -> None:
    opened.select_face(1)
    opened.set_tool(Tool.KEEP_BRUSH)
    opened.set_brush(opened.brush.resized(6))
    canvas = canvas_of(opened)
    QTest.mousePress(canvas, LEFT, pos=at(opened, 60, 90))
    red_of_tint_on_blue = colour(opened, (60, 90))[2]
    qtbot.waitUntil(lambda: colour(opened, (63, 90))[2] < red_of_tint_on_blue - 20)
    QTest.mouseRelease(canvas, LEFT, pos=at(opened, 60, 90))


def test_what_can_be_taken_back_while_it_is_dragged_is_told(opened: PhotoView) -> None:
    held: list[bool] = []
    opened.held.connect(held.append)
    drag(opened, [(200, 150), (210, 160)])  # a place that was looked at is no change
    assert held == []
    opened.select_face(1)
    opened.set_tool(Tool.KEEP_BRUSH)
    QTest.mousePress(canvas_of(opened), LEFT, pos=at(opened, 60, 90))
    assert held == [True]
    assert opened.cancel_gesture()
    assert held == [True, False]
    assert not opened.cancel_gesture()
    drag(opened, [(60, 90), (70, 95)])
    assert held == [True, False, True, False]


def test_the_right_button_and_shift_erase(qtbot: QtBot, opened: PhotoView) -> None:
    opened.select_face(1)
    opened.set_tool(Tool.KEEP_BRUSH)
    drag(opened, [(50, 90), (70, 90)])
    with qtbot.waitSignal(opened.keep_painted) as told:
        drag(opened, [(50, 90), (70, 90)], RIGHT)
    assert painted(told.args)[1][45, 40] == 0


def test_the_brush_by_keys(qtbot: QtBot, opened: PhotoView) -> None:
    opened.select_face(1)
    press(opened, Qt.Key.Key_K)
    assert opened.tool is Tool.KEEP_BRUSH
    size = opened.brush.size
    press(opened, Qt.Key.Key_BracketRight)
    assert opened.brush.size == size + 1
    slider = next(s for s in opened.findChildren(QSlider) if s.accessibleName() == "Size")
    assert slider.value() == size + 1
    for _ in range(4):
        press(opened, Qt.Key.Key_Left)
    with qtbot.waitSignal(opened.keep_painted) as told:
        press(opened, Qt.Key.Key_Return)
    mask = painted(told.args)[1]
    columns = np.nonzero(mask[45] > 127)[0]
    assert columns.mean() == pytest.approx(40 - 2 * opened.brush.radius, abs=1)


def test_the_brush_says_why_it_does_not_paint(qtbot: QtBot, opened: PhotoView) -> None:
    opened.select_face(3)
    opened.set_tool(Tool.KEEP_BRUSH)
    with qtbot.waitSignal(opened.failed) as told:
        QTest.mouseClick(canvas_of(opened), LEFT, pos=at(opened, 250, 90))
    assert told.args is not None
    assert "Select a restored face" in told.args[0]


# -- accessibility


def test_everything_has_a_name(opened: PhotoView) -> None:
    for each in opened.findChildren(QAbstractButton):
        assert each.accessibleName()
        assert each.toolTip()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert canvas_of(opened).accessibleName() == "Photograph"
    opened.select_face(3)
    told = canvas_of(opened).accessibleDescription()
    assert told == "Face 3 of 3, Failed: The face is too small."


def test_a_narrow_bar_keeps_its_icons(opened: PhotoView) -> None:
    style = Qt.ToolButtonStyle
    assert button(opened, "Slider").toolButtonStyle() == style.ToolButtonTextBesideIcon
    opened.resize(420, 400)
    assert opened.width() == 420
    assert button(opened, "Slider").toolButtonStyle() == style.ToolButtonIconOnly
