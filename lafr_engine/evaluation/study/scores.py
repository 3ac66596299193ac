"""Metrics of pyiqa, where that package and its weights are installed: LPIPS, DISTS, MUSIQ, FID."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lafr_engine.errors import ConfigError, WeightsMissing
from lafr_engine.evaluation.study.values import Score

WITH_REFERENCE = ("lpips", "dists")
WITHOUT = ("musiq",)
ABSENT = (
    "LPIPS, DISTS and MUSIQ were not measured (--pyiqa measures them where pyiqa and its weights "
    "are installed); FID means nothing on so few faces and is never measured: the Frechet distance "
    "of latents stands in the chapter on alignment."
)


def load_scores(
    device: torch.device, names: Sequence[str] = WITH_REFERENCE + WITHOUT
) -> dict[str, Score]:
    """Load metrics of pyiqa; it may download their weights.

    Raises:
        ConfigError: pyiqa is not installed.
        WeightsMissing: A metric's weights are not there and cannot be fetched.
    """
    try:
        import pyiqa
    except ImportError as error:
        raise ConfigError("--pyiqa needs the package pyiqa: pip install pyiqa") from error
    scores = {}
    for name in names:
        try:
            metric = pyiqa.create_metric(name, device=device, as_loss=False)
        except (OSError, RuntimeError, ValueError) as error:
            raise WeightsMissing(f"{name}: pyiqa could not load its weights ({error})") from error
        scores[name] = _score(metric, name in WITH_REFERENCE)
    return scores


def _score(metric: Any, referenced: bool) -> Score:
    @torch.no_grad()
    def score(picture: Tensor, hq: Tensor) -> float:
        x, y = ((part + 1.0) / 2.0 for part in (picture, hq))
        return float(metric(x, y) if referenced else metric(x))

    return score
