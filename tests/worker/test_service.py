from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lafr_engine.errors import ConfigError
from lafr_engine.messages import (
    Ended,
    Event,
    FacesFound,
    FindFaces,
    Outcome,
    Progress,
    Started,
    TestDevice,
)
from lafr_engine.service import Handler, Service


class Log:
    """What a service said, with a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._said = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._said:
            self.events.append(event)
            self._said.notify_all()

    def wait_for(self, holds: Callable[[list[Event]], bool], seconds: float = 30.0) -> None:
        with self._said:
            assert self._said.wait_for(lambda: holds(self.events), seconds), self.events

    def ends(self) -> dict[str, Ended]:
        found = [event for event in self.events if isinstance(event, Ended)]
        assert len({event.job for event in found}) == len(found), "a job ended twice"
        return {event.job: event for event in found}

    def of(self, name: str) -> list[Event]:
        return [event for event in self.events if getattr(event, "job", None) == name]


@contextmanager
def running(*handlers: tuple[type, Handler]) -> Iterator[tuple[Service, Log]]:
    log = Log()
    service = Service(dict(handlers), log)
    service.start()
    try:
        yield service, log
    finally:
        service.close()


def job(name: str) -> FindFaces:
    return FindFaces(name, Path("photo"))


def counting(task: FindFaces) -> Generator[Event, None, None]:
    for done in range(3):
        yield Progress(task.job, done, 3)


class Gate:
    """A handler that waits, after its first step, until it is let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.left = threading.Event()

    def __call__(self, task: FindFaces) -> Generator[Event, None, None]:
        try:
            while not self.open.is_set():
                yield Progress(task.job, 0, 1)
                time.sleep(0.002)
            yield FacesFound(task.job, (1, 1), ())
        finally:
            self.left.set()


def test_a_job_starts_reports_and_ends() -> None:
    with running((FindFaces, counting)) as (service, log):
        service.submit(job("a"))
        log.wait_for(lambda _: "a" in log.ends())
    reports = [Progress("a", done, 3) for done in range(3)]
    assert log.events == [Started("a"), *reports, Ended("a", Outcome.DONE)]


