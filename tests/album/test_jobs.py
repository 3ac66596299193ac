from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lafr_engine.album.store import Album
from lafr_engine.album.values import Changed, FaceState, PhotoFilter, PhotoState
from lafr_engine.errors import AlbumBusy
from lafr_engine.messages import (
    Ended,
    EngineReady,
    FaceRestored,
    FacesFound,
    FindFaces,
    Job,
    Notice,
    Outcome,
    RestoreFace,
    Started,
)
from tests.album.small_engine import draw, events, work_off


@pytest.fixture
def queued(album: Album, photos: Path) -> Album:
    for _ in album.import_paths([photos]):
        pass
    album.enqueue_all()
    return album


def take(album: Album) -> Job:
    job = album.take_job()
    assert job is not None
    return job


def test_faces_can_be_reviewed_before_the_next_photo_is_searched(queued: Album) -> None:
    order = []
    with queued.hold_engine():
        while (job := queued.take_job()) is not None:
            order.append(type(job).__name__)
            for event in events(job):
                queued.apply(event)
    assert order == ["FindFaces", "RestoreFace", "RestoreFace"] * 3
    assert queued.counts().review == 3
    assert queued.verify() == []


def test_what_somebody_waits_for_comes_first(queued: Album) -> None:
    work_off(queued, limit=3)
    face = queued.review_queue()[0]
    queued.enqueue_restore([face.id])
    with queued.hold_engine():
        job = take(queued)
    assert isinstance(job, RestoreFace)
    assert (job.seed, job.face) == (1, face.geometry)
    assert job.out == queued.cache / "candidates"


def test_work_is_queued_once(queued: Album) -> None:
    queued.enqueue_all()
    queued.enqueue_find([photo.id for photo in queued.photos()])
    assert len(queued.jobs(("queued",))) == 3
    work_off(queued, limit=1)
    queued.enqueue_all()
    assert len(queued.jobs(("queued",))) == 4
    work_off(queued)
    queued.enqueue_all()
    assert queued.jobs(("queued",)) == []


def test_chosen_photos_alone(album: Album, photos: Path) -> None:
    list(album.import_paths([photos]))
    chosen = album.photos()[1]
    album.enqueue_all([chosen.id])
    assert [job.photo_id for job in album.jobs(("queued",))] == [chosen.id]
    work_off(album)
    assert album.photo(chosen.id).state is PhotoState.REVIEW
    assert album.counts().new == 2


def test_states_follow_the_work(queued: Album) -> None:
    photo = queued.photos()[0]
    assert photo.state is PhotoState.WORKING
    work_off(queued, limit=1)
    with queued.hold_engine():
        job = take(queued)
        changed = queued.apply(Started(job.job))
        left, right = queued.faces(photo.id)
        assert changed == Changed((photo.id,), (left.id,))
        assert (left.state, right.state) == (FaceState.RESTORING, FaceState.QUEUED)
        assert queued.jobs(("running",))[0].face_id == left.id
        assert (queued.counts().jobs_running, queued.counts().jobs_queued) == (1, 3)
    assert queued.face(left.id).state is FaceState.QUEUED


def test_an_end_heard_again_changes_nothing(queued: Album) -> None:
    with queued.hold_engine():
        for event in events(take(queued)):
            queued.apply(event)
            first = queued.status()
            queued.apply(event)
            assert queued.status() == first
        name = str(queued.jobs(("done",))[0].id)
        for outcome in Outcome:
            assert queued.apply(Ended(name, outcome, "late")) == Changed()
        assert queued.status() == first
    assert queued.verify() == []


def test_events_of_nobody_change_nothing(queued: Album) -> None:
    before = queued.status()
    for event in (
        EngineReady(7),
        Notice("hello"),
        Started("4711"),
        Ended("test-device", Outcome.DONE),
        FacesFound("1", (5, 5), ()),  # waits: nobody works on it
        Ended("1", Outcome.DONE),
    ):
        assert queued.apply(event) == Changed()
    assert queued.status() == before


