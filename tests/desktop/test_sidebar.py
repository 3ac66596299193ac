from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from lafr_desktop.views.sidebar import Sidebar
from lafr_engine.album.values import Counts, PhotoFilter

_NONE = Qt.KeyboardModifier.NoModifier
COUNTS = Counts(20, 5, 4, 3, 2, 1, 40, 9, 0, 0, 0)


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.set_counts(COUNTS)
    sidebar.set_albums([Path("albums/aunts"), Path("albums/uncles")], Path("albums/aunts"))
    sidebar.resize(200, 600)
    with qtbot.waitExposed(sidebar):
        sidebar.show()
    return sidebar


def entries(sidebar: Sidebar, name: str) -> QListWidget:
    return next(e for e in sidebar.findChildren(QListWidget) if e.accessibleName() == name)


def test_filters_are_chosen_by_keys(sidebar: Sidebar, qtbot: QtBot) -> None:
    filters = entries(sidebar, "Filters")
    chosen: list[PhotoFilter] = []
    sidebar.filter_chosen.connect(chosen.append)
    QTest.keyClick(filters, Qt.Key.Key_Down)
    QTest.keyClick(filters, Qt.Key.Key_Down)
    assert chosen == [PhotoFilter.REVIEW, PhotoFilter.HELD]
    sidebar.set_filter(PhotoFilter.NEW)
    assert filters.currentItem().text() == "New"
    assert len(chosen) == 2


def test_counts_are_spoken_and_all_filters_are_seen(sidebar: Sidebar) -> None:
    filters = entries(sidebar, "Filters")
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = [filters.item(row).data(role) for row in range(filters.count())]
    expected = ["All: 20", "To review: 4", "Held: 3", "Done: 2", "Failed: 1", "New: 5"]
    assert spoken == [*expected, "Missing: 0"]
    assert not filters.verticalScrollBar().isVisible()


def test_missing_files_are_listed_where_there_are_some(sidebar: Sidebar) -> None:
    filters = entries(sidebar, "Filters")
    row = list(PhotoFilter).index(PhotoFilter.MISSING)
    assert filters.isRowHidden(row)
    sidebar.set_counts(replace(COUNTS, missing=1))
    assert not filters.isRowHidden(row)
    assert not filters.verticalScrollBar().isVisible()
    sidebar.set_filter(PhotoFilter.MISSING)
    sidebar.set_counts(COUNTS)
    assert not filters.isRowHidden(row)  # what is chosen stays in sight
    sidebar.set_filter(PhotoFilter.ALL)
    assert filters.isRowHidden(row)


def test_an_album_is_chosen_by_mouse_or_key_once(sidebar: Sidebar, qtbot: QtBot) -> None:
    albums = entries(sidebar, "Albums")
    chosen: list[Path] = []
    sidebar.album_chosen.connect(chosen.append)
    assert albums.currentItem().text() == "aunts"
    where = albums.visualItemRect(albums.item(1)).center()
    QTest.mouseClick(albums.viewport(), Qt.MouseButton.LeftButton, _NONE, where)
    assert chosen == [Path("albums/uncles")]
    QTest.keyClick(albums, Qt.Key.Key_Up)
    assert len(chosen) == 1  # only looked at
    QTest.keyClick(albums, Qt.Key.Key_Return)
    assert chosen == [Path("albums/uncles"), Path("albums/aunts")]


def test_without_albums_there_is_no_list_of_them(sidebar: Sidebar) -> None:
    sidebar.set_albums([], None)
    assert not entries(sidebar, "Albums").isVisible()
