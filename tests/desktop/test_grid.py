from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lafr_desktop.models.photos import Badge, PhotoQuery, PhotosModel
from lafr_desktop.thumbnails import Thumbnails
from lafr_desktop.views.filter_bar import FilterBar
from lafr_desktop.views.grid import PhotoGrid
from lafr_desktop.views.photo_delegate import badge_colours
from lafr_desktop.views.theme import Scheme, palette_of
from lafr_engine.album.values import Counts, Photo, PhotoFilter, PhotoOrder
from tests.desktop.values import PHOTO
from tests.desktop.watchdog import no_stall

COUNTS = Counts(20, 5, 4, 3, 2, 1, 40, 9, 0, 0, 0)


def photos(*ids: int) -> list[Photo]:
    return [replace(PHOTO, id=i, path=Path(f"photo {i}.jpg"), sha256=f"{i:064}") for i in ids]


@pytest.fixture
def model(qtbot: QtBot, tmp_path: Path) -> Iterator[PhotosModel]:
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    yield PhotosModel(thumbnails)
    thumbnails.close()


@pytest.fixture
def grid(qtbot: QtBot, model: PhotosModel) -> PhotoGrid:
    grid = PhotoGrid(model)
    qtbot.addWidget(grid)
    grid.resize(1000, 700)
    grid.set_counts(COUNTS)
    model.set_photos(photos(*range(1, 21)))
    with qtbot.waitActive(grid):
        grid.show()
        grid.activateWindow()
    grid.list.setFocus()
    return grid


def centre(grid: PhotoGrid, row: int) -> QPoint:
    return grid.list.visualRect(grid.list.model().index(row, 0)).center()


def press(grid: PhotoGrid, key: Qt.Key, how: Qt.KeyboardModifier) -> None:
    QTest.keyClick(grid.list, key, how)


NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def test_keys_move_choose_open_and_remove(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.select(1)
    press(grid, Qt.Key.Key_Right, NONE)
    press(grid, Qt.Key.Key_Right, SHIFT)
    assert grid.selected_ids() == [2, 3]
    press(grid, Qt.Key.Key_Down, NONE)
    columns = (grid.current_id() or 0) - 3
    assert columns >= 4
    with qtbot.waitSignal(grid.opened) as opened:
        press(grid, Qt.Key.Key_Return, NONE)
    assert opened.args == [3 + columns]
    press(grid, Qt.Key.Key_A, CTRL)
    with qtbot.waitSignal(grid.remove_requested) as removed:
        press(grid, Qt.Key.Key_Delete, NONE)
    assert removed.args == [list(range(1, 21))]


def test_the_mouse_chooses_several_and_opens_one(qtbot: QtBot, grid: PhotoGrid) -> None:
    view = grid.list.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, centre(grid, 4))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, CTRL, centre(grid, 1))
    assert grid.selected_ids() == [2, 5]
    with qtbot.waitSignal(grid.opened) as opened:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, centre(grid, 3))
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, NONE, centre(grid, 3))
    assert opened.args == [4]


def test_a_choice_outlives_order_filter_and_reset(grid: PhotoGrid, model: PhotosModel) -> None:
    model.set_photos(photos(*range(1, 1001)))
    grid.select(500)
    told: list[list[int]] = []
    grid.selection_changed.connect(told.append)
    model.set_photos(photos(*reversed(range(1, 1001))))
    assert grid.selected_ids() == [500]
    model.set_photos(photos(*range(2, 1001, 2)))  # so many differences that it is a reset
    assert grid.selected_ids() == [500]
    assert grid.current_id() == 500
    model.set_photos(photos(1, 3, 5))
    assert grid.selected_ids() == []
    assert told[-1] == []


