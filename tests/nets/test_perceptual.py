from __future__ import annotations

from pathlib import Path

import h5py
import pytest
import torch
import torch.nn.functional as F

from lafr_engine.errors import ConfigError, WeightsDamaged
from lafr_engine.nets.perceptual import HedPerceptual, MobileNetPerceptual, PerceptualDistance
from tests.small_nets import write_hed, write_mobilenet


@pytest.fixture(params=["mobilenet", "hed"])
def distance(request: pytest.FixtureRequest, tmp_path: Path) -> PerceptualDistance:
    if request.param == "mobilenet":
        return MobileNetPerceptual(write_mobilenet(tmp_path / "m.pth"))
    return HedPerceptual(write_hed(tmp_path / "h.h5"))


def test_equal_pictures_have_distance_zero_and_others_more(distance: PerceptualDistance) -> None:
    a = torch.rand(2, 3, 64, 64) * 2 - 1
    assert distance(a, a).tolist() == [0.0, 0.0]
    assert (distance(a, a.flip(-1)) > 1e-4).all()


def test_features_of_the_target_can_be_taken_once(distance: PerceptualDistance) -> None:
    a, b = torch.rand(2, 3, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        target = distance.features(b)
    torch.testing.assert_close(distance.distance(distance.features(a), target), distance(a, b))


def test_gradients_reach_the_picture_and_nothing_else(distance: PerceptualDistance) -> None:
    # Half of the picture is black: there all features may be zero, where a norm has no gradient.
    a = torch.cat([torch.full((1, 3, 32, 64), -1.0), torch.rand(1, 3, 32, 64)], 2)
    a.requires_grad_()
    distance(a, torch.rand(1, 3, 64, 64)).sum().backward()
    assert a.grad is not None
    assert a.grad.isfinite().all()
    assert a.grad.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in distance.parameters())


def test_training_mode_does_not_move_the_batch_norms(tmp_path: Path) -> None:
    distance = MobileNetPerceptual(write_mobilenet(tmp_path / "m.pth"))
    before = {name: value.clone() for name, value in distance.state_dict().items()}
    distance.train()
    distance(torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64))
    for name, value in distance.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_the_first_hed_features_are_those_of_its_first_convolutions(tmp_path: Path) -> None:
    path = write_hed(tmp_path / "h.h5")
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    y = (x.flip(1) + 1) * 127.5 - torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    with h5py.File(path) as file:
        for name in ("conv2d", "conv2d_1"):
            kernel, bias = (
                torch.from_numpy(file[f"block1/layers/{name}/vars/{index}"][()]) for index in "01"
            )
            y = F.conv2d(y, kernel.permute(3, 2, 0, 1), bias, padding=1).relu()
    expected = y / (y.square().sum(1, keepdim=True) + 1e-6).sqrt()
    torch.testing.assert_close(HedPerceptual(path).features(x)[0], expected)


def test_weights_scale_their_taps(tmp_path: Path) -> None:
    path = write_hed(tmp_path / "h.h5")
    a, b = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)
    double = HedPerceptual(path, taps=(0, 2), weights=(2.0, 2.0))
    torch.testing.assert_close(double(a, b), 2 * HedPerceptual(path, taps=(0, 2))(a, b))


@pytest.mark.parametrize(
    ("taps", "weights"), [((3, 1), None), ((), None), ((9,), None), ((0,), ())]
)
def test_taps_and_weights_must_fit(
    tmp_path: Path, taps: tuple[int, ...], weights: tuple[float, ...] | None
) -> None:
    path = write_hed(tmp_path / "h.h5")
    with pytest.raises(ConfigError):
        HedPerceptual(path, taps, weights)


def test_a_file_that_is_no_weights_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"no weights at all")
    with pytest.raises(WeightsDamaged, match=r"weights: not a MobileNetV2"):
        MobileNetPerceptual(path)
    with pytest.raises(WeightsDamaged, match=r"weights: not the HED"):
        HedPerceptual(path)


def test_a_state_dict_of_another_net_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(WeightsDamaged):
        MobileNetPerceptual(tmp_path / "other.pth")
