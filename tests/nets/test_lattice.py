from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from lafr_engine.nets.gate import FidelityGate, GateConfig
from lafr_engine.nets.lattice import lattice_of, without_lattice


def wave(frequency: float, side: int = 128) -> Tensor:
    """Stripes across, in cycles a pixel."""
    rows = torch.sin(2 * math.pi * frequency * torch.arange(side) + 0.3)
    return rows[:, None].expand(side, side)[None, None].contiguous()


def inner(x: Tensor) -> Tensor:
    return x[..., 32:-32, 32:-32]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_repeats_at_the_pitch_is_the_lattice(times: int) -> None:
    stripes = wave(times / 8)
    assert torch.allclose(inner(lattice_of(stripes, 8, 0.8)), inner(stripes), atol=1e-3)


@pytest.mark.parametrize("frequency", [0.0, 1 / 500, 1 / 64, 1 / 16, 3 / 16])
def test_what_keeps_another_pitch_is_not(frequency: float) -> None:
    found = inner(lattice_of(wave(frequency), 8, 0.8))
    assert found.abs().max() < 0.1


def test_a_slope_and_an_edge_are_hardly_touched() -> None:
    slope = torch.linspace(-1, 1, 128)[None, :].expand(128, 128)[None, None]
    assert inner(lattice_of(slope, 8, 0.8)).abs().max() < 1e-3
    edge = (slope > 0).float()
    assert inner(lattice_of(edge, 8, 0.8)).square().mean() < 0.05 * inner(edge).var()


def test_grain_is_no_lattice() -> None:
    generator = torch.Generator().manual_seed(2)
    grain = 0.1 * torch.randn(1, 1, 128, 128, generator=generator)
    half = without_lattice(grain, 0.5 * grain, 8, 0.8)
    assert torch.equal(half, 0.5 * grain)
    striped = without_lattice(grain, 0.5 * grain + 0.3 * wave(1 / 8), 8, 0.8)
    assert inner(striped - 0.5 * grain).square().mean() < 0.05 * inner(0.3 * wave(1 / 8)).var()


def test_a_gate_takes_out_the_lattice_that_the_photograph_has_not() -> None:
    gate = FidelityGate(GateConfig(8, lattice=0.8)).eval()
    plain = FidelityGate(GateConfig(8)).eval()
    plain.load_state_dict(gate.state_dict())
    slope = torch.linspace(-1, 1, 128)[None, :].expand(1, 3, 128, 128)
    photo = slope + 0.3 * wave(1 / 8)
    with torch.no_grad():
        same = gate(photo, photo)
        clean, known = (each(slope, slope + 0.2 * wave(1 / 4)) for each in (gate, plain))
    assert torch.allclose(same, photo, atol=1e-6)
    assert inner(known - slope).abs().max() > 0.1
    assert inner(clean - slope).abs().max() < 0.01


@pytest.mark.parametrize("side", [8, 16, 64])
def test_small_pictures_have_one_too(side: int) -> None:
    found = lattice_of(
        torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(1)), 8, 0.8
    )
    assert found.shape == (2, 3, side, side)
    assert torch.isfinite(found).all()
