"""Entry point of ``lafr-desktop``."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

from lafr_engine import __version__

_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window on an album and stay until it is closed.

    Args:
        argv: The arguments without the program's name; by default the process's own.

    Returns:
        0, 1 where the album cannot be opened or the self-test failed, 2 for wrong usage.
    """
    multiprocessing.freeze_support()  # a frozen program starts its engine by starting itself
    try:
        args = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse leaves this way after --help and after wrong usage
        return stop.code if isinstance(stop.code, int) else _USAGE
    from lafr_desktop.app import self_test, start
    from lafr_engine.worker.process import main as work

    return self_test.run(work) if args.self_test else start.run(args.album, work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lafr-desktop",
        description="Restores the faces in family photographs, on this machine only.",
    )
    parser.add_argument("--version", action="version", version=f"lafr-desktop {__version__}")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="open the window on a temporary album with one sample, restore it, and end: "
        "status 0 where it worked",
    )
    parser.add_argument(
        "album",
        metavar="ALBUM",
        nargs="?",
        type=Path,
        help="the folder of an album, made where there is none; by default your own",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
