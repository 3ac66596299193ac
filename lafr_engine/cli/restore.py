"""``lafr restore``: photographs in, photographs with restored faces out."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.album.names import sidecar
from lafr_engine.cli import paths
from lafr_engine.cli.arguments import DEVICES, add_inputs, folder, share
from lafr_engine.cli.backends import add_backend, load_exported
from lafr_engine.cli.console import (
    Console,
    FaceLine,
    PhotoLine,
    face_line,
    photo_line,
    stdio,
    unexpected,
)
from lafr_engine.cli.restorer_options import add_restorer_options, repeatable, restorer_options
from lafr_engine.cli.results import Task, write_result
from lafr_engine.errors import ConfigError, LafrError, OutputError, PictureTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.imaging.picture import Picture
    from lafr_engine.pipeline import Choices, Models, Restoration
    from lafr_engine.recipe import Bundle

_EPILOG = """\
Results keep the names of their sources. A suffix that does not belong to the format written is
replaced. Where two results would have one name, each goes into a folder of DIR like its source's.
Faces narrower than a few pixels are skipped, and a face that no longer looks like the same person
is held back: both stay as they were, and the reason is given.

With --json: source, output, width, height, seconds, error and faces (box, landmarks, score, state,
reason, identity, seconds); boxes, width and height are in pixels of the upright source.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The sources, each with the place of its result."""

    found: paths.Found
    goals: tuple[Path, ...]

    def __len__(self) -> int:
        """Photos to be told about, those that cannot be found included."""
        return len(self.goals) + len(self.found.errors)


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "restore",
        help="restore the faces in photographs",
        description="Restore the faces in photographs; the photographs themselves stay untouched.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_inputs(parser)
    parser.add_argument(
        "--out", metavar="DIR", type=folder, required=True, help="the folder of the results"
    )
    parser.add_argument(
        "--aligned",
        action="store_true",
        help="PATHs are aligned face crops; results are 512 x 512 PNG",
    )
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=1, help="enlarge the photographs"
    )
    parser.add_argument(
        "--strength",
        metavar="S",
        type=share,
        default=1.0,
        help="from 0, nothing changes, to 1 (%(default)s)",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="for models that draw numbers (0)"
    )
    parser.add_argument(
        "--bundle", metavar="NAME|DIR", help="the model; by default the one that is built in"
    )
    add_backend(parser)
    parser.add_argument(
        "--no-label",
        action="store_true",
        help="do not say in the results that a network took part in them",
    )
    parser.add_argument(
        "--no-recipe",
        action="store_true",
        help="write no NAME.lafr.json beside each result, from which `lafr render` makes it again",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be written, and write nothing"
    )
    add_restorer_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status.

    Raises:
        ConfigError: Options that do not go together.
    """
    _check(args)
    from lafr_engine.pipeline import Choices

    # Face by face, as albums and recipes do: in a batch sums are rounded otherwise.
    choices = Choices(scale=args.scale, strength=args.strength, seed=args.seed, batch=1)
    bundle = _bundle(args)
    task = Task(
        aligned=args.aligned,
        max_pixels=args.max_pixels,
        overwrite=args.overwrite,
        label=None if bundle is None or args.no_label else bundle.name,
        recipe=bundle if _writes_recipe(args) else None,
    )
    plan = make_plan(args.paths, args.out, args.aligned)
    console = stdio(len(plan), args.json)
    if args.dry_run:
        rehearse(plan, task, console)
    else:
        models = _models(args, console.note) if plan.goals else None
        restore_all(plan, models, choices, task, console)
    console.end()
    return 1 if console.failed else 0


def _check(args: argparse.Namespace) -> None:
    if args.aligned and args.scale != 1:
        raise ConfigError("--scale does not go with --aligned, whose results are 512 x 512")
    if args.backend != "torch" and not repeatable(args):
        raise ConfigError("--precision, --tiled and --compile go with --backend torch")


def _writes_recipe(args: argparse.Namespace) -> bool:
    """Tell whether results get a recipe: only those that it makes again byte for byte."""
    return not args.no_recipe and args.backend == "torch" and repeatable(args)


def make_plan(inputs: list[Path], out: Path, aligned: bool) -> Plan:
    """Find the photos and say where their results go."""
    from lafr_engine.imaging.encode import SUFFIXES
    from lafr_engine.imaging.files import sniff

    found = paths.find(inputs, sniff, out)
    goals = paths.targets(found.sources, out, SUFFIXES, "PNG" if aligned else None)
    return Plan(found, tuple(goals))


def rehearse(plan: Plan, task: Task, console: Console) -> None:
    """Tell what a run would write, without reading a photo whole."""
    _tell_missing(plan, console)
    originals = frozenset(paths.real(source.path) for source in plan.found.sources)
    for source, goal in zip(plan.found.sources, plan.goals, strict=True):
        try:
            _check_goal(goal, originals, task)
            if source.format is None:
                raise LafrError(f"{source.path}: is not a picture of a known format")
            console.photo(PhotoLine(str(source.path), str(goal)))
        except LafrError as error:
            console.photo(PhotoLine(str(source.path), error=str(error)))


