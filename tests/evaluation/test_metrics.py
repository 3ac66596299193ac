from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from lafr_engine.evaluation.metrics import METRIC_BY_NAME, eight_bit, latent_l1, psnr, ssim


def _noise(*shape: int) -> Tensor:
    return torch.rand(shape) * 2 - 1


def test_psnr_of_a_known_error() -> None:
    a = torch.zeros(2, 3, 8, 8)
    b = torch.stack([a[0] + 2 / 255, a[0] + 20 / 255])
    expected = [20 * math.log10(255), 20 * math.log10(255 / 10)]
    assert psnr(a, b).tolist() == pytest.approx(expected, abs=1e-4)


def test_ssim_is_one_for_equal_pictures_and_symmetric() -> None:
    a, b = _noise(2, 3, 24, 24), _noise(2, 3, 24, 24)
    assert ssim(a, a).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)
    torch.testing.assert_close(ssim(a, b), ssim(b, a))


def test_ssim_of_flat_pictures_is_the_luminance_term_alone() -> None:
    a, b = torch.full((1, 3, 16, 16), -0.5), torch.full((1, 3, 16, 16), 0.5)
    expected = (2 * 0.25 * 0.75 + 1e-4) / (0.25**2 + 0.75**2 + 1e-4)
    assert ssim(a, b).item() == pytest.approx(expected, abs=1e-5)


def test_ssim_of_one_window_is_the_papers_formula() -> None:
    a, b = _noise(1, 3, 11, 11), _noise(1, 3, 11, 11)
    y, x = np.mgrid[-5:6, -5:6]
    window = np.exp(-(x**2 + y**2) / (2 * 1.5**2))
    window /= window.sum()
    luma = np.array([0.299, 0.587, 0.114])
    p, q = (np.tensordot(luma, (t[0].double().numpy() + 1) / 2, 1) for t in (a, b))
    mean_p, mean_q = (window * p).sum(), (window * q).sum()
    var_p, var_q = (window * (p - mean_p) ** 2).sum(), (window * (q - mean_q) ** 2).sum()
    cov = (window * (p - mean_p) * (q - mean_q)).sum()
    top = (2 * mean_p * mean_q + 1e-4) * (2 * cov + 9e-4)
    expected = top / ((mean_p**2 + mean_q**2 + 1e-4) * (var_p + var_q + 9e-4))
    assert ssim(a, b).item() == pytest.approx(expected, abs=1e-5)


def test_latent_l1_is_per_picture() -> None:
    a = torch.zeros(2, 4, 2, 2)
    b = torch.stack([a[0] + 0.5, a[1] - 2])
    assert latent_l1(a, b).tolist() == [0.5, 2.0]


def test_pictures_are_judged_as_they_are_saved() -> None:
    x = torch.tensor([-1.5, -1.0, 0.0, 1.0, 7.0])
    bytes_ = (eight_bit(x) + 1) * 127.5
    torch.testing.assert_close(bytes_, torch.tensor([0.0, 0.0, 128.0, 255.0, 255.0]))


def test_a_gain_is_positive_when_better() -> None:
    assert METRIC_BY_NAME["psnr"].gain(30, 28) == 2
    assert METRIC_BY_NAME["landmarks"].gain(1, 3) == 2
