"""HQ faces in memory, and the seeded batches that training draws from them.

Every batch is a function of (seed, stage, step, rank) alone, so a run that was killed at any
point and resumed sees the same faces with the same degradations as one that was not.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lafr_engine.errors import NotAPicture, TrainingError

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
FACE = 512


@dataclass(frozen=True)
class FaceSet:
    """Aligned HQ faces and how often each is drawn.

    Attributes:
        faces: uint8 (N, 3, 512, 512), RGB.
        weights: float64 (N,), probability of being drawn, sums to 1.
        sharp: bool (N,), true for faces that were not enlarged to reach 512 pixels.
    """

    faces: Tensor
    weights: NDArray[np.float64]
    sharp: NDArray[np.bool_]
    _smaller: dict[int, Tensor] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Return the number of faces."""
        return int(self.faces.shape[0])

    def at(self, size: int) -> Tensor:
        """Return all faces at ``size`` pixels, uint8 (N, 3, size, size), made once."""
        if size == FACE:
            return self.faces
        if size not in self._smaller:
            small = torch.empty((len(self), 3, size, size), dtype=torch.uint8)
            for index, face in enumerate(self.faces):
                area = F.interpolate(face[None].float(), size=(size, size), mode="area")
                small[index] = area[0].round_().to(torch.uint8)
            self._smaller[size] = small
        return self._smaller[size]


def read_faces(folder: Path, limit: int | None = None) -> FaceSet:
    """Read a folder of aligned faces; ``<folder>.csv`` beside it balances the sampling.

    Args:
        folder: JPEG, PNG or WebP files, any size (resized to 512 x 512), FFHQ alignment.
        limit: Take only so many, spread evenly over the sorted names.

    Raises:
        TrainingError: The folder holds no picture, or the table beside it cannot be read.
        NotAPicture: A file cannot be decoded.
    """
    files = sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES)
    if not files:
        raise TrainingError(f"{folder}: no JPEG, PNG or WebP faces to train on in this folder")
    if limit is not None and limit < len(files):
        files = [files[i * len(files) // limit] for i in range(limit)]
    faces = torch.empty((len(files), 3, FACE, FACE), dtype=torch.uint8)
    for index, path in enumerate(files):
        faces[index] = _read_face(path)
    place = folder.resolve()
    weights, sharp = _balance(files, place.with_name(f"{place.name}.csv"))
    return FaceSet(faces, weights, sharp)


def _read_face(path: Path) -> Tensor:
    try:
        with Image.open(path) as image:
            rgb = image.convert("RGB").resize((FACE, FACE), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture(path, f"cannot be decoded as a face to train on ({error})") from error
    return torch.from_numpy(np.array(rgb)).permute(2, 0, 1)


def _balance(files: list[Path], table: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Weigh rare groups (gender, skin tone, age) up by the square root of their rarity."""
    count = len(files)
    if not table.is_file():
        return np.full(count, 1.0 / count), np.ones(count, dtype=bool)
    rows = _read_table(table)
    known = [rows.get(path.name, {}) for path in files]
    weights = np.ones(count)
    for column in ("est_gender", "skin_tone_ita", "age_group"):
        values = [row.get(column, "") for row in known]
        frequency = Counter(values)
        weights *= [(count / frequency[value]) ** 0.5 for value in values]
    # No face is drawn more than four times as often as the average one: rare is not better. Each
    # cut lowers the average a little, so a few are needed.
    for _ in range(20):
        weights = np.minimum(weights, 4.0 * weights.mean())
    sharp = np.array([_scale_to_512(row) <= 1.0 for row in known])
    return weights / weights.sum(), sharp


def _read_table(table: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a table of faces by the names of the files."""
    try:
        with table.open(newline="", encoding="utf-8") as stream:
            rows = {Path(row["file"]).name: row for row in csv.DictReader(stream)}
        for row in rows.values():
            _scale_to_512(row)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise TrainingError(f"{table}: is no table of the faces ({error!r})") from error
    return rows


def _scale_to_512(row: dict[str, str]) -> float:
    text = row.get("scale_to_512", "")
    return float(text) if text else 1.0


def step_seed(seed: int, stage: str, step: int, rank: int = 0) -> int:
    """Return the 63-bit seed of one training step, the same in every process and run."""
    text = f"{seed}/{stage}/{step}/{rank}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


def draw(
    faces: FaceSet, count: int, rng: np.random.Generator, size: int = FACE, *, sharp: bool = False
) -> Tensor:
    """Draw ``count`` faces with replacement; float32 (count, 3, size, size) in [-1, 1].

    Args:
        faces: Where to draw from.
        count: How many.
        rng: What decides.
        size: Side of the faces, pixels.
        sharp: Only faces that were not enlarged, where there are such.
    """
    weights = faces.weights
    if sharp and faces.sharp.any():
        weights = weights * faces.sharp
        weights = weights / weights.sum()
    chosen = rng.choice(len(faces), size=count, p=weights)
    return faces.at(size)[torch.from_numpy(chosen)].float().div_(127.5).sub_(1.0)


def draw_crops(
    faces: FaceSet,
    count: int,
    size: int,
    rng: np.random.Generator,
    side: int = FACE,
    *,
    sharp: bool = False,
) -> Tensor:
    """Draw random crops (count, 3, size, size) of faces at ``side`` pixels (see :func:`draw`)."""
    cut = []
    for face in draw(faces, count, rng, side, sharp=sharp):
        top, left = rng.integers(0, side - size + 1, size=2)
        cut.append(face[:, top : top + size, left : left + size])
    return torch.stack(cut)


def flip_some(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Mirror each image (B, 3, H, W) left to right with probability one half."""
    mask = torch.from_numpy(rng.random(x.shape[0]) < 0.5).view(-1, 1, 1, 1).to(x.device)
    return torch.where(mask, x.flip(3), x)


def jitter(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Return faces (B, 3, S, S) mirrored, slightly turned, scaled, shifted and toned.

    Rotation up to 5 degrees, scale 0.92 to 1.08, shift 2 % of the side, brightness, contrast and
    colour by a few per cent; one face in ten turns grey. Values stay in [-1, 1].
    """
    x = flip_some(x, rng)
    matrices = torch.from_numpy(np.stack([_small_similarity(rng) for _ in range(len(x))])).to(x)
    grid = F.affine_grid(matrices, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    return _retone(x, rng).clamp(-1.0, 1.0)


def _small_similarity(rng: np.random.Generator) -> NDArray[np.float64]:
    angle = np.deg2rad(rng.uniform(-5, 5))
    scale = rng.uniform(0.92, 1.08)
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, rng.uniform(-0.04, 0.04)], [s, c, rng.uniform(-0.04, 0.04)]])


def _retone(x: Tensor, rng: np.random.Generator) -> Tensor:
    count = len(x)
    gain = torch.from_numpy(rng.uniform(0.85, 1.1, (count, 1, 1, 1))).to(x)
    tint = torch.from_numpy(rng.uniform(0.95, 1.05, (count, 3, 1, 1))).to(x)
    offset = torch.from_numpy(rng.uniform(-0.1, 0.1, (count, 1, 1, 1))).to(x)
    grey = torch.from_numpy(rng.random((count, 1, 1, 1)) < 0.1).to(x.device)
    x = torch.where(grey, luma(x).expand_as(x), x)
    return x * gain * torch.where(grey, torch.ones_like(tint), tint) + offset


def luma(x: Tensor) -> Tensor:
    """Return the ITU-R BT.601 luma (B, 1, H, W) of RGB images (B, 3, H, W)."""
    return 0.299 * x[:, :1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:3]
