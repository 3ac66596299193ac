from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from lafr_engine.errors import (
    OutputError,
    PictureTooLarge,
    PictureTooSmall,
    UnreadableFile,
)
from lafr_engine.imaging.files import read_picture, sniff, whole_file, write_picture
from lafr_engine.imaging.picture import Coding, Picture
from tests.imaging.scenes import SRGB, XMP, exif_of, scene


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "bmp", "avif"])
def test_reads_and_writes_each_format(tmp_path: Path, suffix: str) -> None:
    source, copy = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    Image.fromarray(scene()).save(source)
    picture = read_picture(source)
    write_picture(picture, copy)
    again = read_picture(copy)
    assert again.format == picture.format == sniff(copy)
    assert np.abs(again.pixels.astype(int) - scene().astype(int)).max() <= 12
    if picture.coding.lossless:
        assert np.array_equal(again.pixels, picture.pixels)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_reads_each_mode(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(scene()).convert(mode)
    image.save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.mode == mode
    assert picture.channels == (1 if mode in ("1", "L", "LA") else 3)
    assert (picture.alpha is not None) == mode.endswith("A")
    assert picture.notices == ()
    expected = np.asarray(image.convert("L" if picture.channels == 1 else "RGB"))
    assert np.array_equal(picture.pixels.squeeze(), expected.squeeze())


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_sixteen_bits_stay_sixteen(
    tmp_path: Path, suffix: str, channels: int, has_alpha: bool
) -> None:
    pixels = scene(channels, np.uint16)
    alpha = scene(1, np.uint16)[..., 0] if has_alpha else None
    kind = "PNG" if suffix == "png" else "TIFF"
    write_picture(Picture(pixels, alpha, format=kind), tmp_path / f"a.{suffix}")
    again = read_picture(tmp_path / f"a.{suffix}")
    assert again.pixels.dtype == np.uint16
    assert np.array_equal(again.pixels, pixels)
    assert (again.alpha is None) == (alpha is None)
    assert alpha is None or (again.alpha is not None and np.array_equal(again.alpha, alpha))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_orientation_is_applied_and_reset(tmp_path: Path, orientation: int, suffix: str) -> None:
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # stored so that the reader turns it back by 270
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turn = turns[orientation]
    stored = Image.fromarray(scene())
    stored = stored if turn is None else stored.transpose(turn)
    options: dict[str, Any] = {"lossless": True} if suffix == "webp" else {}
    stored.save(tmp_path / f"a.{suffix}", exif=exif_of(orientation), **options)
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.pixels.shape == (40, 60, 3)
    assert np.abs(picture.pixels.astype(int) - scene().astype(int)).max() < 12
    write_picture(picture, tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as written:
        assert written.getexif().get(0x0112, 1) == 1
        assert written.getexif()[0x010F] == "Kamera"


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_metadata_is_kept(tmp_path: Path, suffix: str, dtype: Any) -> None:
    if dtype is np.uint16 and suffix in ("jpg", "webp"):
        pytest.skip("the format has no 16 bits")
    kind = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP"}[suffix]
    picture = Picture(
        scene(3, dtype),
        format=kind,
        icc=SRGB,
        exif=exif_of(1).tobytes(),
        xmp=XMP,
        dpi=(300.0, 300.0),
    )
    write_picture(picture, tmp_path / f"a.{suffix}")
    again = read_picture(tmp_path / f"a.{suffix}")
    assert again.icc == SRGB
    assert again.xmp == XMP
    assert again.exif is not None
    parsed = Image.Exif()
    parsed.load(again.exif)
    assert parsed[0x010F] == "Kamera"
    assert parsed.get_ifd(0x8769)[0x9003] == "1957:08:02 12:00:00"
    if suffix != "webp":  # which has no place for it
        assert again.dpi == pytest.approx((300.0, 300.0), abs=0.1)


def test_content_decides_and_names_may_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "Großmutter 祖母 📷.jpg"
    Image.fromarray(scene()).save(path, format="PNG")
    assert sniff(path) == read_picture(path).format == "PNG"


@pytest.mark.parametrize(
    ("suffix", "count", "words"),
    [("tif", 3, "3 pages"), ("webp", 2, "2 frames"), ("png", 2, "2 frames"), ("avif", 2, "2 fr")],
)
def test_only_the_first_of_several_is_read_and_said_so(
    tmp_path: Path, suffix: str, count: int, words: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    pages = [Image.fromarray(scene() // step) for step in range(1, count + 1)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    picture = read_picture(path)
    assert np.abs(picture.pixels.astype(int) - scene()).max() < 20
    assert len(picture.notices) == 1
    assert f"Only the first of {words}" in picture.notices[0]


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "folder.jpg").mkdir()
    words = {"pipe": "regular", "gone": "no such file", "loop": "cannot", "folder": "a folder"}
    for name, word in words.items():
        for read in (sniff, read_picture):
            with pytest.raises(UnreadableFile, match=word):
                read(tmp_path / f"{name}.jpg")


@pytest.fixture(scope="module", params=["png", "tif"])
def scan(request: Any, tmp_path_factory: Any) -> Path:
    """A grey scan of 120 megapixels."""
    path = Path(tmp_path_factory.mktemp("scan"), f"scan.{request.param}")
    pixels = np.full((10_000, 12_000), 200, np.uint8)
    pixels[5000:5100, 6000:6100] = 30
    if request.param == "png":
        Image.fromarray(pixels).save(path, compress_level=1)
    else:
        tifffile.imwrite(path, pixels, photometric="minisblack")
    return path


def test_a_scan_of_120_megapixels_may_be_refused(scan: Path) -> None:
    with pytest.raises(PictureTooLarge, match=r"12000 x 10000 .* 100 million .*--max-pixels"):
        read_picture(scan, max_pixels=100_000_000)


_READS_IN_BOUNDS = """
import resource, sys
from pathlib import Path
from lafr_engine.imaging.files import read_picture

def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

before = peak()
picture = read_picture(Path(sys.argv[1]))
assert picture.pixels.shape == (10_000, 12_000, 1), picture.pixels.shape
assert picture.pixels[5050, 6050, 0] == 30
print((peak() - before) // 1_000_000)
"""


@pytest.mark.slow
def test_a_scan_of_120_megapixels_is_read_in_little_memory(scan: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READS_IN_BOUNDS, scan], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 3.2 * 120  # megabytes: the pixels three times, and a little


def test_missing_and_folder_and_forbidden(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        read_picture(tmp_path / "missing.jpg")
    with pytest.raises(UnreadableFile, match="folder"):
        read_picture(tmp_path)
    path = tmp_path / "locked.png"
    Image.fromarray(scene()).save(path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(UnreadableFile, match="permission"):
        read_picture(path)


def test_too_small_and_too_large(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(PictureTooSmall, match="1 x 1"):
        read_picture(tmp_path / "dot.png")
    Image.new("L", (200, 100)).save(tmp_path / "big.png")
    with pytest.raises(PictureTooLarge, match="max-pixels"):
        read_picture(tmp_path / "big.png", max_pixels=19_999)
    assert read_picture(tmp_path / "big.png", max_pixels=20_000).width == 200


def test_pillows_own_limit_does_not_leak(tmp_path: Path, monkeypatch: Any) -> None:
    Image.new("L", (200, 100)).save(tmp_path / "big.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_picture(tmp_path / "big.png").width == 200
    assert Image.MAX_IMAGE_PIXELS == 5000


def test_never_over_a_file_nor_onto_the_source(tmp_path: Path) -> None:
    source, other = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(scene()).save(source)
    other.write_bytes(b"mine")
    picture = read_picture(source)
    with pytest.raises(OutputError, match="exists"):
        write_picture(picture, other)
    with pytest.raises(OutputError, match="source itself"):
        write_picture(picture, tmp_path / "x" / ".." / "a.png", overwrite=True)
    write_picture(picture, other, overwrite=True)
    assert sniff(other) == "PNG"


def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    too_wide = Picture(np.zeros((20, 70_000, 3), np.uint8), format="JPEG")
    with pytest.raises(OutputError, match=r"wide\.jpg"):
        write_picture(too_wide, tmp_path / "wide.jpg")
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "b.txt") as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_lossless_webp_stays_lossless(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.webp", lossless=True)
    picture = read_picture(tmp_path / "a.webp")
    assert picture.coding == Coding(lossless=True)
    write_picture(picture, tmp_path / "b.webp")
    assert np.array_equal(read_picture(tmp_path / "b.webp").pixels, noise)
