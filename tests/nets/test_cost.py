from __future__ import annotations

import pytest
import torch
from torch import nn

from lafr_engine.nets.cost import cost_of, parameter_count, weight_bytes, without_content


def test_a_convolution_and_its_memory() -> None:
    with torch.device("meta"):
        net = nn.Conv2d(3, 8, 3, padding=1)
    assert parameter_count(net) == 3 * 8 * 9 + 8
    assert weight_bytes(net) == 4 * parameter_count(net)
    with without_content(net), torch.no_grad():
        x = torch.empty(2, 3, 16, 16)
        cost = cost_of(lambda: net(x))
    assert cost.multiply_adds == 2 * 16 * 16 * 3 * 8 * 9
    assert cost.peak_bytes == 4 * 2 * 8 * 16 * 16


def test_what_is_freed_does_not_add_up_and_what_backward_keeps_does() -> None:
    with torch.device("meta"):
        layers = nn.Sequential(*(nn.Sequential(nn.Linear(64, 64), nn.Tanh()) for _ in range(10)))
    with without_content(layers):
        x = torch.empty(100, 64)
        size = 4 * x.numel()
        with torch.no_grad():
            # What a layer takes, what it is within, and what it gives.
            assert cost_of(lambda: layers(x)).peak_bytes == 3 * size
        forward = cost_of(lambda: layers(x))
        assert forward.peak_bytes > 9 * size
        both = cost_of(lambda: layers(x).sum().backward())
    # Backward costs twice, but for the gradient of the input, which nobody wants.
    assert both.multiply_adds == pytest.approx(3 * forward.multiply_adds, rel=0.04)


def test_attention_is_counted() -> None:
    with without_content(), torch.no_grad():
        q = torch.empty(1, 2, 32, 8)
        cost = cost_of(lambda: nn.functional.scaled_dot_product_attention(q, q, q))
    assert cost.multiply_adds == 2 * 2 * 32 * 32 * 8
