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


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
