"""The encoders behind `files.write_picture`, one for each format, and their metadata."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from lafr_engine.imaging.metadata import EXIF_HEADER, sized_exif
from lafr_engine.imaging.picture import Picture

SUFFIXES: Final = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "AVIF": (".avif",),
}
"""The suffixes of each format that is written; the first is the one given by default."""

_QUALITY: Final = 95
# The luminance table of libjpeg's quality 95 adds up to this; less is finer.
_SUM_OF_TABLE_95: Final = 379
_XMP_KEY: Final = b"XML:com.adobe.xmp"
_XMP_TAG, _EXIF_IFD, _GPS_IFD = 700, 0x8769, 0x8825
# Tags of a TIFF that describe the photograph and not how its pixels lie in the file.
_DESCRIPTIVE: Final = (269, 270, 271, 272, 305, 306, 315, 316, 33432)
_TIFF_COMPRESSIONS: Final = {
    "raw": None,
    "tiff_lzw": "lzw",
    "tiff_adobe_deflate": "adobe_deflate",
    "tiff_deflate": "adobe_deflate",
    "packbits": "packbits",
    "zstd": "zstd",
}


def encode(picture: Picture, path: Path) -> None:
    """Write ``picture`` in its own format to ``path``, whatever the suffix of that is."""
    writers = {"PNG": _png, "TIFF": _tiff, "JPEG": _jpeg, "WEBP": _webp, "AVIF": _avif, "BMP": _bmp}
    if picture.exif:
        exif = sized_exif(picture.exif, picture.width, picture.height)
        picture = replace(picture, exif=exif)
    writers[picture.format](picture, path)


def exif_of(image: Image.Image) -> bytes | None:
    """Return an opened image's EXIF block, or None.

    A TIFF has no block of its own: one is made of the tags that describe the photograph.
    """
    raw = image.info.get("exif")
    if isinstance(raw, bytes) and raw:
        return raw if raw.startswith(EXIF_HEADER) else EXIF_HEADER + raw
    if image.format != "TIFF":
        return None
    source, kept = image.getexif(), Image.Exif()
    for tag in _DESCRIPTIVE:
        if tag in source:
            kept[tag] = _bytes_of(source[tag]) if isinstance(source[tag], str) else source[tag]
    for ifd in (_EXIF_IFD, _GPS_IFD):
        kept.get_ifd(ifd).update(source.get_ifd(ifd))
    empty = not len(kept) and not any(kept.get_ifd(ifd) for ifd in (_EXIF_IFD, _GPS_IFD))
    return None if empty else kept.tobytes()


def _bytes_of(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def xmp_of(image: Image.Image) -> bytes | None:
    """Return the XMP packet where Pillow does not hand it over under ``xmp``."""
    text = image.info.get("XML:com.adobe.xmp")
    if text:
        return text.encode() if isinstance(text, str) else bytes(text)
    if image.format == "TIFF":
        packet = image.tag_v2.get(_XMP_TAG)  # type: ignore[attr-defined]  # a TIFF has it
        return packet if isinstance(packet, bytes) else None
    return None


def tiff_compression(image: Image.Image) -> str | None:
    """Return the lossless compression of an opened TIFF; a lossy one becomes deflate."""
    return _TIFF_COMPRESSIONS.get(str(image.info.get("compression")), "adobe_deflate")


def _stacked(picture: Picture) -> NDArray[Any]:
    """Return (H, W) or (H, W, 2 | 3 | 4): the colour with its alpha."""
    if picture.alpha is None:
        return picture.pixels[..., 0] if picture.channels == 1 else picture.pixels
    return np.concatenate([picture.pixels, picture.alpha[..., None]], axis=2)


def _png(picture: Picture, path: Path) -> None:
    # Not Pillow, which writes no 16-bit RGB; the metadata are chunks put in by hand.
    data = imagecodecs.png_encode(np.ascontiguousarray(_stacked(picture)), level=4)
    header = 8 + 25  # the signature and IHDR
    with path.open("wb") as stream:
        stream.write(data[:header])
        stream.writelines(_chunk(name, body) for name, body in _png_metadata(picture))
        stream.write(data[header:])


def _png_metadata(picture: Picture) -> list[tuple[bytes, bytes]]:
    chunks = []
    if picture.icc:
        chunks.append((b"iCCP", b"icc\x00\x00" + zlib.compress(picture.icc)))
    if picture.dpi:
        across, down = (round(value / 0.0254) for value in picture.dpi)
        chunks.append((b"pHYs", struct.pack(">IIB", across, down, 1)))
    if picture.exif:
        chunks.append((b"eXIf", picture.exif.removeprefix(EXIF_HEADER)))
    if picture.xmp:
        chunks.append((b"iTXt", _XMP_KEY + b"\x00\x00\x00\x00\x00" + picture.xmp))
    return chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _tiff(picture: Picture, path: Path) -> None:
    compression = picture.coding.compression
    with tifffile.TiffWriter(path, byteorder="<", bigtiff=_needs_bigtiff(picture)) as writer:
        writer.write(
            _stacked(picture),
            photometric="minisblack" if picture.channels == 1 else "rgb",
            planarconfig="contig",
            extrasamples=None if picture.alpha is None else ["unassalpha"],
            compression=compression,
            predictor=compression in ("lzw", "adobe_deflate", "zstd"),
            rowsperstrip=max(1, (1 << 20) // (picture.width * picture.channels)),
            iccprofile=picture.icc,
            resolution=picture.dpi,
            resolutionunit="INCH" if picture.dpi else None,
            software=False,
            metadata=None,
            extratags=_tiff_tags(picture),
        )
    if picture.exif:
        _append_ifds(path, _parsed(picture.exif))


def _needs_bigtiff(picture: Picture) -> bool:
    return picture.pixels.nbytes * 4 // 3 > (1 << 32) - (1 << 25)


def _parsed(exif: bytes) -> Image.Exif:
    parsed = Image.Exif()
    parsed.load(exif)
    return parsed


def _tiff_tags(picture: Picture) -> list[tuple[int, Any, int, Any, bool]]:
    tags: list[tuple[int, Any, int, Any, bool]] = []
    if picture.xmp:
        tags.append((_XMP_TAG, "B", len(picture.xmp), picture.xmp, True))
    if not picture.exif:
        return tags
    exif = _parsed(picture.exif)
    for tag in _DESCRIPTIVE:
        text = exif.get(tag)
        if isinstance(text, str) and text:
            # Not tifffile's "s", which takes ASCII only. Pillow reads any bytes as Latin-1.
            raw = _bytes_of(text) + b"\x00"
            tags.append((tag, 2, len(raw), raw, True))
    places = [ifd for ifd in (_EXIF_IFD, _GPS_IFD) if exif.get_ifd(ifd)]
    # Under the number before: tifffile writes no directory of its own, and none by that name.
    return tags + [(ifd - 1, "I", 1, 0, True) for ifd in places]


def _append_ifds(path: Path, exif: Image.Exif) -> None:
    """Put the EXIF and GPS directories behind the pixels and point to them."""
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        for ifd in (_EXIF_IFD, _GPS_IFD):
            content = exif.get_ifd(ifd)
            if not content:
                continue
            end = file.filehandle.seek(0, 2)
            at = end + end % 2
            file.filehandle.write(b"\x00" * (at - end) + _directory(content, at))
            file.filehandle.seek(tags[ifd - 1].offset)
            file.filehandle.write(struct.pack("<H", ifd))
            file.filehandle.seek(tags[ifd - 1].valueoffset)
            file.filehandle.write(struct.pack("<I", at))


def _directory(content: dict[int, Any], at: int) -> bytes:
    directory = TiffImagePlugin.ImageFileDirectory_v2(ifh=b"II*\x00\x00\x00\x00\x00")
    for tag, value in content.items():
        if not isinstance(value, dict):  # a nested directory (interoperability) stays behind
            directory[tag] = value
    return bytes(directory.tobytes(at))


def _image(picture: Picture) -> Image.Image:
    return Image.fromarray(_stacked(picture))


def _options(picture: Picture) -> dict[str, Any]:
    found = {"icc_profile": picture.icc, "exif": picture.exif, "xmp": picture.xmp}
    return {name: value for name, value in found.items() if value}


def _jpeg(picture: Picture, path: Path) -> None:
    options = _options(picture)
    if picture.dpi:
        options["dpi"] = tuple(round(value) for value in picture.dpi)
    tables = picture.coding.jpeg_tables
    # The source's own tables where they are finer; coarse ones would undo the restoration.
    if tables and sum(tables[0]) < _SUM_OF_TABLE_95:
        options["qtables"] = [list(table) for table in tables]
    else:
        options["quality"] = _QUALITY
    _image(picture).save(path, "JPEG", subsampling=0, optimize=_fits_optimizer(picture), **options)


def _fits_optimizer(picture: Picture) -> bool:
    """Optimising holds the whole file in one of Pillow's buffers; leave giants alone."""
    return picture.width * picture.height < 30_000_000


def _webp(picture: Picture, path: Path) -> None:
    lossless = picture.coding.lossless
    _image(picture).save(
        path, "WEBP", lossless=lossless, quality=_QUALITY, exact=lossless, **_options(picture)
    )


def _avif(picture: Picture, path: Path) -> None:
    _image(picture).save(
        path, "AVIF", quality=_QUALITY, subsampling="4:4:4", speed=8, **_options(picture)
    )


def _bmp(picture: Picture, path: Path) -> None:
    options = {"dpi": picture.dpi} if picture.dpi else {}
    _image(picture).save(path, "BMP", **options)
