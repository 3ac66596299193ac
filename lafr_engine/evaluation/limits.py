"""Below which width, and from which blur on, a face is better left alone: found on HQ faces.

Each face is made smaller and smaller, as a scan of a small print has it (averaged down, light
noise, JPEG), and in a second ladder more and more blurred. Each rung is restored and compared with
the HQ face by the embedding of the face: how alike was the face before, how alike is it after, and
would somebody still be verified by it? A face is verified whose cosine to its HQ face exceeds the
threshold at which one in a hundred pairs of different people is taken for the same person.

A rung holds where restoring costs no more than `MOST_LOST` of likeness on average and at least
`LEAST_VERIFIED` of the restored faces are verified. The limit is the lowest rung from which on it
and all above hold. Blur is stated as the application measures it in a photograph
(`lafr_engine.faces.detail`), halfway between that rung and the one below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lafr_engine.errors import ConfigError
from lafr_engine.evaluation.sets import SIDE, EvaluationFace, load_faces
from lafr_engine.faces.detail import shown_width
from lafr_engine.faces.geometry import FFHQ_512, Face
from lafr_engine.faces.identity import Embeddings, IdentityNet
from lafr_engine.imaging.degrade import Recipe, degrade
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Choices, Models, restore_face

Json = dict[str, Any]
Kind = Literal["width", "blur"]

WIDTHS: Final = (8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 24.0, 32.0, 48.0)
"""Of a face, in pixels of its photograph; the narrowest first."""
BLURS: Final = (24.0, 20.0, 16.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0)
"""Deviations of a Gaussian, in pixels of a face of 512; the strongest first."""
LADDERS: Final[tuple[tuple[Kind, tuple[float, ...]], ...]] = (("width", WIDTHS), ("blur", BLURS))

MOST_LOST: Final = 0.02
LEAST_VERIFIED: Final = 0.75
FALSE_ACCEPTS: Final = 0.01

FACE_WIDTH: Final = 280.0
"""Width that the detector's box has around an aligned face of 512 pixels, give or take a tenth."""

_FACE: Final = Face((0.0, 0.0, SIDE - 1.0, SIDE - 1.0), FFHQ_512, 1.0)
_SCAN: Final = Recipe(noise=2.0, quality=90)


@dataclass(frozen=True, slots=True)
class FaceRow:
    """A face on one rung.

    Attributes:
        face: Its name.
        kind: Of the ladder.
        rung: Width in pixels, or the blur's deviation in pixels at 512.
        detail: Width of the sharp face that shows as much.
        before: Cosine of the degraded face to the HQ face.
        after: That of the restored one.
    """

    face: str
    kind: Kind
    rung: float
    detail: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a set of faces gave.

    Attributes:
        threshold: Cosine above which two faces are taken for one person's.
        rows: One a face and rung.
    """

    threshold: float
    rows: tuple[FaceRow, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """All faces on one rung.

    Attributes:
        kind: Of the ladder.
        value: Width in pixels, or the blur's deviation in pixels at 512.
        detail: Median width of the sharp faces that show as much.
        before: Mean cosine of the degraded faces to their HQ faces.
        after: That of the restored ones.
        losing: Share of the faces that lose more than `MOST_LOST` by restoring.
        verified: Share of the restored faces that exceed the threshold.
    """

    kind: Kind
    value: float
    detail: float
    before: float
    after: float
    losing: float
    verified: float

    @property
    def holds(self) -> bool:
        """Whether faces like these are worth restoring."""
        return self.before - self.after <= MOST_LOST and self.verified >= LEAST_VERIFIED


@dataclass(frozen=True, slots=True)
class Found:
    """Both limits.

    Attributes:
        width: Narrowest face; None where no rung holds.
        blur: Least detail; None where every rung holds, and where none does.
        blur_holds: Whether blurred faces are restorable at all.
    """

    width: float | None
    blur: float | None
    blur_holds: bool


def measure_faces(
    faces: Sequence[EvaluationFace],
    models: Models,
    net: IdentityNet,
    progress: Callable[[int, int], None] | None = None,
    ladders: Sequence[tuple[Kind, Sequence[float]]] | None = None,
) -> Measured:
    """Degrade, restore and compare faces; their noise is seeded by their names.

    Args:
        faces: With HQ pictures, each of another person.
        models: The networks; only the restorer is asked.
        net: Compares.
        progress: Called with pictures done and pictures in all.
        ladders: The rungs of each kind; None for `LADDERS`.

    Raises:
        ConfigError: There is only one face, so that nobody can be mistaken for another.
    """
    if len(faces) < 2:
        raise ConfigError("limits are found on the faces of at least two people")
    alone = replace(models, parser=None)  # a mask is not asked for
    steps = [(kind, rung) for kind, rungs in ladders or LADDERS for rung in rungs]
    rows, truths = list[FaceRow](), list[Embeddings]()
    for face in faces:
        hq = load_faces([face.hq])
        truth = net.embed(((hq + 1) / 2).numpy())
        truths.append(truth)
        for kind, rung in steps:
            pixels = degraded(hq, kind, rung, face.seed)
            before, after = net.cosine(net.embed(_pair(pixels, alone)), truth).tolist()
            detail = shown_width(Picture(pixels), FFHQ_512)
            rows.append(FaceRow(face.name, kind, rung, detail, before, after))
            if progress:
                progress(len(rows), len(faces) * len(steps))
    return Measured(threshold(net, np.concatenate(truths)), tuple(rows))


def degraded(hq: Tensor, kind: Kind, rung: float, seed: int) -> NDArray[np.uint8]:
    """Put a face on a rung.

    Args:
        hq: float32 (1, 3, 512, 512), RGB in [-1, 1].
        kind: Of the ladder.
        rung: Width in pixels, or the blur's deviation in pixels at 512.
        seed: Of the noise.

    Returns:
        uint8 (512, 512, 3); a narrow face is enlarged again, as it is for the restorer.
    """
    if kind == "width":
        low = degrade(hq, [replace(_SCAN, down=FACE_WIDTH / rung, seed=seed)])
    else:
        # Not by `Recipe.sigma`, whose kernels end at 20 pixels.
        soft = cv2.GaussianBlur(hq[0].permute(1, 2, 0).numpy(), (0, 0), rung)
        low = degrade(torch.from_numpy(soft).permute(2, 0, 1)[None], [replace(_SCAN, seed=seed)])
    levels = (low[0].permute(1, 2, 0).numpy() + 1) * 127.5
    return np.rint(levels).clip(0, 255).astype(np.uint8)


def threshold(net: IdentityNet, truths: Embeddings) -> float:
    """Return the cosine that only one in a hundred pairs of different people exceeds.

    Args:
        net: Compares.
        truths: float32 (N, 128), one embedding a person.
    """
    square = net.cosine(truths[:, None], truths[None])
    return float(np.quantile(square[np.triu_indices(len(truths), 1)], 1.0 - FALSE_ACCEPTS))


def rungs_of(measured: Measured) -> list[Rung]:
    """Return each ladder's rungs in the order in which they were climbed."""
    kept: dict[tuple[Kind, float], list[FaceRow]] = {}
    for row in measured.rows:
        kept.setdefault((row.kind, row.rung), []).append(row)
    return [_rung(kind, value, rows, measured.threshold) for (kind, value), rows in kept.items()]