def test_a_crash_queues_again_once(queued: Album) -> None:
    photo = queued.photos()[0]
    with queued.hold_engine():
        job = take(queued)
        queued.apply(Ended(job.job, Outcome.CRASHED, "the engine died"))
        again = take(queued)
        assert again == job
        assert queued.job(int(job.job)).attempts == 2
        queued.apply(Ended(job.job, Outcome.CRASHED, "the engine died"))
        assert take(queued) != job
    (failed,) = queued.jobs(("failed",))
    assert (failed.id, failed.sentence) == (int(job.job), "the engine died")
    assert (queued.photo(photo.id).state, queued.photo(photo.id).problem) == (
        PhotoState.FAILED,
        "the engine died",
    )
    assert [each.id for each in queued.photos(PhotoFilter.FAILED)] == [photo.id]
    assert queued.verify() == []


def test_a_face_restored_before_a_crash_is_restored_once(queued: Album) -> None:
    work_off(queued, limit=1)
    with queued.hold_engine():
        job = take(queued)
        *most, _ = events(job)
        for event in most:
            queued.apply(event)
        queued.apply(Ended(job.job, Outcome.CRASHED))
        face_id = queued.job(int(job.job)).face_id
        assert face_id is not None
        queued.accept(face_id)
        (made,) = queued.candidates(face_id)
        assert take(queued).job == job.job
        for event in events(job):
            queued.apply(event)
    assert [each.id for each in queued.candidates(face_id)] == [made.id]
    assert queued.face(face_id).state is FaceState.ACCEPTED
    assert queued.verify() == []


def test_a_failed_restoration_fails_its_face_alone_and_may_be_retried(queued: Album) -> None:
    work_off(queued, limit=1)
    with queued.hold_engine():
        job = take(queued)
        queued.apply(Ended(job.job, Outcome.FAILED, "no memory"))
    work_off(queued)
    photo = queued.photos()[0]
    failed = queued.faces(photo.id)[0]
    assert (failed.state, failed.reason) == (FaceState.FAILED, "no memory")
    assert (photo.failed, photo.to_review, photo.state) == (1, 1, PhotoState.REVIEW)
    queued.enqueue_all()
    assert queued.jobs(("queued",)) == []
    queued.retry_failed()
    queued.retry_failed()
    assert len(queued.jobs(("queued",))) == 1
    assert queued.counts().jobs_failed == 0
    work_off(queued)
    assert queued.face(failed.id).state is FaceState.RESTORED
    assert queued.candidates(failed.id)[0].seed == 0
    assert queued.verify() == []


def test_another_seed_that_fails_leaves_the_face_as_it_was(queued: Album) -> None:
    work_off(queued)
    face = queued.review_queue()[0]
    queued.enqueue_restore([face.id])
    with queued.hold_engine():
        queued.apply(Ended(take(queued).job, Outcome.FAILED, "no memory"))
    assert queued.face(face.id) == face
    assert queued.jobs(("failed",))[0].sentence == "no memory"


def test_an_end_without_a_result_is_a_failure(queued: Album) -> None:
    with queued.hold_engine():
        job = take(queued)
        queued.apply(Ended(job.job, Outcome.DONE))
    assert "without a result" in (queued.jobs(("failed",))[0].sentence or "")


def test_cancelled_work_is_unfinished(queued: Album) -> None:
    work_off(queued, limit=1)
    with queued.hold_engine():
        job = take(queued)
        queued.cancel_queued()
        queued.apply(Ended(job.job, Outcome.CANCELLED))
    assert queued.take_job() is None
    photo = queued.photos()[0]
    assert [face.state for face in queued.faces(photo.id)] == [FaceState.DETECTED] * 2
    assert photo.state is PhotoState.NEW
    queued.enqueue_all()
    work_off(queued)
    assert queued.counts().review == 3
    assert queued.verify() == []


