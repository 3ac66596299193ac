from __future__ import annotations

import pytest
import torch

from lafr_engine.errors import TrainingError
from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.training.latents import train_adapter

_SMALL = AdapterConfig(4, (8, 16), (1, 1), codes=16, code_channels=8, groups=1)


@pytest.fixture(scope="module")
def pairs() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(16, 4, 6, 6, generator=generator)
    hq = torch.nn.functional.interpolate(coarse, (24, 24), mode="nearest")
    return hq, hq * 0.5 + 0.3 * torch.randn(hq.shape, generator=generator)


def test_an_adapter_learns_to_align(pairs: tuple[torch.Tensor, torch.Tensor]) -> None:
    hq, lq = pairs
    error = []
    for steps in (1, 40):
        adapter = train_adapter(_SMALL, hq, lq, steps=steps, seed=0)
        error.append(float((adapter(lq).aligned - hq).abs().mean()))
    assert error[1] < 0.8 * error[0]
    assert not adapter.training
    assert not any(p.requires_grad for p in adapter.parameters())


def test_the_same_seed_trains_the_same_and_leaves_torch_alone(
    pairs: tuple[torch.Tensor, torch.Tensor],
) -> None:
    torch.manual_seed(7)
    first = torch.rand(1)
    torch.manual_seed(7)
    runs = [train_adapter(_SMALL, *pairs, steps=2, seed=seed) for seed in (1, 1, 2)]
    assert torch.equal(torch.rand(1), first)
    one, again, other = (adapter(pairs[1]).aligned for adapter in runs)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_numbers_that_are_none_are_named(pairs: tuple[torch.Tensor, torch.Tensor]) -> None:
    with pytest.raises(TrainingError, match="no longer a number"):
        train_adapter(_SMALL, pairs[0] * float("nan"), pairs[1], steps=1, seed=0)
