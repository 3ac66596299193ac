from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from lafr_engine.album.store import Album
from lafr_engine.album.verify import is_whole_png


def run(album: Album, *statements: str) -> None:
    connection = sqlite3.connect(album.folder / "album.sqlite", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_sound_album_has_no_problems_and_every_file_is_told(restored: Album) -> None:
    told = []
    assert restored.verify(lambda done, total: told.append((done, total))) == []
    assert told == [(done, 3 + 12) for done in range(1, 16)]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-6])


def _flip(path: Path) -> None:
    bytes_ = bytearray(path.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    path.write_bytes(bytes_)


@pytest.mark.parametrize("spoil", [Path.unlink, _cut, _flip])
@pytest.mark.parametrize("which", ["crop", "preview", "keep", "original"])
def test_files_that_are_gone_or_damaged_are_named(
    restored: Album, spoil: Callable[[Path], None], which: str
) -> None:
    face = restored.review_queue()[0]
    candidate = restored.candidates(face.id)[0]
    restored.set_keep(face.id, candidate.preview.read_bytes())
    keep = restored.face(face.id).keep
    assert keep is not None
    original = restored.photo(face.photo_id).path
    files = {
        "crop": candidate.crop,
        "preview": candidate.preview,
        "keep": keep,
        "original": original,
    }
    assert restored.verify() == []
    spoil(files[which])
    (problem,) = restored.verify()
    assert str(files[which]) in problem


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE photos SET n_review = 7 WHERE id = 1", "miscounts its faces"),
        ("UPDATE photos SET n_jobs = 7 WHERE id = 1", "miscounts its jobs"),
        ("UPDATE faces SET state = 'held' WHERE id = 1", "miscounts|facts do not give"),
        (
            "UPDATE faces SET verdict = 'accepted', candidate_id = NULL, state = 'accepted'",
            "accepted without a restoration",
        ),
        ("UPDATE faces SET candidate_id = 2 WHERE id = 1", "restoration of another one"),
        ("DELETE FROM photos WHERE id = 1", "refers to a row of photos"),
    ],
)
def test_rows_that_do_not_agree_are_named(restored: Album, statement: str, words: str) -> None:
    run(restored, "PRAGMA foreign_keys = OFF", statement)
    problems = restored.verify()
    assert any(word in problem for problem in problems for word in words.split("|"))


def test_work_without_an_owner_is_put_back_and_no_problem(restored: Album) -> None:
    restored.enqueue_restore([1])
    job = restored.take_job()
    assert job is not None
    assert restored.verify() == []
    assert restored.job(int(job.job)).state == "queued"


def test_whole_pngs_are_told_from_others(restored: Album, tmp_path: Path, samples: Path) -> None:
    whole = restored.candidates(1)[0].crop
    assert is_whole_png(whole)
    assert not is_whole_png(samples / "var_exif6.jpg")
    for size in (0, 4, 8, 20, whole.stat().st_size - 1):
        part = tmp_path / "part.png"
        part.write_bytes(whole.read_bytes()[:size])
        assert not is_whole_png(part)
