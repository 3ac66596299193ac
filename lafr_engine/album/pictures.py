"""What an import learns of a file without decoding it: content hash, format, size, date."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from lafr_engine.errors import NotAPicture, UnreadableFile

if TYPE_CHECKING:
    from PIL import Image

_FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "AVIF")
_FAULTS: Final = (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error)
_EXIF_IFD, _TAKEN, _DIGITIZED, _ORIENTATION = 0x8769, 0x9003, 0x9004, 0x0112
_SIDEWAYS: Final = (5, 6, 7, 8)
_SAME_TICK: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells cheaply that a file is as it was.

    Attributes:
        bytes: Its size.
        modified: When it was written last, in nanoseconds.
        checked: When this was looked up.
    """

    bytes: int
    modified: int
    checked: int

    def vouches(self, now: Stamp) -> bool:
        """Whether a file of stamp ``now`` surely has the bytes that it had at this stamp.

        A file written in the same tick of the clock as it was read keeps its stamp; such a stamp
        is not trusted.
        """
        same = (self.bytes, self.modified) == (now.bytes, now.modified)
        return same and self.modified + _SAME_TICK < self.checked


@dataclass(frozen=True, slots=True)
class Scan:
    """What was learned of a picture file.

    Attributes:
        sha256: Of all bytes.
        stamp: Taken before they were read.
        format: By content.
        width: Of the upright picture.
        height: Likewise.
        captured: ISO 8601, after its EXIF; None where that does not say.
    """

    sha256: str
    stamp: Stamp
    format: str
    width: int
    height: int
    captured: str | None

    @property
    def dated(self) -> str:
        """When it was taken, or else when the file was written; ISO 8601."""
        if self.captured is not None:
            return self.captured
        written = datetime.fromtimestamp(self.stamp.modified / 1e9, UTC)
        return written.replace(tzinfo=None).isoformat(timespec="seconds")


def stamp(path: Path) -> Stamp:
    """Look a file's stamp up.

    Raises:
        UnreadableFile: Missing, or no regular file.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise UnreadableFile(path, "is a folder, not a picture")
    if not stat.S_ISREG(found.st_mode):  # a pipe would wait for its writer
        raise UnreadableFile(path, "is not a regular file")
    return Stamp(found.st_size, found.st_mtime_ns, time.time_ns())


def scan(path: Path) -> Scan:
    """Read a picture file's bytes for its hash and its headers for the rest.

    Raises:
        UnreadableFile: Missing, no permission, no regular file.
        NotAPicture: Of no known format, or its headers are damaged.
    """
    taken = stamp(path)
    try:
        with path.open("rb") as stream:
            headers = _headers(path, stream)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error
    return Scan(digest, taken, *headers)


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes.

    Raises:
        UnreadableFile: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _headers(path: Path, stream: BinaryIO) -> tuple[str, int, int, str | None]:
    opened = _open(path, stream)
    try:
        exif = opened.getexif()
        width, height = opened.size
        # Pillow turns the size of a TIFF itself.
        if opened.format != "TIFF" and exif.get(_ORIENTATION) in _SIDEWAYS:
            width, height = height, width
        detail = exif.get_ifd(_EXIF_IFD)
    except _FAULTS:  # damaged EXIF is no reason to refuse the pixels
        return _format(opened), *opened.size, None
    captured = _iso(detail.get(_TAKEN)) or _iso(detail.get(_DIGITIZED))
    return _format(opened), width, height, captured


def _open(path: Path, stream: BinaryIO) -> Image.Image:
    """Open as `PIL.Image.open` does, but without its limit on pixels, which is global."""
    from PIL import Image

    Image.init()
    head = stream.read(32)
    for name in _FORMATS:
        factory, accept = Image.OPEN.get(name, (None, None))
        if factory is None or accept is None or accept(head) is not True:
            continue
        stream.seek(0)
        try:
            return factory(stream, str(path))
        except _FAULTS as error:
            raise NotAPicture(path, f"is damaged or cut off ({error})") from error
    raise NotAPicture(path, "is not a picture of a known format")


def _format(image: Image.Image) -> str:
    return "JPEG" if image.format == "MPO" else str(image.format)


def _iso(text: object) -> str | None:
    """Turn EXIF's "1936:07:01 12:00:00" into ISO 8601; None for what is no date."""
    try:
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None


def _unreadable(path: Path, error: OSError) -> UnreadableFile:
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(path, "there is no such file")
    if isinstance(error, PermissionError):
        return UnreadableFile(path, "may not be read (permission denied)")
    return UnreadableFile(path, f"cannot be read ({error.strerror or error})")


def absolute(path: Path) -> Path:
    """Return a path as the album keeps it: absolute, without ``..``, links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.absolute leaves ".." in
