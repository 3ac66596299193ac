"""``lafr train``: train a bundle."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli import extras
from lafr_engine.cli.arguments import DEVICES, positive

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.training.run import RunOptions

_STAGES = (
    "train these stages only. decoder, which is not trained unless it is named, distils a small "
    "decoder that works in the VAE's place: with --from, from what that bundle's VAE decodes"
)
PRESETS = ("smoke", "compact", "paper", "sd21")


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "train",
        help="train a bundle of weights",
        description="Trains the stages of LAFR on aligned HQ faces and writes a bundle.",
    )
    parser.add_argument("--preset", choices=PRESETS, required=True, help="what is trained, and how")
    parser.add_argument("--data", type=Path, metavar="DIR", help="aligned HQ faces")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run that is there")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, metavar="DIR", help="diffusers folder (paper, sd21)")
    parser.add_argument("--from", dest="start", type=Path, metavar="BUNDLE", help="start from it")
    parser.add_argument("--stages", default="", metavar="A,B", help=_STAGES)
    parser.add_argument("--faces", type=positive, metavar="N", help="train on N faces only")
    parser.add_argument(
        "--val", type=Path, metavar="DIR", help="other faces, for the validation pictures"
    )
    parser.add_argument("--name", default="", help="name of the bundle")
    parser.add_argument(
        "--precision",
        choices=("auto", "no", "bf16", "fp16"),
        default="auto",
        help="of the arithmetic: by default half precision on a graphics card, else full (no)",
    )
    parser.add_argument(
        "--checkpointing",
        action=argparse.BooleanOptionalAction,
        help="compute activations again instead of keeping them: less memory, more time; by "
        "default as the preset says (sd21 and paper do)",
    )
    parser.add_argument(
        "--micro-batch",
        type=positive,
        default=0,
        metavar="N",
        help="faces at a time whose gradients add up to a batch, where a batch does not fit",
    )
    parser.add_argument(
        "--estimate", action="store_true", help="tell what memory and time it takes, and stop"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, and print where the bundle is.

    Raises:
        ConfigError: Folders that are missing, or other options without sense.
    """
    extras.require("train", extras.TRAIN)
    from lafr_engine.errors import ConfigError
    from lafr_engine.training.estimate import estimate_run
    from lafr_engine.training.presets import find_preset
    from lafr_engine.training.run import check_options, train

    preset = find_preset(args.preset)
    if args.estimate:
        print("\n".join(estimate_run(preset, _options(args))))
        return 0
    if args.data is None or args.out is None:
        raise ConfigError(
            "training needs --data, a folder of faces, and --out, a folder for the run"
        )
    options = _options(args)
    check_options(preset, options)
    # Of several processes one speaks.
    if preset.needs_base and os.environ.get("RANK", "0") == "0":
        print("\n".join(estimate_run(preset, options)), file=sys.stderr)
    print(train(preset, options))
    print("check it with `lafr evaluate`", file=sys.stderr)
    return 0


def _options(args: argparse.Namespace) -> RunOptions:
    from lafr_engine.training.run import RunOptions

    return RunOptions(
        data=args.data or Path(),
        out=args.out or Path(),
        seed=args.seed,
        device=args.device,
        resume=args.resume,
        base=args.base,
        start=args.start,
        only=tuple(label for label in args.stages.split(",") if label),
        limit=args.faces,
        val=args.val,
        name=args.name,
        precision=args.precision,
        checkpointing=args.checkpointing,
        micro_batch=args.micro_batch,
    )
