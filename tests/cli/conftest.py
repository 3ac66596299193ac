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
from lafr_engine.pipeline import Models
from lafr_engine.restore.base import Crops


@pytest.fixture(scope="session")
def models() -> Models:
    """The real detector and identity network around a small real restorer."""
    kernel = torch.full((3, 1, 5, 5), -1.5 / 25)
    kernel[..., 2, 2] += 2.5

    @torch.inference_mode()
    def sharpen(crops: Crops) -> Crops:
        x = torch.nn.functional.pad(torch.from_numpy(crops), (2, 2, 2, 2), mode="replicate")
        sharp: Crops = torch.nn.functional.conv2d(x, kernel, groups=3).clamp(0, 1).numpy()
        return sharp

    search = Search(sides=(640,), finest=640)
    detector = CenterFace(weights_path("centerface"), search, threads=1)
    return Models(detector, sharpen, load_identity("cpu"))


@pytest.fixture
def photo(samples: Path, tmp_path: Path) -> Path:
    """A photograph with faces, in a folder of its own."""
    path = tmp_path / "in" / "Oma & Opa 家.jpg"
    path.parent.mkdir()
    path.write_bytes((samples / "pif_soldier_family.jpg").read_bytes())
    assert read_picture(path).pixels.dtype == np.uint8
    return path
