"""``lafr models import``: add a bundle, or make one of a model file by others."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers

MODEL_SUFFIXES = (".ckpt", ".pt", ".pth", ".safetensors")


def add(actions: Subparsers) -> None:
    """Describe the action."""
    parser = actions.add_parser(
        "import",
        help="add a bundle, or a restorer by others such as GFPGAN",
        description="Adds a bundle from its folder or a .zip of it, or makes one of a model file "
        "by others (GFPGAN, RestoreFormer: .pth or .safetensors), whose licence is to be stated.",
    )
    parser.add_argument("path", metavar="PATH", type=Path, help="the bundle or model file")
    parser.add_argument("--replace", action="store_true", help="replace one of the same name")
    parser.add_argument(
        "--licence",
        metavar="TEXT",
        help="of a model file: the licence of its weights, as its authors state it",
    )
    parser.add_argument("--name", default="", help="of the bundle that a model file becomes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Add it to the user's own bundles, and print its folder.

    Raises:
        ConfigError: A licence or name for a bundle, which has both, or no licence for a file.
    """
    if args.path.suffix.lower() in MODEL_SUFFIXES and not args.path.is_dir():
        print(_import_model(args))
        return 0
    if args.licence is not None or args.name:
        raise ConfigError(f"{args.path}: a bundle states its licence and its name itself")
    from lafr_engine.bundle import install

    print(install.install(args.path, replace=args.replace))
    return 0


def _import_model(args: argparse.Namespace) -> Path:
    licence = _licence(args)
    from lafr_engine.bundle.foreign import ImportRequest, import_model

    return import_model(ImportRequest(args.path, licence, args.name, args.replace))


def _licence(args: argparse.Namespace) -> str:
    """Return the licence that was stated, or ask for it where somebody can answer."""
    if args.licence is not None:
        return str(args.licence)
    if not sys.stdin.isatty():
        raise ConfigError(f"{args.path}: state the licence of its weights by --licence TEXT")
    print(f"{args.path.name}: under which licence were these weights published?", file=sys.stderr)
    return input("Licence: ")