def test_zoom_by_keys_and_wheel(qtbot: QtBot, grid: PhotoGrid) -> None:
    sides: list[int] = []
    grid.side_changed.connect(sides.append)
    press(grid, Qt.Key.Key_Plus, CTRL)
    press(grid, Qt.Key.Key_Minus, CTRL)
    for degrees in (60, 60, -120):  # half a notch, twice
        where = QPointF(50, 50)
        wheel = QWheelEvent(
            where,
            where,
            QPoint(),
            QPoint(0, degrees),
            Qt.MouseButton.NoButton,
            CTRL,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(grid.list.viewport(), wheel)
    assert sides == [216, 180, 216, 180]
    grid.zoom(99)
    assert grid.list.side == 384
    grid.set_side(1)
    assert grid.list.side == 96


@pytest.mark.parametrize("width", [420, 700, 1033, 1920])
def test_columns_fill_the_width(grid: PhotoGrid, qtbot: QtBot, width: int) -> None:
    grid.resize(width, 700)
    qtbot.wait(20)
    room, cell = grid.list.viewport().width(), grid.list.gridSize().width()
    tops = [grid.list.visualRect(grid.list.model().index(row, 0)).top() for row in range(20)]
    columns = tops.count(tops[0])
    assert columns == max(1, (room - 1) // (180 + 24))
    assert columns == 20 or room - columns * cell < columns + 2


def test_files_and_folders_are_dropped(grid: PhotoGrid, qtbot: QtBot, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/a.jpg")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(200, 200), copy, mime, left, NONE)
    enter.ignore()
    QApplication.sendEvent(grid, enter)
    assert enter.isAccepted()
    assert not grid.grab().isNull()
    drop = QDropEvent(QPointF(200, 200), copy, mime, left, NONE)
    with qtbot.waitSignal(grid.dropped) as dropped:
        QApplication.sendEvent(grid, drop)
    assert dropped.args == [[tmp_path]]
    text = QMimeData()
    text.setText("no file")
    enter = QDragEnterEvent(QPoint(200, 200), copy, text, left, NONE)
    enter.ignore()
    QApplication.sendEvent(grid, enter)
    assert not enter.isAccepted()


def test_an_empty_album_offers_the_import(
    grid: PhotoGrid, model: PhotosModel, qtbot: QtBot
) -> None:
    model.set_photos([])
    grid.set_counts(replace(COUNTS, photos=0))
    button = next(b for b in grid.findChildren(QPushButton) if b.isVisible())
    with qtbot.waitSignal(grid.import_requested):
        button.click()
    grid.set_counts(COUNTS)
    grid.filter_bar.set_query(PhotoQuery(text="aunt"))
    model.set_photos(photos(1))
    assert not button.isVisible()
    model.set_photos([])
    seen = [label.text() for label in grid.findChildren(QLabel) if label.isVisible()]
    assert any("aunt" in text for text in seen)
    assert not button.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen and its menus
def test_the_menu_acts_on_the_choice(grid: PhotoGrid, qtbot: QtBot) -> None:
    grid.select(2)
    grid.list.customContextMenuRequested.emit(centre(grid, 1))
    menu = next(m for m in grid.findChildren(QMenu) if m.isVisible())
    actions = {action.text(): action for action in menu.actions() if action.text()}
    expected = {
        "Open": (grid.opened, 2),
        "Restore": (grid.restore_requested, [2]),
        "Export…": (grid.export_requested, [2]),
        "Show in folder": (grid.show_in_folder_requested, 2),
        "Remove from album": (grid.remove_requested, [2]),
    }
    for text, (signal, argument) in expected.items():
        with qtbot.waitSignal(signal) as told:
            actions[text].trigger()
        assert told.args == [argument]
    menu.close()


def test_a_file_that_moved_can_be_found_again(
    grid: PhotoGrid, model: PhotosModel, qtbot: QtBot, tmp_path: Path
) -> None:
    found = tmp_path / "photo.jpg"
    found.touch()
    there, gone = photos(1, 2)
    model.set_photos([there, replace(gone, missing=True, path=tmp_path / "gone" / "2.jpg")])
    grid.select(2)
    locate = next(each for each in grid.list.actions() if each.text() == "Find the file…")
    locate.trigger()
    (dialog,) = grid.findChildren(QFileDialog)
    assert dialog.windowTitle() == "Where is 2.jpg now?"
    assert Path(dialog.directory().path()) == tmp_path  # the nearest folder that is there
    with qtbot.waitSignal(grid.dropped) as told:
        dialog.fileSelected.emit(str(found))
    assert told.args == [[found]]
    dialog.close()
    qtbot.waitUntil(lambda: not grid.findChildren(QFileDialog))
    grid.select(1)
    locate.trigger()
    assert not grid.findChildren(QFileDialog)


def test_the_bar_asks_for_filter_order_and_name(qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.set_counts(COUNTS)
    asked: list[PhotoQuery] = []
    bar.query_changed.connect(asked.append)
    named = {w.accessibleName(): w for w in bar.findChildren(QWidget) if w.accessibleName()}
    named["Held: 3"].click()  # type: ignore[attr-defined]  # found by name
    named["Sort by"].setCurrentIndex(1)  # type: ignore[attr-defined]  # found by name
    named["Descending order"].click()  # type: ignore[attr-defined]  # found by name
    with qtbot.waitSignal(bar.query_changed):
        QTest.keyClicks(named["Search by name"], "Aunt ")
    expected = PhotoQuery(PhotoFilter.HELD, PhotoOrder.NAME, True, "Aunt")
    assert asked[-1] == expected
    assert len(asked) == 4
    bar.set_query(PhotoQuery())
    bar.set_query(expected)
    qtbot.wait(250)
    assert len(asked) == 4
    assert bar.query == expected


def test_the_bar_gives_the_search_room_before_the_filters(qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.set_counts(COUNTS)
    bar.show()
    named = {w.accessibleName(): w for w in bar.findChildren(QWidget) if w.accessibleName()}
    held, search = named["Held: 3"], named["Search by name"]
    for width, seen in ((1100, True), (480, False), (1100, True)):
        bar.resize(width, bar.height())
        qtbot.waitUntil(lambda seen=seen: held.isVisible() == seen)  # type: ignore[misc]  # a loop's value
        words = search.fontMetrics().horizontalAdvance("Search by name")
        assert search.width() > words
        assert not seen or held.width() >= held.sizeHint().width()


def test_what_takes_the_focus_has_a_name(grid: PhotoGrid) -> None:
    takers = [
        widget
        for widget in grid.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(takers) == 5  # arrows move among the filters
    unnamed = [w for w in takers if not w.accessibleName() and not w.objectName().startswith("qt_")]
    assert unnamed == []


def _luminance(colour: QColor) -> float:
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [Scheme.Light, Scheme.Dark])
def test_badges_can_be_read(scheme: Scheme) -> None:
    palette: QPalette = palette_of(scheme)
    for badge in Badge:
        light, dark = sorted(map(_luminance, badge_colours(badge, palette)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, badge


def test_twenty_thousand_open_and_scroll_without_a_stall(
    qtbot: QtBot, model: PhotosModel, tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    files = [tmp_path / f"{number}.jpg" for number in range(300)]
    for path in files:
        small = rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(small).resize((320, 240)).save(path)
    every = [replace(PHOTO, id=i, path=files[i % 300], sha256=f"{i:064}") for i in range(20_000)]
    grid = PhotoGrid(model)
    qtbot.addWidget(grid)
    grid.resize(1280, 800)
    grid.set_counts(replace(COUNTS, photos=20_000))
    begun = time.thread_time()
    with qtbot.waitExposed(grid):
        grid.show()
    with no_stall():
        qtbot.wait(20)
        model.set_photos(every)
        qtbot.wait(20)
    assert time.thread_time() - begun < 2
    shown: list[str] = []
    model.dataChanged.connect(lambda *_: shown.append(""))
    bar = grid.list.verticalScrollBar()
    assert bar.maximum() > 20_000 / 6 * 200
    with no_stall():
        qtbot.waitUntil(lambda: len(shown) > 15, timeout=20_000)
        for step in range(101):
            bar.setValue(bar.maximum() * step // 100)
            qtbot.wait(10)
        for _ in range(20):
            bar.setValue(bar.value() - 120)
            qtbot.wait(10)
    assert len(shown) > 30
