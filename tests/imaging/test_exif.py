from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.metadata import (
    denser_exif,
    preview_room,
    sized_exif,
    upright_exif,
    with_preview,
)
from lafr_engine.imaging.picture import enlarged
from tests.imaging.scenes import exif_of, scene

MAKER_NOTE = bytes(range(64))


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


def with_thumbnail(orientation: int) -> bytes:
    """EXIF with a preview of another picture, made by hand as cameras lay it out."""
    preview = io.BytesIO()
    Image.new("RGB", (96, 64), (200, 30, 30)).save(preview, "JPEG", quality=95)
    old = preview.getvalue().ljust(4000, b"\0")
    body = struct.pack("<4sI", b"II*\0", 8)
    body += struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 26)
    entries = [(0x0103, 3, 1, 6), (0x0112, 3, 1, orientation), (0x0201, 4, 1, 80)]
    entries.append((0x0202, 4, 1, len(old)))
    body += struct.pack("<H", 4) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"Exif\0\0" + (body + bytes(4)).ljust(80, b"\0") + old


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_the_preview_shows_the_new_picture(tmp_path: Path, suffix: str) -> None:
    block = with_thumbnail(6)
    Image.fromarray(scene()).save(tmp_path / f"a.{suffix}", exif=block)
    write_picture(read_picture(tmp_path / f"a.{suffix}"), tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as image:
        preview = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        raw = image.info["exif"].removeprefix(b"Exif\0\0")
    start, length = preview[0x0201], preview[0x0202]
    assert preview[0x0112] == 1
    assert len(raw) == len(block) - 6
    with Image.open(io.BytesIO(raw[start : start + length])) as small:
        assert small.size == (40, 60)
        upright = np.rot90(scene(), -1)
        assert np.abs(np.array(small).astype(int) - upright).mean() < 12


def test_a_preview_without_room_is_wiped_out() -> None:
    block = with_thumbnail(1)
    assert preview_room(block) == 4000
    gone = with_preview(block, None)
    assert len(gone) == len(block)
    assert gone[-4000:] == bytes(4000)
    assert preview_room(gone) == 0
    assert preview_room(exif_of(1).tobytes()) == 0
