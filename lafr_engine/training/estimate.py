"""What a run will take, told before it starts: memory and time of each stage.

Memory and arithmetic of one step are counted on the very networks of the plan, at its batch and
size, forward and backward, with and without gradient checkpointing (see ``nets.cost``). The speed
of the device is measured by a convolution, so seconds are those of arithmetic alone: drawing and
degrading the faces and the frozen nets of the loss come on top.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.manifest import read_manifest
from lafr_engine.nets.checkpointing import checkpoint_blocks
from lafr_engine.nets.cost import Cost, cost_of, weight_bytes, without_content
from lafr_engine.restore.chain import ChainConfig, build_chain
from lafr_engine.restore.full_size import SD21_UNET, SD21_VAE
from lafr_engine.training.losses import LossWeights, MultiLevelLoss
from lafr_engine.training.run import Precision, checkpointed, choose_precision, make_stage

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lafr_engine.training.config import StagePlan
    from lafr_engine.training.presets import Preset
    from lafr_engine.training.run import RunOptions
    from lafr_engine.training.stages import Stage

_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
# AdamW keeps two values a weight and the average one; gradients are counted with the step.
_STATE_BYTES = 3 * 4
# What drivers, libraries and an allocator's gaps take: a stage fits below this share.
_USABLE = 0.9
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class StageEstimate:
    """What one stage takes.

    Attributes:
        label: Of the stage.
        trained: Number of parameters that gradients train.
        resident: Bytes of weights, optimiser and average.
        plain: Bytes a step needs besides, without gradient checkpointing.
        checkpointed: The same with it.
        multiply_adds: Of a step and process, as it will run.
        steps: Of the plan.
        checkpointing: Whether it will run with gradient checkpointing.
    """

    label: str
    trained: int
    resident: int
    plain: int
    checkpointed: int
    multiply_adds: int
    steps: int
    checkpointing: bool

    @property
    def needed(self) -> int:
        """Bytes at the peak of a step, as it will run."""
        return self.resident + (self.checkpointed if self.checkpointing else self.plain)


@dataclass(frozen=True, slots=True)
class DeviceRoom:
    """A device as far as an estimate goes.

    Attributes:
        name: For people.
        free: Bytes.
        rate: Multiply-adds a second.
    """

    name: str
    free: int
    rate: float


def estimate_run(preset: Preset, options: RunOptions) -> list[str]:
    """Tell what the stages of a run take, as lines for people.

    A preset with a base is counted by the configuration of the bundle that it starts from, else by
    that of Stable Diffusion 2.1-base.
    """
    place = choose_device(options.device)
    precision = choose_precision(options.precision, place)
    config = preset.chain
    if options.start is not None:
        config = ChainConfig.from_json(read_manifest(options.start).chain)
    elif preset.needs_base:
        config = replace(config, kl=dict(SD21_VAE), unet=dict(SD21_UNET))
    chosen = options.only or tuple(plan.label for plan in preset.stages)
    found = [
        estimate(
            replace(config, decoder=preset.decoder) if plan.kind == "decoder" else config,
            replace(plan, batch=min(options.micro_batch or plan.batch, plan.batch)),
            checkpointing=checkpointed(preset, options),
            precision=precision,
            repeats=-(-plan.batch // (options.micro_batch or plan.batch)),
        )
        for plan in preset.all_stages
        if plan.label in chosen
    ]
    return describe(found, room_of(place, precision))


def estimate(
    config: ChainConfig,
    plan: StagePlan,
    *,
    checkpointing: bool,
    precision: Precision = "no",
    repeats: int = 1,
) -> StageEstimate:
    """Count what a stage takes.

    Args:
        config: Of the whole chain, what a base brings included.
        plan: Of the stage, its batch that of a micro-batch where there are several.
        checkpointing: Whether it will run so.
        precision: Of autocast.
        repeats: Micro-batches a step.
    """
    stage, plain = _counted(config, plan, precision, checkpointing=False)
    _, saving = _counted(config, plan, precision, checkpointing=True)
    trained = sum(p.numel() for p in stage.parameters() if p.requires_grad)
    return StageEstimate(
        plan.label,
        trained,
        weight_bytes(stage) + _STATE_BYTES * trained,
        plain.peak_bytes,
        saving.peak_bytes,
        (saving if checkpointing else plain).multiply_adds * repeats,
        plan.steps,
        checkpointing,
    )


def _counted(
    config: ChainConfig, plan: StagePlan, precision: Precision, *, checkpointing: bool
) -> tuple[Stage, Cost]:
    # Restarts of dead codes depend on content, which is not here, and cost nothing to speak of.
    quiet = replace(config, adapter=replace(config.adapter, dead_below=0.0))
    with torch.device("meta"):
        chain = build_chain(quiet)
        stage = make_stage(plan, chain, _loss(plan.weights)).train()
    checkpoint_blocks(chain, on=checkpointing)
    with without_content(stage):
        cost = cost_of(lambda: _step(stage, plan, precision))
    return stage, cost


def _loss(weights: LossWeights) -> MultiLevelLoss:
    """Build the loss around its networks' shapes, without their weights' files."""
    # The frozen nets of perceptual, identity and structure loss are left out: they would have to be
    # installed to be counted.
    return MultiLevelLoss(replace(weights, perceptual=0.0, identity=0.0, structure=0.0))


def _step(stage: Stage, plan: StagePlan, precision: Precision) -> None:
    face = torch.empty(plan.batch, 3, plan.size, plan.size)
    flags = torch.ones(plan.batch).bool()
    single: dict[str, tuple[Tensor, ...]] = {
        "vae": (face,),
        "adapter-hq": (face,),
        "decoder": (face, flags),
    }
    batch = single.get(plan.kind) or (face, face.clone(), flags)
    with _autocast(precision):
        parts: dict[str, Tensor] = stage(*batch)
        loss = torch.stack([part.float() for part in parts.values()]).sum()
    loss.backward()  # type: ignore[no-untyped-call]  # as torch has it


def _autocast(precision: Precision) -> AbstractContextManager[object]:
    if precision == "no":
        return nullcontext()
    return torch.autocast("cpu", _TYPES[precision])


def room_of(device: torch.device, precision: Precision = "no") -> DeviceRoom:
    """Measure a device: free memory, and speed by a convolution like the U-Net's."""
    return DeviceRoom(_name(device), _free(device), _rate(device, precision))


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "the CPU" if device.type == "cpu" else str(device)


