"""Requirements 5 and 10: one degradation at a time, and those of real devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lafr_engine.evaluation.metrics import Values
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, Series, bar_chart, line_chart
from lafr_engine.evaluation.study.devices import DEVICES
from lafr_engine.evaluation.study.judge import METRICS, FaceJudge, averages, restored
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study
from lafr_engine.imaging.degrade import Recipe, degrade, print_tone

_PLOTTED = ("psnr", "perceptual", "identity")


@dataclass(frozen=True)
class Curve:
    """A degradation that grows.

    Attributes:
        name: In the numbers.
        label: What grows, with its unit.
        strengths: From hardly any to more than is fair.
        apply: HQ face (1, 3, 512, 512), strength and seed to (LQ, target).
    """

    name: str
    label: str
    strengths: tuple[float, ...]
    apply: Callable[[Tensor, float, int], tuple[Tensor, Tensor]]


def _by(
    make: Callable[[float, int], Recipe],
) -> Callable[[Tensor, float, int], tuple[Tensor, Tensor]]:
    """Degrade by a recipe of strength and seed; the print's tone is the target's too."""

    def apply(hq: Tensor, strength: float, seed: int) -> tuple[Tensor, Tensor]:
        recipes = [make(strength, seed)]
        target = print_tone(hq, recipes)
        return degrade(target, recipes), target

    return apply


def _angle(seed: int) -> float:
    return float(np.random.default_rng(seed).uniform(0, np.pi))


def impulses(hq: Tensor, strength: float, seed: int) -> tuple[Tensor, Tensor]:
    """Turn a share of the pixels, in per cent, to black or white: nothing like Gaussian noise."""
    generator = torch.Generator().manual_seed(seed)
    dice = torch.rand((1, 1, *hq.shape[2:]), generator=generator)
    share = strength / 100
    noisy = torch.where(dice < share / 2, torch.tensor(-1.0), hq)
    return torch.where(dice > 1 - share / 2, torch.tensor(1.0), noisy), hq


CURVES = (
    Curve(
        "jpeg", "JPEG quality", (90, 70, 50, 30, 15, 8), _by(lambda s, _: Recipe(quality=int(s)))
    ),
    Curve(
        "motion",
        "length of the motion blur, pixels",
        (4, 8, 16, 24, 36),
        _by(lambda s, seed: Recipe(motion=s, angle=_angle(seed))),
    ),
    Curve(
        "shot_noise",
        "noise that grows with light, grey levels",
        (5, 10, 20, 35, 50),
        _by(lambda s, seed: Recipe(poisson=s, seed=seed)),
    ),
    Curve("impulses", "pixels turned black or white, %", (0.2, 0.5, 1, 3, 8), impulses),
    Curve(
        "cast",
        "colour cast, share of the range",
        (0.05, 0.1, 0.2, 0.3, 0.4),
        _by(lambda s, _: Recipe(cast=(s, 0.0, -s))),
    ),
    Curve(
        "downscale",
        "factor of reduction",
        (2, 4, 8, 16, 32, 64),
        _by(lambda s, _: Recipe(down=s)),
    ),
)


@dataclass(frozen=True)
class _Pair:
    input: list[Values]
    full: list[Values]

    def numbers(self) -> Json:
        return {"input": averages(self.input), "full": averages(self.full)}


def _measure(study: Study, pair: _Pair, lq: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Restore one degraded face and add both measurements; returns (input, full)."""
    there = lq.to(study.device)
    judge = FaceJudge(study.nets, target.to(study.device))
    after = restored(study.chain, there)
    pair.input.append(judge.measure(there))
    pair.full.append(judge.measure(after))
    return there, after


def _strengths(study: Study, curve: Curve) -> tuple[float, ...]:
    return curve.strengths[2:3] if study.options.quick else curve.strengths


