"""What the parts of a study take and give."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from lafr_engine.evaluation.metrics import MetricNets
from lafr_engine.evaluation.sets import EvaluationFace, load_faces, spread
from lafr_engine.faces.detect import Detector
from lafr_engine.faces.eligibility import Limits
from lafr_engine.nets.adapter import AdapterConfig, CodebookAdapter
from lafr_engine.restore.chain import Chain

Json = dict[str, Any]


class AdapterTrainer(Protocol):
    """Trains stage 1 on latents; the study is given one, for it may not import training."""

    def __call__(
        self, config: AdapterConfig, hq: Tensor, lq: Tensor, *, steps: int, seed: int
    ) -> CodebookAdapter:
        """Train an adapter from scratch.

        Args:
            config: Its shape.
            hq: Latents (N, C, h, w) of clean faces.
            lq: Latents of the same faces degraded, pair by pair.
            steps: Of each of the two sub-steps.
            seed: Of weights and batches.
        """
        ...


@dataclass(frozen=True)
class Options:
    """What the user decides.

    Attributes:
        seed: Of degradations that are drawn, and of trainings.
        quick: Measure at few strengths and sizes: a test of the machinery.
        training_steps: Steps of each sub-step of the adapters that are trained.
        few: Faces that dear measurements are made on.
        shown: Faces that are shown as pictures.
    """

    seed: int = 0
    quick: bool = False
    training_steps: int = 120
    few: int = 6
    shown: int = 4

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of degradation that are measured."""
        return ("medium",) if self.quick else ("mild", "medium", "severe")


@dataclass(frozen=True)
class Rival:
    """Another restorer.

    Attributes:
        name: In tables.
        note: What it is and how it was run.
        restore: LQ (B, 3, 512, 512) in [-1, 1] to the same.
    """

    name: str
    note: str
    restore: Callable[[Tensor], Tensor]


Score = Callable[[Tensor, Tensor], float]
"""A restored picture and its HQ face, each (1, 3, 512, 512) in [-1, 1], to a number."""


@dataclass(frozen=True)
class Study:
    """All that a part may need; frozen, and the same for every part.

    Attributes:
        chain: The bundle's networks, in evaluation mode.
        faces: HQ faces that are measured.
        nets: The networks that judge.
        detector: Finds faces.
        options: What the user decided.
        device: Where the chain is.
        table: Rows of the table beside the folder of faces, by the faces' names.
        rivals: Other restorers.
        train_faces: Faces for the adapters that are trained; none leaves those parts out.
        train_adapter: How they are trained.
        scores: Further metrics by name, where a package brings them.
        tell: Told what is being done, in a few words.
        limits: Which faces the application leaves alone.
    """

    chain: Chain
    faces: tuple[EvaluationFace, ...]
    nets: MetricNets
    detector: Detector
    options: Options = field(default_factory=Options)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rivals: tuple[Rival, ...] = ()
    train_faces: tuple[EvaluationFace, ...] = ()
    train_adapter: AdapterTrainer | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    tell: Callable[[str], None] = print
    limits: Limits = field(default_factory=Limits)

    @property
    def few(self) -> list[EvaluationFace]:
        """The faces that dear measurements are made on."""
        return spread(list(self.faces), self.options.few)

    @property
    def shown(self) -> set[str]:
        """Names of the faces that are shown."""
        return {face.name for face in spread(list(self.faces), self.options.shown)}

    def each(
        self, what: str, faces: Sequence[EvaluationFace]
    ) -> Iterator[tuple[EvaluationFace, Tensor]]:
        """Yield faces with their pictures (1, 3, 512, 512) on the CPU, and tell how far it is."""
        for number, face in enumerate(faces, 1):
            yield face, load_faces([face.hq])
            self.tell(f"{what}: {number} of {len(faces)} faces")


@dataclass(frozen=True)
class Outcome:
    """What a part found.

    Attributes:
        numbers: Plain JSON values.
        findings: Sentences for the top of the report.
        figures: HTML: tables, charts and pictures, in their order.
    """

    numbers: Json
    findings: tuple[str, ...]
    figures: tuple[str, ...]


Earlier = Mapping[str, Outcome]
"""Outcomes of the parts that a part needs, by name."""


@dataclass(frozen=True)
class Part:
    """One question.

    Attributes:
        name: On the command line and in the numbers.
        title: In the report.
        about: What is measured, and what the numbers mean.
        run: Measures it.
        needs: Parts that it builds on.
        trains: Whether it trains adapters, and so needs faces to train on.
    """

    name: str
    title: str
    about: str
    run: Callable[[Study, Earlier], Outcome]
    needs: tuple[str, ...] = ()
    trains: bool = False


@dataclass(frozen=True)
class Chapter:
    """A part with what it found, as the report shows it."""

    name: str
    title: str
    about: str
    outcome: Outcome
    seconds: float


def fingerprint(*values: object) -> str:
    """Return a hash (hex) of values by their text."""
    return hashlib.sha256(repr(values).encode()).hexdigest()


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of those that are numbers; None where none is."""
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else None
