"""What every test gets: samples, a seed for torch, and no leftovers.

Any thread or child process that a test leaves behind fails it; any warning fails it too
(pyproject.toml).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lafr_engine.resources import samples_dir

# Before pytest-qt makes the first application: no test needs a screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_GRACE_SECONDS = 5.0


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample photographs."""
    return samples_dir()


@pytest.fixture(scope="session")
def no_face() -> Path:
    """A photograph without any face."""
    return Path(__file__).with_name("data") / "no_face_church.jpg"


@pytest.fixture(autouse=True)
def _seeded_torch() -> None:
    """Seed torch as pytest-randomly seeds random and numpy; tests without torch stay quick."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_SECONDS
    while (leftovers := _leftovers(before)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not leftovers


def _leftovers(before: set[threading.Thread]) -> list[object]:
    """Threads that would keep the interpreter alive, and children of multiprocessing."""
    threads = [each for each in threading.enumerate() if each not in before and not each.daemon]
    return [*threads, *multiprocessing.active_children()]
