"""LoRA on the U-Net's convolutions through peft, and its merge without peft.

LAFR trains low-rank matrices on selected convolutions (rank 4 in the reviewers' words); a bundle
keeps them apart from the base and merges them when it is loaded (``bundle.load``).
"""

from __future__ import annotations

from torch import nn

# conv_in, conv_out, the residual blocks' convolutions, and those of the samplers.
TARGETS = r".*(conv_in|conv_out|conv1|conv2|conv_shortcut|samplers\.\d+\.conv)"


def add_lora(unet: nn.Module, rank: int) -> None:
    """Freeze ``unet`` and put trainable LoRA matrices on its convolutions, in place.

    Gaussian A, zero B, alpha = rank, so the U-Net computes what it did before.
    """
    from peft import LoraConfig, inject_adapter_in_model  # of the extra `train`

    config = LoraConfig(
        r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=TARGETS
    )
    unet.requires_grad_(False)
    inject_adapter_in_model(config, unet)
    for name, parameter in unet.named_parameters():
        parameter.requires_grad_("lora_" in name)
