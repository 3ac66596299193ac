"""The regions of a face, how much of each was invented, and what is said of it.

Light enough for a window: nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Region(StrEnum):
    """A part of a face that people look at."""

    EYES = "eyes"
    MOUTH = "mouth"
    GLASSES = "glasses"
    """Between, beside and below the eyes: there lie the edges of a frame."""
    HAIRLINE = "hairline"


class Level(StrEnum):
    """How much of a region was invented."""

    NONE = "none"
    SOME = "some"
    MUCH = "much"


LIMITS: Final[Mapping[Region, tuple[float, float]]] = {
    Region.EYES: (1.45, 1.9),
    Region.MOUTH: (0.85, 1.15),
    Region.GLASSES: (0.3, 0.5),
    Region.HAIRLINE: (0.15, 0.9),
}
"""From how many levels of colour difference on there is some, and much; see `measure`.

Of regions that came out nearer to the truth a quarter reach the first and one in twenty the second
(`lafr evaluate --invented val --limit 40`, with the bundle that ships).
"""

SENTENCES: Final[Mapping[Region, str]] = {
    Region.EYES: "The eyes were largely invented: compare with the original before you accept.",
    Region.MOUTH: "The mouth was largely invented: compare with the original before you accept.",
    Region.GLASSES: "Strong edges came or went around the eyes: compare glasses with the original.",
    Region.HAIRLINE: "The hairline was largely invented: compare with the original.",
}


def level_of(region: Region, number: float) -> Level:
    """Return how much a region's number says was invented."""
    some, much = LIMITS[region]
    if number < some:
        return Level.NONE
    return Level.SOME if number < much else Level.MUCH


def warnings(numbers: Mapping[Region, float], strength: float = 1.0) -> tuple[Region, ...]:
    """Return the regions to warn of, in the order of `Region`.

    Args:
        numbers: Of a face at full strength.
        strength: How much of the change is taken; numbers grow with it.
    """
    return tuple(
        region
        for region in Region
        if level_of(region, numbers.get(region, 0.0) * strength) is Level.MUCH
    )
