"""Reading and writing picture files: sniffed by content, upright, metadata kept."""

from __future__ import annotations

import os
import re
import secrets
import stat
import struct
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from lafr_engine.errors import (
    InputError,
    NotAPicture,
    OutputError,
    PictureTooLarge,
    UnreadableFile,
)
from lafr_engine.imaging import encode
from lafr_engine.imaging.camera import read_heic, read_raw
from lafr_engine.imaging.decode import DECODING_ERRORS, read_by_pillow
from lafr_engine.imaging.formats import WRITTEN_AS, format_of
from lafr_engine.imaging.limits import MAX_PIXELS, MIN_SIDE
from lafr_engine.imaging.metadata import upright_exif
from lafr_engine.imaging.picture import Picture, turned
from lafr_engine.imaging.tiff_read import orientation, read_tiff, with_tags
from lafr_engine.imaging.tiff_segments import LARGE
from lafr_engine.imaging.xmp import upright_xmp

__all__ = [
    "MAX_PIXELS",
    "MIN_SIDE",
    "open_picture",
    "read_picture",
    "same_file",
    "sniff",
    "upright",
    "whole_file",
    "write_picture",
]

_PART: Final = re.compile(r"\.lafr-[0-9a-f]{12}\.part")
_STALE_SECONDS: Final = 3600

_pillow_lock = threading.Lock()


