"""Pictures for sharing, made of photographs and their exports. Not for the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from lafr_engine.errors import OutputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

translate = QCoreApplication.translate

_TALL: Final = 1400
_SQUARE: Final = 480
_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Written:
    """An export that is there.

    Attributes:
        original: The photograph.
        out: What was made of it.
    """

    original: Path
    out: Path


def write_before_after(written: Written) -> Path:
    """Write the photograph and its export side by side, beside the export.

    Raises:
        InputError: One of them cannot be read.
        OutputError: The picture cannot be written.
    """
    from lafr_engine.imaging.sheets import Labels, before_after

    caption = translate(
        "Sharing", "{name}, faces restored with LAFR: details may have been invented."
    )
    labels = Labels(translate("Sharing", "Original"), translate("Sharing", "Restored"))
    sheet = before_after(
        _small(written.original, _TALL),
        _small(written.out, _TALL),
        caption.format(name=written.original.name),
        labels,
    )
    out = _free(written.out.with_name(f"{written.out.stem}-before-after.jpg"))
    _save(sheet, out)
    return out


def write_contact_sheet(written: Sequence[Written], folder: Path) -> Path:
    """Write all exports small on one page.

    Raises:
        InputError: One of them cannot be read.
        OutputError: The page cannot be written.
    """
    from lafr_engine.imaging.sheets import SheetEntry, contact_sheet

    entries = [SheetEntry(_small(each.out, _SQUARE), each.out.name) for each in written]
    out = _free(folder / "contact-sheet.jpg")
    _save(contact_sheet(entries), out)
    return out


def _small(path: Path, side: int) -> NDArray[np.uint8]:
    """Read a picture in sRGB, its height and width no more than needed."""
    import numpy as np

    from lafr_engine.imaging.files import read_picture
    from lafr_engine.imaging.picture import resized
    from lafr_engine.imaging.tones import colour_space

    picture = read_picture(path)
    scale = min(side / picture.height, 2 * side / picture.width, 1.0)
    size = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
    pixels = resized(picture.pixels, *size).astype(np.float32) / np.float32(picture.white)
    rgb = colour_space(picture.channels, picture.icc).to_srgb(pixels)
    result: NDArray[np.uint8] = (np.clip(rgb, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
    return result


def _free(path: Path) -> Path:
    """The path, or one with a number where a file is in the way."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _save(pixels: NDArray[np.uint8], out: Path) -> None:
    from PIL import Image

    part = out.with_name(f".{out.name}.part")
    try:
        Image.fromarray(pixels).save(part, format="JPEG", quality=_QUALITY)
        part.replace(out)
    except OSError as error:
        raise OutputError(out, f"cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
