from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.album import decisions
from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState, PhotoFilter, PhotoState
from lafr_engine.errors import AlbumError
from lafr_engine.messages import Ended, FaceRestored, Outcome
from tests.album.small_engine import draw, events, geometry, work_off


def states(album: Album) -> list[FaceState]:
    return [face.state for photo in album.photos() for face in album.faces(photo.id)]


def first(album: Album) -> int:
    return album.review_queue()[0].id


def test_faces_come_from_left_to_right_and_by_photo(restored: Album) -> None:
    queue = restored.review_queue()
    assert [face.id for face in queue] == [
        face.id for photo in restored.photos() for face in restored.faces(photo.id)
    ]
    assert all(
        one.geometry.box[0] < two.geometry.box[0]
        for one, two in zip(queue[::2], queue[1::2], strict=True)
    )
    assert {face.state for face in queue} == {FaceState.RESTORED}


def test_a_photo_is_done_when_its_faces_are_decided_on(restored: Album) -> None:
    photo = restored.photos()[0]
    left, right = restored.faces(photo.id)
    assert (photo.state, photo.to_review) == (PhotoState.REVIEW, 2)
    restored.accept(left.id)
    restored.not_a_face(right.id)
    photo = restored.photo(photo.id)
    assert (photo.state, photo.faces, photo.accepted, photo.to_review) == (PhotoState.DONE, 1, 1, 0)
    assert [each.id for each in restored.photos(PhotoFilter.DONE)] == [photo.id]
    assert restored.counts().done == 1
    assert restored.counts().faces_to_review == 4


def test_undo_and_redo_walk_over_all_decisions_of_all_times(restored: Album) -> None:
    faces = restored.review_queue()
    ways = (restored.accept, restored.reject, restored.not_a_face)
    seen = [states(restored)]
    for index, face in enumerate(faces):
        ways[index % 3](face.id)
        seen.append(states(restored))
    restored.set_strength(faces[0].id, 0.25)
    restored.close()

    with Album.open(restored.folder) as album:
        assert states(album) == seen[-1]
        assert album.face(faces[0].id).strength == 0.25
        undone = album.undo()
        assert undone is not None
        assert (undone.kind, undone.face_id, undone.undone) == ("strength", faces[0].id, True)
        assert album.face(faces[0].id).strength == 1.0
        for expected in seen[-2::-1]:
            assert album.undo() is not None
            assert states(album) == expected
        assert album.undo() is None
        assert album.verify() == []

    with Album.open(restored.folder) as album:
        for expected in seen[1:]:
            assert album.redo() is not None
            assert states(album) == expected
        assert album.redo() is not None
        assert album.face(faces[0].id).strength == 0.25
        assert album.redo() is None
        assert len(album.history(100)) == 7
        assert album.verify() == []


def test_a_decision_after_undo_ends_redo_and_stays_in_the_history(restored: Album) -> None:
    one, two, *_ = restored.review_queue()
    restored.accept(one.id)
    restored.undo()
    restored.reject(two.id)
    assert restored.redo() is None
    assert [(each.kind, each.undone) for each in restored.history(9)] == [
        ("reject", False),
        ("accept", True),
    ]
    restored.undo()
    assert restored.undo() is None
    assert restored.redo() is not None
    assert restored.face(two.id).state is FaceState.REJECTED


def test_what_undo_and_redo_would_do_can_be_asked(restored: Album) -> None:
    one, two, *_ = restored.review_queue()
    assert restored.next_undo() is restored.next_redo() is None
    restored.accept(one.id)
    restored.reject(two.id)
    for _ in range(2):
        asked = restored.next_undo()
        undone = restored.undo()
        assert asked is not None
        assert undone is not None
        assert (asked.id, asked.kind, asked.undone) == (undone.id, undone.kind, False)
    assert restored.next_undo() is None
    asked, redone = restored.next_redo(), restored.redo()
    assert asked is not None
    assert redone is not None
    assert (asked.id, asked.kind, asked.undone) == (redone.id, "accept", True)
    restored.not_a_face(two.id)
    assert restored.next_redo() is None


def test_what_changes_nothing_is_no_decision(restored: Album) -> None:
    face = first(restored)
    restored.accept(face)
    restored.accept(face)
    restored.set_strength(face, 1.0)
    assert len(restored.history(9)) == 1


def test_all_confident_faces_go_and_come_back_together(restored: Album) -> None:
    rejected = first(restored)
    restored.reject(rejected)
    assert restored.accept_confident() == 5
    assert restored.counts().faces_to_review == 0
    assert restored.face(rejected).state is FaceState.REJECTED
    restored.undo()
    assert restored.counts().faces_to_review == 5
    restored.redo()
    assert restored.counts().faces_to_review == 0
    assert restored.accept_confident() == 0
    restored.undo()
    restored.undo()
    assert restored.face(rejected).state is FaceState.RESTORED
    assert restored.verify() == []


