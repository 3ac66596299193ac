from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from lafr_engine.errors import NotAPicture, OutputError
from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture, enlarged
from tests.imaging.profiles import profile
from tests.imaging.scenes import exif_of, scene


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "lzw", "predictor": True},
        {"planarconfig": "separate"},
        {"compression": "zlib", "byteorder": ">"},
    ],
)
def test_reads_tiffs_as_scanners_write_them(tmp_path: Path, options: dict[str, Any]) -> None:
    pixels = scene(3, np.uint16)
    stored = pixels.transpose(2, 0, 1) if "planarconfig" in options else pixels
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", **options)
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels, pixels)


def test_white_may_be_zero_and_the_first_page_counts(tmp_path: Path) -> None:
    grey = scene(1, np.uint16)[..., 0]
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(65535 - grey, photometric="miniswhite")
        writer.write(grey * 0, photometric="minisblack")
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels[..., 0], grey)


def test_places_and_names_with_umlauts_survive_a_tiff(tmp_path: Path) -> None:
    exif = exif_of(1)
    exif[0x013B] = "Jxxrgen xxpfel"
    exif.get_ifd(0x8825)[1] = "N"
    block = exif.tobytes().replace(b"Jxxrgen xxpfel", "Jürgen Äpfel".encode())
    write_picture(Picture(scene(), format="TIFF", exif=block), tmp_path / "a.tif")
    write_picture(read_picture(tmp_path / "a.tif"), tmp_path / "b.tif")
    with Image.open(tmp_path / "b.tif") as image:
        found = image.getexif()
        assert found.get_ifd(0x8825)[1] == "N"
        assert found[0x013B].encode("latin-1").decode() == "Jürgen Äpfel"


def test_a_damaged_second_page_leaves_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page = Image.fromarray(scene())
    page.save(path, save_all=True, append_images=[page])
    raw = path.read_bytes()
    (first,) = struct.unpack_from("<I", raw, 4)
    (entries,) = struct.unpack_from("<H", raw, first)
    (second,) = struct.unpack_from("<I", raw, first + 2 + 12 * entries)
    path.write_bytes(raw[: second + 7])
    picture = read_picture(path)
    assert np.array_equal(picture.pixels, scene())
    assert len(picture.notices) == 1


LAYOUTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "lzw": {"compression": "lzw"},
    "lzw, predicted": {"compression": "lzw", "predictor": True},
    "deflate, predicted": {"compression": "adobe_deflate", "predictor": True},
    "packbits": {"compression": "packbits"},
    "zstd": {"compression": "zstd"},
    "tiles": {"tile": (16, 32)},
    "tiles, lzw": {"tile": (16, 16), "compression": "lzw", "predictor": True},
    "strips of 3 rows": {"rowsperstrip": 3, "compression": "lzw"},
    "planar": {"planarconfig": "separate"},
    "planar, tiles": {"planarconfig": "separate", "tile": (16, 16), "compression": "lzw"},
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_the_layout_stays(tmp_path: Path, name: str, dtype: Any, order: Any, big: bool) -> None:
    pixels, options = scene(3, dtype), LAYOUTS[name]
    stored = pixels.transpose(2, 0, 1) if "planarconfig" in options else pixels
    with tifffile.TiffWriter(tmp_path / "a.tif", byteorder=order, bigtiff=big) as writer:
        # The private tag gives the file a block whose byte order counts.
        tags = [(65001, "H", 2, (1, 2), True), (271, "s", 0, "Kamera", True)]
        writer.write(stored, photometric="rgb", extratags=tags, metadata=None, **options)
    picture = read_picture(tmp_path / "a.tif")
    assert np.array_equal(picture.pixels, pixels)
    assert picture.notices == ()
    write_picture(picture, tmp_path / "b.tif")
    pages = []
    for path in (tmp_path / "a.tif", tmp_path / "b.tif"):
        with tifffile.TiffFile(path) as file:
            page: Any = file.pages.first
            assert np.array_equal(page.asarray(), stored)
            assert page.tags[65001].value == (1, 2)
            assert page.tags[271].value == "Kamera"
            keys = (page.compression, page.predictor, page.planarconfig, page.tile)
            rows = None if page.is_tiled else page.rowsperstrip
            pages.append((*keys, rows, file.byteorder, file.is_bigtiff))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("extra", ["assocalpha", "unassalpha", "unspecified"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_channel_behind_the_colours_stays_what_it_is(
    tmp_path: Path, extra: Any, dtype: Any
) -> None:
    pixels = scene(4, dtype)
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", extrasamples=[extra])
    picture = read_picture(tmp_path / "a.tif")
    write_picture(picture, tmp_path / "b.tif")
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page: Any = file.pages.first
        assert page.extrasamples[0].name == extra.upper()
        assert np.array_equal(page.asarray(), pixels)
    notices = write_picture(replace(picture, format="PNG"), tmp_path / "c.png")
    again = read_picture(tmp_path / "c.png")
    assert bool(notices) == (extra == "unspecified") == (again.alpha is None)
    if extra == "assocalpha":
        alpha = again.alpha
        assert alpha is not None
        white = np.iinfo(dtype).max
        premultiplied = again.pixels.astype(float) * alpha[..., None] / white
        assert np.abs(premultiplied - pixels[..., :3]).max() <= 0.51


def test_grey_whose_white_is_zero_stays_so(tmp_path: Path) -> None:
    grey = scene(1, np.uint8)[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", 255 - grey, photometric="miniswhite")
    picture = read_picture(tmp_path / "a.tif")
    assert np.array_equal(picture.pixels[..., 0], grey)
    write_picture(picture, tmp_path / "b.tif")
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page: Any = file.pages.first
        assert page.photometric.name == "MINISWHITE"
        assert np.array_equal(page.asarray(), 255 - grey)


def test_jpeg_inside_becomes_lossless_where_the_whole_is_written(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", scene(), photometric="rgb", compression="jpeg", tile=(16, 16)
    )
    picture = read_picture(tmp_path / "a.tif")
    assert np.abs(picture.pixels.astype(int) - scene()).mean() < 6
    told = write_picture(picture, tmp_path / "b.tif")
    assert told == ("Its JPEG compression becomes deflate, which loses nothing.",)
    assert np.array_equal(read_picture(tmp_path / "b.tif").pixels, picture.pixels)


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", None])
def test_black_and_white_stays(tmp_path: Path, compression: str | None) -> None:
    Image.fromarray(scene(1)[..., 0] > 100).save(tmp_path / "a.tif", compression=compression)
    picture = read_picture(tmp_path / "a.tif")
    assert (picture.mode, picture.channels) == ("1", 1)
    write_picture(picture, tmp_path / "b.tif")
    with Image.open(tmp_path / "b.tif") as image:
        assert image.mode == "1"
        assert np.array_equal(np.array(image), scene(1)[..., 0] > 100)


def raw_page(page: Any) -> tuple[Any, ...]:
    """The bytes of a page's pieces, and its tags but for their places."""
    handle = page.parent.filehandle
    pieces = []
    for place, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        handle.seek(place)
        pieces.append(handle.read(length))
    places = (273, 324, 330, 34665)
    tags = {tag.code: tag.value for tag in page.tags if tag.code not in places}
    return pieces, tags


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_other_pages_are_copied_bit_for_bit(tmp_path: Path, order: Any, big: bool) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path, byteorder=order, bigtiff=big) as writer:
        writer.write(scene(), photometric="rgb", metadata=None)
        writer.write(
            scene(1, np.uint16)[..., 0],
            photometric="minisblack",
            compression="lzw",
            rowsperstrip=7,
            subifds=1,
            description="the back of the photograph",
            extratags=[(65002, "s", 0, "somebody's own", True)],
            metadata=None,
        )
        writer.write(scene(1, np.uint16)[::2, ::2, 0], photometric="minisblack", subfiletype=1)
        writer.write(scene(4), photometric="separated", tile=(16, 16), metadata=None)
    picture = read_picture(path)
    assert picture.notices == ("Only the first of 3 pages is restored; the others are copied.",)
    write_picture(replace(picture, pixels=255 - picture.pixels), tmp_path / "b.tif")
    with tifffile.TiffFile(path) as before, tifffile.TiffFile(tmp_path / "b.tif") as after:
        assert len(after.pages) == len(before.pages) == 3
        assert np.array_equal(after.pages[0].asarray(), 255 - scene())
        for number in (1, 2):
            assert raw_page(after.pages[number]) == raw_page(before.pages[number])
        children: list[Any] = [file.pages[1].pages for file in (before, after)]
        assert raw_page(children[1][0]) == raw_page(children[0][0])
    assert "other pages" in write_picture(replace(picture, format="PNG"), tmp_path / "c.png")[0]


def test_pages_of_a_source_that_changed_are_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page = Image.fromarray(scene())
    page.save(path, save_all=True, append_images=[page])
    picture = read_picture(path)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(OutputError, match="changed since"):
        write_picture(picture, tmp_path / "b.tif")
    assert not (tmp_path / "b.tif").exists()


def test_a_smaller_copy_and_layers_are_left_out(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        layers = [(37724, "B", 4, b"8BPS", True)]
        writer.write(scene(), photometric="rgb", metadata=None, extratags=layers)
        writer.write(scene()[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    picture = read_picture(tmp_path / "a.tif")
    assert len(picture.notices) == 2
    write_picture(picture, tmp_path / "b.tif")
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert len(file.pages) == 1
        assert 37724 not in file.pages.first.tags


@pytest.mark.parametrize("unit", [1, 2, 3])
def test_the_unit_of_the_resolution_stays(tmp_path: Path, unit: int) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        scene(),
        photometric="rgb",
        resolution=((11811, 100), (300, 7)),
        resolutionunit=unit,
        metadata=None,
    )
    picture = read_picture(tmp_path / "a.tif")
    factor = {1: None, 2: 1.0, 3: 2.54}[unit]
    assert picture.dpi == (
        None if factor is None else pytest.approx((118.11 * factor, 300 / 7 * factor))
    )
    for name, scale in (("b.tif", 1), ("c.tif", 2)):
        write_picture(enlarged(picture, scale), tmp_path / name)
        with tifffile.TiffFile(tmp_path / name) as file:
            tags = file.pages.first.tags
            assert tags[296].value == unit
            assert tags[282].value == (11811 * scale, 100)
            assert tags[283].value == (300 * scale, 7)


def test_inks_of_16_bits_keep_all_of_them(tmp_path: Path) -> None:
    icc, inks = profile("inks"), scene(4, np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated", iccprofile=icc)
    picture = read_picture(tmp_path / "a.tif")
    assert picture.mode == "CMYK;16"
    assert picture.pixels.dtype == np.uint16
    pixels = picture.pixels.copy()
    pixels[8:16, 8:16] //= 2
    assert write_picture(replace(picture, pixels=pixels), tmp_path / "b.tif") == ()
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page: Any = file.pages.first
        after = page.asarray()
        assert page.iccprofile == icc
        assert page.photometric.name == "SEPARATED"
    changed = (after != inks).any(axis=2)
    assert changed[8:16, 8:16].all()
    assert changed.sum() == 64
    again = read_picture(tmp_path / "b.tif").pixels[8:16, 8:16].astype(int)
    assert np.abs(again - pixels[8:16, 8:16]).mean() < 65535 / 60


def test_too_many_channels_are_refused(tmp_path: Path) -> None:
    many = np.zeros((20, 24, 6), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", many, photometric="rgb", extrasamples=["unspecified"] * 3)
    with pytest.raises(NotAPicture, match="6 channels"):
        read_picture(tmp_path / "a.tif")


def test_exif_of_a_jpeg_becomes_tags_and_comes_back(tmp_path: Path) -> None:
    exif = exif_of(1)
    exif.get_ifd(0x8769)[0x927C] = bytes(range(50))
    exif.get_ifd(0x8825)[1] = "N"
    Image.fromarray(scene()).save(tmp_path / "a.jpg", exif=exif)
    write_picture(replace(read_picture(tmp_path / "a.jpg"), format="TIFF"), tmp_path / "b.tif")
    write_picture(replace(read_picture(tmp_path / "b.tif"), format="JPEG"), tmp_path / "c.jpg")
    for name in ("b.tif", "c.jpg"):
        with Image.open(tmp_path / name) as image:
            found = image.getexif()
            assert found[0x010F] == "Kamera"
            assert found.get_ifd(0x8769)[0x9003] == "1957:08:02 12:00:00"
            assert found.get_ifd(0x8769)[0x927C] == bytes(range(50))
            assert found.get_ifd(0x8825)[1] == "N"
