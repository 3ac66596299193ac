"""The Picture value: upright pixels with everything that has to be in the file again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.metadata import denser_exif
from lafr_engine.imaging.xmp import denser_xmp

Pixels = NDArray[Any]
"""uint8 or uint16. Any, because numpy's types lose a union of the two at the first function."""


_TURNS: Final = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a[::-1].swapaxes(0, 1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a[:, ::-1].swapaxes(0, 1),
}


def turned(pixels: Pixels, turn: int) -> Pixels:
    """Return a view of stored pixels, (H, W, ...), that is upright; ``turn`` as in EXIF, 1 to 8."""
    upright: Pixels = _TURNS[turn](pixels)
    return upright


class Native(Protocol):
    """Samples that are no RGB or grey; `lafr_engine.imaging.native` has them."""

    def turned(self, turn: int) -> Native:
        """Turn upright after EXIF's orientation."""

    def resized(self, width: int, height: int) -> Native | None:
        """Return them in another size; None where there are none."""

    def colours(self) -> Pixels:
        """Return what the samples look like."""


@dataclass(frozen=True, slots=True)
class TiffLayout:
    """How a TIFF holds its pixels.

    Attributes:
        big: It is a BigTIFF.
        compression: tifffile's name, None for plain pixels; "jpeg" stays where only some strips
            or tiles are made anew, and any other that loses becomes deflate.
        predictor: Differences are stored.
        tile: Height and width of its tiles, None for strips.
        rows: Of a strip.
        planar: Channel after channel.
        inverted: Grey whose white is zero.
        extra: What TIFF calls the channel behind the colours: 0 unspecified, 1 associated alpha,
            2 unassociated alpha.
    """

    big: bool = False
    compression: str | None = None
    predictor: bool = False
    tile: tuple[int, int] | None = None
    rows: int | None = None
    planar: bool = False
    inverted: bool = False
    extra: int = 2


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages behind the first, which stay in the source until they are copied.

    Attributes:
        path: The source.
        stamp: Its size and time of change, by which another file is told.
        places: Of their directories.
    """

    path: Path
    stamp: tuple[int, int]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """How the source file stored its pixels, where the writer can follow it.

    Attributes:
        jpeg_tables: The quantisation tables of a JPEG in zigzag order, else None.
        lossless: The source kept every pixel (a WebP may or may not).
        subsampling: Of the colours of a JPEG or AVIF, as "4:2:0".
        progressive: A JPEG that sharpens while it loads.
        rgb: A JPEG that stores RGB and not luma.
        tiff: The layout of a TIFF.
        quality: 1 to 100, where the user asked for one.
    """

    jpeg_tables: tuple[tuple[int, ...], ...] | None = None
    lossless: bool = True
    subsampling: str = "4:4:4"
    progressive: bool = False
    rgb: bool = False
    tiff: TiffLayout | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    r"""A picture as the stages see it. It is never changed, only replaced.

    Attributes:
        pixels: (H, W, 3) RGB or (H, W, 1) grey, uint8 or uint16 over the whole range, upright,
            read-only. From `files.open_picture` it may be a `raster.Raster`, which has an array's
            shape, type and slices and leaves the pixels in their file; ``numpy.asarray`` reads
            the whole.
        alpha: (H, W) of the same type, read-only; None where the source has none.
        mode: What the source held, in Pillow's words, ";16" added for 16 bits a channel.
        format: JPEG, PNG, TIFF, WEBP, BMP or AVIF; the format to write.
        path: Where it came from, None for a picture made in memory.
        icc: The ICC profile that ``pixels`` are meant in; None reads as sRGB.
        exif: A TIFF structure behind ``Exif\0\0``; its orientation says upright.
        xmp: The XMP packet.
        dpi: Pixels an inch, across and down.
        unit: Of the resolution in the file: "inch" or "cm".
        coding: How the source was stored.
        native: The source's samples where they are neither RGB nor grey, upright; ``pixels`` is
            what they look like.
        photoshop: The image resources (8BIM) of a JPEG or TIFF; IPTC is one of them.
        blocks: What else the source carries: markers and bodies of a JPEG's segments, names and
            bodies of a PNG's chunks. Only a file of the same format takes them.
        pages: The pages behind the first of a TIFF.
        notices: Sentences on what could not be kept.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    mode: str = "RGB"
    format: str = "PNG"
    path: Path | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    unit: str = "inch"
    coding: Coding = field(default_factory=Coding)
    native: Native | None = None
    photoshop: bytes | None = None
    blocks: tuple[tuple[bytes, bytes], ...] = ()
    pages: Pages | None = None
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.pixels.setflags(write=False)
        if self.alpha is not None:
            self.alpha.setflags(write=False)

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])

    @property
    def channels(self) -> int:
        """3 for RGB, 1 for grey."""
        return int(self.pixels.shape[2])

    @property
    def white(self) -> int:
        """The largest value of a channel: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)


def rgb8(picture: Picture) -> NDArray[np.uint8]:
    """Return the pixels as uint8 (H, W, 3) RGB for a detector; no copy where they are that."""
    own = np.asarray(picture.pixels)
    pixels: NDArray[np.uint8] = own if picture.white == 255 else (own >> 8).astype(np.uint8)
    return pixels if picture.channels == 3 else np.repeat(pixels, 3, axis=2)


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resize by Lanczos when enlarging, by area when shrinking.

    Args:
        pixels: (H, W, C) or (H, W), uint8 or uint16.
        width: New width.
        height: New height.

    Returns:
        The same type and number of axes.
    """
    grows = width >= pixels.shape[1] and height >= pixels.shape[0]
    method = cv2.INTER_LANCZOS4 if grows else cv2.INTER_AREA
    result = cv2.resize(pixels, (width, height), interpolation=method)
    return result.reshape(height, width, *pixels.shape[2:]).astype(pixels.dtype, copy=False)


def enlarged(picture: Picture, scale: int) -> Picture:
    """Enlarge a picture by a whole factor.

    The print keeps its size on paper, so the pixels an inch grow with the picture.
    """
    if scale == 1:
        return picture
    size = picture.width * scale, picture.height * scale
    native = None if picture.native is None else picture.native.resized(*size)
    return replace(
        picture,
        pixels=resized(np.asarray(picture.pixels), *size) if native is None else native.colours(),
        alpha=None if picture.alpha is None else resized(picture.alpha, *size),
        native=native or picture.native,  # of another size: writing it will say what is lost
        exif=None if picture.exif is None else denser_exif(picture.exif, scale),
        xmp=None if picture.xmp is None else denser_xmp(picture.xmp, scale),
        dpi=None if picture.dpi is None else (picture.dpi[0] * scale, picture.dpi[1] * scale),
    )
