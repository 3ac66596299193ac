"""Where the limits of "what was invented" belong, by faces whose truth is known.

HQ faces are degraded at the fixed levels of `lafr evaluate`, restored and pasted as a photograph's
face is, and each region gets its number (`lafr_engine.faces.invented.measure`). Beside it stands
whether the region came out nearer to the truth than it went in, or farther: the root mean square
of CIE Lab over the region, of the difference to the HQ face. As a second kind, known to be wrong,
each face also gets what was restored of the next one of the set.

A limit is the number that only a stated share of those regions reaches that came out nearer to the
truth: the share of false alarms. The report says beside it how many of the regions that are
farther from the truth reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.evaluation.sets import SIDE, EvaluationFace, load_faces
from lafr_engine.faces.geometry import FFHQ_512, Face
from lafr_engine.faces.invented import LIMITS, Region
from lafr_engine.faces.invented.measure import departure, regions
from lafr_engine.imaging.degrade import LEVELS, degrade_level
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Accepted, Choices, Models, compose, restore_face

Bytes = NDArray[np.uint8]
Crop = NDArray[np.float32]
Json = dict[str, Any]
Kind = Literal["own", "another's"]

FALSE_ALARMS: Final = (0.25, 0.05)
"""Of regions that came out nearer to the truth: those that are said to have some, and much."""
FEWEST: Final = 20
"""Fewer regions than this give no limit."""

_FACE: Final = Face((0.0, 0.0, SIDE - 1.0, SIDE - 1.0), FFHQ_512, 1.0)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region of a face, restored at one level.

    Attributes:
        face: Name of the face.
        level: Of degradation.
        kind: Whether what was restored of this face was pasted, or of another.
        region: Which.
        number: How much was invented, in levels of colour difference.
        before: Distance of the degraded region from the truth (CIE 1976, root mean square).
        after: That of the restored one.
    """

    face: str
    level: str
    kind: Kind
    region: Region
    number: float
    before: float
    after: float

    @property
    def farther(self) -> bool:
        """Whether restoring took the region away from the truth."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit found.

    Attributes:
        region: Of which.
        false_alarms: The share of regions nearer to the truth that may reach it.
        number: From here on; None where there were too few regions.
        nearer: How many regions came out nearer to the truth.
        farther: How many came out farther from it.
        reached: The share of these that reach the limit; None where there are none.
    """

    region: Region
    false_alarms: float
    number: float | None
    nearer: int
    farther: int
    reached: float | None


def measure_faces(
    faces: Sequence[EvaluationFace],
    models: Models,
    progress: Callable[[int, int], None] | None = None,
    levels: Sequence[str] = tuple(LEVELS),
) -> list[RegionRow]:
    """Degrade, restore and measure faces; each level's faces are seeded by their names.

    Args:
        faces: With HQ pictures.
        models: The networks; only the restorer is asked, and the parser where there is one.
        progress: Called with pictures done and pictures in all.
        levels: Of degradation.
    """
    rows: list[RegionRow] = []
    done, total = 0, len(faces) * len(levels)
    for level in levels:
        # Of the last face first, so that the first one has a neighbour too.
        before = _restored(faces[-1], level, models)[2]
        for face in faces:
            truth, source, accepted = _restored(face, level, models)
            kinds: tuple[tuple[Kind, Accepted], ...] = (("own", accepted), ("another's", before))
            for kind, pasted in kinds if len(faces) > 1 else kinds[:1]:
                after = compose(Picture(source), [pasted]).pixels
                rows += _rows(face.name, level, kind, (truth, source, after))
            before, done = accepted, done + 1
            if progress:
                progress(done, total)
    return rows


def limits(rows: Sequence[RegionRow]) -> list[Limit]:
    """Return two limits a region: for some, and for much."""
    return [_limit(rows, region, share) for region in Region for share in FALSE_ALARMS]


def as_json(rows: Sequence[RegionRow]) -> Json:
    """Return the limits found, and a row a region."""
    return {
        "faces": len({row.face for row in rows}),
        "levels": list(LEVELS),
        "limits": [asdict(each) for each in limits(rows)],
        "rows": [asdict(row) | {"farther": row.farther} for row in rows],
    }


def as_table(rows: Sequence[RegionRow]) -> str:
    """Return the limits as Markdown, beside those that the program has."""
    lines = [
        "| region | false alarms | limit found | limit now | nearer | farther | of them reached |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in limits(rows):
        now = LIMITS[each.region][FALSE_ALARMS.index(each.false_alarms)]
        number = "too few regions" if each.number is None else f"{each.number:.2f}"
        reached = "" if each.reached is None else f"{each.reached:.0%}"
        lines.append(
            f"| {each.region} | {each.false_alarms:.0%} | {number} | {now:g} "
            f"| {each.nearer} | {each.farther} | {reached} |"
        )
    own = [row for row in rows if row.kind == "own"]
    lines += ["", "Of what was restored of a face itself, farther from the truth than the input:"]
    for region in Region:
        found = [row for row in own if row.region is region]
        lines.append(f"- {region}: {sum(row.farther for row in found)} of {len(found)}")
    return "\n".join(lines)


def _restored(face: EvaluationFace, level: str, models: Models) -> tuple[Bytes, Bytes, Accepted]:
    """Return the HQ face, the degraded one, and what was restored of it."""
    hq = load_faces([face.hq])
    low = degrade_level(hq, level, [face.seed])
    truth, source = (
        np.rint((each[0].permute(1, 2, 0).numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8)
        for each in (hq, low)
    )
    # Whoever it looks like: identity is not asked here.
    restored = restore_face(Picture(source), _FACE, models, Choices(identity_limit=-1.0))
    crop = restored.before if restored.crop is None else restored.crop
    return truth, source, Accepted(_FACE, crop, labels=restored.labels)


def _rows(
    name: str, level: str, kind: Kind, pictures: tuple[Bytes, Bytes, Bytes]
) -> list[RegionRow]:
    """Measure a face: ``pictures`` are the HQ, the degraded and the restored one."""
    truth, source, restored = (_lab(each) for each in pictures)
    numbers = departure(pictures[1], pictures[2], FFHQ_512).numbers()
    errors = [np.square(each - truth).sum(axis=2) for each in (source, restored)]
    return [
        RegionRow(
            name,
            level,
            kind,
            region,
            numbers[region],
            *(float(np.sqrt(each[where].mean())) for each in errors),
        )
        for region, where in regions(FFHQ_512).items()
    ]


def _lab(pixels: Bytes) -> Crop:
    unit = pixels.astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)


def _limit(rows: Sequence[RegionRow], region: Region, false_alarms: float) -> Limit:
    of_region = [row for row in rows if row.region is region]
    nearer = [row.number for row in of_region if not row.farther]
    farther = [row.number for row in of_region if row.farther]
    if len(nearer) < FEWEST:
        return Limit(region, false_alarms, None, len(nearer), len(farther), None)
    number = float(np.quantile(nearer, 1.0 - false_alarms))
    reached = float(np.mean(np.array(farther) >= number)) if farther else None
    return Limit(region, false_alarms, number, len(nearer), len(farther), reached)
