"""What the pipeline takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.detect import Detector
from lafr_engine.faces.eligibility import Limits
from lafr_engine.faces.geometry import Face
from lafr_engine.faces.mask import Labels
from lafr_engine.imaging.picture import Picture
from lafr_engine.restore.base import Crops, FaceRestorer

SIDE: Final = 512
IdentityScorer = Callable[[Crops, Crops], NDArray[np.float32]]
"""Two batches of crops, before and after, to one cosine (N,) a pair."""
Parser = Callable[[NDArray[np.float32]], Labels]
"""A crop, (512, 512, 3), sRGB in [0, 1], to what each of its pixels is."""


class FaceState(StrEnum):
    """What became of a face."""

    RESTORED = "restored"
    HELD = "held"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Models:
    """The networks that the pipeline runs.

    Attributes:
        detector: Finds faces.
        restorer: Restores crops.
        identity: Says how much a face is still the same person's.
        parser: Says where in a restored crop the face is, for a mask along its outline; None
            where masks are drawn by the landmarks.
        limits: Which faces the restorer leaves alone.
    """

    detector: Detector
    restorer: FaceRestorer
    identity: IdentityScorer
    parser: Parser | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decides.

    Attributes:
        scale: 1, 2 or 4: how much the photograph is enlarged.
        strength: 0 leaves the faces as they are, 1 takes the whole change.
        seed: For restorers that draw random numbers.
        batch: Faces restored at once.
        identity_limit: A face that scores lower is held back and not pasted.
    """

    scale: int = 1
    strength: float = 1.0
    seed: int = 0
    batch: int = 4
    identity_limit: float = 0.3

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ConfigError: A value lies outside its range.
        """
        if self.scale not in (1, 2, 4):
            raise ConfigError(f"the scale is 1, 2 or 4, not {self.scale}")
        if not 0.0 <= self.strength <= 1.0:
            raise ConfigError(f"the strength lies between 0 and 1, not at {self.strength}")
        if self.batch < 1:
            raise ConfigError(f"a batch holds at least one face, not {self.batch}")


@dataclass(frozen=True, slots=True, eq=False)
class FaceResult:
    """One face and what became of it.

    Attributes:
        face: In the pixels of the upright source.
        state: What became of it.
        reason: A sentence where the face was not restored.
        identity: Cosine between the face before and after; None where it was not restored.
        seconds: Time spent on it.
        parsed: A parser said where the face is, and its mask followed that.
    """

    face: Face
    state: FaceState
    reason: str | None = None
    identity: float | None = None
    seconds: float = 0.0
    parsed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A step done; after each one the work may be stopped by closing the generator.

    Attributes:
        done: Faces dealt with so far.
        total: Faces found.
        faces: Those that this step dealt with; none in the first report.
    """

    done: int
    total: int
    faces: tuple[FaceResult, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Restoration:
    """What comes out.

    Attributes:
        picture: The source itself where no face was changed and nothing enlarged.
        faces: In the order in which they were found.
    """

    picture: Picture
    faces: tuple[FaceResult, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RestoredFace:
    """One face by itself, for a person to decide on.

    Attributes:
        result: What became of it.
        crop: float32 (512, 512, 3), sRGB in [0, 1] in steps of 16 bits, as it is stored: the
            restored face, aligned. A held face has one too; None only where the restorer failed.
        before: float32 (512, 512, 3), sRGB in [0, 1]: the same crop of the photograph.
        labels: What each pixel of ``crop`` is; None where there is no parser.
    """

    result: FaceResult
    crop: NDArray[np.float32] | None
    before: NDArray[np.float32]
    labels: Labels | None = None
