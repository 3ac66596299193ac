"""The engine process is killed at random moments; every job ends once all the same."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lafr_engine.client import EngineClient
from lafr_engine.messages import (
    Ended,
    Event,
    FaceGeometry,
    FaceRestored,
    FacesFound,
    FindFaces,
    Job,
    Notice,
    Outcome,
    Progress,
    RestoreFace,
    Started,
)
from lafr_engine.worker.process import main
from tests.worker import light_engine

FACE = FaceGeometry(
    (402.0, 209.0, 502.0, 345.0),
    ((428.4, 262.1), (474.2, 258.2), (453.2, 287.8), (436.2, 309.9), (474.6, 306.6)),
)


class Killer(threading.Thread):
    """Kills whatever engine process there is, so many times, at random moments."""

    def __init__(self, times: int, longest: float, seed: int) -> None:
        super().__init__()
        self.times = times
        self.kills = 0
        self._longest = longest
        self._dice = random.Random(seed)
        self._stopped = threading.Event()

    def run(self) -> None:
        while self.kills < self.times and not self._stopped.wait(
            self._dice.uniform(0.0, self._longest)
        ):
            for child in multiprocessing.active_children():
                if child.name == "lafr-engine" and child.pid is not None:
                    os.kill(child.pid, signal.SIGKILL)
                    self.kills += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@contextmanager
def killing(times: int, longest: float, seed: int) -> Iterator[Killer]:
    killer = Killer(times, longest, seed)
    killer.start()
    try:
        yield killer
    finally:
        killer.stop()


class Ledger:
    """Submits jobs again when they crash, and checks that each submission ends once and last."""

    def __init__(self, client: EngineClient, jobs: list[Job]) -> None:
        self._client = client
        self._jobs: dict[str, Job] = {}
        self.submissions: dict[str, int] = defaultdict(int)
        self.ends: dict[str, list[Outcome]] = defaultdict(list)
        self.notices: list[Notice] = []
        self.results: dict[str, list[Event]] = defaultdict(list)
        self.add(jobs)

    def add(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._jobs[job.job] = job
            self._submit(job)

    def _submit(self, job: Job) -> None:
        self.submissions[job.job] += 1
        self._client.submit(job)

    def take(self, event: Event) -> None:
        name = getattr(event, "job", None)
        if isinstance(event, Notice):
            self.notices.append(event)
        if name is None:
            return
        assert len(self.ends[name]) < self.submissions[name], f"after the end of {name}: {event}"
        if isinstance(event, FacesFound | FaceRestored):
            self.results[name].append(event)
        if isinstance(event, Ended):
            self.ends[name].append(event.outcome)
            if event.outcome is Outcome.CRASHED:
                self._submit(self._jobs[name])

    def is_done(self) -> bool:
        return all(self.ends[name][-1:] == [Outcome.DONE] for name in self._jobs)

    def run(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_done():
            event = self._client.poll(max(0.0, deadline - time.monotonic()))
            assert event is not None, f"not done in time: {dict(self.ends)}"
            self.take(event)
        while (event := self._client.poll(0.3)) is not None:
            self.take(event)  # nothing may come behind the last end


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_kills_in_a_batch_of_small_jobs(seed: int) -> None:
    jobs: list[Job] = []
    with EngineClient(light_engine.main) as client, killing(50, 0.6, seed) as killer:
        ledger = Ledger(client, jobs)
        while killer.is_alive():  # however fast the machine is
            more: list[Job] = [
                FindFaces(f"{n}", Path(f"brief-{n}")) for n in range(len(jobs), len(jobs) + 30)
            ]
            jobs += more
            ledger.add(more)
            ledger.run(200)
        assert killer.kills >= 50
    assert all(len(ledger.ends[job.job]) == ledger.submissions[job.job] for job in jobs)
    assert all(len(ledger.results[job.job]) >= 1 for job in jobs)
    crashed = sum(ends.count(Outcome.CRASHED) for ends in ledger.ends.values())
    assert crashed >= 1
    # A kill costs one job, but three in a row before a process was ready cost all that wait.
    assert crashed <= killer.kills + len(jobs) * len(ledger.notices)


@pytest.mark.slow
def test_kills_in_a_batch_of_real_faces(samples: Path, tmp_path: Path) -> None:
    photo = samples / "old_daguerreotype_sisters.jpg"
    jobs: list[Job] = [RestoreFace(str(n), photo, FACE, tmp_path, seed=n) for n in range(3)]
    with EngineClient(main) as client:
        ledger = Ledger(client, jobs)
        with killing(3, 12.0, 3) as killer:
            ledger.run(250)
        assert killer.kills >= 1
    for made in (event for events in ledger.results.values() for event in events):
        assert isinstance(made, FaceRestored)
        assert made.crop.is_file()
        assert made.preview.is_file()
    assert all(len(ledger.ends[job.job]) == ledger.submissions[job.job] for job in jobs)


def _until(client: EngineClient, kind: type[Event], note: str = "") -> None:
    while True:
        event = client.poll(120)
        assert event is not None
        if isinstance(event, kind) and note in str(event):
            return


@pytest.mark.slow
@pytest.mark.parametrize("when", ["loading", "restoring"])
def test_cancel_takes_effect_within_a_second_in_real_work(
    samples: Path, tmp_path: Path, when: str
) -> None:
    """While libraries are imported, and in the middle of a network, where nothing can be left."""
    photo = samples / "old_daguerreotype_sisters.jpg"
    with EngineClient(main) as client:
        client.submit(RestoreFace("a", photo, FACE, tmp_path))
        if when == "loading":
            _until(client, Started)
            time.sleep(0.3)
        else:
            _until(client, Progress, "restoring")
            time.sleep(0.1)
        asked = time.monotonic()
        client.cancel("a")
        while not isinstance(event := client.poll(30), Ended):
            assert event is not None
        took = time.monotonic() - asked
        assert event == Ended("a", Outcome.CANCELLED)
        print(f"cancelled while {when} in {took:.2f} s")
        assert took < 2.0  # .6 s on a machine that is not busy
        client.submit(FindFaces("b", photo))
        while not isinstance(event := client.poll(120), Ended):
            assert not isinstance(event, Notice | None), event
        assert event == Ended("b", Outcome.DONE)
    assert not list(tmp_path.glob("*.png"))
