"""The structure of a TIFF file, and of an EXIF block, which is one: directories and entries.

Values stay the bytes that they were, in the byte order of their file, so that what is not
understood is still carried.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD, SUB_IFDS = 0x8769, 0x8825, 0xA005, 330
POINTERS: Final = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 3, 4, 5, 7, 16
XMP, IPTC, PHOTOSHOP, ICC, PHOTOSHOP_LAYERS = 700, 33723, 34377, 34675, 37724
ORIENTATION, ACROSS, DOWN, RESOLUTION_UNIT = 274, 282, 283, 296
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
SEGMENTS: Final = ((273, 279), (324, 325), (513, 514))
"""The tags that hold places and lengths of a page's pixels: strips, tiles, a JPEG."""
LAYOUT: Final = frozenset(
    [
        *(254, 255, *range(256, 260), *range(262, 267), 273, *range(277, 282), 284, 288, 289),
        *(*range(290, 294), 317, 320, *range(322, 326), SUB_IFDS, 332, 334, *range(336, 348)),
        *(*range(512, 522), *range(529, 533), 559),
    ]
)
"""The tags that say how pixels lie in the file, and not what they show."""
_APART: Final = frozenset((XMP, IPTC, PHOTOSHOP, ICC, PHOTOSHOP_LAYERS))
_SIZES: Final = dict(
    zip((*range(1, 14), 16, 17, 18), (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 8, 8, 8), strict=True)
)
_NUMBERS: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MOST_ENTRIES: Final = 4096
_LONGEST_VALUE: Final = 1 << 26
_DEEPEST: Final = 3
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A value: its kind in TIFF's numbers, and its bytes."""

    kind: int
    raw: bytes

    @property
    def count(self) -> int:
        """How many values of the kind these are."""
        return len(self.raw) // _SIZES[self.kind]


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of a page, or of what hangs on it.

    Attributes:
        order: "<" or ">".
        entries: By tag, without the pointers to the children.
        children: EXIF, GPS and interoperability, by the tag of their pointer.
        following: The place of the next page, 0 for none.
    """

    order: str
    entries: Mapping[int, Entry]
    children: Mapping[int, Directory] = field(default_factory=dict)
    following: int = 0

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the whole numbers of an entry; none where it is missing or holds others."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _NUMBERS:
            return ()
        return struct.unpack(f"{self.order}{entry.count}{_NUMBERS[entry.kind]}", entry.raw)

    def number(self, tag: int, default: int = 0) -> int:
        """Return the first whole number of an entry."""
        return next(iter(self.numbers(tag)), default)

    def bytes_of(self, tag: int) -> bytes | None:
        """Return an entry's bytes."""
        entry = self.entries.get(tag)
        return entry.raw if entry is not None and entry.raw else None

    def ratio(self, tag: int) -> float | None:
        """Return the first ratio of an entry."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind != RATIONAL or entry.count < 1:
            return None
        above, below = struct.unpack_from(f"{self.order}II", entry.raw)
        return above / below if below else None


def whole_numbers(order: str, kind: int, *values: int) -> Entry:
    """Make an entry of whole numbers."""
    return Entry(kind, struct.pack(f"{order}{len(values)}{_NUMBERS[kind]}", *values))


def rational(order: str, value: float) -> Entry:
    """Make an entry of one ratio, to the thousandth."""
    below = 1 if value == int(value) else 1000
    return Entry(RATIONAL, struct.pack(f"{order}II", round(value * below), below))


class Reader:
    """Reads directories out of a stream that holds a TIFF from its first byte on.

    Attributes:
        order: "<" or ">".
        big: Whether it is a BigTIFF.
        first: The place of the first directory.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read the header.

        Raises:
            ValueError: It is none.
            struct.error: The stream ends before it does.
        """
        self._stream = stream
        head = self._at(0, 8)
        self.order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        version = struct.unpack(f"{self.order}H", head[2:4])[0] if self.order else 0
        if version not in (42, 43):
            raise ValueError("no TIFF header")
        self.big = version == 43
        self.first = self._unpack(*(("Q", 8) if self.big else ("I", 4)))[0]

    def pages(self) -> Iterator[tuple[int, Directory]]:
        """Yield place and directory of each page; a loop ends them."""
        seen: set[int] = set()
        at = self.first
        while at and at not in seen and len(seen) < _MOST_PAGES:
            seen.add(at)
            page = self.directory(at)
            yield at, page
            at = page.following

    def directory(self, at: int, depth: int = 0) -> Directory:
        """Read the directory at a place, with its children.

        Raises:
            ValueError: It makes no sense.
            struct.error: The stream ends before it does.
        """
        (count,) = self._unpack("Q" if self.big else "H", at)
        if not 0 < count <= _MOST_ENTRIES:
            raise ValueError(f"a directory of {count} entries")
        start, size = (at + 8, 20) if self.big else (at + 2, 12)
        places = range(start, start + size * count, size)
        entries = dict(found for place in places if (found := self._entry(place)))
        if 2 * len(entries) < count:
            raise ValueError("a directory of entries that make no sense")
        pointers = [(tag, entries.pop(tag)) for tag in POINTERS if tag in entries]
        children = dict(self._children(pointers, depth))
        end = self._at(start + size * count, 8 if self.big else 4, short=True)
        following = int.from_bytes(end, "little" if self.order == "<" else "big")
        return Directory(self.order, entries, children, following)

    def _entry(self, at: int) -> tuple[int, Entry] | None:
        tag, kind, count = self._unpack("HHQ" if self.big else "HHI", at)
        length = count * _SIZES.get(kind, 0)
        if not length:
            return None
        if length > _LONGEST_VALUE:
            raise ValueError(f"a value of {length} bytes")
        inline, place = (8, at + 12) if self.big else (4, at + 8)
        if length > inline:
            (place,) = self._unpack("Q" if self.big else "I", place)
        return tag, Entry(kind, self._at(place, length))

    def _children(
        self, pointers: list[tuple[int, Entry]], depth: int
    ) -> Iterator[tuple[int, Directory]]:
        for tag, entry in pointers:
            at = Directory(self.order, {tag: entry}).number(tag)
            if at and depth < _DEEPEST:
                yield tag, self.directory(at, depth + 1)

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        form = self.order + layout
        return struct.unpack(form, self._at(at, struct.calcsize(form)))

    def _at(self, place: int, length: int, short: bool = False) -> bytes:
        if place >= 1 << 62:
            raise ValueError("a place behind every end")
        self._stream.seek(place)
        found = self._stream.read(length)
        if len(found) < length and not short:
            raise struct.error("the file ends before its directory does")
        return found


def described(page: Directory) -> Directory:
    """Return of a page what describes the photograph: neither its layout nor XMP, IPTC and ICC."""
    gone = LAYOUT | _APART
    entries = {tag: entry for tag, entry in page.entries.items() if tag not in gone}
    return Directory(page.order, entries, page.children)


def exif_block(page: Directory) -> bytes | None:
    """Return what describes the photograph as an EXIF block, without ``Exif`` before it."""
    kept = _narrowed(described(page))
    if not kept.entries and not any(child.entries for child in kept.children.values()):
        return None
    return header(kept.order, 8) + laid(kept, 8)


def _narrowed(directory: Directory) -> Directory:
    """Leave out BigTIFF's kinds of numbers, which EXIF lacks."""
    entries = {tag: entry for tag, entry in directory.entries.items() if entry.kind <= 13}
    children = {tag: _narrowed(child) for tag, child in directory.children.items()}
    return Directory(directory.order, entries, children)


