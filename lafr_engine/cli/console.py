"""What a command says: results on stdout, progress and sentences on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

_QUIET_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class FaceLine:
    """One face in the JSON of a photo; the boxes are in pixels of the upright source."""

    box: list[float]
    landmarks: list[list[float]]
    score: float
    state: str
    reason: str | None = None
    identity: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """One photo in the JSON.

    Attributes:
        source: The file.
        output: The file written, or None.
        width: Of the upright source; None where it could not be read.
        height: Likewise.
        seconds: Time spent on the photo.
        error: None or a sentence.
        faces: In the order in which they were found.
    """

    source: str
    output: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float = 0.0
    error: str | None = None
    faces: list[FaceLine] = field(default_factory=list)


class Console:
    """Tells how a run over photos goes on, and sums it up."""

    def __init__(
        self,
        total: int,
        as_json: bool,
        out: TextIO,
        err: TextIO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the clock, which counts seconds, for ``total`` photos."""
        self._total = total
        self._json = as_json
        self._out = out
        self._err = err
        self._live = err.isatty()
        self._clock = clock
        self._began = self._spoke = clock()
        self._faces_of = -1  # the photo whose faces are counted
        self._faces_from = (0, self._began)  # its faces that cost no time, and when work began
        self._done = 0
        self._worked = 0  # photos that took time: those that were not there tell no rate
        self._failed: list[str] = []

    @property
    def failed(self) -> tuple[str, ...]:
        """The sentences of all that failed."""
        return tuple(self._failed)

    def step(self, name: str, text: str) -> None:
        """Show what is being done with a photo.

        A terminal shows each step in one line; anything else gets a line every few seconds.
        """
        line = f"[{self._done + 1}/{self._total}] {name}: {text}"
        if self._live:
            self._err.write(f"\r\x1b[2K{line}")
            self._err.flush()
        elif self._clock() - self._spoke >= _QUIET_SECONDS:
            self._say(line)

    def faces(self, name: str, done: int, total: int) -> None:
        """Show how many of a photo's faces are done, how fast, and how long the rest takes.

        Args:
            name: The photo.
            done: Faces dealt with. The photo's first call counts those that took no time.
            total: Faces found.
        """
        if self._faces_of != self._done:
            self._faces_of, self._faces_from = self._done, (done, self._clock())
        at_once, began = self._faces_from
        worked, passed = done - at_once, self._clock() - began
        speed = pace(worked, passed, total - done, "face")
        self.step(name, f"{done} of {total} faces{speed}")

    def photo(self, line: PhotoLine) -> None:
        """Tell of a photo that is done, or that failed."""
        self._done += 1
        self._worked += line.seconds > 0.0
        if line.error is not None:
            self._failed.append(line.error)
        if self._json:
            print(json.dumps(asdict(line), ensure_ascii=False), file=self._out, flush=True)
        elif line.error is None:
            for row in _rows(line):
                print(row, file=self._out, flush=True)
        passed, left = self._clock() - self._began, self._total - self._done
        speed = pace(self._worked, passed, left, "photo")
        self._say(f"[{self._done}/{self._total}] {_summary(line)}{speed}")

    def note(self, text: str) -> None:
        """Say a sentence."""
        self._say(text)

    def end(self) -> None:
        """Name what failed."""
        if self._failed and self._total > 1:
            self._say(f"{len(self._failed)} of {self._total} failed:")
            for sentence in self._failed:
                self._say(f"  {sentence}")

    def _say(self, text: str) -> None:
        print(f"\r\x1b[2K{text}" if self._live else text, file=self._err, flush=True)
        self._spoke = self._clock()


def stdio(total: int, as_json: bool) -> Console:
    """Return a console on the process's own streams."""
    return Console(total, as_json, sys.stdout, sys.stderr)


def duration(seconds: float) -> str:
    """Spell a time: "40 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def face_line(face: Any, state: str, **more: Any) -> FaceLine:
    """Describe a `lafr_engine.faces.geometry.Face`."""
    return FaceLine(
        box=[round(float(value), 2) for value in face.box],
        landmarks=[[round(float(x), 2), round(float(y), 2)] for x, y in face.landmarks],
        score=round(float(face.score), 4),
        state=state,
        **more,
    )


def photo_line(source: Path, picture: Any, faces: list[FaceLine]) -> PhotoLine:
    """Describe a `lafr_engine.imaging.picture.Picture` that was read, with its faces."""
    return PhotoLine(str(source), width=picture.width, height=picture.height, faces=faces)


def unexpected(path: Path, error: Exception) -> str:
    """Return the sentence for an error that nobody raised on purpose."""
    return f"{path}: failed unexpectedly ({type(error).__name__}: {error})"


def pace(done: int, passed: float, left: int, thing: str) -> str:
    """Return the rate and the time left, once there is something to reckon with."""
    if not left or not done or passed <= 0.0:
        return ""
    rate = done / passed
    speed = f"{rate:.1f} {thing}s/s" if rate >= 1.0 else f"{1.0 / rate:.1f} s a {thing}"
    return f"  ({speed}, {duration(left / rate)} left)"


def _rows(line: PhotoLine) -> list[str]:
    """Return what stdout gets of a photo: the file written, or else its faces."""
    if line.output is not None:
        return [line.output]
    faces = ((line.source, *face.box, face.score) for face in line.faces)
    return ["\t".join(str(cell) for cell in face) for face in faces]


def _summary(line: PhotoLine) -> str:
    if line.error is not None:
        return line.error
    if not line.faces:
        return f"{line.source} -> {line.output}"
    count = len(line.faces)
    states = [face.state for face in line.faces]
    several = ", ".join(f"{states.count(each)} {each}" for each in dict.fromkeys(states))
    faces = "1 face" if count == 1 else f"{count} faces"
    return f"{Path(line.source).name}: {faces} ({several}), {line.seconds:.1f} s"
