from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture, enlarged
from lafr_engine.imaging.xmp import parsed, qualified
from tests.imaging.profiles import profile
from tests.imaging.scenes import scene


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


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(path: Path, *segments: bytes) -> None:
    """Put segments behind the first of a JPEG."""
    raw = path.read_bytes()
    at = 4 + int.from_bytes(raw[4:6], "big")
    path.write_bytes(raw[:at] + b"".join(segments) + raw[at:])


def resource(number: int, data: bytes) -> bytes:
    padding = bytes(len(data) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + padding


IPTC = b"\x1c\x02\x78\x00\x0bGrossmutter" + b"\x1c\x02\x05\x00\x05Titel"


@pytest.mark.parametrize("quality", [60, 90])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_subsampling_progression_and_fine_tables_stay(
    tmp_path: Path, quality: int, subsampling: str, progressive: bool
) -> None:
    Image.fromarray(scene()).save(
        tmp_path / "a.jpg", quality=quality, subsampling=subsampling, progressive=progressive
    )
    write_picture(read_picture(tmp_path / "a.jpg"), tmp_path / "b.jpg")
    with Image.open(tmp_path / "a.jpg") as before, Image.open(tmp_path / "b.jpg") as after:
        assert after.layer == before.layer  # type: ignore[attr-defined]  # a JPEG has it
        assert after.info.get("progressive") == before.info.get("progressive")
        assert (after.quantization == before.quantization) == (quality == 90)  # type: ignore[attr-defined]  # JPEG


def test_the_same_tables_give_the_same_picture_again(tmp_path: Path) -> None:
    """What was not touched loses nothing but rounding when it is written as it was."""
    noise = np.random.default_rng(3).normal(0, 20, (64, 80, 3))
    pixels = (scene(3, np.uint8, 64, 80) + noise).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=85)
    picture = read_picture(tmp_path / "a.jpg")
    write_picture(picture, tmp_path / "b.jpg")
    again = read_picture(tmp_path / "b.jpg").pixels.astype(int)
    assert np.abs(again - picture.pixels).mean() < 1.0


