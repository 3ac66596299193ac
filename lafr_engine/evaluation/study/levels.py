"""The fixed levels: every stage of the chain, face by face; other parts build on its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from torch import Tensor

from lafr_engine.evaluation.metrics import latent_l1
from lafr_engine.evaluation.report import bootstrap
from lafr_engine.evaluation.sets import EvaluationFace
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, bar_chart
from lafr_engine.evaluation.study.judge import (
    METRICS,
    STAGE_NOTE,
    STAGES,
    FaceJudge,
    Stages,
    averages,
    embed,
    gain,
    run_stages,
)
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study, mean
from lafr_engine.faces.identity import Embeddings
from lafr_engine.imaging.degrade import degrade_level


@dataclass(frozen=True)
class _Found:
    """All rows, and the embeddings of every picture in both views by (level, stage)."""

    rows: list[Json]
    latents: list[Json]
    embeddings: dict[tuple[str, str], list[tuple[Embeddings, Embeddings]]]
    pictures: dict[str, list[Tensor]]


def _run(study: Study, _: Earlier) -> Outcome:
    found = _Found([], [], {}, {})
    for face, hq in study.each("levels", study.faces):
        _measure_face(study, face, hq, found)
    levels = study.options.levels
    means = {
        level: {stage: averages(_rows(found.rows, level, stage)) for stage in STAGES}
        for level in levels
    }
    quality = {level: _quality(found.rows, level) for level in levels}
    numbers = {
        "faces": len(study.faces),
        "means": means,
        "full_over_input": _gains(found.rows, levels),
        "quality_against_psnr": quality,
        "rows": found.rows,
        "latents": found.latents,
        "cosines": _cosines(study, found),
    }
    return Outcome(numbers, tuple(_findings(means, quality)), _figures(means, quality, found))


def _measure_face(study: Study, face: EvaluationFace, hq: Tensor, found: _Found) -> None:
    there = hq.to(study.device)
    judge = FaceJudge(study.nets, there)
    _keep(study, found, ("", "hq"), there)
    z_hq = study.chain.encode(there)
    row: list[Tensor] = []
    for level in study.options.levels:
        stages = run_stages(study.chain, degrade_level(hq, level, [face.seed]).to(study.device))
        for stage, picture in stages.pictures.items():
            values = judge.measure(picture)
            found.rows.append({"face": face.name, "level": level, "stage": stage, **values})
            _keep(study, found, (level, stage), picture)
        found.latents.append({"face": face.name, "level": level, **_distances(stages, z_hq)})
        row += [stages.pictures["input"][0], stages.pictures["full"][0]]
    if face.name in study.shown:
        found.pictures[face.name] = [*row, hq[0]]


def _keep(study: Study, found: _Found, key: tuple[str, str], picture: Tensor) -> None:
    both = embed(study.nets, picture)[0], embed(study.nets, picture, views=True)[0]
    found.embeddings.setdefault(key, []).append(both)


def _distances(stages: Stages, z_hq: Tensor) -> dict[str, float]:
    latents = {
        "before": stages.z_lq,
        "adapter": stages.z_aligned,
        "restored": stages.z_restored,
    }
    return {name: float(latent_l1(z, z_hq)) for name, z in latents.items()}


def _cosines(study: Study, found: _Found) -> Json:
    """Cosine of the picture of face i (rows) to the HQ face j (columns), in both views."""
    hq = found.embeddings["", "hq"]
    out: Json = {}
    for (level, stage), rows in found.embeddings.items():
        if level:
            out.setdefault(level, {})[stage] = {
                name: _matrix(study, [row[view] for row in rows], [row[view] for row in hq])
                for view, name in enumerate(("plain", "views"))
            }
    return out


def _matrix(study: Study, a: list[Embeddings], b: list[Embeddings]) -> list[list[float]]:
    cosines = study.nets.identity.cosine(np.stack(a)[:, None], np.stack(b)[None])
    rounded: list[list[float]] = np.round(cosines.astype(np.float64), 4).tolist()
    return rounded


def _rows(rows: Sequence[Json], level: str, stage: str) -> list[Any]:
    return [row for row in rows if row["level"] == level and row["stage"] == stage]


def _gains(rows: Sequence[Json], levels: Sequence[str]) -> Json:
    """Gain of the whole chain over the input with its 95 % interval, by level and metric."""
    out: Json = {}
    for level in levels:
        pairs = list(zip(_rows(rows, level, "input"), _rows(rows, level, "full"), strict=True))
        for metric in METRICS:
            gains = [gain(metric, after[metric], before[metric]) for before, after in pairs]
            interval = bootstrap([value for value in gains if value is not None])
            out.setdefault(level, {})[metric] = asdict(interval) if interval else None
    return out


def _quality(rows: Sequence[Json], level: str) -> Json:
    """Do PSNR and perceptual distance get better together?"""
    pairs = list(zip(_rows(rows, level, "input"), _rows(rows, level, "full"), strict=True))
    up = [gain("psnr", after["psnr"], before["psnr"]) or 0.0 for before, after in pairs]
    near = [gain("perceptual", a["perceptual"], b["perceptual"]) or 0.0 for b, a in pairs]
    bought = sum(p > 0 > q for p, q in zip(up, near, strict=True))
    return {
        "psnr_gain": mean(up),
        "perceptual_gain": mean(near),
        "psnr_up_but_perceptual_worse": bought / len(pairs),
    }


def _findings(means: Json, quality: Json) -> list[str]:
    out = []
    for level, content in means.items():
        before, after = content["input"], content["full"]
        out.append(
            f"{level}: PSNR {before['psnr']:.2f} to {after['psnr']:.2f} dB, perceptual distance "
            f"{before['perceptual']:.3f} to {after['perceptual']:.3f}, identity "
            f"{before['identity']:.3f} to {after['identity']:.3f}; PSNR rises at the price of "
            f"perceptual quality on {quality[level]['psnr_up_but_perceptual_worse']:.0%} of faces."
        )
    return out


def _figures(means: Json, quality: Json, found: _Found) -> tuple[str, ...]:
    rows = [
        (f"{level} {stage}", *(content[stage][metric] for metric in METRICS))
        for level, content in means.items()
        for stage in STAGES
    ]
    columns = [f"{level} {what}" for level in means for what in ("input", "full")]
    bars = {stage: [c[stage]["perceptual"] for c in means.values()] for stage in STAGES}
    likeness = {stage: [c[stage]["identity"] for c in means.values()] for stage in STAGES}
    traded = [(level, *values.values()) for level, values in quality.items()]
    return (
        page.table(("level and stage", *METRICS), rows, STAGE_NOTE),
        page.charts(
            bar_chart(Axes("Perceptual distance", "level", "lower is better"), list(means), bars),
            bar_chart(Axes("Identity cosine", "level", "higher is better"), list(means), likeness),
        ),
        page.table(
            ("level", "mean PSNR gain", "mean perceptual gain", "share: PSNR up, perceptual worse"),
            traded,
            "Perceptual quality must not fall while PSNR rises: the last column is the share of "
            "faces on which it did.",
        ),
        page.pictures([*columns, "HQ"], found.pictures),
    )


PART = Part(
    "levels",
    "Quality by level and stage",
    "Each face degraded at fixed levels with the seed of its name. PSNR in dB over RGB; SSIM of "
    "the luma; perceptual: distance in a VGG16-like trunk that no training saw (lower is better); "
    "identity: cosine of face embeddings to the HQ face (the net of the training's identity loss, "
    "so it flatters); landmarks: mean error of 468 points in pixels (lower is better).",
    _run,
)
