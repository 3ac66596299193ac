"""A whole run: the stages of a preset in their order, and the bundle at the end."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import torch

from lafr_engine.bundle.base_model import installed_base
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.load import load_chain
from lafr_engine.bundle.manifest import read_manifest
from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, TrainingError
from lafr_engine.nets.checkpointing import checkpoint_blocks
from lafr_engine.nets.gate import FidelityGate
from lafr_engine.restore.chain import Chain, ChainConfig, build_chain, with_decoder
from lafr_engine.training import files, stages
from lafr_engine.training.base import load_base
from lafr_engine.training.data import read_faces, step_seed
from lafr_engine.training.decoder_stage import DecoderStage
from lafr_engine.training.export import write_bundle
from lafr_engine.training.loop import RunFolder, StageTrainer, load_stage
from lafr_engine.training.losses import LossWeights, MultiLevelLoss

if TYPE_CHECKING:
    from accelerate import Accelerator

    from lafr_engine.training.config import StagePlan
    from lafr_engine.training.data import FaceSet
    from lafr_engine.training.presets import Preset

Precision = Literal["no", "bf16", "fp16"]

RECORD = "run.json"
SHOWN = 8  # faces from which validation pictures are drawn


@dataclass(frozen=True)
class RunOptions:
    """What a user decides about a run.

    Attributes:
        data: Folder of aligned HQ faces.
        out: Folder of the run; the bundle is written to ``<out>/bundle``.
        seed: Of everything random.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        resume: Go on with a run that is there.
        base: diffusers folder with ``vae`` and ``unet``, for presets that need one.
        start: Bundle whose weights the run starts from, instead of random ones.
        only: Labels of the stages to train; where empty, all but a preset's extra ones.
        limit: Number of faces to train on; all where None.
        val: Folder of other aligned faces, for the validation pictures only; those trained on
            where None.
        name: Name of the bundle.
        precision: Of the arithmetic on the device: ``auto`` (bf16 or fp16 on a graphics card that
            has it, else fp32), ``no`` (fp32), ``bf16`` or ``fp16``.
        checkpointing: Compute activations again in backward instead of keeping them; None as the
            preset says.
        micro_batch: Faces at a time and process; gradients add up to the plan's batch. 0 for all.
    """

    data: Path
    out: Path
    seed: int = 1
    device: str = "auto"
    resume: bool = False
    base: Path | None = None
    start: Path | None = None
    only: tuple[str, ...] = ()
    limit: int | None = None
    val: Path | None = None
    name: str = ""
    precision: str = "auto"
    checkpointing: bool | None = None
    micro_batch: int = 0


def train(preset: Preset, options: RunOptions) -> Path:
    """Train the stages that are not finished yet and write the bundle; returns its folder.

    Raises:
        ConfigError: Options that contradict each other or the preset.
        TrainingError: The data or a checkpoint cannot be used, or a loss is not finite.
        WeightsError: A net that a loss needs is not installed.
    """
    chosen = check_options(preset, options)
    place = choose_device(options.device)
    accelerator = _accelerator(place, choose_precision(options.precision, place))
    run = _Run(preset, options, accelerator, _open_run(preset, options))
    faces = read_faces(options.data, options.limit)
    shown = read_faces(options.val, SHOWN) if options.val else faces
    torch.manual_seed(options.seed)
    chain = _starting_chain(preset, options)
    checkpoint_blocks(chain, on=checkpointed(preset, options))
    # All processes have looked whether a run is here before one of them leaves its traces.
    accelerator.wait_for_everyone()
    run.write_record()
    for plan in preset.all_stages:
        if plan.label in chosen or run.folder.finished(plan.label).is_file():
            run.stage(plan, chain, faces, shown)
    if accelerator.is_main_process:
        _bundle(chain, preset, options, run.record, len(faces))
    accelerator.wait_for_everyone()
    return bundle_folder(preset, options)


@dataclass(frozen=True)
class _Run:
    """What stays the same from stage to stage."""

    preset: Preset
    options: RunOptions
    accelerator: Accelerator
    record: dict[str, Any]

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.options.out)

    def stage(self, plan: StagePlan, chain: Chain, faces: FaceSet, shown: FaceSet) -> None:
        """Train a stage, or load its result where it is finished."""
        # Before the first checkpoint, too, a resumed stage starts from the same random weights.
        torch.manual_seed(step_seed(self.options.seed, plan.label, -1))
        if plan.kind == "decoder":
            with_decoder(chain, self.preset.decoder)
        stage = make_stage(plan, chain)
        done = self.folder.finished(plan.label)
        images = plan.steps * plan.batch * self.accelerator.num_processes
        if done.is_file():
            load_stage(stage, done)
            stage.to(self.accelerator.device)
            self.record["stages"].setdefault(plan.label, {"images": images})
            return
        trainer = StageTrainer(
            stage,
            self.folder,
            self.accelerator,
            seed=self.options.seed,
            micro_batch=self.options.micro_batch,
        )
        trainer.run(faces, shown)
        self.accelerator.free_memory()
        self.record["stages"][plan.label] = {"images": images, "seconds": round(trainer.seconds)}
        self.write_record()

    def write_record(self) -> None:
        """Write ``run.json``, in one process only."""
        if self.accelerator.is_main_process:
            text = json.dumps(self.record, indent=2) + "\n"
            files.write_whole(self.options.out / RECORD, lambda path: _write_text(path, text))


def make_stage(plan: StagePlan, chain: Chain, loss: MultiLevelLoss | None = None) -> stages.Stage:
    """Build the stage that a plan describes, on ``chain``.

    Args:
        plan: Of the stage.
        chain: Is changed and trained.
        loss: In place of the one that the plan's weights make.

    Raises:
        ConfigError: An unknown kind, a VAE stage on a VAE that is not ours to train, or a decoder
            stage on a chain without a small decoder.
    """
    if plan.kind == "vae":
        return stages.VAEStage(plan, chain, loss or make_loss(plan.weights))
    if plan.kind in ("unet", "gates"):
        return stages.UNetStage(plan, chain, loss or make_loss(plan.weights))
    if plan.kind == "decoder":
        return DecoderStage(plan, chain, loss or make_loss(plan.weights))
    kinds: dict[str, type[stages.AdapterHQStage] | type[stages.AdapterLQStage]] = {
        "adapter-hq": stages.AdapterHQStage,
        "adapter-lq": stages.AdapterLQStage,
        "adapter-joint": stages.AdapterJointStage,
    }
    if plan.kind not in kinds:
        raise ConfigError(f"stage {plan.label}: no kind of stage is called {plan.kind!r}")
    return kinds[plan.kind](plan, chain)


def make_loss(weights: LossWeights) -> MultiLevelLoss:
    """Load the frozen nets that a loss needs.

    Raises:
        WeightsError: One of them is missing or damaged.
    """
    from lafr_engine.nets.dlib_resnet import DlibFace
    from lafr_engine.nets.face_mesh import FaceMesh
    from lafr_engine.nets.perceptual import MobileNetPerceptual

    return MultiLevelLoss(
        weights,
        MobileNetPerceptual(weights_path("mobilenet-v2")) if weights.perceptual else None,
        DlibFace(weights_path("dlib-face")) if weights.identity else None,
        FaceMesh(weights_path("face-landmark")) if weights.structure else None,
    )


def check_options(preset: Preset, options: RunOptions) -> tuple[str, ...]:
    """Return the labels of the stages to train, once the options are seen to make sense.

    Raises:
        ConfigError: They do not.
    """
    labels = tuple(plan.label for plan in preset.all_stages)
    unknown = set(options.only) - set(labels)
    if unknown:
        raise ConfigError(
            f"preset {preset.name} has no stage {', '.join(sorted(unknown))}; "
            f"it has {', '.join(labels)}"
        )
    if preset.needs_base and options.start is None and _base(preset, options) is None:
        raise ConfigError(
            f"preset {preset.name} needs --base, a folder with vae and unet, or the base that "
            "`lafr models fetch-base` brings"
        )
    if Path(options.name).name != options.name:
        raise ConfigError(f"{options.name}: the name of a bundle is no path")
    return options.only or tuple(plan.label for plan in preset.stages)


def _open_run(preset: Preset, options: RunOptions) -> dict[str, Any]:
    """Return the record of the run that is there, or a new one; nothing is written."""
    path = options.out / RECORD
    if not path.is_file():
        return {"preset": preset.name, "seed": options.seed, "stages": {}}
    if not options.resume:
        raise ConfigError(f"{options.out}: a run is here already; go on with it by --resume")
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        name, seed, _ = record["preset"], record["seed"], dict(record["stages"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path}: is no record of a run ({error})") from error
    if name != preset.name or seed != options.seed:
        raise TrainingError(
            f"{options.out}: the run here has preset {name} and seed {seed}; "
            "give the same ones to resume it"
        )
    return record


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _accelerator(place: torch.device, precision: Precision) -> Accelerator:
    from accelerate import Accelerator

    return Accelerator(cpu=place.type == "cpu", mixed_precision=precision)


def choose_precision(asked: str, place: torch.device) -> Precision:
    """Return the precision of autocast on a device (see :class:`RunOptions`).

    Raises:
        ConfigError: One that torch has not there, or an unknown one.
    """
    if asked == "auto":
        if place.type != "cuda":
            return "no"
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    if asked not in get_args(Precision):
        raise ConfigError(f"precision {asked!r} is none of auto, {', '.join(get_args(Precision))}")
    if asked == "fp16" and place.type != "cuda":
        raise ConfigError(f"fp16 trains on a graphics card only, not on {place.type}")
    return cast(Precision, asked)


def checkpointed(preset: Preset, options: RunOptions) -> bool:
    """Tell whether a run uses gradient checkpointing."""
    return preset.checkpointing if options.checkpointing is None else options.checkpointing


def _starting_chain(preset: Preset, options: RunOptions) -> Chain:
    if options.start is not None:
        chain = load_chain(options.start, "cpu")
        if {plan.kind for plan in preset.all_stages if plan.label in options.only} != {"decoder"}:
            with_gate(chain, preset.chain)
        if _comparable(chain.config, preset) != preset.chain:
            raise ConfigError(f"{options.start}: its networks are not those of {preset.name}")
        return chain
    base = _base(preset, options)
    return build_chain(preset.chain) if base is None else load_base(preset.chain, base)


def _base(preset: Preset, options: RunOptions) -> Path | None:
    """Return the base that was named, else, for a preset that needs one, the one fetched."""
    if options.base is not None or not preset.needs_base:
        return options.base
    return installed_base()


def with_gate(chain: Chain, config: ChainConfig) -> Chain:
    """Give a chain the gate of ``config``; one of another shape starts from random weights.

    The gate comes last and trains in minutes, so a better shape of it need not cost the rest.
    """
    gate = FidelityGate(config.gate) if config.gate else None
    if chain.gate is not None and gate is not None:
        old, new = chain.gate.state_dict(), gate.state_dict()
        if {k: t.shape for k, t in old.items()} == {k: t.shape for k, t in new.items()}:
            gate.load_state_dict(old)
    chain.gate = gate
    chain.config = replace(chain.config, gate=config.gate)
    return chain


def _comparable(config: ChainConfig, preset: Preset) -> ChainConfig:
    """Return a configuration without what is not a preset's own.

    That is what a base brought (see ``base.load_base``), a small decoder, which any may have, and
    the gate: where a run could train it, it has the preset's shape already.
    """
    config = replace(config, decoder=preset.chain.decoder, gate=preset.chain.gate)
    if not preset.needs_base:
        return config
    return replace(config, kl={}, unet={}, prompt_tokens=preset.chain.prompt_tokens)


def bundle_folder(preset: Preset, options: RunOptions) -> Path:
    """Return where a run writes its bundle."""
    return options.out / "bundle" / (options.name or f"lafr-{preset.name}")


def _bundle(
    chain: Chain, preset: Preset, options: RunOptions, record: dict[str, Any], faces: int
) -> None:
    training = record | {
        "faces": faces,
        "data": options.data.resolve().name,
        "started_from": _origin(options.start),
        "commit": _commit(),
        "plans": [
            asdict(plan)
            for plan in preset.all_stages
            if plan in preset.stages or plan.label in record["stages"]
        ],
    }
    write_bundle(chain, bundle_folder(preset, options), training, preset.licence)


def _origin(start: Path | None) -> dict[str, Any] | None:
    """Return name and training of the bundle that a run started from, and so on back to the first.

    The plans of the earlier ones stand in the presets of their commits.
    """
    if start is None:
        return None
    manifest = read_manifest(start)
    training = {key: value for key, value in manifest.training.items() if key != "plans"}
    return {"name": manifest.name, "training": training}


def _commit() -> str:
    """Return the commit of the source tree that trains, "-dirty" behind it where files differ.

    "unknown" where the package does not lie in its own source tree.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return "unknown"
    commit, changes = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain", "-uno")
    if commit is None:
        return "unknown"
    return f"{commit}-dirty" if changes else commit


def _git(root: Path, *words: str) -> str | None:
    try:
        found = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return found.stdout.strip() if found.returncode == 0 else None
