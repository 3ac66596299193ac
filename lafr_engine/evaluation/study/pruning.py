"""Requirement 7: what pruning the conditioning saves, and what it costs."""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable
from statistics import median
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from lafr_engine.evaluation.sets import load_faces
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study
from lafr_engine.nets.pruning import TextPruning, prune
from lafr_engine.restore.chain import Chain

_ROUNDS = 5


def _run(study: Study, _: Earlier) -> Outcome:
    chain = study.chain
    with torch.no_grad():
        z_lq = chain.encode(load_faces([study.faces[0].hq]).to(study.device))
        seen = torch.cat([z_lq, z_lq], 1) if chain.config.see_lq else z_lq
    rows = compare(chain, seen, study.options.seed)
    own = sum(p.numel() for p in chain.unet.parameters())
    exact, plain = rows["exact"], rows["none"]
    findings = (
        f"Folded time and exact text differ from the unpruned U-Net by {exact['difference']:.1e} "
        f"of its output, with {exact['parameters'] / plain['parameters']:.1%} of its parameters; "
        f"deleting the text conditioning leaves {rows['delete']['parameters'] / 1e6:.2f} M of "
        f"{plain['parameters'] / 1e6:.2f} M. The bundle is pruned by `{chain.config.text}`.",
    )
    numbers = {"bundle": chain.config.text, "bundle_parameters": own, "variants": rows}
    return Outcome(numbers, findings, _figures(rows))


@torch.no_grad()
def compare(chain: Chain, seen: Tensor, seed: int) -> Json:
    """Prune a U-Net of the chain's shape in every way and compare with the unpruned one.

    Args:
        chain: Whose U-Net's shape and step are taken; the weights are random.
        seen: What the U-Net sees (1, C, h, w).
        seed: Of the weights and the null prompt.
    """
    from diffusers import UNet2DConditionModel  # 2 s, only where it is measured

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        unet: Any = UNet2DConditionModel.from_config(chain.config.unet).eval()
        unet.to(seen.device).requires_grad_(False)
        width = unet.config.cross_attention_dim
        width = width if isinstance(width, int) else width[0]
        prompt = torch.randn(1, chain.config.prompt_tokens, width).to(seen.device)
    step = chain.config.step.timestep

    def plain() -> Tensor:
        out: Tensor = unet(seen, step, prompt).sample
        return out

    reference = plain()
    rows: Json = {"none": _row(unet, plain, reference)}
    for text in get_args(TextPruning):
        pruned = prune(copy.deepcopy(unet), step, text, prompt=prompt, calibration=seen)
        pruned.requires_grad_(False)
        rows[text] = _row(pruned, functools.partial(pruned, seen), reference)
    return rows


def _row(net: nn.Module, call: Callable[[], Tensor], reference: Tensor) -> Json:
    with FlopCounterMode(display=False) as counter:
        out = call()
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        call().cpu()
        times.append(1000 * (time.perf_counter() - began))
    return {
        "parameters": sum(p.numel() for p in net.parameters()),
        "multiply_adds": counter.get_total_flops() // 2,
        "ms": median(times),
        "difference": float((out - reference).norm() / reference.norm()),
    }


def _figures(rows: Json) -> tuple[str, ...]:
    header = ("text conditioning", "parameters, M", "multiply-adds, G", "ms a face", "difference")
    body = [
        (
            name,
            row["parameters"] / 1e6,
            row["multiply_adds"] / 1e9,
            row["ms"],
            f"{row['difference']:.1e}",
        )
        for name, row in rows.items()
    ]
    caption = (
        "none: diffusers' U-Net as it comes. exact: keys and values of the null prompt computed "
        "once. bias: each cross-attention replaced by its mean output. delete: taken out. Time is "
        "folded into biases in all three."
    )
    return (page.table(header, body, caption),)


PART = Part(
    "pruning",
    "Pruning of the U-Net",
    "The U-Net's shape with random weights, since a pruned bundle cannot be put together again: "
    "difference is the relative distance of the output to the unpruned U-Net's before training. "
    "What `bias` and `delete` change, training has to make up for; `exact` changes nothing.",
    _run,
)
