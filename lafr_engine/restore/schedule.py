"""From one prediction to x0: the diffusion schedule at the one step that is used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from lafr_engine.errors import ConfigError

Prediction = Literal["epsilon", "v_prediction", "sample", "residual"]
STEPS = 1000
# Stable Diffusion's scaled_linear schedule.
BETA_START, BETA_END = 0.00085, 0.012


@dataclass(frozen=True)
class OneStep:
    """The fixed step t0 and what the network predicts there.

    Attributes:
        timestep: 0 to 999; late steps multiply every error of the network by 1/sqrt(a_t).
        prediction: ``epsilon`` (Stable Diffusion 2.1-base), ``v_prediction``, ``sample``, or
            ``residual`` (ours): what is added to the latent. A U-Net that starts from random
            weights would first have to learn to pass the latent through its norms.
    """

    timestep: int = 399
    prediction: Prediction = "epsilon"

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: A step outside the schedule or an unknown kind of prediction.
        """
        if not 0 <= self.timestep < STEPS:
            raise ConfigError(f"timestep {self.timestep} is not between 0 and {STEPS - 1}")
        if self.prediction not in get_args(Prediction):
            raise ConfigError(f"prediction {self.prediction!r} is none of {get_args(Prediction)}")

    @property
    def alpha(self) -> float:
        """The cumulative product a_t of 1 - beta at the step (Ho et al. 2020, section 2)."""
        return alphas_cumprod()[self.timestep]

    def x0(self, z: Tensor, predicted: Tensor) -> Tensor:
        """Return the clean latent from the noisy one and the network's prediction, in fp32.

        epsilon: (z - sqrt(1 - a) e) / sqrt(a) (Ho et al. 2020, eq. 15);
        v: sqrt(a) z - sqrt(1 - a) v (Salimans and Ho 2022, appendix D); residual: z + r.
        """
        z, predicted = z.float(), predicted.float()
        signal, noise = math.sqrt(self.alpha), math.sqrt(1.0 - self.alpha)
        if self.prediction == "epsilon":
            return (z - noise * predicted) / signal
        if self.prediction == "v_prediction":
            return signal * z - noise * predicted
        return z + predicted if self.prediction == "residual" else predicted


def alphas_cumprod() -> list[float]:
    """Return a_t of all steps of the scaled_linear schedule."""
    root = torch.linspace(BETA_START**0.5, BETA_END**0.5, STEPS, dtype=torch.float64)
    return [float(a) for a in torch.cumprod(1.0 - root.square(), 0)]
