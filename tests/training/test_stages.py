from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.perceptual import MobileNetPerceptual
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.chain import Chain, ChainConfig, build_chain
from lafr_engine.training import stages
from lafr_engine.training.config import StagePlan
from lafr_engine.training.data import FaceSet, read_faces
from lafr_engine.training.losses import LossWeights, MultiLevelLoss
from lafr_engine.training.run import make_stage
from lafr_engine.training.stages import Stage
from tests.small_nets import write_mobilenet
from tests.training.small import CHAIN, IMAGE, PRESET, VAE, plan, without_gate, write_faces

CPU = torch.device("cpu")
GATES = plan("gates", weights=replace(IMAGE, latent=0.0, aligned=1.0))
PLANS = {each.label: each for each in (*PRESET.stages, plan("adapter-joint"), GATES)}
# What each stage may change, by the first names in the chain.
CHANGES = {
    "vae": {"codec"},
    "adapter-hq": {"adapter.extractor", "adapter.mapping", "adapter.quantiser"},
    "adapter-lq": {"adapter.extractor", "adapter.gate"},
    "adapter-joint": {
        "adapter.extractor",
        "adapter.mapping",
        "adapter.quantiser",
        "adapter.gate",
    },
    "unet": {"unet"},
    "lora": {"unet", "gate"},
    "gates": {"gate", "adapter.gate"},
}


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    return read_faces(write_faces(tmp_path_factory.mktemp("data") / "faces"))


def part_of(name: str) -> str:
    first, second, *_ = name.split(".")
    return f"{first}.{second}" if first == "adapter" else first


