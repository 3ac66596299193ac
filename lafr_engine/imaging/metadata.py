"""EXIF and XMP at the level of bytes: what is not understood is still kept."""

from __future__ import annotations

import re
import struct
from typing import Final

EXIF_HEADER: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112
_XMP_ORIENTATION: Final = re.compile(
    rb"(tiff:Orientation\s*=\s*[\"']|<tiff:Orientation>\s*)[2-8](?=\s*[\"'<])"
)


def upright_exif(exif: bytes) -> bytes:
    r"""Say "upright" in an EXIF block and unhook its preview, which shows the old picture.

    Only these bytes change: offsets inside maker notes stay good.

    Args:
        exif: A TIFF structure, with or without ``Exif\0\0`` before it.

    Returns:
        The block with ``Exif\0\0`` before it; a broken block comes back as it is.
    """
    body = bytearray(exif.removeprefix(EXIF_HEADER))
    try:
        _turn_upright(body)
    except struct.error:  # offsets that lead out of the block: not ours to mend
        return exif
    return EXIF_HEADER + bytes(body)


def _turn_upright(body: bytearray) -> None:
    order = "<" if body[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", body, 4)
    (count,) = struct.unpack_from(order + "H", body, first)
    for entry in range(first + 2, first + 2 + 12 * count, 12):
        if struct.unpack_from(order + "H", body, entry)[0] == _ORIENTATION:
            struct.pack_into(order + "HI", body, entry + 2, 3, 1)
            struct.pack_into(order + "HH", body, entry + 8, 1, 0)
    struct.pack_into(order + "I", body, first + 2 + 12 * count, 0)


def upright_xmp(xmp: bytes) -> bytes:
    """Say "upright" in an XMP packet."""
    return _XMP_ORIENTATION.sub(rb"\g<1>1", xmp)
