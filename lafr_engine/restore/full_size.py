"""The shape of LAFR at full size: Stable Diffusion 2.1-base with this project's adapter.

The values are those of the base's public configuration files. With them the networks can be built,
counted and measured without the weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.restore.chain import ChainConfig
from lafr_engine.restore.schedule import OneStep

if TYPE_CHECKING:
    from lafr_engine.nets.pruning import TextPruning

SD21_UNET: Final[dict[str, Any]] = {
    "sample_size": 64,
    "in_channels": 4,
    "out_channels": 4,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
    "block_out_channels": [320, 640, 1280, 1280],
    "layers_per_block": 2,
    "cross_attention_dim": 1024,
    "attention_head_dim": [5, 10, 20, 20],
    "use_linear_projection": True,
}
SD21_VAE: Final[dict[str, Any]] = {
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "block_out_channels": [128, 256, 512, 512],
    "layers_per_block": 2,
    "latent_channels": 4,
    "norm_num_groups": 32,
    "sample_size": 768,
    "scaling_factor": 0.18215,
}
SD21_PROMPT_TOKENS: Final = 77

# With rank-4 LoRA on the U-Net's convolutions (2.33 M) this stays below 7.5 M trained parameters,
# the codebook counted.
SD21_ADAPTER: Final = AdapterConfig(
    4, (128, 256), (1, 1), codes=1024, code_channels=256, groups=1, gate=False
)


def sd21_chain(text: TextPruning = "exact") -> ChainConfig:
    """Return the chain with the base's own configuration filled in."""
    return ChainConfig(
        codec="kl",
        kl=dict(SD21_VAE),
        adapter=SD21_ADAPTER,
        unet=dict(SD21_UNET),
        text=text,
        prompt_tokens=SD21_PROMPT_TOKENS,
        step=OneStep(399),
    )
