"""JPEG: its segments, and the encoder, which stays close to the source's coding."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from PIL import Image

from lafr_engine.imaging import photoshop
from lafr_engine.imaging.metadata import EXIF_HEADER
from lafr_engine.imaging.picture import Coding, Picture
from lafr_engine.imaging.xmp import (
    Element,
    Tree,
    XmpError,
    bare,
    empty,
    merged,
    packed,
    parsed,
    qualified,
    unpadded,
)

QUALITY: Final = 90
"""What a coarse JPEG is written with, and one that had another format before."""

# The luminance table of libjpeg's quality 80 adds up to this; less is finer.
_COARSEST: Final = 1477
_FINEST: Final = 130  # quality 99
_LONGEST: Final = 65533
_APP0, _APP1, _APP2, _APP11, _APP13, _APP14, _COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xFE
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_ICC: Final = b"ICC_PROFILE\x00"
_PHOTOSHOP: Final = b"Photoshop 3.0\x00"
_MPF: Final = b"MPF\x00"
_SUBSAMPLINGS: Final = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
_SAMPLINGS: Final = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0"}
_C2PA: Final = "Its Content Credentials are left out: they vouch for the photograph as it was."
Segment = tuple[int, bytes]
"""Marker, the second byte of it, and body."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a JPEG carries beside its pixels and what Pillow tells.

    Attributes:
        xmp: The packet, its extension put into it.
        photoshop: Image resources.
        blocks: Marker and body of what else goes along.
        unit: Of the resolution in JFIF, None where it says none.
        notices: On what does not.
    """

    xmp: bytes | None
    photoshop: bytes | None
    blocks: tuple[tuple[bytes, bytes], ...]
    unit: str | None
    notices: tuple[str, ...]


def segments(stream: BinaryIO) -> Iterator[Segment]:
    """Yield the segments before the pixels, as far as they make sense."""
    stream.seek(2)
    while len(head := stream.read(2)) == 2 and head[0] == 0xFF:
        marker = head[1]
        if marker == 0xFF:
            stream.seek(-1, 1)
            continue
        if marker in (0x01, *range(0xD0, 0xD9)):
            continue
        length = int.from_bytes(stream.read(2), "big") - 2
        if marker in (0xD9, 0xDA) or length < 0:
            return
        body = stream.read(length)
        if len(body) < length:
            return
        yield marker, body


def carried(stream: BinaryIO) -> Carried:
    """Read what a JPEG carries."""
    found = list(segments(stream))
    resources = b"".join(
        body.removeprefix(_PHOTOSHOP)
        for marker, body in found
        if marker == _APP13 and body.startswith(_PHOTOSHOP)
    )
    blocks = tuple((bytes([marker]), body) for marker, body in found if _goes_along(marker, body))
    notices = (_C2PA,) if any(m == _APP11 and b"jumb" in b[:64] for m, b in found) else ()
    units = [body[7] for marker, body in found if marker == _APP0 and body[:5] == b"JFIF\x00"]
    unit = {1: "inch", 2: "cm"}.get(units[0]) if units else None
    return Carried(_xmp(found), photoshop.without_previews(resources), blocks, unit, notices)


def coding_of(image: Any) -> Coding:
    """Return how an opened JPEG is coded."""
    tables = tuple(tuple(image.quantization[key]) for key in sorted(image.quantization))
    layers = image.layer
    plain = len(layers) == 3 and all(layer[1:3] == (1, 1) for layer in layers[1:])
    subsampling = _SAMPLINGS.get(tuple(layers[0][1:3]), "4:4:4") if plain else "4:4:4"
    return Coding(
        tables or None,
        lossless=False,
        subsampling=subsampling,
        progressive=bool(image.info.get("progressive")),
        rgb=len(layers) == 3 and image.info.get("adobe_transform") == 0,
    )


def _goes_along(marker: int, body: bytes) -> bool:
    """Whether a segment is kept as it is: those with pictures and check sums are not."""
    if marker == _COM:
        return True
    if marker == _APP1:
        return not body.startswith((EXIF_HEADER, b"Exif\x00", _XMP, _EXTENSION))
    if marker == _APP2:
        return not body.startswith((_ICC, _MPF))
    if marker == _APP13:
        return not body.startswith(_PHOTOSHOP)
    return 0xE0 <= marker <= 0xEF and marker not in (_APP0, _APP11, _APP14)


def _xmp(found: list[Segment]) -> bytes | None:
    bodies = [body for marker, body in found if marker == _APP1]
    main = next((b.removeprefix(_XMP) for b in bodies if b.startswith(_XMP)), None)
    if main is None:
        return None
    parts = {}
    for body in bodies:
        rest = body.removeprefix(_EXTENSION)
        if len(rest) < len(body) and len(rest) >= 40 and rest[:32] in main:
            _, offset = struct.unpack_from(">II", rest, 32)
            parts[offset] = rest[40:]
    extension = b"".join(parts[offset] for offset in sorted(parts))
    if not extension or hashlib.md5(extension).hexdigest().upper().encode() not in main.upper():
        return main
    try:
        return merged(main, extension)
    except XmpError:
        return main


def encoded(picture: Picture, image: Image.Image) -> tuple[bytes, tuple[str, ...]]:
    """Return the file, and sentences on what it cannot hold.

    Args:
        picture: Metadata and coding.
        image: L, RGB or CMYK.
    """
    data = compressed(picture.coding, image)
    at, jfif = 2, data[3] == _APP0  # inks, and RGB that stays RGB, have none
    head, notices = _head(picture, jfif)
    if jfif:  # Pillow's own, whose resolution is in whole inches
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:2] + head + data[at:], notices


def compressed(coding: Coding, image: Image.Image) -> bytes:
    """Return L, RGB or CMYK as a JPEG without metadata, as close to a coding as is sensible."""
    options: dict[str, Any] = {}
    # The source's own tables where they are fine; coarse ones would undo the restoration.
    if coding.jpeg_tables and sum(coding.jpeg_tables[0]) <= _COARSEST:
        options["qtables"] = [list(table) for table in coding.jpeg_tables]
    else:
        options["quality"] = coding.quality or QUALITY
    if image.mode == "RGB":
        options |= {"subsampling": _SUBSAMPLINGS[coding.subsampling], "keep_rgb": coding.rgb}
    try:
        return _saved(image, options | _slow_options(coding, image))
    except OSError:  # pure noise does not fit into the one buffer that these need
        return _saved(image, options)


def _slow_options(coding: Coding, image: Image.Image) -> dict[str, bool]:
    """Both hold the whole file in one of Pillow's buffers; leave giants alone."""
    fits = image.width * image.height < 30_000_000
    finest = coding.jpeg_tables is not None and sum(coding.jpeg_tables[0]) < _FINEST
    return {"optimize": fits and not finest, "progressive": coding.progressive and fits}


