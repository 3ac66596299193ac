"""EXIF at the level of bytes: what is not understood is still kept.

It is changed in place and keeps its length, so that offsets inside maker notes stay good.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

EXIF_HEADER: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112
_RESOLUTIONS: Final = (0x011A, 0x011B)
_EXIF_IFD: Final = 0x8769
_RESOLUTION_UNIT: Final = 0x0128
_PIXEL_SIZES: Final = (0xA002, 0xA003)
_IMAGE_SIZES: Final = (0x0100, 0x0101)
_JPEG_PLACE, _JPEG_LENGTH, _STRIPS = 0x0201, 0x0202, 0x0111
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_LONGEST: Final = 0xFFFFFFFF
_Ratio = tuple[int, int]


def upright_exif(exif: bytes, turned: bool = False) -> bytes:
    r"""Say "upright" in an EXIF block.

    Args:
        exif: A TIFF structure, with or without ``Exif\0\0`` before it.
        turned: Across has become down, and so have the resolutions.

    Returns:
        The block with ``Exif\0\0`` before it. Of a broken block that part is changed which can
        be read.
    """
    block = _Block(exif)
    for directory in (block.first(), block.second()):
        for tag, entry in block.entries(directory):
            if tag == _ORIENTATION:
                block.put(entry, _SHORT, 1)
    if turned:
        block.change_resolutions(lambda across, down: (down, across))
    return block.whole()


def denser_exif(exif: bytes, scale: int) -> bytes:
    """Multiply the resolution in an EXIF block, which keeps its length."""

    def denser(ratio: _Ratio) -> _Ratio:
        above, below = ratio
        return (above * scale, below) if above * scale <= _LONGEST else (above, below // scale)

    block = _Block(exif)
    block.change_resolutions(lambda across, down: (denser(across), denser(down)))
    return block.whole()


def sized_exif(exif: bytes, width: int, height: int) -> bytes:
    """Say the size in pixels in an EXIF block, where it said one; the length stays."""
    block = _Block(exif)
    for directory, tags in ((_EXIF_IFD, _PIXEL_SIZES), (None, _IMAGE_SIZES)):
        sizes = dict(zip(tags, (width, height), strict=True))
        place = block.first() if directory is None else block.directory(directory)
        for tag, entry in block.entries(place):
            if tag in sizes:
                block.put(entry, _SHORT if sizes[tag] <= 0xFFFF else _LONG, sizes[tag])
    return block.whole()


def resolution_of(exif: bytes) -> tuple[float, float] | None:
    """Return the pixels an inch, across and down, that an EXIF block tells."""
    return _Block(exif).resolution()


def preview_room(exif: bytes) -> int:
    """Return how many bytes a new JPEG preview may have in an EXIF block; 0 where none was."""
    place = _Block(exif).preview()
    return 0 if place is None else place[1]


def with_preview(exif: bytes, preview: bytes | None) -> bytes:
    """Replace the preview in an EXIF block, which shows the picture as it was.

    Args:
        exif: The block; its length stays.
        preview: A JPEG of at most `preview_room` bytes; None takes the preview out.
    """
    block = _Block(exif)
    if preview is None:
        block.unhook_preview()
    else:
        block.put_preview(preview)
    return block.whole()


class _Block:
    """An EXIF block whose entries can be overwritten. What leads out of it is not followed."""

    def __init__(self, exif: bytes) -> None:
        self._body = bytearray(exif.removeprefix(EXIF_HEADER))
        self._order = "<" if self._body[:2] == b"II" else ">"

    def whole(self) -> bytes:
        return EXIF_HEADER + bytes(self._body)

    def first(self) -> int | None:
        """Return the place of the first directory."""
        with suppress(struct.error):
            return self._read("I", 4)[0]
        return None

    def directory(self, pointer: int) -> int | None:
        """Return the place of the directory that an entry of the first one points to."""
        found = (at for tag, at in self.entries(self.first()) if tag == pointer)
        return next((self._read("I", at + 8)[0] for at in found), None)

    def entries(self, directory: int | None) -> Iterator[tuple[int, int]]:
        """Yield tag and place of each whole entry of a directory."""
        if directory is None:
            return
        with suppress(struct.error):
            (count,) = self._read("H", directory)
            for at in range(directory + 2, directory + 2 + 12 * count, 12):
                tag, *_ = self._read("HHII", at)
                yield tag, at

    def put(self, entry: int, kind: int, value: int) -> None:
        """Give an entry one whole number."""
        words = (value, 0) if kind == _SHORT else (value,)
        layout = "HIHH" if kind == _SHORT else "HII"
        self._write(layout, entry + 2, kind, 1, *words)

    def second(self) -> int | None:
        """Return the place of the preview's directory."""
        first = self.first()
        with suppress(struct.error):  # some blocks end before the pointer: no preview either
            if first is not None:
                at = self._read("I", first + 2 + 12 * self._read("H", first)[0])[0]
                return at or None
        return None

    def preview(self) -> tuple[int, int] | None:
        """Return place and length of a JPEG preview that lies wholly in the block."""
        found = {tag: self._read("I", at + 8)[0] for tag, at in self.entries(self.second())}
        place, length = found.get(_JPEG_PLACE, 0), found.get(_JPEG_LENGTH, 0)
        fits = length > 0 and 8 <= place <= len(self._body) - length
        return (place, length) if fits and _STRIPS not in found else None

    def put_preview(self, preview: bytes) -> None:
        """Put a preview, which has room, in the place of the old one."""
        room = self.preview()
        if room is None or len(preview) > room[1]:
            return
        self._body[room[0] : sum(room)] = preview.ljust(room[1], b"\x00")
        for tag, entry in self.entries(self.second()):
            if tag == _JPEG_LENGTH:
                self.put(entry, _LONG, len(preview))

    def unhook_preview(self) -> None:
        """Let no entry lead to the preview; a JPEG is wiped out."""
        room, first = self.preview(), self.first()
        if room is not None:
            self._body[room[0] : sum(room)] = bytes(room[1])
        with suppress(struct.error):
            if first is not None:
                self._write("I", first + 2 + 12 * self._read("H", first)[0], 0)

    def resolution(self) -> tuple[float, float] | None:
        """Return the pixels an inch; None where the unit is no length."""
        found = {tag: self._read("HII", at + 2) for tag, at in self.entries(self.first())}
        unit = found.get(_RESOLUTION_UNIT, (0, 0, 2))
        code = unit[2] >> 16 if self._order == ">" and unit[0] == _SHORT else unit[2] & 0xFFFF
        factor = {2: 1.0, 3: 2.54}.get(code)
        if factor is None or any(found.get(t, ())[:2] != (_RATIONAL, 1) for t in _RESOLUTIONS):
            return None
        with suppress(struct.error, ZeroDivisionError):
            across, down = (self._read("II", found[tag][2]) for tag in _RESOLUTIONS)
            return factor * across[0] / across[1], factor * down[0] / down[1]
        return None

    def change_resolutions(self, change: Callable[[_Ratio, _Ratio], tuple[_Ratio, _Ratio]]) -> None:
        """Change both resolutions, where both are there; they may lie at one place."""
        found = {
            tag: self._read("HII", at + 2)
            for tag, at in self.entries(self.first())
            if tag in _RESOLUTIONS
        }
        if any(found.get(tag, ())[:2] != (_RATIONAL, 1) for tag in _RESOLUTIONS):
            return
        places = [found[tag][2] for tag in _RESOLUTIONS]
        with suppress(struct.error):
            across, down = (self._read("II", place) for place in places)
            new = change((across[0], across[1]), (down[0], down[1]))
            for place, ratio in zip(places, new, strict=True):
                self._write("II", place, *ratio)

    def _read(self, layout: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + layout, self._body, at)

    def _write(self, layout: str, at: int, *values: int) -> None:
        struct.pack_into(self._order + layout, self._body, at, *values)
