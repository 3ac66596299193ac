"""Arguments that several commands share, and checks of their values."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

MAX_PIXELS = 300_000_000
DETECTORS = ("centerface", "retinaface")
DEVICES = ("auto", "cpu", "cuda", "mps")


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Add the photographs and what decides on how they are read."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="photographs, or folders of them (with their subfolders)",
    )
    parser.add_argument(
        "--detector", choices=DETECTORS, default=DETECTORS[0], help="finds the faces"
    )
    parser.add_argument(
        "--max-pixels",
        metavar="N",
        type=positive,
        default=MAX_PIXELS,
        help="refuse larger photographs (%(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a photo on stdout")
    parser.add_argument("--overwrite", action="store_true", help="replace files in the way")


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return value


def share(text: str) -> float:
    """Read a number from 0 to 1."""
    value = float(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} does not lie between 0 and 1")
    return value


def folder(text: str) -> Path:
    """Read a folder, which need not exist, but must not be a file."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a file, not a folder")
    return path
