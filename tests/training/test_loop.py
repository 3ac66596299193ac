from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from PIL import Image
from torch import Tensor

from lafr_engine.errors import OutputError, TrainingError
from lafr_engine.restore.chain import build_chain
from lafr_engine.training import files
from lafr_engine.training.config import StagePlan
from lafr_engine.training.data import FaceSet, read_faces
from lafr_engine.training.loop import (
    RunFolder,
    StageTrainer,
    learning_rate,
    load_stage,
    save_stage,
)
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.run import make_stage
from tests.training.small import CHAIN, VAE, plan, write_faces

PLAN = plan("vae", weights=VAE)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    return read_faces(write_faces(tmp_path_factory.mktemp("data") / "faces"))


def trainer(root: Path, each: StagePlan = PLAN, seed: int = 1) -> StageTrainer:
    torch.manual_seed(0)
    stage = make_stage(each, build_chain(CHAIN))
    return StageTrainer(stage, RunFolder(root), Accelerator(cpu=True), seed=seed)


def weights(each: StageTrainer) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in each.stage.state().items()}


def equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return set(a) == set(b) and all(torch.equal(a[name], b[name]) for name in a)


def test_a_stage_leaves_weights_log_and_pictures_and_no_checkpoint(
    faces: FaceSet, tmp_path: Path
) -> None:
    run = trainer(tmp_path)
    run.run(faces)
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert found == {
        "log.csv",
        "stages/vae.safetensors",
        "pictures/vae-000002.png",
        "pictures/vae-000004.png",
    }
    with (tmp_path / "log.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["stage"] == "vae"
    assert row["step"] == "4"
    parts = dict(part.split("=") for part in row["parts"].split())
    assert set(parts) == {"pixel", "kl"}
    assert float(row["loss"]) == pytest.approx(sum(map(float, parts.values())), abs=1e-4)
    assert float(row["images_per_second"]) > 0
    with Image.open(tmp_path / "pictures" / "vae-000004.png") as picture:
        assert picture.size == (2 * 66 + 2, 2 * 66 + 2)  # two columns, two faces, a 2 px frame
    assert run.seconds > 0


def test_the_result_is_the_average_and_is_read_back(faces: FaceSet, tmp_path: Path) -> None:
    run = trainer(tmp_path)
    run.run(faces)
    for parameter, mean in zip(run.parameters, run.average.shadow_params, strict=True):
        assert torch.equal(parameter, mean)
    other = make_stage(PLAN, build_chain(CHAIN))
    load_stage(other, tmp_path / "stages" / "vae.safetensors")
    assert equal(dict(other.state()), weights(run))


def test_a_seed_gives_one_result_and_another_seed_another(faces: FaceSet, tmp_path: Path) -> None:
    results = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run = trainer(tmp_path / name, seed=seed)
        run.run(faces)
        results.append(weights(run))
    assert equal(results[0], results[1])
    assert not equal(results[0], results[2])


def test_pictures_do_not_disturb_the_training(faces: FaceSet, tmp_path: Path) -> None:
    results = []
    for every in (1, 100):
        run = trainer(tmp_path / str(every), replace(PLAN, preview_every=every))
        run.run(faces)
        results.append(weights(run))
    assert equal(*results)


@pytest.mark.parametrize("label", ["vae", "adapter-hq"])
def test_training_lowers_the_loss(label: str, faces: FaceSet, tmp_path: Path) -> None:
    each = replace(plan(label, weights=VAE), steps=25, lr=3e-3, preview_every=100, ema=0.5)
    run = trainer(tmp_path, each)
    batch = run.stage.batch(faces, 99, torch.device("cpu"))

    def loss() -> float:
        torch.manual_seed(0)
        with torch.no_grad():
            return float(sum(run.stage.eval()(*batch).values()))

    before = loss()
    run.run(faces)
    assert loss() < 0.9 * before


def test_a_codebook_loaded_for_inference_learns_again(faces: FaceSet, tmp_path: Path) -> None:
    chain = build_chain(CHAIN).eval()
    # One step only: a picture after it would have put the mode right by itself.
    stage = make_stage(replace(plan("adapter-hq"), steps=1), chain)
    before = chain.adapter.codebook.clone()
    StageTrainer(stage, RunFolder(tmp_path), Accelerator(cpu=True), seed=1).run(faces)
    assert not torch.equal(before, chain.adapter.codebook)


def test_a_loss_that_is_not_finite_stops_with_a_sentence(faces: FaceSet, tmp_path: Path) -> None:
    run = trainer(tmp_path, replace(PLAN, weights=replace(VAE, pixel=float("inf"))))
    with pytest.raises(TrainingError, match=r"stage vae: the loss is not finite at step 0"):
        run.run(faces)


def test_a_stage_with_nothing_to_train_is_refused(tmp_path: Path) -> None:
    stage = make_stage(PLAN, build_chain(CHAIN))
    stage.requires_grad_(False)
    with pytest.raises(TrainingError, match="nothing to train"):
        StageTrainer(stage, RunFolder(tmp_path), Accelerator(cpu=True), seed=1)


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04 cut off"])
def test_a_checkpoint_that_cannot_be_read_is_named(
    faces: FaceSet, tmp_path: Path, content: bytes
) -> None:
    run = trainer(tmp_path)
    run.folder.checkpoint.write_bytes(content)
    with pytest.raises(TrainingError, match=r"checkpoint\.pt: cannot be resumed"):
        run.run(faces)


def test_a_checkpoint_of_another_network_is_named(faces: FaceSet, tmp_path: Path) -> None:
    run = trainer(tmp_path, plan("unet"))
    torch.save({"label": "unet", "trainable": {"stranger": torch.ones(1)}}, run.folder.checkpoint)
    with pytest.raises(TrainingError, match="stranger"):
        run.run(faces)


@pytest.mark.parametrize("kind", ["other stage", "damaged"])
def test_a_result_that_does_not_belong_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "unet.safetensors"
    if kind == "damaged":
        path.write_bytes(b"junk")
    else:
        save_stage(make_stage(plan("adapter-lq"), build_chain(CHAIN)), path)
    stage = make_stage(plan("unet"), build_chain(CHAIN))
    with pytest.raises(TrainingError, match=r"unet\.safetensors: is no result of stage unet"):
        load_stage(stage, path)


def test_the_rate_warms_up_and_falls_to_a_twentieth() -> None:
    each = StagePlan("x", "vae", 1000, 1, 64, 2e-3, LossWeights(), warmup=100)
    rates = [learning_rate(each, step) for step in range(1000)]
    assert rates[0] == pytest.approx(2e-5)
    assert rates[49] == pytest.approx(1e-3)
    assert max(rates) == rates[99] == rates[100] == pytest.approx(2e-3)
    assert rates[550] == pytest.approx(2e-3 * 0.525)
    assert rates[-1] == pytest.approx(1e-4, rel=0.01)
    assert all(b <= a for a, b in itertools.pairwise(rates[100:]))


def test_the_rate_of_a_stage_shorter_than_its_warm_up_or_without_one() -> None:
    short = StagePlan("x", "vae", 10, 1, 64, 1.0, LossWeights(), warmup=100)
    assert learning_rate(short, 9) == pytest.approx(0.1)
    none = replace(short, warmup=0)
    assert learning_rate(none, 0) == pytest.approx(1.0)
    assert learning_rate(replace(short, warmup=10), 10) == pytest.approx(1.0)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"

    def write_one(temporary: Path) -> None:
        temporary.write_text("one")

    def fail(temporary: Path) -> None:
        temporary.write_text("tw")
        raise OSError(28, "No space left on device")

    files.write_whole(path, write_one)
    with pytest.raises(OutputError, match=r"a\.txt.*No space left"):
        files.write_whole(path, fail)
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        files.write_whole(tmp_path / "file" / "a.txt", lambda p: None)


def test_micro_batches_add_up_to_the_batch(faces: FaceSet, tmp_path: Path) -> None:
    # Gradients of the two ways; Adam would blow up the rounding of those near zero.
    gradients = []
    for name, count in (("whole", 0), ("by-one", 1)):
        run = trainer(tmp_path / name, plan("unet"))
        run.micro_batch = count
        kept: list[Tensor] = []
        run.optimiser.optimizer.register_step_pre_hook(
            lambda *_, run=run, kept=kept: kept.extend(p.grad.clone() for p in run.parameters)
        )
        run.stage.train()
        parts = run._one_step(faces)
        gradients.append((kept, sum(float(part) for part in parts.values())))
    (whole, loss), (by_one, same) = gradients
    assert loss == pytest.approx(same, rel=1e-5)
    for a, b in zip(whole, by_one, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)
