from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from lafr_desktop.views.photo import CompareMode, PhotoView, ShownFace
from lafr_desktop.views.photo.canvas import Canvas
from lafr_engine.faces.invented import Region, warnings

RECTANGLE = (370, 170, 530, 370)
LANDMARKS = ((428.4, 262.1), (474.2, 258.2), (453.2, 287.8), (436.2, 309.9), (474.6, 306.6))
LEFT_EYE, CHEEK = (428.4, 262.1), (440.0, 292.0)


@pytest.fixture
def invented(samples: Path, tmp_path: Path) -> ShownFace:
    """A face whose left eye was painted over with rings."""
    x0, y0, _, _ = RECTANGLE
    with Image.open(samples / "old_daguerreotype_sisters.jpg") as opened:
        pixels = np.asarray(opened.convert("RGB").crop(RECTANGLE)).astype(float)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    radius = np.hypot(x + x0 - LEFT_EYE[0], y + y0 - LEFT_EYE[1])
    pixels += (60 * np.sin(radius * 1.2) * (radius < 11))[..., None]
    preview = tmp_path / "preview.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(preview)
    box = (402.0, 209.0, 502.0, 345.0)
    return ShownFace(1, box, "restored", preview=preview, rectangle=RECTANGLE, landmarks=LANDMARKS)


class Heard:
    """The last numbers that the view told."""

    def __init__(self) -> None:
        self.numbers: Mapping[Region, float] = {}

    def hear(self, numbers: Mapping[Region, float]) -> None:
        self.numbers = numbers


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def view(qtbot: QtBot, samples: Path, invented: ShownFace, heard: Heard) -> Iterator[PhotoView]:
    view = PhotoView()
    view.invented_changed.connect(heard.hear)
    qtbot.addWidget(view)
    view.resize(900, 640)
    view.show()
    with qtbot.waitSignal(view.loaded, timeout=20_000):
        view.show_photo(samples / "old_daguerreotype_sisters.jpg")
        view.set_faces([invented])
    view.select_face(1)
    view.set_boxes_visible(False)
    view.set_mode(CompareMode.RESTORED)
    view.zoom_to_face(1)
    qtbot.waitUntil(lambda: bool(heard.numbers), timeout=20_000)
    yield view
    view.shutdown()


def colour(view: PhotoView, point: tuple[float, float]) -> QColor:
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    return canvas.grab().toImage().pixelColor(canvas.to_widget(point).toPoint())


def is_coloured(view: PhotoView, point: tuple[float, float]) -> bool:
    return colour(view, point).saturation() > 60


def test_the_eyes_are_warned_of_until_less_is_taken(view: PhotoView, heard: Heard) -> None:
    whole = heard.numbers[Region.EYES]
    assert warnings(heard.numbers)[0] is Region.EYES
    view.set_strength(1, 0.1)
    assert heard.numbers[Region.EYES] == pytest.approx(0.1 * whole)
    assert warnings(heard.numbers) == ()


def test_the_key_and_the_button_colour_what_was_invented(view: PhotoView) -> None:
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    assert not is_coloured(view, LEFT_EYE)
    QTest.keyClick(canvas, Qt.Key.Key_I)
    assert view.invented_visible
    assert is_coloured(view, LEFT_EYE)
    assert not is_coloured(view, CHEEK)
    buttons = view.findChildren(QToolButton)
    button = next(each for each in buttons if each.accessibleName() == "What was invented")
    assert button.isChecked()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not view.invented_visible
    assert not is_coloured(view, LEFT_EYE)


def most_colour_of_the_legend(view: PhotoView) -> int:
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    corner = canvas.rect().adjusted(canvas.width() - 240, canvas.height() - 44, 0, 0)
    shot = canvas.grab(corner).toImage()
    pixels = [shot.pixelColor(x, y) for x in range(shot.width()) for y in range(shot.height())]
    return max(each.saturation() for each in pixels)


def test_a_legend_says_what_the_colours_mean_or_that_there_are_none(view: PhotoView) -> None:
    without = most_colour_of_the_legend(view)
    view.set_invented_visible(True)
    assert most_colour_of_the_legend(view) > 200
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    before = canvas.grab().toImage()
    view.set_strength(1, 0.0)
    assert most_colour_of_the_legend(view) < max(without, 60) + 20
    assert canvas.grab().toImage() != before


def test_only_what_is_restored_is_coloured(view: PhotoView) -> None:
    view.set_invented_visible(True)
    for mode in CompareMode:
        view.set_mode(mode)
        if mode is not CompareMode.SLIDER:
            assert is_coloured(view, LEFT_EYE) == (mode is not CompareMode.ORIGINAL)
    view.set_mode(CompareMode.SLIDER)
    canvas = view.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    for divider, coloured in ((0.0, True), (1.0, False)):
        canvas.set_divider(divider)
        assert is_coloured(view, LEFT_EYE) == coloured
    view.set_mode(CompareMode.RESTORED)
    view.hold_original(True)
    assert not is_coloured(view, LEFT_EYE)


def test_what_is_kept_is_neither_coloured_nor_warned_of(
    view: PhotoView, invented: ShownFace, heard: Heard, qtbot: QtBot
) -> None:
    view.set_invented_visible(True)
    keep = QImage(160, 200, QImage.Format.Format_Grayscale8)
    keep.fill(255)
    view.set_faces([replace(invented, keep=keep)])
    qtbot.waitUntil(lambda: heard.numbers.get(Region.EYES, 1.0) < 0.05, timeout=20_000)
    assert not is_coloured(view, LEFT_EYE)


def test_a_face_without_landmarks_is_shown_without(
    view: PhotoView, invented: ShownFace, heard: Heard
) -> None:
    view.set_invented_visible(True)
    view.set_faces([replace(invented, landmarks=None)])
    assert heard.numbers == {}
    assert not is_coloured(view, LEFT_EYE)
