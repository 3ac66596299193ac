"""``lafr evaluate --invented``: where the limits of "what was invented" belong."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from lafr_engine.cli.loading import load_models

if TYPE_CHECKING:
    from collections.abc import Callable

    from lafr_engine.pipeline import Models


def run(args: argparse.Namespace, progress: Callable[[int, int], None]) -> int:
    """Measure the faces of a folder; return the exit status."""
    from lafr_engine.evaluation.invention import as_json, as_table, measure_faces
    from lafr_engine.evaluation.report import write_report
    from lafr_engine.evaluation.sets import hq_set

    faces = hq_set(args.invented, args.limit)
    rows = measure_faces(faces, _models(args), progress)
    print(as_table(rows))
    write_report(as_json(rows), args.out)
    print(f"report: {args.out}", file=sys.stderr)
    return 0


def _models(args: argparse.Namespace) -> Models:
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_restorer

    device = str(choose_device(args.device))
    return load_models(load_restorer(args.bundle, device), args.bundle, device)
