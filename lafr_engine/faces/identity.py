"""Is it still the same person? Face embeddings and their cosine.

dlib's embeddings all lie in one corner of their space, strangers at a cosine of .84; the cosine is
therefore taken after subtracting a mean embedding, which ships as ``identity_mean.npy`` and is
made by ``python -m lafr_engine.evaluation.identity_mean``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing
from lafr_engine.nets.dlib_resnet import EMBEDDING_SIZE, DlibFace, face_chip
from lafr_engine.resources import resources_dir

Embeddings = NDArray[np.float32]

SAME_PERSON: Final = 0.51
"""Cosine at which as many strangers pass as friends are refused (0.6 % each on portraits)."""

_BATCH: Final = 16
# The second view: the face mirrored and, in each row, turned (degrees), scaled and shifted
# (parts of the crop's half side): the sizes by which two detections of one face differ.
_JITTERS: Final = (
    (-4.0, 0.97, 0.012, -0.008),
    (4.0, 1.03, -0.012, 0.008),
    (2.0, 0.95, -0.010, -0.012),
    (-2.0, 1.05, 0.010, 0.012),
)


@dataclass(frozen=True, eq=False)
class IdentityScore:
    """How much two sets of faces show the same people, pair by pair.

    Attributes:
        plain: float32 (N,), cosine of the crops as they are.
        jittered: float32 (N,), cosine of embeddings averaged over mirrored and slightly moved
            crops: a second view, which pixels fitted to the first do not fool as easily.
    """

    plain: NDArray[np.float32]
    jittered: NDArray[np.float32]

    @property
    def mean(self) -> NDArray[np.float32]:
        """The mean of both views, float32 (N,)."""
        return (self.plain + self.jittered) / np.float32(2.0)


class IdentityNet:
    """Embeds aligned faces and compares the embeddings."""

    def __init__(self, net: DlibFace, mean: Embeddings) -> None:
        """Join a network and its mean embedding; both stay readable.

        Args:
            net: The embedding network, on any device.
            mean: float32 (128,).

        Raises:
            WeightsDamaged: The mean has another shape or is not finite.
        """
        if mean.shape != (EMBEDDING_SIZE,) or not np.isfinite(mean).all():
            raise WeightsDamaged("the mean face embedding is not 128 finite numbers")
        self.net = net
        self.mean = mean.astype(np.float32)

    @classmethod
    def load(cls, weights: Path, device: str = "cpu") -> IdentityNet:
        """Read the network and the mean that ships with the program.

        Args:
            weights: dlib's ``.dat`` file.
            device: Where torch runs it.

        Raises:
            WeightsMissing: A file is not there.
            WeightsDamaged: A file is not what it should be.
        """
        return cls(DlibFace(weights).to(device), shipped_mean())

    def embed(self, crops: NDArray[np.float32]) -> Embeddings:
        """Embed faces as they are.

        Args:
            crops: float32 (N, 3, S, S) RGB in [0, 1], aligned to the FFHQ template.

        Returns:
            float32 (N, 128), mean not subtracted.

        Raises:
            ConfigError: The crops are not square RGB.
        """
        return self._embed(crops, views=False)

    def embed_views(self, crops: NDArray[np.float32]) -> Embeddings:
        """Embed the second view of each face: mirrored, slightly moved, averaged.

        Args:
            crops: As for `embed`.

        Returns:
            float32 (N, 128), mean not subtracted.
        """
        return self._embed(crops, views=True)

    def cosine(self, a: Embeddings, b: Embeddings) -> NDArray[np.float32]:
        """Compare embeddings, row by row or one with many.

        Args:
            a: float32 (..., 128), mean not subtracted.
            b: float32 (..., 128); the leading shapes broadcast.

        Returns:
            float32 (...), -1..1: about .75 for one person, about 0 for strangers.
        """
        x, y = a - self.mean, b - self.mean
        size = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
        dots: NDArray[np.float32] = (x * y).sum(axis=-1) / np.maximum(size, np.float32(1e-12))
        return np.asarray(dots, dtype=np.float32)

    def compare(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> IdentityScore:
        """Score pairs of faces in both views.

        Args:
            a: Crops as for `embed`.
            b: As many crops.

        Raises:
            ConfigError: The numbers of crops differ, or they are not square RGB.
        """
        if len(a) != len(b):
            raise ConfigError(f"{len(a)} faces cannot be paired with {len(b)}")
        plain = self.cosine(self.embed(a), self.embed(b))
        return IdentityScore(plain, self.cosine(self.embed_views(a), self.embed_views(b)))

    def _embed(self, crops: NDArray[np.float32], *, views: bool) -> Embeddings:
        rows = [np.zeros((0, EMBEDDING_SIZE), np.float32)]
        device = self.net.mean.device
        with torch.inference_mode():
            for start in range(0, len(crops), _BATCH):
                part = torch.from_numpy(np.ascontiguousarray(crops[start : start + _BATCH]))
                x = part.to(device) * 2.0 - 1.0
                rows.append((self._views(x) if views else self.net(face_chip(x))).cpu().numpy())
        return np.concatenate(rows)

    def _views(self, x: Tensor) -> Tensor:
        mirrored = x.flip(-1)
        views = [self.net(face_chip(_moved(mirrored, *jitter))) for jitter in _JITTERS]
        return torch.stack(views).mean(dim=0)


def shipped_mean(path: Path | None = None) -> Embeddings:
    """Read the mean embedding.

    Args:
        path: An ``.npy`` file; by default the one that ships with the program.

    Returns:
        float32 (128,).

    Raises:
        WeightsMissing: There is no such file.
        WeightsDamaged: It is no array of numbers.
    """
    path = resources_dir() / "identity_mean.npy" if path is None else path
    try:
        mean = np.load(path, allow_pickle=False)
    except OSError as error:
        raise WeightsMissing(f"{path}: the mean face embedding cannot be read") from error
    except ValueError as error:
        raise WeightsDamaged(f"{path}: not the mean face embedding") from error
    return np.asarray(mean, dtype=np.float32)


def _moved(x: Tensor, degrees: float, scale: float, dx: float, dy: float) -> Tensor:
    """Turn, scale and shift (B, 3, S, S) about its centre; edges are repeated."""
    angle = math.radians(degrees)
    c, s = math.cos(angle) / scale, math.sin(angle) / scale
    theta = torch.tensor([[c, -s, dx], [s, c, dy]], device=x.device, dtype=x.dtype)
    grid = F.affine_grid(theta.expand(len(x), 2, 3), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)
