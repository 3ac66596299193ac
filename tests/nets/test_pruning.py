from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.pruning import BiasAttention, TextPruning, prune

SMALL: dict[str, Any] = {
    "sample_size": 16,
    "in_channels": 4,
    "out_channels": 4,
    "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
    "block_out_channels": [16, 32],
    "layers_per_block": 2,
    "cross_attention_dim": 12,
    "attention_head_dim": [2, 4],
    "norm_num_groups": 8,
    "use_linear_projection": True,
}
# Attention in the middle only, as the compact bundle has it.
MIDDLE: dict[str, Any] = SMALL | {
    "down_block_types": ["DownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "UpBlock2D"],
    "layers_per_block": 1,
    "attention_head_dim": 8,
    "use_linear_projection": False,
}
STEP = 399


def build(config: dict[str, Any]) -> UNet2DConditionModel:
    unet = UNet2DConditionModel.from_config(config).eval()
    with torch.no_grad():
        for parameter in unet.parameters():  # biases, too, have something to say
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return unet


def relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.fixture
def prompt() -> Tensor:
    return torch.randn(1, 7, 12)


@pytest.mark.parametrize("config", [SMALL, MIDDLE, SMALL | {"act_fn": "mish"}])
@torch.no_grad()
def test_folded_and_exact_equals_the_whole_unet(config: dict[str, Any], prompt: Tensor) -> None:
    unet = build(config)
    pruned = prune(copy.deepcopy(unet), STEP, "exact", prompt=prompt)
    for batch in (3, 1):
        z = torch.randn(batch, 4, 16, 24)
        whole = unet(z, STEP, prompt.expand(batch, -1, -1)).sample
        other = unet(z, STEP + 200, prompt.expand(batch, -1, -1)).sample
        assert relative(pruned(z), whole) < 1e-4
        assert relative(other, whole) > 1e-3  # time matters, so folding it was a feat


@torch.no_grad()
def test_bias_equals_the_whole_unet_where_cross_attention_is_constant(prompt: Tensor) -> None:
    unet = build(SMALL)
    same = prompt[:, :1].expand(-1, 7, -1)  # equal tokens: any mix of them is the same
    pruned = prune(
        copy.deepcopy(unet), STEP, "bias", prompt=same, calibration=torch.randn(2, 4, 16, 16)
    )
    z = torch.randn(2, 4, 16, 16)
    assert relative(pruned(z), unet(z, STEP, same.expand(2, -1, -1)).sample) < 1e-4


@torch.no_grad()
def test_bias_is_the_mean_output_on_the_calibration_latents(prompt: Tensor) -> None:
    unet, calibration = build(SMALL), torch.randn(2, 4, 16, 16)
    means: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        return lambda _m, _i, output: means.update({name: output.mean((0, 1))})

    whole = copy.deepcopy(unet)
    for name, module in whole.named_modules():
        if name.endswith("attn2"):
            module.register_forward_hook(keep(name))
    whole(calibration, STEP, prompt.expand(2, -1, -1))
    pruned = prune(unet, STEP, "bias", prompt=prompt, calibration=calibration)
    biases = {n: m.bias for n, m in pruned.named_modules() if isinstance(m, BiasAttention)}
    assert set(biases) == set(means)
    for name, bias in biases.items():
        torch.testing.assert_close(bias.data, means[name])


@torch.no_grad()
def test_delete_leaves_a_unet_without_cross_attention(prompt: Tensor) -> None:
    unet = build(SMALL)
    whole = copy.deepcopy(unet)
    pruned = prune(unet, STEP, "delete")
    names = [name for name, _ in pruned.named_parameters()]
    assert not [n for n in names if "attn2" in n or ("norm2" in n and "transformer" in n)]
    with torch.no_grad():  # cross-attention that says nothing is what was deleted
        for name, module in whole.named_modules():
            if name.endswith("attn2.to_out.0"):
                module.weight.zero_()
                module.bias.zero_()
    z = torch.randn(1, 4, 16, 16)
    assert relative(pruned(z), whole(z, STEP, prompt).sample) < 1e-4


@pytest.mark.parametrize("text", ["exact", "bias", "delete"])
def test_time_conditioning_and_most_of_the_text_are_gone(text: TextPruning, prompt: Tensor) -> None:
    unet = build(SMALL)
    before = sum(p.numel() for p in unet.parameters())
    pruned = prune(unet, STEP, text, prompt=prompt, calibration=torch.randn(1, 4, 16, 16))
    assert sum(p.numel() for p in pruned.parameters()) < before
    assert not [
        n for n, _ in pruned.named_parameters() if "time_emb" in n or ("to_k" in n and "attn2" in n)
    ]


def test_the_pruned_unet_trains(prompt: Tensor) -> None:
    pruned = prune(build(SMALL), STEP, "bias", prompt=prompt, calibration=torch.randn(1, 4, 16, 16))
    pruned(torch.randn(1, 4, 16, 16)).square().mean().backward()
    assert not [n for n, p in pruned.named_parameters() if p.grad is None]
    assert pruned.multiple == 2


@pytest.mark.parametrize(
    ("text", "given", "sentence"),
    [
        ("exact", {}, "null prompt"),
        ("bias", {"calibration": torch.zeros(1, 4, 16, 16)}, "null prompt"),
        ("bias", {"prompt": torch.zeros(1, 7, 12)}, "calibration"),
        ("fold", {}, "none of"),
    ],
)
def test_what_is_missing_is_named(text: Any, given: dict[str, Tensor], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        prune(build(SMALL), STEP, text, **given)


@pytest.mark.parametrize(
    "change",
    [
        {"resnet_time_scale_shift": "scale_shift"},
        {"class_embed_type": "timestep"},
        {"center_input_sample": True},
        {"time_embedding_act_fn": "gelu"},
    ],
)
def test_conditioning_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    unet = build(SMALL | change)
    before = [name for name, _ in unet.named_parameters()]
    with pytest.raises(ConfigError):
        prune(unet, STEP, "delete")
    assert [name for name, _ in unet.named_parameters()] == before  # nothing was touched


def test_a_unet_without_any_cross_attention_needs_no_prompt() -> None:
    unet = build(MIDDLE | {"mid_block_type": "UNetMidBlock2D"})
    pruned = prune(unet, STEP, "exact")
    assert isinstance(pruned, nn.Module)
    assert pruned(torch.randn(1, 4, 16, 16)).shape == (1, 4, 16, 16)
