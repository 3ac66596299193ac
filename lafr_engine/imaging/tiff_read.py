"""Reading TIFF: its first page as it is stored, its tags, and where the other pages lie."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
import tifffile
from numpy.typing import NDArray

from lafr_engine.errors import NotAPicture
from lafr_engine.imaging import tiff
from lafr_engine.imaging.limits import check_size
from lafr_engine.imaging.metadata import EXIF_HEADER, resolution_of
from lafr_engine.imaging.native import Indexed, cmyk
from lafr_engine.imaging.photoshop import resources_of_tiff
from lafr_engine.imaging.picture import Coding, Pages, Picture, Pixels, TiffLayout
from lafr_engine.imaging.raster import Raster
from lafr_engine.imaging.tiff_segments import segments_of, stamp_of

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_COLOURS: Final = {
    _WHITE_IS_ZERO: 1,
    _BLACK_IS_ZERO: 1,
    _RGB: 3,
    _PALETTE: 1,
    _CMYK: 4,
    _YCBCR: 3,
}
_MODES: Final = {_PALETTE: "P", _CMYK: "CMYK", _RGB: "RGB", _YCBCR: "RGB"}
_COMPRESSIONS: Final = {
    1: None,
    5: "lzw",
    8: "adobe_deflate",
    32946: "adobe_deflate",
    32773: "packbits",
    34925: "lzma",
    50000: "zstd",
}
_JPEG: Final = 7
_JPEGS: Final = {6: "jpeg", _JPEG: "jpeg"}
_OTHERS_READ: Final = (_JPEG, 33003, 33005, 34712, 34887, 34933, 50001, 50002)
_OLD_JPEG_TABLES: Final = (519, 520, 521)
_NOT_CARRIED: Final = "Only the first page is restored: those behind it are damaged."


# What it has to say about damage is said here, by errors; without a handler it would be printed.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def read_tiff(
    path: Path, stream: BinaryIO, max_pixels: int, in_file_from: int | None = None
) -> Picture | None:
    """Read a TIFF as it is stored, not yet turned upright.

    Args:
        path: The file.
        stream: It, opened.
        max_pixels: More are refused.
        in_file_from: So many stay in the file, see `tiff_segments`; None reads any.

    Returns:
        The picture; None where Pillow has to read its pixels (few bits, fax, old JPEG).
    """
    reader = tiff.Reader(stream)
    page = reader.directory(reader.first)
    check_size(path, (page.number(tiff.WIDTH), page.number(tiff.HEIGHT)), max_pixels)
    if not _is_plain(page):
        return None
    layout = layout_of(page, reader.big)
    if in_file_from is not None:
        pieces = segments_of(path, page, layout, in_file_from)
        if pieces is not None:
            return _in_file(Raster(pieces), layout)
    samples, extra = _samples(path, page)
    photometric = page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)
    picture = _coloured(page, samples, photometric)
    deep = ";16" if samples.dtype == np.uint16 else ""
    mode = _MODES.get(photometric, "I" if deep else "L") + ("A" if extra is not None else "")
    return replace(
        picture,
        alpha=extra,
        mode=mode + deep,
        coding=Coding(tiff=layout, lossless=True),
    )


def _in_file(raster: Raster, layout: TiffLayout) -> Picture:
    mode = ("I" if raster.dtype == np.uint16 else "L") if raster.shape[2] == 1 else "RGB"
    return Picture(
        cast("Pixels", raster),
        mode=mode + (";16" if raster.dtype == np.uint16 else ""),
        coding=Coding(tiff=layout, lossless=layout.compression != "jpeg"),
    )


def with_tags(path: Path, stream: BinaryIO, picture: Picture) -> Picture:
    """Put the tags of a TIFF beside its pixels, and remember its other pages."""
    reader = tiff.Reader(stream)
    page = reader.directory(reader.first)
    block = tiff.exif_block(page)
    exif = None if block is None else EXIF_HEADER + block
    photoshop, notices = resources_of_tiff(page)
    pages, more = _other_pages(path, reader)
    return replace(
        picture,
        path=path,
        format="TIFF",
        icc=picture.icc if picture.native is not None else page.bytes_of(tiff.ICC),
        exif=exif,
        xmp=page.bytes_of(tiff.XMP),
        dpi=None if exif is None else resolution_of(exif),
        unit="cm" if page.number(tiff.RESOLUTION_UNIT, 2) == 3 else "inch",
        photoshop=photoshop,
        pages=pages,
        notices=picture.notices + more + notices,
        coding=picture.coding
        if picture.coding.tiff
        else Coding(tiff=replace(layout_of(page, reader.big), inverted=False)),
    )


def orientation(stream: BinaryIO) -> int:
    """Return the orientation of a TIFF's first page, 1 to 8."""
    reader = tiff.Reader(stream)
    turn = reader.directory(reader.first).number(tiff.ORIENTATION, 1)
    return turn if 1 <= turn <= 8 else 1


