"""How often to tell, and how fast the work goes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from statistics import median
from typing import Final

from lafr_engine.messages import Job, RestoreFace

# Seconds between two signals about the same photo or face.
_PACE: Final = 0.1
# So many changes are told at once; the others a moment later, for the window draws each.
_SLICE: Final = 50
_SLICE_PACE: Final = 0.02
_REMEMBERED: Final = 20
_ENOUGH: Final = 3


class Thinner:
    """Tells of changes: each id not too often, and the last change of each in any case."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        """Begin.

        Args:
            tell: Hears of an id.
        """
        self._tell = tell
        self._next: dict[int, float] = {}
        self._waiting: dict[int, None] = {}  # a set that keeps its order

    def add(self, ids: Iterable[int]) -> None:
        """Note that these changed."""
        self._waiting.update(dict.fromkeys(ids))

    def flush(self) -> float | None:
        """Tell what may be told now; return the seconds until more may be, None for never."""
        now = time.monotonic()
        self._next = {each: at for each, at in self._next.items() if at > now}
        due = [each for each in self._waiting if each not in self._next]
        for each in due[:_SLICE]:
            self._tell_one(each)
            self._next[each] = now + _PACE
        if not self._waiting:
            return None
        if len(due) > _SLICE:
            return _SLICE_PACE
        return max(min(self._next[each] for each in self._waiting) - now, 0.0)

    def finish(self) -> None:
        """Tell all that is left."""
        for each in list(self._waiting):
            self._tell_one(each)

    def _tell_one(self, each: int) -> None:
        del self._waiting[each]
        self._tell(each)


class Rate:
    """How long jobs took, of late."""

    def __init__(self) -> None:
        """Begin with nothing to go by."""
        self._jobs: deque[float] = deque(maxlen=_REMEMBERED)
        self._faces: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, job: Job, seconds: float) -> None:
        """Note a job that ended well."""
        self._jobs.append(seconds)
        if isinstance(job, RestoreFace):
            self._faces.append(seconds)

    def faces_per_minute(self) -> float:
        """Return the rate; 0 where there is nothing to go by."""
        return 60.0 / max(median(self._faces), 1e-3) if self._faces else 0.0

    def seconds_for(self, jobs: int) -> float | None:
        """Return how long so many jobs take; None where that cannot be said."""
        if len(self._jobs) < _ENOUGH or not jobs:
            return None
        # Not the mean: the first job, which loads the networks, is like no other.
        return jobs * median(self._jobs)
