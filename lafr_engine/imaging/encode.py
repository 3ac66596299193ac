"""The encoders behind `files.write_picture`, one for each format, and their metadata."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from lafr_engine.imaging import jpeg, png
from lafr_engine.imaging.formats import SUFFIXES
from lafr_engine.imaging.metadata import preview_room, sized_exif, with_preview
from lafr_engine.imaging.native import Cmyk, Indexed
from lafr_engine.imaging.picture import Picture, Pixels
from lafr_engine.imaging.tiff_write import changed_in_file, write_changed, write_tiff
from lafr_engine.imaging.xmp import sized_xmp

__all__ = ["SUFFIXES", "encode"]

_QUALITY: Final = 95
_PREVIEW_SIDES: Final = (320, 256, 160, 128, 96)
_PREVIEW_QUALITIES: Final = (85, 70, 50)
_EXTRA_UNSPECIFIED, _EXTRA_ASSOCIATED = 0, 1
_INKS: Final = ("JPEG", "TIFF")
_PALETTES: Final = ("PNG", "TIFF", "BMP")
_DEEP: Final = ("PNG", "TIFF")
_NO_ALPHA: Final = ("JPEG",)


def encode(picture: Picture, path: Path, quality: int | None = None) -> tuple[str, ...]:
    """Write ``picture`` in its own format to ``path``, whatever the suffix of that is.

    Returns:
        Sentences on what the format cannot hold.
    """
    if quality is not None:
        coding = replace(picture.coding, quality=quality, jpeg_tables=None, lossless=False)
        picture = replace(picture, coding=coding)
    picture = _told(picture)
    in_file = changed_in_file(picture) if picture.format == "TIFF" else None
    if in_file is not None:
        write_changed(picture, *in_file, path)
        return ()
    picture, notices = _fitting(replace(picture, pixels=np.asarray(picture.pixels)))
    native, more = _native(picture)
    writers = {"PNG": _png, "TIFF": _tiff, "JPEG": _jpeg, "WEBP": _webp, "AVIF": _avif, "BMP": _bmp}
    return notices + more + writers[picture.format](picture, native, path)


def _told(picture: Picture) -> Picture:
    """Let the metadata tell of the picture that is written."""
    size = picture.width, picture.height
    exif = picture.exif
    if exif:
        exif = with_preview(sized_exif(exif, *size), _preview(picture, preview_room(exif)))
    return replace(
        picture, exif=exif, xmp=None if picture.xmp is None else sized_xmp(picture.xmp, *size)
    )


def _preview(picture: Picture, room: int) -> bytes | None:
    """Return a small JPEG of at most so many bytes; None where even a bad one is larger."""
    if room < 400:
        return None
    pixels = picture.pixels[:: _step(picture), :: _step(picture)]
    colours = pixels if picture.white == 255 else (pixels >> 8).astype(np.uint8)
    image = Image.fromarray(
        np.ascontiguousarray(colours.squeeze(2) if picture.channels == 1 else colours)
    )
    for side in _PREVIEW_SIDES:
        small = image.copy()
        small.thumbnail((side, side))
        for quality in _PREVIEW_QUALITIES:
            buffer = io.BytesIO()
            small.save(buffer, "JPEG", quality=quality)
            if buffer.tell() <= room:
                return buffer.getvalue()
    return None


def _step(picture: Picture) -> int:
    """Keep every so manieth pixel: enough to make a preview of, and quick."""
    return max(1, max(picture.width, picture.height) // 1280)


def _fitting(picture: Picture) -> tuple[Picture, tuple[str, ...]]:
    """Take out what the format cannot hold: bits, alpha, inks' profile, pages."""
    notices: list[str] = []
    kind = picture.format
    if picture.pages is not None and kind != "TIFF":
        notices.append(f"The other pages are left out: a {kind} holds one.")
        picture = replace(picture, pages=None)
    if kind != "TIFF":
        picture = _with_straight_alpha(picture, notices)
    if picture.white != 255 and kind not in _DEEP:
        notices.append(f"16 bits a channel become 8: a {kind} holds no more.")
        picture = _of_8_bits(picture)
    if picture.alpha is not None and kind in _NO_ALPHA:
        notices.append(f"Alpha is left out: a {kind} holds none.")
        picture = replace(picture, alpha=None)
    return picture, tuple(notices)


def _with_straight_alpha(picture: Picture, notices: list[str]) -> Picture:
    """Turn the fourth channel of a TIFF into the alpha that all other formats mean."""
    extra = picture.coding.tiff.extra if picture.coding.tiff else 2
    if picture.alpha is None or extra not in (_EXTRA_ASSOCIATED, _EXTRA_UNSPECIFIED):
        return picture
    if extra == _EXTRA_UNSPECIFIED:
        notices.append("The channel behind the colours is left out: only a TIFF holds one.")
        return replace(picture, alpha=None)
    share = np.maximum(picture.alpha[..., None], 1).astype(np.float64) / picture.white
    pixels = np.rint(np.clip(picture.pixels / share, 0, picture.white))
    return replace(picture, pixels=pixels.astype(picture.pixels.dtype), native=None)


