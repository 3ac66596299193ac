"""The command line: ``lafr COMMAND ...``.

Each command is a module of this package with one function ``add(subparsers)``, which describes
the arguments and sets ``run``: a function from the parsed arguments to the exit status. Modules
import nothing heavy at their top, so that ``lafr --help`` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from lafr_engine import __version__
from lafr_engine.cli import (
    album,
    bench,
    detect,
    evaluate,
    invented,
    models,
    render,
    restore,
    study,
    train,
)
from lafr_engine.errors import ConfigError, LafrError

_COMMANDS = (restore, album, render, detect, invented, evaluate, study, bench, train, models)

OK, SOME_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: The arguments without the program's name; by default the process's own.

    Returns:
        0, 1 when something failed and was named, 2 for wrong usage, 130 when interrupted.
    """
    try:
        args = parser().parse_args(argv)
    except SystemExit as stop:  # argparse leaves this way after --help and after wrong usage
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        return int(args.run(args))
    except LafrError as error:
        print(f"lafr: {error}", file=sys.stderr)
        return USAGE if isinstance(error, ConfigError) else SOME_FAILED
    except KeyboardInterrupt:
        print("lafr: interrupted", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """Build the parser with all commands."""
    top = argparse.ArgumentParser(
        prog="lafr", description="Restores the faces in photographs, on this machine only."
    )
    top.add_argument("--version", action="version", version=f"lafr {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return top
