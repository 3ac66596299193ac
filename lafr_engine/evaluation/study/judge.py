"""One face at a time: the stages of the chain, and the metrics that a study can afford."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from lafr_engine.evaluation.metrics import MetricNets, Values, eight_bit, psnr, ssim
from lafr_engine.evaluation.study.values import mean
from lafr_engine.faces.identity import Embeddings
from lafr_engine.restore.chain import Chain

METRICS = ("psnr", "ssim", "perceptual", "identity", "landmarks")
BETTER_LOWER = ("perceptual", "landmarks")
STAGES = ("input", "adapter", "unet", "both", "full")
STAGE_NOTE = (
    "input: the degraded face, enlarged bicubically. adapter: its aligned latent, no U-Net. "
    "unet: the U-Net on the latent as it is, no adapter. both: adapter and U-Net, decoded. full: "
    "the same after the fidelity gate, which is what the application shows."
)
_FACE_FLAG = 0.5


@dataclass(frozen=True)
class Stages:
    """A degraded face on its way through the chain.

    Attributes:
        pictures: By the names of ``STAGES``, each (1, 3, H, W) in [-1, 1] in 8 bits.
        z_lq: Latent of the input.
        z_aligned: After the adapter.
        z_restored: After the U-Net.
    """

    pictures: dict[str, Tensor]
    z_lq: Tensor
    z_aligned: Tensor
    z_restored: Tensor


@torch.no_grad()
def run_stages(chain: Chain, lq: Tensor) -> Stages:
    """Run the chain, and its adapter and its U-Net each alone, on faces (B, 3, H, W) in [-1, 1]."""
    out = chain(lq)
    alone = chain.denoise(out.z_lq, out.z_lq)
    pictures = {
        "input": lq,
        "adapter": chain.decode(out.z_aligned),
        "unet": chain.decode(alone.to(lq.dtype)),
        "both": out.decoded,
        "full": out.image,
    }
    seen = {name: eight_bit(picture) for name, picture in pictures.items()}
    return Stages(seen, out.z_lq, out.z_aligned, out.z_restored)


@torch.no_grad()
def restored(chain: Chain, lq: Tensor) -> Tensor:
    """Return what the whole chain makes of faces, in 8 bits."""
    return eight_bit(chain(lq).image)


class FaceJudge:
    """Compares pictures with one HQ face, which it looks at only once."""

    def __init__(self, nets: MetricNets, hq: Tensor) -> None:
        """Look at the HQ face (1, 3, 512, 512), RGB in [-1, 1]."""
        self._nets = nets
        self._hq = hq
        with torch.no_grad():
            self._features = nets.perceptual.features(self._small(hq))
            self._landmarks, self._flag = nets.mesh(hq)
        self._embedding = embed(nets, hq)

    @torch.no_grad()
    def measure(self, picture: Tensor) -> Values:
        """Return the values of ``METRICS`` for a picture (1, 3, 512, 512)."""
        nets, hq = self._nets, self._hq
        features = nets.perceptual.features(self._small(picture))
        values = {
            "psnr": float(psnr(picture, hq)),
            "ssim": float(ssim(picture, hq)),
            "perceptual": float(nets.perceptual.distance(features, self._features)),
            "identity": float(nets.identity.cosine(embed(nets, picture), self._embedding)[0]),
            "landmarks": self._landmark_error(picture),
        }
        return {name: value if math.isfinite(value) else None for name, value in values.items()}

    def _landmark_error(self, picture: Tensor) -> float:
        """Return the mean distance in pixels; NaN where either picture shows no face."""
        landmarks, flag = self._nets.mesh(picture)
        if min(float(flag), float(self._flag)) <= _FACE_FLAG:
            return math.nan
        return float((landmarks - self._landmarks)[..., :2].norm(dim=-1).mean())

    def _small(self, picture: Tensor) -> Tensor:
        side = (self._nets.perceptual_side, self._nets.perceptual_side)
        return F.interpolate(picture, side, mode="bilinear", antialias=True)


def embed(nets: MetricNets, picture: Tensor, *, views: bool = False) -> Embeddings:
    """Return the identity embeddings of pictures (B, 3, 512, 512) in [-1, 1], in either view."""
    crops: NDArray[np.float32] = ((picture + 1) / 2).cpu().numpy().astype(np.float32)
    return nets.identity.embed_views(crops) if views else nets.identity.embed(crops)


def averages(rows: Sequence[Values]) -> Values:
    """Return the mean of each metric over pictures."""
    return {name: mean([row[name] for row in rows]) for name in METRICS}


def gain(metric: str, after: float | None, before: float | None) -> float | None:
    """Return how much better ``after`` is; negative when worse, None where one is missing."""
    if after is None or before is None:
        return None
    return before - after if metric in BETTER_LOWER else after - before
