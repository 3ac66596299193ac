from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file

from lafr_engine.bundle.load import LORA, WEIGHTS, load_chain
from lafr_engine.bundle.manifest import MANIFEST, read_manifest, verify
from lafr_engine.errors import ConfigError, NotAPicture, TrainingError
from lafr_engine.nets.gate import GateConfig
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.training import loop
from lafr_engine.training.loop import StageTrainer
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.presets import PRESETS, Preset, find_preset
from lafr_engine.training.run import (
    RunOptions,
    checkpointed,
    choose_precision,
    train,
    with_gate,
)
from lafr_engine.training.stages import Stage
from tests.training.small import CHAIN, PRESET, VAE, plan, write_faces

ROOT = Path(__file__).parents[2]
LABELS = [each.label for each in PRESET.stages]


class PulledPlug(BaseException):
    """Ends a run where nobody expected it."""


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_faces(tmp_path_factory.mktemp("data") / "faces")


@pytest.fixture(scope="module")
def whole(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("whole") / "run"
    train(PRESET, RunOptions(faces, out, device="cpu"))
    return out


def results(out: Path) -> dict[str, bytes]:
    """All weights that a run left, the bundle's in half and the stages' in full precision."""
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*.safetensors")}


def test_a_run_leaves_a_bundle_that_loads(whole: Path) -> None:
    bundle = whole / "bundle" / "lafr-small"
    manifest = read_manifest(bundle)
    verify(bundle, manifest)
    assert set(manifest.files) == {WEIGHTS, LORA}
    told = manifest.training
    assert told["preset"] == "small"
    assert told["seed"] == 1
    assert told["faces"] == 3
    assert told["data"] == "faces"
    assert {k: v["images"] for k, v in told["stages"].items()} == dict.fromkeys(LABELS, 8)
    assert [each["label"] for each in told["plans"]] == LABELS
    chain = load_chain(bundle, "cpu")
    with torch.no_grad():
        assert chain(torch.zeros(1, 3, 64, 64)).image.isfinite().all()
    assert {p.stem for p in (whole / "stages").iterdir()} == set(LABELS)
    assert not (whole / "checkpoint.pt").exists()


# Optimiser steps already done when the plug is pulled. A stage has four, a checkpoint after two.
@pytest.mark.parametrize("steps", [1, 6, 11, 17])
def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(
    whole: Path, faces: Path, tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = RunOptions(faces, tmp_path / "run", device="cpu")
    one_step, done = StageTrainer._one_step, 0

    def counted(self: StageTrainer, *args: object) -> object:
        nonlocal done
        if done == steps:
            raise PulledPlug
        done += 1
        return one_step(self, *args)  # type: ignore[arg-type]  # handed on as they came

    with monkeypatch.context() as patch:
        patch.setattr(StageTrainer, "_one_step", counted)
        with pytest.raises(PulledPlug):
            train(PRESET, options)
    assert not (options.out / "bundle").exists()
    torch.rand(7)  # the state of the generator is another one when a new process begins
    train(PRESET, replace(options, resume=True))
    assert results(options.out) == results(whole)


def test_a_run_stopped_between_a_result_and_its_record_ends_the_same(
    whole: Path, faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = RunOptions(faces, tmp_path / "run", device="cpu")
    save = loop.save_stage

    def save_and_stop(stage: Stage, path: Path) -> None:
        save(stage, path)
        if path.stem == "adapter-hq":
            raise PulledPlug

    with monkeypatch.context() as patch:
        patch.setattr(loop, "save_stage", save_and_stop)
        with pytest.raises(PulledPlug):
            train(PRESET, options)
    bundle = train(PRESET, replace(options, resume=True))
    assert results(options.out) == results(whole)
    assert set(read_manifest(bundle).training["stages"]) == set(LABELS)


_SCRIPT = """
import sys, torch
from pathlib import Path
from lafr_engine.training.run import RunOptions, train
from tests.training.small import PRESET
torch.set_num_threads(1)
train(PRESET, RunOptions(Path(sys.argv[1]), Path(sys.argv[2]), device="cpu"))
"""


@pytest.mark.slow
def test_a_process_that_was_killed_can_be_resumed(whole: Path, faces: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-W", "ignore", "-c", _SCRIPT, str(faces), str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        while not (out / "stages").is_dir() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (out / "bundle" / "lafr-small").exists()
    train(PRESET, RunOptions(faces, out, device="cpu", resume=True))
    assert results(out) == results(whole)


def test_resuming_a_finished_run_trains_nothing_and_writes_the_same_bundle(
    whole: Path, faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = results(whole)
    monkeypatch.setattr(StageTrainer, "__init__", None)  # would fail if it were called
    train(PRESET, RunOptions(faces, whole, device="cpu", resume=True))
    assert results(whole) == before


def test_a_folder_with_a_run_is_not_trained_over(whole: Path, faces: Path) -> None:
    before = results(whole)
    with pytest.raises(ConfigError, match="--resume"):
        train(PRESET, RunOptions(faces, whole, device="cpu"))
    assert results(whole) == before


@pytest.mark.parametrize("change", ["preset", "seed"])
def test_another_run_is_not_resumed(whole: Path, faces: Path, change: str) -> None:
    preset = replace(PRESET, name="other") if change == "preset" else PRESET
    options = RunOptions(faces, whole, device="cpu", resume=True, seed=1 + (change == "seed"))
    with pytest.raises(TrainingError, match="preset small and seed 1"):
        train(preset, options)


@pytest.mark.parametrize("text", ["", "[]", '{"preset": "small"}', '{"stages": 3}'])
def test_a_record_that_cannot_be_read_is_named(faces: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(TrainingError, match=r"run\.json"):
        train(PRESET, RunOptions(faces, tmp_path, device="cpu", resume=True))


def test_data_that_cannot_be_used_leaves_no_run_behind(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    options = RunOptions(tmp_path / "faces", tmp_path / "run", device="cpu")
    with pytest.raises(TrainingError, match="faces"):
        train(PRESET, options)
    (options.data / "a.jpg").write_text("no picture")
    with pytest.raises(NotAPicture, match=r"a\.jpg"):
        train(PRESET, options)
    assert not options.out.exists()


def test_stages_can_be_trained_one_after_the_other(
    whole: Path, faces: Path, tmp_path: Path
) -> None:
    options = RunOptions(faces, tmp_path / "run", device="cpu")
    train(PRESET, replace(options, only=("vae", "adapter-hq")))
    assert {p.stem for p in (options.out / "stages").iterdir()} == {"vae", "adapter-hq"}
    # The VAE and the codes of the first call are what the later stages build upon.
    train(PRESET, replace(options, only=tuple(LABELS[2:]), resume=True))
    assert results(options.out) == results(whole)


def test_a_run_can_start_from_a_bundle(whole: Path, faces: Path, tmp_path: Path) -> None:
    start = whole / "bundle" / "lafr-small"
    options = RunOptions(faces, tmp_path, device="cpu", start=start, only=("unet",), name="next")
    bundle = train(PRESET, options)
    assert bundle.name == "next"
    origin = read_manifest(bundle).training["started_from"]
    assert origin["name"] == "lafr-small"
    assert set(origin["training"]["stages"]) == set(LABELS)
    old, new = load_file(start / WEIGHTS), load_file(bundle / WEIGHTS)
    changed = {name.split(".")[0] for name in old if not torch.equal(old[name], new[name])}
    assert changed == {"unet"}


SMALL = replace(
    PRESET,
    extra=(plan("decoder", weights=LossWeights(pixel=1.0, gradient=1.0)),),
    decoder=DecoderConfig((8,), (1,)),
)


def test_a_decoder_is_distilled_for_a_bundle_when_asked_for(
    whole: Path, faces: Path, tmp_path: Path
) -> None:
    start = whole / "bundle" / "lafr-small"
    options = RunOptions(faces, tmp_path / "one", device="cpu", start=start, only=("decoder",))
    # Another gate in the preset is no reason to lose the trained one.
    preset = replace(SMALL, chain=replace(CHAIN, gate=GateConfig(4, 2)))
    bundle = train(preset, options)
    manifest = read_manifest(bundle)
    assert manifest.chain["decoder"] == {"widths": [8], "blocks": [1]}
    assert [each["label"] for each in manifest.training["plans"]] == [*LABELS, "decoder"]
    assert set(manifest.training["stages"]) == {"decoder"}
    assert len(list((options.out / "pictures").iterdir())) == 2
    old, new = load_file(start / WEIGHTS), load_file(bundle / WEIGHTS)
    merged = load_chain(start, "cpu").state_dict()
    same = {name for name in old if torch.equal(merged[name].half(), new[name].half())}
    assert same == set(old)
    assert {name.split(".")[0] for name in set(new) - set(old)} == {"decoder"}
    # And it goes on from there: with the same decoder, or trained further.
    more = RunOptions(faces, tmp_path / "two", device="cpu", start=bundle, only=("decoder",))
    again = load_file(train(SMALL, more) / WEIGHTS)
    assert not torch.equal(again["decoder.net.0.weight"], new["decoder.net.0.weight"])
    other = RunOptions(faces, tmp_path / "three", device="cpu", start=bundle, only=("unet",))
    kept = load_file(train(SMALL, other) / WEIGHTS)
    assert torch.equal(kept["decoder.net.0.weight"], new["decoder.net.0.weight"])


def test_an_extra_stage_is_trained_only_where_it_is_named(
    whole: Path, faces: Path, tmp_path: Path
) -> None:
    options = RunOptions(faces, tmp_path / "run", device="cpu")
    bundle = train(SMALL, options)
    assert results(options.out) == results(whole)
    assert [each["label"] for each in read_manifest(bundle).training["plans"]] == LABELS
    train(SMALL, replace(options, resume=True, only=("decoder",)))
    assert load_chain(bundle, "cpu").decoder is not None
    # Once it is there, it stays, whatever else is trained.
    train(SMALL, replace(options, resume=True))
    assert read_manifest(bundle).chain["decoder"] is not None


def test_a_decoder_that_was_stopped_ends_as_if_it_had_not_been(
    whole: Path, faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = whole / "bundle" / "lafr-small"
    first = RunOptions(faces, tmp_path / "one", device="cpu", start=start, only=("decoder",))
    train(SMALL, first)
    second = replace(first, out=tmp_path / "two")
    one_step = StageTrainer._one_step

    def pulled(self: StageTrainer, *args: object) -> object:
        if self.step == 3:
            raise PulledPlug
        return one_step(self, *args)  # type: ignore[arg-type]  # handed on as they came

    with monkeypatch.context() as patch:
        patch.setattr(StageTrainer, "_one_step", pulled)
        with pytest.raises(PulledPlug):
            train(SMALL, second)
    train(SMALL, replace(second, resume=True))
    assert results(second.out) == results(first.out)


def test_a_gate_of_another_shape_starts_anew(whole: Path, faces: Path, tmp_path: Path) -> None:
    shape = GateConfig(4, 2, corrects=True)
    preset = replace(PRESET, chain=replace(CHAIN, gate=shape))
    start = whole / "bundle" / "lafr-small"
    bundle = train(preset, RunOptions(faces, tmp_path, device="cpu", start=start, only=("unet",)))
    old, new = load_file(start / WEIGHTS), load_file(bundle / WEIGHTS)
    assert old["gate.net.0.weight"].shape != new["gate.net.0.weight"].shape
    assert torch.equal(old["codec.encoder.1.weight"], new["codec.encoder.1.weight"])
    assert load_chain(bundle, "cpu").config.gate == shape


def test_a_gate_that_only_filters_otherwise_keeps_its_weights(whole: Path) -> None:
    chain = load_chain(whole / "bundle" / "lafr-small", "cpu")
    assert chain.gate is not None
    old = {name: tensor.clone() for name, tensor in chain.gate.state_dict().items()}
    shape = replace(chain.gate.config, lattice=0.8, texture=0.5)
    found = with_gate(chain, replace(CHAIN, gate=shape)).gate
    assert found is not None
    assert found.config == shape
    assert all(torch.equal(tensor, old[name]) for name, tensor in found.state_dict().items())


def test_a_bundle_of_other_networks_is_refused(whole: Path, faces: Path, tmp_path: Path) -> None:
    other = Preset("other", replace(CHAIN, see_lq=False), (plan("vae", weights=VAE),))
    start = whole / "bundle" / "lafr-small"
    with pytest.raises(ConfigError, match="not those of other"):
        train(other, RunOptions(faces, tmp_path, device="cpu", start=start))


@pytest.mark.parametrize(
    ("preset", "options", "sentence"),
    [
        ("smoke", {"only": ("vae", "polish")}, "no stage polish; it has vae"),
        ("sd21", {}, "--base"),
        ("smoke", {"name": "../elsewhere"}, "no path"),
    ],
)
def test_options_without_sense_are_refused_before_anything_is_read(
    tmp_path: Path, preset: str, options: dict[str, object], sentence: str
) -> None:
    given = RunOptions(tmp_path / "none", tmp_path / "run", **options)  # type: ignore[arg-type]  # any option
    with pytest.raises(ConfigError, match=sentence):
        train(find_preset(preset), given)
    assert list(tmp_path.iterdir()) == []


def test_presets_have_distinct_stages_of_known_kinds() -> None:
    kinds = {"vae", "adapter-hq", "adapter-lq", "adapter-joint", "unet", "gates"}
    for preset in PRESETS.values():
        labels = [each.label for each in preset.all_stages]
        assert len(set(labels)) == len(labels)
        assert {each.kind for each in preset.stages} <= kinds
        assert "decoder" in [each.label for each in preset.extra]
        assert {each.kind for each in preset.extra} <= kinds | {"decoder"}
        assert all(each.size % 64 == 0 for each in preset.all_stages)
    with pytest.raises(ConfigError, match="known: smoke, compact, paper, sd21"):
        find_preset("huge")


def test_the_record_says_how_long_it_took(whole: Path) -> None:
    record = json.loads((whole / "run.json").read_text())
    assert all(stage["seconds"] >= 0 for stage in record["stages"].values())
    text = (whole / "bundle" / "lafr-small" / MANIFEST).read_text()
    assert str(ROOT) not in text  # nothing of this machine goes into a bundle


@pytest.mark.parametrize(("asked", "found"), [("auto", "no"), ("no", "no"), ("bf16", "bf16")])
def test_the_precision_on_the_cpu(asked: str, found: str) -> None:
    assert choose_precision(asked, torch.device("cpu")) == found


@pytest.mark.parametrize("asked", ["fp16", "int4"])
def test_a_precision_that_does_not_work_is_refused(asked: str) -> None:
    with pytest.raises(ConfigError, match=asked):
        choose_precision(asked, torch.device("cpu"))


@pytest.mark.parametrize("name", ["sd21", "paper"])
def test_full_size_uses_checkpointing_unless_told_not_to(name: str) -> None:
    options = RunOptions(Path("faces"), Path("run"))
    assert checkpointed(find_preset(name), options)
    assert not checkpointed(find_preset(name), replace(options, checkpointing=False))
    assert not checkpointed(find_preset("compact"), options)


@pytest.fixture
def another_precision() -> Iterator[None]:
    """Let accelerate, which keeps one precision for a whole process, start anew."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.mark.usefixtures("another_precision")
def test_half_precision_trains(faces: Path, tmp_path: Path) -> None:
    short = replace(PRESET, stages=(plan("vae", weights=VAE), plan("unet")))
    bundle = train(short, RunOptions(faces, tmp_path, device="cpu", precision="bf16"))
    assert all(t.isfinite().all() for t in load_file(bundle / WEIGHTS).values())
