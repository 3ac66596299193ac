from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from lafr_engine.client import EngineClient, Patience
from lafr_engine.client.process import EngineProcess, Target
from lafr_engine.errors import ConfigError
from lafr_engine.messages import (
    Ended,
    EngineReady,
    Event,
    FacesFound,
    FindFaces,
    Notice,
    Outcome,
    Progress,
    Started,
)
from tests.worker import light_engine


def job(name: str, kind: str = "quick", folder: Path = Path()) -> FindFaces:
    return FindFaces(name, folder / f"{kind}-{name}")


def until_ended(client: EngineClient, names: Iterable[str], seconds: float = 60.0) -> list[Event]:
    """Events up to the end of all these jobs."""
    left, events, deadline = set(names), list[Event](), time.monotonic() + seconds
    while left:
        event = client.poll(max(0.0, deadline - time.monotonic()))
        assert event is not None, f"no end of {left} in time; {events}"
        events.append(event)
        if isinstance(event, Ended):
            left.remove(event.job)
    return events


def of(events: Iterable[Event], name: str) -> list[Event]:
    return [event for event in events if getattr(event, "job", None) == name]


def ends(events: Iterable[Event]) -> dict[str, Outcome]:
    found = [event for event in events if isinstance(event, Ended)]
    assert len({event.job for event in found}) == len(found)
    return {event.job: event.outcome for event in found}


def wait_for(client: EngineClient, kind: type, seconds: float = 30.0) -> list[Event]:
    events: list[Event] = []
    while not events or not isinstance(events[-1], kind):
        event = client.poll(seconds)
        assert event is not None
        events.append(event)
    return events


def pid_of(events: Iterable[Event]) -> int:
    return [event.process for event in events if isinstance(event, EngineReady)][-1]


def test_jobs_end_in_their_order_with_their_events() -> None:
    with EngineClient(light_engine.main) as client:
        for name in ("a", "b", "c"):
            client.submit(job(name))
        client.submit(job("wrong", "wrong"))
        events = until_ended(client, ("a", "b", "c", "wrong"))
    assert isinstance(events[0], EngineReady)
    assert events[0].process != os.getpid()
    assert list(ends(events)) == ["a", "b", "c", "wrong"]
    for name in ("a", "b", "c"):
        mine = of(events, name)
        assert isinstance(mine[0], Started)
        assert mine[-2:] == [FacesFound(name, light_engine.SIZE, ()), Ended(name, Outcome.DONE)]
    assert of(events, "wrong")[-1] == Ended("wrong", Outcome.FAILED, "this makes no sense")


def test_a_crash_costs_one_job_and_the_next_process_gets_the_others() -> None:
    with EngineClient(light_engine.main) as client:
        for name, kind in (("a", "quick"), ("b", "crash"), ("c", "quick")):
            client.submit(job(name, kind))
        events = until_ended(client, "abc")
    assert ends(events) == {"a": Outcome.DONE, "b": Outcome.CRASHED, "c": Outcome.DONE}
    assert len({event.process for event in events if isinstance(event, EngineReady)}) == 2
    crashed = of(events, "b")[-1]
    assert isinstance(crashed, Ended)
    assert "status 3" in str(crashed.sentence)


def test_a_job_that_crashed_may_be_submitted_again(tmp_path: Path) -> None:
    with EngineClient(light_engine.main) as client:
        for expected in (Outcome.CRASHED, Outcome.DONE):
            client.submit(job("a", "crash_once", tmp_path))
            assert ends(until_ended(client, "a")) == {"a": expected}


def test_cancel_ends_a_job_at_its_next_step_in_the_same_process() -> None:
    with EngineClient(light_engine.main) as client:
        client.submit(job("a", "long"))
        events = wait_for(client, Progress)
        client.cancel("a")
        events += until_ended(client, "a")
        client.submit(job("b"))
        events += until_ended(client, "b")
    assert ends(events) == {"a": Outcome.CANCELLED, "b": Outcome.DONE}
    assert sum(isinstance(event, EngineReady) for event in events) == 1


def test_cancel_kills_a_process_that_does_not_hear_and_starts_another() -> None:
    with EngineClient(light_engine.main) as client:
        client.submit(job("a", "hang"))
        client.submit(job("b"))
        events = wait_for(client, Started)
        asked = time.monotonic()
        client.cancel("a")
        events += until_ended(client, "a")
        took = time.monotonic() - asked
        events += until_ended(client, "b")
    assert ends(events) == {"a": Outcome.CANCELLED, "b": Outcome.DONE}
    assert of(events, "a")[-1] == Ended("a", Outcome.CANCELLED)
    assert sum(isinstance(event, EngineReady) for event in events) == 2
    assert 0.5 < took < 3.0  # 0.6 s on a machine that is not busy


def test_cancel_of_a_job_that_waits_ends_it_at_once() -> None:
    with EngineClient(light_engine.main) as client:
        client.submit(job("a", "slow"))
        client.submit(job("b"))
        events = wait_for(client, Progress)
        client.cancel("b")
        client.cancel("nobody")
        events += until_ended(client, "b")
        assert "a" not in ends(events)
        client.cancel("a")
        events += until_ended(client, "a")
    assert of(events, "b") == [Ended("b", Outcome.CANCELLED)]


