"""Reading and writing picture files: sniffed by content, upright, metadata kept."""

from __future__ import annotations

import os
import secrets
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from lafr_engine.errors import (
    InputError,
    NotAPicture,
    OutputError,
    PictureTooLarge,
    PictureTooSmall,
    UnreadableFile,
)
from lafr_engine.imaging import encode
from lafr_engine.imaging.metadata import upright_exif, upright_xmp
from lafr_engine.imaging.picture import Coding, Picture, Pixels
from lafr_engine.imaging.tones import cmyk_to_rgb

MAX_PIXELS: Final = 300_000_000
MIN_SIDE: Final = 16
FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "AVIF")

_DECODING_ERRORS: Final = (
    OSError,
    SyntaxError,  # what Pillow says to a damaged PNG
    ValueError,
    TypeError,  # what Pillow says to a TIFF without the tags it needs
    KeyError,
    IndexError,
    RuntimeError,  # imagecodecs' errors
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    ImageCms.PyCMSError,
    tifffile.TiffFileError,
)
_PLAIN_MODES: Final = {"1": "L", "L": "L", "LA": "LA", "RGB": "RGB", "RGBA": "RGBA"}
_BMP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)  # bytes; "BM" alone begins texts as well
_TURNS: Final = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a[::-1].swapaxes(0, 1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a[:, ::-1].swapaxes(0, 1),
}
_pillow_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Decoded:
    """Pixels as stored, before they are turned upright."""

    pixels: Pixels  # (H, W, 1 | 2 | 3 | 4); the even ones end in alpha
    icc: bytes | None
    notices: tuple[str, ...] = ()


