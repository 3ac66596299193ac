"""Faces before and after, for people to judge who do not know which is which.

::

    python -m lafr_engine.evaluation.blind [--crops DIR ...] [--photos DIR ...] --out DIR
        [--bundle NAME|DIR] [--seed N] [--device DEVICE]
    python -m lafr_engine.evaluation.blind --out DIR --count VERDICTS.json

Aligned crops are restored as ``lafr restore --aligned`` does it. Of a photograph it is the largest
face that is not abstained from, restored and pasted as ``lafr restore`` does it, grain included,
and cut out again before and after. OUT gets the sheets, of six numbered pairs each, whose sides and
order the seed draws, and ``key.json``, which judges must not see: by number the picture's name, its
kind and the side that is restored. VERDICTS.json holds by number the side preferred, "L", "R" or
"=" for neither, or an object whose "prefer" is one of these.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.load import load_restorer
from lafr_engine.bundle.models import assembled
from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, InputError, LafrError, OutputError, UnreadableFile
from lafr_engine.evaluation.paste import restorable, restored
from lafr_engine.evaluation.report import write_report
from lafr_engine.evaluation.sets import pictures_of
from lafr_engine.evaluation.sheet import write_sheet
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture, resized
from lafr_engine.imaging.sheets import SheetEntry, contact_sheet
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline import Choices, FaceState, Models, as_aligned, compose, restore_aligned
from lafr_engine.pipeline.crops import cut_face

Kind = Literal["crop", "photograph"]
Side = Literal["L", "R"]
Pixels = NDArray[np.uint8]
Views = tuple[Pixels, Pixels]
"""One face before and after: uint8 (384, 384, 3), sRGB."""

KEY: Final = "key.json"
CELL: Final = 384
"""Side of a face on a sheet, in pixels."""
PAIRS: Final = 6
"""On a sheet."""

_COLUMNS: Final = 4  # pictures in a row: two pairs
_VERDICTS: Final = ("L", "R", "=")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the key says of a pair.

    Attributes:
        name: The picture's file.
        kind: Whether it is an aligned crop or a whole photograph.
        restored: The side that is restored.
    """

    name: str
    kind: Kind
    restored: Side


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A face before and after, small."""

    name: str
    kind: Kind
    views: Views


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each was preferred."""

    restored: int
    original: int
    neither: int

    @property
    def pairs(self) -> int:
        """All that were judged."""
        return self.restored + self.original + self.neither


def crop_views(picture: Picture, models: Models) -> Views | None:
    """Return an aligned crop before and after; None where the restorer failed.

    Args:
        picture: An aligned face, of any size.
        models: The networks; the detector is not asked.
    """
    done = restore_aligned(picture, models, Choices())
    if done.faces[0].state is FaceState.FAILED:
        return None
    space = colour_space(picture.channels, picture.icc)
    before, after = (
        _small(space.to_srgb(each.pixels.astype(np.float32) / np.float32(each.white)))
        for each in (as_aligned(picture), done.picture)
    )
    return before, after


def photograph_views(picture: Picture, models: Models) -> Views | None:
    """Return the largest face of a photograph before and after it was restored in it.

    Args:
        picture: Upright.
        models: The networks.

    Returns:
        None where all faces are abstained from, or that one was not restored.
    """
    face = next(iter(restorable(picture, models)), None)
    accepted = None if face is None else restored(picture, face, models)
    if face is None or accepted is None:
        return None
    space = colour_space(picture.channels, picture.icc)
    before, after = (
        _small(cut_face(each, face, space).srgb) for each in (picture, compose(picture, [accepted]))
    )
    return before, after


def shuffled(
    pairs: Sequence[Pair], seed: int
) -> tuple[dict[int, Entry], list[tuple[Pixels, Pixels]]]:
    """Draw the order of pairs and the sides of their pictures.

    Args:
        pairs: In any order.
        seed: Another one draws another order and other sides.

    Returns:
        The key, by number from 1, and in the order of the numbers the pictures left and right.
    """
    rng = np.random.default_rng(seed)
    order = [pairs[index] for index in rng.permutation(len(pairs))]
    key, sides = dict[int, Entry](), list[tuple[Pixels, Pixels]]()
    for number, (pair, left) in enumerate(zip(order, rng.random(len(order)) < 0.5, strict=True), 1):
        before, after = pair.views
        key[number] = Entry(pair.name, pair.kind, "L" if left else "R")
        sides.append((after, before) if left else (before, after))
    return key, sides


def write_sheets(pairs: Sequence[Pair], seed: int, out: Path) -> int:
    """Write the sheets and their key.

    Args:
        pairs: At least one.
        seed: As for :func:`shuffled`.
        out: The folder; it is made where it is not there.

    Returns:
        How many sheets there are.

    Raises:
        OutputError: A file cannot be written.
    """
    key, sides = shuffled(pairs, seed)
    starts = range(0, len(sides), PAIRS)
    for sheet, start in enumerate(starts, 1):
        entries = [
            SheetEntry(pixels, f"{number}  {side}")
            for number, views in enumerate(sides[start : start + PAIRS], start + 1)
            for pixels, side in zip(views, get_args(Side), strict=True)
        ]
        drawn = Image.fromarray(contact_sheet(entries, _COLUMNS, CELL))
        write_sheet(drawn, out / f"sheet-{sheet:02d}.png")
    # Last: a folder with a key is complete.
    write_report({str(number): asdict(entry) for number, entry in key.items()}, out / KEY)
    return len(starts)


def read_key(path: Path) -> dict[int, Entry]:
    """Read a key.

    Raises:
        InputError: It cannot be read, or is not what :func:`write_sheets` writes.
    """
    return {number: _entry(path, number, value) for number, value in _numbered(path).items()}


