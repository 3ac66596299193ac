from __future__ import annotations

import io
import json

import pytest

from lafr_engine.cli.console import Console, FaceLine, PhotoLine, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_goes_to_stdout_one_object_a_photo() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(2, True, out, err)
    face = FaceLine([1.0, 2.0, 3.0, 4.0], [[1.0, 2.0]] * 5, 0.9, "restored", None, 0.8, 0.1)
    console.photo(PhotoLine("ä.jpg", "out/ä.jpg", 60, 40, 1.5, None, [face]))
    console.photo(PhotoLine("b.jpg", error="b.jpg: is damaged"))
    console.end()
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert set(first) == {"source", "output", "width", "height", "seconds", "error", "faces"}
    assert set(first["faces"][0]) == {
        "box", "landmarks", "score", "state", "reason", "identity", "seconds",
    }  # fmt: skip
    assert first["source"] == "ä.jpg"
    assert second["output"] is None
    assert second["error"] == "b.jpg: is damaged"
    assert console.failed == ("b.jpg: is damaged",)
    assert "1 of 2 failed" in err.getvalue()
    assert "left)" in err.getvalue()


def test_without_json_stdout_holds_the_files_written() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(1, False, out, err)
    console.step("a.jpg", "reading")
    console.photo(PhotoLine("a.jpg", "out/a.jpg"))
    assert out.getvalue() == "out/a.jpg\n"
    assert "reading" not in err.getvalue()


def test_a_terminal_sees_the_steps() -> None:
    err = Terminal()
    Console(1, False, io.StringIO(), err).step("a.jpg", "reading")
    assert "[1/1] a.jpg: reading" in err.getvalue()


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("err", [Terminal(), io.StringIO()])
def test_a_photo_with_many_faces_tells_rate_and_time_left(err: io.StringIO) -> None:
    clock = Clock()
    console = Console(2, True, io.StringIO(), err, clock)
    clock.now += 60.0  # looking for faces is not counted in their rate
    console.faces("a.jpg", 2, 12)  # two too small, which took no time
    clock.now += 8.0
    console.faces("a.jpg", 6, 12)
    assert "[1/2] a.jpg: 6 of 12 faces  (2.0 s a face, 12 s left)" in err.getvalue()
    console.photo(PhotoLine("a.jpg", "out/a.jpg", seconds=68.0))
    console.faces("b.jpg", 0, 40)
    clock.now += 5.0
    console.faces("b.jpg", 20, 40)
    assert "[2/2] b.jpg: 20 of 40 faces  (4.0 faces/s, 5 s left)" in err.getvalue()


def test_without_a_terminal_a_line_comes_every_few_seconds() -> None:
    clock, err = Clock(), io.StringIO()
    console = Console(1, False, io.StringIO(), err, clock)
    console.step("a.jpg", "reading")
    for done in range(0, 30):
        console.faces("a.jpg", done, 30)
        clock.now += 1.0
    lines = err.getvalue().splitlines()
    assert [line.split("  (")[0] for line in lines] == [
        f"[1/1] a.jpg: {done} of 30 faces" for done in (5, 10, 15, 20, 25)
    ]
    assert "\x1b" not in err.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