def test_silence_is_taken_for_death() -> None:
    with EngineClient(light_engine.main, patience=Patience(silence=1.0)) as client:
        client.submit(job("warm"))
        until_ended(client, ["warm"])
        client.submit(job("a", "hang"))
        client.submit(job("b"))
        events = until_ended(client, "ab")
    assert ends(events) == {"a": Outcome.CRASHED, "b": Outcome.DONE}
    assert "no sign of life for 1 seconds" in str(of(events, "a")[-1])


def test_pause_holds_the_job_in_work_and_those_that_wait() -> None:
    with EngineClient(light_engine.main, patience=Patience(silence=1.0)) as client:
        client.submit(job("a", "brief"))
        client.pause()
        client.submit(job("b", "brief"))
        while client.poll(1.5) is not None:  # longer than silence is borne from those who work
            pass
        client.resume()
        events = until_ended(client, "ab")
    assert set(ends(events).values()) == {Outcome.DONE}


def test_a_process_that_comes_up_in_a_pause_is_paused_too() -> None:
    with EngineClient(light_engine.main) as client:
        client.pause()
        client.submit(job("a"))
        events = wait_for(client, EngineReady)
        os.kill(pid_of(events), signal.SIGKILL)
        events = wait_for(client, EngineReady)
        assert client.poll(0.3) is None
        client.resume()
        assert ends(until_ended(client, "a")) == {"a": Outcome.DONE}


def test_progress_is_thinned_and_its_last_comes_before_the_end() -> None:
    began = time.monotonic()
    with EngineClient(light_engine.main) as client:
        client.submit(job("a", "flood"))
        events = until_ended(client, "a")
    told = [event for event in events if isinstance(event, Progress)]
    assert len(told) <= 20 * (time.monotonic() - began) + 2
    assert [event.done for event in told] == sorted(event.done for event in told)
    assert told[-1].done == 20_000
    assert isinstance(events[-1], Ended)


@pytest.mark.parametrize("target", [light_engine.stillborn, light_engine.mute])
def test_an_engine_that_cannot_start_is_not_tried_for_ever(target: Target) -> None:
    with EngineClient(target, patience=Patience(silence=0.5)) as client:
        client.submit(job("a"))
        client.submit(job("b"))
        events = until_ended(client, "ab")
        assert ends(events) == {"a": Outcome.CRASHED, "b": Outcome.CRASHED}
        assert sum(isinstance(event, Notice) for event in events) == 1
        client.submit(job("c"))  # somebody tries again
        assert ends(until_ended(client, "c")) == {"c": Outcome.CRASHED}


def test_a_target_that_cannot_be_pickled_ends_jobs_too() -> None:
    with EngineClient(lambda connection: connection.close()) as client:
        client.submit(job("a"))
        events = until_ended(client, "a")
    assert ends(events) == {"a": Outcome.CRASHED}


def test_a_dead_process_whose_status_another_thread_took_is_closed_with_it() -> None:
    done = threading.Event()

    def list_processes() -> None:
        while not done.is_set():
            multiprocessing.active_children()

    others = [threading.Thread(target=list_processes) for _ in range(2)]
    for each in others:
        each.start()
    try:
        for _ in range(12):
            process = EngineProcess(light_engine.mute)
            process.kill()
            assert process.close(0.1) == -signal.SIGKILL
    finally:
        done.set()
        for each in others:
            each.join()


def test_close_ends_everything_and_kills_what_does_not_leave() -> None:
    client = EngineClient(light_engine.main, patience=Patience(shutdown=0.2)).start()
    client.submit(job("a", "hang"))
    client.submit(job("b"))
    events = wait_for(client, Started)
    client.close()
    client.close()
    events += list(client.events())
    assert ends(events) == {"a": Outcome.CANCELLED, "b": Outcome.CANCELLED}
    assert client.poll(0.0) is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid_of(events), 0)
    with pytest.raises(ConfigError):
        client.submit(job("c"))


def test_a_client_that_was_never_started_ends_its_jobs() -> None:
    client = EngineClient(light_engine.main)
    client.submit(job("a"))
    client.close()
    assert list(client.events()) == [Ended("a", Outcome.CANCELLED)]


def test_a_name_is_free_again_only_after_its_end() -> None:
    with EngineClient(light_engine.main) as client:
        client.submit(job("a"))
        with pytest.raises(ConfigError):
            client.submit(job("a"))
        until_ended(client, "a")
        client.submit(job("a"))
        assert ends(until_ended(client, "a")) == {"a": Outcome.DONE}


def test_events_can_be_heard_in_the_clients_thread() -> None:
    heard: list[Event] = []
    client = EngineClient(light_engine.main, heard.append).start()
    client.submit(job("a"))
    deadline = time.monotonic() + 30
    while not any(isinstance(event, Ended) for event in heard) and time.monotonic() < deadline:
        time.sleep(0.02)
    client.close()
    assert ends(heard) == {"a": Outcome.DONE}


_PARENT = """
import sys, time
from pathlib import Path
from lafr_engine.client import EngineClient
from lafr_engine.messages import EngineReady, FindFaces, Started
from tests.worker import light_engine

if __name__ == "__main__":
    client = EngineClient(light_engine.main).start()
    client.submit(FindFaces("a", Path("hang-a")))
    for event in client.events():
        if isinstance(event, EngineReady):
            print(event.process, flush=True)
        if isinstance(event, Started):
            print("started", flush=True)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks the process up in /proc")
def test_the_process_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """Not even where the parent is killed in the middle of a job that never ends."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == "started\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").split()[2]
    except FileNotFoundError:
        return False
    return state != "Z"  # nobody may be there to bury it
