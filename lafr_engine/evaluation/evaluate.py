"""Runs a chain over evaluation faces and measures each of its stages.

Four pictures are compared with the HQ face: the degraded ``input`` (which is also the bicubic
baseline: degradations end with bicubic enlargement), the ``adapter`` alone (its latents decoded,
no U-Net), the whole ``chain``, and the ``ceiling``, the VAE's own reconstruction of the HQ face;
where one is given, also what another restorer, the ``baseline``, makes of the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from lafr_engine.evaluation.metrics import Judge, MetricNets, Values, eight_bit, latent_l1
from lafr_engine.evaluation.sets import EvaluationFace, load_faces
from lafr_engine.imaging.degrade import LEVELS, degrade_level

STAGES = ("input", "adapter", "chain", "ceiling", "baseline")
GIVEN = "given"
"""The level of pairs, whose LQ pictures are given."""


class ChainOutput(Protocol):
    """What a chain says about LQ pictures; see ``lafr_engine.restore.chain``."""

    @property
    def image(self) -> Tensor:
        """Restored pictures (B, 3, H, W), about [-1, 1]."""
        ...

    @property
    def z_lq(self) -> Tensor:
        """Latents of the input."""
        ...

    @property
    def z_aligned(self) -> Tensor:
        """Latents after the adapter."""
        ...

    @property
    def z_restored(self) -> Tensor:
        """Latents after the U-Net."""
        ...


class Chain(Protocol):
    """VAE, adapter and U-Net; see ``lafr_engine.restore.chain``."""

    def __call__(self, x: Tensor, /) -> ChainOutput:
        """Restore LQ pictures (B, 3, H, W) in [-1, 1]."""
        ...

    def encode(self, x: Tensor, /) -> Tensor:
        """Encode pictures (B, 3, H, W) in [-1, 1] to normalised latents."""
        ...

    def decode(self, z: Tensor, /) -> Tensor:
        """Decode normalised latents to pictures, about [-1, 1]."""
        ...


@dataclass(frozen=True)
class Subjects:
    """What is measured.

    Attributes:
        chain: With all its stages.
        baseline: Another restorer, LQ (B, 3, 512, 512) in [-1, 1] to the same.
    """

    chain: Chain
    baseline: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Row:
    """Metrics of one picture.

    Attributes:
        face: Name of the face.
        level: Level of degradation; None for the ceiling, which has none.
        stage: One of ``STAGES``.
        values: Metrics by name.
    """

    face: str
    level: str | None
    stage: str
    values: Values


@dataclass(frozen=True)
class LatentRow:
    """L1 distance to the HQ face's latents: of the input's, the adapter's and the U-Net's."""

    face: str
    level: str
    before: float
    adapter: float
    chain: float


@dataclass(frozen=True)
class Pictures:
    """What a sheet shows of one face: uint8 (3, 512, 512) tensors.

    Attributes:
        face: Name of the face.
        hq: The HQ face.
        ceiling: The VAE's reconstruction of it.
        stages: Input, adapter and chain by level.
    """

    face: str
    hq: Tensor
    ceiling: Tensor
    stages: dict[str, tuple[Tensor, Tensor, Tensor]]


@dataclass(frozen=True)
class Evaluation:
    """All that was measured."""

    levels: tuple[str, ...]
    rows: tuple[Row, ...]
    latents: tuple[LatentRow, ...]


def evaluate(
    faces: Sequence[EvaluationFace],
    subjects: Subjects,
    nets: MetricNets,
    *,
    device: torch.device | str = "cpu",
    batch: int = 2,
    progress: Callable[[int, int], None] | None = None,
    show: Callable[[Pictures], None] | None = None,
) -> Evaluation:
    """Measure restorers, reproducibly: each face's degradation is seeded by its name.

    Args:
        faces: All with an LQ picture, or all without one (then degraded at every level).
        subjects: What is measured, on ``device``.
        nets: What measures, on ``device``.
        device: Where to compute.
        batch: Faces at a time.
        progress: Called after each batch with faces done and faces in all.
        show: Called with the pictures of each face.

    Raises:
        InputError: If a picture cannot be used.
    """
    given = faces[0].lq is not None
    levels = (GIVEN,) if given else tuple(LEVELS)
    rows: list[Row] = []
    latents: list[LatentRow] = []
    for start in range(0, len(faces), batch):
        part = _Batch(faces[start : start + batch], subjects.chain, nets, device)
        rows += part.ceiling_rows()
        for level in levels:
            part.run(level)
            if subjects.baseline is not None:
                part.compare(level, subjects.baseline)
        rows += part.rows
        latents += part.latents
        if show:
            for pictures in part.pictures():
                show(pictures)
        if progress:
            progress(min(start + batch, len(faces)), len(faces))
    return Evaluation(levels, tuple(rows), tuple(latents))


class _Batch:
    """A few faces on their way through all levels."""

    def __init__(
        self,
        faces: Sequence[EvaluationFace],
        chain: Chain,
        nets: MetricNets,
        device: torch.device | str,
    ) -> None:
        self.faces = faces
        self.rows: list[Row] = []
        self.latents: list[LatentRow] = []
        self._chain = chain
        self._device = device
        self._shown: dict[str, tuple[Tensor, Tensor, Tensor]] = {}
        self._loaded = load_faces(face.hq for face in faces)
        self._hq = self._loaded.to(device)
        self._judge = Judge(nets, self._hq)
        with torch.no_grad():
            self._z_hq = chain.encode(self._hq)
            self._ceiling = eight_bit(chain.decode(self._z_hq))

    def ceiling_rows(self) -> list[Row]:
        """Rows of the VAE's reconstruction of the HQ faces."""
        return list(self._measure(self._ceiling, None, "ceiling"))

    @torch.no_grad()
    def run(self, level: str) -> None:
        """Degrade (or read) the LQ faces, restore them, measure every stage."""
        lq = eight_bit(self._low_quality(level))
        out = self._chain(lq)
        stages = (lq, eight_bit(self._chain.decode(out.z_aligned)), eight_bit(out.image))
        for stage, pictures in zip(STAGES, stages, strict=False):
            self.rows += self._measure(pictures, level, stage)
        self.latents += self._compare_latents(out, level)
        self._shown[level] = stages

    @torch.no_grad()
    def compare(self, level: str, baseline: Callable[[Tensor], Tensor]) -> None:
        """Restore the LQ faces of a level that was run by another restorer, and measure it."""
        lq = self._shown[level][0]
        self.rows += self._measure(eight_bit(baseline(lq)), level, "baseline")

    def pictures(self) -> Iterator[Pictures]:
        """What was seen, face by face."""
        for index, face in enumerate(self.faces):
            stages = {
                level: (_bytes(low[index]), _bytes(adapter[index]), _bytes(chain[index]))
                for level, (low, adapter, chain) in self._shown.items()
            }
            hq, ceiling = _bytes(self._hq[index]), _bytes(self._ceiling[index])
            yield Pictures(face.name, hq, ceiling, stages)

    def _low_quality(self, level: str) -> Tensor:
        if level == GIVEN:
            given = [face.lq for face in self.faces if face.lq is not None]
            return load_faces(given).to(self._device)
        # On the CPU wherever the chain runs: another device draws other noise from the same seed.
        seeds = [face.seed for face in self.faces]
        return degrade_level(self._loaded, level, seeds).to(self._device)

    def _measure(self, pictures: Tensor, level: str | None, stage: str) -> Iterator[Row]:
        for face, values in zip(self.faces, self._judge.measure(pictures), strict=True):
            yield Row(face.name, level, stage, values)

    def _compare_latents(self, out: ChainOutput, level: str) -> Iterator[LatentRow]:
        distances = (latent_l1(z, self._z_hq) for z in (out.z_lq, out.z_aligned, out.z_restored))
        for face, *row in zip(self.faces, *(d.tolist() for d in distances), strict=True):
            yield LatentRow(face.name, level, *row)


def _bytes(picture: Tensor) -> Tensor:
    """A picture (3, H, W) in [-1, 1] as uint8 on the CPU."""
    return (picture.clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8).cpu()
