from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PySide6.QtGui import QColor, QColorSpace, QImage
from pytestqt.qtbot import QtBot

from lafr_desktop.thumbnails import Limits, Thumbnails, ThumbnailStore, decode
from lafr_engine.errors import InputError
from tests.desktop.watchdog import no_stall

SHA = "ab" * 32


@pytest.fixture
def thumbnails(qtbot: QtBot, tmp_path: Path) -> Iterator[Thumbnails]:
    thumbnails = Thumbnails(tmp_path / "kept")
    yield thumbnails
    thumbnails.close()


def plain(colour: str = "red", width: int = 64, height: int = 48) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def fetched(qtbot: QtBot, thumbnails: Thumbnails, path: Path, side: int = 128) -> QImage:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert thumbnails.image(sha256, path, side) is None
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as told:
        pass
    assert told.args == [sha256]
    image = thumbnails.image(sha256, path, side)
    assert image is not None
    return image


def colour(image: QImage) -> tuple[int, int, int]:
    return rgb(image, image.width() // 2, image.height() // 2)


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    seen = image.pixelColor(x, y)
    return seen.red(), seen.green(), seen.blue()


def test_a_sample_comes_upright_and_is_kept(
    qtbot: QtBot, thumbnails: Thumbnails, samples: Path, tmp_path: Path
) -> None:
    image = fetched(qtbot, thumbnails, samples / "var_exif6.jpg")
    with Image.open(samples / "var_exif6.jpg") as stored:
        assert stored.getexif()[274] == 6
    shown = cv2.imread(str(samples / "var_exif6.jpg"))  # OpenCV turns it as well
    assert shown is not None
    assert max(image.width(), image.height()) == 128
    assert (image.width() > image.height()) == (shown.shape[1] > shown.shape[0])
    small = cv2.resize(shown, (image.width(), image.height()), interpolation=cv2.INTER_AREA)
    ours = np.array(
        [
            [rgb(image, x, y) for x in range(0, image.width(), 8)]
            for y in range(0, image.height(), 8)
        ]
    )
    assert np.abs(ours - small[::8, ::8, ::-1].astype(int)).mean() < 12
    assert len(list((tmp_path / "kept").glob("*/*.jpg"))) == 1


def test_what_is_kept_serves_without_the_photograph(
    qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    for path in (samples / "pif_soldier_family.jpg", tmp_path / "moved away.jpg"):
        thumbnails = Thumbnails(tmp_path / "kept")
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.image(SHA, path, 100)
        image = thumbnails.image(SHA, path, 100)
        thumbnails.close()
        assert image is not None
        assert image.width() == 100


@pytest.mark.parametrize("damage", [b"", b"no picture", None])
def test_a_damaged_file_is_made_again(
    qtbot: QtBot, samples: Path, tmp_path: Path, damage: bytes | None
) -> None:
    store = ThumbnailStore(tmp_path, 1 << 20)
    store.write(SHA, 256, plain("blue"))
    kept = next(tmp_path.glob("*/*.jpg"))
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert store.read(SHA, 256) is None
    thumbnails = Thumbnails(tmp_path)
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.image(SHA, samples / "pif_soldier_family.jpg", 128)
    thumbnails.close()
    again = store.read(SHA, 256)
    assert again is not None
    assert again.width() == 256


def test_the_disk_keeps_to_its_limit_and_to_what_was_used(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path, 20_000)
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    image = QImage(noise.tobytes(), 64, 64, 192, QImage.Format.Format_RGB888)
    for number in range(20):
        store.write(f"{number:064}", 256, image)
        for age, path in enumerate(sorted(tmp_path.glob("*/*.jpg"))):
            os.utime(path, (1_000_000 + age, 1_000_000 + age))
        assert store.read(f"{0:064}", 256) is not None  # used again each time
    sizes = [path.stat().st_size for path in tmp_path.glob("*/*.jpg")]
    assert 0 < sum(sizes) <= 20_000
    assert store.read(f"{19:064}", 256) is not None
    assert store.read(f"{1:064}", 256) is None
    assert not list(tmp_path.rglob("*.part"))


def test_memory_keeps_to_its_limit(qtbot: QtBot, tmp_path: Path, samples: Path) -> None:
    one = 128 * 96 * 4
    thumbnails = Thumbnails(tmp_path, Limits(memory=2 * one))
    path = samples / "pif_soldier_family.jpg"
    for number in range(4):
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.image(f"{number:064}", path, 128)
    there = [thumbnails.image(f"{number:064}", path, 128) is not None for number in range(4)]
    thumbnails.close()
    assert there == [False, False, True, True]


def test_another_size_stands_in_until_the_right_one_is_there(
    qtbot: QtBot, thumbnails: Thumbnails, samples: Path
) -> None:
    path = samples / "pif_soldier_family.jpg"
    small = fetched(qtbot, thumbnails, path, 100)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    stand_in = thumbnails.image(sha256, path, 200)
    assert stand_in is not None
    assert stand_in.size() == small.size()
    with qtbot.waitSignal(thumbnails.ready):
        pass
    right = thumbnails.image(sha256, path, 200)
    assert right is not None
    assert right.width() == 200


def test_a_failure_is_told_and_not_tried_again(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "letter.jpg"
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.image(SHA, path, 128)
    problem = thumbnails.problem(SHA, path)
    assert problem is not None
    assert "no such file" in problem
    Image.new("RGB", (64, 64), "red").save(path)
    with qtbot.assertNotEmitted(thumbnails.ready, wait=150):
        assert thumbnails.image(SHA, path, 128) is None
    thumbnails.retry()
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.image(SHA, path, 128)
    assert thumbnails.image(SHA, path, 128) is not None


def test_what_was_asked_for_last_comes_first(
    qtbot: QtBot, thumbnails: Thumbnails, samples: Path
) -> None:
    order: list[int] = []
    thumbnails.ready.connect(lambda sha256: order.append(int(sha256)))
    for number in range(12):
        thumbnails.image(f"{number:064}", samples / "pif_soldier_family.jpg", 128)
    qtbot.waitUntil(lambda: len(order) == 12)
    waited = [number for number in order if number > 1]  # two were begun at once
    for place, number in enumerate(waited):
        assert abs((11 - place) - number) <= 3  # two threads overtake each other a little


def test_closing_joins_the_threads(qtbot: QtBot, tmp_path: Path, samples: Path) -> None:
    before = threading.active_count()
    thumbnails = Thumbnails(tmp_path)
    for number in range(50):
        thumbnails.image(f"{number:064}", samples / "old_1908_servants.jpg", 128)
    thumbnails.close()
    with qtbot.assertNotEmitted(thumbnails.ready, wait=100):
        thumbnails.image(SHA, samples / "old_1908_servants.jpg", 128)
    assert threading.active_count() <= before + 2  # Python's shadows of Qt's threads


def test_formats_that_qt_does_not_read(tmp_path: Path) -> None:
    deep = np.zeros((60, 80, 3), np.uint16)
    deep[:] = (65535, 32896, 0)
    tifffile.imwrite(tmp_path / "deep.tif", deep, photometric="rgb")
    Image.new("RGB", (80, 60), (255, 128, 0)).save(tmp_path / "a.avif", quality=95)
    Image.new("CMYK", (80, 60), (0, 127, 255, 0)).save(tmp_path / "c.jpg", quality=95)
    for name in ("deep.tif", "a.avif", "c.jpg"):
        image = decode(tmp_path / name, 40)
        assert (image.width(), image.height()) == (40, 30)
        assert np.abs(np.subtract(colour(image), (255, 128, 0))).max() <= 6, name


def test_profiles_are_honoured_and_what_is_transparent_is_white(tmp_path: Path) -> None:
    profile = bytes(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb).iccProfile().data())
    Image.new("RGB", (80, 60), (100, 200, 100)).save(tmp_path / "p.png", icc_profile=profile)
    deep = np.zeros((60, 80, 3), np.uint16)
    deep[:] = (100 * 257, 200 * 257, 100 * 257)
    tifffile.imwrite(
        tmp_path / "p.tif",
        deep,
        photometric="rgb",
        extratags=[(34675, "B", len(profile), profile, True)],
    )
    srgb = colour(decode(tmp_path / "p.png", 40))
    assert srgb[0] < 80  # AdobeRGB's green is more than sRGB's
    assert np.abs(np.subtract(srgb, colour(decode(tmp_path / "p.tif", 40)))).max() <= 2
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (80, 60), (100, 200, 100)).save(tmp_path / "s.png", icc_profile=grey)
    assert colour(decode(tmp_path / "s.png", 40)) == (100, 200, 100)
    Image.new("RGBA", (80, 60), (9, 9, 9, 0)).save(tmp_path / "t.png")
    assert colour(decode(tmp_path / "t.png", 40)) == (255, 255, 255)


def test_small_pictures_are_not_enlarged(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "small.png")
    assert decode(tmp_path / "small.png", 256).width() == 30


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear aunt")
    with pytest.raises(InputError, match="not a picture"):
        decode(tmp_path / "letter.txt", 128)


def test_large_photographs_do_not_stall(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "large.jpg"
    noise = np.random.default_rng(1).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)
    cv2.imwrite(str(path), noise)
    with no_stall():
        fetched(qtbot, thumbnails, path, 256)
