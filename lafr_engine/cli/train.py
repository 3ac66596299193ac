"""``lafr train``: train a bundle."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli import extras
from lafr_engine.cli.arguments import DEVICES, positive

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers

PRESETS = ("smoke", "compact", "paper", "sd21")


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "train",
        help="train a bundle of weights",
        description="Trains the stages of LAFR on aligned HQ faces and writes a bundle.",
    )
    parser.add_argument("--preset", choices=PRESETS, required=True, help="what is trained, and how")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="aligned HQ faces")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run that is there")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, metavar="DIR", help="diffusers folder (paper, sd21)")
    parser.add_argument("--from", dest="start", type=Path, metavar="BUNDLE", help="start from it")
    parser.add_argument("--stages", default="", metavar="A,B", help="train these stages only")
    parser.add_argument("--faces", type=positive, metavar="N", help="train on N faces only")
    parser.add_argument(
        "--val", type=Path, metavar="DIR", help="other faces, for the validation pictures"
    )
    parser.add_argument("--name", default="", help="name of the bundle")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, and print where the bundle is."""
    extras.require("train", extras.TRAIN)
    from lafr_engine.training.presets import find_preset
    from lafr_engine.training.run import RunOptions, train

    options = RunOptions(
        data=args.data,
        out=args.out,
        seed=args.seed,
        device=args.device,
        resume=args.resume,
        base=args.base,
        start=args.start,
        only=tuple(label for label in args.stages.split(",") if label),
        limit=args.faces,
        val=args.val,
        name=args.name,
    )
    print(train(find_preset(args.preset), options))
    print("check it with `lafr evaluate`", file=sys.stderr)
    return 0
