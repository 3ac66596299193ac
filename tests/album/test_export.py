from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.album.export import ExportOptions
from lafr_engine.album.names import FORMAT_SUFFIXES
from lafr_engine.album.store import Album
from lafr_engine.errors import ConfigError
from lafr_engine.imaging.encode import SUFFIXES
from lafr_engine.messages import Acceptance, PhotoRendered, RenderPhoto
from tests.album.small_engine import draw, events, work_off


def take(album: Album) -> list[RenderPhoto]:
    """Take all exports, ending each well."""
    taken = []
    with album.hold_engine():
        while (job := album.take_job()) is not None:
            assert isinstance(job, RenderPhoto)
            taken.append(job)
            for event in events(job):
                album.apply(event)
    return taken


def everything(album: Album) -> list[int]:
    return [photo.id for photo in album.photos()]


def test_exports_hold_the_accepted_faces_only(restored: Album, tmp_path: Path) -> None:
    accepted, rejected, undecided, *_ = restored.review_queue()
    restored.accept(accepted.id)
    restored.reject(rejected.id)
    restored.set_strength(accepted.id, 0.5)
    candidate = restored.candidates(accepted.id)[0]
    restored.set_keep(accepted.id, candidate.preview.read_bytes())
    restored.enqueue_export(everything(restored), ExportOptions(tmp_path / "out"))
    one, two, three = take(restored)
    (face,) = one.faces
    assert (face.face, face.crop, face.strength) == (accepted.geometry, candidate.crop, 0.5)
    assert (face.keep, face.rectangle) == (restored.face(accepted.id).keep, candidate.rectangle)
    made_by = (face.bundle, face.bundle_sha256, face.seed, face.identity)
    assert made_by == (candidate.bundle, candidate.bundle_sha256, 0, candidate.identity)
    assert face.decision is Acceptance.ACCEPTED
    assert one.recipe
    assert (two.faces, three.faces) == ((), ())
    assert restored.face(undecided.id).state == "restored"
    assert restored.exportable() == [accepted.photo_id]
    with Image.open(one.out) as made, Image.open(one.photo) as original:
        assert made.size == original.size
        assert made.tobytes() != original.tobytes()
    assert restored.verify() == []


def test_confident_faces_go_in_where_that_is_asked_for(restored: Album, tmp_path: Path) -> None:
    first = restored.review_queue()[0]
    restored.reject(first.id)
    options = ExportOptions(
        tmp_path / "out", accept_confident=True, scale=2, quality=80, recipe=False
    )
    assert restored.exportable(accept_confident=True) == everything(restored)
    restored.enqueue_export(everything(restored), options)
    jobs = take(restored)
    assert [len(job.faces) for job in jobs] == [1, 2, 2]
    assert {face.decision for job in jobs for face in job.faces} == {Acceptance.CONFIDENT}
    assert not any(job.recipe for job in jobs)
    assert {(job.scale, job.quality, job.overwrite) for job in jobs} == {(2, 80, False)}


def test_names(restored: Album, tmp_path: Path) -> None:
    restored.enqueue_export(everything(restored), ExportOptions(tmp_path / "a", format="TIFF"))
    names = [job.out.name for job in take(restored)]
    assert names == ["1-restored.tif", "2-restored.tif", "3-restored.tif"]


def test_two_of_one_name_stay_apart(album: Album, tmp_path: Path) -> None:
    for index, name in enumerate(("x/a.png", "y/a.png", "x/b.png")):
        draw(tmp_path / name, seed=index)
    list(album.import_paths([tmp_path / "x", tmp_path / "y"]))
    album.enqueue_export(everything(album), ExportOptions(tmp_path / "out", suffix=""))
    out = sorted(str(job.out.relative_to(tmp_path / "out")) for job in take(album))
    assert out == ["b.png", "x/a.png", "y/a.png"]
    kept = ExportOptions(tmp_path / "kept", suffix="", keep_folders=True)
    album.enqueue_export(everything(album), kept)
    out = sorted(str(job.out.relative_to(tmp_path / "kept")) for job in take(album))
    assert out == ["x/a.png", "x/b.png", "y/a.png"]


