from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lafr_engine.errors import ConfigError
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.restore.chain import Chain, build_chain
from lafr_engine.training.config import StagePlan
from lafr_engine.training.data import FaceSet, read_faces
from lafr_engine.training.decoder_stage import DecoderStage
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.run import make_stage
from tests.training.small import CHAIN, plan, write_faces

CPU = torch.device("cpu")
PLAN: StagePlan = replace(plan("decoder", weights=LossWeights(pixel=1.0, gradient=1.0)), batch=4)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    return read_faces(write_faces(tmp_path_factory.mktemp("data") / "faces"))


@pytest.fixture
def chain() -> Chain:
    torch.manual_seed(0)
    return build_chain(replace(CHAIN, decoder=DecoderConfig((16, 8), (1, 1)))).eval()


def loss_of(stage: DecoderStage, faces: FaceSet) -> float:
    """The loss against the VAE's decoding of faces that are not trained on."""
    found = 0.0
    with torch.no_grad():
        for seed in range(900, 904):
            images, clean = stage.batch(faces, seed, CPU)
            parts = stage(images, clean)
            found += float(parts["pixel"] + parts["gradient"])
    return found


def test_a_few_steps_bring_it_nearer_to_the_vae_and_change_nothing_else(
    chain: Chain, faces: FaceSet
) -> None:
    with torch.no_grad():  # random VAEs decode to grey: this one has something to say
        for layer in chain.codec.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.weight.mul_(1.5)
    stage = make_stage(PLAN, chain)
    assert isinstance(stage, DecoderStage)
    stage.train()
    before, start = loss_of(stage, faces), {n: t.clone() for n, t in chain.state_dict().items()}
    optimiser = torch.optim.Adam(stage.trainable.parameters(), lr=3e-3)
    for seed in range(40):
        parts: dict[str, Tensor] = stage(*stage.batch(faces, seed, CPU))
        assert set(parts) == {"pixel", "gradient", "picture"}
        optimiser.zero_grad()
        torch.autograd.backward(torch.stack(list(parts.values())).sum())
        assert all(p.grad is not None for p in stage.trainable.parameters())
        optimiser.step()
    assert loss_of(stage, faces) < 0.6 * before
    now = chain.state_dict()
    changed = {n.split(".")[0] for n, t in start.items() if not torch.equal(t, now[n])}
    assert changed == {"decoder"}


def test_half_of_the_faces_are_hq_and_a_seed_says_which(chain: Chain, faces: FaceSet) -> None:
    stage = make_stage(PLAN, chain)
    told = torch.cat([stage.batch(faces, seed, CPU)[1] for seed in range(16)])
    assert 16 < int(told.sum()) < 48
    first, again, other = (stage.batch(faces, seed, CPU) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])
    assert first[0].shape == (4, 3, 64, 64)


@torch.no_grad()
def test_latents_are_those_of_hq_faces_and_of_restored_ones(chain: Chain, faces: FaceSet) -> None:
    stage = make_stage(PLAN, chain)
    assert isinstance(stage, DecoderStage)
    images, _ = stage.batch(faces, 1, CPU)
    z = stage.latents(images, torch.tensor([True, False, True, False]))
    out = chain(images)
    torch.testing.assert_close(z[::2], out.z_lq[::2])
    torch.testing.assert_close(z[1::2], out.z_restored[1::2])
    assert torch.equal(stage.latents(images, torch.ones(4).bool()), chain.encode(images))


@torch.no_grad()
def test_the_face_itself_is_a_target_only_where_it_is_hq(chain: Chain, faces: FaceSet) -> None:
    stage = make_stage(PLAN, chain)
    images, _ = stage.batch(faces, 1, CPU)
    none, every = torch.zeros(4).bool(), torch.ones(4).bool()
    assert float(stage(images, none)["picture"]) == 0
    expected = 0.5 * (chain.decode(chain.encode(images)) - images).abs().mean()
    torch.testing.assert_close(stage(images, every)["picture"], expected)


@torch.no_grad()
def test_the_preview_shows_both_decoders(chain: Chain, faces: FaceSet) -> None:
    stage = make_stage(PLAN, chain).eval()
    batch = stage.batch(faces, 1, CPU)
    shown, own, small = stage.preview(*batch)
    assert torch.equal(shown, batch[0])
    assert own.shape == small.shape == (4, 3, 64, 64)
    assert not torch.equal(own, small)


def test_a_state_brings_another_decoder_to_the_same_place(chain: Chain, tmp_path: Path) -> None:
    stage = make_stage(PLAN, chain)
    other = build_chain(chain.config)
    make_stage(PLAN, other).trainable.load_state_dict(stage.state())
    z = torch.randn(1, 4, 8, 8)
    with torch.no_grad():
        assert torch.equal(chain.decode(z), other.decode(z))


def test_a_chain_without_a_small_decoder_has_nothing_to_train() -> None:
    with pytest.raises(ConfigError, match="no small decoder"):
        make_stage(PLAN, build_chain(CHAIN))
