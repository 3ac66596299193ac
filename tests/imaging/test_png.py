from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture, enlarged
from lafr_engine.imaging.png import chunk, chunks
from tests.imaging.scenes import XMP, exif_of, scene

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(bits: int, kind: int, rows: list[bytes], *more: bytes, interlaced: bool = False) -> bytes:
    """A PNG of 24 x 20 by hand: rows with their filter bytes, chunks before the pixels."""
    header = struct.pack(">IIBBBBB", 24, 20, bits, kind, 0, 0, int(interlaced))
    parts = [
        SIGNATURE,
        chunk(b"IHDR", header),
        *more,
        chunk(b"IDAT", zlib.compress(b"".join(rows))),
    ]
    return b"".join([*parts, chunk(b"IEND", b"")])


def rows_of(samples: Any, bits: int) -> list[bytes]:
    """Pack samples (H, W) of some bits."""
    rows = []
    for row in samples:
        digits = "".join(f"{int(value):0{bits}b}" for value in row)
        digits += "0" * (-len(digits) % 8)
        rows.append(b"\0" + int(digits, 2).to_bytes(len(digits) // 8, "big"))
    return rows


def names(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        return [name for name, _ in chunks(stream)]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("kind", [0, 3])
def test_few_bits_stay_few(tmp_path: Path, bits: int, kind: int) -> None:
    samples = np.arange(480).reshape(20, 24) % (1 << bits)
    table = np.random.default_rng(5).integers(0, 256, (1 << bits, 3), dtype=np.uint8)
    palette = [chunk(b"PLTE", table.tobytes())] if kind == 3 else []
    (tmp_path / "a.png").write_bytes(png(bits, kind, rows_of(samples, bits), *palette))
    picture = read_picture(tmp_path / "a.png")
    white = (1 << bits) - 1
    expected = table[samples] if kind == 3 else (samples * 255 // white)[..., None]
    assert np.array_equal(picture.pixels, expected)
    assert write_picture(picture, tmp_path / "b.png") == ()
    assert (tmp_path / "b.png").read_bytes()[24:26] == bytes([bits, kind])
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, expected)


def test_interlaced(tmp_path: Path) -> None:
    samples = (np.arange(480).reshape(20, 24) % 251).astype(np.uint8)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
    passes.append((1, 0, 2, 1))
    rows = [b"\0" + row.tobytes() for y, x, dy, dx in passes for row in samples[y::dy, x::dx]]
    (tmp_path / "a.png").write_bytes(png(8, 0, rows, interlaced=True))
    picture = read_picture(tmp_path / "a.png")
    assert np.array_equal(picture.pixels[..., 0], samples)
    write_picture(picture, tmp_path / "b.png")
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, picture.pixels)


def test_a_palette_holds_its_own_colours_and_gives_way_to_others(tmp_path: Path) -> None:
    image = Image.fromarray(scene()).quantize(16)
    image.save(tmp_path / "a.png", transparency=b"\x80\xff\x40")
    picture = read_picture(tmp_path / "a.png")
    assert picture.mode == "P"
    assert picture.alpha is not None
    pixels, alpha = picture.pixels.copy(), picture.alpha.copy()
    pixels[5:9, 5:9], alpha[5:9, 5:9] = pixels[0, 0], alpha[0, 0]
    held = replace(picture, pixels=pixels, alpha=alpha)
    assert write_picture(held, tmp_path / "b.png") == ()
    with Image.open(tmp_path / "b.png") as written, Image.open(tmp_path / "a.png") as source:
        assert written.mode == "P"
        before, after = np.array(source), np.array(written)
        assert written.info["transparency"] == source.info["transparency"]
    before[5:9, 5:9] = before[0, 0]
    assert np.array_equal(after, before)
    pixels = pixels.copy()
    pixels[5, 5] = 1, 2, 3
    lost = replace(picture, pixels=pixels, alpha=alpha)
    assert "palette" in write_picture(lost, tmp_path / "c.png")[0]
    again = read_picture(tmp_path / "c.png")
    assert again.mode == "RGBA"
    assert np.array_equal(again.pixels, pixels)
    assert again.alpha is not None
    assert np.array_equal(again.alpha, alpha)
    assert write_picture(enlarged(picture, 2), tmp_path / "d.png") != ()


def test_grey_of_few_bits_becomes_grey_where_it_has_to(tmp_path: Path) -> None:
    samples = np.arange(480).reshape(20, 24) % 4
    (tmp_path / "a.png").write_bytes(png(2, 0, rows_of(samples, 2)))
    picture = read_picture(tmp_path / "a.png")
    pixels = picture.pixels.copy()
    pixels[4, 4] = 100
    notices = write_picture(replace(picture, pixels=pixels), tmp_path / "b.png")
    assert notices == ("Grey of 2 bits becomes grey of 8.",)
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, pixels)


def test_texts_and_colour_chunks_go_along(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "Großmutter", zip=True)
    texts.add_itxt("Comment", "祖母", "zh", "批注")
    texts.add_text("Software", "Scanner 3")
    Image.fromarray(scene(height=20, width=24)).save(tmp_path / "x.png", pnginfo=texts)
    raw = (tmp_path / "x.png").read_bytes()
    own = [
        (b"gAMA", struct.pack(">I", 45455)),
        (b"pHYs", struct.pack(">IIB", 3, 2, 0)),
        (b"sBIT", b"\5\6\5"),
        (b"bKGD", bytes(6)),
        (b"prIv", b"somebody's own"),
        (b"tIME", bytes(7)),
    ]
    (tmp_path / "a.png").write_bytes(raw[:33] + b"".join(chunk(*each) for each in own) + raw[33:])
    picture = read_picture(tmp_path / "a.png")
    assert picture.dpi is None
    write_picture(picture, tmp_path / "b.png")
    with (tmp_path / "b.png").open("rb") as stream:
        written = list(chunks(stream))
    assert all(each in written for each in own[:5])
    assert own[5] not in written
    with Image.open(tmp_path / "b.png") as image:
        image.load()
        assert image.text["Title"] == "Großmutter"  # type: ignore[attr-defined]  # a PNG has it
        assert image.text["Comment"] == "祖母"  # type: ignore[attr-defined]  # PNG has it
        assert image.info["Software"] == "Scanner 3"


def test_what_imagemagick_hides_in_texts_is_found_once(tmp_path: Path) -> None:
    block = exif_of(6).tobytes()
    digits = block.hex()
    text = f"\nexif\n{len(block):8}\n" + "\n".join(
        digits[i : i + 72] for i in range(0, len(digits), 72)
    )
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Raw profile type exif", text, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    Image.fromarray(scene()).save(tmp_path / "a.png", pnginfo=texts)
    picture = read_picture(tmp_path / "a.png")
    assert picture.pixels.shape == (60, 40, 3)
    assert picture.xmp == XMP
    assert picture.exif is not None
    write_picture(picture, tmp_path / "b.png")
    assert read_picture(tmp_path / "b.png").pixels.shape == (60, 40, 3)
    assert names(tmp_path / "b.png").count(b"eXIf") == 1
    assert b"Raw profile" not in (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("deep", [False, True])
def test_one_transparent_colour_becomes_alpha(tmp_path: Path, deep: bool) -> None:
    bits, white = (16, 65535) if deep else (8, 255)
    kind = ">u2" if deep else np.uint8
    samples = (np.arange(480).reshape(20, 24) * (100 if deep else 1) % (white + 1)).astype(kind)
    rows = [b"\0" + row.tobytes() for row in samples]
    (tmp_path / "a.png").write_bytes(png(bits, 0, rows, chunk(b"tRNS", bytes(2))))
    picture = read_picture(tmp_path / "a.png")
    assert picture.alpha is not None
    assert picture.alpha[0, 0] == 0
    assert picture.alpha[0, 1] == white
    assert np.array_equal(picture.pixels[..., 0], samples)
    write_picture(picture, tmp_path / "b.png")
    again = read_picture(tmp_path / "b.png").alpha
    assert again is not None
    assert np.array_equal(again, picture.alpha)


def test_a_text_of_a_jpeg_is_no_chunk(tmp_path: Path) -> None:
    picture = Picture(scene(), format="PNG", blocks=((b"\xfe", b"a comment"),))
    write_picture(picture, tmp_path / "a.png")
    assert np.array_equal(read_picture(tmp_path / "a.png").pixels, scene())


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    "damaged",
    [
        chunk(b"\xa9q91", b""),
        chunk(b"gAMa", b"\0\0\xb1\x8f")[:-1] + b"?",
        chunk(b"teXt", b"a")[:-6],
    ],
)
def test_a_damaged_chunk_behind_the_pixels_does_not_spoil_the_copy(
    tmp_path: Path, damaged: bytes, deep: bool
) -> None:
    pixels = scene(3, np.uint16 if deep else np.uint8)
    write_picture(Picture(pixels, format="PNG"), tmp_path / "a.png")
    raw = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(raw[:-12] + damaged + raw[-12:])
    picture = read_picture(tmp_path / "a.png")
    write_picture(picture, tmp_path / "b.png")
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, pixels)
