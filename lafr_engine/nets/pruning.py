"""Fold and drop what a U-Net does not need at one fixed step: time and text conditioning.

LAFR prunes both; its text does not say how. Here nothing is just deleted where it can be folded:

- Time: at a fixed step t0 the embedding is a constant, so each residual block's projection of it
  is a constant vector that goes into the bias of ``conv1``. Exact up to rounding.
- Text, one of: ``exact``, keys and values of the constant null prompt are computed once and kept;
  ``bias``, each cross-attention becomes a per-channel constant, its mean output on calibration
  latents; ``delete``, cross-attention goes and training has to make up for it.

Works on any ``UNet2DConditionModel`` with default time conditioning, of any size.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from diffusers import UNet2DConditionModel

TextPruning = Literal["exact", "bias", "delete"]

# Settings of UNet2DConditionModel that bring in conditioning of a kind that is not folded here.
_OTHER_CONDITIONING = (
    "addition_embed_type",
    "center_input_sample",
    "class_embed_type",
    "dual_cross_attention",
    "encoder_hid_dim_type",
    "num_class_embeds",
    "only_cross_attention",
    "time_embedding_act_fn",
)


class ConstantCrossAttention(nn.Module):
    """Cross-attention to a constant prompt: keys and values are buffers."""

    keys: Tensor
    values: Tensor

    def __init__(self, attention: Any, prompt: Tensor) -> None:
        """Fold ``prompt`` (1, T, D) into ``attention``, a diffusers ``Attention``."""
        super().__init__()
        self.heads = int(attention.heads)
        self.to_q = attention.to_q
        self.to_out = attention.to_out
        with torch.no_grad():
            self.register_buffer("keys", self._split(attention.to_k(prompt)).clone())
            self.register_buffer("values", self._split(attention.to_v(prompt)).clone())

    def _split(self, x: Tensor) -> Tensor:
        batch, tokens, channels = x.shape
        return x.view(batch, tokens, self.heads, channels // self.heads).transpose(1, 2)

    def forward(self, hidden_states: Tensor, **_: object) -> Tensor:
        """Attend from (B, L, C); the prompt that diffusers hands on is not looked at."""
        query = self._split(self.to_q(hidden_states))
        batch = query.shape[0]
        keys, values = (x.expand(batch, -1, -1, -1) for x in (self.keys, self.values))
        mixed = F.scaled_dot_product_attention(query, keys, values)
        out: Tensor = mixed.transpose(1, 2).flatten(2)
        for layer in self.to_out:
            out = layer(out)
        return out


class BiasAttention(nn.Module):
    """What is left of a cross-attention to a constant prompt: its mean output, (C,)."""

    def __init__(self, bias: Tensor) -> None:
        """Keep the mean output as a trainable bias."""
        super().__init__()
        self.bias = nn.Parameter(bias.clone())

    def forward(self, hidden_states: Tensor, **_: object) -> Tensor:
        """Return the bias at each position of (B, L, C)."""
        return self.bias.expand_as(hidden_states)


class PrunedUNet(nn.Module):
    """The blocks of a U-Net whose conditioning was folded; built by :func:`prune`."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        """Take over the blocks of ``unet``, which must not be used afterwards."""
        super().__init__()
        self.conv_in = unet.conv_in
        self.down_blocks = unet.down_blocks
        self.mid_block = unet.mid_block
        self.up_blocks = unet.up_blocks
        self.conv_norm_out = unet.conv_norm_out
        self.conv_act = unet.conv_act
        self.conv_out = unet.conv_out

    @property
    def multiple(self) -> int:
        """Height and width of a latent must be divisible by this."""
        return int(2 ** (len(self.down_blocks) - 1))

    def forward(self, z: Tensor) -> Tensor:
        """Map (B, Cin, h, w) to the prediction (B, Cout, h, w) of the fixed step."""
        x = self.conv_in(z)
        skips = [x]
        for block in self.down_blocks:
            x, more = block(hidden_states=x, temb=None)
            skips.extend(more)
        if self.mid_block is not None:
            x = self.mid_block(x, None)
        for block in self.up_blocks:
            count = len(block.resnets)
            taken, skips = tuple(skips[-count:]), skips[:-count]
            x = block(hidden_states=x, temb=None, res_hidden_states_tuple=taken)
        if self.conv_norm_out is not None:
            x = self.conv_act(self.conv_norm_out(x))
        out: Tensor = self.conv_out(x)
        return out


@torch.no_grad()
def prune(
    unet: UNet2DConditionModel,
    timestep: int,
    text: TextPruning,
    *,
    prompt: Tensor | None = None,
    calibration: Tensor | None = None,
) -> PrunedUNet:
    """Fold time and text conditioning into ``unet`` at ``timestep`` and drop the rest.

    The modules of ``unet`` are changed and taken over.

    Args:
        unet: A U-Net with default (additive) time conditioning.
        timestep: The fixed step t0, 0 to 999.
        text: How cross-attention is replaced.
        prompt: (1, T, D) embedding of the null prompt; for ``exact`` and ``bias``.
        calibration: (B, Cin, h, w) latents over which ``bias`` takes its means.

    Raises:
        ConfigError: Conditioning of another kind, or a prompt or calibration that is missing.
    """
    _check_foldable(unet, text)
    attentions = list(_cross_attentions(unet))
    if text != "delete" and attentions and prompt is None:
        raise ConfigError(f"text pruning {text!r} needs the embedding of the null prompt")
    if text == "bias":
        outputs = _mean_outputs(unet, timestep, prompt, calibration)
    for index, (block, attention) in enumerate(attentions):
        if text == "delete":
            block.attn2 = None
            block.norm2 = None
        elif text == "bias":
            block.attn2 = BiasAttention(outputs[index])
            block.norm2 = nn.Identity()
        else:
            assert prompt is not None
            block.attn2 = ConstantCrossAttention(attention, prompt)
    _fold_time(unet, timestep)
    return PrunedUNet(unet)


def share_weights(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    """Return a copy with modules of its own that holds the same tensors.

    :func:`prune` may take the copy over and leaves ``unet`` as it is, at no memory but that of the
    biases: what compares prunings at full size holds the weights once.
    """
    kept: dict[int, Any] = {id(t): t for t in (*unet.parameters(), *unet.buffers())}
    return copy.deepcopy(unet, kept)


def _check_foldable(unet: UNet2DConditionModel, text: str) -> None:
    """Refuse before anything is changed."""
    if text not in get_args(TextPruning):
        raise ConfigError(f"text pruning {text!r} is none of {get_args(TextPruning)}")
    for name in _OTHER_CONDITIONING:
        value = unet.config.get(name)
        if any(value) if isinstance(value, list | tuple) else value:
            raise ConfigError(f"a U-Net with {name} = {value!r} cannot be folded")
    for module in unet.modules():
        if getattr(module, "time_emb_proj", None) is None:
            continue
        if module.time_embedding_norm != "default" or module.skip_time_act:
            raise ConfigError("only additive time conditioning can be folded into a bias")


def _cross_attentions(unet: nn.Module) -> Iterator[tuple[Any, Any]]:
    """Yield (transformer block, its cross-attention), in the order of the modules."""
    for module in unet.modules():
        attention = getattr(module, "attn2", None)
        if isinstance(attention, nn.Module):
            yield module, attention


def _time_embedding(unet: UNet2DConditionModel, timestep: int) -> Tensor:
    weight = unet.conv_in.weight
    step = torch.tensor([timestep], device=weight.device)
    embedding: Tensor = unet.time_embedding(unet.time_proj(step).to(weight.dtype))
    return embedding


def _fold_time(unet: UNet2DConditionModel, timestep: int) -> None:
    embedding = _time_embedding(unet, timestep)
    for module in unet.modules():
        projection = getattr(module, "time_emb_proj", None)
        if projection is None:
            continue
        folded = module.conv1.bias + projection(module.nonlinearity(embedding))[0]
        # A new parameter: the old one may be that of a copy too (see share_weights).
        module.conv1.bias = nn.Parameter(folded)
        module.time_emb_proj = None


def _mean_outputs(
    unet: UNet2DConditionModel, timestep: int, prompt: Tensor | None, calibration: Tensor | None
) -> list[Tensor]:
    """Run the unpruned U-Net on calibration latents; mean output (C,) of each cross-attention."""
    if prompt is None or calibration is None:
        raise ConfigError("text pruning 'bias' needs the null prompt and calibration latents")
    attentions = [attention for _, attention in _cross_attentions(unet)]
    # By module, not by order of the calls: blocks do not run in the order they are registered.
    found: dict[nn.Module, Tensor] = {}

    def record(module: nn.Module, _inputs: object, output: Tensor) -> None:
        found[module] = output.mean((0, 1))

    hooks = [attention.register_forward_hook(record) for attention in attentions]
    unet(calibration, timestep, prompt.expand(len(calibration), -1, -1))
    for hook in hooks:
        hook.remove()
    return [found[attention] for attention in attentions]
