"""HEIC and RAW; the packages that read them are optional, and so are the tests of the reading."""

from __future__ import annotations

import importlib.util
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from lafr_engine.album import walk
from lafr_engine.errors import CodecMissing, NotAPicture, PictureTooLarge
from lafr_engine.imaging.files import read_picture, sniff, write_picture
from lafr_engine.imaging.formats import SUFFIXES
from tests.imaging.profiles import profile

DATA = Path(__file__).parents[1] / "data"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)


def write_dng(path: Path) -> None:
    """A raw picture of a grey wall with a red square, as a simple camera writes it."""
    rng = np.random.default_rng(1)
    sensor = (20000 + rng.normal(0, 100, (64, 96))).astype(np.uint16)
    sensor[20:40:2, 30:60:2] = 50000  # the red pixels of RGGB
    ratio = [(1, 1)] * 3
    matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    tags: list[Any] = [
        (271, "s", 0, "Kamera", True),
        (272, "s", 0, "Modell", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, b"\0\1\1\2", True),
        (50706, "B", 4, b"\1\4\0\0", True),
        (50708, "s", 0, "Kamera Modell", True),
        (50714, "H", 1, 0, True),
        (50717, "H", 1, 65535, True),
        (50721, "2i", 9, [n for value in matrix for n in (value, 1)], True),
        (50728, "2I", 3, [n for pair in ratio for n in pair], True),
        (50778, "H", 1, 21, True),
    ]
    tifffile.imwrite(path, sensor, photometric=32803, extratags=tags, metadata=None)


def test_without_its_package_a_heic_gets_a_sentence(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    (tmp_path / "a.heic").write_bytes(HEIC)
    assert sniff(tmp_path / "a.heic") == "JPEG"
    with pytest.raises(CodecMissing, match=r"HEIC, which the package pi-heif reads .*\[heic\]"):
        read_picture(tmp_path / "a.heic")


def test_without_its_package_a_raw_gets_a_sentence(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    write_dng(tmp_path / "a.dng")
    assert sniff(tmp_path / "a.dng") == "TIFF"
    with pytest.raises(CodecMissing, match=r"camera RAW, which the package rawpy reads"):
        read_picture(tmp_path / "a.dng")


@pytest.mark.parametrize(
    "head",
    [
        b"II*\0\x10\0\0\0CR\2\0" + bytes(30),
        b"FUJIFILMCCD-RAW 0201" + bytes(30),
        b"IIU\0" + bytes(30),
        b"IIRO" + bytes(30),
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(30),
    ],
)
def test_cameras_are_known_by_their_first_bytes(
    tmp_path: Path, head: bytes, monkeypatch: Any
) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    (tmp_path / "a.raw").write_bytes(head)
    with pytest.raises(CodecMissing):
        read_picture(tmp_path / "a.raw")


def test_a_preview_with_the_picture_below_it_is_raw(tmp_path: Path, monkeypatch: Any) -> None:
    """Nikon's and Sony's: to read the first page would be to restore a thumbnail."""
    with tifffile.TiffWriter(tmp_path / "a.nef") as writer:
        small = np.zeros((40, 60, 3), np.uint8)
        writer.write(small, photometric="rgb", subfiletype=1, subifds=1, metadata=None)
        writer.write(np.zeros((64, 96), np.uint16), photometric="minisblack", metadata=None)
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(CodecMissing):
        read_picture(tmp_path / "a.nef")


needs_heif = pytest.mark.skipif(
    importlib.util.find_spec("pi_heif") is None, reason="pi-heif is not installed"
)
needs_rawpy = pytest.mark.skipif(
    importlib.util.find_spec("rawpy") is None, reason="rawpy is not installed"
)


@needs_heif
def test_a_damaged_heic_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(HEIC)
    with pytest.raises(NotAPicture, match="damaged"):
        read_picture(tmp_path / "a.heic")


@needs_heif
@pytest.mark.parametrize(("name", "turns"), [("turned", 3), ("deep", 0)])
def test_a_heic_is_decoded(samples: Path, tmp_path: Path, name: str, turns: int) -> None:
    with Image.open(samples / "pif_soldier_family.jpg") as image:
        wanted = np.rot90(np.array(image.convert("RGB").resize((96, 64))), turns)
    picture = read_picture(DATA / f"{name}.heic")
    assert picture.pixels.shape == wanted.shape
    assert np.abs(picture.pixels.astype(int) - wanted).mean() < 4
    assert ("More than 8 bits a channel become 8." in picture.notices) == (name == "deep")
    write_picture(picture, tmp_path / "b.jpg")
    again = read_picture(tmp_path / "b.jpg")
    assert again.pixels.shape == wanted.shape
    assert np.abs(again.pixels.astype(int) - wanted).mean() < 6
    with pytest.raises(PictureTooLarge):
        read_picture(DATA / f"{name}.heic", max_pixels=1000)


def test_folders_are_searched_for_all_that_is_read(tmp_path: Path) -> None:
    assert {suffix for named in SUFFIXES.values() for suffix in named} <= walk.SUFFIXES
    shutil.copy(DATA / "turned.heic", tmp_path / "a.heic")
    write_dng(tmp_path / "b.dng")
    found = walk.find([tmp_path], sniff)
    assert [(each.path.name, each.format) for each in found.sources] == [
        ("a.heic", "JPEG"),
        ("b.dng", "TIFF"),
    ]


@needs_heif
def test_what_describes_a_heic_stays(tmp_path: Path) -> None:
    write_picture(read_picture(DATA / "turned.heic"), tmp_path / "b.jpg")
    picture = read_picture(tmp_path / "b.jpg")
    wanted = profile("Adobe RGB")
    assert picture.icc is not None
    assert wanted is not None
    assert picture.icc[128:] == wanted[128:]  # before that stands when it was made
    assert picture.dpi == (300.0, 300.0)
    assert picture.xmp is not None
    assert b"image/heic" in picture.xmp
    with Image.open(tmp_path / "b.jpg") as image:
        exif = image.getexif()
        assert (exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation]) == ("Kamera", 1)


@needs_rawpy
def test_a_raw_is_developed_and_written_as_tiff(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng")
    picture = read_picture(tmp_path / "a.dng")
    assert picture.format == "TIFF"
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels.shape == (64, 96, 3)
    wall, square = picture.pixels[50:60, 70:90], picture.pixels[24:36, 36:54]
    assert square[..., 0].mean() > 1.3 * wall[..., 0].mean()
    assert square[..., 2].mean() < 1.1 * wall[..., 2].mean()
    assert len(picture.notices) == 1
    write_picture(picture, tmp_path / "b.tif")
    again = read_picture(tmp_path / "b.tif")
    assert np.array_equal(again.pixels, picture.pixels)
    assert again.exif is not None
    assert b"Kamera" in again.exif
    with pytest.raises(PictureTooLarge):
        read_picture(tmp_path / "a.dng", max_pixels=1000)


@needs_rawpy
def test_a_damaged_raw_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.raf").write_bytes(b"FUJIFILMCCD-RAW 0201" + bytes(3000))
    with pytest.raises(NotAPicture, match="not supported"):
        read_picture(tmp_path / "a.raf")


def test_a_heic_is_told_from_an_avif(tmp_path: Path) -> None:
    brand = struct.pack(">I4s4sI4s", 20, b"ftyp", b"mif1", 0, b"avif")
    (tmp_path / "a").write_bytes(brand + bytes(40))
    assert sniff(tmp_path / "a") == "AVIF"
