from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lafr_engine.messages import (
    Cancel,
    Ended,
    EngineReady,
    FindFaces,
    Outcome,
    Pause,
    Resume,
    Shutdown,
    TestDevice,
)
from tests.worker import light_engine

HEAVY = ("PySide6", "cv2", "diffusers", "numpy", "onnxruntime", "safetensors", "torch")


@pytest.fixture
def pipe() -> Iterator[Connection]:
    """This end of the pipe of a light engine process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=light_engine.main, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    yield ours
    ours.close()
    process.join(10)
    assert process.exitcode == 0


def ended(pipe: Connection) -> Ended:
    while not isinstance(event := pipe.recv(), Ended):
        pass
    return event


def test_it_says_that_it_is_ready_before_anything_else(pipe: Connection) -> None:
    assert isinstance(pipe.recv(), EngineReady)


def test_it_obeys_commands(pipe: Connection) -> None:
    pipe.send(Pause())
    pipe.send(FindFaces("a", Path("long-a")))
    pipe.send(FindFaces("b", Path("quick-b")))
    pipe.send(Resume())
    pipe.send(Cancel("a"))
    assert ended(pipe) == Ended("a", Outcome.CANCELLED)
    assert ended(pipe) == Ended("b", Outcome.DONE)
    pipe.send(TestDevice("c"))
    assert ended(pipe).outcome is Outcome.FAILED


def test_it_leaves_at_once_when_told_to_even_in_the_middle_of_a_job(pipe: Connection) -> None:
    pipe.send(FindFaces("a", Path("hang-a")))
    pipe.send(Shutdown())
    with pytest.raises(EOFError):
        while True:
            pipe.recv()


def test_it_leaves_when_the_pipe_closes_even_in_the_middle_of_a_job(pipe: Connection) -> None:
    pipe.send(FindFaces("a", Path("hang-a")))
    assert isinstance(pipe.recv(), EngineReady)  # the rest is in the fixture


@pytest.mark.parametrize(
    "module",
    ["lafr_engine.client", "lafr_engine.service", "lafr_engine.worker.process"],
)
def test_importing_is_cheap(module: str) -> None:
    code = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint(HEAVY)
