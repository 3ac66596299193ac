from __future__ import annotations

import pytest
import torch

from lafr_engine.errors import ConfigError
from lafr_engine.nets.gate import FidelityGate, GateConfig


def test_the_share_lies_between_zero_and_one_and_starts_almost_open() -> None:
    gate = FidelityGate(GateConfig(8))
    lq, restored = torch.rand(2, 3, 32, 48) * 2 - 1, torch.rand(2, 3, 32, 48) * 2 - 1
    share, correction = gate.parts(lq, restored)
    assert correction is None
    assert share.shape == lq.shape
    assert share.min() > 0.7
    assert share.max() < 1.0


def test_a_smooth_share_changes_slowly() -> None:
    gate = FidelityGate(GateConfig(8))
    share, _ = gate.parts(torch.rand(1, 3, 32, 48), torch.rand(1, 3, 32, 48))
    assert share.shape == (1, 3, 32, 48)
    steps = share.diff(dim=2).abs()
    # Within a cell of 4 pixels the interpolation's slope is one.
    torch.testing.assert_close(steps[:, :, 2], steps[:, :, 3], rtol=0.05, atol=1e-4)


def test_the_gate_looks_at_both_pictures() -> None:
    gate = FidelityGate(GateConfig(8))
    a, b = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)
    assert not torch.equal(gate(a, b), gate(b, b))
    assert not torch.equal(gate(a, b), gate(a, a))


def test_it_learns_to_keep_an_input_that_was_good() -> None:
    gate = FidelityGate(GateConfig(8))
    good, blurred = torch.rand(4, 3, 32, 32) * 2 - 1, torch.zeros(4, 3, 32, 32)
    optimiser = torch.optim.Adam(gate.parameters(), lr=1e-2)
    for _ in range(30):
        loss = (gate(good, blurred) - good).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert gate.parts(good, blurred)[0].mean() < 0.3


def test_a_fresh_gate_corrects_nothing_and_learns_what_neither_picture_shows() -> None:
    gate = FidelityGate(GateConfig(8, 2, corrects=True))
    lq, restored = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    share, correction = gate.parts(lq, restored)
    assert correction is not None
    assert not correction.any()
    torch.testing.assert_close(gate(lq, restored), lq + share * (restored - lq))
    optimiser = torch.optim.Adam(gate.parameters(), lr=1e-2)
    wanted = restored.maximum(lq) + 0.5  # no mixture of the two reaches it
    before = (gate(lq, restored) - wanted).abs().mean()
    for _ in range(30):
        loss = (gate(lq, restored) - wanted).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.7 * before


def test_deeper_levels_see_further() -> None:
    def reach(gate: FidelityGate) -> int:
        lq = torch.rand(1, 3, 192, 192).requires_grad_()
        share, _ = gate.parts(lq, lq.detach())
        (grad,) = torch.autograd.grad(share[0, 0, 96, 96], lq)
        return int((grad[0].abs().sum((0, 1)) > 0).sum())

    shallow, deep = GateConfig(8), GateConfig(8, deeper_widths=(12, 16), deeper_blocks=(1, 2))
    assert reach(FidelityGate(deep)) > 3 * reach(FidelityGate(shallow))


def test_levels_without_blocks_are_refused() -> None:
    with pytest.raises(ConfigError, match="deeper_blocks"):
        FidelityGate(GateConfig(8, deeper_widths=(12,)))
