from __future__ import annotations

import os
import struct
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from lafr_engine.errors import (
    NotAPicture,
    OutputError,
    PictureTooLarge,
    PictureTooSmall,
    UnreadableFile,
)
from lafr_engine.imaging.files import read_picture, sniff, whole_file, write_picture
from lafr_engine.imaging.metadata import denser_exif, sized_exif, upright_exif, upright_xmp
from lafr_engine.imaging.picture import Coding, Picture, enlarged

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'


def scene(channels: int = 3, dtype: Any = np.uint8, height: int = 40, width: int = 60) -> Any:
    """A picture that is different in every corner, smooth enough for JPEG."""
    white = np.iinfo(dtype).max
    y, x = np.mgrid[:height, :width]
    planes = [x / width, y / height, (x + y) / (width + height)][:channels]
    return np.stack([(plane * white).astype(dtype) for plane in planes], axis=2)


def exif_of(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8769)[0x9003] = "1957:08:02 12:00:00"
    return exif


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
    assert bool(picture.notices) == (mode in ("1", "P"))
    expected = np.asarray(image.convert("L" if picture.channels == 1 else "RGB"))
    assert np.array_equal(picture.pixels.squeeze(), expected.squeeze())


def test_cmyk_becomes_rgb_with_a_notice(tmp_path: Path) -> None:
    Image.fromarray(scene()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.mode == "CMYK"
    assert picture.channels == 3
    assert picture.icc is None
    assert picture.notices
    assert np.abs(picture.pixels.astype(int) - scene().astype(int)).max() < 30


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_sixteen_bits_stay_sixteen(
    tmp_path: Path, suffix: str, channels: int, has_alpha: bool
) -> None:
    if (suffix, channels, has_alpha) == ("tif", 1, True):
        pytest.skip("Pillow knows no such TIFF")
    pixels = scene(channels, np.uint16)
    alpha = scene(1, np.uint16)[..., 0] if has_alpha else None
    kind = "PNG" if suffix == "png" else "TIFF"
    write_picture(Picture(pixels, alpha, format=kind), tmp_path / f"a.{suffix}")
    again = read_picture(tmp_path / f"a.{suffix}")
    assert again.pixels.dtype == np.uint16
    assert np.array_equal(again.pixels, pixels)
    assert (again.alpha is None) == (alpha is None)
    assert alpha is None or (again.alpha is not None and np.array_equal(again.alpha, alpha))


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


def test_only_the_orientation_changes_in_exif() -> None:
    block = exif_of(6).tobytes()
    changed = upright_exif(block)
    assert len(changed) == len(block)
    assert sum(a != b for a, b in zip(block, changed, strict=True)) == 1
    assert upright_exif(b"Exif\0\0II*\0") == b"Exif\0\0II*\0"


def test_a_block_without_a_next_pointer_is_turned_upright_too(tmp_path: Path) -> None:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    block = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry
    Image.fromarray(scene()).save(tmp_path / "a.jpg", exif=block)
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.pixels.shape == (60, 40, 3)
    write_picture(picture, tmp_path / "b.jpg")
    again = read_picture(tmp_path / "b.jpg")
    assert again.pixels.shape == (60, 40, 3)
    assert again.exif is not None
    assert len(again.exif) == len(block)


MAKER_NOTE = bytes(range(64))


def sized_block(orientation: int) -> bytes:
    """EXIF of 60 x 40 pixels at 300 and 150 an inch, with a maker note."""
    exif = exif_of(orientation)
    exif[0x011A], exif[0x011B], exif[0x0128] = 300.0, 150.0, 2
    details = exif.get_ifd(0x8769)
    details[0xA002], details[0xA003], details[0x927C] = 60, 40, MAKER_NOTE
    return exif.tobytes()


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize(
    ("orientation", "scale", "resolution", "size"),
    [
        (1, 1, (300, 150), (60, 40)),
        (1, 2, (600, 300), (120, 80)),
        (3, 1, (300, 150), (60, 40)),
        (6, 1, (150, 300), (40, 60)),
        (8, 4, (600, 1200), (160, 240)),
        (1, 2000, (600_000, 300_000), (120_000, 80_000)),
    ],
)
def test_exif_says_the_size_and_resolution_that_are_written(
    tmp_path: Path,
    suffix: str,
    orientation: int,
    scale: int,
    resolution: tuple[int, int],
    size: tuple[int, int],
) -> None:
    block = sized_block(orientation)
    if scale > 4:  # more than 16 bits hold; such a picture is not made here, only said
        exif = denser_exif(block, scale)
        exif = sized_exif(exif, 60 * scale, 40 * scale)
    else:
        Image.fromarray(scene()).save(tmp_path / f"a.{suffix}", exif=block)
        picture = enlarged(read_picture(tmp_path / f"a.{suffix}"), scale)
        write_picture(picture, tmp_path / f"b.{suffix}")
        exif = read_picture(tmp_path / f"b.{suffix}").exif or b""
    parsed = Image.Exif()
    parsed.load(exif)
    details = parsed.get_ifd(0x8769)
    assert (parsed[0x011A], parsed[0x011B]) == resolution
    assert (details[0xA002], details[0xA003]) == size
    assert details[0x927C] == MAKER_NOTE
    if suffix != "avif":  # Pillow composes its block anew
        assert exif.find(MAKER_NOTE) == block.find(MAKER_NOTE)
        assert len(exif) == len(block)


def test_exif_of_a_tiff_says_the_size_that_is_written(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.tif", exif=sized_block(1))
    write_picture(enlarged(read_picture(tmp_path / "a.tif"), 2), tmp_path / "b.tif")
    with Image.open(tmp_path / "b.tif") as image:
        details = image.getexif().get_ifd(0x8769)
        assert (details[0xA002], details[0xA003]) == (120, 80)


def test_one_ratio_may_serve_both_resolutions() -> None:
    entries = [struct.pack("<HHII", tag, 5, 1, 38) for tag in (0x011A, 0x011B)]
    block = struct.pack("<4sIH", b"II*\0", 8, 2) + b"".join(entries) + bytes(4)
    assert len(block) == 38
    changed = denser_exif(block + struct.pack("<II", 72, 1), 2)
    assert struct.unpack("<II", changed[-8:]) == (144, 1)
    assert upright_exif(changed, turned=True) == changed


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_exif_is_never_an_error(data: st.DataObject) -> None:
    block = bytearray(sized_block(6))
    for _ in range(data.draw(st.integers(1, 8))):
        block[data.draw(st.integers(6, len(block) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(block[: data.draw(st.integers(6, len(block)))])
    changed = sized_exif(denser_exif(upright_exif(damaged, turned=True), 2), 120, 80)
    assert len(changed) == len(damaged)


def test_orientation_in_xmp_is_reset() -> None:
    assert upright_xmp(b'tiff:Orientation="6"') == b'tiff:Orientation="1"'
    assert b">1<" in upright_xmp(b"<tiff:Orientation>8</tiff:Orientation>")


def test_a_coarse_jpeg_is_written_finely_and_a_fine_one_with_its_tables(tmp_path: Path) -> None:
    for quality in (30, 98):
        Image.fromarray(scene()).save(tmp_path / f"{quality}.jpg", quality=quality)
    coarse, fine = (read_picture(tmp_path / f"{quality}.jpg") for quality in (30, 98))
    write_picture(coarse, tmp_path / "a.jpg")
    write_picture(fine, tmp_path / "b.jpg")
    tables = [read_picture(tmp_path / name).coding.jpeg_tables for name in ("a.jpg", "b.jpg")]
    assert coarse.coding.jpeg_tables is not None
    assert tables[0] is not None
    assert sum(tables[0][0]) < sum(coarse.coding.jpeg_tables[0])
    assert tables[1] == fine.coding.jpeg_tables


def test_content_decides_and_names_may_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "Großmutter 祖母 📷.jpg"
    Image.fromarray(scene()).save(path, format="PNG")
    assert sniff(path) == read_picture(path).format == "PNG"


@pytest.mark.parametrize("content", [b"", b"hello, world", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_not_a_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(NotAPicture, match=r"photo\.jpg"):
        read_picture(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "bmp", "avif"])
@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_truncated(tmp_path: Path, suffix: str, kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(NotAPicture, match="cut"):
        read_picture(path)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_truncated_sixteen_bits(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 65536, (64, 64, 3), dtype=np.uint16)
    path = tmp_path / f"cut.{suffix}"
    write_picture(Picture(noise, format="PNG" if suffix == "png" else "TIFF"), path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(NotAPicture, match="cut"):
        read_picture(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_never_leaks_another_error(tmp_path_factory: Any, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("damage")
    suffix = data.draw(st.sampled_from(["jpg", "png", "tif", "webp", "bmp"]))
    path = folder / f"a.{suffix}"
    Image.fromarray(scene()).save(path, exif=exif_of(6))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, min(len(raw), 400) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw))
    try:
        picture = read_picture(path, max_pixels=1_000_000)
    except (NotAPicture, PictureTooLarge, PictureTooSmall) as error:
        assert str(path) in str(error)
    else:
        assert picture.pixels.dtype in (np.uint8, np.uint16)


def test_a_text_that_begins_like_a_bitmap_is_none(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("BMW, the repair manual of the 2002")
    assert sniff(path) is None
    with pytest.raises(NotAPicture, match="known format"):
        read_picture(path)


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
