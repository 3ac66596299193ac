"""What the chain costs at full size: each stage by each pruning, against plain diffusers.

Nothing is loaded: weights are random, which changes no price. Parameters, multiply-adds and memory
are counted (see ``nets.cost``), times are measured round by round. The U-Nets share their weights,
so that all of them fit where one does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, get_args

import torch
from torch import Tensor, nn

from lafr_engine.evaluation.bench import SIDE, Timing, timed
from lafr_engine.nets.adapter import CodebookAdapter
from lafr_engine.nets.cost import cost_of, parameter_count, weight_bytes, without_content
from lafr_engine.nets.pruning import TextPruning, prune, share_weights
from lafr_engine.restore.chain import ChainConfig

if TYPE_CHECKING:
    from diffusers import AutoencoderKL

PRUNINGS: Final = ("none", *get_args(TextPruning))


@dataclass(frozen=True, slots=True)
class StagePrice:
    """What one stage costs.

    Attributes:
        name: Of the stage; a U-Net's with its pruning.
        parameters: Of its network.
        multiply_adds: Of one batch.
        weight_bytes: Of its network, in fp32.
        working_bytes: Most memory alive at once besides, in fp32.
    """

    name: str
    parameters: int
    multiply_adds: int
    weight_bytes: int
    working_bytes: int


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks of one chain with the U-Net in all its prunings."""

    config: ChainConfig
    vae: AutoencoderKL
    adapter: CodebookAdapter
    unets: Mapping[str, nn.Module]
    prompt: Tensor

    def to(self, device: torch.device) -> Networks:
        """Move all of them, in place."""
        for module in (self.vae, self.adapter, *self.unets.values()):
            module.to(device)
        return replace(self, prompt=self.prompt.to(device))

    def predict(self, pruning: str, z: Tensor) -> Tensor:
        """Return z_restored by one U-Net."""
        unet, step = self.unets[pruning], self.config.step
        if pruning != "none":
            return step.x0(z, unet(z))
        prompt = self.prompt.expand(len(z), -1, -1)
        return step.x0(z, unet(z, step.timestep, prompt).sample)


@torch.no_grad()
def build_networks(config: ChainConfig) -> Networks:
    """Build networks with random weights; within ``torch.device("meta")`` without any."""
    from diffusers import AutoencoderKL, UNet2DConditionModel  # 2 s, only where they are measured

    vae = AutoencoderKL.from_config(config.kl).eval()
    whole = UNet2DConditionModel.from_config(config.unet).eval()
    prompt = torch.randn(1, config.prompt_tokens, whole.config.cross_attention_dim)
    side = 2 ** len(whole.config.block_out_channels)
    latent = torch.randn(1, whole.config.in_channels, side, side)
    step = config.step.timestep
    unets: dict[str, nn.Module] = {"none": whole}
    for text in get_args(TextPruning):
        copy = share_weights(whole)
        unets[text] = prune(copy, step, text, prompt=prompt, calibration=latent)
    nets = Networks(config, vae, CodebookAdapter(config.adapter).eval(), unets, prompt)
    for module in (vae, nets.adapter, *unets.values()):
        module.requires_grad_(False)
    return nets


def stages_of(nets: Networks, x: Tensor) -> dict[str, Callable[[], object]]:
    """Return the stages over faces (B, 3, H, W) in [-1, 1], by name."""
    scale = nets.vae.config.scaling_factor
    z = torch.zeros(len(x), nets.config.adapter.latent_channels, x.shape[2] // 8, x.shape[3] // 8)
    z = z.to(x)
    unets = {f"U-Net, {name}": (lambda name=name: nets.predict(name, z)) for name in nets.unets}
    return {
        "encode": lambda: nets.vae.encode(x).latent_dist.mode() * scale,
        "adapter": lambda: nets.adapter(z),
        **unets,
        "decode": lambda: nets.vae.decode(z / scale).sample,
    }


@torch.no_grad()
def prices(config: ChainConfig, batch: int) -> list[StagePrice]:
    """Count the stages of one batch."""
    with torch.device("meta"):
        nets = build_networks(config)
    parts = {
        "encode": (nets.vae.encoder, nets.vae.quant_conv),
        "adapter": (nets.adapter,),
        "decode": (nets.vae.decoder, nets.vae.post_quant_conv),
    } | {f"U-Net, {name}": (unet,) for name, unet in nets.unets.items()}
    found = []
    with without_content(nets.vae, nets.adapter, *nets.unets.values()):
        fake = Networks(config, nets.vae, nets.adapter, nets.unets, torch.empty(nets.prompt.shape))
        for name, stage in stages_of(fake, torch.empty(batch, 3, SIDE, SIDE)).items():
            cost = cost_of(stage)
            own = [part for part in parts[name] if part is not None]
            found.append(
                StagePrice(
                    name,
                    sum(map(parameter_count, own)),
                    cost.multiply_adds,
                    sum(map(weight_bytes, own)),
                    cost.peak_bytes,
                )
            )
    return found


@torch.inference_mode()
def measure_full_size(
    nets: Networks,
    x: Tensor,
    rounds: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[Timing]:
    """Time all stages, and those of plain diffusers (", plain"), after a round that does not count.

    Plain is what diffusers does when left alone: nothing pruned, weights and faces in the order
    they come in. The chain runs channels-last. The weights are there once and change their order
    between the two, outside of what is timed.
    """
    times: dict[str, list[float]] = {}
    plain = ("encode", "adapter", "U-Net, none", "decode")
    for number in range(rounds + 1):
        for layout in (torch.contiguous_format, torch.channels_last):
            for module in (nets.vae, nets.adapter, *nets.unets.values()):
                module.to(memory_format=layout)
            stages = stages_of(nets, x.contiguous(memory_format=layout))
            first = layout is torch.contiguous_format
            for name in plain if first else stages:
                spent = 1000 * timed(stages[name], x.device)
                label = f"{name.partition(',')[0]}, plain" if first else name
                if number:
                    times.setdefault(label, []).append(spent)
        if progress:
            progress(number + 1, rounds + 1)
    _add_chains(times)
    times |= {name: times.pop(name) for name in sorted(times) if name.endswith(", plain")}
    return [Timing(name, sorted(each)[len(each) // 2], min(each)) for name, each in times.items()]


def _add_chains(times: dict[str, list[float]]) -> None:
    """Add the whole chains, round by round the sums of their stages."""
    ways: dict[str, tuple[str, ...]] = {
        f"chain, {name}": ("encode", "adapter", f"U-Net, {name}", "decode") for name in PRUNINGS
    }
    ways["chain, plain"] = tuple(f"{n}, plain" for n in ("encode", "adapter", "U-Net", "decode"))
    for label, parts in ways.items():
        rounds = zip(*(times[part] for part in parts), strict=True)
        times[label] = [sum(each) for each in rounds]
