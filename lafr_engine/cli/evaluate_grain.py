"""``lafr evaluate --grain``: how much of their photographs' grain restored faces have."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from lafr_engine.cli.evaluate_photographs import models, photographs

if TYPE_CHECKING:
    from lafr_engine.evaluation.kept_grain import KeptGrain


def run(args: argparse.Namespace) -> int:
    """Measure the photographs of a folder; return the exit status."""
    from lafr_engine.evaluation.kept_grain import as_json, as_table, measure_grain
    from lafr_engine.evaluation.report import write_report

    loaded = models(args)
    faces: list[KeptGrain] = []
    for name, picture in photographs(args.grain):
        if args.limit is not None and len(faces) >= args.limit:
            break
        found = measure_grain(picture, loaded, name)
        print(f"{name}: {len(found)} faces", file=sys.stderr, flush=True)
        faces += found
    faces = faces[: args.limit]
    print(as_table(faces))
    write_report(as_json(faces), args.out)
    print(f"report: {args.out}", file=sys.stderr)
    return 0
