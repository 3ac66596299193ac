"""Training at full size: Stable Diffusion 2.1-base's shape, random weights, the CPU."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch import nn

from lafr_engine.bundle import third_party
from lafr_engine.nets.checkpointing import checkpoint_blocks
from lafr_engine.restore.chain import Chain, build_chain, with_decoder
from lafr_engine.restore.full_size import sd21_chain
from lafr_engine.training import run
from lafr_engine.training.config import StagePlan
from lafr_engine.training.data import FaceSet, read_faces
from lafr_engine.training.loop import RunFolder, StageTrainer
from lafr_engine.training.losses import LossWeights, MultiLevelLoss
from lafr_engine.training.presets import find_preset
from lafr_engine.training.run import make_stage
from tests.nets.test_full_size import random_weights
from tests.small_nets import MeshWeights, write_mesh, write_mobilenet
from tests.training.small import write_faces

BUDGET = 7_500_000
STAGES = [(name, plan) for name in ("sd21", "paper") for plan in find_preset(name).stages]
STAGES += [("sd21", plan) for plan in find_preset("sd21").extra]
NAMES = [f"{name}-{plan.label}" for name, plan in STAGES]


@pytest.mark.parametrize("name", ["sd21", "paper"])
def test_no_more_than_seven_and_a_half_million_parameters_are_trained(name: str) -> None:
    trained: dict[str, int] = {}
    with torch.device("meta"):
        chain = build_chain(sd21_chain())
        trained["codebook"] = chain.adapter.codebook.numel()  # by its moving average
        for plan in find_preset(name).stages:
            stage = make_stage(plan, chain, MultiLevelLoss(replace_nets(plan)))
            for part, parameter in chain.named_parameters():
                if parameter.requires_grad:
                    trained[part] = parameter.numel()
            assert all(p.requires_grad for p in stage.trainable.parameters()) or plan.lora_rank
    lora = sum(count for part, count in trained.items() if "lora_" in part)
    assert lora == 2_327_200
    assert lora < sum(trained.values()) <= BUDGET


def replace_nets(plan: StagePlan) -> LossWeights:
    return replace(plan.weights, perceptual=0.0, identity=0.0, structure=0.0)


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    torch.manual_seed(0)
    with torch.device("meta"):
        empty = build_chain(sd21_chain())
    made = empty.to_empty(device="cpu")
    with torch.no_grad():
        random_weights(made)
        for buffer in made.buffers():
            buffer.normal_() if buffer.is_floating_point() else buffer.zero_()
        made.adapter = type(made.adapter)(made.config.adapter)
    checkpoint_blocks(made)
    yield made


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    return read_faces(write_faces(tmp_path_factory.mktemp("data") / "faces", 1))


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of the loss: what is not shipped has its real shape or less, and random weights."""
    small = {
        "mobilenet-v2": write_mobilenet(tmp_path / "m.pth"),
        "face-landmark": write_mesh(tmp_path / "f.tflite", MeshWeights.random()),
        "dlib-face": third_party.weights_path("dlib-face"),
    }
    monkeypatch.setattr(run, "weights_path", lambda name: small[name])


def digests(module: nn.Module) -> dict[str, int]:
    """A number for each parameter that changes with any of its bits."""
    found = {}
    for name, parameter in module.named_parameters():
        bits = parameter.detach().contiguous().view(torch.int32)
        found[name.replace(".base_layer.", ".")] = int(bits.sum(dtype=torch.int64))
    return found


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(("name", "plan"), STAGES, ids=NAMES)
def test_one_step_changes_what_is_trained_and_nothing_else(
    chain: Chain, faces: FaceSet, tmp_path: Path, name: str, plan: StagePlan
) -> None:
    torch.manual_seed(2)
    with_decoder(chain, find_preset(name).decoder if plan.kind == "decoder" else None)
    if plan.lora_rank:
        drop_lora(chain)
    # The plan as it is, but for one face at a time and no warm-up. The U-Net's stage of the paper
    # differs from the other in its loss alone, and is seen at half the size.
    size = plan.size // 2 if (name, plan.kind) == ("paper", "unet") else plan.size
    each = replace(plan, batch=1, warmup=0, size=size)
    stage = make_stage(each, chain)
    for part, parameter in chain.named_parameters():
        if "lora_B" in part:  # starts at zero, where its partner A gets no gradient
            nn.init.normal_(parameter, std=0.01)
    before = digests(chain)
    trainer = StageTrainer(stage, RunFolder(tmp_path), Accelerator(cpu=True), seed=1)
    stage.train()
    parts = trainer._one_step(faces)
    assert torch.stack(list(parts.values())).isfinite().all()
    after = digests(chain)
    changed = {part for part in before if before[part] != after[part]}
    assert changed == {part for part, p in chain.named_parameters() if p.requires_grad}
    assert all(p.grad is None for p in stage.parameters() if not p.requires_grad)


_DECODER = """
import re, sys, torch
from dataclasses import replace
from pathlib import Path
from accelerate import Accelerator
from lafr_engine.restore.chain import build_chain
from lafr_engine.restore.full_size import sd21_chain
from lafr_engine.training.data import read_faces
from lafr_engine.training.loop import RunFolder, StageTrainer
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.presets import find_preset
from lafr_engine.training.run import make_stage
from tests.nets.test_full_size import random_weights
torch.manual_seed(0)
preset = find_preset("sd21")
with torch.device("meta"):
    chain = build_chain(replace(sd21_chain(), decoder=preset.decoder))
chain.to_empty(device="cpu")
with torch.no_grad():
    random_weights(chain)
    for buffer in chain.buffers():
        buffer.normal_() if buffer.is_floating_point() else buffer.zero_()
(plan,) = preset.extra
loss = LossWeights(pixel=1.0, gradient=1.0)
plan = replace(plan, batch=1, size=512, warmup=0, weights=loss)
stage = make_stage(plan, chain)
trainer = StageTrainer(stage, RunFolder(Path(sys.argv[2])), Accelerator(cpu=True), seed=1)
stage.train()
# No face is HQ, so that the U-Net takes its part in the memory too.
batch = stage.batch
stage.batch = lambda *given: (batch(*given)[0], torch.zeros(1, dtype=torch.bool))
parts = trainer._one_step(read_faces(Path(sys.argv[1])))
assert torch.stack(list(parts.values())).isfinite().all(), parts
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_decoder_is_distilled_in_nine_gigabytes(tmp_path: Path) -> None:
    faces = write_faces(tmp_path / "faces", 1)
    command = [sys.executable, "-W", "ignore", "-c", _DECODER, str(faces), str(tmp_path / "run")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < 9e9


def drop_lora(chain: Chain) -> None:
    """Take the matrices of an earlier test out of the U-Net."""
    from peft.tuners.lora import LoraLayer

    for module in list(chain.unet.modules()):
        for child, layer in list(module.named_children()):
            if isinstance(layer, LoraLayer):
                setattr(module, child, layer.get_base_layer())
    if hasattr(chain.unet, "peft_config"):
        del chain.unet.peft_config
