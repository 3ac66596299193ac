"""Which format a file has, by its content."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from lafr_engine.imaging.tiff import SUB_IFDS, Directory, Reader

SUFFIXES: Final = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "AVIF": (".avif",),
}
"""The suffixes of each format that is written; the first is the one given by default."""

WRITTEN_AS: Final = {"HEIC": "JPEG", "RAW": "TIFF"}
"""The formats that are read but not written, and what their pictures are written as."""

_STARTS: Final = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"FUJIFILMCCD-RAW": "RAW",
    b"IIU\x00": "RAW",  # Panasonic
    b"IIRO": "RAW",  # Olympus, here and below
    b"IIRS": "RAW",
    b"MMOR": "RAW",
}
_TIFF_STARTS: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_BMP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)  # bytes; "BM" alone begins texts as well
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1")
_DNG_VERSION: Final = 50706
_SENSOR: Final = (32803, 34892)  # photometric interpretations: colour filter array, linear raw
_SENSOR_CODINGS: Final = (32767, 34713, 65535)  # compressions of Sony, Nikon and Pentax


def format_of(stream: BinaryIO) -> str | None:
    """Return JPEG, PNG, TIFF, WEBP, BMP, AVIF, HEIC or RAW; None for anything else."""
    stream.seek(0)
    head = stream.read(32)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if head.startswith(_TIFF_STARTS):
        return "RAW" if head[8:10] == b"CR" or _is_raw(stream) else "TIFF"
    return next((name for start, name in _STARTS.items() if head.startswith(start)), None)


def _boxed(head: bytes) -> str | None:
    """Tell the kinds of files that begin with a box of brands."""
    length = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(length, 32), 4))]
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    if brands[0] == b"crx ":
        return "RAW"  # Canon
    return "HEIC" if any(brand in _HEIC_BRANDS for brand in brands) else None


def _is_raw(stream: BinaryIO) -> bool:
    """Whether a TIFF is what a camera's sensor saw: its first page is a preview or no picture."""
    try:
        reader = Reader(stream)
        page = reader.directory(reader.first)
    except (ValueError, struct.error):
        return False  # reading it will say what is wrong
    return (
        _DNG_VERSION in page.entries
        or page.number(262) in _SENSOR
        or page.number(259) in _SENSOR_CODINGS
        or _is_preview_of_others(page)
    )


def _is_preview_of_others(page: Directory) -> bool:
    return bool(page.number(254) & 1) and SUB_IFDS in page.entries
