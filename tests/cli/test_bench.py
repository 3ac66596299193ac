from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lafr_engine.cli import main
from lafr_engine.evaluation.bench import measure


def test_each_stage_runs_once_a_round_and_one_round_does_not_count() -> None:
    calls: list[str] = []
    seen: list[tuple[int, int]] = []
    stages = {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
    timings = measure(stages, 3, torch.device("cpu"), lambda *at: seen.append(at))
    assert calls == ["a", "b"] * 4
    assert [timing.name for timing in timings] == ["a", "b"]
    assert all(0 <= timing.least <= timing.milliseconds for timing in timings)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_stages_of_the_built_in_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "1", "--device", "cpu", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    times = {timing["name"]: timing["milliseconds"] for timing in report["timings"]}
    parts = ("encode", "adapter", "U-Net", "decode", "gate")
    assert all(times[name] > 0 for name in (*parts, "find faces", "restore a face", "paste a face"))
    # Loosely, for one round beside other work: the parts are what the chain is made of.
    assert 0.2 < sum(times[name] for name in parts) / times["chain"] < 5
    assert set(report["plain_over_pruned"]) == {"U-Net", "chain"}
    assert report["rounds"] == 1


def test_a_photograph_without_a_face_is_named(
    no_face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--photo", str(no_face), "--device", "cpu", "--rounds", "1"]) == 2
    assert "no_face_church.jpg: no face was found" in capsys.readouterr().err
