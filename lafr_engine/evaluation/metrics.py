"""How close a picture is to the HQ face it should be: what is measured, and how.

All pictures are float32 (B, 3, 512, 512), RGB in [-1, 1], aligned to the FFHQ template.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.faces.identity import Embeddings, IdentityNet
from lafr_engine.nets.face_mesh import FaceMesh, inter_ocular
from lafr_engine.nets.perceptual import PerceptualDistance


@dataclass(frozen=True)
class Metric:
    """What one number means.

    Attributes:
        name: Key in the report.
        better: Whether more or less of it is better.
        digits: Decimals worth printing.
        trained_on: Whether training minimises it or a near relation, so that it flatters.
        note: How it is computed, in one sentence.
    """

    name: str
    better: Literal["higher", "lower"]
    digits: int
    trained_on: bool
    note: str

    def gain(self, value: float, baseline: float) -> float:
        """How much better ``value`` is than ``baseline``; negative when worse."""
        return value - baseline if self.better == "higher" else baseline - value


METRICS = (
    Metric("psnr", "higher", 2, True, "Peak signal-to-noise ratio in dB over RGB, peak 255."),
    Metric("ssim", "higher", 4, False, "Structural similarity of the luma, Gaussian 11 x 11."),
    Metric(
        "perceptual",
        "lower",
        4,
        False,
        "Uncalibrated LPIPS-like distance in a VGG16-like trunk (HED) that no training saw.",
    ),
    Metric(
        "perceptual_mobilenet",
        "lower",
        4,
        True,
        "The same distance in MobileNetV2, the net of the training's perceptual loss.",
    ),
    Metric(
        "identity",
        "higher",
        4,
        True,
        "Cosine of mean-subtracted dlib embeddings; the net of the training's identity loss.",
    ),
    Metric(
        "identity_views",
        "higher",
        4,
        True,
        "The same cosine between embeddings averaged over mirrored and moved crops: a second view, "
        "but by the net of the training's identity loss.",
    ),
    Metric(
        "landmarks",
        "lower",
        3,
        True,
        "Mean distance in pixels at 512 of the 468 MediaPipe landmarks; the net of the training's "
        "structure loss. None where the net sees no face.",
    ),
    Metric(
        "landmarks_relative",
        "lower",
        5,
        True,
        "The landmark distance over the distance between the HQ face's eye centres.",
    ),
)
METRIC_BY_NAME = {metric.name: metric for metric in METRICS}

Values = dict[str, float | None]
"""One picture's metrics by name; None where one cannot be measured."""

_FACE_FLAG = 0.5


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Peak signal-to-noise ratio (B,) in dB over all of RGB; 10 log10(peak^2 / MSE)."""
    error = (a - b).square().mean((1, 2, 3)) / 4  # [-1, 1] spans 2, so the squared peak is 4
    return -10 * error.clamp_min(1e-10).log10()


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean structural similarity (B,) of the luma.

    Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", IEEE Transactions on Image Processing 13(4), 2004, eq. 13: a circular
    Gaussian window of 11 x 11 and deviation 1.5, K1 = 0.01, K2 = 0.03, only where the window fits.
    """
    x, y = _luma(a), _luma(b)
    planes = _window_means(torch.cat([x, y, x * x, y * y, x * y], 1))
    mean_x, mean_y, xx, yy, xy = planes.unbind(1)
    var_x, var_y, cov = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return (luminance * (2 * cov + c2) / (var_x + var_y + c2)).mean((1, 2))


