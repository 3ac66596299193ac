"""How many faces the detector finds, against counts by eye.

::

    python -m lafr_engine.evaluation.detection COUNTS.csv ROOT [--match GLOB] [--json OUT]

COUNTS.csv has the columns ``file`` (below ROOT) and ``faces_by_eye``. Only counts are compared: a
miss and a false face in the same picture cancel, so that recall is an upper bound where a picture
has both, and missed and extra faces are lower bounds. ``lafr detect --draw`` shows what was found.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, InputError, LafrError
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Detector
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import rgb8


@dataclass(frozen=True)
class Counted:
    """One picture's count.

    Attributes:
        file: As the csv names it.
        by_eye: Faces that a person counted.
        found: Faces that the detector returned; 0 where the picture could not be read.
        weakest: The weakest face's score; None without any face.
        seconds: For detection alone.
        error: Why the picture could not be read, or None.
    """

    file: str
    by_eye: int
    found: int
    weakest: float | None
    seconds: float
    error: str | None = None

    @property
    def missed(self) -> int:
        """Faces by eye beyond those found."""
        return max(0, self.by_eye - self.found)

    @property
    def extra(self) -> int:
        """Faces found beyond those by eye."""
        return max(0, self.found - self.by_eye)


@dataclass(frozen=True)
class Totals:
    """Sums over a set of pictures.

    Attributes:
        pictures: How many.
        by_eye: Faces that a person counted.
        found: Faces that the detector returned.
        missed: Sum of what each picture lacks.
        extra: Sum of what each picture has beyond the count.
        recall: Share of the counted faces that are found; an upper bound where a picture has both
            a miss and a false face, for there they cancel.
        extra_share: Share of the found faces that nobody counted.
    """

    pictures: int
    by_eye: int
    found: int
    missed: int
    extra: int
    recall: float
    extra_share: float


def read_counts(path: Path, match: str = "*") -> list[tuple[str, int]]:
    """Read files and counts.

    Args:
        path: A csv with the columns ``file`` and ``faces_by_eye``.
        match: Only files whose name fits this pattern.

    Raises:
        InputError: The file cannot be read.
        ConfigError: A column is missing, or a count is no number.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = [(row["file"], int(row["faces_by_eye"])) for row in csv.DictReader(stream)]
    except OSError as error:
        raise InputError(path, "the counts cannot be read") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: needs the columns file and faces_by_eye (a number)") from error
    return [(file, count) for file, count in rows if fnmatch(file, match)]


def count_faces(
    counts: Iterable[tuple[str, int]], root: Path, detector: Detector
) -> Iterator[Counted]:
    """Run a detector over pictures, one result at a time.

    Args:
        counts: Files below ``root`` and their faces by eye.
        root: The folder that the files are in.
        detector: Any detector.
    """
    for file, by_eye in counts:
        try:
            pixels = rgb8(read_picture(root / file))
        except InputError as error:
            yield Counted(file, by_eye, 0, None, 0.0, str(error))
            continue
        start = time.perf_counter()
        faces = detector(pixels)
        seconds = time.perf_counter() - start
        weakest = min((face.score for face in faces), default=None)
        yield Counted(file, by_eye, len(faces), weakest, seconds)


def total(rows: Sequence[Counted]) -> Totals:
    """Sum up."""
    by_eye, found = sum(row.by_eye for row in rows), sum(row.found for row in rows)
    missed, extra = sum(row.missed for row in rows), sum(row.extra for row in rows)
    recall = 1.0 - missed / by_eye if by_eye else 1.0
    return Totals(len(rows), by_eye, found, missed, extra, recall, extra / max(found, 1))


def _line(row: Counted) -> str:
    verdict = row.error or f"{row.found} of {row.by_eye}"
    marks = f"{'  missed ' + str(row.missed) if row.missed else ''}"
    marks += f"{'  extra ' + str(row.extra) if row.extra else ''}"
    return f"{row.file}: {verdict}{marks} ({row.seconds:.2f} s)"


def _summary(totals: Totals) -> str:
    return (
        f"{totals.pictures} pictures, {totals.by_eye} faces by eye: {totals.found} found, "
        f"{totals.missed} missed ({totals.recall:.1%} recall), {totals.extra} extra "
        f"({totals.extra_share:.1%})\n"
        "recall is an upper bound where a picture has both a miss and a false face"
    )


def _report(rows: Sequence[Counted]) -> str:
    pictures = [asdict(row) | {"missed": row.missed, "extra": row.extra} for row in rows]
    return json.dumps({"totals": asdict(total(rows)), "pictures": pictures}, indent=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Count faces and compare with counts by eye.")
    parser.add_argument("counts", type=Path, help="csv with the columns file, faces_by_eye")
    parser.add_argument("root", type=Path, help="folder that the files are in")
    parser.add_argument("--match", default="*", help="only files that fit this pattern")
    parser.add_argument("--json", type=Path, dest="report", help="write the report here")
    parser.add_argument("--threads", type=int, default=0, help="threads of the detector")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where a picture could not be read, 2 where nothing could be done."""
    chosen = _parser().parse_args(arguments)
    try:
        counts = read_counts(chosen.counts, chosen.match)
        detector = CenterFace(weights_path("centerface"), threads=chosen.threads)
    except LafrError as error:
        print(error, file=sys.stderr)
        return 2
    rows = []
    for row in count_faces(counts, chosen.root, detector):
        rows.append(row)
        print(_line(row), flush=True)
    print(_summary(total(rows)))
    if chosen.report is not None:
        chosen.report.write_text(_report(rows) + "\n", encoding="utf-8")
    return int(any(row.error for row in rows))


if __name__ == "__main__":
    sys.exit(main())
