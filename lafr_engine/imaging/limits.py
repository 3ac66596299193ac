"""How large and how small a picture may be."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lafr_engine.errors import PictureTooLarge, PictureTooSmall

MAX_PIXELS: Final = 300_000_000
MIN_SIDE: Final = 16


def check_size(path: Path, size: tuple[int, int], max_pixels: int) -> None:
    """Refuse a picture by its width and height, before anything is decoded.

    Raises:
        PictureTooLarge: More than ``max_pixels``.
        PictureTooSmall: A side shorter than ``MIN_SIDE``.
    """
    width, height = size
    if width * height > max_pixels:
        limit = f"{max_pixels / 1e6:.0f} million (--max-pixels raises the limit)"
        raise PictureTooLarge(path, f"has {width} x {height} pixels, more than {limit}")
    if min(size) < MIN_SIDE:
        raise PictureTooSmall(path, f"has {width} x {height} pixels, too few to hold a face")
