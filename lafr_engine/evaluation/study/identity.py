"""Requirement 2: could a person still be verified by the restored face?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, Series, line_chart
from lafr_engine.evaluation.study.judge import STAGE_NOTE, STAGES
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study

Floats = NDArray[np.float64]
FALSE_ACCEPTS = (0.1, 0.01, 0.001)
_SHOWN = ("input", "adapter", "unet", "full")


@dataclass(frozen=True)
class Roc:
    """Shares accepted at every threshold, from the strictest to the laxest.

    Attributes:
        false_accepts: Of the impostors.
        true_accepts: Of the genuine pairs.
        auc: Probability that a genuine pair scores higher than an impostor, ties counting half.
    """

    false_accepts: Floats
    true_accepts: Floats
    auc: float

    def accepted_at(self, rate: float) -> float:
        """Return the share of genuine pairs at the laxest threshold that keeps to this rate."""
        return float(self.true_accepts[self.false_accepts <= rate + 1e-12].max())


def roc(genuine: Floats, impostors: Floats) -> Roc:
    """Compare scores (N,) of genuine pairs with scores (M,) of impostors."""
    thresholds = np.unique(np.concatenate([genuine, impostors]))[::-1]
    true, false = _accepted(genuine, thresholds), _accepted(impostors, thresholds)
    return Roc(false, true, float(np.trapezoid(true, false)))


def _accepted(scores: Floats, falling: Floats) -> Floats:
    """Return the share of scores at or above each threshold, after a first that none reaches."""
    below = np.searchsorted(np.sort(scores), falling, side="left")
    return np.concatenate([[0.0], 1.0 - below / len(scores)])


def split(cosines: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
    """Part a square of cosines into its diagonal, the genuine pairs, and the rest."""
    square = np.asarray(cosines, dtype=np.float64)
    same = np.eye(len(square), dtype=bool)
    return square[same], square[~same]


def _run(study: Study, earlier: Earlier) -> Outcome:
    cosines = earlier["levels"].numbers["cosines"]
    if len(study.faces) < 2:
        sentence = "One face alone has no impostors: nothing can be verified."
        return Outcome({}, (sentence,), (page.paragraph(sentence),))
    numbers = {
        level: {stage: _stage(content[stage]) for stage in STAGES}
        for level, content in cosines.items()
    }
    pairs = len(study.faces) * (len(study.faces) - 1)
    return Outcome(
        {"genuine": len(study.faces), "impostors": pairs, "levels": numbers},
        tuple(_findings(numbers)),
        _figures(cosines, numbers, pairs),
    )


def _stage(views: Json) -> Json:
    out: Json = {}
    for view, cosines in views.items():
        genuine, impostors = split(cosines)
        found = roc(genuine, impostors)
        out[view] = {
            "auc": found.auc,
            "genuine_mean": float(genuine.mean()),
            "impostor_mean": float(impostors.mean()),
            **{f"tar_at_far_{rate:g}": found.accepted_at(rate) for rate in FALSE_ACCEPTS},
        }
    return out


def _findings(numbers: Json) -> list[str]:
    return [
        f"{level}: at one false accept in a hundred, {before['tar_at_far_0.01']:.0%} of the people "
        f"are recognised from the input and {after['tar_at_far_0.01']:.0%} after the chain "
        f"(AUC {before['auc']:.4f} to {after['auc']:.4f})."
        for level, each in numbers.items()
        for before, after in [(each["input"]["plain"], each["full"]["plain"])]
    ]


def _figures(cosines: Json, numbers: Json, pairs: int) -> tuple[str, ...]:
    rows = [
        (f"{level} {stage}, {view}", *values.values())
        for level, stages in numbers.items()
        for stage, views in stages.items()
        for view, values in views.items()
    ]
    header = ("level, stage, view", "AUC", "genuine mean", "impostor mean")
    rates = tuple(f"TAR at FAR {rate:g}" for rate in FALSE_ACCEPTS)
    caption = (
        f"{STAGE_NOTE} There are {pairs} impostor pairs, so a rate below {1 / pairs:.1g} is 0."
    )
    drawn = [_roc_chart(level, content) for level, content in cosines.items()]
    drawn += [_histogram(level, content) for level, content in cosines.items()]
    return page.table((*header, *rates), rows, caption), page.charts(*drawn)


def _roc_chart(level: str, content: Json) -> str:
    series = []
    for stage in _SHOWN:
        found = roc(*split(content[stage]["plain"]))
        seen = found.false_accepts >= 1e-3
        false, true = found.false_accepts[seen].tolist(), found.true_accepts[seen].tolist()
        series.append(Series(stage, false, true))
    axes = Axes(
        f"ROC, {level}", "false accept rate", "true accept rate", marks=False, y_range=(0.0, 1.02)
    )
    return line_chart(axes, series)


def _histogram(level: str, content: Json) -> str:
    edges = np.linspace(-0.6, 1.0, 33)
    middle = ((edges[1:] + edges[:-1]) / 2).tolist()
    series = []
    for stage in ("input", "full"):
        for name, scores in zip(("same", "other"), split(content[stage]["plain"]), strict=True):
            counts, _ = np.histogram(scores.clip(-0.6, 1.0), edges)
            series.append(Series(f"{stage}, {name}", middle, (counts / len(scores)).tolist()))
    axes = Axes(f"Cosines, {level}", "cosine to the HQ face", "share of pairs", marks=False)
    return line_chart(axes, series)


PART = Part(
    "identity",
    "Identity verification",
    "Each picture is compared with every HQ face: with its own (genuine) and with those of the "
    "others (impostors). AUC: how often a genuine pair scores higher than an impostor. TAR at FAR: "
    "share of the genuine accepted where only so many impostors are. The genuine partner is the "
    "same photograph before it was degraded (there is one picture a person), which is easier than "
    "another photograph would be. Plain: the embedding as it is; views: averaged over mirrored and "
    "moved crops. The net is also the one of the training's identity loss.",
    _run,
    needs=("levels",),
)