def _run_curves(study: Study, _: Earlier) -> Outcome:
    found = {c.name: {s: _Pair([], []) for s in _strengths(study, c)} for c in CURVES}
    shown: dict[str, list[Tensor]] = {}
    for number, (face, hq) in enumerate(study.each("robustness", study.few)):
        for curve in CURVES:
            for strength, pair in found[curve.name].items():
                lq, after = _measure(study, pair, *curve.apply(hq, strength, face.seed))
                if number == 0:
                    shown.setdefault(curve.label, []).extend([lq[0], after[0]])
    rows = {
        name: [{"strength": s, **pair.numbers()} for s, pair in pairs.items()]
        for name, pairs in found.items()
    }
    numbers = {"faces": len(study.few), "curves": rows}
    return Outcome(numbers, tuple(map(_finding, CURVES, rows.values())), _curves(rows, shown))


def _finding(curve: Curve, rows: list[Json]) -> str:
    worse = [f"{row['strength']:g}" for row in rows if not _better(row)]
    if not worse:
        return f"{curve.label}: identity and perceptual distance never fall below the input's."
    told = ", ".join(worse)
    return f"{curve.label}: identity or perceptual distance is worse than the input's at {told}."


def _better(row: Json) -> bool:
    """Whether neither likeness nor perceptual distance got worse, but for a thousandth."""
    before, after = row["input"], row["full"]
    near = after["perceptual"] <= before["perceptual"] * 1.001
    return bool(near and after["identity"] >= before["identity"] - 0.001)


def _curves(rows: dict[str, list[Json]], shown: dict[str, list[Tensor]]) -> tuple[str, ...]:
    out = []
    for curve in CURVES:
        points = rows[curve.name]
        xs = [row["strength"] for row in points]
        drawn = [
            line_chart(
                Axes(f"{curve.name}: {metric}", curve.label, metric),
                [
                    Series(who, xs, [row[who][metric] for row in points])
                    for who in ("input", "full")
                ],
            )
            for metric in _PLOTTED
        ]
        out.append(page.charts(*drawn))
    first = [
        f"{what}" for _ in range(max(map(len, shown.values())) // 2) for what in ("LQ", "full")
    ]
    out.append(page.pictures(first, shown, "One face at the strengths measured, in their order."))
    return tuple(out)


def _run_devices(study: Study, _: Earlier) -> Outcome:
    found = {device.name: _Pair([], []) for device in DEVICES}
    shown: dict[str, list[Tensor]] = {}
    for face, hq in study.each("devices", study.few):
        for device in DEVICES:
            lq, target = device.apply(hq, face.seed)
            seen, after = _measure(study, found[device.name], lq, target)
            if face.name in {each.name for each in study.few[:2]}:
                shown[f"{device.name}, {face.name}"] = [seen[0], after[0], target[0]]
    numbers = {name: pair.numbers() for name, pair in found.items()}
    findings = tuple(
        f"{name}: perceptual distance {n['input']['perceptual']:.3f} to "
        f"{n['full']['perceptual']:.3f}, identity {n['input']['identity']:.3f} to "
        f"{n['full']['identity']:.3f}."
        for name, n in numbers.items()
    )
    return Outcome(
        {"faces": len(study.few), "devices": numbers}, findings, _devices(numbers, shown)
    )


def _devices(numbers: Json, shown: dict[str, list[Tensor]]) -> tuple[str, ...]:
    rows = [
        (f"{name}, {who}", *(values[metric] for metric in METRICS))
        for name, both in numbers.items()
        for who, values in both.items()
    ]
    drawn = [
        bar_chart(
            Axes(f"Devices: {metric}", "device", metric),
            list(numbers),
            {who: [both[who][metric] for both in numbers.values()] for who in ("input", "full")},
        )
        for metric in ("perceptual", "identity")
    ]
    notes = " ".join(f"{device.name}: {device.note}" for device in DEVICES)
    return (
        page.table(("device, stage", *METRICS), rows, notes),
        page.charts(*drawn),
        page.pictures(("input", "full", "HQ"), shown),
    )


CURVES_PART = Part(
    "robustness",
    "One degradation at a time",
    "Everything else is left as it is, on a few faces. The colour cast belongs to the photograph "
    "and stays: its target has it too, so that its curves show only whether it harms.",
    _run_curves,
)
DEVICES_PART = Part(
    "devices",
    "Degradations of real devices",
    "Whole processing chains as phones, messengers and scanners have them, made from clean faces "
    "so that the result can be compared; but for parts of the scan, training degrades otherwise.",
    _run_devices,
)
