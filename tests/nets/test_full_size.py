"""Pruning of the whole Stable Diffusion 2.1-base U-Net, with random weights on the CPU."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from lafr_engine.nets.cost import cost_of, parameter_count, without_content
from lafr_engine.nets.pruning import TextPruning, prune, share_weights
from lafr_engine.restore.chain import build_chain
from lafr_engine.restore.full_size import SD21_PROMPT_TOKENS, SD21_UNET, sd21_chain

STEP = 399


def random_weights(unet: nn.Module) -> None:
    """Fill all weights so that each layer says something, also those that start at zero."""
    for parameter in unet.parameters():
        if parameter.ndim > 1:
            parameter.normal_(std=parameter[0].numel() ** -0.5)
        else:
            parameter.uniform_(-0.2, 0.2)
    for module in unet.modules():
        if isinstance(module, nn.GroupNorm | nn.LayerNorm):
            module.weight.uniform_(0.5, 1.5)


@pytest.fixture(scope="module")
def unet() -> Iterator[UNet2DConditionModel]:
    torch.manual_seed(0)
    with torch.device("meta"):
        empty = UNet2DConditionModel.from_config(SD21_UNET)
    made = empty.to_empty(device="cpu").eval()
    with torch.no_grad():
        random_weights(made)
    yield made


def relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.mark.slow
@torch.no_grad()
def test_folded_and_exact_equals_the_whole_unet_at_full_size(unet: UNet2DConditionModel) -> None:
    torch.manual_seed(1)
    z, prompt = torch.randn(1, 4, 64, 64), torch.randn(1, SD21_PROMPT_TOKENS, 1024)
    whole = unet(z, STEP, prompt).sample
    # The weights are held once: the prunings take over copies that share them.
    pruned = prune(share_weights(unet), STEP, "exact", prompt=prompt)
    assert relative(pruned(z), whole) < 1e-4
    # Time, text and picture all matter here, so that folding them was a feat.
    small = z[..., :32, :32]
    at_step = unet(small, STEP, prompt).sample
    assert relative(unet(small, STEP + 300, prompt).sample, at_step) > 1e-2
    assert relative(unet(small, STEP, prompt.flip(2)).sample, at_step) > 1e-2


@pytest.mark.slow
@torch.no_grad()
def test_bias_and_delete_run_at_full_size(unet: UNet2DConditionModel) -> None:
    torch.manual_seed(1)
    z, prompt = torch.randn(1, 4, 32, 32), torch.randn(1, 1, 1024)
    whole = unet(z, STEP, prompt).sample
    # Attention to a single token is constant: there a bias is exact.
    bias = prune(share_weights(unet), STEP, "bias", prompt=prompt, calibration=z)
    assert relative(bias(z), whole) < 1e-4
    deleted = prune(share_weights(unet), STEP, "delete")(z)
    assert deleted.isfinite().all()
    assert relative(deleted, whole) > 1e-2


@pytest.mark.parametrize(
    ("text", "millions"), [("exact", 812.48), ("bias", 787.67), ("delete", 787.66)]
)
def test_parameters_that_pruning_leaves(text: TextPruning, millions: float) -> None:
    with torch.device("meta"):
        whole = UNet2DConditionModel.from_config(SD21_UNET)
        assert round(parameter_count(whole) / 1e6, 1) == 865.9
        prompt = torch.empty(1, SD21_PROMPT_TOKENS, 1024)
        latent = torch.empty(1, 4, 64, 64)
        pruned = prune(whole, STEP, text, prompt=prompt, calibration=latent)
    assert parameter_count(pruned) / 1e6 == pytest.approx(millions, abs=0.01)


@torch.no_grad()
def test_multiply_adds_of_each_stage() -> None:
    with torch.device("meta"):
        chain = build_chain(sd21_chain()).eval()
        whole = UNet2DConditionModel.from_config(SD21_UNET).eval()
    with without_content(chain, whole):
        face, z = torch.empty(1, 3, 512, 512), torch.empty(1, 4, 64, 64)
        prompt = torch.empty(1, SD21_PROMPT_TOKENS, 1024)
        counts = [
            cost_of(lambda: chain.encode(face)),
            cost_of(lambda: whole(z, STEP, prompt)),
            cost_of(lambda: chain.denoise(z, z)),
            cost_of(lambda: chain.decode(z)),
        ]
    assert [round(count.multiply_adds / 1e9) for count in counts] == [558, 402, 400, 1257]