def test_many_accepted_in_parts_are_one_step(
    restored: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "_PART", 2)
    assert restored.accept_confident() == 6
    undone = restored.undo()
    assert undone is not None
    assert undone.kind == "accept"
    assert states(restored) == [FaceState.RESTORED] * 6
    assert restored.undo() is None
    restored.redo()
    assert states(restored) == [FaceState.ACCEPTED] * 6
    assert restored.redo() is None


def test_only_what_was_restored_can_be_accepted(album: Album, photos: Path) -> None:
    list(album.import_paths([photos]))
    album.enqueue_all()
    work_off(album, limit=1)
    face = album.faces(album.photos()[0].id)[0]
    assert face.state is FaceState.QUEUED
    with pytest.raises(AlbumError, match="no restoration"):
        album.accept(face.id)
    with pytest.raises(AlbumError, match="no face 77"):
        album.reject(77)
    with pytest.raises(AlbumError, match="does not lie between"):
        album.set_strength(face.id, 1.5)
    assert album.history(9) == []


def test_another_seed_is_another_candidate_and_may_be_chosen(restored: Album) -> None:
    face = first(restored)
    restored.enqueue_restore([face])
    restored.enqueue_restore([face])  # waits already
    assert len(restored.jobs(("queued",))) == 1
    assert restored.face(face).state is FaceState.RESTORED
    work_off(restored)
    old, new = restored.candidates(face)
    assert (old.seed, new.seed) == (0, 1)
    assert restored.face(face).candidate_id == new.id
    restored.accept(face)
    restored.choose_candidate(face, old.id)
    assert restored.face(face).state is FaceState.RESTORED
    restored.undo()
    now = restored.face(face)
    assert (now.state, now.candidate_id) == (FaceState.ACCEPTED, new.id)
    other = restored.review_queue()[-1]
    with pytest.raises(AlbumError, match="was not made of"):
        restored.accept(face, other.candidate_id)


def test_what_was_seen_is_accepted_though_another_candidate_came(restored: Album) -> None:
    face = first(restored)
    seen = restored.face(face).candidate_id
    restored.enqueue_restore([face], seed=9)
    work_off(restored)
    restored.accept(face, seen)
    now = restored.face(face)
    assert (now.state, now.candidate_id) == (FaceState.ACCEPTED, seen)


@pytest.mark.parametrize("verdict", [FaceState.ACCEPTED, FaceState.REJECTED])
def test_a_decision_outlives_another_candidate(restored: Album, verdict: FaceState) -> None:
    face = first(restored)
    decide = restored.accept if verdict is FaceState.ACCEPTED else restored.reject
    decide(face)
    before = restored.face(face)
    restored.enqueue_restore([face])
    work_off(restored)
    assert restored.face(face) == before
    assert len(restored.candidates(face)) == 2


def test_a_face_that_became_another_is_held_with_the_reason(album: Album, tmp_path: Path) -> None:
    path = draw(tmp_path / "a.png")
    with Image.open(path) as image:
        image.putpixel((0, 0), (0, 0, 0))
        image.save(path)
    list(album.import_paths([path]))
    album.enqueue_all()
    work_off(album)
    held, sound = album.faces(album.photos()[0].id)
    assert (held.state, held.reason) == (FaceState.HELD, "does not look like the same person")
    assert held.identity == 0.2
    assert album.photos()[0].state is PhotoState.REVIEW
    assert [face.id for face in album.review_queue(held=False)] == [sound.id]
    album.accept(held.id)
    album.accept(sound.id)
    assert album.photos()[0].state is PhotoState.DONE


def test_too_small_a_face_is_held_and_may_be_restored_all_the_same(
    album: Album, tmp_path: Path
) -> None:
    list(album.import_paths([draw(tmp_path / "a.png", width=40)]))
    album.enqueue_all()
    work_off(album)
    face = album.faces(album.photos()[0].id)[0]
    assert (face.state, face.candidate_id) == (FaceState.HELD, None)
    assert "too small" in (face.reason or "")
    assert album.photos()[0].state is PhotoState.HELD
    album.enqueue_restore([face.id])
    assert album.face(face.id).state is FaceState.QUEUED
    album.cancel_queued()
    assert album.face(face.id).state is FaceState.HELD
    album.enqueue_restore([face.id])
    work_off(album)
    assert album.face(face.id).state is FaceState.RESTORED


