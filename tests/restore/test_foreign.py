from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.restore import foreign
from lafr_engine.restore.base import Crops
from lafr_engine.restore.foreign import (
    ARCHITECTURES,
    ForeignConfig,
    ForeignRestorer,
    build_foreign,
    recognise,
    require_reader,
)
from tests.restore.foreign_nets import full_gfpgan, small_restoreformer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what spandrel imports


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return small_restoreformer()


def crops(count: int) -> Crops:
    return np.random.default_rng(0).random((count, 3, 512, 512), dtype=np.float32)


def test_a_restoreformer_is_recognised_and_restores(state: dict[str, Tensor]) -> None:
    assert recognise(state) == "RestoreFormer"
    restorer = ForeignRestorer(build_foreign("RestoreFormer", state), "RestoreFormer")
    given = crops(2)
    before = given.copy()
    out = restorer(given)
    assert out.shape == given.shape
    assert out.dtype == np.float32
    assert 0.0 <= out.min() < out.max() <= 1.0
    np.testing.assert_array_equal(given, before)
    np.testing.assert_array_equal(restorer(given[1:])[0], out[1])


class Shown(nn.Module):
    """Keeps what it was given, and returns it in the form of the network that it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.given: dict[str, Any] = {}

    def forward(self, x: Tensor, **options: Any) -> tuple[Tensor, None]:
        self.given = {"range": (float(x.min()), float(x.max())), **options}
        return x * self.weight, None


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_network_sees_and_gives_the_range_it_was_trained_on(architecture: str) -> None:
    net = Shown()
    ramp = np.linspace(0, 1, 512 * 512, dtype=np.float32).reshape(1, 1, 512, 512).repeat(3, 1)
    np.testing.assert_allclose(ForeignRestorer(net, architecture)(ramp), ramp, atol=1e-6)
    assert net.given["range"] == (-1.0, 1.0)
    if architecture == "GFPGAN":
        assert net.given["randomize_noise"] is False


@pytest.mark.slow
def test_a_gfpgan_restores_and_gives_the_same_answer_each_time() -> None:
    state = full_gfpgan()
    assert recognise(state) == "GFPGAN"
    restorer = ForeignRestorer(build_foreign("GFPGAN", state), "GFPGAN")
    face = crops(1)
    out = restorer(face)
    assert out.std() > 0.0
    np.testing.assert_array_equal(restorer(face), out)


def test_codeformer_is_refused_for_its_licence(state: dict[str, Tensor]) -> None:
    marks = {"position_emb": torch.zeros(1), "idx_pred_layer.1.weight": torch.zeros(1)}
    with pytest.raises(ConfigError, match="commercial"):
        recognise(state | marks)


def test_a_network_for_something_else_is_named() -> None:
    from spandrel.architectures.Compact import Compact

    with pytest.raises(ConfigError, match="kind Compact, not a face restorer"):
        recognise(Compact(num_feat=8, num_conv=2).state_dict())


def test_what_no_network_is_known_for_is_refused() -> None:
    with pytest.raises(ConfigError, match="GFPGAN, RestoreFormer"):
        recognise({"weight": torch.zeros(3)})


@pytest.mark.parametrize("change", ["missing", "surplus", "shape"])
def test_weights_that_do_not_fit_are_refused(state: dict[str, Tensor], change: str) -> None:
    broken = dict(state)
    if change == "missing":
        del broken["decoder.conv_in.weight"]
    elif change == "surplus":
        broken["stranger"] = torch.zeros(1)
    else:
        broken["decoder.conv_in.weight"] = torch.zeros(1, 2, 3, 3)
    with pytest.raises(ConfigError, match="do not fit"):
        build_foreign("RestoreFormer", broken)


def test_a_configuration_comes_back() -> None:
    config = ForeignConfig("GFPGAN", "GFPGANv1.4.pth", "ab")
    assert ForeignConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "change",
    [{"architecture": "CodeFormer"}, {"architecture": ["GFPGAN"]}, {"size": 1024}, {"more": 1}],
)
def test_a_configuration_of_something_else_is_refused(change: dict[str, Any]) -> None:
    values = ForeignConfig("GFPGAN", "GFPGANv1.4.pth", "ab").to_json() | change
    with pytest.raises(ConfigError):
        ForeignConfig.from_json(values)


def test_that_the_reader_is_missing_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_reader("GFPGANv1.4.pth")
    monkeypatch.setattr(foreign, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"lafr-desktop\[restorers\]"):
        require_reader("GFPGANv1.4.pth")
