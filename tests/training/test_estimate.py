from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lafr_engine.restore.chain import build_chain
from lafr_engine.training.config import StagePlan
from lafr_engine.training.estimate import (
    DeviceRoom,
    StageEstimate,
    describe,
    estimate,
    estimate_run,
    room_of,
)
from lafr_engine.training.losses import LossWeights, MultiLevelLoss
from lafr_engine.training.presets import find_preset
from lafr_engine.training.run import RunOptions, make_stage
from tests.training.small import CHAIN, PRESET, plan

ROOM = DeviceRoom("a card", 8 * 2**30, 1e12)


@pytest.mark.parametrize("each", PRESET.stages, ids=lambda each: each.label)
def test_every_stage_is_counted_with_what_it_trains(each: StagePlan) -> None:
    found = estimate(CHAIN, each, checkpointing=False)
    stage = make_stage(each, build_chain(CHAIN), MultiLevelLoss(LossWeights()))
    assert found.trained == sum(p.numel() for p in stage.parameters() if p.requires_grad)
    assert found.multiply_adds > 0
    assert found.needed == found.resident + found.plain


def test_the_small_decoder_is_counted_where_it_is_trained() -> None:
    given = RunOptions(device="cpu", data=Path(), out=Path())
    (line,) = estimate_run(find_preset("compact"), replace(given, only=("decoder",)))[2:3]
    assert line.startswith("decoder")
    assert "0.26 M" in line
    rows = estimate_run(find_preset("smoke"), given)[2:]
    assert [row.split()[0] for row in rows] == [p.label for p in find_preset("smoke").stages]


def test_a_larger_batch_takes_more_and_half_precision_less() -> None:
    small = estimate(CHAIN, plan("unet"), checkpointing=False)
    large = estimate(CHAIN, replace(plan("unet"), batch=4), checkpointing=False)
    half = estimate(CHAIN, replace(plan("unet"), batch=4), checkpointing=False, precision="bf16")
    assert large.multiply_adds == 2 * small.multiply_adds
    assert 1.5 < large.plain / small.plain < 2.1
    assert half.plain < large.plain
    twice = estimate(CHAIN, plan("unet"), checkpointing=False, repeats=2)
    assert twice.multiply_adds == large.multiply_adds
    assert twice.needed == small.needed


def test_checkpointing_saves_memory_at_full_size_for_more_arithmetic() -> None:
    lines = estimate_run(
        find_preset("sd21"),
        RunOptions(device="cpu", only=("unet",), micro_batch=1, data=Path(), out=Path()),
    )
    assert len(lines) in (3, 4)  # the last where it does not fit this machine
    assert lines[2].startswith("unet")
    assert "2.33 M" in lines[2]


def told(free: float, *, checkpointing: bool) -> list[str]:
    each = StageEstimate("unet", 10, 2**30, 9 * 2**30, 2**30, 10**12, 3600, checkpointing)
    return describe([each], replace(ROOM, free=int(free * 2**30)))


def test_what_does_not_fit_is_said_with_a_way_out() -> None:
    assert len(told(12, checkpointing=False)) == 3
    assert "1.00 s" in told(12, checkpointing=False)[2]
    assert "1.0 h" in told(12, checkpointing=False)[2]
    assert "will not fit" in told(8, checkpointing=False)[3]
    assert "choose gradient checkpointing" in told(8, checkpointing=False)[3]
    assert len(told(8, checkpointing=True)) == 3
    assert "choose a smaller micro-batch" in told(2, checkpointing=True)[3]


def test_this_machine_is_measured() -> None:
    room = room_of(torch.device("cpu"))
    assert room.name == "the CPU"
    assert room.free > 2**26
    assert 1e9 < room.rate < 1e14
