from __future__ import annotations

import copy

import torch
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn

from lafr_engine.bundle.load import merge_lora
from lafr_engine.restore.chain import build_unet
from lafr_engine.training.export import split_lora
from lafr_engine.training.lora import add_lora
from tests.training.small import CHAIN


def trained() -> tuple[nn.Module, nn.Module]:
    """A U-Net as it was, and the same with LoRA matrices that say something."""
    plain = build_unet(CHAIN).eval()
    unet = copy.deepcopy(plain)
    add_lora(unet, 3)
    with torch.no_grad():
        for name, parameter in unet.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    return plain, unet.eval()


def latent() -> Tensor:
    return torch.randn(2, 8, 16, 16)


@torch.no_grad()
def test_fresh_lora_changes_nothing() -> None:
    plain = build_unet(CHAIN).eval()
    unet = copy.deepcopy(plain)
    add_lora(unet, 4)
    z = latent()
    torch.testing.assert_close(unet(z), plain(z))


def test_only_the_matrices_train_and_they_sit_on_all_convolutions_but_shape_changers() -> None:
    _, unet = trained()
    assert all(p.requires_grad == ("lora_" in n) for n, p in unet.named_parameters())
    adapted = {n.rpartition(".")[2] for n, m in unet.named_modules() if isinstance(m, LoraLayer)}
    assert adapted == {"conv_in", "conv_out", "conv1", "conv2", "conv_shortcut", "conv"}
    # What is left plain: the 1 x 1 projections of the attention.
    left = [
        name
        for name, module in unet.named_modules()
        if isinstance(module, nn.Conv2d) and "lora_" not in name and "base_layer" not in name
    ]
    assert all("proj_" in name for name in left)


def test_gradients_reach_the_matrices() -> None:
    _, unet = trained()
    unet(latent()).square().mean().backward()
    grads = [p.grad for p in unet.parameters() if p.requires_grad]
    assert all(grad is not None and grad.abs().max() > 0 for grad in grads)


@torch.no_grad()
def test_our_merge_is_peft_s_own_and_computes_what_training_computed() -> None:
    plain, unet = trained()
    base, lora = split_lora(unet.state_dict())
    assert set(base) == set(plain.state_dict())
    base = {name: tensor.clone() for name, tensor in base.items()}  # peft merges in place
    merged = dict(base)
    merge_lora(merged, lora, 1.0)
    plain.load_state_dict(merged)
    z = latent()
    torch.testing.assert_close(plain(z), unet(z), atol=1e-5, rtol=1e-4)

    for module in unet.modules():
        if isinstance(module, LoraLayer):
            module.merge()
    theirs, _ = split_lora(unet.state_dict())
    changed = 0
    for name, weight in merged.items():
        torch.testing.assert_close(weight, theirs[name], atol=1e-6, rtol=0)
        changed += not torch.equal(weight, base[name])
    assert changed == len(lora) // 2 > 5
