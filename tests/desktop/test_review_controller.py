from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lafr_desktop.controllers.edits import FaceEdits, moved
from lafr_desktop.controllers.review import ReviewController, Verdict
from lafr_desktop.models.review import PhotoReview
from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState
from tests.desktop.albums import geometry, restored_album, work_off


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    with restored_album(tmp_path, photos=2, faces=2) as album:
        yield album


@pytest.fixture
def control(album: Album, qtbot: QtBot) -> ReviewController:
    return ReviewController(album)


def _place(control: ReviewController) -> tuple[int, int]:
    """The photograph and the face in it that are shown, from 1."""
    assert control.review is not None
    return control.review.photo.id, control.review.number


def _states(album: Album) -> list[str]:
    return [face.state for photo in album.photos() for face in album.faces(photo.id)]


def test_review_goes_face_by_face_and_photo_by_photo_until_the_end(
    album: Album, control: ReviewController, qtbot: QtBot
) -> None:
    control.start()
    first, second = (face.photo_id for face in album.review_queue()[::2])
    assert _place(control) == (first, 1)
    control.decide(Verdict.ACCEPT)
    assert _place(control) == (first, 2)
    control.decide(Verdict.REJECT)
    assert _place(control) == (second, 1)
    control.decide(Verdict.NOT_A_FACE)
    with qtbot.waitSignal(control.all_reviewed):
        control.decide(Verdict.ACCEPT)
    assert sorted(_states(album)) == sorted(["accepted", "rejected", "not-a-face", "accepted"])


def test_a_decision_in_the_middle_comes_back_to_what_was_skipped(
    album: Album, control: ReviewController
) -> None:
    control.start()
    first, _ = _place(control)
    control.next_face()
    control.decide(Verdict.ACCEPT)
    assert _place(control) == (first, 1)


def test_undo_goes_back_over_photos_and_shows_what_it_changed(
    album: Album, control: ReviewController
) -> None:
    control.start()
    first, _ = _place(control)
    for _ in range(3):
        control.decide(Verdict.ACCEPT)
    second, _ = _place(control)
    assert second != first
    control.undo()
    assert _place(control) == (second, 1)
    control.undo()
    assert _place(control) == (first, 2)
    control.undo()
    assert _place(control) == (first, 1)
    assert set(_states(album)) == {"restored"}
    control.redo()
    assert _states(album).count("accepted") == 1
    assert control.face is not None
    assert control.face.state is FaceState.ACCEPTED


def test_arrows_walk_over_photos_in_both_directions(control: ReviewController) -> None:
    control.start()
    places = [_place(control)]
    for _ in range(3):
        control.next_face()
        places.append(_place(control))
    assert len(set(places)) == 4
    back = [_place(control)]
    for _ in range(3):
        control.previous_face()
        back.append(_place(control))
    assert back == places[::-1]
    control.previous_face()
    assert _place(control) == places[0]


def test_a_face_without_a_candidate_cannot_be_accepted(tmp_path: Path, qtbot: QtBot) -> None:
    with restored_album(tmp_path, photos=1, faces=1) as album:
        photo = album.photos()[0].id
        album.add_face(photo, (150.0, 20.0, 200.0, 80.0))
        control = ReviewController(album)
        control.open_photo(photo)
        drawn = next(face for face in album.faces(photo) if face.candidate_id is None)
        control.select(drawn.id)
        control.decide(Verdict.ACCEPT)
        assert album.face(drawn.id).state is not FaceState.ACCEPTED
        control.decide(Verdict.NOT_A_FACE)
        assert album.face(drawn.id).state is FaceState.NOT_A_FACE


def test_what_is_shown_carries_candidates_and_the_chosen_one(
    album: Album, control: ReviewController
) -> None:
    edits = FaceEdits(album, control)
    control.start()
    edits.another_seed()
    work_off(album)
    shown: list[PhotoReview] = []
    control.shown.connect(shown.append)
    control.refresh()
    review = shown[-1]
    assert review.selected is not None
    assert len(review.candidates) == 2
    assert review.candidates[0].seed != review.candidates[1].seed
    other = next(each for each in review.candidates if each.id != review.selected.candidate_id)
    edits.choose_candidate(other.id)
    assert shown[-1].chosen[review.selected.id] == other


def test_another_seed_and_a_drawn_face_wake_the_engine(
    album: Album, control: ReviewController, qtbot: QtBot
) -> None:
    edits = FaceEdits(album, control)
    control.start()
    assert control.review is not None
    with qtbot.waitSignal(edits.jobs_queued):
        edits.another_seed()
    before = len(control.review.faces)
    with qtbot.waitSignal(edits.jobs_queued):
        edits.draw_face((150.0, 20.0, 200.0, 80.0))
    assert len(control.review.faces) == before + 1
    with qtbot.waitSignal(edits.jobs_queued):
        edits.move_face(control.review.faces[0].id, (12.0, 20.0, 70.0, 90.0))


def test_strength_and_keep_are_decisions_that_can_be_taken_back(
    album: Album, control: ReviewController
) -> None:
    edits = FaceEdits(album, control)
    control.start()
    face = control.face
    assert face is not None
    edits.set_strength(0.4)
    assert album.face(face.id).strength == pytest.approx(0.4)
    control.undo()
    assert album.face(face.id).strength == pytest.approx(1.0)


def test_what_cannot_be_done_is_told_in_a_sentence(control: ReviewController, qtbot: QtBot) -> None:
    with qtbot.waitSignal(control.failed) as failed:
        control.open_photo(12345)
    assert failed.args[0]


def test_landmarks_go_with_a_box_that_is_moved_and_resized() -> None:
    face = geometry(0)
    twice = moved(face, (0.0, 0.0, 100.0, 120.0))
    assert twice.box == (0.0, 0.0, 100.0, 120.0)
    assert twice.landmarks[0] == pytest.approx((30.0, 40.0))
    same = moved(face, face.box)
    assert same.landmarks[4] == pytest.approx(face.landmarks[4])