def read_verdicts(path: Path, numbers: Iterable[int]) -> dict[int, str]:
    """Read a person's verdicts: "L", "R" or "=" by number.

    Args:
        path: JSON.
        numbers: Of the pairs, all of which have to be judged.

    Raises:
        InputError: It cannot be read, a verdict is none, or there are too few or too many.
    """
    asked = set(numbers)
    verdicts = {number: _verdict(path, number, value) for number, value in _numbered(path).items()}
    if missing := asked - verdicts.keys():
        raise InputError(path, f"has no verdict on {_listed(missing)}")
    if strange := verdicts.keys() - asked:
        raise InputError(path, f"judges {_listed(strange)}, which the key does not have")
    return verdicts


def count(key: Mapping[int, Entry], verdicts: Mapping[int, str]) -> dict[Kind, Tally]:
    """Count what was preferred, for crops and photographs apart.

    Args:
        key: By number.
        verdicts: "L", "R" or "=" by the same numbers.

    Returns:
        Of each kind that the key has.
    """
    tallies = dict[Kind, Tally]()
    for kind in get_args(Kind):
        of_kind = [number for number, entry in key.items() if entry.kind == kind]
        if of_kind:
            neither = sum(verdicts[number] == "=" for number in of_kind)
            chosen = sum(verdicts[number] == key[number].restored for number in of_kind)
            tallies[kind] = Tally(chosen, len(of_kind) - chosen - neither, neither)
    return tallies


def _small(srgb: NDArray[np.float32]) -> Pixels:
    pixels = np.rint(np.clip(srgb, 0.0, 1.0) * 255).astype(np.uint8)
    small: Pixels = resized(pixels, CELL, CELL)
    return small


def _numbered(path: Path) -> dict[int, Any]:
    """Read a JSON object whose names are numbers."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return {int(number): each for number, each in value.items()}
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror})") from error
    except (AttributeError, ValueError) as error:
        raise InputError(path, "is not a JSON object whose names are numbers of pairs") from error


def _entry(path: Path, number: int, value: Any) -> Entry:
    try:
        entry = Entry(value["name"], value["kind"], value["restored"])
    except (KeyError, TypeError) as error:
        raise InputError(path, f"{number} has no name, kind or restored side") from error
    if entry.kind not in get_args(Kind) or entry.restored not in get_args(Side):
        raise InputError(path, f"{number} is neither crop nor photograph, or restored on no side")
    return entry


def _verdict(path: Path, number: int, value: Any) -> str:
    said = value.get("prefer") if isinstance(value, dict) else value
    if not isinstance(said, str) or said not in _VERDICTS:
        raise InputError(path, f'the verdict on {number} is {said!r}, not "L", "R" or "="')
    return said


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _pairs(
    kind: Kind, folders: Sequence[Path], views: Callable[[Picture], Views | None]
) -> Iterator[Pair | str | None]:
    """Give a pair a picture; why there is none, or None where nothing was restored."""
    for path in (path for folder in folders for path in pictures_of(folder)):
        try:
            seen = views(read_picture(path))
        except LafrError as error:
            # Not the error itself: its traceback would keep the photograph in memory.
            yield str(error)
            continue
        print(f"{path}: {'nothing was restored' if seen is None else 'restored'}", file=sys.stderr)
        yield None if seen is None else Pair(path.as_posix(), kind, seen)


def _models(bundle: str | None, device: str) -> Models:
    place = str(choose_device(device))
    detector = CenterFace(weights_path("centerface"))
    return assembled(detector, load_restorer(bundle, place), bundle, place)


def _make(chosen: argparse.Namespace) -> int:
    """Make the sheets; return 1 where a picture could not be used."""
    if (chosen.out / KEY).exists():
        raise OutputError(chosen.out / KEY, "exists already; verdicts may belong to it")
    models = _models(chosen.bundle, chosen.device)
    found = [
        *_pairs("crop", chosen.crops, lambda picture: crop_views(picture, models)),
        *_pairs("photograph", chosen.photos, lambda picture: photograph_views(picture, models)),
    ]
    problems = [each for each in found if isinstance(each, str)]
    for problem in problems:
        print(problem, file=sys.stderr)
    pairs = [each for each in found if isinstance(each, Pair)]
    if not pairs:
        raise ConfigError("no face was restored, so there is nothing to judge")
    sheets = write_sheets(pairs, chosen.seed, chosen.out)
    print(f"{chosen.out}: {len(pairs)} pairs, sheets: {sheets}")
    return int(bool(problems))


def _count(chosen: argparse.Namespace) -> int:
    key = read_key(chosen.out / KEY)
    for kind, tally in count(key, read_verdicts(chosen.count, key)).items():
        print(
            f"{kind}s: {tally.pairs} judged, restored preferred {tally.restored}, original "
            f"{tally.original}, neither {tally.neither}"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Let people judge faces before and after, blind.")
    for option, held in (("--crops", "aligned crops"), ("--photos", "whole photographs")):
        parser.add_argument(
            option, metavar="DIR", type=Path, nargs="+", default=[], help=f"folders of {held}"
        )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="sheets and key")
    parser.add_argument("--bundle", metavar="NAME|DIR", help="by default the one that is built in")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="draws sides and order")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (auto)")
    parser.add_argument("--count", metavar="VERDICTS.json", type=Path, help="count verdicts only")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where a picture could not be used, 2 where nothing could be done."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    sources = bool(chosen.crops or chosen.photos)
    if sources == (chosen.count is not None):
        parser.error("give folders by --crops and --photos, or --count")
    try:
        return _make(chosen) if sources else _count(chosen)
    except LafrError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
