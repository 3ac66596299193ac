from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError
from lafr_engine.nets.dlib_resnet import DlibFace
from lafr_engine.nets.face_mesh import FaceMesh
from lafr_engine.nets.perceptual import MobileNetPerceptual
from lafr_engine.training.losses import LossWeights, MultiLevelLoss, gradient_l1, kl_divergence
from tests.small_nets import MeshWeights, write_mesh, write_mobilenet

ALL = LossWeights(pixel=1.0, gradient=0.5, perceptual=2.0, identity=0.1, structure=0.1)


@pytest.fixture(scope="module")
def loss(tmp_path_factory: pytest.TempPathFactory) -> MultiLevelLoss:
    folder: Path = tmp_path_factory.mktemp("nets")
    return MultiLevelLoss(
        ALL,
        MobileNetPerceptual(write_mobilenet(folder / "m.pth")),
        DlibFace(weights_path("dlib-face")),
        FaceMesh(write_mesh(folder / "f.tflite", MeshWeights.random())),
    )


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    hq = torch.rand(2, 3, 128, 128) * 2 - 1
    return (hq + 0.3 * torch.randn_like(hq)).clamp(-1, 1), hq


def test_all_parts_are_there_and_vanish_for_equal_pictures(
    loss: MultiLevelLoss, pair: tuple[Tensor, Tensor]
) -> None:
    restored, hq = pair
    parts = loss(restored, hq)
    assert set(parts) == {"pixel", "gradient", "perceptual", "identity", "structure"}
    assert all(part.ndim == 0 and part > 0 for part in parts.values())
    assert all(float(part) == pytest.approx(0.0, abs=1e-6) for part in loss(hq, hq).values())


def test_each_part_reaches_the_restored_picture_and_no_frozen_net(
    loss: MultiLevelLoss, pair: tuple[Tensor, Tensor]
) -> None:
    restored, hq = pair
    restored.requires_grad_()
    for name, part in loss(restored, hq).items():
        (gradient,) = torch.autograd.grad(part, restored, retain_graph=True)
        assert gradient.isfinite().all(), name
        assert gradient.abs().max() > 0, name
    assert not any(p.requires_grad for p in loss.parameters())


def test_the_weights_scale_the_parts(loss: MultiLevelLoss, pair: tuple[Tensor, Tensor]) -> None:
    double = LossWeights(**{name: 2 * value for name, value in asdict(ALL).items()})
    other = MultiLevelLoss(double, loss.perceptual, loss.identity, loss.structure)
    once, twice = loss(*pair), other(*pair)
    for name, part in once.items():
        torch.testing.assert_close(twice[name], 2 * part)


def test_a_part_of_weight_zero_is_not_computed(pair: tuple[Tensor, Tensor]) -> None:
    assert set(MultiLevelLoss(LossWeights(pixel=1.0))(*pair)) == {"pixel"}
    assert MultiLevelLoss(LossWeights(latent=1.0))(*pair) == {}


def test_crops_have_no_identity_and_no_structure(
    loss: MultiLevelLoss, pair: tuple[Tensor, Tensor]
) -> None:
    assert set(loss(*pair, whole=False)) == {"pixel", "gradient", "perceptual"}


def test_the_perceptual_distance_of_one_square_sees_the_same_place_in_both(
    loss: MultiLevelLoss,
) -> None:
    small = MultiLevelLoss(
        LossWeights(perceptual=1.0, perceptual_side=64), perceptual=loss.perceptual
    )
    hq = torch.rand(1, 3, 128, 128) * 2 - 1
    assert float(small(hq, hq)["perceptual"]) == 0.0
    half = torch.cat([hq[..., :64], hq[..., 64:].flip(3)], 3)  # differs on the right only
    seen = {float(small(half, hq)["perceptual"]) for _ in range(12)}
    assert len(seen) > 3  # the square moves


@pytest.mark.parametrize("name", ["perceptual", "identity", "structure"])
def test_a_weight_without_its_network_is_refused(name: str) -> None:
    weights: dict[str, Any] = {name: 1.0}
    with pytest.raises(ConfigError, match=name):
        MultiLevelLoss(LossWeights(**weights))


def test_structure_is_silent_where_the_target_has_no_face(
    tmp_path: Path, pair: tuple[Tensor, Tensor]
) -> None:
    weights = MeshWeights.random()
    weights.flag_bias[:] = -1e3
    mesh = FaceMesh(write_mesh(tmp_path / "f.tflite", weights))
    parts = MultiLevelLoss(LossWeights(structure=1.0), structure=mesh)(*pair)
    assert float(parts["structure"]) == 0.0


def test_gradient_loss_sees_edges_and_no_offset() -> None:
    a = torch.rand(1, 3, 32, 32)
    assert float(gradient_l1(a, a + 0.2)) == pytest.approx(0.0, abs=1e-6)
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    # Slope 1 on the first scale, 2 on the second, 4 on the third, in one direction.
    assert float(gradient_l1(ramp, torch.zeros_like(ramp))) == pytest.approx((1 + 2 + 4) / 3)


def test_kl_is_that_of_torch() -> None:
    mean, logvar = torch.randn(2, 4, 3, 3), torch.randn(2, 4, 3, 3)
    ours = kl_divergence(mean, logvar)
    normal = torch.distributions.Normal(mean, (0.5 * logvar).exp())
    unit = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    theirs = torch.distributions.kl_divergence(normal, unit).mean()
    torch.testing.assert_close(ours, theirs)


def test_every_weight_is_zero_unless_given() -> None:
    assert all(getattr(LossWeights(), field.name) == 0.0 for field in fields(LossWeights))
    assert isinstance(MultiLevelLoss(LossWeights()), nn.Module)
