from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lafr_engine.errors import TrainingError
from lafr_engine.nets.blocks import smooth
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.adversary import Adversary
from lafr_engine.training.data import FaceSet
from lafr_engine.training.loop import RunFolder, StageTrainer
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.run import make_stage
from tests.training.small import CHAIN, plan

DRAWN = LossWeights(pixel=1.0, adversarial=0.1)


def textures(count: int, seed: int) -> Tensor:
    return torch.randn(count, 3, 64, 64, generator=torch.Generator().manual_seed(seed)).clamp(-1, 1)


def test_it_learns_to_tell_smoothed_pictures_and_then_its_loss_says_so() -> None:
    torch.manual_seed(1)
    adversary = Adversary().train()
    told = []
    for step in range(40):
        real = textures(4, step)
        adversary(smooth(real, 1.0), real)
        told.append(float(adversary.learn()["adversary"]))
    assert told[0] > 1.5
    assert told[-1] < 0.7 * told[0]
    adversary.eval()
    real = textures(4, 99)
    assert adversary(smooth(real, 1.0), real) > adversary(real, real) + 0.5


def test_restored_pictures_get_a_gradient_and_the_adversary_none() -> None:
    adversary = Adversary().train()
    restored = textures(2, 1).requires_grad_()
    adversary(restored, textures(2, 2)).backward()
    assert restored.grad is not None
    assert restored.grad.abs().sum() > 0
    assert all(p.grad is None for p in adversary.parameters())
    before = [p.clone() for p in adversary.parameters()]
    adversary.learn()
    assert any(not torch.equal(a, b) for a, b in zip(before, adversary.parameters(), strict=True))
    assert adversary.learn() == {}  # nothing seen since


def test_while_pictures_are_looked_at_it_remembers_nothing() -> None:
    adversary = Adversary().eval()
    adversary(textures(1, 1), textures(1, 2))
    assert adversary.learn() == {}


def test_both_pictures_are_cut_alike() -> None:
    adversary = Adversary(side=32).train()
    image = textures(1, 5)
    adversary(image, image)
    ((restored, hq),) = adversary._seen
    assert restored.shape == (1, 3, 32, 32)
    assert torch.equal(restored, hq)


def test_it_goes_on_from_its_state() -> None:
    def step(adversary: Adversary, seed: int) -> None:
        torch.manual_seed(seed)
        adversary(smooth(textures(2, seed), 1.0), textures(2, seed))
        adversary.learn()

    first = Adversary().train()
    step(first, 1)
    second = Adversary().train()
    second.restore(copy.deepcopy(first.state()))  # as from a file
    step(first, 2)
    step(second, 2)
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_several_processes_are_refused(tmp_path: Path) -> None:
    stage = make_stage(plan("gates", weights=DRAWN), build_chain(CHAIN))
    several: Any = SimpleNamespace(device=torch.device("cpu"), num_processes=2)
    with pytest.raises(TrainingError, match="one process only"):
        StageTrainer(stage, RunFolder(tmp_path), several, seed=1)


def test_an_adversarial_stage_sees_only_sharp_faces() -> None:
    faces = torch.zeros((2, 3, 512, 512), dtype=torch.uint8)
    faces[1] = 255  # the enlarged one
    known = FaceSet(faces, np.array([0.5, 0.5]), np.array([True, False]))
    stage = make_stage(plan("gates", weights=DRAWN), build_chain(CHAIN))
    batches = [stage.batch(known, seed, torch.device("cpu"))[0] for seed in range(8)]
    assert max(float(hq.mean()) for hq in batches) < 0
    stage.plan = replace(stage.plan, weights=LossWeights(pixel=1.0))
    batches = [stage.batch(known, seed, torch.device("cpu"))[0] for seed in range(8)]
    assert max(float(hq.mean()) for hq in batches) > 0
