from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import imagecodecs
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lafr_engine.bundle.limits import load_limits
from lafr_engine.bundle.manifest import MANIFEST, FoundLimits, Manifest, bundle_hash
from lafr_engine.bundle.store import find
from lafr_engine.errors import BundleMissing, ConfigError, InputError, LafrError, OutputError
from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.imaging.files import read_picture
from lafr_engine.messages import (
    AcceptedFace,
    DeviceChosen,
    DeviceTested,
    Event,
    FaceGeometry,
    FaceRestored,
    FacesFound,
    FindFaces,
    Job,
    PhotoRendered,
    Progress,
    RenderPhoto,
    RestoreFace,
    TestDevice,
)
from lafr_engine.service import Handler
from lafr_engine.worker.geometry import face_of
from lafr_engine.worker.handlers import make_handlers
from lafr_engine.worker.pictures import png

E = TypeVar("E", bound=Event)
Handlers = dict[type, Handler]


@pytest.fixture(scope="module")
def handlers() -> Handlers:
    return make_handlers("cpu")


@pytest.fixture(scope="module")
def family(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small photograph of three people, in a folder of its own."""
    path = tmp_path_factory.mktemp("photos") / "Oma & Opa 家.jpg"
    shutil.copyfile(samples / "pif_soldier_family.jpg", path)
    return path


@pytest.fixture(scope="module")
def found(handlers: Handlers, family: Path) -> FacesFound:
    return one(run(handlers, FindFaces("find", family)), FacesFound)


@pytest.fixture(scope="module")
def face(found: FacesFound) -> FaceGeometry:
    return max(found.faces, key=lambda each: each[0].score)[0]


@pytest.fixture(scope="module")
def restored(
    handlers: Handlers, family: Path, face: FaceGeometry, tmp_path_factory: pytest.TempPathFactory
) -> FaceRestored:
    out = tmp_path_factory.mktemp("cache")
    return one(run(handlers, RestoreFace("restore", family, face, out)), FaceRestored)


def run(handlers: Handlers, job: Job) -> list[Event]:
    return list(handlers[type(job)](job))


def one(events: Iterable[Event], kind: type[E]) -> E:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def pixels(path: Path) -> NDArray[Any]:
    decoded: NDArray[Any] = imagecodecs.png_decode(path.read_bytes())
    return decoded


def test_faces_are_found_in_the_upright_photograph(handlers: Handlers, samples: Path) -> None:
    events = run(handlers, FindFaces("a", samples / "var_exif6.jpg"))
    found = one(events, FacesFound)
    assert found.size == (800, 600)
    assert len(found.faces) == 3
    assert all(face.box[2] < 800 and len(face.landmarks) == 5 for face, _ in found.faces)
    assert isinstance(events[0], Progress)
    assert isinstance(events[-1], FacesFound)


def test_faces_come_with_the_reason_to_leave_them_alone(found: FacesFound, family: Path) -> None:
    assert len(found.faces) >= 3
    picture, limits = read_picture(family), load_limits()
    assert [reason for _, reason in found.faces] == [
        reason_to_abstain(face_of(face), 1, limits, picture) for face, _ in found.faces
    ]


def test_the_limits_of_the_bundle_that_will_restore_say_which_faces_are_left_alone(
    handlers: Handlers, found: FacesFound, family: Path, tmp_path: Path
) -> None:
    limits = FoundLimits(500.0, None, "lafr evaluate --limits val (50 faces)")
    text = Manifest("strict-1", "MIT", {}, {}, {}, limits=limits).to_text()
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    strict = one(run(handlers, FindFaces("a", family, None, str(tmp_path))), FacesFound)
    assert [face for face, _ in strict.faces] == [face for face, _ in found.faces]
    assert all("below 500" in str(reason) for _, reason in strict.faces)
    # Finding needs no bundle; what is wrong with one is said when it restores.
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    broken = one(run(handlers, FindFaces("a", family, None, str(tmp_path))), FacesFound)
    assert not any("below 500" in str(reason) for _, reason in broken.faces)


def test_a_box_drawn_by_hand_is_kept_and_gets_landmarks(
    handlers: Handlers, family: Path, face: FaceGeometry
) -> None:
    x0, y0, x1, y1 = face.box
    box = (x0 - 5, y0 - 4, x1 + 3, y1 + 6)
    drawn, reason = one(run(handlers, FindFaces("a", family, box)), FacesFound).faces[0]
    assert drawn.box == box
    assert (drawn.score, reason) == (1.0, None)
    assert np.abs(np.subtract(drawn.landmarks, face.landmarks)).max() < 0.12 * (x1 - x0)


def test_a_restored_face_is_in_two_whole_files(
    restored: FaceRestored, face: FaceGeometry, family: Path
) -> None:
    crop, preview = pixels(restored.crop), pixels(restored.preview)
    assert crop.shape == (512, 512, 3)
    assert crop.dtype == np.uint16
    x0, y0, x1, y1 = restored.rectangle
    assert preview.shape == (y1 - y0, x1 - x0, 3)
    assert preview.dtype == np.uint8
    assert all(x0 < x < x1 and y0 < y < y1 for x, y in face.landmarks)
    original = read_picture(family).pixels[y0:y1, x0:x1]
    assert np.array_equal(preview[0], original[0])  # outside of the mask
    assert not np.array_equal(preview, original)
    assert sorted(path.name for path in restored.crop.parent.iterdir()) == sorted(
        [restored.crop.name, restored.preview.name]
    )


def test_a_restored_face_says_what_it_was_made_with(restored: FaceRestored) -> None:
    assert (restored.bundle, restored.seed, restored.held) == (find().name, 0, None)
    assert restored.bundle_sha256 == bundle_hash(find())
    assert restored.identity > 0.3
    assert len(restored.embedding) == 128


def test_the_device_is_told_once_and_why_it_is_no_gpu(
    family: Path, face: FaceGeometry, tmp_path: Path
) -> None:
    handlers = make_handlers("cpu")
    events = run(handlers, RestoreFace("a", family, face, tmp_path))
    assert one(events, DeviceChosen) == DeviceChosen("cpu", "the CPU was asked for")
    again = run(handlers, RestoreFace("b", family, face, tmp_path))
    assert not any(isinstance(event, DeviceChosen) for event in again)
    made = [replace(one(each, FaceRestored), job="") for each in (events, again)]
    assert made[0] == made[1]  # the same bytes, hence the same names


def test_an_export_shows_what_the_preview_showed(
    handlers: Handlers, family: Path, face: FaceGeometry, restored: FaceRestored, tmp_path: Path
) -> None:
    out, before = tmp_path / "new" / "out.png", family.read_bytes()
    job = RenderPhoto("a", family, (AcceptedFace(face, restored.crop),), out, recipe=False)
    rendered = one(run(handlers, job), PhotoRendered)
    assert rendered.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert rendered.out == out
    x0, y0, x1, y1 = restored.rectangle
    after, original = read_picture(out).pixels, read_picture(family).pixels.copy()
    assert np.array_equal(after[y0:y1, x0:x1], pixels(restored.preview))
    original[y0:y1, x0:x1] = after[y0:y1, x0:x1]
    assert np.array_equal(after, original)
    assert family.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["out.png"]


def test_what_is_kept_stays_as_it_was(
    handlers: Handlers, family: Path, face: FaceGeometry, restored: FaceRestored, tmp_path: Path
) -> None:
    x0, y0, x1, y1 = restored.rectangle
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    mask[: (y1 - y0) // 2] = 255
    keep = tmp_path / "keep.png"
    keep.write_bytes(png(mask))
    accepted = AcceptedFace(face, restored.crop, 1.0, keep, restored.rectangle)
    out = tmp_path / "out.png"
    run(handlers, RenderPhoto("a", family, (accepted,), out))
    after, original = (read_picture(path).pixels[y0:y1, x0:x1] for path in (out, family))
    middle = (y1 - y0) // 2
    assert np.array_equal(after[: middle - 4], original[: middle - 4])
    assert np.array_equal(after[middle + 4 :], pixels(restored.preview)[middle + 4 :])
    assert not np.array_equal(after, original)


def test_a_photo_without_faces_is_written_in_the_format_asked_for(
    handlers: Handlers, family: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.tif"
    run(handlers, RenderPhoto("a", family, (), out))
    after = read_picture(out)
    assert after.format == "TIFF"
    assert np.array_equal(after.pixels, read_picture(family).pixels)


def test_quality_and_scale_are_followed(handlers: Handlers, family: Path, tmp_path: Path) -> None:
    sizes = {}
    for quality in (30, 95):
        out = tmp_path / f"{quality}.jpg"
        run(handlers, RenderPhoto("a", family, (), out, quality=quality, scale=2))
        picture = read_picture(out)
        assert (picture.width, picture.height) == (1002, 700)
        sizes[quality] = out.stat().st_size
    assert sizes[30] < sizes[95] / 2


def test_16_bits_and_alpha_go_into_a_jpeg_with_a_notice(handlers: Handlers, tmp_path: Path) -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (40, 50, 4), dtype=np.uint16)
    source, out = tmp_path / "deep.png", tmp_path / "out.jpg"
    source.write_bytes(png(deep))
    rendered = one(run(handlers, RenderPhoto("a", source, (), out)), PhotoRendered)
    assert len(rendered.notices) == 2
    assert read_picture(out).pixels.dtype == np.uint8


def test_nothing_is_written_where_it_must_not_be(
    handlers: Handlers, family: Path, tmp_path: Path
) -> None:
    before = family.read_bytes()
    with pytest.raises(OutputError):
        run(handlers, RenderPhoto("a", family, (), family, overwrite=True))
    taken = tmp_path / "taken.png"
    taken.write_bytes(b"mine")
    with pytest.raises(OutputError):
        run(handlers, RenderPhoto("a", family, (), taken))
    assert taken.read_bytes() == b"mine"
    assert family.read_bytes() == before
    run(handlers, RenderPhoto("a", family, (), taken, overwrite=True))
    assert read_picture(taken).format == "PNG"


@pytest.mark.parametrize("label", [True, False])
def test_an_export_says_what_a_network_did_to_it(
    handlers: Handlers,
    family: Path,
    face: FaceGeometry,
    restored: FaceRestored,
    tmp_path: Path,
    label: bool,
) -> None:
    accepted = AcceptedFace(face, restored.crop, bundle=restored.bundle)
    job = RenderPhoto("a", family, (accepted,), tmp_path / "out.jpg", label=label)
    run(handlers, job)
    xmp = read_picture(job.out).xmp or b""
    for words in (b"compositeWithTrainedAlgorithmicMedia", restored.bundle.encode(), b"mwg-rs"):
        assert (words in xmp) is label
    untouched = replace(job, faces=(), out=tmp_path / "untouched.jpg")
    run(handlers, untouched)
    assert b"compositeWith" not in (read_picture(untouched.out).xmp or b"")


def test_a_photo_that_changed_or_went_away_is_noticed(
    handlers: Handlers, family: Path, samples: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.webp"
    shutil.copyfile(family, photo)
    assert one(run(handlers, FindFaces("a", photo)), FacesFound).size == (501, 350)
    shutil.copyfile(samples / "gsa_three_women.webp", photo)
    assert one(run(handlers, FindFaces("a", photo)), FacesFound).size == (800, 600)
    photo.unlink()
    with pytest.raises(InputError, match="no such file"):
        run(handlers, FindFaces("a", photo))


def test_what_cannot_be_done_is_said_in_a_sentence(
    handlers: Handlers, family: Path, face: FaceGeometry, restored: FaceRestored, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(restored.crop.read_bytes()[:5000])
    out = tmp_path / "out.png"
    far = replace(face, landmarks=tuple((x + 5000, y) for x, y in face.landmarks))
    jobs: list[tuple[Job, type[LafrError]]] = [
        (RestoreFace("a", family, face, tmp_path, bundle="no-such"), BundleMissing),
        (RestoreFace("a", family, far, tmp_path), ConfigError),
        (RenderPhoto("a", family, (AcceptedFace(face, damaged),), out), InputError),
        (RenderPhoto("a", family, (AcceptedFace(face, tmp_path / "none"),), out), InputError),
        (RenderPhoto("a", family, (AcceptedFace(face, restored.preview),), out), InputError),
        (RenderPhoto("a", family, (), tmp_path / "out.xyz"), ConfigError),
        (RenderPhoto("a", family, (), out, scale=3), ConfigError),
        (FindFaces("a", family, (0.0, 0.0, 0.0, 0.0)), ConfigError),
    ]
    for job, error in jobs:
        with pytest.raises(error):
            run(handlers, job)
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.png"]


def test_leaving_a_job_early_leaves_nothing_behind(
    handlers: Handlers, family: Path, face: FaceGeometry, tmp_path: Path
) -> None:
    job = RestoreFace("a", family, face, tmp_path)
    count = len(run(handlers, replace(job, out=tmp_path / "whole")))
    for stop in range(1, count - 1):
        steps = handlers[RestoreFace](replace(job, out=tmp_path / "left"))
        for _ in range(stop):
            next(steps)
        steps.close()
    assert not (tmp_path / "left").exists()


def test_the_cpu_passes_its_own_test(handlers: Handlers) -> None:
    tested = one(run(handlers, TestDevice("a", "cpu")), DeviceTested)
    assert (tested.device, tested.sound, tested.difference) == ("cpu", True, 0.0)
    assert tested.seconds > 0
    assert "the CPU was asked for" in tested.sentence


@pytest.mark.skipif(torch.cuda.is_available(), reason="has the device that should be missing")
def test_a_device_that_is_not_there_is_replaced_with_a_reason(
    family: Path, face: FaceGeometry, tmp_path: Path
) -> None:
    events = run(make_handlers("cuda"), RestoreFace("a", family, face, tmp_path))
    chosen = one(events, DeviceChosen)
    assert chosen.device == "cpu"
    assert "no such device" in str(chosen.reason)
    assert sum("on the CPU" in str(event) for event in events) == 1
    with pytest.raises(LafrError):
        run(make_handlers(), TestDevice("b", "cuda"))
