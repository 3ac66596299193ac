"""PNG: its chunks, and the encoder for palettes and few bits."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import imagecodecs
import numpy as np

from lafr_engine.imaging.metadata import EXIF_HEADER
from lafr_engine.imaging.native import Indexed
from lafr_engine.imaging.picture import Picture, Pixels

Chunk = tuple[bytes, bytes]
"""Name and body."""

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_XMP_KEY: Final = b"XML:com.adobe.xmp"
_RAW_PROFILES: Final = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")
_TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt")
# Made anew for what is written: the picture, its profile, its resolution, and animations.
_MADE: Final = (
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf"),
    *(b"acTL", b"fcTL", b"fdAT"),
)
_BEHIND_PALETTE: Final = (b"bKGD", b"hIST")
_OF_THE_COLOUR_TYPE: Final = (b"bKGD", b"hIST", b"sBIT", b"sPLT")
_PAST: Final = (b"tIME",)  # the time of the last change
_LONGEST: Final = 1 << 24
_MOST: Final = 10_000


def chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Yield the chunks; of those that hold pixels only the name.

    Damaged ones are left out. Decoders overlook damage behind the pixels, but a copy has most of
    its chunks before them, where a single bad one makes the file unreadable.
    """
    stream.seek(len(SIGNATURE))
    for _ in range(_MOST):
        head = stream.read(8)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head)
        if name in (b"IDAT", b"fdAT"):
            stream.seek(length + 4, 1)
            yield name, b""
            continue
        body = stream.read(min(length, _LONGEST))
        stream.seek(length - len(body), 1)
        if _is_whole(name, length, body, stream.read(4)):
            yield name, body
        if name == b"IEND":
            return


def _is_whole(name: bytes, length: int, body: bytes, check_sum: bytes) -> bool:
    """Say whether a chunk was read to its end and is what its writer wrote."""
    letters = name.isalpha()  # of ASCII, as those of bytes are
    return letters and len(body) == length and check_sum == _check_sum(name, body)


