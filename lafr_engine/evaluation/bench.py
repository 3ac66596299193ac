"""How long each stage takes, and how that compares with a plain implementation.

All is measured in one run, round by round, each round with every stage once: other work on the
machine slows all of them alike, so ratios mean something where seconds do not.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from lafr_engine.restore.chain import Chain
from lafr_engine.restore.one_step import OneStepRestorer

if TYPE_CHECKING:
    from lafr_engine.restore.base import Crops, FaceRestorer

SIDE = 512
Stage = Callable[[], object]

CROPS_BY_TORCH: Final = "crops, torch"
CROPS_BY_ONNX: Final = "crops, ONNX"


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured of one stage.

    Attributes:
        name: Of the stage.
        milliseconds: Median over the rounds.
        least: Shortest round, milliseconds.
    """

    name: str
    milliseconds: float
    least: float


class PlainUNet(nn.Module):
    """diffusers' U-Net as it comes: time embedded and null prompt attended to at every pass."""

    def __init__(self, chain: Chain) -> None:
        """Build it with the shape of the chain's own; its weights are random, its price is not."""
        from diffusers import UNet2DConditionModel  # 2 s, only where it is measured

        super().__init__()
        self.unet = UNet2DConditionModel.from_config(chain.config.unet).eval()
        width = self.unet.config.cross_attention_dim
        self.register_buffer("prompt", torch.zeros(1, chain.config.prompt_tokens, width))
        self.timestep = chain.config.step.timestep

    def forward(self, seen: Tensor) -> Tensor:
        """Map what the pruned U-Net sees to a prediction of the same kind."""
        out: Tensor = self.unet(seen, self.timestep, self.prompt).sample
        return out


def chain_stages(chain: Chain, x: Tensor) -> dict[str, Stage]:
    """Return the stages of one pass over faces (B, 3, H, W) in [-1, 1], by name.

    ``U-Net, plain`` and ``chain, plain`` are the comparison: the same chain around a U-Net that was
    not pruned, with the VAE's own decoder.
    """
    z_lq = chain.encode(x)
    z_aligned = chain.adapter(z_lq).aligned
    decoded = chain.decode(chain.denoise(z_aligned, z_lq))
    plain = PlainUNet(chain).to(x.device)
    seen = torch.cat([z_aligned, z_lq], 1) if chain.config.see_lq else z_aligned

    def plain_chain() -> Tensor:
        z = chain.encode(x)
        aligned = chain.adapter(z).aligned
        both = torch.cat([aligned, z], 1) if chain.config.see_lq else aligned
        return chain.blend(x, chain.codec.decode(chain.config.step.x0(aligned, plain(both))))

    own: dict[str, Stage] = {}
    if chain.decoder is not None:
        own["decode, plain"] = lambda: chain.codec.decode(z_aligned)
    return {
        "encode": lambda: chain.encode(x),
        "adapter": lambda: chain.adapter(z_lq),
        "U-Net": lambda: chain.denoise(z_aligned, z_lq),
        "decode": lambda: chain.decode(z_aligned),
        "gate": lambda: chain.blend(x, decoded),
        "chain": lambda: chain(x),
        **own,
        "U-Net, plain": lambda: plain(seen),
        "chain, plain": plain_chain,
    }


def backend_stages(chain: Chain, exported: FaceRestorer, crops: Crops) -> dict[str, Stage]:
    """Return the two backends at the same task: from crops to crops, both in main memory."""
    restorer = OneStepRestorer(chain)
    return {
        CROPS_BY_TORCH: lambda: restorer(crops),
        CROPS_BY_ONNX: lambda: exported(crops),
    }


@torch.inference_mode()
def measure(
    stages: Mapping[str, Stage],
    rounds: int,
    device: torch.device,
    progress: Callable[[int, int], None] | None = None,
) -> list[Timing]:
    """Time stages, after one round that does not count.

    Args:
        stages: By name; each is called once a round.
        rounds: That count.
        device: Whose queue is emptied before and after each call.
        progress: Called after each round with rounds done and rounds in all.
    """
    times = defaultdict[str, list[float]](list)
    for number in range(rounds + 1):
        for name, stage in stages.items():
            spent = timed(stage, device)
            if number:
                times[name].append(1000 * spent)
        if progress:
            progress(number + 1, rounds + 1)
    return [Timing(name, median(values), min(values)) for name, values in times.items()]


def timed(stage: Stage, device: torch.device) -> float:
    """Return the seconds of one call, its device's queue emptied before and after."""
    _wait(device)
    began = time.perf_counter()
    stage()
    _wait(device)
    return time.perf_counter() - began


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
