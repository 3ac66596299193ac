"""Reading through Pillow, as stored: JPEG, PNG, WebP, BMP, AVIF, and the TIFFs left to it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import imagecodecs
import numpy as np
import tifffile
from PIL import ExifTags, Image, ImageCms

from lafr_engine.errors import NotAPicture
from lafr_engine.imaging import jpeg, photoshop, png
from lafr_engine.imaging.limits import check_size
from lafr_engine.imaging.metadata import EXIF_HEADER, resolution_of
from lafr_engine.imaging.native import Indexed, cmyk
from lafr_engine.imaging.picture import Coding, Picture, Pixels, turned

DECODING_ERRORS: Final = (
    OSError,
    SyntaxError,  # what Pillow says to a damaged PNG
    ValueError,
    TypeError,  # what Pillow says to a TIFF without the tags it needs
    KeyError,
    IndexError,
    RuntimeError,  # imagecodecs' errors
    OverflowError,
    ZeroDivisionError,
    AttributeError,  # what tifffile says to a page without pixels
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    ImageCms.PyCMSError,
    tifffile.TiffFileError,
)
FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "AVIF")
_BAND: Final = 1 << 24  # pixels taken over at once
_PLAIN_MODES: Final = ("L", "LA", "RGB", "RGBA")


def read_by_pillow(path: Path, stream: BinaryIO, max_pixels: int) -> tuple[Picture, int]:
    """Read a picture as it is stored, and the orientation that turns it upright.

    Raises:
        NotAPicture: It holds what is not supported, or damage.
        PictureTooLarge, PictureTooSmall: By ``max_pixels``, before anything is decoded.
    """
    stream.seek(0)
    with Image.open(stream, formats=FORMATS) as image:
        check_size(path, image.size, max_pixels)
        turn = orientation_of(image)
        notices = _one_of_many(image)
        picture = _pixels(path, stream, image)
        if image.format == "TIFF":  # Pillow has turned it already
            picture = _turned_back(picture, turn)
        picture = replace(
            picture,
            path=path,
            format="JPEG" if image.format == "MPO" else str(image.format),
            icc=None if image.mode == "CMYK" else image.info.get("icc_profile") or None,
            dpi=_dpi(image),
            notices=notices + picture.notices,
        )
        if image.format == "TIFF":
            return picture, turn
        return _with_metadata(picture, image, stream), turn


def orientation_of(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 where it is missing or out of range."""
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _turned_back(picture: Picture, turn: int) -> Picture:
    back = {6: 8, 8: 6}.get(turn, turn)
    alpha = None if picture.alpha is None else turned(picture.alpha, back)
    native = None if picture.native is None else picture.native.turned(back)
    pixels = np.ascontiguousarray(turned(picture.pixels, back))
    return replace(picture, pixels=pixels, alpha=alpha, native=native)


def _one_of_many(image: Image.Image) -> tuple[str, ...]:
    """Say that the other frames stay behind; a TIFF's pages are dealt with elsewhere."""
    count = int(getattr(image, "n_frames", 1)) if image.format != "TIFF" else 1
    words = "pictures" if image.format == "MPO" else "frames"
    return (f"Only the first of {count} {words} is restored.",) if count > 1 else ()


def _pixels(path: Path, stream: BinaryIO, image: Image.Image) -> Picture:
    if image.format == "PNG":
        stream.seek(24)
        if stream.read(1) == b"\x10":
            return _deep_png(path, stream)
    if image.mode.startswith(("I", "F")):
        raise NotAPicture(path, f"holds {image.mode} samples, which is not supported")
    bits = _png_bits(stream) if image.format == "PNG" else 8
    image.load()
    if image.mode == "CMYK":
        inks = cmyk(np.array(image), image.info.get("icc_profile") or None)
        return Picture(inks.colours(), mode="CMYK", native=inks)
    indexed = _indexed(image, bits)
    if indexed is not None:
        return Picture(indexed.colours(), indexed.transparency(), mode=image.mode, native=indexed)
    return _plain(image)


def _deep_png(path: Path, stream: BinaryIO) -> Picture:
    """Decode 16 bits a channel, which Pillow would crush to 8."""
    stream.seek(0)
    pixels = imagecodecs.png_decode(stream.read())
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.dtype != np.uint16 or pixels.shape[2] > 4:
        raise NotAPicture(path, "stores its 16-bit channels in a way that is not supported")
    mode = {1: "I;16", 2: "LA;16", 3: "RGB;16", 4: "RGBA;16"}[pixels.shape[2]]
    return _split(pixels, mode)


def _png_bits(stream: BinaryIO) -> int:
    at = stream.tell()
    stream.seek(24)
    bits = stream.read(1)[0]
    stream.seek(at)
    return bits