def one_step(stage: Stage, faces: FaceSet) -> dict[str, Tensor]:
    stage.train()
    parameters = [p for p in stage.trainable.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(parameters, lr=0.1)
    parts: dict[str, Tensor] = stage(*stage.batch(faces, 1, CPU))
    torch.autograd.backward(torch.stack(list(parts.values())).sum())
    assert all(p.grad is not None for p in parameters)  # or several processes would wait for ever
    optimiser.step()
    return parts


@pytest.mark.parametrize("label", sorted(PLANS))
def test_a_stage_changes_what_it_says_and_nothing_else(label: str, faces: FaceSet) -> None:
    chain = build_chain(CHAIN)
    stage = make_stage(PLANS[label], chain)
    before = {name: tensor.clone() for name, tensor in chain.state_dict().items()}
    parts = one_step(stage, faces)
    assert all(part.isfinite() for part in parts.values())
    after = chain.state_dict()
    changed = {part_of(n) for n, t in before.items() if not torch.equal(t, after[n])}
    assert changed == CHANGES[label]


@pytest.mark.parametrize("label", sorted(PLANS))
def test_a_batch_is_fixed_by_its_seed(label: str, faces: FaceSet) -> None:
    stage = make_stage(PLANS[label], build_chain(CHAIN))
    first, again, other = (stage.batch(faces, seed, CPU) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    pictures = [x for x in first if x.ndim == 4]
    assert pictures
    assert all(x.shape == (2, 3, 64, 64) and x.abs().max() <= 1 for x in pictures)
    assert not any(torch.equal(a, b) for a, b in zip(pictures, other, strict=False))


@pytest.mark.parametrize("label", sorted(PLANS))
@torch.no_grad()
def test_previews_are_pictures_and_change_nothing(label: str, faces: FaceSet) -> None:
    stage = make_stage(PLANS[label], build_chain(CHAIN)).eval()
    before = {name: tensor.clone() for name, tensor in stage.state_dict().items()}
    columns = stage.preview(*stage.batch(faces, 1, CPU))
    assert len(columns) >= 2
    assert all(column.shape == (2, 3, 64, 64) for column in columns)
    assert all(torch.equal(t, before[name]) for name, t in stage.state_dict().items())


@pytest.mark.parametrize("label", sorted(PLANS))
def test_the_state_of_a_stage_brings_another_chain_to_the_same_place(
    label: str, faces: FaceSet
) -> None:
    chain = build_chain(CHAIN)
    other = build_chain(CHAIN)
    other.load_state_dict(chain.state_dict())
    stage, twin = make_stage(PLANS[label], chain), make_stage(PLANS[label], other)
    one_step(stage, faces)
    twin.trainable.load_state_dict(stage.state(), strict=False)
    found, expected = other.state_dict(), chain.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in expected.items())


def test_pairs_share_the_tone_and_differ_in_quality(faces: FaceSet) -> None:
    hq, lq, _ = stages.degraded_batch(faces, replace(plan("unet"), batch=4, size=96), 5, CPU)
    assert hq.shape == lq.shape == (4, 3, 96, 96)
    assert not torch.equal(hq, lq)
    assert float((hq.mean((1, 2, 3)) - lq.mean((1, 2, 3))).abs().max()) < 0.15


def test_light_faces_are_less_degraded(faces: FaceSet) -> None:
    def harm(light: float) -> float:
        each = replace(plan("unet"), batch=8, size=96, light=light)
        hq, lq, _ = stages.degraded_batch(faces, each, 3, CPU)
        return float((hq - lq).square().mean())

    assert harm(1.0) < 0.5 * harm(0.0)


def test_half_of_the_batches_are_crops_and_say_so(faces: FaceSet) -> None:
    told = [stages.degraded_batch(faces, plan("unet"), seed, CPU)[2] for seed in range(24)]
    assert all(len(set(each.tolist())) == 1 for each in told)
    assert 4 < sum(bool(each.all()) for each in told) < 20
    full = replace(plan("unet"), batch=1, size=512)
    assert stages.degraded_batch(faces, full, 1, CPU)[2].tolist() == [True]


@torch.no_grad()
def test_the_finished_vae_has_latents_of_unit_variance(faces: FaceSet) -> None:
    chain = build_chain(CHAIN)
    stage = make_stage(PLANS["vae"], chain).eval()
    with torch.enable_grad():
        stage.finish(faces, CPU)
    z = chain.encode(faces.at(256).float() / 127.5 - 1).transpose(0, 1).flatten(1)
    assert float((z.std(1) - 1).abs().max()) < 0.5
    assert float(z.mean(1).abs().max()) < 0.5


def test_what_is_frozen_stays_in_evaluation_mode(tmp_path: Path) -> None:
    chain = build_chain(CHAIN).eval()  # as a bundle is loaded
    loss = MultiLevelLoss(
        replace(VAE, perceptual=1.0), MobileNetPerceptual(write_mobilenet(tmp_path / "m.pth"))
    )
    stage = stages.UNetStage(plan("unet", weights=IMAGE), chain, loss)
    stage.train()
    assert chain.unet.training
    assert not chain.adapter.training
    assert not any(module.training for module in loss.modules())
    stage.eval()
    assert not any(module.training for module in stage.modules())


def test_the_codes_of_the_hq_pair_come_from_the_extractor_as_it_was(faces: FaceSet) -> None:
    chain = build_chain(CHAIN)
    stage = make_stage(PLANS["adapter-lq"], chain)
    assert isinstance(stage, stages.AdapterLQStage)
    one_step(stage, faces)
    pairs = zip(chain.adapter.extractor.parameters(), stage.hq_extractor.parameters(), strict=True)
    assert not any(torch.equal(new, old) for new, old in pairs if new.ndim == 4)
    assert set(stage.trainable.keys()) == {"extractor", "gate"}


@pytest.mark.parametrize("label", ["adapter-lq", "lora"])
def test_chains_without_gates_train(label: str, faces: FaceSet) -> None:
    stage = make_stage(PLANS[label], build_chain(without_gate(CHAIN)))
    assert "decoded" not in one_step(stage, faces)


def test_the_decoder_runs_only_for_losses_on_images(faces: FaceSet) -> None:
    stage = make_stage(PLANS["unet"], build_chain(CHAIN))
    assert set(one_step(stage, faces)) == {"latent"}
    assert stages.needs_pixels(LossWeights(structure=0.1))
    assert not stages.needs_pixels(LossWeights(latent=1.0, kl=1.0))


def test_the_state_of_lora_leaves_the_base_out() -> None:
    stage = make_stage(PLANS["lora"], build_chain(CHAIN))
    names = set(stage.state())
    assert any("lora_A" in name for name in names)
    assert all("lora_" in name or name.startswith("gate.") for name in names)


def kl_chain() -> Chain:
    vae = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=4)
    chain = build_chain(CHAIN)
    return Chain(ChainConfig(codec="kl"), KLCodec(vae), chain.adapter, chain.unet, None)


def test_a_vae_from_elsewhere_is_not_trained() -> None:
    with pytest.raises(ConfigError, match="compact"):
        make_stage(PLANS["vae"], kl_chain())


def test_an_unknown_kind_is_refused() -> None:
    unknown: StagePlan = plan("x", "polish")
    with pytest.raises(ConfigError, match="polish"):
        make_stage(unknown, build_chain(CHAIN))


def test_every_stage_is_a_module_with_something_to_train() -> None:
    for each in PLANS.values():
        stage = make_stage(each, build_chain(CHAIN))
        assert isinstance(stage, nn.Module)
        assert any(p.requires_grad for p in stage.trainable.parameters())
