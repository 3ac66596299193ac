"""``lafr models export-onnx``: a bundle's chain as an ONNX file, for ONNX Runtime."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers


def add(actions: Subparsers) -> None:
    """Describe the action."""
    parser = actions.add_parser(
        "export-onnx",
        help="export a bundle's networks to ONNX, for `--backend onnx`",
        description="Writes the whole chain as one ONNX model and compares it with torch's on "
        "random faces before it is kept. Input: faces (N, 3, 512, 512) in [-1, 1]; output: the "
        "restored faces, clamped to [-1, 1]. Weights above 1.5 GB go into a file beside it.",
    )
    parser.add_argument(
        "bundle", nargs="?", help="name or folder; by default the one that is built in"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="the file; by default chain.onnx where `--backend onnx` looks for it",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file in the way")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export it, and print the file's path."""
    from lafr_engine.bundle.export_onnx import export_onnx

    made = export_onnx(args.bundle, args.out, args.overwrite)
    print(
        f"differs from torch by up to {made.difference.largest:.1e}, on average by "
        f"{made.difference.mean:.1e}, of values from -1 to 1",
        file=sys.stderr,
    )
    print(made.path)
    return 0
