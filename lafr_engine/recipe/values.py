"""What a recipe holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lafr_engine.messages import Acceptance, FaceGeometry

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Source:
    """The photograph that was restored.

    Attributes:
        name: Of the file.
        path: From the recipe's folder, with slashes; None where that would name a person's home.
        bytes: Its size.
        sha256: Of its bytes.
    """

    name: str
    path: str | None
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Output:
    """The file that was written.

    Attributes:
        name: Of the file, which lay beside the recipe.
        sha256: Of its bytes.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Export:
    """How it was written.

    Attributes:
        format: JPEG, PNG, TIFF, WEBP, BMP or AVIF.
        quality: Of a JPEG, WebP or AVIF, 1 to 100; None followed the source.
        scale: 1, 2 or 4: how much it was enlarged.
        aligned: The source is a crop of one face, and so is the output.
        label: The date that the file's label gives; None for no label.
    """

    format: str
    quality: int | None = None
    scale: int = 1
    aligned: bool = False
    label: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The networks that restored a face.

    Attributes:
        name: Of the bundle.
        sha256: Of its manifest without limits, which stands for all its files.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the original stays, painted by hand.

    Attributes:
        png: 8-bit grey PNG of the size of the rectangle: 255 keeps the original.
        rectangle: x0, y0, x1, y1 in whole pixels of the photograph.
    """

    png: bytes
    rectangle: tuple[int, int, int, int]


class MaskKind(StrEnum):
    """By what the mask of a face was drawn."""

    LANDMARKS = "landmarks"
    PARSENET = "parsenet"


@dataclass(frozen=True, slots=True)
class FaceRecipe:
    """A restored face.

    Attributes:
        face: Where it is, in pixels of the upright source.
        seed: By which it was restored.
        strength: 0 leaves the face as it was, 1 takes the whole change.
        decision: How it came into the export.
        identity: Cosine between the face before and after; None where it is not known.
        bundle: What restored it.
        keep: Where the original stays all the same.
        mask: By what the mask was drawn.
    """

    face: FaceGeometry
    seed: int
    strength: float
    decision: Acceptance
    identity: float | None
    bundle: Bundle
    keep: Kept | None = None
    mask: MaskKind = MaskKind.LANDMARKS


@dataclass(frozen=True, slots=True)
class Made:
    """What made the output, for when it cannot be made again.

    Attributes:
        program: Name and version of the program, which the label gives too.
        libraries: Name and version of each that computes, by name.
        threads: How many computed: sums are rounded otherwise by more or fewer.
    """

    program: str
    libraries: tuple[tuple[str, str], ...]
    threads: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed to make an output again from its source.

    Attributes:
        source: What was restored.
        output: What was written.
        export: How.
        faces: Those that were restored, in the order of the label.
        made: By what.
    """

    source: Source
    output: Output
    export: Export
    faces: tuple[FaceRecipe, ...]
    made: Made
