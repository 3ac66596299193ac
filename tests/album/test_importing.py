from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.album.store import Album
from lafr_engine.album.values import ImportReport, ImportStep, PhotoFilter, PhotoState
from lafr_engine.errors import AlbumError
from tests.album.small_engine import draw, work_off


def bring(
    album: Album, paths: Sequence[Path], stop: Callable[[], bool] = lambda: False
) -> tuple[list[ImportStep], ImportReport]:
    steps = []
    running = album.import_paths(paths, stop)
    while True:
        try:
            steps.append(next(running))
        except StopIteration as end:
            return steps, end.value


def test_folders_are_walked_and_hidden_files_left_out(album: Album, tmp_path: Path) -> None:
    for index, name in enumerate(("a.png", "sub/deep/b.jpg", ".hidden.png", ".git/c.png", "plain")):
        draw(tmp_path / "in" / name if name != "plain" else tmp_path / "in" / "p.png", seed=index)
    (tmp_path / "in" / "p.png").rename(tmp_path / "in" / "plain")
    (tmp_path / "in" / "notes.txt").write_text("BM is how a bitmap begins")
    steps, report = bring(album, [tmp_path / "in"])
    assert report == ImportReport(3, 0, 0, 0, ())
    assert sorted(photo.path.name for photo in album.photos()) == ["a.png", "b.jpg", "plain"]
    assert [step.done for step in steps] == [1, 2, 3, 4]
    assert {step.total for step in steps} == {4}
    assert all(photo.state is PhotoState.NEW for photo in album.photos(PhotoFilter.NEW))


