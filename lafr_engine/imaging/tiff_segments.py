"""A TIFF's strips or tiles, decoded one by one and made again one by one.

Of a large photograph only those are in memory that are looked at, and only those that a face lies
in are compressed anew: all others are copied as they are.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from PIL import Image

from lafr_engine.errors import NotAPicture
from lafr_engine.imaging import jpeg, tiff
from lafr_engine.imaging.picture import Coding, Pixels, TiffLayout
from lafr_engine.imaging.raster import Rectangle

LARGE: Final = 100_000_000
"""Pixels from which a TIFF stays in its file."""

PREDICTED: Final = ("lzw", "adobe_deflate", "zstd", "lzma")
_JPEG: Final = "jpeg"
_CODECS: Final = (None, *PREDICTED, "packbits", _JPEG)
_MOST_DECODED: Final = 1 << 27  # bytes of segments kept at hand
_LARGEST: Final = 1 << 26  # bytes of one
_STRIP: Final = 1 << 20
_BLACK_IS_ZERO, _RGB, _YCBCR = 1, 2, 6
_CHANNELS: Final = {_BLACK_IS_ZERO: 1, _RGB: 3, _YCBCR: 3}
_FILL_ORDER, _SUBSAMPLING, _TABLES = 266, 530, 347
_PER_STRIP: Final = 278
_SAMPLINGS: Final = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0"}


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """The pieces of a page, in rows of equal ones; a `raster.Source`.

    Attributes:
        path: The file.
        stamp: Its size and time of change, by which another file is told.
        page: Its directory.
        layout: How it holds its pixels.
        shape: Height, width and channels of the page.
        dtype: uint8 or uint16.
        sides: Height and width of a piece.
        places: Of the pieces in the file.
        lengths: Of the pieces in bytes.
        coding: Of the pieces' pixels where they are JPEGs.
        decode: Bytes and number of a piece to its pixels (h, w, C), a filled-up edge included.
    """

    path: Path
    stamp: tuple[int, int]
    page: tiff.Directory
    layout: TiffLayout
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    sides: tuple[int, int]
    places: tuple[int, ...]
    lengths: tuple[int, ...]
    coding: Coding | None
    decode: Callable[[bytes, int], Pixels]
    _decoded: OrderedDict[int, Pixels] = field(default_factory=OrderedDict)

    def read(self, rectangle: Rectangle) -> Pixels:
        """Return a new array of a part of the page.

        Raises:
            NotAPicture: The file changed since it was opened, or is damaged there.
        """
        x0, y0, x1, y1 = rectangle
        result = np.empty((y1 - y0, x1 - x0, self.shape[2]), self.dtype)
        for number in self._within(rectangle):
            u0, v0, u1, v1 = self.box(number)
            a0, b0, a1, b1 = max(x0, u0), max(y0, v0), min(x1, u1), min(y1, v1)
            piece = self._piece(number)
            result[b0 - y0 : b1 - y0, a0 - x0 : a1 - x0] = piece[
                b0 - v0 : b1 - v0, a0 - u0 : a1 - u0
            ]
        return result

    def box(self, number: int) -> Rectangle:
        """Return the part of the page that a piece holds."""
        high, wide = self.sides
        row, column = divmod(number, -(-self.shape[1] // wide))
        y, x = row * high, column * wide
        return x, y, min(x + wide, self.shape[1]), min(y + high, self.shape[0])

    def encoded(self, pixels: Pixels) -> bytes:
        """Return a piece's pixels as they lie in the file; an edge's are filled up."""
        if self.layout.tile is not None:
            missing = [(0, side - had) for side, had in zip(self.sides, pixels.shape, strict=False)]
            pixels = np.pad(pixels, (*missing, (0, 0)), mode="edge")
        if self.coding is not None:
            plain = pixels[..., 0] if pixels.shape[2] == 1 else pixels
            return jpeg.compressed(self.coding, Image.fromarray(np.ascontiguousarray(plain)))
        return _encoded(pixels, self.layout, self.page.order)

    def _within(self, rectangle: Rectangle) -> Iterator[int]:
        x0, y0, x1, y1 = rectangle
        high, wide = self.sides
        across = -(-self.shape[1] // wide)
        for row in range(y0 // high, -(-y1 // high)):
            yield from range(row * across + x0 // wide, row * across + -(-x1 // wide))

    def _piece(self, number: int) -> Pixels:
        """Decode a piece, or take it from those at hand."""
        if number in self._decoded:
            self._decoded.move_to_end(number)
            return self._decoded[number]
        piece = self.decode(self._data(number), number)
        self._decoded[number] = piece
        while len(self._decoded) > max(1, _MOST_DECODED // piece.nbytes):
            self._decoded.popitem(last=False)
        return piece

    def _data(self, number: int) -> bytes:
        with self.path.open("rb") as stream:
            check_stamp(self.path, self.stamp)
            stream.seek(self.places[number])
            return stream.read(self.lengths[number])


def check_stamp(path: Path, stamp: tuple[int, int]) -> None:
    """Refuse a file that changed.

    Raises:
        NotAPicture: Its size or time is another one.
    """
    if stamp_of(path) != stamp:
        raise NotAPicture(path, "changed while it was worked on")


def stamp_of(path: Path) -> tuple[int, int]:
    """Return a file's size and time of change."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def segments_of(
    path: Path, page: tiff.Directory, layout: TiffLayout, pixels_from: int
) -> Segments | None:
    """Open a page's pieces; None where it is better read at once.

    That is so for what is small, unless it is compressed as JPEG: to write it again whole would
    lose once more. It is also so for what does not lie in the file as it is seen.

    Args:
        path: The file.
        page: Its first directory, of 8 or 16 bits a channel.
        layout: What `tiff_read.layout_of` says of it.
        pixels_from: How many make a page large.
    """
    width, height = page.number(tiff.WIDTH), page.number(tiff.HEIGHT)
    large = width * height >= pixels_from or layout.compression == _JPEG
    if not large or not _is_straight(page, layout):
        return None
    with tifffile.TiffFile(path) as file:
        first: Any = file.pages.first
        opened = _opened(path, page, layout, first)
    if opened is None or np.prod(opened.sides) * opened.shape[2] > _LARGEST:
        return None
    return opened