def header(order: str, first: int, big: bool = False) -> bytes:
    """Return the header of a file whose first directory is at a place."""
    mark = b"II" if order == "<" else b"MM"
    layout, values = ("HHHQ", (43, 8, 0, first)) if big else ("HI", (42, first))
    return mark + struct.pack(order + layout, *values)


def next_place(directory: Directory, at: int, big: bool = False) -> int:
    """Return where a directory laid at a place points to the next one."""
    count = len(_lines(directory))
    return at + 8 + 20 * count if big else at + 2 + 12 * count


def laid(directory: Directory, at: int, big: bool = False) -> bytes:
    """Return a directory as bytes for a place in a file, its values and children behind it."""
    order, inline = directory.order, 8 if big else 4
    lines = _lines(directory)
    behind = next_place(directory, at, big) + inline
    body, table = bytearray(), bytearray()
    for tag, line in lines:
        body += bytes((behind + len(body)) % 2)
        place = behind + len(body)
        if isinstance(line, Directory):
            body += laid(line, place, big)
            entry = whole_numbers(order, LONG8 if big else LONG, place)
        else:
            entry = line
        value = entry.raw.ljust(inline, b"\x00")
        if len(entry.raw) > inline:
            value = struct.pack(order + ("Q" if big else "I"), place)
            body += entry.raw
        table += struct.pack(order + ("HHQ" if big else "HHI"), tag, entry.kind, entry.count)
        table += value
    count = struct.pack(order + ("Q" if big else "H"), len(lines))
    following = struct.pack(order + ("Q" if big else "I"), directory.following)
    return bytes(count + table + following + body)


def _lines(directory: Directory) -> list[tuple[int, Entry | Directory]]:
    children = {tag: child for tag, child in directory.children.items() if _lines(child)}
    lines: dict[int, Entry | Directory] = {**directory.entries, **children}
    return sorted(lines.items(), key=lambda line: line[0])