def test_files_in_the_way_stay_unless_told_otherwise(restored: Album, tmp_path: Path) -> None:
    options = ExportOptions(tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2-restored.png").write_text("precious")
    restored.enqueue_export(everything(restored), options)
    assert len(take(restored)) == 2
    (failed,) = restored.jobs(("failed",))
    assert "exists already" in (failed.sentence or "")
    assert (tmp_path / "out" / "2-restored.png").read_text() == "precious"
    restored.enqueue_export([failed.photo_id], replace(options, overwrite=True))
    assert len(take(restored)) == 1
    assert restored.jobs(("failed",)) == []


def test_a_recipe_in_the_way_stays_too(restored: Album, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    recipe = tmp_path / "out" / "2-restored.png.lafr.json"
    recipe.write_text("precious")
    options = ExportOptions(tmp_path / "out")
    restored.enqueue_export(everything(restored), options)
    assert len(take(restored)) == 2
    (failed,) = restored.jobs(("failed",))
    assert f"{recipe}: exists already" in (failed.sentence or "")
    restored.enqueue_export([failed.photo_id], replace(options, recipe=False))
    assert len(take(restored)) == 1


@pytest.mark.parametrize("way", ["name", "folder link", "hard link", "link"])
def test_an_original_is_never_written_over(
    restored: Album, photos: Path, tmp_path: Path, way: str
) -> None:
    out = photos
    if way != "name":
        out = tmp_path / "out"
    if way == "folder link":
        out.symlink_to(photos)
    if "link" in way and way != "folder link":
        out.mkdir()
        make = os.link if way == "hard link" else os.symlink
        make(photos / "3.png", out / "1.png")
    before = [path.read_bytes() for path in sorted(photos.iterdir())]
    restored.enqueue_export(everything(restored), ExportOptions(out, suffix="", overwrite=True))
    refused = 1 if "link" in way and way != "folder link" else 3
    assert len(take(restored)) == 3 - refused
    sentences = [job.sentence or "" for job in restored.jobs(("failed",))]
    assert len(sentences) == refused
    assert all("never written to" in sentence for sentence in sentences)
    assert [path.read_bytes() for path in sorted(photos.iterdir())] == before


def test_a_changed_photo_is_not_exported(restored: Album, photos: Path, tmp_path: Path) -> None:
    draw(photos / "1.png", seed=55)
    restored.enqueue_export(everything(restored), ExportOptions(tmp_path / "out"))
    assert len(take(restored)) == 2
    assert "has changed" in (restored.jobs(("failed",))[0].sentence or "")


def test_an_export_brought_in_is_no_new_photo(restored: Album, tmp_path: Path) -> None:
    restored.enqueue_export(everything(restored), ExportOptions(tmp_path / "out"))
    jobs = take(restored)
    steps = list(restored.import_paths([tmp_path / "out"]))
    assert len(restored.photos()) == 3
    assert [step.photo_id for step in steps] == everything(restored)
    assert len(jobs) == 3


def test_a_retried_export_keeps_its_options(restored: Album, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "1-x.tif").write_text("")
    restored.enqueue_export(everything(restored)[:1], ExportOptions(out, "TIFF", suffix="-x"))
    assert take(restored) == []
    (out / "1-x.tif").unlink()
    restored.retry_failed()
    (job,) = take(restored)
    assert job.out == out / "1-x.tif"


def test_an_export_heard_twice_is_one(restored: Album, tmp_path: Path) -> None:
    restored.enqueue_export(everything(restored)[:1], ExportOptions(tmp_path / "out"))
    with restored.hold_engine():
        job = restored.take_job()
        assert job is not None
        said = list(events(job))
        for event in (*said[:-1], *said):
            if isinstance(event, PhotoRendered):
                assert event.out.is_file()
            restored.apply(event)
    assert [each.kind for each in restored.jobs(("done",))].count("export") == 1
    assert restored.verify() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "GIF"},
        {"quality": 0},
        {"scale": 3},
        {"suffix": "/../x"},
    ],
)
def test_options_that_make_no_sense(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        ExportOptions(tmp_path, **wrong)  # type: ignore[arg-type]  # that is what is tested


def test_the_formats_are_those_that_can_be_written() -> None:
    assert FORMAT_SUFFIXES == SUFFIXES


def test_an_interrupted_export_goes_on(restored: Album, tmp_path: Path) -> None:
    restored.enqueue_export(everything(restored), ExportOptions(tmp_path / "out"))
    work_off(restored, limit=1)
    restored.close()
    with Album.open(restored.folder) as album:
        assert len(take(album)) == 2


def test_what_was_written_can_be_asked_for(restored: Album, tmp_path: Path) -> None:
    restored.enqueue_export(everything(restored)[:2], ExportOptions(tmp_path / "out"))
    jobs = take(restored)
    written = restored.exported(int(job.job) for job in jobs)
    assert [each.photo_id for each in written] == everything(restored)[:2]
    assert [each.out for each in written] == [job.out for job in jobs]
    assert restored.exported([]) == []
