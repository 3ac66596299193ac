from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from lafr_engine.errors import BundleMissing, ConfigError
from lafr_engine.evaluation.baselines import denoise_and_sharpen, load_restorer_file
from lafr_engine.restore.foreign import ForeignRestorer, build_foreign
from tests.restore.foreign_nets import small_restoreformer

spandrel = pytest.mark.skipif(find_spec("spandrel") is None, reason="the extra `restorers`")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what spandrel imports


def test_opencv_takes_noise_away() -> None:
    ramp = torch.linspace(-0.8, 0.8, 64).expand(1, 3, 64, 64)
    noisy = ramp + 0.06 * torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    out = denoise_and_sharpen(noisy)
    assert out.shape == noisy.shape
    assert (out - ramp).abs().mean() < 0.6 * (noisy - ramp).abs().mean()


def test_opencv_keeps_colours_where_they_are() -> None:
    red = torch.full((1, 3, 32, 32), -1.0)
    red[:, 0] = 1.0
    assert (denoise_and_sharpen(red) - red).abs().max() < 0.05


@spandrel
def test_a_file_that_is_missing_or_unknown_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="no such file"):
        load_restorer_file(tmp_path / "none.pth", "cpu")
    save_file({"some.weight": torch.zeros(3)}, tmp_path / "odd.safetensors")
    with pytest.raises(ConfigError, match="no face restorer"):
        load_restorer_file(tmp_path / "odd.safetensors", "cpu")


@spandrel
def test_a_restorer_by_others_gives_what_it_gives_in_a_bundle(tmp_path: Path) -> None:
    torch.manual_seed(0)
    state = small_restoreformer()
    torch.save({"params_ema": state}, tmp_path / "net.pth")
    restore = load_restorer_file(tmp_path / "net.pth", "cpu")
    crops = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    expected = ForeignRestorer(build_foreign("RestoreFormer", state), "RestoreFormer")(crops)
    found = restore(torch.from_numpy(crops) * 2.0 - 1.0)
    assert torch.allclose((found + 1.0) / 2.0, torch.from_numpy(expected), atol=1e-4)
