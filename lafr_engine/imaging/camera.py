"""What cameras and telephones write and nobody writes back: HEIC and RAW, by optional packages."""

from __future__ import annotations

import importlib
import struct
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from lafr_engine.errors import CodecMissing, NotAPicture
from lafr_engine.imaging import tiff
from lafr_engine.imaging.formats import WRITTEN_AS
from lafr_engine.imaging.limits import check_size
from lafr_engine.imaging.metadata import EXIF_HEADER, resolution_of, upright_exif
from lafr_engine.imaging.picture import Coding, Picture, TiffLayout
from lafr_engine.imaging.xmp import upright_xmp

# Adobe's tags of the sensor and its colours; a developed picture with them would be taken for raw.
_SENSOR: Final = frozenset([33421, 33422, *range(50706, 51200), *range(52525, 52560)])


def read_heic(path: Path, stream: BinaryIO, max_pixels: int) -> Picture:
    """Read a HEIC through pi-heif, which turns it upright.

    Raises:
        CodecMissing: The package is not installed.
    """
    pi_heif = _package(path, "pi_heif", "pi-heif", "HEIC", "heic")
    stream.seek(0)
    image = pi_heif.open_heif(stream, convert_hdr_to_8bit=True)
    check_size(path, tuple(image.size), max_pixels)
    pixels = np.array(image)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    alpha = np.ascontiguousarray(pixels[..., -1]) if pixels.shape[2] in (2, 4) else None
    colours = np.ascontiguousarray(pixels[..., :-1]) if alpha is not None else pixels
    exif, xmp = image.info.get("exif"), image.info.get("xmp")
    deep = image.info.get("bit_depth", 8) > 8
    return Picture(
        colours,
        alpha,
        mode=image.mode,
        format=WRITTEN_AS["HEIC"],
        path=path,
        icc=image.info.get("icc_profile") or None,
        exif=upright_exif(exif) if exif else None,
        xmp=upright_xmp(bytes(xmp)) if xmp else None,
        dpi=resolution_of(exif) if exif else None,
        coding=Coding(lossless=False),
        notices=("HEIC is read only: it is written as JPEG.",)
        + (("More than 8 bits a channel become 8.",) if deep else ()),
    )


def read_raw(path: Path, stream: BinaryIO, max_pixels: int) -> Picture:
    """Develop a camera's RAW through LibRaw: 16 bits, the camera's white balance, sRGB, upright.

    Raises:
        CodecMissing: The package is not installed.
        NotAPicture: LibRaw cannot read it.
    """
    rawpy = _package(path, "rawpy", "rawpy", "camera RAW", "raw")
    stream.seek(0)
    try:
        with rawpy.imread(stream) as raw:
            check_size(path, (raw.sizes.width, raw.sizes.height), max_pixels)
            pixels = raw.postprocess(output_bps=16, use_camera_wb=True)
    except rawpy.LibRawError as error:
        words = error.args[0] if error.args else b""
        said = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        raise NotAPicture(
            path, f"is damaged, or of a kind that is not supported ({said})"
        ) from error
    exif = _exif_of_raw(stream)
    return Picture(
        np.ascontiguousarray(pixels),
        mode="RGB;16",
        format=WRITTEN_AS["RAW"],
        path=path,
        exif=exif,
        coding=Coding(tiff=TiffLayout(compression="adobe_deflate", predictor=True)),
        notices=("Camera RAW is read only: it is written as TIFF.",),
    )


def _exif_of_raw(stream: BinaryIO) -> bytes | None:
    """Return what describes the photograph; most kinds of RAW are TIFFs."""
    try:
        reader = tiff.Reader(stream)
        page = reader.directory(reader.first)
        entries = {tag: entry for tag, entry in page.entries.items() if tag not in _SENSOR}
        block = tiff.exif_block(tiff.Directory(page.order, entries, page.children))
    except (ValueError, struct.error):
        return None
    return None if block is None else upright_exif(EXIF_HEADER + block)


def _package(path: Path, module: str, name: str, words: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise CodecMissing(
            path, f"is {words}, which the package {name} reads (pip install lafr-desktop[{extra}])"
        ) from error