def test_the_album_itself_is_not_imported(tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    with Album.create(tmp_path / "album") as album:
        bring(album, [tmp_path])
        work_off(album)
        assert bring(album, [tmp_path])[1] == ImportReport(0, 1, 0, 0, ())


def test_size_format_and_date_are_read_without_decoding(album: Album, samples: Path) -> None:
    bring(album, [samples / "var_exif6.jpg", samples / "pif_hangar_gray.jpg"])
    turned, hangar = (
        next(photo for photo in album.photos() if photo.path.name == name)
        for name in ("var_exif6.jpg", "pif_hangar_gray.jpg")
    )
    with Image.open(samples / "var_exif6.jpg") as image:
        assert (turned.width, turned.height) == image.size[::-1]
    assert hangar.captured == "2019-04-17T11:40:42"
    assert turned.bytes == (samples / "var_exif6.jpg").stat().st_size


def test_each_content_once(album: Album, photos: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy2(photos / "1.png", tmp_path / "copy.png"))
    (tmp_path / "link.png").symlink_to(photos / "1.png")
    steps, report = bring(album, [photos, copy, tmp_path / "link.png", photos / "1.png"])
    assert (report.added, report.known, report.moved) == (3, 2, 0)
    assert len({step.photo_id for step in steps}) == 3
    assert len(album.photos()) == 3
    assert bring(album, [photos])[1] == ImportReport(0, 3, 0, 0, ())


def test_what_is_no_picture_is_named_and_the_rest_goes_on(album: Album, tmp_path: Path) -> None:
    good = draw(tmp_path / "in" / "good.png")
    (tmp_path / "in" / "empty.jpg").write_bytes(b"")
    (tmp_path / "in" / "cut.png").write_bytes(good.read_bytes()[:20])
    (tmp_path / "text").write_text("hello")
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    paths = [tmp_path / name for name in ("in", "text", "gone.png", "nothing", "pipe.jpg")]
    steps, report = bring(album, paths)
    assert report.added == 1
    assert len(report.problems) == 6
    named = {step.path.name for step in steps if step.problem}
    assert named == {"empty.jpg", "cut.png", "text", "gone.png", "pipe.jpg"}
    assert any("holds no pictures" in problem for problem in report.problems)
    assert all(str(tmp_path) in problem for problem in report.problems)


def test_a_moved_file_is_found_again_with_its_faces(
    album: Album, photos: Path, tmp_path: Path
) -> None:
    bring(album, [photos])
    work_off_all(album)
    before = {photo.sha256: photo for photo in album.photos()}
    (photos / "1.png").rename(tmp_path / "elsewhere.png")
    steps, report = bring(album, [tmp_path / "elsewhere.png"])
    assert report == ImportReport(0, 0, 1, 0, ())
    photo = album.photo(steps[0].photo_id or 0)
    assert photo.path == tmp_path / "elsewhere.png"
    assert photo.id == before[photo.sha256].id
    assert len(album.faces(photo.id)) == 2
    assert album.verify() == []


def test_two_files_that_swapped_their_names_are_told_apart(album: Album, photos: Path) -> None:
    bring(album, [photos])
    before = {photo.path.name: photo.id for photo in album.photos()}
    (photos / "1.png").rename(photos / "x.png")
    (photos / "2.png").rename(photos / "1.png")
    (photos / "x.png").rename(photos / "2.png")
    report = bring(album, [photos])[1]
    assert report == ImportReport(0, 1, 2, 0, ())
    after = {photo.path.name: photo.id for photo in album.photos()}
    assert after == {"1.png": before["2.png"], "2.png": before["1.png"], "3.png": before["3.png"]}
    assert album.verify() == []


def test_a_changed_file_is_noticed_and_becomes_a_photo_of_its_own(
    album: Album, photos: Path
) -> None:
    bring(album, [photos])
    work_off_all(album)
    old = next(photo for photo in album.photos() if photo.path.name == "1.png")
    album.accept(album.faces(old.id)[0].id)
    first = (photos / "1.png").read_bytes()
    draw(photos / "1.png", left=200, seed=99)

    steps, report = bring(album, [photos])
    assert (report.known, report.changed) == (2, 1)
    assert "has changed" in report.problems[0]
    assert steps[0].photo_id == old.id
    changed = album.photo(old.id)
    assert changed.state is PhotoState.FAILED
    assert "has changed" in (changed.problem or "")
    assert (changed.faces, changed.accepted) == (2, 1)
    assert any("not as it was imported" in problem for problem in album.verify())

    report = bring(album, [photos])[1]
    assert (report.added, report.changed) == (1, 0)
    assert len(album.photos()) == 4
    assert "taken its place" in (album.photo(old.id).problem or "")
    assert album.verify() == []

    (photos / "1.png").write_bytes(first)
    assert bring(album, [photos])[1].moved + bring(album, [photos])[1].known > 0
    back = album.photo(old.id)
    assert (back.problem, back.accepted) == (None, 1)


def test_a_file_put_back_is_itself_again(album: Album, photos: Path) -> None:
    bring(album, [photos])
    first = (photos / "1.png").read_bytes()
    draw(photos / "1.png", seed=99)
    bring(album, [photos])
    (photos / "1.png").write_bytes(first)
    assert bring(album, [photos])[1] == ImportReport(0, 3, 0, 0, ())
    assert [photo.problem for photo in album.photos()] == [None, None, None]


def test_a_copy_over_another_photo_changes_that_one(album: Album, photos: Path) -> None:
    bring(album, [photos])
    shutil.copy(photos / "1.png", photos / "2.png")
    report = bring(album, [photos / "2.png"])[1]
    assert report.changed == 1
    assert {photo.path.name for photo in album.photos() if photo.problem} == {"2.png"}


def test_stop_keeps_what_was_looked_at(album: Album, photos: Path) -> None:
    answers = iter((False, False, True))
    steps, report = bring(album, [photos], lambda: next(answers))
    assert report.added == len(steps) == len(album.photos()) == 2


def test_originals_are_never_written(album: Album, photos: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in photos.iterdir()}
    photos.chmod(0o555)
    try:
        bring(album, [photos])
        work_off_all(album)
    finally:
        photos.chmod(0o755)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in photos.iterdir()}
    assert after == before


def test_removed_photos_leave_the_album_and_not_the_disk(album: Album, photos: Path) -> None:
    bring(album, [photos])
    work_off_all(album)
    first, *others = album.photos()
    face = album.faces(first.id)[0]
    made = album.candidates(face.id)
    album.accept(face.id)
    album.remove_photos([first.id])
    assert first.path.exists()
    assert not made[0].crop.exists()
    assert [photo.id for photo in album.photos()] == [photo.id for photo in others]
    assert album.history() == []
    assert album.undo() is None
    with pytest.raises(AlbumError, match="no photograph"):
        album.photo(first.id)
    assert album.verify() == []
    assert bring(album, [photos])[1].added == 1


def work_off_all(album: Album) -> None:
    album.enqueue_all()
    work_off(album)