def restore_all(
    plan: Plan, models: Models | None, choices: Choices, task: Task, console: Console
) -> None:
    """Restore photo after photo; one that fails is named and the others go on.

    Args:
        plan: What and where to.
        models: The networks; None only where the plan is empty.
        choices: What the user decided.
        task: Likewise.
        console: Hears of each photo.
    """
    _tell_missing(plan, console)
    originals = frozenset(paths.real(source.path) for source in plan.found.sources)
    for source, goal in zip(plan.found.sources, plan.goals, strict=True):
        began = time.monotonic()
        line = PhotoLine(str(source.path))
        try:
            _check_goal(goal, originals, task)
            if models is not None:
                line = _restore_one(source.path, goal, models, choices, task, console)
        except LafrError as error:
            line = replace(line, error=str(error))
        except Exception as error:  # a photo that nobody foresaw must not end the run
            line = replace(line, error=unexpected(source.path, error))
        console.photo(replace(line, seconds=round(time.monotonic() - began, 3)))


def _tell_missing(plan: Plan, console: Console) -> None:
    for error in plan.found.errors:
        console.photo(PhotoLine(str(error.path), error=str(error)))


def _check_goal(goal: Path, originals: frozenset[Path], task: Task) -> None:
    """Refuse before the work, not after it."""
    for path in (goal,) if task.recipe is None else (goal, sidecar(goal)):
        if paths.real(path) in originals:
            raise OutputError(path, "is one of the photographs given, which are never written to")
        if path.exists() and not task.overwrite:
            raise OutputError(path, "exists already (--overwrite replaces it)")


def _restore_one(
    source: Path, goal: Path, models: Models, choices: Choices, task: Task, console: Console
) -> PhotoLine:
    from lafr_engine.imaging.files import open_picture

    console.step(source.name, "reading")
    picture = open_picture(source, task.max_pixels)
    _check_enlarged(source, picture, choices.scale, task)
    for notice in _notices(picture, task):
        console.note(f"{source}: {notice}")
    restoration = _restoration(picture, models, choices, task.aligned, console)
    line = photo_line(source, picture, _face_lines(restoration))
    if not restoration.faces:
        return replace(line, error=f"{source}: no face was found")
    console.step(source.name, "writing")
    told = write_result(source, goal, restoration, choices, task)
    for notice in told.notices:
        console.note(f"{source}: {notice}")
    failures = [face.reason for face in restoration.faces if face.state == "failed"]
    error = f"{source}: {failures[0]} ({len(failures)} faces)" if failures else told.problem
    return replace(line, output=str(goal), error=error)


def _bundle(args: argparse.Namespace) -> Bundle | None:
    """Return the bundle that labels and recipes name; None where there are to be none."""
    if args.no_label and not _writes_recipe(args):
        return None
    from lafr_engine.bundle import store
    from lafr_engine.bundle.manifest import bundle_hash, read_manifest
    from lafr_engine.recipe import Bundle

    folder = store.find(args.bundle)
    return Bundle(read_manifest(folder).name, bundle_hash(folder))


def _notices(picture: Picture, task: Task) -> tuple[str, ...]:
    dropped = task.aligned and picture.alpha is not None
    return picture.notices + (("Alpha is left out of an aligned crop.",) if dropped else ())


def _check_enlarged(source: Path, picture: Picture, scale: int, task: Task) -> None:
    pixels = picture.width * picture.height * scale * scale
    if not task.aligned and pixels > task.max_pixels:
        raise PictureTooLarge(
            source,
            f"would have {pixels / 1e6:.0f} million pixels at --scale {scale}, more than "
            f"{task.max_pixels / 1e6:.0f} million (--max-pixels raises the limit)",
        )


def _restoration(
    picture: Picture, models: Models, choices: Choices, aligned: bool, console: Console
) -> Restoration:
    from lafr_engine.pipeline import restore, restore_aligned

    if aligned:
        return restore_aligned(picture, models, choices)
    steps = restore(picture, models, choices)
    name = picture.path.name if picture.path else ""
    while True:
        try:
            report = next(steps)
        except StopIteration as end:
            result: Restoration = end.value
            return result
        console.faces(name, report.done, report.total)


def _face_lines(restoration: Restoration) -> list[FaceLine]:
    return [
        face_line(
            each.face,
            str(each.state),
            reason=each.reason,
            identity=None if each.identity is None else round(each.identity, 4),
            seconds=round(each.seconds, 3),
        )
        for each in restoration.faces
    ]


def _models(args: argparse.Namespace, notify: Callable[[str], None]) -> Models:
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_restorer
    from lafr_engine.cli.loading import load_models

    device = str(choose_device(args.device))
    restorer = load_exported(args, notify) or load_restorer(
        args.bundle, device, notify, restorer_options(args, device)
    )
    return load_models(restorer, args.bundle, device, args.detector)
