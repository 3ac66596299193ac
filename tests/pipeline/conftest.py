from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lafr_engine.bundle.models import load_identity
from lafr_engine.bundle.third_party import weights_path
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.detect import Search
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Models
from lafr_engine.restore.base import Crops


class Sharpener(torch.nn.Module):
    """A small real network: one 5 x 5 convolution that sharpens, with a colour cast on top."""

    def __init__(self, amount: float = 1.5, cast: tuple[float, ...] = (0.08, 0.0, -0.08)) -> None:
        super().__init__()
        kernel = torch.full((1, 1, 5, 5), -amount / 25)
        kernel[..., 2, 2] += 1 + amount
        self.kernel = torch.nn.Parameter(kernel.repeat(3, 1, 1, 1))
        self.cast = torch.nn.Parameter(torch.tensor(cast).view(1, 3, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        padded = torch.nn.functional.pad(x, (2, 2, 2, 2), mode="replicate")
        return torch.nn.functional.conv2d(padded, self.kernel, groups=3) + self.cast

    @torch.inference_mode()
    def restore(self, crops: Crops) -> Crops:
        result: Crops = self(torch.from_numpy(crops)).clamp(0, 1).numpy()
        return result


@pytest.fixture(scope="session")
def models() -> Models:
    """The real detector and identity network around a small real restorer."""
    search = Search(sides=(640,), finest=640)
    detector = CenterFace(weights_path("centerface"), search, threads=1)
    return Models(detector, Sharpener().restore, load_identity("cpu"))


@pytest.fixture(scope="session")
def family(samples: Path) -> Picture:
    return read_picture(samples / "pif_soldier_family.jpg")


@pytest.fixture(scope="session")
def sisters(samples: Path) -> Picture:
    """An old photograph in grey, made smaller so that tests are quick."""
    picture = read_picture(samples / "old_1860_three_girls.jpg")
    grey = picture.pixels[::2, ::2, 1:2]
    return Picture(np.ascontiguousarray(grey), path=picture.path)
