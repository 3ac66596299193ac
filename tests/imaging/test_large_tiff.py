"""TIFFs whose pixels stay in the file; here they are small."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from lafr_engine.errors import NotAPicture, OutputError
from lafr_engine.imaging.files import open_picture, read_picture, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.raster import Raster, overview
from tests.imaging.scenes import scene

LAYOUTS: dict[str, dict[str, Any]] = {
    "plain, one strip": {},
    "lzw": {"compression": "lzw", "rowsperstrip": 5},
    "lzw, predicted": {"compression": "lzw", "predictor": True, "rowsperstrip": 5},
    "deflate, predicted": {"compression": "adobe_deflate", "predictor": True, "rowsperstrip": 7},
    "packbits": {"compression": "packbits", "rowsperstrip": 4},
    "zstd": {"compression": "zstd", "rowsperstrip": 9},
    "tiles": {"tile": (16, 32)},
    "tiles, lzw": {"tile": (16, 16), "compression": "lzw", "predictor": True},
}


def raster_of(picture: Picture) -> Raster:
    pixels: object = picture.pixels
    assert isinstance(pixels, Raster)
    return pixels


def brightened(picture: Picture) -> Picture:
    """Change two rectangles that overlap, one in the corner where tiles are filled up."""
    pixels = picture.pixels.copy()
    for rows, columns in ((slice(9, 21), slice(5, 19)), (slice(18, 99), slice(12, 999))):
        part = pixels[rows, columns]
        part[...] = part // 2 + 30
    return replace(picture, pixels=pixels)


def pieces(path: Path) -> list[bytes]:
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages.first
        ends = zip(page.dataoffsets, page.databytecounts, strict=True)
        data = path.read_bytes()
        return [data[at : at + length] for at, length in ends]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("order", "big"), [("<", False), (">", True)])
def test_it_comes_out_as_from_memory(
    tmp_path: Path, name: str, dtype: Any, channels: int, order: Any, big: bool
) -> None:
    pixels = scene(channels, dtype)
    stored = pixels[..., 0] if channels == 1 else pixels
    with tifffile.TiffWriter(tmp_path / "a.tif", byteorder=order, bigtiff=big) as writer:
        kind = "minisblack" if channels == 1 else "rgb"
        tags = [(65001, "H", 2, (1, 2), True)]
        writer.write(stored, photometric=kind, metadata=None, extratags=tags, **LAYOUTS[name])
        writer.write(stored[::2], photometric=kind, metadata=None)
    picture = open_picture(tmp_path / "a.tif", in_file_from=1)
    assert np.array_equal(raster_of(picture)[3:20, 4:9], pixels[3:20, 4:9])
    assert np.array_equal(picture.pixels[::3, ::2], pixels[::3, ::2])
    write_picture(brightened(picture), tmp_path / "b.tif")
    write_picture(brightened(read_picture(tmp_path / "a.tif")), tmp_path / "c.tif")
    with tifffile.TiffFile(tmp_path / "b.tif") as one, tifffile.TiffFile(tmp_path / "c.tif") as two:
        for key in ("compression", "predictor", "is_tiled", "photometric", "shape", "dtype"):
            assert getattr(one.pages.first, key) == getattr(two.pages.first, key)
        assert one.byteorder == two.byteorder == order
        assert one.is_bigtiff == two.is_bigtiff == big
        assert one.pages.first.tags[65001].value == (1, 2)
        assert len(one.pages) == 2
        assert np.array_equal(one.pages[0].asarray(), two.pages[0].asarray())
        assert np.array_equal(one.pages[1].asarray(), two.pages[1].asarray())


def test_pieces_that_did_not_change_are_copied(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", scene(), photometric="rgb", compression="lzw", tile=(16,) * 2
    )
    picture = open_picture(tmp_path / "a.tif", in_file_from=1)
    copied = picture.pixels.copy()
    copied[2:6, 3:9][...] = 7
    write_picture(replace(picture, pixels=copied), tmp_path / "b.tif")
    before, after = pieces(tmp_path / "a.tif"), pieces(tmp_path / "b.tif")
    assert before[1:] == after[1:]
    assert before[0] != after[0]


@pytest.mark.parametrize("photometric", ["ycbcr", "rgb", "minisblack"])
@pytest.mark.parametrize("level", [60, 95])
def test_jpeg_inside_stays_and_only_what_changed_is_compressed_anew(
    tmp_path: Path, photometric: Any, level: int
) -> None:
    rng = np.random.default_rng(3)
    channels = 1 if photometric == "minisblack" else 3
    noise = rng.integers(90, 120, (75, 100, channels), dtype=np.uint8)
    tifffile.imwrite(
        tmp_path / "a.tif",
        noise[..., 0] if channels == 1 else noise,
        photometric="rgb" if photometric == "ycbcr" else photometric,
        compression="jpeg",
        compressionargs={"level": level, "outcolorspace": photometric},
        tile=(32, 32),
        metadata=None,
    )
    picture = open_picture(tmp_path / "a.tif")
    copied = picture.pixels.copy()
    copied[20:44, 40:99][...] += np.uint8(60)
    changed = replace(picture, pixels=copied)
    assert write_picture(changed, tmp_path / "b.tif") == ()
    before, after = pieces(tmp_path / "a.tif"), pieces(tmp_path / "b.tif")
    same = [one == other for one, other in zip(before, after, strict=True)]
    assert any(same)
    assert not all(same)
    again = read_picture(tmp_path / "b.tif")
    off = np.abs(again.pixels.astype(int) - np.asarray(changed.pixels))
    assert off.mean() < 4
    assert off.max() < 60
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page: Any = file.pages.first
        assert page.compression.name == "JPEG"
        assert np.array_equal(page.asarray().reshape(again.pixels.shape), again.pixels)


@pytest.mark.parametrize(
    "options",
    [{"planarconfig": "separate"}, {"extratags": [(274, "H", 1, 6, True)]}],
)
def test_what_does_not_lie_as_it_is_seen_is_read_whole(tmp_path: Path, options: Any) -> None:
    pixels = scene()
    stored = pixels.transpose(2, 0, 1) if "planarconfig" in options else pixels
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", metadata=None, **options)
    picture = open_picture(tmp_path / "a.tif", in_file_from=1)
    assert isinstance(picture.pixels, np.ndarray)


def test_another_format_and_size_get_the_whole(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", scene(), photometric="rgb", compression="lzw")
    picture = open_picture(tmp_path / "a.tif", in_file_from=1)
    write_picture(replace(brightened(picture), format="PNG"), tmp_path / "b.png")
    wanted = brightened(read_picture(tmp_path / "a.tif")).pixels
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, wanted)


def test_a_source_that_changed_or_is_damaged_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, scene(), photometric="rgb", compression="lzw", rowsperstrip=4)
    picture = open_picture(path, in_file_from=1)
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages.first
        at = page.dataoffsets[2]
    damaged = bytearray(path.read_bytes())
    damaged[at : at + 8] = b"\xff" * 8
    path.write_bytes(bytes(damaged))
    os.utime(path, (1, 1))
    with pytest.raises(NotAPicture, match="changed while"):
        picture.pixels[0:9, 0:9]
    with pytest.raises(OutputError, match="changed"):
        write_picture(picture, tmp_path / "b.tif")
    assert not (tmp_path / "b.tif").exists()
    with pytest.raises(NotAPicture, match="damaged"):
        open_picture(path, in_file_from=1).pixels[0:12, 0:9]


@pytest.mark.parametrize("factor", [2, 3])
def test_an_overview_is_the_mean_of_blocks(tmp_path: Path, factor: int) -> None:
    pixels = scene()
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", compression="lzw")
    seen = overview(open_picture(tmp_path / "a.tif", in_file_from=1).pixels, factor)
    height, width = (length // factor for length in pixels.shape[:2])
    blocks = pixels[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    assert np.abs(seen - blocks.mean(axis=(1, 3))).max() <= 1


def test_what_a_killed_program_left_is_removed(tmp_path: Path) -> None:
    old, young = tmp_path / f".lafr-{'0a' * 6}.part", tmp_path / f".lafr-{'0b' * 6}.part"
    other = tmp_path / ".lafr-mine.part"
    for path in (old, young, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (time.time() - 4000,) * 2)
    write_picture(Picture(scene(), format="PNG"), tmp_path / "a.png")
    assert not old.exists()
    assert young.exists()
    assert other.exists()