def find_limits(rungs: Sequence[Rung]) -> Found:
    """Return the limits that the rungs of both ladders ask for.

    Args:
        rungs: Of each kind the worst first.
    """
    widths, blurs = ([rung for rung in rungs if rung.kind == kind] for kind, _ in LADDERS)
    narrowest, softest = lowest(widths), lowest(blurs)
    return Found(
        None if narrowest is None else widths[narrowest].value,
        _between(blurs[softest - 1], blurs[softest]) if softest else None,
        softest is not None,
    )


def lowest(rungs: Sequence[Rung]) -> int | None:
    """Return which rung is the lowest that holds, as do all above; None where the top one fails."""
    at = len(rungs)
    while at > 0 and rungs[at - 1].holds:
        at -= 1
    return None if at == len(rungs) else at


def as_json(measured: Measured) -> Json:
    """Return the limits found, the rungs, and a row a face and rung."""
    rungs = rungs_of(measured)
    return {
        "faces": len({row.face for row in measured.rows}),
        "limits": asdict(find_limits(rungs)),
        "threshold": measured.threshold,
        "rule": {
            "most_lost": MOST_LOST,
            "least_verified": LEAST_VERIFIED,
            "false_accepts": FALSE_ACCEPTS,
        },
        "rungs": [asdict(rung) | {"holds": rung.holds} for rung in rungs],
        "rows": [asdict(row) for row in measured.rows],
    }


def as_table(measured: Measured) -> str:
    """Return the rungs in Markdown, and the limits below."""
    rungs = rungs_of(measured)
    lines = [
        "| rung | shows | identity before | after | losing | verified | |",
        "|---|---|---|---|---|---|---|",
    ]
    for rung in rungs:
        name = f"{rung.value:g} px wide" if rung.kind == "width" else f"blur {rung.value:g} px"
        lines.append(
            f"| {name} | {rung.detail:.1f} | {rung.before:.3f} | {rung.after:.3f} "
            f"| {rung.losing:.0%} | {rung.verified:.0%} | {'holds' if rung.holds else 'fails'} |"
        )
    faces = len({row.face for row in measured.rows})
    return "\n".join(
        [
            *lines,
            "",
            f"{faces} faces; verified above {measured.threshold:.3f}, which {FALSE_ACCEPTS:.0%} of "
            "the pairs of different people exceed.",
            *_told(find_limits(rungs)),
        ]
    )


def _told(found: Found) -> tuple[str, str]:
    width = "no width holds" if found.width is None else f"{found.width:g} pixels"
    if found.blur is not None:
        blur = f"what a sharp face of {found.blur:g} pixels shows"
    else:
        blur = "none is needed" if found.blur_holds else "no blur holds"
    return f"Limit of width: {width}.", f"Limit of blur: {blur}."


def _pair(pixels: NDArray[np.uint8], models: Models) -> NDArray[np.float32]:
    """Restore an aligned face; return it before and after, float32 (2, 3, 512, 512) in [0, 1]."""
    # Whoever it looks like: that is what is measured here.
    restored = restore_face(Picture(pixels), _FACE, models, Choices(identity_limit=-1.0))
    after = restored.before if restored.crop is None else restored.crop
    return np.stack([restored.before, after]).transpose(0, 3, 1, 2)


def _rung(kind: Kind, value: float, rows: Sequence[FaceRow], threshold: float) -> Rung:
    before, after = (np.array([getattr(row, at) for row in rows]) for at in ("before", "after"))
    return Rung(
        kind,
        value,
        float(np.median([row.detail for row in rows])),
        float(before.mean()),
        float(after.mean()),
        float((before - after > MOST_LOST).mean()),
        float((after > threshold).mean()),
    )


def _between(below: Rung, above: Rung) -> float:
    """Return the detail halfway between two rungs, by ratio, in whole pixels."""
    return float(round(math.sqrt(below.detail * above.detail)))