def read_picture(path: Path, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read a picture file.

    The content decides on the format, not the name. EXIF orientation is applied and then reset.
    Of several pages or frames the first is read. CMYK becomes sRGB, palettes become RGB, one bit
    becomes grey; each leaves a notice.

    Args:
        path: JPEG, PNG, TIFF, WebP, BMP or AVIF.
        max_pixels: More are refused before anything is decoded.

    Raises:
        UnreadableFile: Missing, no regular file (a folder, a pipe), no permission.
        NotAPicture: No known format, damaged, or cut off.
        PictureTooLarge: More than ``max_pixels``.
        PictureTooSmall: A side shorter than ``MIN_SIDE``.
    """
    try:
        with _open(path) as stream, _quiet_pillow():
            return _read(path, stream, max_pixels)
    except InputError:
        raise
    except MemoryError as error:
        raise PictureTooLarge(path, "there is not enough memory for this picture") from error
    except _DECODING_ERRORS as error:
        raise _input_error(path, error) from error


def sniff(path: Path) -> str | None:
    """Return the format of a file by its first bytes, or None.

    Raises:
        UnreadableFile: The file cannot be opened.
    """
    try:
        with _open(path) as stream:
            head = stream.read(32)
    except OSError as error:
        raise _input_error(path, error) from error
    return _format_of(head)


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


def write_picture(picture: Picture, path: Path, overwrite: bool = False) -> None:
    """Write a picture in its format, with its metadata, whole or not at all.

    Args:
        picture: What to write; ``picture.path`` is never written to.
        path: Where to; missing folders are made.
        overwrite: Whether a file that stands there may be replaced.

    Raises:
        OutputError: The file exists, is the source itself, or cannot be written.
    """
    if picture.path is not None and same_file(picture.path, path):
        raise OutputError(path, "is the source itself, which is never written to")
    if path.exists() and not overwrite:
        raise OutputError(path, "exists already (--overwrite replaces it)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            encode.encode(picture, part)
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


def _read(path: Path, stream: Any, max_pixels: int) -> Picture:
    if _format_of(stream.read(32)) is None:
        raise NotAPicture(path, "is not a picture of a known format")
    stream.seek(0)
    with Image.open(stream, formats=FORMATS) as image:
        _check_size(path, image.size, max_pixels)
        turn = _orientation(image)
        notices = _one_of_many(image)
        decoded = _decode(path, stream, image)
        return _assemble(path, image, replace(decoded, notices=notices + decoded.notices), turn)


def _check_size(path: Path, size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        limit = f"{max_pixels / 1e6:.0f} million (--max-pixels raises the limit)"
        raise PictureTooLarge(path, f"has {width} x {height} pixels, more than {limit}")
    if min(size) < MIN_SIDE:
        raise PictureTooSmall(path, f"has {width} x {height} pixels, too few to hold a face")


def _orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 where it is missing or out of range."""
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    return turn if isinstance(turn, int) and turn in _TURNS else 1


def _one_of_many(image: Image.Image) -> tuple[str, ...]:
    """Say that the other pages or frames stay behind."""
    try:
        count = int(getattr(image, "n_frames", 1))
    except _DECODING_ERRORS:  # a damaged directory of a later page; the first may be whole
        return ("Only the first page is restored: those behind it are damaged.",)
    words = {"TIFF": "pages", "MPO": "pictures"}.get(str(image.format), "frames")
    return (f"Only the first of {count} {words} is restored.",) if count > 1 else ()


def _decode(path: Path, stream: Any, image: Image.Image) -> _Decoded:
    icc = image.info.get("icc_profile") or None
    if _has_16_bits(image, stream):
        return _Decoded(_decode_16(path, stream, image), icc)
    return _decode_8(path, image, icc)


def _has_16_bits(image: Image.Image, stream: Any) -> bool:
    if image.format == "PNG":
        stream_at = stream.tell()
        stream.seek(24)
        depth = stream.read(1)
        stream.seek(stream_at)
        return bool(depth == b"\x10")
    if image.format == "TIFF":
        return set(image.tag_v2.get(258, (1,))) == {16}  # type: ignore[attr-defined]  # a TIFF has it
    return False


def _decode_16(path: Path, stream: Any, image: Image.Image) -> Pixels:
    """Decode 16 bits a channel, which Pillow would crush to 8."""
    stream.seek(0)
    is_png = image.format == "PNG"
    pixels = imagecodecs.png_decode(stream.read()) if is_png else _tiff_page(path)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.dtype != np.uint16 or pixels.shape[2] > 4:
        raise NotAPicture(path, "stores its 16-bit channels in a way that is not supported")
    return pixels


def _tiff_page(path: Path) -> NDArray[Any]:
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        _check_whole(path, page)
        pixels = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and pixels.ndim == 3:
            pixels = pixels.transpose(1, 2, 0)
        if page.photometric not in (0, 1, 2) or page.sampleformat != 1:
            raise NotAPicture(path, f"holds {page.photometric!s} samples, which is not supported")
        white = (1 << 16) - 1
        return white - pixels if page.photometric == 0 else pixels


def _check_whole(path: Path, page: Any) -> None:
    """Refuse a TIFF whose strips lie past its end: tifffile would return zeros for them."""
    end = max(a + b for a, b in zip(page.dataoffsets, page.databytecounts, strict=True))
    if end > path.stat().st_size:
        raise NotAPicture(path, "is cut off: the file ends before its pixels do")


def _decode_8(path: Path, image: Image.Image, icc: bytes | None) -> _Decoded:
    if image.mode.startswith(("I", "F")):
        raise NotAPicture(path, f"holds {image.mode} samples, which is not supported")
    image.load()
    if image.mode == "CMYK":
        rgb = cmyk_to_rgb(image, icc)
        return _Decoded(np.array(rgb), None, ("CMYK was converted to sRGB.",))
    mode, notices = _target_mode(image)
    # Pillow spells a grey TIFF whose white is zero as "1" or "L" too and inverts it itself.
    pixels = np.array(image if image.mode == mode else image.convert(mode))
    return _Decoded(pixels.reshape(*pixels.shape[:2], -1), icc, notices)


def _target_mode(image: Image.Image) -> tuple[str, tuple[str, ...]]:
    """Choose grey or RGB, with or without alpha, for any 8-bit mode."""
    see_through = "transparency" in image.info or "A" in image.mode or "a" in image.mode
    grey = image.mode in ("1", "L", "LA", "La")
    mode = ("L" if grey else "RGB") + ("A" if see_through else "")
    if image.mode in _PLAIN_MODES and image.mode != "1":
        return mode, ()
    return mode, (f"Mode {image.mode} was converted to {mode}.",)


def _assemble(path: Path, image: Image.Image, decoded: _Decoded, turn: int) -> Picture:
    pixels = decoded.pixels
    # Pillow has turned its own TIFFs already.
    if turn != 1 and not (image.format == "TIFF" and pixels.dtype == np.uint8):
        pixels = _TURNS[turn](pixels)
    has_alpha = pixels.shape[2] in (2, 4)
    colour = pixels[..., :-1] if has_alpha else pixels
    exif, xmp = encode.exif_of(image), image.info.get("xmp")
    xmp = xmp if isinstance(xmp, bytes) else encode.xmp_of(image)
    deep = pixels.dtype == np.uint16
    return Picture(
        pixels=np.ascontiguousarray(colour),
        alpha=np.ascontiguousarray(pixels[..., -1]) if has_alpha else None,
        mode=_mode_name(image.mode, pixels.shape[2]) if deep else image.mode,
        format="JPEG" if image.format == "MPO" else str(image.format),
        path=path,
        icc=decoded.icc,
        exif=None if exif is None else upright_exif(exif, turned=turn >= 5),
        xmp=None if xmp is None else upright_xmp(xmp),
        dpi=_dpi(image, turned=turn >= 5),
        coding=_coding(path, image),
        notices=decoded.notices,
    )


def _mode_name(mode: str, channels: int) -> str:
    return {1: "I;16", 2: "LA;16", 3: "RGB;16", 4: "RGBA;16"}.get(channels, mode)


def _dpi(image: Image.Image, turned: bool) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if dpi is None or min(dpi) <= 1:  # TIFF without a unit reads as (1, 1)
        return None
    across, down = float(dpi[0]), float(dpi[1])
    return (down, across) if turned else (across, down)


def _coding(path: Path, image: Image.Image) -> Coding:
    tables = getattr(image, "quantization", None)
    if tables:
        return Coding(tuple(tuple(tables[key]) for key in sorted(tables)), lossless=False)
    if image.format == "TIFF":
        return Coding(compression=encode.tiff_compression(image))
    if image.format == "WEBP":
        with path.open("rb") as stream:
            return Coding(lossless=b"VP8L" in stream.read(4096))
    return Coding(lossless=image.format != "AVIF")


def _format_of(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and (b"avif" in head[8:32] or b"avis" in head[8:32]):
        return "AVIF"
    starts = {
        b"\xff\xd8\xff": "JPEG",
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"II*\x00": "TIFF",
        b"MM\x00*": "TIFF",
    }
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return next((name for start, name in starts.items() if head.startswith(start)), None)


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
