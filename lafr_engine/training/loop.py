"""The loop that trains one stage: optimiser, averaging, checkpoints, log, pictures.

A run's folder holds, all written whole or not at all::

    run.json                 preset, seed, images seen, seconds by stage
    log.csv                  one line every few steps: stage, step, rate, losses
    stages/<label>.safetensors   the finished stages
    checkpoint.pt            the stage in work (weights, optimiser, averages, step)
    pictures/<label>-<step>.png  validation pictures

A run killed at any point goes on from its last checkpoint; since a batch is a function of seed
and step (see ``data.step_seed``), it ends as if it had not been killed.
"""

from __future__ import annotations

import csv
import math
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torchvision.utils import make_grid, save_image
from tqdm import tqdm

from lafr_engine.errors import TrainingError
from lafr_engine.training import files
from lafr_engine.training.data import step_seed

if TYPE_CHECKING:
    from accelerate import Accelerator

    from lafr_engine.training.config import StagePlan
    from lafr_engine.training.data import FaceSet
    from lafr_engine.training.stages import Stage

LOG_EVERY = 20

# What torch, safetensors and diffusers raise on files that are damaged or of another network.
_UNREADABLE = (
    OSError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    UnpicklingError,
    SafetensorError,
)


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its files."""

    root: Path

    @property
    def checkpoint(self) -> Path:
        """The stage in work."""
        return self.root / "checkpoint.pt"

    @property
    def log(self) -> Path:
        """The losses, one line every :data:`LOG_EVERY` steps."""
        return self.root / "log.csv"

    def finished(self, label: str) -> Path:
        """The result of a finished stage."""
        return self.root / "stages" / f"{label}.safetensors"

    def picture(self, label: str, step: int) -> Path:
        """A validation picture."""
        return self.root / "pictures" / f"{label}-{step:06d}.png"


class StageTrainer:
    """Trains one stage and leaves its averaged weights in ``stage.trainable``."""

    def __init__(
        self,
        stage: Stage,
        folder: RunFolder,
        accelerator: Accelerator,
        *,
        seed: int,
        micro_batch: int = 0,
    ) -> None:
        """Set up the optimiser and the averages; nothing is read or written yet.

        Args:
            stage: To train; moved to the accelerator's device.
            folder: Of the run.
            accelerator: Device, precision and processes.
            seed: Of all batches.
            micro_batch: Faces at a time, whose gradients add up to those of a batch; 0 for all.
        """
        from diffusers.training_utils import EMAModel  # 2 s; only when training

        self.stage, self.plan, self.folder, self.seed = stage, stage.plan, folder, seed
        self.accelerator, self.micro_batch = accelerator, micro_batch
        stage.to(accelerator.device)
        if accelerator.device.type == "cpu":
            stage.to(memory_format=torch.channels_last)
        self.parameters = [p for p in stage.trainable.parameters() if p.requires_grad]
        if not self.parameters:
            raise TrainingError(f"stage {self.plan.label} has nothing to train")
        optimiser = torch.optim.AdamW(
            self.parameters, lr=self.plan.lr, weight_decay=self.plan.weight_decay
        )
        self.average = EMAModel(
            self.parameters, decay=self.plan.ema, use_ema_warmup=True, inv_gamma=1.0, power=0.75
        )
        self.average.to(accelerator.device)
        self.model: nn.Module
        self.optimiser: Any
        self.model, self.optimiser = accelerator.prepare(stage, optimiser)
        self.step = 0
        self.seconds = 0.0

    def run(self, faces: FaceSet, shown: FaceSet | None = None) -> None:
        """Train to the plan's last step, then put the averages in place and save the stage.

        Args:
            faces: To train on.
            shown: Of which validation pictures are drawn; by default those trained on.
        """
        self.folder.root.mkdir(parents=True, exist_ok=True)
        self.stage.train()
        self._resume()
        bar = tqdm(
            total=self.plan.steps,
            initial=self.step,
            desc=self.plan.label,
            unit="step",
            disable=not self.accelerator.is_main_process,
        )
        started = time.monotonic()
        since = (self.step, started)
        while self.step < self.plan.steps:
            parts = self._one_step(faces)
            self.step += 1
            bar.update()
            if self.step % LOG_EVERY == 0 or self.step == self.plan.steps:
                since = self._report(bar, parts, since)
            if self.step % self.plan.checkpoint_every == 0:
                self.seconds += time.monotonic() - started
                started = time.monotonic()
                self._save_checkpoint()
            if self.step % self.plan.preview_every == 0 or self.step == self.plan.steps:
                self._picture(shown or faces)
        bar.close()
        self.seconds += time.monotonic() - started
        self._finish(faces)

    def _one_step(self, faces: FaceSet) -> dict[str, Tensor]:
        rank = self.accelerator.process_index
        seed = step_seed(self.seed, self.plan.label, self.step, rank)
        torch.manual_seed(seed)
        batch = self.stage.batch(faces, seed, self.accelerator.device)
        if self.accelerator.device.type == "cpu":
            batch = tuple(_channels_last(b) for b in batch)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.plan, self.step)
        parts: dict[str, Tensor] = {}
        for some, share in _split(batch, self.micro_batch):
            for name, part in self._backward(some, share).items():
                parts[name] = parts[name] + part if name in parts else part
        self.accelerator.clip_grad_norm_(self.parameters, self.plan.clip)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.average.step(self.parameters)
        return parts

    def _backward(self, batch: tuple[Tensor, ...], share: float) -> dict[str, Tensor]:
        """Add the gradients of some faces of a batch; return their part of its losses."""
        with self.accelerator.autocast():
            parts: dict[str, Tensor] = self.model(*batch)
        loss = torch.stack([part.float() for part in parts.values()]).sum()
        if not torch.isfinite(loss):
            raise TrainingError(
                f"stage {self.plan.label}: the loss is not finite at step {self.step}; "
                "lower the learning rate or resume from the checkpoint"
            )
        self.accelerator.backward(loss * share)
        return {name: share * part.detach() for name, part in parts.items()}

    def _report(
        self, bar: tqdm[Any], parts: dict[str, Tensor], since: tuple[int, float]
    ) -> tuple[int, float]:
        now = time.monotonic()
        count = (self.step - since[0]) * self.plan.batch * self.accelerator.num_processes
        rate = count / max(now - since[1], 1e-9)
        values = {name: float(part.detach()) for name, part in parts.items()}
        bar.set_postfix({"img/s": f"{rate:.1f}"} | {k: f"{v:.4f}" for k, v in values.items()})
        if self.accelerator.is_main_process:
            self._log(rate, values)
        return self.step, now

    def _log(self, rate: float, values: dict[str, float]) -> None:
        new = not self.folder.log.exists()
        with self.folder.log.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if new:
                writer.writerow(["stage", "step", "images_per_second", "loss", "parts"])
            text = " ".join(f"{name}={value:.5f}" for name, value in values.items())
            total = f"{sum(values.values()):.5f}"
            writer.writerow([self.plan.label, self.step, f"{rate:.2f}", total, text])

    @torch.no_grad()
    def _picture(self, faces: FaceSet) -> None:
        if not self.accelerator.is_main_process:
            return
        self._with_average(lambda: self._draw_picture(faces))

    def _draw_picture(self, faces: FaceSet) -> None:
        seed = step_seed(self.seed, "picture", 0)
        batch = self.stage.batch(faces, seed, self.accelerator.device)
        columns = self.stage.preview(*(b[:4] for b in batch))
        rows = torch.stack(columns, 1).flatten(0, 1).float().cpu()
        grid = make_grid((rows + 1) / 2, nrow=len(columns))
        path = self.folder.picture(self.plan.label, self.step)
        files.write_whole(path, lambda temporary: save_image(grid, temporary, format="png"))

    def _with_average(self, work: Callable[[], None]) -> None:
        self.average.store(self.parameters)
        self.average.copy_to(self.parameters)
        self.stage.eval()
        work()
        self.stage.train()
        self.average.restore(self.parameters)

    def _save_checkpoint(self) -> None:
        if not self.accelerator.is_main_process:
            return
        state = {
            "label": self.plan.label,
            "step": self.step,
            "seconds": self.seconds,
            "trainable": self.stage.state(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.state_dict(),
        }
        files.write_whole(self.folder.checkpoint, lambda temporary: torch.save(state, temporary))

    def _resume(self) -> None:
        path = self.folder.checkpoint
        if not path.is_file():
            return
        try:
            state = torch.load(path, map_location=self.accelerator.device, weights_only=True)
            if state["label"] == self.plan.label:
                self._restore(state)
        except _UNREADABLE as error:
            raise TrainingError(f"{path}: cannot be resumed ({error})") from error

    def _restore(self, state: dict[str, Any]) -> None:
        _fill(self.stage, state["trainable"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.load_state_dict(state["average"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _finish(self, faces: FaceSet) -> None:
        self.average.copy_to(self.parameters)
        self.stage.eval()
        self.stage.finish(faces, self.accelerator.device)
        if self.accelerator.is_main_process:
            save_stage(self.stage, self.folder.finished(self.plan.label))
            self.folder.checkpoint.unlink(missing_ok=True)
        self.accelerator.wait_for_everyone()


def _split(batch: tuple[Tensor, ...], count: int) -> Iterator[tuple[tuple[Tensor, ...], float]]:
    """Yield ``count`` faces of a batch at a time, with their share of it."""
    whole = len(batch[0])
    for some in zip(*(torch.split(tensor, count or whole) for tensor in batch), strict=True):
        yield some, len(some[0]) / whole


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x


def learning_rate(plan: StagePlan, step: int) -> float:
    """Return the rate at ``step``: linear warm-up, then a cosine down to 5 % of the peak."""
    if step < plan.warmup:
        return plan.lr * (step + 1) / plan.warmup
    done = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return plan.lr * (0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done))))


def save_stage(stage: Stage, path: Path) -> None:
    """Write a stage's result as safetensors, whole or not at all."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in stage.state().items()}
    files.write_whole(path, lambda temporary: save_file(tensors, temporary))


def load_stage(stage: Stage, path: Path) -> None:
    """Load what :func:`save_stage` wrote.

    Raises:
        TrainingError: The file is damaged or of a stage of another shape.
    """
    try:
        _fill(stage, load_file(path))
    except _UNREADABLE as error:
        raise TrainingError(
            f"{path}: is no result of stage {stage.plan.label} ({error})"
        ) from error


def _fill(stage: Stage, state: dict[str, Tensor]) -> None:
    """Load what ``stage.state()`` gave.

    Raises:
        RuntimeError: The names or shapes are others.
    """
    found = stage.trainable.load_state_dict(state, strict=False)
    strange = (set(found.missing_keys) & set(stage.state())) | set(found.unexpected_keys)
    if strange:
        raise RuntimeError(f"see {', '.join(sorted(strange)[:3])}")