def _is_straight(page: tiff.Directory, layout: TiffLayout) -> bool:
    """Whether the pieces hold the pixels as they are seen."""
    photometric = page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)
    plain = layout.predictor is False or layout.compression in PREDICTED
    kept = layout.compression in _CODECS and page.number(317, 1) in (1, 2) and plain
    channels = _CHANNELS.get(photometric)
    return (
        kept
        and page.number(tiff.ORIENTATION, 1) == 1
        and page.number(_FILL_ORDER, 1) == 1
        and channels is not None
        and page.number(277, 1) == channels
        and not (layout.planar and channels > 1)
        and (layout.tile is not None) == (322 in page.entries)
        and (photometric == _YCBCR) <= (layout.compression == _JPEG)
    )


def _opened(path: Path, page: tiff.Directory, layout: TiffLayout, first: Any) -> Segments | None:
    height, width, channels = first.imagelength, first.imagewidth, page.number(277, 1)
    sides = layout.tile or (min(layout.rows or height, height), width)
    places, lengths = tuple(first.dataoffsets), tuple(first.databytecounts)
    coding = None
    if layout.compression == _JPEG:
        coding = _jpeg_coding(path, page, places[0], lengths[0])
        if coding is None or first.dtype != np.uint8:
            return None
    found = Segments(
        path,
        stamp_of(path),
        page,
        layout,
        (height, width, channels),
        np.dtype(first.dtype),
        sides,
        places,
        lengths,
        coding,
        _decoder(path, first),
    )
    return _in_strips(found) if layout.compression is None and len(places) == 1 else found


