"""Reading photographs and previews, off the GUI thread.

The engine's own reader is used, so that a photograph lies and looks here as it does there:
turned upright, CMYK, palettes, 16 bit and all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from lafr_desktop.reading import read_png
from lafr_desktop.views.photo.compose import Patch
from lafr_desktop.views.photo.tiles import TilePyramid, build_pyramid, to_image
from lafr_desktop.views.photo.values import Rectangle
from lafr_engine.errors import NotAPicture
from lafr_engine.imaging.limits import MAX_PIXELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lafr_desktop.views.photo.tiles import Pixels

_OVERVIEW: Final = 1024  # pixels along the longer side, at most
_STRIP_PIXELS: Final = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """A small copy of a photograph, there before its tiles are.

    Attributes:
        size: The photograph's own size.
        image: The copy.
    """

    size: QSize
    image: QImage


def load_photo(
    path: Path,
    first: Callable[[Overview], None],
    stop: Callable[[], bool],
    max_pixels: int = MAX_PIXELS,
) -> TilePyramid | None:
    """Read a photograph into a pyramid in sRGB.

    Args:
        path: The file.
        first: Called with a small copy as soon as the file is decoded.
        stop: Asked again and again; true gives up.
        max_pixels: A larger one is refused.

    Returns:
        None if it was stopped.

    Raises:
        InputError: As ``lafr_engine.imaging.files.read_picture`` raises it.
    """
    from lafr_engine.imaging.files import read_picture
    from lafr_engine.imaging.tones import colour_space

    picture = read_picture(path, max_pixels)
    if stop():
        return None
    icc = colour_space(picture.channels, picture.icc).icc
    first(_overview(picture.pixels, icc))
    pixels = _to_srgb8(picture.pixels, icc, stop)
    del picture  # 16 bits a channel weigh twice as much as what is shown
    return None if pixels is None else build_pyramid(pixels, stop)


def load_patch(pyramid: TilePyramid, preview: Path, rectangle: Rectangle) -> Patch:
    """Read a preview and take from it what it changes in the photograph.

    Raises:
        NotAPicture: The preview cannot be read, or is not of the rectangle's size.
    """
    x0, y0, x1, y1 = rectangle
    restored = _read_rgb(preview)
    width, height = pyramid.size
    inside = x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height
    if not inside or restored.shape[:2] != (y1 - y0, x1 - x0):
        raise NotAPicture(preview, "does not fit the place of its face in the photograph")
    return Patch.between(pyramid.pixels(0, rectangle), restored, rectangle)


def _read_rgb(path: Path) -> Pixels:
    import numpy as np

    image = read_png(path).convertToFormat(QImage.Format.Format_RGB888)
    if image.isNull():
        raise NotAPicture(path, "cannot be shown: it is no whole PNG file")
    rows = np.frombuffer(image.constBits(), dtype=np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())[:, : image.width() * 3]
    return rows.reshape(image.height(), image.width(), 3).copy()


def _overview(pixels: NDArray[Any], icc: bytes | None) -> Overview:
    import numpy as np

    height, width = pixels.shape[:2]
    step = -(-max(height, width) // _OVERVIEW)
    few = np.ascontiguousarray(pixels[::step, ::step])
    return Overview(QSize(width, height), to_image(_strip_to_srgb8(few, icc)))


def _to_srgb8(pixels: NDArray[Any], icc: bytes | None, stop: Callable[[], bool]) -> Pixels | None:
    """Convert in strips, so that nothing as large as the picture is made on the way."""
    import numpy as np

    if icc is None and pixels.dtype == np.uint8:
        return pixels
    height, width = pixels.shape[:2]
    result = np.empty((height, width, 3 if icc else pixels.shape[2]), dtype=np.uint8)
    rows = max(_STRIP_PIXELS // width, 1)
    for top in range(0, height, rows):
        if stop():
            return None
        result[top : top + rows] = _strip_to_srgb8(pixels[top : top + rows], icc)
    return result


def _strip_to_srgb8(pixels: NDArray[Any], icc: bytes | None) -> Pixels:
    import numpy as np

    if icc is None:
        return _to_8_bits(pixels)
    import imagecodecs

    grey = pixels.shape[2] == 1
    result: NDArray[np.uint8] = imagecodecs.cms_transform(
        np.ascontiguousarray(pixels[..., 0] if grey else pixels),
        icc,
        imagecodecs.cms_profile("srgb"),
        colorspace="gray" if grey else "rgb",
        outcolorspace="rgb",
        outdtype="uint8",
    )
    return result.reshape(*pixels.shape[:2], 3)


def _to_8_bits(pixels: NDArray[Any]) -> Pixels:
    import cv2
    import numpy as np

    if pixels.dtype == np.uint8:
        return pixels
    return cv2.convertScaleAbs(pixels, alpha=1 / 257).reshape(pixels.shape).astype(np.uint8)
