"""Photoshop's image resources (8BIM), which carry IPTC in JPEG and TIFF."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from lafr_engine.imaging import tiff

IPTC: Final = 0x0404
_RESOLUTION: Final = 0x03ED
_PREVIEWS: Final = (0x0409, 0x040C)
_SIGNATURES: Final = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_IPTC_MARK: Final = b"\x1c"
Resource = tuple[bytes, int, bytes, bytes]
"""Signature, number, name as it is stored, and data."""


def resources(block: bytes) -> Iterator[Resource]:
    """Yield the image resources of a block, as far as it makes sense."""
    at = 0
    while block[at : at + 4] in _SIGNATURES and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name_end = at + 7 + block[at + 6]
        name_end += (name_end - at - 6) % 2
        if name_end + 4 > len(block):
            return
        (length,) = struct.unpack_from(">I", block, name_end)
        data = block[name_end + 4 : name_end + 4 + length]
        if len(data) < length:
            return
        yield block[at : at + 4], number, block[at + 6 : name_end], data
        at = name_end + 4 + length + length % 2


def block_of(found: Iterator[Resource] | list[Resource]) -> bytes | None:
    """Put image resources together again; None where there are none."""
    body = bytearray()
    for signature, number, name, data in found:
        body += signature + struct.pack(">H", number) + name + struct.pack(">I", len(data))
        body += data + bytes(len(data) % 2)
    return bytes(body) or None


def without_previews(block: bytes | None) -> bytes | None:
    """Leave out the previews, which show the picture as it was."""
    return block_of([each for each in resources(block or b"") if each[1] not in _PREVIEWS])


def iptc_of(block: bytes | None) -> bytes | None:
    """Return the IPTC records in a block of resources."""
    return next((data for _, number, _, data in resources(block or b"") if number == IPTC), None)


def with_iptc(block: bytes | None, iptc: bytes | None) -> bytes | None:
    """Put IPTC records among the resources, where there are none yet."""
    if iptc is None or iptc_of(block) is not None:
        return block
    return block_of([*resources(block or b""), (b"8BIM", IPTC, b"\x00\x00", iptc)])


def without_iptc(block: bytes | None) -> bytes | None:
    """Leave the IPTC records out."""
    return block_of([each for each in resources(block or b"") if each[1] != IPTC])


def resolution_of(block: bytes | None) -> tuple[float, float] | None:
    """Return the pixels an inch, across and down."""
    for _, number, _, data in resources(block or b""):
        if number == _RESOLUTION and len(data) >= 16:
            across, _, _, down = struct.unpack_from(">IHHI", data)
            return across / 65536, down / 65536
    return None


def with_resolution(
    block: bytes | None, dpi: tuple[float, float] | None, unit: str = "inch", add: bool = False
) -> bytes | None:
    """Say the resolution among the resources, where they said one, or anyway."""
    if dpi is None or not 0 < min(dpi) <= max(dpi) < 65536:
        return block
    across, down = (round(value * 65536) for value in dpi)
    code = 2 if unit == "cm" else 1  # of what is shown; the numbers are always by the inch
    data = struct.pack(">IHHIHH", across, code, code, down, code, code)
    found = [each for each in resources(block or b"") if each[1] != _RESOLUTION]
    if not add and len(found) == len(list(resources(block or b""))):
        return block
    return block_of([(b"8BIM", _RESOLUTION, b"\x00\x00", data), *found])


def resources_of_tiff(page: tiff.Directory) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the resources of a TIFF, its IPTC among them, and what has to be left out."""
    block = without_previews(page.bytes_of(tiff.PHOTOSHOP))
    layers = tiff.PHOTOSHOP_LAYERS in page.entries
    notice = "Photoshop's layers are left out: they show the photograph as it was."
    return with_iptc(block, _iptc_of_tiff(page)), ((notice,) if layers else ())


def _iptc_of_tiff(page: tiff.Directory) -> bytes | None:
    """Return the IPTC records; some programs store them as numbers and swap their bytes."""
    raw = page.bytes_of(tiff.IPTC)
    if raw is None or raw.startswith(_IPTC_MARK):
        return raw
    if page.entries[tiff.IPTC].kind == tiff.LONG and raw[3:4] == _IPTC_MARK:
        count = len(raw) // 4
        return struct.pack(f"<{count}I", *struct.unpack(f">{count}I", raw))
    return raw