class SurpriseError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "outcome", "sentence"),
    [
        (ConfigError("this makes no sense"), Outcome.FAILED, "this makes no sense"),
        (SurpriseError("boo"), Outcome.FAILED, "failed unexpectedly (SurpriseError: boo)"),
        (SystemExit(3), Outcome.FAILED, "failed unexpectedly (SystemExit: 3)"),
        (MemoryError(), Outcome.FAILED, "there is not enough memory for this"),
        (GeneratorExit(), Outcome.CANCELLED, None),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_whatever_a_handler_raises_its_job_ends(
    error: BaseException, outcome: Outcome, sentence: str | None, late: bool
) -> None:
    def raising(task: FindFaces) -> Generator[Event, None, None]:
        if late:
            yield Progress(task.job, 0, 1)
        raise error

    with running((FindFaces, raising)) as (service, log):
        service.submit(job("a"))
        service.submit(job("b"))
        log.wait_for(lambda _: len(log.ends()) == 2)
    assert log.of("a")[-1] == Ended("a", outcome, sentence)
    assert log.of("b")[-1] == Ended("b", outcome, sentence)


def test_a_job_that_nobody_handles_fails() -> None:
    with running((FindFaces, counting)) as (service, log):
        service.submit(TestDevice("a"))
        log.wait_for(lambda _: "a" in log.ends())
    assert log.ends()["a"].outcome is Outcome.FAILED
    assert "TestDevice" in str(log.ends()["a"].sentence)


def test_a_handler_cannot_end_its_job_twice() -> None:
    def ending(task: FindFaces) -> Generator[Event, None, None]:
        yield Ended(task.job, Outcome.DONE)

    with running((FindFaces, ending)) as (service, log):
        service.submit(job("a"))
        log.wait_for(lambda _: "a" in log.ends())
    assert log.ends()["a"].outcome is Outcome.FAILED


def test_cancel_leaves_a_job_at_its_next_step_and_the_handler_tidies_up() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        service.submit(job("a"))
        log.wait_for(lambda events: any(isinstance(event, Progress) for event in events))
        service.cancel("a")
        log.wait_for(lambda _: "a" in log.ends())
    assert gate.left.is_set()
    assert log.ends() == {"a": Ended("a", Outcome.CANCELLED)}
    assert not any(isinstance(event, FacesFound) for event in log.events)


def test_cancel_of_a_job_that_waits_ends_it_before_the_one_in_work() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        for name in "abc":
            service.submit(job(name))
        service.cancel("b")
        assert log.ends() == {"b": Ended("b", Outcome.CANCELLED)}
        service.cancel("nobody")
        gate.open.set()
        log.wait_for(lambda _: len(log.ends()) == 3)
    assert log.of("b") == [Ended("b", Outcome.CANCELLED)]
    assert log.ends()["c"].outcome is Outcome.DONE


def test_pause_stops_at_the_next_step_and_begins_nothing() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        service.submit(job("a"))
        log.wait_for(lambda events: len(events) > 3)
        service.pause()
        service.submit(job("b"))
        time.sleep(0.05)
        told = len(log.events)
        time.sleep(0.1)
        assert len(log.events) == told
        gate.open.set()
        time.sleep(0.05)
        assert len(log.events) == told
        service.resume()
        log.wait_for(lambda _: len(log.ends()) == 2)
    assert {end.outcome for end in log.ends().values()} == {Outcome.DONE}


def test_a_job_can_be_cancelled_in_a_pause() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        service.submit(job("a"))
        log.wait_for(lambda events: len(events) > 1)
        service.pause()
        service.cancel("a")
        log.wait_for(lambda _: "a" in log.ends())
    assert log.ends()["a"].outcome is Outcome.CANCELLED


def test_close_ends_all_as_cancelled_even_in_a_pause() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        service.submit(job("a"))
        service.submit(job("b"))
        log.wait_for(lambda events: len(events) > 1)
        service.pause()
        service.close()
        service.submit(job("c"))
    assert {end.outcome for end in log.ends().values()} == {Outcome.CANCELLED}
    assert sorted(log.ends()) == ["a", "b", "c"]


def test_a_name_that_has_not_ended_is_refused() -> None:
    gate = Gate()
    with running((FindFaces, gate)) as (service, log):
        service.submit(job("a"))
        service.submit(job("b"))
        log.wait_for(lambda events: len(events) > 1)
        for name in "ab":
            with pytest.raises(ConfigError):
                service.submit(job(name))
        gate.open.set()
        log.wait_for(lambda _: len(log.ends()) == 2)


def _random_handler(dice: random.Random) -> Handler:
    def handler(task: FindFaces) -> Generator[Event, None, None]:
        for step in range(dice.randrange(4)):
            yield Progress(task.job, step, 4)
            time.sleep(dice.choice([0.0, 0.0, 0.001]))
        ending = dice.randrange(5)
        if ending == 0:
            raise ConfigError("foreseen")
        if ending == 1:
            raise SurpriseError
        if ending == 2:
            raise GeneratorExit
        if ending == 3:
            yield FacesFound(task.job, (1, 1), ())

    return handler


def in_three_threads(act: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=act, args=(each,)) for each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def ends_once_and_last(events: list[Event]) -> bool:
    """Either nothing but an end, of a job that waited, or a start, any events and an end."""
    kinds = [type(event) for event in events]
    whole = kinds == [Ended] or kinds[:1] == [Started]
    return whole and kinds[-1] is Ended and kinds.count(Ended) == 1 and kinds.count(Started) <= 1


@pytest.mark.parametrize("seed", range(8))
def test_every_job_ends_once_after_its_other_events(seed: int) -> None:
    """Handlers that end in any way, while other threads submit, cancel, pause and resume."""
    dice = random.Random(seed)
    names = [f"{thread}.{number}" for thread in range(3) for number in range(40)]

    def meddle(thread: int, own: random.Random) -> None:
        for number in range(40):
            service.submit(job(f"{thread}.{number}"))
            action = own.randrange(6)
            if action == 0:
                service.cancel(own.choice(names))
            elif action == 1:
                service.pause()
            time.sleep(own.choice([0.0, 0.0005]))
            service.resume()

    with running((FindFaces, _random_handler(dice))) as (service, log):
        in_three_threads(lambda each: meddle(each, random.Random(seed * 10 + each)))
        if seed % 2:  # else they are closed over
            log.wait_for(lambda _: len(log.ends()) == len(names))
    assert sorted(log.ends()) == sorted(names)
    assert all(ends_once_and_last(log.of(name)) for name in names)


def test_jobs_are_worked_on_one_at_a_time() -> None:
    with running((FindFaces, counting)) as (service, log):
        for number in range(20):
            service.submit(job(str(number)))
        log.wait_for(lambda _: len(log.ends()) == 20)
    order = [event.job for event in log.events if isinstance(event, Started | Ended)]
    assert order == [str(number) for number in range(20) for _ in range(2)]