def _saved(image: Image.Image, options: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def _head(picture: Picture, jfif: bool) -> tuple[bytes, tuple[str, ...]]:
    """Return the segments before the tables."""
    notices: list[str] = []
    body = _segment(_APP0, _jfif(picture)) if jfif else b""
    if picture.exif and len(picture.exif) <= _LONGEST:
        body += _segment(_APP1, picture.exif)
    elif picture.exif:
        notices.append("EXIF is left out: a JPEG holds no block of that size.")
    body += _xmp_segments(picture, notices)
    # Without JFIF that is the place of the resolution.
    said = picture.photoshop, picture.dpi, picture.unit
    resources = photoshop.with_resolution(*said, add=not jfif) or b""
    step = _LONGEST - len(_PHOTOSHOP)
    for at in range(0, len(resources), step):
        body += _segment(_APP13, _PHOTOSHOP + resources[at : at + step])
    body += _icc_segments(picture)
    for marker, block in picture.blocks:
        body += _segment(marker[0], block) if len(marker) == 1 else b""
    return body, tuple(notices)


def _jfif(picture: Picture) -> bytes:
    unit, values = 0, [1, 1]
    if picture.dpi:
        factor = 2.54 if picture.unit == "cm" else 1.0
        unit = 2 if picture.unit == "cm" else 1
        values = [min(65535, max(1, round(value / factor))) for value in picture.dpi]
    return b"JFIF\x00\x01\x02" + struct.pack(">BHHBB", unit, *values, 0, 0)


def _xmp_segments(picture: Picture, notices: list[str]) -> bytes:
    if not picture.xmp:
        return b""
    room = _LONGEST - len(_XMP)
    main, extension = unpadded(picture.xmp) if len(picture.xmp) > room else picture.xmp, b""
    if len(main) > room:
        try:
            main, extension = _split(main)
        except XmpError:
            main = b""
        if not 0 < len(main) <= room:
            notices.append("XMP is left out: a JPEG holds no packet of that size.")
            return b""
    body = _segment(_APP1, _XMP + main)
    guid = hashlib.md5(extension).hexdigest().upper().encode()
    step = 65000
    for at in range(0, len(extension), step):
        place = struct.pack(">II", len(extension), at)
        body += _segment(_APP1, _EXTENSION + guid + place + extension[at : at + step])
    return body


def _split(packet: bytes) -> tuple[bytes, bytes]:
    """Move the longest properties of a packet into an extension, as Adobe's programs do."""
    tree, far = parsed(packet), empty()
    target, room = far.describe(), _LONGEST - len(_XMP) - 200
    for description, child in sorted(_properties(tree), key=lambda pair: -_length(pair[1])):
        if len(packed(tree)) <= room:
            break
        description.remove(child)
        target.append(child)
    extension = bare(packed(Tree(far.root, tree.prefixes)))
    guid = hashlib.md5(extension).hexdigest().upper()
    tree.describe().set(qualified("xmpNote", "HasExtendedXMP"), guid)
    return packed(tree), extension


def _properties(tree: Tree) -> list[tuple[Element, Element]]:
    return [(description, child) for description in tree.rdf for child in description]


def _length(element: Element) -> int:
    return sum(
        len(each.tag) + len(each.text or "") + sum(map(len, each.attrib.values()))
        for each in element.iter()
    )


def _icc_segments(picture: Picture) -> bytes:
    icc = picture.icc or b""
    step = _LONGEST - len(_ICC) - 2
    count = -(-len(icc) // step)
    return b"".join(
        _segment(_APP2, _ICC + bytes([number + 1, count]) + icc[number * step :][:step])
        for number in range(count if count < 256 else 0)
    )


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