def carried(found: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """Return the chunks that a copy of the picture takes with it."""
    return tuple(
        (name, body)
        for name, body in found
        if name not in _MADE + _PAST
        and not (name in _TEXTS and body.partition(b"\x00")[0] in (*_RAW_PROFILES, _XMP_KEY))
        and (name[0] & 0x20)
    )


def xmp_of(found: Sequence[Chunk]) -> bytes | None:
    """Return the XMP packet."""
    for name, body in found:
        key, _, rest = body.partition(b"\x00")
        if name == b"iTXt" and key == _XMP_KEY:
            text = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
            return _inflated(text) if rest[:1] == b"\x01" else text
    return _raw_profile(found, b"Raw profile type xmp")


def exif_of(found: Sequence[Chunk]) -> bytes | None:
    """Return the EXIF block, which some programs hide in a text."""
    block = next((body for name, body in found if name == b"eXIf" and body), None)
    for key in _RAW_PROFILES[:2]:
        block = block or _raw_profile(found, key)
    if block is None or block.startswith(EXIF_HEADER):
        return block
    return EXIF_HEADER + block if block[:2] in (b"II", b"MM") else None


def _raw_profile(found: Sequence[Chunk], key: bytes) -> bytes | None:
    """Decode what ImageMagick writes: name, length and hexadecimal digits in lines."""
    for name, body in found:
        if name not in _TEXTS or body.partition(b"\x00")[0] != key:
            continue
        text = body.partition(b"\x00")[2]
        text = _inflated(text[1:]) if name == b"zTXt" else text
        try:
            return bytes.fromhex(b"".join(text.split()[2:]).decode("ascii")) or None
        except ValueError:
            return None
    return None


def _inflated(data: bytes) -> bytes:
    """Inflate a text; a bomb is cut off."""
    try:
        return zlib.decompressobj().decompress(data, _LONGEST)
    except zlib.error:
        return b""


def encoded(picture: Picture, stacked: Pixels, indexed: Indexed | None) -> Iterator[bytes]:
    """Yield the file: the picture with its metadata put in by hand.

    Args:
        picture: Metadata and chunks.
        stacked: (H, W) or (H, W, 2 | 3 | 4), colours with their alpha.
        indexed: The samples to write in their stead.
    """
    # Not Pillow, which writes no 16-bit RGB.
    image = (
        _indexed(indexed)
        if indexed is not None
        else bytes(imagecodecs.png_encode(np.ascontiguousarray(stacked), level=4))
    )
    start = len(SIGNATURE) + 25  # and IHDR
    head, pixels = image[:start], image[start:]
    at = _place(pixels, b"IDAT")
    yield head
    before, behind = _metadata(picture, same_type=_same_type(picture, indexed))
    yield b"".join(chunk(*each) for each in before)
    yield pixels[:at]
    yield b"".join(chunk(*each) for each in behind)
    yield pixels[at:]


def _same_type(picture: Picture, indexed: Indexed | None) -> bool:
    return picture.native is None or indexed is not None


def _place(encoded_chunks: bytes, wanted: bytes) -> int:
    at = 0
    while encoded_chunks[at + 4 : at + 8] not in (wanted, b""):
        at += 12 + int.from_bytes(encoded_chunks[at : at + 4], "big")
    return at


def _metadata(picture: Picture, same_type: bool) -> tuple[list[Chunk], list[Chunk]]:
    """Return the chunks before the palette and those behind it."""
    made: list[Chunk] = []
    blocks = tuple(each for each in picture.blocks if len(each[0]) == 4)
    if picture.icc:
        made.append((b"iCCP", b"ICC profile\x00\x00" + zlib.compress(picture.icc)))
        blocks = tuple(each for each in blocks if each[0] != b"sRGB")  # either, never both
    if picture.dpi:
        metre = [round(value / 0.0254) for value in picture.dpi]
        made.append((b"pHYs", struct.pack(">IIB", *metre, 1)))
        blocks = tuple(each for each in blocks if each[0] != b"pHYs")
    if picture.exif:
        made.append((b"eXIf", picture.exif.removeprefix(EXIF_HEADER)))
    if picture.xmp:
        made.append((b"iTXt", _XMP_KEY + b"\x00\x00\x00\x00\x00" + picture.xmp))
    kept = [each for each in blocks if same_type or each[0] not in _OF_THE_COLOUR_TYPE]
    behind = [each for each in kept if each[0] in _BEHIND_PALETTE]
    return made + [each for each in kept if each[0] not in _BEHIND_PALETTE], behind


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk with its length and check sum."""
    return struct.pack(">I", len(body)) + name + body + _check_sum(name, body)


def _check_sum(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(name + body))


def _indexed(indexed: Indexed) -> bytes:
    """Encode numbers into a palette, or grey of few bits."""
    height, width = indexed.samples.shape
    grey = indexed.palette.shape[1] == 1
    header = struct.pack(">IIBBBBB", width, height, indexed.bits, 0 if grey else 3, 0, 0, 0)
    parts = [SIGNATURE, chunk(b"IHDR", header)]
    if not grey:
        parts.append(chunk(b"PLTE", indexed.palette.tobytes()))
    if indexed.alphas is not None:
        parts.append(chunk(b"tRNS", indexed.alphas.tobytes().rstrip(b"\xff")))
    rows = _packed_rows(indexed)
    filtered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)
    parts.append(chunk(b"IDAT", zlib.compress(filtered.tobytes(), 6)))
    return b"".join([*parts, chunk(b"IEND", b"")])


def _packed_rows(indexed: Indexed) -> Pixels:
    """Return (H, bytes): samples of few bits side by side, the first in the highest bits."""
    bits = indexed.bits
    if bits == 8:
        return indexed.samples
    height, width = indexed.samples.shape
    each = 8 // bits
    padded = np.zeros((height, -(-width // each) * each), np.uint8)
    padded[:, :width] = indexed.samples
    groups = padded.reshape(height, -1, each)
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    packed: Pixels = np.bitwise_or.reduce(groups << shifts, axis=2).astype(np.uint8)
    return packed