def test_a_drawn_face_is_searched_restored_and_taken_back(restored: Album) -> None:
    photo = restored.photos()[0]
    face = restored.add_face(photo.id, (10.0, 10.0, 50.0, 50.0))
    assert restored.face(face).state is FaceState.QUEUED
    restored.undo()
    assert face not in [each.id for each in restored.faces(photo.id)]
    assert restored.jobs(("queued",)) == []
    restored.redo()
    work_off(restored)
    drawn = restored.face(face)
    assert (drawn.state, drawn.origin) == (FaceState.RESTORED, "drawn")
    assert drawn.geometry == geometry((10, 10, 50, 50))
    restored.undo()
    assert restored.photo(photo.id).faces == 2
    restored.redo()
    assert restored.face(face) == drawn
    assert restored.verify() == []


def test_a_moved_face_is_restored_where_it_is_now(restored: Album) -> None:
    face = first(restored)
    restored.accept(face)
    before = restored.face(face)
    there = replace(before.geometry, box=(1.0, 2.0, 60.0, 70.0))
    restored.move_face(face, there)
    moved = restored.face(face)
    assert (moved.state, moved.candidate_id) == (FaceState.QUEUED, None)
    assert moved.geometry == there
    work_off(restored)
    assert restored.face(face).state is FaceState.RESTORED
    assert [each.rectangle for each in restored.candidates(face)] == [(1, 2, 60, 70)]
    restored.undo()
    assert restored.face(face) == before
    restored.redo()
    assert restored.face(face).state is FaceState.RESTORED
    assert restored.jobs(("queued",)) == []
    restored.undo()
    restored.undo()
    assert restored.face(face).state is FaceState.RESTORED
    assert restored.verify() == []


def test_what_was_made_where_a_face_no_longer_is_is_not_chosen(restored: Album) -> None:
    face = first(restored)
    restored.enqueue_restore([face])
    with restored.hold_engine():
        job = restored.take_job()
        assert job is not None
        said = list(events(job))
        restored.move_face(face, geometry((1, 1, 60, 60)))
        for event in said:
            restored.apply(event)
        assert restored.face(face).candidate_id is None
        assert restored.face(face).state is FaceState.QUEUED
    work_off(restored)
    assert len(restored.candidates(face)) == 1
    assert restored.face(face).state is FaceState.RESTORED
    assert restored.verify() == []


def test_not_a_face_takes_its_work_out_of_the_queue_and_undo_puts_it_back(
    album: Album, photos: Path
) -> None:
    list(album.import_paths([photos]))
    album.enqueue_all()
    work_off(album, limit=1)
    left, right = album.faces(album.photos()[0].id)
    album.not_a_face(left.id)
    assert [job.face_id for job in album.jobs(("queued",)) if job.kind == "restore"] == [right.id]
    album.undo()
    assert album.face(left.id).state is FaceState.QUEUED
    album.not_a_face(left.id)
    work_off(album)
    assert album.candidates(left.id) == []
    album.enqueue_find([album.photos()[0].id])  # not found a second time
    work_off(album)
    assert len(album.faces(album.photos()[0].id)) == 2
    assert album.face(left.id).state is FaceState.NOT_A_FACE


def test_masks_stay_for_undo(restored: Album) -> None:
    face = first(restored)
    pictures = [(restored.candidates(face)[0].preview).read_bytes() for _ in range(2)]
    restored.set_keep(face, pictures[0])
    one = restored.face(face).keep
    restored.set_keep(face, pictures[1])
    two = restored.face(face).keep
    assert one is not None
    assert two is not None
    assert one != two
    assert two.read_bytes() == pictures[1]
    restored.set_keep(face, None)
    assert restored.face(face).keep is None
    restored.undo()
    restored.undo()
    assert restored.face(face).keep == one
    assert one.read_bytes() == pictures[0]
    assert list(one.parent.glob("*.part")) == []
    assert restored.verify() == []


def test_the_albums_folder_can_be_moved(restored: Album, tmp_path: Path) -> None:
    face = first(restored)
    restored.close()
    restored.folder.rename(tmp_path / "moved")
    with Album.open(tmp_path / "moved") as album:
        assert album.candidates(face)[0].crop.is_relative_to(tmp_path / "moved")
        assert album.verify() == []


def test_a_restoration_of_a_removed_photo_leaves_no_files(restored: Album) -> None:
    face = restored.face(first(restored))
    restored.enqueue_restore([face.id])
    with restored.hold_engine():
        job = restored.take_job()
        assert job is not None
        said = list(events(job))
        restored.remove_photos([face.photo_id])
        made = next(event for event in said if isinstance(event, FaceRestored))
        for event in [*said, Ended(job.job, Outcome.DONE)]:
            restored.apply(event)
    assert not made.crop.exists()
    assert restored.verify() == []
