"""Writing TIFF: the pixels in the source's layout, its tags, and its other pages copied."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import tifffile

from lafr_engine.imaging import photoshop, tiff
from lafr_engine.imaging.metadata import EXIF_HEADER, resolution_of
from lafr_engine.imaging.native import Cmyk, Indexed
from lafr_engine.imaging.picture import Pages, Picture, Pixels, TiffLayout
from lafr_engine.imaging.raster import Raster
from lafr_engine.imaging.tiff_read import segments
from lafr_engine.imaging.tiff_segments import PREDICTED, Segments, laid_out, stamp_of

_EXTRA: Final = ("unspecified", "assocalpha", "unassalpha")
_STRIP_BYTES: Final = 1 << 20
_COPIED_AT_ONCE: Final = 1 << 22
_GIANT: Final = (1 << 32) - (1 << 25)


def write_tiff(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> None:
    """Write a picture and the pages behind it.

    Args:
        picture: What to write.
        native: The samples to write in place of its colours.
        path: Where to; the file is made or replaced.

    Raises:
        ValueError: The source of the other pages changed since it was read.
    """
    page = _described(picture)
    big = _is_big(picture)
    samples, options = _samples(picture, native)
    with tifffile.TiffWriter(
        path, byteorder="<" if page.order == "<" else ">", bigtiff=big
    ) as writer:
        writer.write(samples, **options, **_layout(picture, samples), software=False, metadata=None)
    with path.open("r+b") as stream:
        reader = tiff.Reader(stream)
        _finish(stream, picture, native, page, reader.directory(reader.first))


def changed_in_file(picture: Picture) -> tuple[Raster, Segments] | None:
    """Return what `write_changed` takes; None for a picture that has to be written whole."""
    raster: object = picture.pixels
    if not isinstance(raster, Raster) or picture.alpha is not None:
        return None
    pieces = raster.source
    if not isinstance(pieces, Segments):
        return None
    same_order = not picture.exif or _described(picture).order == pieces.page.order
    return (raster, pieces) if same_order else None


def write_changed(picture: Picture, raster: Raster, pieces: Segments, path: Path) -> None:
    """Write a picture whose pixels are in its source: what did not change is copied as it is.

    Args:
        picture: What to write.
        raster: Its pixels.
        pieces: Where they lie.
        path: Where to; the file is made or replaced.

    Raises:
        ValueError: The source changed since it was opened.
        NotAPicture: It is damaged where a face lies.
    """
    page = _described(picture) if picture.exif else tiff.Directory(pieces.page.order, {})
    big = _is_big(picture, sum(pieces.lengths))
    with path.open("w+b") as stream, pieces.path.open("rb") as source:
        stream.write(tiff.header(page.order, 0, big))
        placed = list(_placed(raster, pieces, source, stream))
        if stamp_of(pieces.path) != pieces.stamp:
            raise ValueError("the source changed since it was read")
        places, lengths = [at for at, _ in placed], [length for _, length in placed]
        layout = laid_out(pieces, places, lengths, big)
        _finish(stream, picture, None, page, layout)


def _placed(
    raster: Raster, pieces: Segments, source: BinaryIO, stream: BinaryIO
) -> Iterator[tuple[int, int]]:
    """Write the pieces; yield their places and lengths."""
    for number, (place, length) in enumerate(zip(pieces.places, pieces.lengths, strict=True)):
        x0, y0, x1, y1 = box = pieces.box(number)
        if raster.is_changed(box):
            data = pieces.encoded(raster[y0:y1, x0:x1])
            yield _copy(io.BytesIO(data), 0, len(data), stream), len(data)
        else:
            yield _copy(source, place, length, stream), length


def _is_big(picture: Picture, packed: int | None = None) -> bool:
    layout = picture.coding.tiff
    others = 0 if picture.pages is None else picture.pages.stamp[0]
    wanted = layout is not None and layout.big
    size = picture.pixels.nbytes if packed is None else packed
    return wanted or size * 4 // 3 + others > _GIANT


def _described(picture: Picture) -> tiff.Directory:
    """Return what describes the photograph, in the byte order to write in."""
    if picture.exif:
        try:
            reader = tiff.Reader(io.BytesIO(picture.exif.removeprefix(EXIF_HEADER)))
            return tiff.described(reader.directory(reader.first)) if reader.first else _nothing()
        except (ValueError, struct.error):  # a damaged block: only the whole could be carried
            return _nothing()
    return _nothing()


def _nothing() -> tiff.Directory:
    return tiff.Directory("<", {})


def _samples(picture: Picture, native: Cmyk | Indexed | None) -> tuple[Pixels, dict[str, Any]]:
    """Return the samples as they lie in the file, and what tifffile calls them."""
    layout = picture.coding.tiff or TiffLayout()
    if isinstance(native, Indexed):
        return _indexed(native)
    stored = picture.pixels if native is None else native.samples
    photometric = {1: "minisblack", 3: "rgb", 4: "separated"}[stored.shape[2]]
    if photometric == "minisblack" and layout.inverted:
        stored, photometric = picture.white - stored, "miniswhite"
    options: dict[str, Any] = {"photometric": photometric, "planarconfig": "contig"}
    if picture.alpha is not None:
        stored = np.concatenate([stored, picture.alpha[..., None]], axis=2)
        options["extrasamples"] = [_EXTRA[layout.extra if layout.extra < 3 else 0]]
    if stored.shape[2] == 1:
        return stored[..., 0], {"photometric": photometric}
    if layout.planar:
        return np.ascontiguousarray(stored.transpose(2, 0, 1)), options | {
            "planarconfig": "separate"
        }
    return stored, options


def _indexed(native: Indexed) -> tuple[Pixels, dict[str, Any]]:
    if native.bits == 1 and native.palette.shape[1] == 1:
        return native.colours()[..., 0] > 127, {"photometric": "minisblack"}
    if native.palette.shape[1] == 1:
        return native.colours()[..., 0], {"photometric": "minisblack"}
    table = np.zeros((3, 256), np.uint16)
    table[:, : len(native.palette)] = native.palette.T.astype(np.uint16) * 257
    return native.samples, {"photometric": "palette", "colormap": table}


def _layout(picture: Picture, samples: Pixels) -> dict[str, Any]:
    layout = picture.coding.tiff or TiffLayout(compression="adobe_deflate", predictor=True)
    bilevel = samples.dtype == np.bool_
    row = picture.width * (samples.size // (picture.width * picture.height)) * samples.itemsize
    compression = "adobe_deflate" if layout.compression == "jpeg" else layout.compression
    result: dict[str, Any] = {
        "compression": compression,
        "predictor": layout.predictor and compression in PREDICTED and not bilevel,
    }
    if layout.tile is not None and not bilevel:
        return result | {"tile": layout.tile}
    rows = min(layout.rows or picture.height, max(1, _STRIP_BYTES // row))
    return result | {"rowsperstrip": rows}


def _finish(
    stream: BinaryIO,
    picture: Picture,
    native: Cmyk | Indexed | None,
    page: tiff.Directory,
    layout: tiff.Directory,
) -> None:
    """Give the page, whose pixels are written, its tags, and put the other pages behind it."""
    big = tiff.Reader(stream).big
    entries = dict(layout.entries) | dict(page.entries) | _own_tags(picture, native, page)
    whole = tiff.Directory(page.order, entries, page.children)
    at = _append(stream, whole, big)
    stream.seek(8 if big else 4)
    stream.write(_pointer(page.order, big, at))
    if picture.pages is not None:
        link = tiff.next_place(whole, at, big)
        _copy_pages(stream, picture.pages, link, big)


def _own_tags(
    picture: Picture, native: Cmyk | Indexed | None, page: tiff.Directory
) -> dict[int, tiff.Entry]:
    resources = photoshop.with_resolution(picture.photoshop, picture.dpi, picture.unit)
    icc = native.icc if isinstance(native, Cmyk) else picture.icc
    blocks = {
        tiff.XMP: picture.xmp,
        tiff.ICC: icc,
        tiff.IPTC: photoshop.iptc_of(resources),
        tiff.PHOTOSHOP: photoshop.without_iptc(resources) and resources,
    }
    kinds = {tiff.XMP: 1}
    found = {
        tag: tiff.Entry(kinds.get(tag, tiff.UNDEFINED), block)
        for tag, block in blocks.items()
        if block
    }
    return found | _resolution(picture, page)


def _resolution(picture: Picture, page: tiff.Directory) -> dict[int, tiff.Entry]:
    """Say the resolution where the tags do not say the same."""
    if picture.dpi is None:
        return {}
    said = resolution_of(tiff.exif_block(page) or b"")
    if said is not None and np.allclose(said, picture.dpi, rtol=0.01):
        return {}
    factor = 2.54 if picture.unit == "cm" else 1.0
    across, down = (tiff.rational(page.order, value / factor) for value in picture.dpi)
    unit = tiff.whole_numbers(page.order, tiff.SHORT, 3 if picture.unit == "cm" else 2)
    return {tiff.ACROSS: across, tiff.DOWN: down, tiff.RESOLUTION_UNIT: unit}


def _append(stream: BinaryIO, directory: tiff.Directory, big: bool) -> int:
    end = stream.seek(0, 2)
    at = end + end % 2
    stream.write(bytes(at - end) + tiff.laid(directory, at, big))
    return at


def _pointer(order: str, big: bool, at: int) -> bytes:
    return struct.pack(order + ("Q" if big else "I"), at)


def _copy_pages(stream: BinaryIO, pages: Pages, link: int, big: bool) -> None:
    """Copy pages with all that hangs on them; ``link`` is where the first is pointed to."""
    if stamp_of(pages.path) != pages.stamp:
        raise ValueError("the source, whose other pages are copied, changed since it was read")
    with pages.path.open("rb") as source:
        reader = tiff.Reader(source)
        for place in pages.places:
            page = _copied(reader.directory(place), reader, source, stream, big)
            at = _append(stream, page, big)
            stream.seek(link)
            stream.write(_pointer(page.order, big, at))
            link = tiff.next_place(page, at, big)


def _copied(
    page: tiff.Directory, reader: tiff.Reader, source: BinaryIO, stream: BinaryIO, big: bool
) -> tiff.Directory:
    """Copy a page's pixels to the end of the file; return its directory with their new places."""
    entries = dict(page.entries)
    kind = tiff.LONG8 if big else tiff.LONG
    size = source.seek(0, 2)
    places: dict[int, list[int]] = {}
    for tag, place, length in segments(page, size):
        places.setdefault(tag, []).append(_copy(source, place, length, stream))
    for place in page.numbers(tiff.SUB_IFDS):
        child = _copied(reader.directory(place), reader, source, stream, big)
        places.setdefault(tiff.SUB_IFDS, []).append(_append(stream, child, big))
    for tag, found in places.items():
        entries[tag] = tiff.whole_numbers(page.order, kind, *found)
    return tiff.Directory(page.order, entries, page.children)


def _copy(source: BinaryIO, place: int, length: int, stream: BinaryIO) -> int:
    end = stream.seek(0, 2)
    at = end + end % 2
    stream.write(bytes(at - end))
    source.seek(place)
    for part in _parts(source, length):
        stream.write(part)
    return at


def _parts(source: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        part = source.read(min(length, _COPIED_AT_ONCE))
        if not part:
            raise ValueError("the source ends before its pages do")
        length -= len(part)
        yield part
