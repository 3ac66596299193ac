"""What a command says: results on stdout, progress and sentences on stderr."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO


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

    def __init__(self, total: int, as_json: bool, out: TextIO, err: TextIO) -> None:
        """Start the clock for ``total`` photos."""
        self._total = total
        self._json = as_json
        self._out = out
        self._err = err
        self._live = err.isatty()
        self._began = time.monotonic()
        self._done = 0
        self._worked = 0  # photos that took time: those that were not there tell no rate
        self._failed: list[str] = []

    @property
    def failed(self) -> tuple[str, ...]:
        """The sentences of all that failed."""
        return tuple(self._failed)

    def step(self, name: str, text: str) -> None:
        """Show what is being done with a photo; only a terminal shows it."""
        if self._live:
            self._err.write(f"\r\x1b[2K[{self._done + 1}/{self._total}] {name}: {text}")
            self._err.flush()

    def photo(self, line: PhotoLine) -> None:
        """Tell of a photo that is done, or that failed."""
        self._done += 1
        self._worked += line.seconds > 0.0
        if line.error is not None:
            self._failed.append(line.error)
        if self._json:
            print(json.dumps(asdict(line), ensure_ascii=False), file=self._out, flush=True)
        elif line.error is None and line.output is not None:
            print(line.output, file=self._out, flush=True)
        self._say(f"[{self._done}/{self._total}] {_summary(line)}{self._pace()}")

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

    def _pace(self) -> str:
        """Return the rate and the time left, once there is something to reckon with."""
        passed, left = time.monotonic() - self._began, self._total - self._done
        if not left or not self._worked or passed <= 0.0:
            return ""
        rate = self._worked / passed
        speed = f"{rate:.1f} photos/s" if rate >= 1.0 else f"{1.0 / rate:.1f} s a photo"
        return f"  ({speed}, {duration(left / rate)} left)"


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
