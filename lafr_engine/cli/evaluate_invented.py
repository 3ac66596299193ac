"""``lafr evaluate --invented``: where the limits of "what was invented" belong."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from lafr_engine.cli.loading import load_identity, load_parser
from lafr_engine.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lafr_engine.pipeline import Models


def run(args: argparse.Namespace, progress: Callable[[int, int], None]) -> int:
    """Measure the faces of a folder; return the exit status."""
    from lafr_engine.evaluation.invention import as_json, as_table, measure_faces
    from lafr_engine.evaluation.sets import hq_set

    faces = hq_set(args.invented, args.limit)
    rows = measure_faces(faces, _models(args), progress)
    print(as_table(rows))
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(as_json(rows), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(args.out, f"could not be written ({error.strerror})") from error
    print(f"report: {args.out}", file=sys.stderr)
    return 0


def _models(args: argparse.Namespace) -> Models:
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_restorer
    from lafr_engine.pipeline import Models

    device = str(choose_device(args.device))
    restorer, identity = load_restorer(args.bundle, device), load_identity(device)
    # The faces are aligned already: nothing is searched for.
    return Models(lambda pixels: [], restorer, identity, load_parser(device))
