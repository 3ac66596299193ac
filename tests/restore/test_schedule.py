from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler

from lafr_engine.errors import ConfigError
from lafr_engine.restore.schedule import OneStep, Prediction, alphas_cumprod


@pytest.mark.parametrize(
    ("step", "alpha"),
    [
        (999, 0.00466),
        (749, 0.0566),
        (499, 0.2777),
        (399, 0.4261),
        (299, 0.5922),
        (199, 0.7552),
        (99, 0.8955),
    ],
)
def test_the_schedule_has_its_known_values(step: int, alpha: float) -> None:
    assert OneStep(step).alpha == pytest.approx(alpha, abs=6e-5)


def test_the_schedule_is_that_of_diffusers() -> None:
    theirs = DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    ours = torch.tensor(alphas_cumprod(), dtype=torch.float32)
    torch.testing.assert_close(ours, theirs.alphas_cumprod, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("step", [0, 199, 399, 999])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_perfect_prediction_gives_back_the_clean_latent(
    step: int, prediction: Prediction
) -> None:
    one = OneStep(step, prediction)
    clean, noise = torch.randn(2, 4, 8, 8), torch.randn(2, 4, 8, 8)
    signal, rest = math.sqrt(one.alpha), math.sqrt(1 - one.alpha)
    noisy = signal * clean + rest * noise
    truth = {
        "epsilon": noise,
        "v_prediction": signal * noise - rest * clean,
        "sample": clean,
    }[prediction]
    torch.testing.assert_close(one.x0(noisy, truth), clean, atol=2e-5, rtol=1e-4)


def test_half_precision_is_widened_first() -> None:
    z = torch.randn(1, 4, 8, 8).half()
    x0 = OneStep(999).x0(z, z)
    assert x0.dtype == torch.float32
    torch.testing.assert_close(x0, OneStep(999).x0(z.float(), z.float()), rtol=0, atol=0)


@pytest.mark.parametrize("values", [(-1, "epsilon"), (1000, "epsilon"), (399, "noise")])
def test_steps_and_predictions_that_do_not_exist_are_refused(values: Any) -> None:
    with pytest.raises(ConfigError):
        OneStep(*values)
