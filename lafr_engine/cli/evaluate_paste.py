"""``lafr evaluate --paste``: whether pasted faces belong to their photographs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from lafr_engine.cli.evaluate_photographs import models, photographs

_CELL: Final = 420

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lafr_engine.evaluation.paste import PastedFace
    from lafr_engine.imaging.sheets import SheetEntry
    from lafr_engine.pipeline import Models


def run(args: argparse.Namespace) -> int:
    """Measure the photographs of a folder; return the exit status."""
    from lafr_engine.evaluation.paste import as_json, as_table
    from lafr_engine.evaluation.report import write_report

    faces, entries = _measure(args, models(args))
    print(as_table(faces))
    write_report(as_json(faces), args.out)
    print(f"report: {args.out}", file=sys.stderr)
    if args.sheet is not None and entries:
        from PIL import Image

        from lafr_engine.evaluation.sheet import write_sheet
        from lafr_engine.imaging.sheets import contact_sheet

        drawn = contact_sheet(entries[: 2 * args.sheet_faces], 6, _CELL)
        write_sheet(Image.fromarray(drawn), args.sheet)
        print(f"sheet: {args.sheet}", file=sys.stderr)
    return 0


def _measure(args: argparse.Namespace, loaded: Models) -> tuple[list[PastedFace], list[SheetEntry]]:
    from lafr_engine.evaluation.paste import measure_photograph
    from lafr_engine.imaging.sheets import SheetEntry

    faces: list[PastedFace] = []
    entries: list[SheetEntry] = []
    for name, picture in photographs(args.paste):
        if args.limit is not None and len(faces) >= args.limit:
            break
        measured = measure_photograph(picture, loaded, name)
        print(f"{name}: {len(measured.faces)} faces", file=sys.stderr, flush=True)
        faces += measured.faces
        for face, (before, after) in zip(measured.faces, measured.pairs, strict=True):
            entries.append(SheetEntry(_large(before), f"{face.photo}: before"))
            entries.append(
                SheetEntry(_large(after), f"CIEDE2000 {face.colour:.2f}, grain {face.grain}")
            )
    return faces[: args.limit], entries


def _large(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarge a small face for the sheet."""
    from lafr_engine.imaging.picture import resized

    times = max(1, _CELL // max(pixels.shape[:2]))
    return resized(pixels, pixels.shape[1] * times, pixels.shape[0] * times)
