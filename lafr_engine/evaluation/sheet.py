"""The picture sheet of an evaluation: a row a face; by level input, adapter, chain; ceiling, HQ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw
from torch import Tensor

from lafr_engine.errors import OutputError
from lafr_engine.evaluation.evaluate import Pictures
from lafr_engine.imaging.files import whole_file

_HEADER = 16
_GAP = 2
_BACKGROUND = (24, 24, 24)
_INK = (230, 230, 230)


class Sheet:
    """Collects faces, small, and writes them as one PNG."""

    def __init__(self, cell: int = 192) -> None:
        """Make pictures ``cell`` pixels wide on the sheet."""
        self._cell = cell
        self._labels: list[str] = []
        self._rows: list[tuple[str, list[Image.Image]]] = []

    def add(self, pictures: Pictures) -> None:
        """Add one row."""
        columns = list(_columns(pictures))
        self._labels = [label for label, _ in columns]
        self._rows.append((pictures.face, [self._small(picture) for _, picture in columns]))

    def write(self, path: Path) -> None:
        """Write the sheet, whole or not at all.

        Raises:
            OutputError: If it cannot be written.
        """
        write_sheet(self.draw(), path)

    def draw(self) -> Image.Image:
        """Draw the sheet: the columns' labels on top, each face's name in its first picture."""
        step = self._cell + _GAP
        size = (step * len(self._labels), _HEADER + step * len(self._rows))
        sheet = Image.new("RGB", size, _BACKGROUND)
        pen = ImageDraw.Draw(sheet)
        for column, label in enumerate(self._labels):
            pen.text((column * step + 4, 2), label, fill=_INK)
        for row, (name, pictures) in enumerate(self._rows):
            top = _HEADER + row * step
            for column, picture in enumerate(pictures):
                sheet.paste(picture, (column * step, top))
            pen.text((4, top + self._cell - 14), name, fill=_INK, stroke_width=1, stroke_fill=0)
        return sheet

    def _small(self, picture: Tensor) -> Image.Image:
        image = Image.fromarray(picture.permute(1, 2, 0).contiguous().numpy())
        return image.resize((self._cell, self._cell), Image.Resampling.LANCZOS)


def write_sheet(sheet: Image.Image, path: Path) -> None:
    """Write a drawn sheet as PNG, whole or not at all; its folder is made.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            sheet.save(part, format="PNG")
    except OSError as error:
        raise OutputError(path, f"could not be written ({error.strerror})") from error


def _columns(pictures: Pictures) -> Iterator[tuple[str, Tensor]]:
    for level, stages in pictures.stages.items():
        for stage, picture in zip(("input", "adapter", "chain"), stages, strict=True):
            yield f"{level} {stage}", picture
    yield "ceiling", pictures.ceiling
    yield "HQ", pictures.hq
