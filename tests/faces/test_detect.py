"""The shipped detector on shipped photographs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Search, find_faces, turned_back
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import rgb8

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    return CenterFace(weights_path("centerface"), Search(sides=(320, 640)), threads=1)


def _pixels(path: Path, factor: float = 1.0) -> Pixels:
    return _resized(rgb8(read_picture(path)), factor)


def _resized(pixels: Pixels, factor: float) -> Pixels:
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how), np.uint8)


@pytest.fixture(scope="module")
def women(samples: Path) -> Pixels:
    return _pixels(samples / "gsa_three_women.webp")


@pytest.fixture(scope="module")
def upright(detector: CenterFace, women: Pixels) -> list[Face]:
    return _by_place(detector(women))


def _by_place(faces: list[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: face.box[0])


def _worst_shift(found: list[Face], expected: list[Face]) -> float:
    """Largest distance of a landmark from where it should be, in distances between the eyes."""
    shifts = [
        np.hypot(*(a.landmarks - b.landmarks).T).max() / b.inter_eye
        for a, b in zip(found, expected, strict=True)
    ]
    return float(max(shifts))


def test_three_faces_with_eyes_above_the_mouth(upright: list[Face]) -> None:
    assert len(upright) == 3
    for face in upright:
        left, right, nose, mouth_left, mouth_right = face.landmarks
        assert face.score > 0.8
        assert left[0] < nose[0] < right[0]
        assert mouth_left[0] < mouth_right[0]
        assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert (face.landmarks > face.box[:2]).all()
        assert (face.landmarks < face.box[2:]).all()


def test_exif_orientation_is_applied_before(detector: CenterFace, samples: Path) -> None:
    faces = detector(_pixels(samples / "var_exif6.jpg"))
    assert len(faces) == 3


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_on_its_side_or_head_is_turned(
    detector: CenterFace, women: Pixels, upright: list[Face], turns: int
) -> None:
    there = turned_back(women.shape[0], women.shape[1], turns).inverse()
    expected = [face.mapped(there) for face in upright]
    found = detector(np.ascontiguousarray(np.rot90(women, turns)))
    order = sorted(range(3), key=lambda i: expected[i].box)
    assert _worst_shift(sorted(found, key=lambda f: f.box), [expected[i] for i in order]) < 0.1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turned_back_leads_to_the_pixel_that_numpy_took(turns: int) -> None:
    picture = np.arange(5 * 7).reshape(5, 7)
    turned = np.rot90(picture, turns)
    rows, columns = np.indices(turned.shape)
    back = turned_back(5, 7, turns).apply(np.stack([columns, rows], axis=-1))
    x, y = back.round().astype(int).transpose(2, 0, 1)
    assert np.array_equal(picture[y, x], turned)


def test_twenty_four_pixel_faces_of_a_group_are_found(samples: Path) -> None:
    pixels = _pixels(samples / "old_1908_servants.jpg")
    found = CenterFace(weights_path("centerface"), Search(sides=(640,)), threads=1)(pixels)
    factor = 24.0 / float(np.median([face.width for face in found]))
    small = _pixels(samples / "old_1908_servants.jpg", factor)
    faces = CenterFace(weights_path("centerface"), Search(sides=(640, 1280)), threads=1)(small)
    assert np.median([face.width for face in faces]) < 27.0
    assert 26 <= len(faces) <= 28


def test_small_faces_in_a_large_picture_are_looked_at_more_closely(
    women: Pixels, upright: list[Face]
) -> None:
    factor = 26.0 / float(np.median([face.width for face in upright]))
    small = _resized(women, factor)
    wall = np.full((1200, 1700, 3), 120, dtype=np.uint8)
    wall[700 : 700 + small.shape[0], 1100 : 1100 + small.shape[1]] = small
    near = Search(sides=(640,), finest=2560)
    far = Search(sides=(640,), finest=640)
    assert len(CenterFace(weights_path("centerface"), near, threads=1)(wall)) == 3
    assert len(CenterFace(weights_path("centerface"), far, threads=1)(wall)) < 3


def test_a_large_face_keeps_its_landmarks(
    detector: CenterFace, women: Pixels, upright: list[Face]
) -> None:
    face = upright[-1]
    x, y = (round(value) for value in face.landmarks[2])
    near = np.ascontiguousarray(women[y - 56 : y + 56, x - 56 : x + 56])
    found = detector(_resized(near, 6.0))
    assert [other.width > 200 for other in found] == [True]
    grown = (face.landmarks - [x - 56, y - 56] + 0.5) * 6.0 - 0.5
    assert _worst_shift(found, [Face(face.box, grown, face.score)]) < 0.1


def test_where_no_face_is_none_is_found(detector: CenterFace, samples: Path) -> None:
    hangar = _pixels(samples / "pif_hangar_gray.jpg")
    faces = detector(hangar)
    assert len(faces) == 17
    top = round(min(face.box[1] for face in faces)) - 40
    bottom = round(max(face.box[3] for face in faces)) + 40
    for empty in (hangar[:top], hangar[bottom:]):
        assert min(empty.shape) > 2
        assert detector(np.ascontiguousarray(empty)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (40, 40, 3)])
def test_tiny_and_narrow_pictures_are_searched(
    detector: CenterFace, shape: tuple[int, ...]
) -> None:
    assert detector(np.full(shape, 90, dtype=np.uint8)) == []


def test_what_is_no_picture_is_refused(detector: CenterFace) -> None:
    for wrong in (np.zeros((9, 9)), np.zeros((9, 9, 3), np.uint16), np.zeros((9, 9, 4), np.uint8)):
        with pytest.raises(ConfigError):
            find_faces(wrong, detector.look)  # type: ignore[arg-type]  # wrong on purpose


def test_weights_that_are_missing_or_damaged_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        CenterFace(tmp_path / "none.onnx")
    data = weights_path("centerface").read_bytes()
    path = tmp_path / "centerface.onnx"
    for damaged in (b"", b"no model at all", data[: len(data) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(WeightsDamaged):
            CenterFace(path)
