"""``lafr invented``: where and how strongly restored faces depart from their photographs."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.album.names import sidecar
from lafr_engine.cli import paths
from lafr_engine.cli.arguments import DEVICES, add_inputs, folder, share
from lafr_engine.cli.console import Console, FaceLine, PhotoLine, face_line, photo_line, unexpected
from lafr_engine.errors import ConfigError, LafrError, OutputError
from lafr_engine.faces.invented import LIMITS, SENTENCES, Region, level_of, warnings

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.faces.geometry import Face
    from lafr_engine.faces.invented.measure import Departure
    from lafr_engine.imaging.picture import Picture
    from lafr_engine.pipeline import Models

_EPILOG = """\
On stdout, one line a face and region, separated by tabs: file, face (its number), region (eyes,
mouth, glasses, hairline), number, and none, some or much. The number is the root mean square over
the region, in levels of colour difference (CIE 1976), of what the source cannot explain: detail
finer than it resolves, structure that contradicts it, edges that were lost. Noise is allowed for; a
face that came back unchanged has 0. {limits}

With --out a picture of the size of the restored photograph is written for each: in grey, with the
departure in colour. With --json one object a photo, whose restored faces have `invented`.
""".format(
    limits="; ".join(
        f"{region}: some from {some:g}, much from {much:g}"
        for region, (some, much) in LIMITS.items()
    )
    + "."
)


@dataclass(frozen=True, slots=True)
class InventedLine(FaceLine):
    """A face in the JSON.

    Attributes:
        invented: By region, its number and level.
        warnings: Sentences.
    """

    invented: dict[str, dict[str, float | str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "invented",
        help="show what restoring invented",
        description="Show where and how strongly restored faces depart from their photographs "
        "beyond what those resolve.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_inputs(parser)
    parser.add_argument("--out", metavar="DIR", type=folder, help="write NAME.invented.png there")
    parser.add_argument(
        "--restored",
        metavar="FILE",
        type=Path,
        help="the restored photograph, of one PATH; by default it is restored anew. Its recipe, "
        "where one lies beside it, says where the faces are",
    )
    parser.add_argument(
        "--strength", metavar="S", type=share, default=1.0, help="from 0 to 1 (%(default)s)"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="as of `lafr restore` (0)")
    parser.add_argument(
        "--bundle", metavar="NAME|DIR", help="the model; by default the one that is built in"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status.

    Raises:
        ConfigError: Options that do not go together.
    """
    from lafr_engine.imaging.files import sniff

    found = paths.find(args.paths, sniff, args.out)
    if args.restored is not None and len(found.sources) != 1:
        raise ConfigError("--restored goes with one photograph")
    goals = _goals(found, args.out)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # In words, stdout has this command's own lines.
        out = sys.stdout if args.json else nowhere
        console = Console(len(goals) + len(found.errors), args.json, out, sys.stderr)
        for error in found.errors:
            console.photo(PhotoLine(str(error.path), error=str(error)))
        look = _Look(args, console)
        for source, goal in zip(found.sources, goals, strict=True):
            began, line = time.monotonic(), PhotoLine(str(source.path))
            try:
                line = look.at(source.path, goal)
            except LafrError as error:
                line = replace(line, error=str(error))
            except Exception as error:  # a photo that nobody foresaw must not end the run
                line = replace(line, error=unexpected(source.path, error))
            console.photo(replace(line, seconds=round(time.monotonic() - began, 3)))
        console.end()
        return 1 if console.failed else 0


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A photograph, the restored one, and what is known of its faces."""

    restored: Picture
    faces: list[tuple[Face, str, str | None, float | None]]


class _Look:
    """One run: the networks are loaded when the first photograph needs them."""

    def __init__(self, args: argparse.Namespace, console: Console) -> None:
        self._args = args
        self._console = console

    def at(self, source: Path, goal: Path | None) -> PhotoLine:
        """Measure one photograph, and draw it."""
        from lafr_engine.imaging.files import read_picture

        args = self._args
        if goal is not None and goal.exists() and not args.overwrite:
            raise OutputError(goal, "exists already (--overwrite replaces it)")
        self._console.step(source.name, "reading")
        picture = read_picture(source, args.max_pixels)
        pair = self._restored(picture) if args.restored is None else self._read(picture, source)
        if not pair.faces:
            return PhotoLine(str(source), error=f"{source}: no face was found")
        lines, departures = self._measured(picture, pair)
        if not args.json:
            _tell(source, lines)
        line = photo_line(source, picture, list(lines))
        if goal is None:
            return line
        self._draw(pair.restored, departures, goal, pair.restored.width // picture.width)
        return replace(line, output=str(goal))

    def _restored(self, picture: Picture) -> _Pair:
        from lafr_engine.pipeline import Choices, restore

        args, name = self._args, picture.path.name if picture.path else ""
        choices = Choices(strength=args.strength, seed=args.seed, batch=1)
        steps = restore(picture, self._models, choices)
        while True:
            try:
                report = next(steps)
            except StopIteration as end:
                done = end.value
                break
            self._console.faces(name, report.done, report.total)
        faces = [(each.face, str(each.state), each.reason, each.identity) for each in done.faces]
        return _Pair(done.picture, faces)

    def _read(self, picture: Picture, source: Path) -> _Pair:
        from lafr_engine.imaging.files import read_picture
        from lafr_engine.imaging.picture import rgb8
        from lafr_engine.recipe import read_recipe
        from lafr_engine.worker.geometry import face_of

        path: Path = self._args.restored
        restored = read_picture(path, self._args.max_pixels)
        scale = restored.width // picture.width
        if scale < 1 or (restored.width, restored.height) != (
            picture.width * scale,
            picture.height * scale,
        ):
            raise ConfigError(f"{path} is not {source.name} restored: its size does not fit")
        if sidecar(path).exists():
            faces = [face_of(each.face) for each in read_recipe(sidecar(path)).faces]
        else:
            faces = self._models.detector(rgb8(picture))
        return _Pair(restored, [(face, "restored", None, None) for face in faces])

    def _measured(
        self, picture: Picture, pair: _Pair
    ) -> tuple[list[InventedLine], list[Departure]]:
        from lafr_engine.faces.invented.measure import departure, in_srgb

        before, after = in_srgb(picture), in_srgb(pair.restored)
        lines, departures = [], []
        for face, state, reason, identity in pair.faces:
            line = face_line(face, state, reason=reason, identity=identity)
            numbers: dict[Region, float] = {}
            if state == "restored":
                measured = departure(before, after, face.landmarks)
                departures.append(measured)
                numbers = measured.numbers()
            lines.append(_invented_line(line, numbers))
        return lines, departures

    def _draw(self, restored: Picture, departures: list[Departure], goal: Path, scale: int) -> None:
        from lafr_engine.faces.invented.measure import in_srgb
        from lafr_engine.faces.invented.picture import overlay
        from lafr_engine.imaging.files import write_picture
        from lafr_engine.imaging.picture import Picture

        drawn = overlay(in_srgb(restored), departures, scale)
        write_picture(Picture(drawn), goal, self._args.overwrite)

    @cached_property
    def _models(self) -> Models:
        from lafr_engine.bundle.device import choose_device
        from lafr_engine.bundle.load import load_restorer
        from lafr_engine.cli.loading import load_models

        args = self._args
        device = str(choose_device(args.device))
        restorer = load_restorer(args.bundle, device)
        return load_models(restorer, args.bundle, device, args.detector)


def _goals(found: paths.Found, out: Path | None) -> list[Path | None]:
    """Say where pictures go; none of them has the name of a photograph given."""
    from lafr_engine.imaging.encode import SUFFIXES

    if out is None:
        return [None] * len(found.sources)
    originals = {paths.real(source.path) for source in found.sources}
    goals = paths.targets(found.sources, out, SUFFIXES, "PNG")
    named = [goal.with_name(f"{goal.stem}.invented.png") for goal in goals]
    for goal in named:
        if paths.real(goal) in originals:
            raise OutputError(goal, "is one of the photographs given, which are never written to")
    return list(named)


def _invented_line(line: FaceLine, numbers: dict[Region, float]) -> InventedLine:
    invented: dict[str, dict[str, float | str]] = {
        str(region): {"number": round(number, 2), "level": str(level_of(region, number))}
        for region, number in numbers.items()
    }
    return InventedLine(
        **asdict(line),
        invented=invented,
        warnings=[SENTENCES[region] for region in warnings(numbers)],
    )


def _tell(source: Path, lines: list[InventedLine]) -> None:
    for number, line in enumerate(lines, start=1):
        for region, found in line.invented.items():
            cells = (source, number, region, found["number"], found["level"])
            print("\t".join(str(cell) for cell in cells), flush=True)
        for sentence in line.warnings:
            print(f"{source}: face {number}: {sentence}", file=sys.stderr)