def read_picture(path: Path, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read a picture file.

    The content decides on the format, not the name. EXIF orientation is applied and then reset.
    Of several pages or frames the first is read. Inks and palettes are read as colours; their
    samples stay beside these, and are written again where the colours did not change.

    Args:
        path: JPEG, PNG, TIFF, WebP, BMP or AVIF; HEIC and camera RAW by optional packages.
        max_pixels: More are refused before anything is decoded.

    Raises:
        UnreadableFile: Missing, no regular file (a folder, a pipe), no permission.
        NotAPicture: No known format, damaged, or cut off.
        CodecMissing: HEIC or RAW without the package that reads it.
        PictureTooLarge: More than ``max_pixels``.
        PictureTooSmall: A side shorter than ``MIN_SIDE``.
    """
    return _opened(path, max_pixels, None)


def open_picture(path: Path, max_pixels: int = MAX_PIXELS, in_file_from: int = LARGE) -> Picture:
    """Read a picture file, but leave the pixels of a large TIFF in it.

    They are a `raster.Raster` then. Written again, only strips and tiles that changed are made
    anew; the others are copied as they are. So is a JPEG inside a TIFF of any size.

    Args:
        path: As for `read_picture`.
        max_pixels: More are refused before anything is decoded.
        in_file_from: The pixels of a large TIFF.

    Raises:
        InputError: As `read_picture` says; reading a part may say it later.
    """
    return _opened(path, max_pixels, in_file_from)


def _opened(path: Path, max_pixels: int, in_file_from: int | None) -> Picture:
    try:
        with _open(path) as stream, _quiet_pillow():
            return _read(path, stream, max_pixels, in_file_from)
    except InputError:
        raise
    except MemoryError as error:
        raise PictureTooLarge(path, "there is not enough memory for this picture") from error
    except DECODING_ERRORS as error:
        raise _input_error(path, error) from error


def sniff(path: Path) -> str | None:
    """Return the format in which a file's picture is written again, by its content, or None.

    That is the file's own, but for those that are only read (`formats.WRITTEN_AS`).

    Raises:
        UnreadableFile: The file cannot be opened.
    """
    try:
        with _open(path) as stream:
            kind = format_of(stream)
    except OSError as error:
        raise _input_error(path, error) from error
    return WRITTEN_AS.get(kind or "", kind)


def _open(path: Path) -> BinaryIO:
    """Open a regular file. Anything else is refused first: a pipe would wait for its writer."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise UnreadableFile(path, "is not a regular file")
        return path.open("rb")
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise
    except OSError as error:  # a loop of links, a name too long, a disk that fails
        raise UnreadableFile(path, f"cannot be read ({_words(error)})") from error


def write_picture(
    picture: Picture, path: Path, overwrite: bool = False, quality: int | None = None
) -> tuple[str, ...]:
    """Write a picture in its format, with its metadata, whole or not at all.

    Args:
        picture: What to write; ``picture.path`` is never written to.
        path: Where to; missing folders are made.
        overwrite: Whether a file that stands there may be replaced.
        quality: 1 to 100, for JPEG, WebP and AVIF; None stays close to the source.

    Returns:
        Sentences on what the file could not hold.

    Raises:
        OutputError: The file exists, is the source itself, or cannot be written.
    """
    if picture.path is not None and same_file(picture.path, path):
        raise OutputError(path, "is the source itself, which is never written to")
    if path.exists() and not overwrite:
        raise OutputError(path, "exists already (--overwrite replaces it)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        with whole_file(path) as part:
            return encode.encode(picture, part, quality)
    except (OSError, ValueError, RuntimeError, MemoryError, struct.error) as error:
        raise OutputError(path, f"could not be written ({_words(error)})") from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder that takes the place of ``path`` at the end.

    After an error nothing is left of it.
    """
    part = path.parent / f".lafr-{secrets.token_hex(6)}.part"
    try:
        yield part
        _flush(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a killed program left of `whole_file`: nobody has written in it for an hour.

    One that is being written is younger, whichever program or machine does it.
    """
    youngest = time.time() - _STALE_SECONDS
    with os.scandir(folder) as entries:
        parts = [each for each in entries if _PART.fullmatch(each.name)]
    for part in parts:
        # Another program may sweep it first, or it may belong to somebody else: it hurts nobody.
        with suppress(OSError):
            status = part.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and status.st_mtime < youngest:
                Path(part.path).unlink()


def _flush(path: Path) -> None:
    """Bring the bytes to the disk, so that a power cut leaves the old file or the new one."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, by name or by link."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except OSError:  # one of them does not exist
        return False


@contextmanager
def _quiet_pillow() -> Iterator[None]:
    """Keep Pillow's own pixel limit and its warnings out: the limit here is ``max_pixels``.

    Both are global to the process, hence the lock.
    """
    with _pillow_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _read(path: Path, stream: BinaryIO, max_pixels: int, in_file_from: int | None) -> Picture:
    kind = format_of(stream)
    if kind is None:
        raise NotAPicture(path, "is not a picture of a known format")
    if kind == "HEIC":
        return read_heic(path, stream, max_pixels)
    if kind == "RAW":
        return read_raw(path, stream, max_pixels)
    if kind == "TIFF":
        turn = orientation(stream)
        picture = read_tiff(path, stream, max_pixels, in_file_from)
        if picture is None:
            picture, _ = read_by_pillow(path, stream, max_pixels)
        return upright(with_tags(path, stream, picture), turn)
    return upright(*read_by_pillow(path, stream, max_pixels))


def upright(picture: Picture, turn: int) -> Picture:
    """Turn a picture as stored after EXIF's orientation, and let its metadata say so.

    Args:
        picture: As stored.
        turn: 1 to 8.
    """
    dpi, sideways = picture.dpi, turn >= 5
    stays = turn == 1
    return replace(
        picture,
        pixels=picture.pixels if stays else np.ascontiguousarray(turned(picture.pixels, turn)),
        alpha=None if picture.alpha is None else np.ascontiguousarray(turned(picture.alpha, turn)),
        native=None if picture.native is None else picture.native.turned(turn),
        exif=None if picture.exif is None else upright_exif(picture.exif, turned=sideways),
        xmp=None if picture.xmp is None else upright_xmp(picture.xmp, turn),
        dpi=(dpi[1], dpi[0]) if dpi is not None and sideways else dpi,
    )


def _input_error(path: Path, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(path, "there is no such file")
    if isinstance(error, IsADirectoryError):
        return UnreadableFile(path, "is a folder, not a picture")
    if isinstance(error, PermissionError):
        return UnreadableFile(path, "may not be read (permission denied)")
    if isinstance(error, UnidentifiedImageError):
        return NotAPicture(path, "is damaged, or of a kind that is not supported")
    return NotAPicture(path, f"is damaged or cut off ({_words(error)})")


def _words(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0]
