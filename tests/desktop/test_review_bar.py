from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from lafr_desktop.models.faces import FacesModel
from lafr_desktop.views.actions import FaceActions
from lafr_desktop.views.faces import FaceStrip
from lafr_desktop.views.review_bar import ReviewBar
from lafr_engine.album.values import FaceState, Photo, PhotoState
from lafr_engine.faces.invented import Region
from tests.desktop.values import PHOTO, candidate, face, review


@pytest.fixture
def bar(qtbot: QtBot) -> ReviewBar:
    actions = FaceActions()
    bar = ReviewBar(actions)
    actions.setParent(bar)
    qtbot.addWidget(bar)
    bar.show()
    return bar


def _texts(bar: ReviewBar) -> str:
    return " ".join(label.text() for label in bar.findChildren(QLabel) if label.isVisible())


def test_the_face_is_told_with_state_likeness_and_reason(bar: ReviewBar) -> None:
    held = replace(face(1, FaceState.HELD), reason="no longer the same person", identity=0.21)
    bar.show_review(review(held, face(2)))
    text = _texts(bar)
    assert "Face 1 of 2: held" in text
    assert "0.21" in text
    assert "someone else" in text
    assert "no longer the same person" in text


def test_what_was_invented_is_warned_of(bar: ReviewBar) -> None:
    bar.show_review(review(face(1)))
    bar.show_invented({Region.EYES: 4.0, Region.MOUTH: 0.1})
    assert "The eyes were largely invented" in _texts(bar)
    assert "mouth" not in _texts(bar)
    bar.show_invented({Region.EYES: 0.4, Region.MOUTH: 0.1})
    assert "invented" not in _texts(bar)


def test_a_photo_without_faces_says_what_to_do(bar: ReviewBar) -> None:
    new = replace(PHOTO, state=PhotoState.NEW)
    bar.show_review(replace(review(), photo=new))
    assert "No faces" in _texts(bar)
    assert "Restore the photograph" in _texts(bar)
    assert not bar.strength_slider.isEnabled()


def test_showing_a_face_decides_nothing(bar: ReviewBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.strength_chosen):
        bar.show_review(review(replace(face(1), strength=0.4)))
    assert bar.strength_slider.value() == 40


def test_the_slider_previews_live_and_decides_on_release(bar: ReviewBar) -> None:
    bar.show_review(review(face(1)))
    previewed: list[float] = []
    chosen: list[float] = []
    bar.strength_previewed.connect(previewed.append)
    bar.strength_chosen.connect(chosen.append)
    slider = bar.strength_slider
    slider.setSliderDown(True)
    slider.setValue(80)
    slider.setValue(60)
    assert previewed == [0.8, 0.6]
    assert chosen == []
    slider.setSliderDown(False)
    assert chosen == [0.6]


def test_keys_on_the_slider_decide(bar: ReviewBar, qtbot: QtBot) -> None:
    bar.show_review(review(face(1)))
    with qtbot.waitSignal(bar.strength_chosen) as chosen:
        QTest.keyClick(bar.strength_slider, Qt.Key.Key_Down)
    assert chosen.args == [0.99]


def test_candidates_are_chosen_by_button_and_by_action(bar: ReviewBar, qtbot: QtBot) -> None:
    bar.show_review(review(face(1, candidate=7), candidates=(candidate(7), candidate(8))))
    bar.set_candidate_image(8, QImage(8, 8, QImage.Format.Format_RGB888))
    first, second = bar.candidate_buttons()
    assert first.isChecked()
    assert not second.icon().isNull()
    with qtbot.waitSignal(bar.candidate_chosen) as chosen:
        second.click()
    assert chosen.args == [8]
    actions = bar.findChild(FaceActions)
    assert actions is not None
    assert [each.isEnabled() for each in actions.candidates[:3]] == [True, True, False]
    with qtbot.waitSignal(bar.candidate_chosen) as chosen:
        actions.candidates[0].trigger()
    assert chosen.args == [7]


def test_every_control_has_a_name(bar: ReviewBar) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider

    bar.show_review(review(face(1), candidates=(candidate(7), candidate(8))))
    controls = [*bar.findChildren(QAbstractButton), *bar.findChildren(QAbstractSlider)]
    assert len(controls) > 8
    assert all(each.accessibleName() for each in controls)


def test_the_strip_tells_which_face_was_clicked_and_rings_the_one_shown(qtbot: QtBot) -> None:
    model = FacesModel()
    model.set_faces([face(number) for number in (3, 5, 8)])
    strip = FaceStrip(model)
    qtbot.addWidget(strip)
    strip.resize(600, 120)
    strip.show()
    strip.show_selected(5)
    assert strip.currentIndex().row() == 1
    place = strip.visualRect(model.index(2)).center()
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [8]
    strip.show_selected(None)
    assert strip.selectedIndexes() == []


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (replace(PHOTO, state=PhotoState.WORKING), "being looked for"),
        (replace(PHOTO, state=PhotoState.DONE), "No face was found"),
        (replace(PHOTO, problem="aunts.jpg: is damaged"), "aunts.jpg: is damaged"),
    ],
)
def test_why_a_photo_shows_no_face_is_told(bar: ReviewBar, photo: Photo, words: str) -> None:
    bar.show_review(replace(review(), photo=photo))
    assert words in _texts(bar)
    assert "Restore the photograph" not in _texts(bar)


def test_keys_make_the_face_weaker_and_stronger(bar: ReviewBar, qtbot: QtBot) -> None:
    actions = bar.findChild(FaceActions)
    assert actions is not None
    bar.show_review(review(face(1)))
    for action, share in ((actions.weaker, 0.95), (actions.weaker, 0.9), (actions.stronger, 0.95)):
        with qtbot.waitSignals([bar.strength_previewed, bar.strength_chosen]):
            action.trigger()
        assert bar.strength_slider.value() == round(100 * share)
