"""The Picture value: upright pixels with everything that has to be in the file again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.imaging.metadata import denser_exif

Pixels = NDArray[Any]
"""uint8 or uint16. Any, because numpy's types lose a union of the two at the first function."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How the source file stored its pixels, where the writer can follow it.

    Attributes:
        jpeg_tables: The quantisation tables of a JPEG in zigzag order, else None.
        lossless: The source kept every pixel (a WebP may or may not).
        compression: tifffile's name for the compression of a TIFF, None for plain pixels.
    """

    jpeg_tables: tuple[tuple[int, ...], ...] | None = None
    lossless: bool = True
    compression: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    r"""A picture as the stages see it. It is never changed, only replaced.

    Attributes:
        pixels: (H, W, 3) RGB or (H, W, 1) grey, uint8 or uint16 over the whole range, upright,
            read-only.
        alpha: (H, W) of the same type, read-only; None where the source has none.
        mode: What the source held, in Pillow's words, ";16" added for 16 bits a channel.
        format: JPEG, PNG, TIFF, WEBP, BMP or AVIF; the format to write.
        path: Where it came from, None for a picture made in memory.
        icc: The ICC profile that ``pixels`` are meant in; None reads as sRGB.
        exif: A TIFF structure behind ``Exif\0\0``; its orientation says upright.
        xmp: The XMP packet.
        dpi: Pixels an inch, across and down.
        coding: How the source was stored.
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
    coding: Coding = field(default_factory=Coding)
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
    pixels: NDArray[np.uint8] = (
        picture.pixels if picture.white == 255 else (picture.pixels >> 8).astype(np.uint8)
    )
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
    return replace(
        picture,
        pixels=resized(picture.pixels, *size),
        alpha=None if picture.alpha is None else resized(picture.alpha, *size),
        exif=None if picture.exif is None else denser_exif(picture.exif, scale),
        dpi=None if picture.dpi is None else (picture.dpi[0] * scale, picture.dpi[1] * scale),
    )
