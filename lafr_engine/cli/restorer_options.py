"""How the model runs, as the command line says it: precision, tiles, compilation."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from lafr_engine.restore.one_step import Precision, RestorerOptions

PRECISIONS: Final = ("auto", "fp32", "fp16", "bf16")


def add_restorer_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that :func:`restorer_options` reads."""
    group = parser.add_argument_group(
        "how the model runs",
        "Results differ a little from those without these options, so `lafr render` could not make "
        "the same bytes again: no recipe is written with them.",
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="fp32",
        help="of encoder, U-Net and decoder (%(default)s); auto: half precision on a graphics "
        "card, else fp32",
    )
    group.add_argument(
        "--tiled", action="store_true", help="decode faces in tiles: less memory, slower"
    )
    group.add_argument(
        "--compile",
        action="store_true",
        help="compile the networks, on a graphics card: a minute at the start, faster from then on",
    )


def restorer_options(args: argparse.Namespace, device: str) -> RestorerOptions:
    """Return what the arguments say.

    Args:
        args: Of a parser that has these arguments.
        device: Where the networks run, which ``auto`` depends on.
    """
    from lafr_engine.restore.one_step import RestorerOptions

    return RestorerOptions(
        precision=_precision(args.precision, device), tiled=args.tiled, compiled=args.compile
    )


def repeatable(args: argparse.Namespace) -> bool:
    """Tell whether a recipe makes the same bytes again, since it knows nothing of options."""
    plain: bool = args.precision == "fp32" and not args.tiled and not args.compile
    return plain


def _precision(asked: str, device: str) -> Precision:
    if asked != "auto":
        return cast("Precision", asked)  # argparse let no other through
    if not device.startswith("cuda"):
        return "fp32"
    import torch

    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
