"""Requirement 9, second half: where it fails, how often, and which stage is to blame."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from lafr_engine.evaluation.sets import load_faces
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.judge import gain, run_stages
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study
from lafr_engine.imaging.degrade import degrade_level

_SHOWN = 6


@dataclass(frozen=True)
class Kind:
    """One way to fail.

    Attributes:
        name: In tables.
        metric: That got worse from input to output.
        by: How much worse it must be.
    """

    name: str
    metric: str
    by: float


KINDS = (
    Kind("likeness lost", "identity", 0.02),
    Kind("perceptually worse", "perceptual", 0.02),
    Kind("farther in pixels", "psnr", 0.1),
    Kind("structure lost", "ssim", 0.003),
    Kind("features moved", "landmarks", 0.3),
)


def cause(kind: Kind, stages: Mapping[str, Json], latents: Json) -> str:
    """Name the stage at which a metric fell.

    The first stage whose result is worse than the input, in the chain's order; a latent that is
    farther from the HQ latent than before comes first of all.
    """
    limit = kind.by / 2

    def worse(stage: str) -> bool:
        change = gain(kind.metric, stages[stage][kind.metric], stages["input"][kind.metric])
        return change is not None and change < -limit

    if worse("adapter"):
        away = latents["adapter"] > latents["before"]
        return "adapter: latent moved away" if away else "adapter or VAE: detail lost in the latent"
    if worse("both"):
        return "U-Net"
    return "fidelity gate"


def find(rows: Sequence[Json], latents: Sequence[Json]) -> list[Json]:
    """Return every failure, one a face, level and kind, with how bad it is and its cause."""
    by_face: dict[tuple[str, str], dict[str, Json]] = defaultdict(dict)
    for row in rows:
        by_face[row["face"], row["level"]][row["stage"]] = row
    where = {(row["face"], row["level"]): row for row in latents}
    out = []
    for (face, level), stages in by_face.items():
        for kind in KINDS:
            change = gain(kind.metric, stages["full"][kind.metric], stages["input"][kind.metric])
            if change is not None and change < -kind.by:
                reason = cause(kind, stages, where[face, level])
                found = {"face": face, "level": level, "kind": kind.name, "worse_by": -change}
                out.append({**found, "limits": -change / kind.by, "cause": reason})
    return out


def _run(study: Study, earlier: Earlier) -> Outcome:
    measured = earlier["levels"].numbers
    failures = find(measured["rows"], measured["latents"])
    count = len(study.faces)
    share = _shares(failures, study.options.levels, count)
    causes = Counter((row["kind"], row["cause"]) for row in failures)
    numbers = {
        "faces": count,
        "limits": {kind.name: f"{kind.metric} worse by {kind.by:g}" for kind in KINDS},
        "share_of_faces": share,
        "causes": [{"kind": k, "cause": c, "count": n} for (k, c), n in causes.most_common()],
        "failures": failures,
    }
    findings = tuple(
        f"{level}: " + ", ".join(f"{name} on {part:.0%} of faces" for name, part in each.items())
        for level, each in share.items()
    )
    return Outcome(numbers, findings, _figures(numbers, _worst(study, failures)))


def _shares(failures: Sequence[Json], levels: Sequence[str], count: int) -> Json:
    counts = Counter((row["level"], row["kind"]) for row in failures)
    return {
        level: {kind.name: counts[level, kind.name] / count for kind in KINDS} for level in levels
    }


def _worst(study: Study, failures: Sequence[Json]) -> dict[str, list[Tensor]]:
    """Make the pictures of the worst failures again, one a face."""
    worst: dict[str, Json] = {}
    for row in sorted(failures, key=lambda row: -float(row["limits"])):
        worst.setdefault(row["face"], row)
    faces = {face.name: face for face in study.faces}
    shown = {}
    for row in list(worst.values())[:_SHOWN]:
        face = faces[row["face"]]
        hq = load_faces([face.hq])
        lq = degrade_level(hq, row["level"], [face.seed]).to(study.device)
        seen = run_stages(study.chain, lq).pictures
        label = f"{row['face'][:24]}, {row['level']}: {row['kind']} by {row['worse_by']:.3g}"
        shown[label] = [*(seen[s][0] for s in ("input", "adapter", "both", "full")), hq[0]]
    return shown


def _figures(numbers: Json, shown: dict[str, list[Tensor]]) -> tuple[str, ...]:
    share = numbers["share_of_faces"]
    rows = [
        (
            kind.name,
            numbers["limits"][kind.name],
            *(f"{share[level][kind.name]:.0%}" for level in share),
        )
        for kind in KINDS
    ]
    causes = [tuple(row.values()) for row in numbers["causes"]]
    return (
        page.table(("failure", "means", *share), rows, "Share of faces, by level."),
        page.table(("failure", "first stage that is worse than the input", "count"), causes),
        page.pictures(("input", "adapter", "before the gate", "full", "HQ"), shown, "The worst."),
    )


PART = Part(
    "failures",
    "Failures, how often and why",
    "A failure is a face on which the chain is worse than its own input by more than a limit. "
    "The cause is the first stage, in the chain's order, whose picture is already worse.",
    _run,
    needs=("levels",),
)
