"""Stage 1 on latents that were encoded once: adapters trained in minutes, to compare them.

The stages are those of a whole training; only the VAE is taken out, since its latents are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import Tensor, nn

from lafr_engine.errors import TrainingError
from lafr_engine.nets.adapter import AdapterConfig, CodebookAdapter
from lafr_engine.restore.chain import Chain, ChainConfig
from lafr_engine.training.config import StagePlan
from lafr_engine.training.loop import learning_rate
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.stages import AdapterHQStage, AdapterLQStage, Stage

_BATCH = 8
_LR = 1e-3
_WARMUP = 20
_CROP = 16  # a side of latents: the nets see hardly farther, and a step costs a quarter


class LatentCodec(nn.Module):
    """Stands where the VAE does, for a chain whose pictures are latents already."""

    def __init__(self) -> None:
        """Have one weight, by whose type a chain knows the VAE's precision."""
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()), requires_grad=False)

    def encode(self, x: Tensor) -> Tensor:
        """Return the latents as they are."""
        return x

    def decode(self, z: Tensor) -> Tensor:
        """Return the latents as they are."""
        return z


def train_adapter(
    config: AdapterConfig, hq: Tensor, lq: Tensor, *, steps: int, seed: int
) -> CodebookAdapter:
    """Train an adapter from scratch, first on clean latents, then on degraded ones.

    Args:
        config: Shape of the adapter.
        hq: Latents (N, C, h, w) of clean faces.
        lq: Latents of the same faces degraded, pair by pair.
        steps: Of each of the two sub-steps.
        seed: Of weights and batches.

    Returns:
        The adapter on the latents' device, frozen and in evaluation mode.

    Raises:
        TrainingError: The loss is no longer a number.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        adapter = CodebookAdapter(config).to(hq.device).to(memory_format=torch.channels_last)
        chain = _latent_chain(adapter)
        plan = StagePlan(
            "latents", "adapter-hq", steps, _BATCH, 0, _LR, LossWeights(), warmup=_WARMUP
        )
        _train(AdapterHQStage(plan, chain), (hq,), generator)
        whole = torch.ones(len(hq), dtype=torch.bool, device=hq.device)
        _train(AdapterLQStage(plan, chain), (hq, lq, whole), generator)
    return adapter.eval().requires_grad_(False)


def _latent_chain(adapter: CodebookAdapter) -> Chain:
    nothing: Any = nn.Identity()  # stage 1 runs neither VAE nor U-Net
    codec = cast(Any, LatentCodec().to(adapter.codebook.device))
    return Chain(ChainConfig(adapter=adapter.config), codec, adapter, nothing, None)


def _train(stage: Stage, data: tuple[Tensor, ...], generator: torch.Generator) -> None:
    plan = stage.plan
    stage.train()
    weights = [p for p in stage.trainable.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, plan.lr, weight_decay=plan.weight_decay)
    for step in range(plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(plan, step)
        chosen = torch.randint(len(data[0]), (plan.batch,), generator=generator)
        loss = torch.stack(list(stage(*_crops(data, chosen, generator)).values())).sum()
        if not torch.isfinite(loss):
            raise TrainingError("the loss of the adapter is no longer a number")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own is not typed
        nn.utils.clip_grad_norm_(weights, plan.clip)
        optimiser.step()


def _crops(
    data: tuple[Tensor, ...], chosen: Tensor, generator: torch.Generator
) -> Iterator[Tensor]:
    """Take the chosen rows of every tensor; of latents the same square, at even places."""
    height, width = (int(n) for n in data[0].shape[2:])
    side = min(_CROP, height, width)
    top, left = (
        2 * int(torch.randint((n - side) // 2 + 1, (), generator=generator))
        for n in (height, width)
    )
    for part in data:
        rows = part[chosen.to(part.device)]
        if rows.ndim == 4:
            rows = rows[..., top : top + side, left : left + side]
            rows = rows.contiguous(memory_format=torch.channels_last)
        yield rows
