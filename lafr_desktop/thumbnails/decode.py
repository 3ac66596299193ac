"""Reads photographs small: by Qt, or by the engine where Qt cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QPainter

from lafr_desktop.reading import reader_of
from lafr_engine.imaging.formats import format_of

_QT_FORMATS: Final = frozenset({"jpeg", "png", "webp", "bmp"})
_QT_MOST_BYTES: Final = 256 << 20  # Qt's own limit for one picture
_SRGB: Final = QColorSpace.NamedColorSpace.SRgb


def fit(size: QSize, side: int) -> QSize:
    """Shrink a size into a square; smaller ones stay as they are."""
    if max(size.width(), size.height()) <= side:
        return size
    return size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def decode(path: Path, side: int) -> QImage:
    """Read a photograph small: upright, in sRGB, without alpha.

    Qt reads what it reads well, JPEG at a fraction of its pixels; the rest goes the engine's way.

    Args:
        path: The photograph.
        side: Pixels of the longer side.

    Raises:
        InputError: It cannot be read; the sentence says why.
    """
    image = _qt_image(path, side)
    return _opaque(image if image is not None else _engine_image(path, side))


def _qt_image(path: Path, side: int) -> QImage | None:
    """Read by Qt; None where Qt should not or cannot."""
    kind = _kind(path)
    if kind not in _QT_FORMATS:
        return None
    reader = reader_of(path, kind)
    size = reader.size()
    if not size.isValid() or (kind != "jpeg" and 8 * size.width() * size.height() > _QT_MOST_BYTES):
        return None
    if reader.imageFormat() == QImage.Format.Format_CMYK8888:
        return None
    reader.setAutoTransform(True)
    reader.setScaledSize(fit(size, side))
    image = reader.read()
    return None if image.isNull() else _in_srgb(image)


def _kind(path: Path) -> str:
    try:
        if path.is_file():  # opening a pipe would wait for its writer
            with path.open("rb") as stream:
                return (format_of(stream) or "").lower()
    except OSError:
        return ""  # the engine says why
    return ""


def _in_srgb(image: QImage) -> QImage:
    space = image.colorSpace()
    if not space.isValid() or space == QColorSpace(_SRGB):
        return image
    converted = image.convertedToColorSpace(QColorSpace(_SRGB))
    return image if converted.isNull() else converted


def _engine_image(path: Path, side: int) -> QImage:
    """Read as the engine does: 16-bit TIFF, CMYK, AVIF, very large pictures."""
    # Here and not above: numpy and OpenCV would hold up the window's start.
    import numpy as np

    from lafr_engine.imaging.files import read_picture
    from lafr_engine.imaging.picture import resized
    from lafr_engine.imaging.tones import colour_space

    picture = read_picture(path)
    size = fit(QSize(picture.width, picture.height), side)
    small = resized(picture.pixels, size.width(), size.height()) / np.float32(picture.white)
    rgb = colour_space(picture.channels, picture.icc).to_srgb(small.astype(np.float32))
    if picture.alpha is not None:
        alpha = resized(picture.alpha, size.width(), size.height()) / picture.white
        rgb = (1 - (1 - rgb) * alpha[..., None]).astype(np.float32)
    return _from_floats(rgb)


def _from_floats(rgb: Any) -> QImage:
    data = (rgb.clip(0.0, 1.0) * 255 + 0.5).astype("uint8").tobytes()
    height, width = rgb.shape[:2]
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _opaque(image: QImage) -> QImage:
    """Lay what is transparent on white, as paper would be."""
    if not image.hasAlphaChannel():
        return image.convertToFormat(QImage.Format.Format_RGB32)
    paper = QImage(image.size(), QImage.Format.Format_RGB32)
    paper.fill(Qt.GlobalColor.white)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper
