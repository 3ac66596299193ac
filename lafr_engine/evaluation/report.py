"""From measured rows to a report: means with confidence intervals, and a verdict.

The report is plain JSON; ``as_markdown`` turns it into the tables of the model card.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import OutputError
from lafr_engine.evaluation.evaluate import STAGES, Evaluation, LatentRow
from lafr_engine.evaluation.metrics import METRICS, Metric
from lafr_engine.imaging.files import whole_file

Json = dict[str, Any]

_LENIENT = "mild"
_TOLERANCE = 0.05
_CLOSER_SHARE = 0.95
_RESAMPLES = 2000
_SEED = 0


@dataclass(frozen=True)
class Provenance:
    """Where a report comes from.

    Attributes:
        command: The command line that made it.
        bundle: Name and version of the bundle.
        bundle_sha256: Hash of its manifest, which holds the hashes of all its files.
        faces: Where the HQ faces come from, as the user named it.
        device: Where it was computed.
        perceptual_side: Side to which pictures were reduced for the independent distance.
    """

    command: str
    bundle: str
    bundle_sha256: str
    faces: str
    device: str
    perceptual_side: int


@dataclass(frozen=True)
class Interval:
    """A mean over faces, with the 95 % interval of its bootstrap."""

    mean: float
    low: float
    high: float
    count: int


def bootstrap(values: Sequence[float]) -> Interval | None:
    """Mean of ``values`` and the percentile interval of its bootstrap; None without values.

    Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979:
    2000 resamples of the faces with replacement, from a fixed seed.
    """
    if not values:
        return None
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    chosen = np.random.default_rng(_SEED).integers(0, len(array), (_RESAMPLES, len(array)))
    low, high = np.quantile(array[chosen].mean(axis=1), (0.025, 0.975))
    return Interval(float(array.mean()), float(low), float(high), len(array))


def build_report(evaluation: Evaluation, provenance: Provenance) -> Json:
    """Put everything into one JSON object.

    Returns:
        ``provenance``, ``metrics`` (what each name means), ``levels`` (means with intervals by
        level, stage and metric; and the latents' distances), ``verdict``, ``rows`` and
        ``latents`` (one a picture).
    """
    return {
        "provenance": asdict(provenance),
        "metrics": [asdict(metric) for metric in METRICS],
        "levels": {level: _level(evaluation, level) for level in evaluation.levels},
        "verdict": _verdict(evaluation),
        "rows": [asdict(row) for row in evaluation.rows],
        "latents": [asdict(row) for row in evaluation.latents],
    }


def write_report(report: Json, path: Path) -> None:
    """Write a report, whole or not at all.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            part.write_text(json.dumps(report, indent=1, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise OutputError(path, f"could not be written ({error.strerror})") from error


def _level(evaluation: Evaluation, level: str) -> Json:
    stages = {
        stage: {
            metric.name: _interval(_values(evaluation, level, stage, metric.name).values())
            for metric in METRICS
        }
        for stage in STAGES
        if stage != "baseline" or any(row.stage == stage for row in evaluation.rows)
    }
    return {"stages": stages, "latents": _latents(_at(evaluation.latents, level))}


def _interval(values: Iterable[float]) -> Json | None:
    interval = bootstrap(list(values))
    return asdict(interval) if interval else None


def _values(evaluation: Evaluation, level: str, stage: str, metric: str) -> dict[str, float]:
    """Values of a metric by face; the ceiling is the same at every level."""
    rows = (row for row in evaluation.rows if row.stage == stage and row.level in (None, level))
    found = ((row.face, row.values[metric]) for row in rows)
    return {face: value for face, value in found if value is not None}


def _at(latents: Iterable[LatentRow], level: str) -> list[LatentRow]:
    return [row for row in latents if row.level == level]


def _latents(rows: Sequence[LatentRow]) -> Json:
    return {
        "before": _interval(row.before for row in rows),
        "adapter": _interval(row.adapter for row in rows),
        "chain": _interval(row.chain for row in rows),
        "closer_by_adapter": _closer(rows),
    }


def _closer(rows: Sequence[LatentRow]) -> float:
    """Share of faces whose latents the adapter brings closer to those of the HQ face."""
    return sum(row.adapter < row.before for row in rows) / len(rows)


def _verdict(evaluation: Evaluation) -> Json:
    """Which conditions hold; each with the numbers that decide it."""
    items = [
        _compare(evaluation, level, metric) for level in evaluation.levels for metric in METRICS
    ]
    groups = [(level, _at(evaluation.latents, level)) for level in evaluation.levels]
    if len(groups) > 1:
        groups.append(("all levels", list(evaluation.latents)))
    items += [_closer_item(name, rows) for name, rows in groups]
    return {"holds": all(item["holds"] for item in items), "items": items}


def _compare(evaluation: Evaluation, level: str, metric: Metric) -> Json:
    """Chain against input over the faces that both were measured on.

    At mild, the chain may be worse by 5 % of the input's value; elsewhere it must be better.
    """
    before = _values(evaluation, level, "input", metric.name)
    after = _values(evaluation, level, "chain", metric.name)
    both = sorted(before.keys() & after.keys())
    gain = bootstrap([metric.gain(after[face], before[face]) for face in both])
    result: Json = {"level": level, "metric": metric.name, "faces": len(both), "holds": False}
    if gain is None:
        return result | {"rule": "measured on no face"}
    base = float(np.mean([before[face] for face in both]))
    allowed = _TOLERANCE * abs(base) if level == _LENIENT else 0.0
    holds = gain.mean >= -allowed if level == _LENIENT else gain.mean > 0
    rule = "chain at most 5 % worse than input" if level == _LENIENT else "chain beats input"
    return result | {
        "rule": rule,
        "holds": holds,
        "input": base,
        "chain": float(np.mean([after[face] for face in both])),
        "gain": asdict(gain),
        "relative_gain": gain.mean / abs(base) if base else None,
    }


def _closer_item(name: str, rows: Sequence[LatentRow]) -> Json:
    share = _closer(rows)
    return {
        "level": name,
        "metric": "latent_l1",
        "faces": len(rows),
        "holds": share >= _CLOSER_SHARE,
        "rule": "adapter brings at least 95 % of latents closer to the HQ latent",
        "share": share,
    }


def as_markdown(report: Json) -> str:
    """Tables for people: means by level and stage, and what does not hold."""
    lines = [_row(["level", "stage", *(metric.name for metric in METRICS)])]
    lines.append(_row(["---"] * (len(METRICS) + 2)))
    for level, content in report["levels"].items():
        for stage in (name for name in STAGES if name in content["stages"]):
            cells = (_cell(content["stages"][stage][metric.name], metric) for metric in METRICS)
            lines.append(_row([level, stage, *cells]))
    lines += ["", *_latent_table(report["levels"]), "", *_verdict_lines(report["verdict"])]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(interval: Json | None, metric: Metric) -> str:
    return "-" if interval is None else f"{interval['mean']:.{metric.digits}f}"


def _latent_table(levels: dict[str, Json]) -> list[str]:
    lines = [
        _row(["level", "latent L1 input", "adapter", "chain", "brought closer by the adapter"])
    ]
    lines.append(_row(["---"] * 5))
    for level, content in levels.items():
        latents = content["latents"]
        means = (f"{latents[key]['mean']:.4f}" for key in ("before", "adapter", "chain"))
        lines.append(_row([level, *means, f"{latents['closer_by_adapter']:.1%}"]))
    return lines


def _verdict_lines(verdict: Json) -> list[str]:
    failed = [item for item in verdict["items"] if not item["holds"]]
    count = len(verdict["items"])
    lines = [f"Verdict: {count - len(failed)} of {count} conditions hold."]
    return lines + [f"- fails at {item['level']}: {_explain(item)}" for item in failed]


def _explain(item: Json) -> str:
    if "share" in item:
        return f"{item['rule']} ({item['share']:.1%})"
    numbers = f": {item['input']:.4g} to {item['chain']:.4g}" if "input" in item else ""
    return f"{item['metric']}, {item['rule']}{numbers}"
