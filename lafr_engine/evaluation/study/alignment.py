"""Requirement 1: are latents of degraded faces off those of clean ones, and what of the adapter?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.evaluation.metrics import latent_l1
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, bar_chart
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study, mean
from lafr_engine.imaging.degrade import degrade_level

_PLACES = ("before", "adapter", "unet")
_LABELS = {"before": "input", "adapter": "after the adapter", "unet": "after the U-Net"}


@dataclass
class Gaussian:
    """Mean and covariance of vectors that are added in batches."""

    count: int = 0
    total: Tensor = field(default_factory=lambda: torch.zeros(()))
    products: Tensor = field(default_factory=lambda: torch.zeros(()))

    def add(self, vectors: Tensor) -> None:
        """Add vectors (N, D)."""
        x = vectors.double().cpu()
        self.count += len(x)
        self.total = self.total + x.sum(0)
        self.products = self.products + x.T @ x

    @property
    def mean(self) -> Tensor:
        """The mean (D,)."""
        return self.total / self.count

    @property
    def covariance(self) -> Tensor:
        """The covariance (D, D)."""
        centre = self.mean
        return self.products / self.count - torch.outer(centre, centre)


def frechet(a: Gaussian, b: Gaussian) -> float:
    """Squared Frechet distance of two Gaussians.

    Dowson and Landau, "The Frechet distance between multivariate normal distributions", Journal of
    Multivariate Analysis 12(3), 1982: |m - n|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2).
    """
    values, vectors = torch.linalg.eigh(a.covariance)
    root = vectors @ torch.diag(values.clamp_min(0).sqrt()) @ vectors.T
    middle = torch.linalg.eigvalsh(root @ b.covariance @ root).clamp_min(0).sqrt().sum()
    traces = a.covariance.trace() + b.covariance.trace()
    return float((a.mean - b.mean).square().sum() + traces - 2 * middle)


def patches(z: Tensor) -> Tensor:
    """Cut latents (B, C, h, w) into vectors (B h w / 4, 4 C) of two by two positions."""
    cut = F.unfold(z.float(), 2, stride=2)
    return cut.transpose(1, 2).flatten(0, 1)


@dataclass(frozen=True)
class _Found:
    rows: list[Json]
    gaussians: dict[tuple[str, str], Gaussian]
    pictures: dict[str, list[Tensor]]

    def add(self, key: tuple[str, str], z: Tensor) -> None:
        self.gaussians.setdefault(key, Gaussian()).add(patches(z))


@torch.no_grad()
def _run(study: Study, _: Earlier) -> Outcome:
    found = _Found([], {}, {})
    for number, (face, hq) in enumerate(study.each("alignment", study.faces)):
        z_hq = study.chain.encode(hq.to(study.device))
        found.add(("", "hq"), z_hq)
        found.add(("half", str(number % 2)), z_hq)
        for level in study.options.levels:
            lq = degrade_level(hq, level, [face.seed]).to(study.device)
            latents = _latents(study, lq)
            found.rows.append({"face": face.name, "level": level, **_compare(latents, z_hq)})
            for place, z in latents.items():
                found.add((level, place), z)
            if face.name in study.shown and level == study.options.levels[-1]:
                decoded = [study.chain.decode(z)[0] for z in (*latents.values(), z_hq)]
                found.pictures[face.name] = [lq[0], *decoded, hq[0]]
    numbers = {level: _level(found, level) for level in study.options.levels}
    halves = [found.gaussians.get(("half", which)) for which in ("0", "1")]
    floor = frechet(halves[0], halves[1]) if halves[0] and halves[1] else None
    everything = {"levels": numbers, "frechet_between_halves_of_hq": floor, "rows": found.rows}
    return Outcome(everything, tuple(_findings(numbers)), _figures(numbers, floor, found))


def _latents(study: Study, lq: Tensor) -> dict[str, Tensor]:
    z_lq = study.chain.encode(lq)
    aligned = study.chain.adapter(z_lq).aligned
    return {"before": z_lq, "adapter": aligned, "unet": study.chain.denoise(aligned, z_lq)}


def _compare(latents: dict[str, Tensor], z_hq: Tensor) -> dict[str, float]:
    out = {}
    for place, z in latents.items():
        out[f"l1_{place}"] = float(latent_l1(z, z_hq))
        out[f"cosine_{place}"] = float(F.cosine_similarity(z.flatten(1), z_hq.flatten(1)))
    return out


def _level(found: _Found, level: str) -> Json:
    rows = [row for row in found.rows if row["level"] == level]
    hq = found.gaussians["", "hq"]
    out: Json = {
        place: {
            "l1": mean([row[f"l1_{place}"] for row in rows]),
            "cosine": mean([row[f"cosine_{place}"] for row in rows]),
            "frechet": frechet(found.gaussians[level, place], hq),
        }
        for place in _PLACES
    }
    for place in _PLACES[1:]:
        closer = sum(row[f"l1_{place}"] < row["l1_before"] for row in rows)
        out[place]["brought_closer"] = closer / len(rows)
    return out


def _findings(numbers: Json) -> list[str]:
    return [
        f"{level}: the adapter changes the latents' L1 to the HQ latents from "
        f"{each['before']['l1']:.4f} to {each['adapter']['l1']:.4f} and their Frechet distance "
        f"from {each['before']['frechet']:.2f} to {each['adapter']['frechet']:.2f}; it brings "
        f"{each['adapter']['brought_closer']:.0%} of the faces closer."
        for level, each in numbers.items()
    ]


def _figures(numbers: Json, floor: float | None, found: _Found) -> tuple[str, ...]:
    header = ("level, latents", "L1 to HQ", "cosine to HQ", "Frechet distance", "brought closer")
    rows: list[Sequence[object]] = [
        (f"{level}, {_LABELS[place]}", v["l1"], v["cosine"], v["frechet"], v.get("brought_closer"))
        for level, each in numbers.items()
        for place, v in each.items()
    ]
    rows.append(("one half of the HQ faces to the other", None, None, floor, None))
    drawn = [
        bar_chart(
            Axes(title, "level", better),
            list(numbers),
            {_LABELS[p]: [each[p][key] for each in numbers.values()] for p in _PLACES},
        )
        for key, title, better in (
            ("l1", "L1 to the HQ latents", "lower is better"),
            ("frechet", "Frechet distance to HQ latents", "lower is better"),
        )
    ]
    columns = ("input", "z of input", "z aligned", "z restored", "z of HQ", "HQ")
    shown = page.pictures(
        columns, found.pictures, "Latents decoded, at the hardest level measured."
    )
    return page.table(header, rows), page.charts(*drawn), shown


PART = Part(
    "alignment",
    "Latents before and after the adapter",
    "The frozen encoder's latents of a degraded face, compared with those of the same clean face: "
    "mean absolute difference (L1) and cosine, face by face; and the Frechet distance between the "
    "Gaussians of all two-by-two latent patches of both sets. Brought closer: the share of faces "
    "whose L1 is smaller than before the adapter. The last line of the table tells how far two "
    "halves of the clean faces lie apart: less cannot be asked for.",
    _run,
)
