"""Files that jobs read and write: photographs, crops, previews, masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import NotAPicture, OutputError, UnreadableFile
from lafr_engine.faces.mask import Labels
from lafr_engine.imaging.files import open_picture, whole_file
from lafr_engine.imaging.limits import MAX_PIXELS
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline.crops import crop_of, stored_labels

_PNG_LEVEL: Final = 3


class LastPicture:
    """Reads photographs and keeps the last one, whose faces follow each other."""

    def __init__(self, max_pixels: int = MAX_PIXELS) -> None:
        """Begin with none.

        Args:
            max_pixels: Larger photographs are refused.
        """
        self.max_pixels = max_pixels
        self._kept: tuple[object, Picture] | None = None

    def read(self, path: Path) -> Picture:
        """Return a photograph; one that changed on disk is read again.

        Raises:
            InputError: It is missing or cannot be used.
        """
        stamp = _stamp(path)
        if self._kept is None or self._kept[0] != stamp:
            self._kept = None  # before the next is read: two may not fit
            self._kept = stamp, open_picture(path, self.max_pixels)
        return self._kept[1]


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None  # reading it says what is wrong
    return path, status.st_ino, status.st_size, status.st_mtime_ns


def png(pixels: NDArray[Any]) -> bytes:
    """Return pixels as PNG, 8 or 16 bits, grey, RGB or RGB with alpha."""
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(pixels), level=_PNG_LEVEL))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of any other.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise OutputError(path, f"could not be written ({error.strerror or error})") from error


def read_crop(path: Path) -> tuple[NDArray[np.float32], Labels | None]:
    """Read a restored crop, float32 (512, 512, 3) in [0, 1], and the labels it was stored with.

    Raises:
        InputError: It is missing or damaged.
    """
    pixels = _decoded(_data(path), path)
    if pixels.dtype != np.uint16 or pixels.shape not in ((512, 512, 3), (512, 512, 4)):
        raise NotAPicture(path, "is not a restored face")
    return crop_of(pixels), stored_labels(pixels)


def read_mask(path: Path) -> NDArray[np.uint8]:
    """Read a mask of what is kept, uint8 (H, W).

    Raises:
        InputError: It is missing or damaged.
    """
    return mask_of(_data(path), path)


def mask_of(data: bytes, path: Path) -> NDArray[np.uint8]:
    """Return a mask of what is kept, uint8 (H, W).

    Args:
        data: PNG.
        path: The file that it stands in, for the sentence of an error.

    Raises:
        NotAPicture: It is damaged or no mask.
    """
    pixels = _decoded(data, path)
    if pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise NotAPicture(path, "is not a mask of what is kept (8-bit grey)")
    return pixels


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror or error})") from error


def _decoded(data: bytes, path: Path) -> NDArray[Any]:
    try:
        return np.asarray(imagecodecs.png_decode(data))
    except (RuntimeError, ValueError) as error:
        raise NotAPicture(path, "is damaged or cut off") from error