def layout_of(page: tiff.Directory, big: bool) -> TiffLayout:
    """Return how a page holds its pixels."""
    compression = page.number(tiff.COMPRESSION, 1)
    tile = page.number(323), page.number(322)
    return TiffLayout(
        big=big,
        compression=(_COMPRESSIONS | _JPEGS).get(compression, "adobe_deflate"),
        predictor=page.number(317, 1) == 2,
        tile=tile if all(side > 0 and side % 16 == 0 for side in tile) else None,
        rows=page.number(278) or None,
        planar=page.number(284, 1) == 2,
        inverted=page.number(tiff.PHOTOMETRIC, 1) == _WHITE_IS_ZERO,
        extra=page.number(338, 0),
    )


def _is_plain(page: tiff.Directory) -> bool:
    """Whether tifffile reads the page better than Pillow, which crushes and converts."""
    compression = page.number(tiff.COMPRESSION, 1)
    bits = set(page.numbers(tiff.BITS))
    photometric = page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)
    if compression not in _COMPRESSIONS and compression not in _OTHERS_READ:
        return False
    if photometric == _YCBCR and compression != _JPEG:
        return False
    if photometric == _PALETTE and bits != {8}:
        return False
    return bits in ({8}, {16}) and set(page.numbers(339)) <= {1, 4} and photometric in _COLOURS


def _samples(path: Path, page: tiff.Directory) -> tuple[Pixels, Pixels | None]:
    """Return (H, W, colours) and the channel behind them."""
    count = _COLOURS[page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)]
    found = page.number(277, 1)
    if not count <= found <= count + 1:
        raise NotAPicture(path, f"has {found} channels, which is not supported")
    pixels = _page_pixels(path)
    if pixels.dtype not in (np.uint8, np.uint16) or pixels.shape[2:] != (found,):
        raise NotAPicture(path, "stores its channels in a way that is not supported")
    extra = np.ascontiguousarray(pixels[..., -1]) if found > count else None
    return np.ascontiguousarray(pixels[..., :count]), extra


def _page_pixels(path: Path) -> NDArray[Any]:
    """Return (H, W, S)."""
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages.first
        _check_whole(path, page)
        pixels = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and pixels.ndim == 3:
            pixels = pixels.transpose(1, 2, 0)
        whole: NDArray[Any] = pixels[..., None] if pixels.ndim == 2 else pixels
        return whole


def _check_whole(path: Path, page: Any) -> None:
    """Refuse a TIFF that lacks strips or whose end they pass: tifffile would return zeros."""
    places, lengths = page.dataoffsets, page.databytecounts
    missing = not places or len(places) != len(lengths) or not all(lengths) or not all(places)
    size = path.stat().st_size
    if missing or max(a + b for a, b in zip(places, lengths, strict=True)) > size:
        raise NotAPicture(path, "is cut off: the file ends before its pixels do")


def _coloured(page: tiff.Directory, samples: Pixels, photometric: int) -> Picture:
    if photometric == _CMYK:
        inks = cmyk(samples, page.bytes_of(tiff.ICC))
        return Picture(inks.colours(), native=inks)
    if photometric == _PALETTE:
        table = np.array(page.numbers(320), np.uint16)
        if table.size != 3 * 256:
            raise ValueError(f"a palette of {table.size} values")
        palette = (table.reshape(3, 256).T >> 8).astype(np.uint8)
        palette = table.reshape(3, 256).T.astype(np.uint8) if table.max() < 256 else palette
        indexed = Indexed(samples[..., 0], palette)
        return Picture(indexed.colours(), native=indexed, icc=page.bytes_of(tiff.ICC))
    white = np.iinfo(samples.dtype).max
    return Picture(white - samples if photometric == _WHITE_IS_ZERO else samples)


def _other_pages(path: Path, reader: tiff.Reader) -> tuple[Pages | None, tuple[str, ...]]:
    """Find the pages behind the first; leave out smaller copies of it, which show the old one."""
    stamp = stamp_of(path)
    places: list[int] = []
    copies = 0
    try:
        for number, (at, page) in enumerate(reader.pages()):
            if not number:
                continue
            copies += page.number(254) & 1
            if not page.number(254) & 1:
                for _ in segments(page, stamp[0]):
                    pass
                places.append(at)
    except (ValueError, struct.error):  # a damaged later page; the first may be whole
        return None, (_NOT_CARRIED,)
    notices = _words(len(places), copies)
    return (Pages(path, stamp, tuple(places)) if places else None), notices


def _words(others: int, copies: int) -> tuple[str, ...]:
    words = []
    if others:
        words.append(f"Only the first of {others + 1} pages is restored; the others are copied.")
    if copies:
        words.append("A smaller copy of the first page is left out: it shows the old one.")
    return tuple(words)


def segments(page: tiff.Directory, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield tag of the places, place and length of each piece of a page's pixels.

    Raises:
        ValueError: They make no sense, or pass the file's end.
    """
    if any(tag in page.entries for tag in _OLD_JPEG_TABLES):
        raise ValueError("tables of an old JPEG outside the page")
    for places_tag, lengths_tag in tiff.SEGMENTS:
        places, lengths = page.numbers(places_tag), page.numbers(lengths_tag)
        if len(places) != len(lengths):
            raise ValueError("places and lengths that do not fit")
        for place, length in zip(places, lengths, strict=True):
            if place + length > size:
                raise ValueError("a piece behind the end of the file")
            yield places_tag, place, length