def _indexed(image: Image.Image, bits: int) -> Indexed | None:
    """Return what is a palette, or grey of few bits; None for what is stored as it is shown."""
    if image.mode == "1":
        samples = (np.array(image.convert("L")) > 127).astype(np.uint8)
        return Indexed(samples, np.array([[0], [255]], np.uint8), bits=1)
    if image.mode == "L" and bits < 8 and "transparency" not in image.info:
        most = (1 << bits) - 1
        levels = np.arange(most + 1, dtype=np.uint8)[:, None] * (255 // most)
        return Indexed((np.array(image) // (255 // most)).astype(np.uint8), levels, bits=bits)
    if image.mode != "P" or image.palette is None:
        return None
    palette = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    if not len(palette):
        return None
    return Indexed(np.array(image), palette, _alphas(image, len(palette)), bits)


def _alphas(image: Image.Image, count: int) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    clear = image.info.get("transparency")
    if clear is None:
        return None
    alphas = np.full(count, 255, np.uint8)
    if isinstance(clear, bytes):
        alphas[: len(clear)] = np.frombuffer(clear[:count], np.uint8)
    elif 0 <= clear < count:
        alphas[clear] = 0
    return alphas


def _plain(image: Image.Image) -> Picture:
    """Take grey or RGB, with or without alpha, out of any other 8-bit mode."""
    see_through = "transparency" in image.info or "A" in image.mode or "a" in image.mode
    grey = image.mode in ("L", "LA", "La")
    mode = ("L" if grey else "RGB") + ("A" if see_through else "")
    if image.mode == mode:
        return _split(_array(image), mode)
    changed = () if image.mode in _PLAIN_MODES else (f"{image.mode} becomes {mode}.",)
    return replace(_split(np.array(image.convert(mode)), image.mode), notices=changed)


def _array(image: Image.Image) -> Pixels:
    """Return the pixels, taken over band by band: Pillow copies what it hands over."""
    bands = range(0, image.height, rows := max(1, _BAND // image.width))
    parts = (image.crop((0, top, image.width, min(top + rows, image.height))) for top in bands)
    first = np.array(next(parts))
    pixels: Pixels = np.empty((image.height, *first.shape[1:]), first.dtype)
    pixels[:rows] = first
    for top, part in zip(bands[1:], parts, strict=True):
        pixels[top : top + rows] = np.asarray(part)
    return pixels


def _split(pixels: Pixels, mode: str) -> Picture:
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[2] in (1, 3):
        return Picture(pixels, mode=mode)
    alpha = np.ascontiguousarray(pixels[..., -1])
    return Picture(np.ascontiguousarray(pixels[..., :-1]), alpha, mode=mode)


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if dpi is None or len(dpi) < 2 or not 1 < min(dpi) <= max(dpi) < 1e6:  # (1, 1): no unit
        return None
    return float(dpi[0]), float(dpi[1])


def _with_metadata(picture: Picture, image: Image.Image, stream: BinaryIO) -> Picture:
    exif, xmp = image.info.get("exif"), image.info.get("xmp")
    exif = exif if isinstance(exif, bytes) and exif else None
    if exif is not None and not exif.startswith(EXIF_HEADER):
        exif = EXIF_HEADER + exif
    picture = replace(picture, exif=exif, xmp=xmp if isinstance(xmp, bytes) else None)
    more = {"JPEG": _of_jpeg, "PNG": _of_png, "WEBP": _of_webp, "AVIF": _of_avif}
    if picture.format in more:
        picture = more[picture.format](picture, image, stream)
    if picture.dpi is None and picture.exif is not None:
        picture = replace(picture, dpi=resolution_of(picture.exif))
    return picture


def _of_jpeg(picture: Picture, image: Image.Image, stream: BinaryIO) -> Picture:
    found = jpeg.carried(stream)
    return replace(
        picture,
        xmp=found.xmp,
        photoshop=found.photoshop,
        blocks=found.blocks,
        unit=found.unit or "inch",
        # Without a unit Pillow takes EXIF's numbers for inches, whatever unit that says.
        dpi=picture.dpi if found.unit else photoshop.resolution_of(found.photoshop),
        coding=jpeg.coding_of(image),
        notices=picture.notices + found.notices,
    )


def _of_png(picture: Picture, image: Image.Image, stream: BinaryIO) -> Picture:
    del image  # its texts are converted, and the raw chunks are whole
    found = list(png.chunks(stream))
    return replace(
        picture, exif=png.exif_of(found), xmp=png.xmp_of(found), blocks=png.carried(found)
    )


def _of_webp(picture: Picture, image: Image.Image, stream: BinaryIO) -> Picture:
    del image
    lossless = any(name == b"VP8L" for name in _riff_chunks(stream))
    return replace(picture, coding=Coding(lossless=lossless))


def _riff_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the names of a WebP's chunks, those inside animation frames too."""
    stream.seek(12)
    while len(head := stream.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        yield name
        stream.seek(16 if name == b"ANMF" else length + length % 2, 1)


def _of_avif(picture: Picture, image: Image.Image, stream: BinaryIO) -> Picture:
    del image
    stream.seek(0)
    head = stream.read(1 << 16)
    at = head.find(b"av1C")
    flags = head[at + 6] if 0 <= at < len(head) - 6 else 0
    subsampling = {0: "4:4:4", 8: "4:2:2", 12: "4:2:0"}.get(flags & 12, "4:2:0")
    deep = ("More than 8 bits a channel become 8.",) if flags & 0x40 else ()
    coding = Coding(lossless=False, subsampling=subsampling)
    return replace(picture, coding=coding, notices=picture.notices + deep)
