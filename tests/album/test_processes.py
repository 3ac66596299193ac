from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lafr_engine.album.store import Album
from tests.album.small_engine import draw, work_off

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An empty album, and a folder of photographs."""
    for number in range(30):
        draw(tmp_path / "in" / f"{number:02d}.png", seed=number)
    Album.create(tmp_path / "album").close()
    yield tmp_path / "album", tmp_path / "in"


def start(role: str, shared: tuple[Path, Path], seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.album.child", role, *map(str, shared), str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def said(child: subprocess.Popen[str], seconds: float) -> list[int]:
    """Kill a child after a time; return the numbers of the decisions it had made by then."""
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    text, _ = child.communicate()
    return [int(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.slow
def test_several_programs_at_once(shared: tuple[Path, Path]) -> None:
    roles = ("import", "work", "work", "review", "review", "all")
    children = [start(role, shared, seed) for seed, role in enumerate(roles)]
    outputs = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0] * len(roles)
    decided = {int(line) for text in outputs for line in text.split()}
    with Album.open(shared[0]) as album:
        assert album.verify() == []
        album.enqueue_all()
        work_off(album)
        assert len(album.photos()) == len({photo.sha256 for photo in album.photos()}) > 5
        assert decided <= {each.id for each in album.history(1_000_000)}
        assert len(decided) > 5
        assert album.verify() == []


@pytest.mark.slow
def test_a_program_may_be_killed_at_any_moment(shared: tuple[Path, Path]) -> None:
    chance = random.Random(4)
    decided: set[int] = set()
    for seed in range(25):
        decided |= set(said(start("all", shared, seed), chance.uniform(0.0, 0.6)))
        with Album.open(shared[0]) as album:
            assert album.verify() == []
            assert decided <= {each.id for each in album.history(1_000_000)}
            assert album.jobs(("running",)) == []
    assert len(decided) > 25
    with Album.open(shared[0]) as album:
        for _ in album.import_paths([shared[1]]):
            pass
        album.enqueue_all()
        work_off(album)
        assert len(album.photos()) == 30
        assert album.counts().jobs_queued == album.counts().new == 0
        assert album.verify() == []


def test_a_killed_program_lets_go_of_the_queue(shared: tuple[Path, Path]) -> None:
    code = (
        "import sys, time; from pathlib import Path; from lafr_engine.album.store import Album\n"
        "album = Album.open(Path(sys.argv[1]))\n"
        "with album.hold_engine():\n"
        "    album.take_job(); print('ready', flush=True); time.sleep(60)"
    )
    with Album.open(shared[0]) as album:
        for _ in album.import_paths([shared[1] / "00.png"]):
            pass
        album.enqueue_all()
        command = [sys.executable, "-c", code, str(shared[0])]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert len(album.jobs(("running",))) == 1
        child.kill()
        child.communicate()
        with album.hold_engine():
            assert len(album.jobs(("queued",))) == 1
        assert album.verify() == []