def _free(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        return int(torch.mps.recommended_max_memory())
    import psutil  # comes with accelerate

    return int(psutil.virtual_memory().available)


@torch.no_grad()
def _rate(device: torch.device, precision: Precision) -> float:
    kind = _TYPES.get(precision, torch.float32)
    x = torch.rand(1, 320, 64, 64, device=device, dtype=kind)
    weight = torch.rand(320, 320, 3, 3, device=device, dtype=kind)
    work = 64 * 64 * 320 * 320 * 9
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        float(F.conv2d(x, weight, padding=1)[0, 0, 0, 0])  # waits for the device
        best = min(best, time.perf_counter() - began)
    return work / best


def describe(estimates: list[StageEstimate], room: DeviceRoom) -> list[str]:
    """Return lines for people: a table, then what does not fit."""
    lines = [
        f"{room.name}: {room.free / _GIB:.1f} GiB free, "
        f"{room.rate / 1e12:.3f} T multiply-adds a second",
        f"{'stage':<14}{'trained':>10}{'memory':>11}{'plain':>11}{'checkpointed':>14}"
        f"{'a step':>11}{'in all':>10}",
    ]
    lines += [_line(each, room) for each in estimates]
    return lines + [told for each in estimates if (told := _shortage(each, room))]


def _line(each: StageEstimate, room: DeviceRoom) -> str:
    plain, saving = each.resident + each.plain, each.resident + each.checkpointed
    seconds = each.multiply_adds / room.rate
    return (
        f"{each.label:<14}{each.trained / 1e6:>8.2f} M{each.needed / _GIB:>7.1f} GiB"
        f"{plain / _GIB:>7.1f} GiB{saving / _GIB:>10.1f} GiB{seconds:>9.2f} s"
        f"{each.steps * seconds / 3600:>8.1f} h"
    )


def _shortage(each: StageEstimate, room: DeviceRoom) -> str | None:
    if each.needed <= _USABLE * room.free:
        return None
    saving = each.resident + each.checkpointed
    way = "a smaller micro-batch"
    if not each.checkpointing and saving <= _USABLE * room.free:
        way = "gradient checkpointing"
    return (
        f"{each.label}: will not fit. It needs {each.needed / _GIB:.1f} GiB and {room.name} has "
        f"{room.free / _GIB:.1f} GiB free, of which {_USABLE:.0%} can be used; choose {way}"
    )