def test_rgb_inside_stays_rgb(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.jpg", quality=90, keep_rgb=True)
    write_picture(read_picture(tmp_path / "a.jpg"), tmp_path / "b.jpg")
    with Image.open(tmp_path / "b.jpg") as image:
        assert image.info["adobe_transform"] == 0
    assert np.abs(read_picture(tmp_path / "b.jpg").pixels.astype(int) - scene()).mean() < 4


def test_pure_noise_in_the_finest_tables_is_written(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg", quality=100, subsampling=0)
    picture = read_picture(tmp_path / "a.jpg")
    write_picture(picture, tmp_path / "b.jpg")
    slow = replace(picture, coding=replace(picture.coding, progressive=True))
    write_picture(slow, tmp_path / "c.jpg")  # which no buffer of Pillow's holds: written plainly
    assert read_picture(tmp_path / "c.jpg").pixels.shape == (400, 400, 3)
    again = read_picture(tmp_path / "b.jpg")
    assert np.abs(again.pixels.astype(int) - noise).mean() < 2


def test_a_quality_that_was_asked_for_is_used(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.jpg", quality=95)
    picture = read_picture(tmp_path / "a.jpg")
    for kind, suffix in (("JPEG", "jpg"), ("WEBP", "webp"), ("AVIF", "avif")):
        sizes = []
        for quality in (20, 90):
            path = tmp_path / f"{quality}.{suffix}"
            write_picture(replace(picture, format=kind), path, quality=quality)
            sizes.append(path.stat().st_size)
        assert sizes[0] < sizes[1]


def test_inks_come_back_as_inks_with_their_profile(tmp_path: Path) -> None:
    icc = profile("inks")
    inks = Image.frombytes("CMYK", (60, 40), scene(4).tobytes())
    inks.save(tmp_path / "a.jpg", quality=95, icc_profile=icc, dpi=(300, 150))
    picture = read_picture(tmp_path / "a.jpg")
    assert (picture.mode, picture.channels, picture.icc) == ("CMYK", 3, None)
    pixels = picture.pixels.copy()
    pixels[8:16, 8:16] = 200
    assert (
        write_picture(replace(picture, pixels=pixels, dpi=(300.0, 150.0)), tmp_path / "b.jpg") == ()
    )
    with Image.open(tmp_path / "b.jpg") as image:
        assert (image.mode, image.info["icc_profile"]) == ("CMYK", icc)
        off = np.abs(np.array(image).astype(int) - scene(4))
    off[8:16, 8:16] = 0
    assert off.mean() < 3
    again = read_picture(tmp_path / "b.jpg")
    assert np.abs(again.pixels[9:15, 9:15].astype(int) - 200).mean() < 8
    assert again.dpi == pytest.approx((300, 150))
    assert write_picture(replace(picture, format="PNG"), tmp_path / "c.png") == (
        "CMYK becomes sRGB.",
    )
    assert write_picture(enlarged(picture, 2), tmp_path / "d.jpg") == ()
    with Image.open(tmp_path / "d.jpg") as image:
        assert (image.mode, image.size) == ("CMYK", (120, 80))


def test_iptc_comments_and_strange_segments_go_along(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(scene()).save(path, quality=95)
    preview = resource(0x040C, b"an old preview")
    photoshop = b"Photoshop 3.0\0" + resource(0x0404, IPTC) + preview + resource(0x03F3, b"\1\2")
    strange = segment(0xE5, b"somebody's own"), segment(0xFE, b"a comment")
    jumbf = segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb and a manifest")
    with_segments(path, segment(0xED, photoshop), *strange, jumbf)
    picture = read_picture(path)
    assert picture.notices == (
        "Its Content Credentials are left out: they vouch for the photograph as it was.",
    )
    write_picture(picture, tmp_path / "b.jpg")
    raw = (tmp_path / "b.jpg").read_bytes()
    for kept in (resource(0x0404, IPTC), resource(0x03F3, b"\1\2"), *strange):
        assert kept in raw
    assert b"an old preview" not in raw
    assert b"jumb" not in raw
    write_picture(replace(picture, format="TIFF"), tmp_path / "c.tif")
    with tifffile.TiffFile(tmp_path / "c.tif") as file:
        assert file.pages.first.tags[33723].value == IPTC
    again = read_picture(tmp_path / "c.tif")
    assert again.photoshop is not None
    assert resource(0x0404, IPTC) in again.photoshop


def long_xmp(count: int) -> bytes:
    items = "".join(f"<o:p{i}>{'x' * 2000}</o:p{i}>" for i in range(count))
    return (
        XMP_HEAD
        + f"{items}<o:short>kept</o:short></rdf:Description></rdf:RDF></x:xmpmeta>".encode()
    )


XMP_HEAD = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description rdf:about="" xmlns:o="http://example.org/o">'
)


def test_long_xmp_is_split_and_put_together_again(tmp_path: Path) -> None:
    packet = long_xmp(100)
    write_picture(Picture(scene(), format="JPEG", xmp=packet), tmp_path / "a.jpg")
    raw = (tmp_path / "a.jpg").read_bytes()
    assert raw.count(b"http://ns.adobe.com/xmp/extension/\0") == 3
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.xmp is not None
    assert sorted(each.tag for each in parsed(picture.xmp).root.iter()) == sorted(
        [each.tag for each in parsed(packet).root.iter()] + [qualified("rdf", "Description")]
    )
    assert b"HasExtendedXMP" not in picture.xmp
    write_picture(picture, tmp_path / "b.jpg")
    write_picture(replace(picture, format="PNG"), tmp_path / "c.png")
    for name in ("b.jpg", "c.png"):
        text = read_picture(tmp_path / name).xmp or b""
        assert text.count(b"x" * 2000) == 100
        assert b"kept" in text


def test_what_a_jpeg_cannot_hold_is_said(tmp_path: Path) -> None:
    endless = XMP_HEAD + b"<o:p>" + b"&lt;" * 10 + b"</o:p></rdf:Description></rdf:RDF>"
    broken = Picture(
        scene(), format="JPEG", xmp=endless + b"x" * 70_000, exif=b"Exif\0\0" + bytes(70_000)
    )
    notices = write_picture(broken, tmp_path / "a.jpg")
    assert len(notices) == 2
    assert read_picture(tmp_path / "a.jpg").xmp is None
    deep = Picture(scene(3, np.uint16), scene(1, np.uint16)[..., 0], format="JPEG")
    assert len(write_picture(deep, tmp_path / "b.jpg")) == 2
    assert np.abs(read_picture(tmp_path / "b.jpg").pixels.astype(int) - scene()).mean() < 4


@pytest.mark.parametrize(("unit", "dpi"), [(1, (300.0, 150.0)), (2, (254.0, 127.0)), (0, None)])
def test_the_unit_of_the_resolution_stays(tmp_path: Path, unit: int, dpi: Any) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(scene()).save(path, dpi=(300, 150))
    raw = bytearray(path.read_bytes())
    values = {1: (300, 150), 2: (100, 50), 0: (1, 1)}[unit]
    raw[13:18] = struct.pack(">BHH", unit, *values)
    path.write_bytes(bytes(raw))
    picture = read_picture(path)
    assert picture.dpi == (pytest.approx(dpi) if dpi else None)
    write_picture(picture, tmp_path / "b.jpg")
    assert (tmp_path / "b.jpg").read_bytes()[13:18] == bytes(raw[13:18])