def latent_l1(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference (B,) of latents (B, C, h, w)."""
    return (a - b).abs().mean((1, 2, 3))


def eight_bit(x: Tensor) -> Tensor:
    """Clamp to [-1, 1] and round to the 256 levels in which a picture is saved."""
    return (x.clamp(-1, 1) * 127.5 + 127.5).round() / 127.5 - 1


def _luma(x: Tensor) -> Tensor:
    """ITU-R BT.601 luma (B, 1, H, W) in [0, 1]; double, or variances of flat parts drown."""
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64, device=x.device)
    return ((x.double() + 1) / 2 * weights.view(1, 3, 1, 1)).sum(1, keepdim=True)


def _window_means(planes: Tensor) -> Tensor:
    """Gaussian means (B, C, H - 10, W - 10) of planes (B, C, H, W)."""
    offsets = torch.arange(-5, 6, dtype=planes.dtype, device=planes.device)
    window = torch.exp(-offsets.square() / (2 * 1.5**2))
    window = window / window.sum()
    channels = planes.shape[1]
    rows = window.view(1, 1, 1, 11).expand(channels, 1, 1, 11)
    columns = window.view(1, 1, 11, 1).expand(channels, 1, 11, 1)
    means: Tensor = F.conv2d(F.conv2d(planes, rows, groups=channels), columns, groups=channels)
    return means


@dataclass(frozen=True)
class MetricNets:
    """The networks that judge.

    Attributes:
        perceptual: The distance that no training minimised.
        perceptual_mobilenet: The distance that training minimises.
        identity: Identity embeddings.
        mesh: Landmarks and face flag.
        perceptual_side: Pictures are reduced to this side for ``perceptual``, which is dear.
    """

    perceptual: PerceptualDistance
    perceptual_mobilenet: PerceptualDistance
    identity: IdentityNet
    mesh: FaceMesh
    perceptual_side: int = 256


@dataclass(frozen=True)
class _Seen:
    """What the networks see in a batch of pictures."""

    picture: Tensor
    perceptual: list[Tensor]
    perceptual_mobilenet: list[Tensor]
    embeddings: Embeddings
    view_embeddings: Embeddings
    landmarks: Tensor
    is_face: Tensor


class Judge:
    """Compares pictures with their HQ faces, which it looks at only once."""

    def __init__(self, nets: MetricNets, hq: Tensor) -> None:
        """Look at the HQ faces (B, 3, 512, 512), RGB in [-1, 1]."""
        self._nets = nets
        self._hq = self._look(hq)

    def measure(self, pictures: Tensor) -> list[Values]:
        """Compare pictures (B, 3, 512, 512) with the HQ faces; one value for each metric."""
        seen, hq = self._look(pictures), self._hq
        pixels = _landmark_error(seen, hq)
        columns: dict[str, Tensor | Embeddings] = {
            "psnr": psnr(seen.picture, hq.picture),
            "ssim": ssim(seen.picture, hq.picture),
            "perceptual": self._nets.perceptual.distance(seen.perceptual, hq.perceptual),
            "perceptual_mobilenet": self._nets.perceptual_mobilenet.distance(
                seen.perceptual_mobilenet, hq.perceptual_mobilenet
            ),
            "identity": self._nets.identity.cosine(seen.embeddings, hq.embeddings),
            "identity_views": self._nets.identity.cosine(seen.view_embeddings, hq.view_embeddings),
            "landmarks": pixels,
            "landmarks_relative": pixels / inter_ocular(hq.landmarks),
        }
        lists = {name: column.tolist() for name, column in columns.items()}
        return [
            {name: _finite(column[index]) for name, column in lists.items()}
            for index in range(len(pictures))
        ]

    @torch.no_grad()
    def _look(self, pictures: Tensor) -> _Seen:
        nets = self._nets
        side = (nets.perceptual_side, nets.perceptual_side)
        small = F.interpolate(pictures, side, mode="bilinear", antialias=True)
        landmarks, flag = nets.mesh(pictures)
        crops = ((pictures + 1) / 2).cpu().numpy().astype(np.float32)
        return _Seen(
            picture=pictures,
            perceptual=nets.perceptual.features(small),
            perceptual_mobilenet=nets.perceptual_mobilenet.features(pictures),
            embeddings=nets.identity.embed(crops),
            view_embeddings=nets.identity.embed_views(crops),
            landmarks=landmarks,
            is_face=flag > _FACE_FLAG,
        )


def _landmark_error(a: _Seen, b: _Seen) -> Tensor:
    """Mean distance (B,) in the plane of the landmarks; NaN where either is no face."""
    error: Tensor = (a.landmarks - b.landmarks)[..., :2].norm(dim=-1).mean(1)
    return error.where(a.is_face & b.is_face, torch.nan)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