def _decoder(path: Path, first: Any) -> Callable[[bytes, int], Pixels]:
    tables = first.jpegtables
    if first.compression == tifffile.COMPRESSION.JPEG:
        _ = first.is_jfif  # tifffile looks into the file for it once, and it is open now

    def decode(data: bytes, number: int) -> Pixels:
        try:
            pixels, _, shape = first.decode(data, number, jpegtables=tables)
            if pixels is None:
                raise ValueError("an empty piece")
        except (ValueError, RuntimeError, tifffile.TiffFileError) as error:
            raise NotAPicture(path, f"is damaged or cut off ({error})") from error
        whole: Pixels = pixels.reshape(shape[1:]) if pixels.size == np.prod(shape) else pixels[0]
        return whole

    return decode


def _in_strips(one: Segments) -> Segments:
    """Cut a page that lies plain in one strip into strips of a few rows."""
    (place,) = one.places
    height, width, channels = one.shape
    row = width * channels * one.dtype.itemsize
    rows = min(height, max(1, _STRIP // row))
    tops = range(0, height, rows)
    order = one.dtype.newbyteorder("<" if one.page.order == "<" else ">")

    def decode(data: bytes, number: int) -> Pixels:
        del number
        return np.frombuffer(data, order).astype(one.dtype).reshape(-1, width, channels)

    return replace(
        one,
        layout=replace(one.layout, rows=rows, tile=None),
        sides=(rows, width),
        places=tuple(place + top * row for top in tops),
        lengths=tuple(min(rows, height - top) * row for top in tops),
        decode=decode,
    )


def _jpeg_coding(path: Path, page: tiff.Directory, place: int, length: int) -> Coding | None:
    """Return how the pieces are coded; None for one that could not be made again."""
    with path.open("rb") as stream:
        stream.seek(place)
        data = stream.read(length)
    tables = page.bytes_of(_TABLES)
    with Image.open(io.BytesIO(tables[:-2] + data[2:] if tables else data)) as image:
        coding = jpeg.coding_of(image)
    photometric = page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)
    across, down, *_ = (*page.numbers(_SUBSAMPLING), 2, 2)
    if photometric == _YCBCR and _SAMPLINGS.get((across, down)) != coding.subsampling:
        return None
    return replace(coding, rgb=photometric == _RGB, progressive=False)


def _encoded(pixels: Pixels, layout: TiffLayout, order: str) -> bytes:
    """Return a strip or tile as tifffile writes it."""
    buffer = io.BytesIO()
    place: dict[str, Any] = {"rowsperstrip": pixels.shape[0]}
    if layout.tile is not None:
        place = {"tile": layout.tile}
    grey = pixels.shape[2] == 1
    with tifffile.TiffWriter(buffer, byteorder="<" if order == "<" else ">") as writer:
        writer.write(
            np.ascontiguousarray(pixels[..., 0] if grey else pixels),
            photometric="minisblack" if grey else "rgb",
            compression=layout.compression,
            predictor=layout.predictor,
            metadata=None,
            software=False,
            **place,
        )
    buffer.seek(0)
    with tifffile.TiffFile(buffer) as file:
        page: Any = file.pages.first
        start, length = page.dataoffsets[0], page.databytecounts[0]
    return buffer.getvalue()[start : start + length]


def laid_out(
    segments: Segments, places: list[int], lengths: list[int], big: bool
) -> tiff.Directory:
    """Return the page's directory for pieces that lie elsewhere, without what describes it."""
    page, tiled = segments.page, segments.layout.tile is not None
    gone = {tiff.SUB_IFDS, *(tag for pair in tiff.SEGMENTS for tag in pair)}
    entries = {
        tag: entry for tag, entry in page.entries.items() if tag in tiff.LAYOUT and tag not in gone
    }
    kind = tiff.LONG8 if big else tiff.LONG
    places_tag, lengths_tag = tiff.SEGMENTS[1 if tiled else 0]
    entries[places_tag] = tiff.whole_numbers(page.order, kind, *places)
    entries[lengths_tag] = tiff.whole_numbers(page.order, kind, *lengths)
    if not tiled:
        entries[_PER_STRIP] = tiff.whole_numbers(page.order, tiff.LONG, segments.sides[0])
    return tiff.Directory(page.order, entries)
