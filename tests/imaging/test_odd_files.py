"""Odd and broken files: a right picture or a sentence, never another error, never half a file."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from lafr_engine.errors import LafrError, NotAPicture, PictureTooLarge
from lafr_engine.imaging.files import read_picture, sniff, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.png import chunk
from tests.imaging.profiles import profile
from tests.imaging.scenes import SRGB, XMP, exif_of, scene

MUTATIONS = 24  # of each of the 30 seeds


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def tiff(pixels: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, metadata=None, **options)
    return stream.getvalue()


def own(picture: Picture, folder: Path) -> bytes:
    write_picture(picture, folder / "own", overwrite=True)
    return (folder / "own").read_bytes()


def seeds(folder: Path) -> dict[str, bytes]:
    """Whole files of all kinds, by the libraries' options and by our own writer."""
    rgb, deep, grey = scene(), scene(3, np.uint16), scene(1)[..., 0]
    image, exif = Image.fromarray(rgb), exif_of(6)
    inks = Image.frombytes("CMYK", (60, 40), scene(4).tobytes())
    full = Picture(rgb, format="JPEG", icc=SRGB, exif=exif.tobytes(), xmp=XMP, dpi=(300.0, 300.0))
    return {
        "jpeg": saved(image, "JPEG", exif=exif, icc_profile=SRGB, dpi=(300, 300)),
        "jpeg, progressive": saved(image, "JPEG", progressive=True, subsampling=2),
        "jpeg, restarts": saved(image, "JPEG", restart_marker_blocks=2),
        "jpeg, grey": saved(Image.fromarray(grey), "JPEG"),
        "jpeg, inks": saved(inks, "JPEG", icc_profile=profile("inks")),
        "jpeg, own": own(full, folder),
        "png": saved(image, "PNG", exif=exif, icc_profile=SRGB),
        "png, palette": saved(image.quantize(16), "PNG", transparency=b"\x10\xff"),
        "png, bits": saved(Image.fromarray(grey > 99), "PNG"),
        "png, 16 bits": own(replace(full, pixels=deep, format="PNG"), folder),
        "png, frames": saved(image, "PNG", save_all=True, append_images=[image]),
        "tiff": saved(image, "TIFF", exif=exif, icc_profile=SRGB, dpi=(300, 300)),
        "tiff, fax": saved(Image.fromarray(grey > 99), "TIFF", compression="group4"),
        "tiff, jpeg": saved(image, "TIFF", compression="jpeg"),
        "tiff, palette": saved(image.quantize(16), "TIFF"),
        "tiff, lzw": tiff(deep, photometric="rgb", compression="lzw", predictor=True),
        "tiff, deflate": tiff(deep, photometric="rgb", compression="zlib", byteorder=">"),
        "tiff, packbits": tiff(rgb, photometric="rgb", compression="packbits"),
        "tiff, tiles": tiff(rgb, photometric="rgb", tile=(16, 16), compression="zstd"),
        "tiff, planar": tiff(rgb.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"),
        "tiff, big": tiff(rgb, photometric="rgb", bigtiff=True),
        "tiff, inks": tiff(scene(4), photometric="separated", iccprofile=profile("inks")),
        "tiff, pages": saved(image, "TIFF", save_all=True, append_images=[image, image]),
        "tiff, own": own(replace(full, pixels=deep, format="TIFF"), folder),
        "webp": saved(image, "WEBP", exif=exif, icc_profile=SRGB),
        "webp, lossless": saved(image.convert("RGBA"), "WEBP", lossless=True),
        "webp, frames": saved(image, "WEBP", save_all=True, append_images=[image]),
        "bmp": saved(image, "BMP"),
        "bmp, palette": saved(image.quantize(16), "BMP"),
        "avif": saved(image, "AVIF", exif=exif, icc_profile=SRGB),
    }


def flipped(raw: bytes, draw: random.Random) -> bytes:
    """Other bits, most of them near the beginning, where the structure is."""
    changed = bytearray(raw)
    for _ in range(draw.randint(1, 8)):
        reach = draw.choice([40, 400, len(raw)])
        changed[draw.randrange(min(reach, len(raw)))] = draw.choice(
            [0, 1, 127, 255, draw.randrange(256)]
        )
    return bytes(changed)


def cut(raw: bytes, draw: random.Random) -> bytes:
    return raw[: draw.randrange(len(raw))]


def holed(raw: bytes, draw: random.Random) -> bytes:
    at, length = draw.randrange(len(raw)), draw.randint(1, 200)
    return raw[:at] + draw.choice([b"", bytes(length), b"\xff" * length]) + raw[at + length :]


def doubled(raw: bytes, draw: random.Random) -> bytes:
    at, length = draw.randrange(len(raw)), draw.randint(1, 200)
    return raw[:at] + raw[at : at + length] + raw[at:]


def overstated(raw: bytes, draw: random.Random) -> bytes:
    """A number somewhere becomes huge."""
    at = draw.randrange(max(1, min(len(raw) - 4, 600)))
    number = draw.choice([0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0, 1])
    return raw[:at] + struct.pack(draw.choice("<>") + "I", number) + raw[at + 4 :]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped,
    cut,
    holed,
    doubled,
    overstated,
)


def try_file(path: Path, goal: Path) -> bool:
    """Read and write; return whether there was a picture in it."""
    raw = path.read_bytes()
    try:
        sniff(path)
        picture = read_picture(path, max_pixels=1_000_000)
        assert picture.pixels.dtype in (np.uint8, np.uint16)
        assert picture.pixels.shape == (picture.height, picture.width, picture.channels)
        assert picture.channels in (1, 3)
        write_picture(picture, goal)
        again = read_picture(goal)
        assert again.pixels.shape == picture.pixels.shape
        if picture.coding.lossless:
            assert np.array_equal(again.pixels, picture.pixels)
        goal.unlink()
        return True
    except LafrError as error:
        assert str(error).startswith((f"{path}: ", f"{goal}: "))
        assert "\n" not in str(error)
        return False
    finally:
        assert path.read_bytes() == raw
        assert not goal.exists()
        assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("number", range(30))
def test_damaged_files_give_a_picture_or_a_sentence(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    name, raw = sorted(seeds(tmp_path).items())[number]
    path, draw = folder / "a.file", random.Random(f"{name} 1")
    path.write_bytes(raw)
    assert try_file(path, folder / "b.file"), name
    for index in range(MUTATIONS):
        path.write_bytes(DAMAGES[index % len(DAMAGES)](raw, draw))
        try_file(path, folder / "b.file")


def test_the_seeds_are_as_many_as_the_test_takes(tmp_path: Path) -> None:
    assert len(seeds(tmp_path)) == 30


def bomb_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(3_000_000))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def bomb_tiff() -> bytes:
    raw = tiff(np.zeros((64, 64), np.uint8), photometric="minisblack", compression="zlib")
    for tag in (256, 257):
        at = next(at for at in range(len(raw)) if raw[at : at + 2] == struct.pack("<H", tag))
        raw = raw[:at] + struct.pack("<HHII", tag, 4, 1, 60_000) + raw[at + 12 :]
    return raw


@pytest.mark.parametrize("make", [bomb_png, bomb_tiff])
def test_a_decompression_bomb_is_refused_by_the_limit(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "a.file"
    path.write_bytes(make())
    with pytest.raises(PictureTooLarge, match=r"60000 x 60000 .*--max-pixels raises the limit"):
        read_picture(path)


def test_a_bomb_in_a_text_is_cut_off(tmp_path: Path) -> None:
    raw = saved(Image.fromarray(scene()), "PNG")
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * 40_000_000, 9)
    (tmp_path / "a.png").write_bytes(raw[:33] + chunk(b"iTXt", body) + raw[33:])
    try:
        xmp = read_picture(tmp_path / "a.png").xmp
    except NotAPicture:  # Pillow has a limit of its own
        return
    assert xmp is None or len(xmp) <= 1 << 24


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


def test_a_text_that_begins_like_a_bitmap_is_none(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("BMW, the repair manual of the 2002")
    assert sniff(path) is None
    with pytest.raises(NotAPicture, match="known format"):
        read_picture(path)


@pytest.mark.parametrize("content", [b"", b"hello, world", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_not_a_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(NotAPicture, match=r"photo\.jpg"):
        read_picture(path)
