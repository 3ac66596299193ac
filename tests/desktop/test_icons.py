from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from lafr_desktop.views.icons import Icon, icon


@pytest.fixture(autouse=True)
def palette(qapp: QApplication) -> Iterator[QPalette]:
    """A palette of plain colours for the duration of a test."""
    before = QPalette(qapp.palette())
    palette = QPalette(before)
    palette.setColor(QPalette.ColorRole.ButtonText, QColor("#0000ff"))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("#808080"))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#00ff00"))
    qapp.setPalette(palette)
    yield palette
    qapp.setPalette(before)


def drawn(
    which: QIcon, side: int = 24, ratio: float = 1.0, mode: QIcon.Mode = QIcon.Mode.Normal
) -> QImage:
    return which.pixmap(QSize(side, side), ratio, mode).toImage()


def colours(image: QImage) -> set[str]:
    """Of the pixels that are covered whole."""
    every = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in every if colour.alpha() == 255}


@pytest.mark.parametrize("which", list(Icon))
def test_every_icon_is_drawn_within_its_margins(which: Icon) -> None:
    image = drawn(icon(which), 96)
    assert colours(image) == {"#0000ff"}
    edge = [image.pixelColor(at, side).alpha() for at in range(96) for side in (0, 95)]
    edge += [image.pixelColor(side, at).alpha() for at in range(96) for side in (0, 95)]
    assert max(edge) == 0


def test_no_two_icons_look_the_same() -> None:
    images = [drawn(icon(which), 48) for which in Icon]
    alike = [
        (one, other)
        for one in range(len(images))
        for other in range(one)
        if images[one] == images[other]
    ]
    assert alike == []


def test_twice_the_density_has_twice_the_pixels_and_is_not_blown_up() -> None:
    fine, coarse = drawn(icon(Icon.ACCEPT), 24, 2.0), drawn(icon(Icon.ACCEPT), 24)
    assert (fine.width(), fine.devicePixelRatio()) == (48, 2.0)
    assert (coarse.width(), coarse.devicePixelRatio()) == (24, 1.0)
    assert fine != coarse.scaled(48, 48)


def test_modes_have_the_colours_of_the_palette() -> None:
    assert colours(drawn(icon(Icon.STOP), 96, mode=QIcon.Mode.Disabled)) == {"#808080"}
    assert colours(drawn(icon(Icon.STOP), 96, mode=QIcon.Mode.Selected)) == {"#00ff00"}


def test_an_icon_follows_another_palette(qapp: QApplication, palette: QPalette) -> None:
    kept = icon(Icon.STOP)
    assert colours(drawn(kept, 96)) == {"#0000ff"}
    palette.setColor(QPalette.ColorRole.ButtonText, QColor("#ff0000"))
    qapp.setPalette(palette)
    assert colours(drawn(kept, 96)) == {"#ff0000"}


def test_a_button_keeps_its_icon_when_nothing_else_does(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icon(Icon.STOP))
    gc.collect()
    assert colours(drawn(button.icon(), 96)) == {"#0000ff"}


def test_a_copy_that_qt_takes_lives_on() -> None:
    first = icon(Icon.STOP)
    second = QIcon(first)
    second.addPixmap(QPixmap(4, 4))  # Qt copies the drawing before it changes it
    del first
    gc.collect()
    assert colours(drawn(second, 96)) == {"#0000ff"}