def test_one_program_at_a_time_works_off_the_queue(queued: Album) -> None:
    with Album.open(queued.folder) as other, queued.hold_engine():
        job = take(queued)
        with pytest.raises(AlbumBusy, match="another program"), other.hold_engine():
            pass
        assert other.verify() == []
        assert other.job(int(job.job)).state == "running"
    assert queued.job(int(job.job)).state == "queued"
    with queued.hold_engine():
        assert take(queued) == job


def test_what_a_dead_program_left_in_work_is_taken_up(queued: Album) -> None:
    job = take(queued)  # without holding the engine, as if its holder had died
    left = queued.cache / "candidates" / "half.png"
    left.write_bytes(b"half")
    with queued.hold_engine():
        assert not left.exists()
        assert take(queued) == job


def test_a_job_that_is_lost_again_and_again_lets_the_others_go_first(queued: Album) -> None:
    jobs = []
    for _ in range(5):
        with queued.hold_engine():
            jobs.append(take(queued).job)
    assert len(set(jobs[:3])) == 1
    assert jobs[3] != jobs[0]


def test_the_table_refuses_a_second_end(queued: Album) -> None:
    work_off(queued)
    done = queued.jobs(("done",))[0]
    other = sqlite3.connect(queued.folder / "album.sqlite", isolation_level=None)
    for sql in ("state = 'queued', ends = 0", "state = 'failed'", "ends = 2"):
        with pytest.raises(sqlite3.IntegrityError):
            other.execute(f"UPDATE jobs SET {sql} WHERE id = ?", (done.id,))
    other.close()


def test_a_changed_or_missing_original_is_refused_with_a_sentence(
    queued: Album, photos: Path
) -> None:
    draw(photos / "1.png", seed=77)
    (photos / "2.png").unlink()
    heard: list[Changed] = []
    with queued.hold_engine():
        job = queued.take_job(heard.append)
    assert isinstance(job, FindFaces)
    assert job.photo.name == "3.png"
    one, two, _ = sorted(queued.photos(), key=lambda photo: photo.path)
    assert heard == [Changed((one.id,), ()), Changed((two.id,), ())]
    assert "has changed" in (one.problem or "")
    assert (two.missing, one.missing) == (True, False)
    assert "not there any more" in (two.problem or "")
    assert len(queued.jobs(("failed",))) == 2
    assert [each.id for each in queued.photos(PhotoFilter.MISSING)] == [two.id]
    assert two.id not in {each.id for each in queued.photos(PhotoFilter.NEW)}
    counts = queued.counts()
    assert (counts.missing, counts.new) == (1, len(queued.photos(PhotoFilter.NEW)))


def test_unreadable_pictures_are_named_and_the_others_go_on(album: Album, photos: Path) -> None:
    whole = (photos / "2.png").read_bytes()
    (photos / "2.png").write_bytes(whole[: len(whole) - 40])
    list(album.import_paths([photos]))
    album.enqueue_all()
    work_off(album)
    counts = album.counts()
    assert (counts.review, counts.failed, counts.jobs_failed) == (2, 1, 1)
    assert "2.png" in (album.photos(PhotoFilter.FAILED)[0].problem or "")


def test_embedding_and_restoration_are_written_in_one_go(queued: Album) -> None:
    work_off(queued, limit=1)
    with queued.hold_engine():
        job = take(queued)
        made = next(event for event in events(job) if isinstance(event, FaceRestored))
        changed = queued.apply(made)
    (face_id,) = changed.face_ids
    candidate = queued.candidates(face_id)[0]
    assert (candidate.crop, candidate.preview) == (made.crop, made.preview)
    assert queued.candidate(candidate.id) == candidate
    reader = sqlite3.connect(queued.folder / "album.sqlite")
    (blob,) = reader.execute("SELECT embedding FROM faces WHERE id = ?", (face_id,)).fetchone()
    reader.close()
    assert len(blob) == 128 * 4
