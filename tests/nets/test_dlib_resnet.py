from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing
from lafr_engine.nets.dlib_resnet import DlibFace, face_chip


@pytest.fixture(scope="module")
def net() -> DlibFace:
    return DlibFace(weights_path("dlib-face"))


def _chips() -> torch.Tensor:
    """Two smooth pictures that any machine makes the same, 0..255."""
    y, x = torch.meshgrid(torch.arange(150.0), torch.arange(150.0), indexing="ij")
    first = torch.stack([x, y, (x + y) / 2]) * (255.0 / 149.0)
    second = 127.5 + 100.0 * torch.sin(torch.stack([x / 7, y / 11, (x + y) / 13]))
    return torch.stack([first, second])


# What dlib 20.0.1 itself makes of the same pictures, rounded to bytes: first four of 128, and norm.
_DLIB = [
    ([-0.051048, 0.121012, 0.060056, 0.014086], 1.305850),
    ([-0.09044, 0.124719, 0.061369, -0.040982], 1.322782),
]


def test_it_is_dlibs_network(net: DlibFace) -> None:
    found = net(_chips().round()).numpy()
    for row, (head, norm) in zip(found, _DLIB, strict=True):
        assert np.allclose(row[:4], head, atol=2e-5)
        assert np.linalg.norm(row) == pytest.approx(norm, abs=2e-5)


def test_it_is_frozen_and_gradients_reach_the_picture(net: DlibFace) -> None:
    crops = torch.zeros(1, 3, 64, 64, requires_grad=True)
    net(face_chip(crops)).square().sum().backward()
    assert crops.grad is not None
    assert crops.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in net.parameters())


def test_a_chip_is_the_window_of_the_aligned_crop() -> None:
    crops = torch.rand(2, 3, 512, 512) * 2 - 1
    window = crops[:, :, 133:486, 82:435]
    expected = F.interpolate(window, (150, 150), mode="bilinear", antialias=True)
    inner = (slice(None), slice(None), slice(2, -2), slice(2, -2))
    chips = face_chip(crops)
    assert torch.allclose(chips[inner], (expected[inner] + 1) * 127.5, atol=1e-2)


@pytest.mark.parametrize("size", [128, 256, 300])
def test_a_smaller_crop_gives_the_same_chip(size: int) -> None:
    y, x = torch.meshgrid(torch.arange(512.0), torch.arange(512.0), indexing="ij")
    crops = torch.stack([torch.sin(x / 40), torch.cos(y / 50), torch.sin((x + y) / 60)])[None]
    smaller = F.interpolate(crops, (size, size), mode="bilinear", antialias=True)
    assert (face_chip(crops) - face_chip(smaller)).abs().max() < 2.0


def test_what_is_no_crop_is_refused() -> None:
    with pytest.raises(ConfigError):
        face_chip(torch.zeros(1, 3, 512, 500))
    with pytest.raises(ConfigError):
        face_chip(torch.zeros(3, 512, 512))


def test_a_missing_truncated_or_other_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        DlibFace(tmp_path / "none.dat")
    data = weights_path("dlib-face").read_bytes()
    path = tmp_path / "net.dat"
    for damaged in (data[: len(data) // 2], data[:-2000], b"", data[5_000_000:]):
        path.write_bytes(damaged)
        with pytest.raises(WeightsDamaged):
            DlibFace(path)
