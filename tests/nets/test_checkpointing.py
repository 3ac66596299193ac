from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from lafr_engine.nets.checkpointing import checkpoint_blocks
from lafr_engine.nets.pruning import prune
from tests.nets.test_pruning import SMALL, build


def gradients(module: nn.Module, x: Tensor) -> list[Tensor]:
    module.zero_grad()
    out: Tensor = module(x)
    out.square().mean().backward()  # type: ignore[no-untyped-call]  # as torch has it
    return [p.grad.clone() for p in module.parameters() if p.grad is not None]


def modules() -> dict[str, tuple[nn.Module, Tensor]]:
    torch.manual_seed(0)
    vae = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=4)
    return {
        "unet": (prune(build(SMALL), 399, "delete"), torch.randn(1, 4, 16, 16)),
        "decoder": (vae.decoder, torch.randn(1, 4, 16, 16)),
    }


@pytest.mark.parametrize("name", ["unet", "decoder"])
def test_gradients_are_the_same_and_blocks_run_twice(name: str) -> None:
    module, x = modules()[name]
    calls: list[int] = []
    block = next(m for m in module.modules() if type(m).__name__ == "ResnetBlock2D")
    block.register_forward_pre_hook(lambda *_: calls.append(1))
    plain = gradients(module.train(), x)
    assert len(calls) == 1
    assert checkpoint_blocks(module) > 0
    again = gradients(module, x)
    assert len(calls) == 3
    for a, b in zip(plain, again, strict=True):
        torch.testing.assert_close(a, b)
    checkpoint_blocks(module, on=False)
    gradients(module, x)
    assert len(calls) == 4


def test_networks_of_this_project_have_no_such_blocks() -> None:
    assert checkpoint_blocks(nn.Conv2d(1, 1, 1)) == 0
