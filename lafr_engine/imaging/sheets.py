"""Pictures for sharing: before and after side by side, and a contact sheet of many.

All arrays are uint8 (H, W, 3), RGB, sRGB. Texts are the caller's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_PAPER: Final = (250, 250, 248)
_INK: Final = (32, 33, 36)
_FAINT: Final = (84, 87, 94)
# One of these is found by name on nearly every system; Pillow's own has no letters beyond ASCII.
_FONTS: Final = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "segoeui.ttf",
    "arial.ttf",
    "Arial.ttf",
    "Helvetica.ttc",
)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One picture of a contact sheet, with the line below it."""

    pixels: Pixels
    caption: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands above the two pictures."""

    original: str = "Original"
    restored: str = "Restored"


def before_after(
    original: Pixels,
    restored: Pixels,
    caption: str,
    labels: Labels | None = None,
    height: int = 1400,
) -> Pixels:
    """Draw a photograph before and after, side by side, each named, with a caption below.

    Args:
        original: As it was scanned.
        restored: The same view; scaled to the same height where it was enlarged.
        caption: Says honestly what was done; wrapped to the width.
        labels: The names; in English by default.
        height: Of the pictures at most, in pixels; a smaller original keeps its size.

    Returns:
        The drawing.
    """
    labels = labels or Labels()
    tall = min(height, original.shape[0])
    pictures = [_to_height(pixels, tall) for pixels in (original, restored)]
    margin = max(12, tall // 40)
    width = max(sum(each.width for each in pictures) + 3 * margin, 360)
    label_font, caption_font = _font(max(14, tall // 36)), _font(max(12, tall // 48))
    lines = _wrapped(caption, caption_font, width - 2 * margin)
    top = margin + _line_height(label_font) + margin // 2
    sheet = Image.new(
        "RGB",
        (width, top + tall + (margin + len(lines) * _line_height(caption_font)) + margin),
        _PAPER,
    )
    pen = ImageDraw.Draw(sheet)
    left = (width - sum(each.width for each in pictures) - margin) // 2
    for picture, label in zip(pictures, (labels.original, labels.restored), strict=True):
        _write(pen, (left, margin), _fitted(label, label_font, picture.width), label_font, _INK)
        sheet.paste(picture, (left, top))
        left += picture.width + margin
    for number, line in enumerate(lines):
        y = top + tall + margin + number * _line_height(caption_font)
        _write(pen, (margin, y), line, caption_font, _FAINT)
    return np.asarray(sheet)


def contact_sheet(entries: Sequence[SheetEntry], columns: int = 4, size: int = 320) -> Pixels:
    """Draw many pictures in rows, each with its line below.

    Args:
        entries: In their order, row after row; at least one.
        columns: Pictures in a row; fewer where there are not so many.
        size: Of the square that each picture is fitted into, in pixels.

    Returns:
        The drawing.

    Raises:
        ValueError: There is no entry, or a number makes no sense.
    """
    if not entries or columns < 1 or size < 16:
        raise ValueError("a contact sheet needs pictures, a column and 16 pixels a picture")
    columns = min(columns, len(entries))
    gap, font = max(8, size // 20), _font(max(11, size // 22))
    step = (size + gap, size + gap + _line_height(font))
    rows = -(-len(entries) // columns)
    sheet = Image.new("RGB", (gap + columns * step[0], gap + rows * step[1]), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, entry in enumerate(entries):
        row, column = divmod(number, columns)
        x, y = gap + column * step[0], gap + row * step[1]
        picture = _into(entry.pixels, size)
        sheet.paste(picture, (x + (size - picture.width) // 2, y + (size - picture.height) // 2))
        line = _fitted(entry.caption, font, size)
        x += (size - round(font.getlength(line))) // 2
        _write(pen, (x, y + size + gap // 4), line, font, _FAINT)
    return np.asarray(sheet)


def _to_height(pixels: Pixels, height: int) -> Image.Image:
    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    image = Image.fromarray(pixels)
    if (width, height) == image.size:
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _into(pixels: Pixels, size: int) -> Image.Image:
    image = Image.fromarray(pixels)
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    return image


@lru_cache(maxsize=16)
def _font(size: int) -> Font:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:  # not on this system
            continue
    return ImageFont.load_default(size)


def _readable(text: str, font: Font) -> str:
    """Put the bare letter where the font of last resort has none with its accent."""
    plain = " ".join(text.split())
    if isinstance(font, ImageFont.FreeTypeFont) and not _is_last_resort(font):
        return plain
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")


def _is_last_resort(font: ImageFont.FreeTypeFont) -> bool:
    return not isinstance(font.path, str)  # Pillow's own is read from memory


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: Font, ink: Any) -> None:
    pen.text(at, _readable(text, font), fill=ink, font=font)


def _line_height(font: Font) -> int:
    return round((font.getbbox("Äg")[3]) * 1.35)


def _fitted(text: str, font: Font, width: int) -> str:
    """Cut a line in its middle until it fits: names differ at their ends."""
    text = _readable(text, font)
    if font.getlength(text) <= width:
        return text
    for kept in range(len(text) - 1, 0, -1):
        head = (kept + 1) // 2
        cut = f"{text[:head]}...{text[len(text) - (kept - head) :]}"
        if font.getlength(cut) <= width:
            return cut
    return ""


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    lines: list[str] = []
    for word in _readable(text, font).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(_fitted(word, font, width))
    return lines
