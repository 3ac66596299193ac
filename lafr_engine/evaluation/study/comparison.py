"""Requirement 8: other restorers on the same inputs."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from lafr_engine.evaluation.metrics import Values, eight_bit
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, bar_chart
from lafr_engine.evaluation.study.judge import METRICS, FaceJudge, averages, gain, restored
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study, mean
from lafr_engine.imaging.degrade import degrade_level

_INPUT, _OURS = "input (bicubic)", "LAFR"


@dataclass(frozen=True)
class _Found:
    values: dict[tuple[str, str], list[Values]]
    scores: dict[tuple[str, str], dict[str, list[float]]]
    seconds: dict[str, list[float]]
    pictures: dict[str, list[Tensor]]


def _restorers(study: Study) -> dict[str, Callable[[Tensor], Tensor]]:
    others = {rival.name: rival.restore for rival in study.rivals}
    return {_INPUT: lambda x: x, _OURS: lambda x: restored(study.chain, x), **others}


def _run(study: Study, _: Earlier) -> Outcome:
    found = _Found(defaultdict(list), {}, defaultdict(list), {})
    restorers = _restorers(study)
    levels = [level for level in study.options.levels if level != "mild"]
    for face, hq in study.each("comparison", study.few):
        there = hq.to(study.device)
        judge = FaceJudge(study.nets, there)
        for level in levels:
            lq = degrade_level(hq, level, [face.seed]).to(study.device)
            row = []
            for name, restore in restorers.items():
                began = time.perf_counter()
                picture = eight_bit(restore(lq))
                found.seconds[name].append(time.perf_counter() - began)
                found.values[level, name].append(judge.measure(picture))
                _score(study, found, (level, name), (picture, there))
                row.append(picture[0])
            if len(found.pictures) < study.options.shown * len(levels):
                found.pictures[f"{level}, {face.name}"] = [*row, hq[0]]
    numbers = _numbers(study, found, levels, list(restorers))
    return Outcome(numbers, tuple(_findings(numbers)), _figures(study, numbers, found))


def _score(study: Study, found: _Found, key: tuple[str, str], pair: tuple[Tensor, Tensor]) -> None:
    for name, score in study.scores.items():
        found.scores.setdefault(key, {}).setdefault(name, []).append(score(*pair))


def _numbers(study: Study, found: _Found, levels: list[str], names: list[str]) -> Json:
    return {
        "faces": len(study.few),
        "notes": {rival.name: rival.note for rival in study.rivals},
        "seconds_a_face": {name: mean(list(found.seconds[name])) for name in names},
        "levels": {
            level: {
                name: averages(found.values[level, name])
                | {k: mean(list(v)) for k, v in found.scores.get((level, name), {}).items()}
                for name in names
            }
            for level in levels
        },
    }


def _findings(numbers: Json) -> list[str]:
    out = []
    for level, content in numbers["levels"].items():
        ours = content[_OURS]
        for name, other in content.items():
            if name == _OURS:
                continue
            worse = [m for m in METRICS if (gain(m, ours[m], other[m]) or 0.0) <= 0]
            told = "on every metric" if not worse else f"on all but {', '.join(worse)}"
            out.append(f"{level}: LAFR is better than {name} {told}.")
    return out


def _figures(study: Study, numbers: Json, found: _Found) -> tuple[str, ...]:
    metrics = (*METRICS, *study.scores)
    rows = [
        (f"{level}, {name}", *(values[m] for m in metrics), numbers["seconds_a_face"][name])
        for level, content in numbers["levels"].items()
        for name, values in content.items()
    ]
    notes = " ".join(f"{rival.name}: {rival.note}" for rival in study.rivals)
    levels = list(numbers["levels"])
    names = list(numbers["seconds_a_face"])
    drawn = [
        bar_chart(
            Axes(f"Restorers: {metric}", "level", metric),
            levels,
            {name: [numbers["levels"][level][name][metric] for level in levels] for name in names},
        )
        for metric in ("perceptual", "identity")
    ]
    return (
        page.table(("level, restorer", *metrics, "seconds a face"), rows, notes),
        page.charts(*drawn),
        page.pictures([*names, "HQ"], found.pictures),
    )


PART = Part(
    "comparison",
    "Other restorers on the same inputs",
    "The same degraded faces, at the same size, in the same run, on a few faces.",
    _run,
)
