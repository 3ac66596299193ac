from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.controllers.history import History
from lafr_desktop.views.actions import FaceActions
from lafr_engine.album.store import Album
from tests.desktop.albums import restored_album

Steps = tuple[str | None, str | None]


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    with restored_album(tmp_path, photos=1, faces=2) as album:
        yield album


class Told:
    """A history, and what it told last."""

    def __init__(self, album: Album) -> None:
        self.history = History(album)
        self.all: list[Steps] = []
        self.history.changed.connect(lambda *steps: self.all.append(steps))

    def now(self) -> Steps:
        self.history.look()
        return self.all[-1] if self.all else (None, None)


def test_it_follows_what_is_decided_taken_back_and_repeated(album: Album, qtbot: QtBot) -> None:
    told = Told(album)
    one, two = (face.id for face in album.review_queue())
    assert told.now() == (None, None)
    album.accept(one)
    assert told.now() == ("accept", None)
    album.set_strength(two, 0.5)
    assert told.now() == ("strength", None)
    album.undo()
    assert told.now() == ("accept", "strength")
    album.undo()
    assert told.now() == (None, "accept")
    album.redo()
    assert told.now() == ("accept", "strength")
    album.reject(two)
    assert told.now() == ("reject", None)


def test_it_tells_each_change_once(album: Album, qtbot: QtBot) -> None:
    told = Told(album)
    album.accept(album.review_queue()[0].id)
    for _ in range(3):
        told.history.look()
    assert told.all == [("accept", None)]


def test_decisions_go_with_their_photograph(album: Album, qtbot: QtBot) -> None:
    told = Told(album)
    face = album.review_queue()[0]
    album.accept(face.id)
    album.undo()
    album.reject(face.id)
    assert told.now() == ("reject", None)
    album.remove_photos([face.photo_id])
    assert told.now() == (None, None)


def test_what_is_under_way_can_be_taken_back_before_the_album_knows(
    album: Album, qtbot: QtBot
) -> None:
    told = Told(album)
    told.history.hold(True)
    assert told.now() == ("", None)
    told.history.wait(True)
    told.history.hold(False)
    assert told.now() == ("keep", None)
    told.history.wait(False)
    assert told.now() == (None, None)


def test_actions_say_what_they_would_do_and_their_buttons_keep_their_width(qtbot: QtBot) -> None:
    actions = FaceActions()
    assert not actions.undo.isEnabled()
    assert not actions.redo.isEnabled()
    actions.show_steps("not-a-face", None)
    assert actions.undo.isEnabled()
    assert not actions.redo.isEnabled()
    assert actions.undo.text() == "&Undo: not a face"
    assert actions.undo.toolTip() == "Undo: not a face"
    assert actions.undo.iconText() == "Undo"
    assert actions.redo.text() == "Re&do"
    actions.show_steps("", "keep")
    assert actions.undo.isEnabled()
    assert (actions.undo.text(), actions.redo.text()) == ("&Undo", "Re&do: brush stroke")
    actions.show_steps(None, None)
    assert not actions.undo.isEnabled()
    assert actions.undo.text() == "&Undo"


@pytest.mark.parametrize(
    "kind", ["accept", "reject", "not-a-face", "candidate", "strength", "keep", "move", "draw"]
)
def test_each_kind_of_decision_has_a_name_of_its_own(qtbot: QtBot, kind: str) -> None:
    actions = FaceActions()
    actions.show_steps(kind, kind)
    name = actions.undo.text().removeprefix("&Undo: ")
    assert name
    assert name != kind or kind == "strength"
    assert actions.redo.text().endswith(f": {name}")