def _of_8_bits(picture: Picture) -> Picture:
    """Round 16 bits to 8; the whole range stays the whole range."""

    def rounded(pixels: Pixels) -> Pixels:
        return ((pixels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)

    alpha = None if picture.alpha is None else rounded(picture.alpha)
    native = picture.native
    if isinstance(native, Cmyk):
        native = replace(native, samples=rounded(native.samples))
        return replace(picture, pixels=native.colours(), alpha=alpha, native=native)
    return replace(picture, pixels=rounded(picture.pixels), alpha=alpha, native=None)


def _native(picture: Picture) -> tuple[Cmyk | Indexed | None, tuple[str, ...]]:
    """Return the samples to write in place of the colours, and why there are none."""
    native = picture.native
    if not isinstance(native, Cmyk | Indexed):
        return None, ()
    if native.samples.shape[:2] != picture.pixels.shape[:2]:
        return None, _lost(native)
    fits = picture.format in (_INKS if isinstance(native, Cmyk) else _PALETTES)
    held = native.holding(picture.pixels, picture.alpha) if fits else None
    return held, () if held is not None else _lost(native)


def _lost(native: Cmyk | Indexed) -> tuple[str, ...]:
    if isinstance(native, Cmyk):
        return ("CMYK becomes sRGB.",)
    if native.palette.shape[1] == 3:
        return ("The palette is given up for RGB: it lacks colours of the result.",)
    return (f"Grey of {native.bits} bits becomes grey of 8.",)


def _stacked(picture: Picture) -> Pixels:
    """Return (H, W) or (H, W, 2 | 3 | 4): the colour with its alpha."""
    if picture.alpha is None:
        return picture.pixels[..., 0] if picture.channels == 1 else picture.pixels
    return np.concatenate([picture.pixels, picture.alpha[..., None]], axis=2)


def _png(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    indexed = native if isinstance(native, Indexed) else None
    with path.open("wb") as stream:
        stream.writelines(png.encoded(picture, _stacked(picture), indexed))
    return ()


def _tiff(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    write_tiff(picture, native, path)
    layout = picture.coding.tiff
    recoded = layout is not None and layout.compression == "jpeg"
    return ("Its JPEG compression becomes deflate, which loses nothing.",) if recoded else ()


def _jpeg(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    image = _image(picture)
    if isinstance(native, Cmyk):
        height, width = native.samples.shape[:2]
        image = Image.frombuffer("CMYK", (width, height), np.ascontiguousarray(native.samples))
        picture = replace(picture, icc=native.icc)
    data, notices = jpeg.encoded(picture, image)
    path.write_bytes(data)
    return notices


def _image(picture: Picture) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(_stacked(picture)))


def _options(picture: Picture) -> dict[str, Any]:
    found = {"icc_profile": picture.icc, "exif": picture.exif, "xmp": picture.xmp}
    return {name: value for name, value in found.items() if value}


def _webp(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    del native
    lossless, quality = picture.coding.lossless, picture.coding.quality or _QUALITY
    _image(picture).save(
        path, "WEBP", lossless=lossless, quality=quality, exact=lossless, **_options(picture)
    )
    return ()


class _AsItIs(Image.Exif):
    """An EXIF block that Pillow hands on instead of composing it anew."""

    def __init__(self, block: bytes) -> None:
        super().__init__()
        self._block = block

    def __bool__(self) -> bool:
        return True

    def tobytes(self, offset: int = 8) -> bytes:
        del offset
        return self._block


def _avif(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    del native
    options = _options(picture)
    if picture.exif:
        options["exif"] = _AsItIs(picture.exif)
    quality, subsampling = picture.coding.quality or _QUALITY, picture.coding.subsampling
    _image(picture).save(path, "AVIF", quality=quality, subsampling=subsampling, speed=8, **options)
    return ()


def _bmp(picture: Picture, native: Cmyk | Indexed | None, path: Path) -> tuple[str, ...]:
    options = {"dpi": picture.dpi} if picture.dpi else {}
    image = _bmp_image(picture, native if isinstance(native, Indexed) else None)
    image.save(path, "BMP", **options)
    lost = any((picture.icc, picture.exif, picture.xmp))
    return ("Profile, EXIF and XMP are left out: a BMP holds none.",) if lost else ()


def _bmp_image(picture: Picture, indexed: Indexed | None) -> Image.Image:
    if indexed is None:
        return _image(picture)
    if indexed.bits == 1 and indexed.palette.shape[1] == 1:
        return Image.fromarray(indexed.samples > 0)
    if indexed.palette.shape[1] == 1:
        return Image.fromarray(indexed.colours()[..., 0])
    image = Image.fromarray(indexed.samples)
    image.putpalette(indexed.palette.tobytes())
    return image
