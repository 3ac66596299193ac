"""``lafr render``: recipes in, the files out that were written then, byte for byte."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.album.names import FORMAT_SUFFIXES
from lafr_engine.album.walk import real
from lafr_engine.cli.arguments import DEVICES, MAX_PIXELS, positive
from lafr_engine.cli.console import Console, PhotoLine, stdio, unexpected
from lafr_engine.errors import ConfigError, LafrError, OutputError
from lafr_engine.messages import Notice

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.recipe import Recipe
    from lafr_engine.worker.again import Again
    from lafr_engine.worker.networks import Networks

_EPILOG = """\
A recipe NAME.lafr.json lies beside each result of `lafr restore` and each export of an album. It
holds what was restored and how, and by which photograph and which model; both must be those of
then. Files are named as they were, or by --out FILE where there is one recipe. Exit status 1 says
that a file could not be made, or is not byte for byte the one of then: other versions of the
libraries, or another processor or graphics card, round otherwise.
"""


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "render",
        help="make restored photographs again from their recipes",
        description="Make restored photographs again from their recipes, byte for byte.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "recipes", metavar="RECIPE", nargs="+", type=Path, help="files NAME.lafr.json"
    )
    parser.add_argument(
        "--out", metavar="DIR|FILE", type=Path, required=True, help="where results go"
    )
    parser.add_argument(
        "--source",
        metavar="FILE|DIR",
        type=Path,
        help="the photograph, or its folder; by default where the recipe says that it lies",
    )
    parser.add_argument(
        "--bundle",
        metavar="NAME|DIR",
        help="a model that is not installed; what the recipe was made with is recognised",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.add_argument(
        "--max-pixels",
        metavar="N",
        type=positive,
        default=MAX_PIXELS,
        help="refuse larger photographs (%(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files in the way")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status.

    Raises:
        ConfigError: Options that do not go together.
    """
    several = len(args.recipes) > 1
    if several and args.source is not None and not args.source.is_dir():
        raise ConfigError("--source names one photograph, but there are several recipes")
    if args.out.exists() and not args.out.is_dir() and (several or not _is_picture(args.out)):
        raise ConfigError(f"{args.out} is a file, not a folder")
    console = stdio(len(args.recipes), as_json=False)
    rendering = Rendering(args, console)
    for path in args.recipes:
        began, line = time.monotonic(), PhotoLine(str(path))
        try:
            line = rendering.render(path)
        except LafrError as error:
            line = replace(line, error=str(error))
        except Exception as error:  # a recipe that nobody foresaw must not end the run
            line = replace(line, error=unexpected(path, error))
        console.photo(replace(line, seconds=round(time.monotonic() - began, 3)))
    console.end()
    return 1 if console.failed else 0


class Rendering:
    """One run: the networks are loaded when the first recipe needs them."""

    def __init__(self, args: argparse.Namespace, console: Console) -> None:
        """Take the options; the console hears how it goes on."""
        self._args = args
        self._console = console
        self._written: set[Path] = set()

    def render(self, path: Path) -> PhotoLine:
        """Make the file of a recipe again.

        Raises:
            LafrError: It cannot be made.
        """
        from lafr_engine.recipe import read_recipe

        recipe = read_recipe(path)
        goal = self._goal(recipe)
        from lafr_engine.worker.again import source_file, write_again

        self._console.step(path.name, "looking for the photograph")
        source = source_file(recipe, path, self._args.source)
        picture = self._again.picture(recipe, path, source, partial(self._console.faces, path.name))
        self._tell_device()
        self._console.step(path.name, "writing")
        notices, problem = write_again(picture, recipe, goal, self._args.overwrite)
        for notice in notices:
            self._console.note(f"{goal}: {notice}")
        return PhotoLine(str(path), str(goal), error=problem)

    @cached_property
    def _networks(self) -> Networks:
        from lafr_engine.worker.networks import Networks

        return Networks(self._args.device)

    @cached_property
    def _again(self) -> Again:
        from lafr_engine.bundle import store
        from lafr_engine.worker.again import Again

        bundles = [] if self._args.bundle is None else [store.find(self._args.bundle)]
        return Again(self._networks, self._args.max_pixels, bundles)

    def _tell_device(self) -> None:
        for event in self._networks.news():
            if isinstance(event, Notice):
                self._console.note(event.sentence)

    def _goal(self, recipe: Recipe) -> Path:
        """Say where a file goes, and refuse before the work, not after it."""
        out: Path = self._args.out
        goal = out / recipe.output.name
        if len(self._args.recipes) == 1 and _is_picture(out) and not out.is_dir():
            goal, suffixes = out, FORMAT_SUFFIXES[recipe.export.format]
            if out.suffix.lower() not in suffixes:
                raise OutputError(out, f"would hold {recipe.export.format}: call it {suffixes[0]}")
        if real(goal) in self._written:
            raise OutputError(goal, "is the result of another of these recipes already")
        if goal.exists() and not self._args.overwrite:
            raise OutputError(goal, "exists already (--overwrite replaces it)")
        self._written.add(real(goal))
        return goal


def _is_picture(out: Path) -> bool:
    """Whether a path is named like a file that is written."""
    return any(out.suffix.lower() in suffixes for suffixes in FORMAT_SUFFIXES.values())
