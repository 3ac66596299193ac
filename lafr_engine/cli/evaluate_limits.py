"""``lafr evaluate --limits``: below which width, and from which blur on, faces are left alone."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from lafr_engine.cli.loading import load_models
from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lafr_engine.evaluation.limits import Found


def run(args: argparse.Namespace, progress: Callable[[int, int], None]) -> int:
    """Find the limits on the faces of a folder; return the exit status.

    Raises:
        ConfigError: The folder holds a single face, or there is no limit to write.
    """
    from lafr_engine.bundle import store, third_party
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_restorer
    from lafr_engine.evaluation import limits
    from lafr_engine.evaluation.report import write_report
    from lafr_engine.evaluation.sets import hq_set
    from lafr_engine.faces.identity import IdentityNet

    device, faces = str(choose_device(args.device)), hq_set(args.limits, args.limit)
    models = load_models(load_restorer(args.bundle, device), args.bundle, device)
    net = IdentityNet.load(third_party.weights_path("dlib-face"), device)
    measured = limits.measure_faces(faces, models, net, progress)
    print(limits.as_table(measured))
    found = limits.find_limits(limits.rungs_of(measured))
    folder, command = store.find(args.bundle), _command(args, len(faces))
    report = {"command": command, "bundle": folder.name, **limits.as_json(measured)}
    write_report(report, args.out)
    print(f"report: {args.out}", file=sys.stderr)
    if args.write:
        _write(args, found, command)
        print(f"limits: {folder}", file=sys.stderr)
    return 0


def _write(args: argparse.Namespace, found: Found, command: str) -> None:
    from lafr_engine.bundle import store
    from lafr_engine.bundle.limits import write_limits
    from lafr_engine.bundle.manifest import FoundLimits

    if found.width is None or not found.blur_holds:
        raise ConfigError("nothing was written: not even the best faces are worth restoring")
    write_limits(store.find(args.bundle), FoundLimits(found.width, found.blur, command))


def _command(args: argparse.Namespace, faces: int) -> str:
    """Say what was called, without where this machine keeps its files."""
    words = ["lafr", "evaluate", "--limits", args.limits.resolve().name]
    if args.limit is not None:
        words += ["--limit", str(args.limit)]
    return f"{shlex.join(words)} ({faces} faces)"
