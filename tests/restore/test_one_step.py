from __future__ import annotations

import numpy as np
import pytest
import torch

from lafr_engine.restore.base import Crops, FaceRestorer
from lafr_engine.restore.chain import build_chain
from lafr_engine.restore.one_step import OneStepRestorer
from tests.training.small import CHAIN


@pytest.fixture(scope="module")
def restorer() -> OneStepRestorer:
    torch.manual_seed(0)
    return OneStepRestorer(build_chain(CHAIN).eval())


@pytest.fixture
def crops() -> Crops:
    return np.random.default_rng(0).random((2, 3, 512, 512), dtype=np.float32)


def test_the_result_is_a_new_array_in_range_and_the_input_is_left_alone(
    restorer: FaceRestorer, crops: Crops
) -> None:
    before = crops.copy()
    out = restorer(crops)
    assert out.shape == crops.shape
    assert out.dtype == np.float32
    assert out.min() >= 0.0
    assert out.max() <= 1.0
    assert not np.shares_memory(out, crops)
    assert np.array_equal(crops, before)
    out[:] = 0.0  # it belongs to the caller


def test_it_is_the_chain_s_image(restorer: OneStepRestorer, crops: Crops) -> None:
    with torch.no_grad():
        image = restorer.chain(torch.from_numpy(crops) * 2 - 1).image
    expected = ((image + 1) / 2).clamp(0, 1).numpy()
    assert np.allclose(restorer(crops), expected, atol=1e-5)


def test_the_same_crops_give_the_same_faces_alone_or_in_a_batch(
    restorer: FaceRestorer, crops: Crops
) -> None:
    together = restorer(crops)
    assert np.array_equal(together, restorer(crops))
    assert np.allclose(together[1:], restorer(crops[1:]), atol=1e-5)


def test_crops_that_are_views_are_taken(restorer: FaceRestorer, crops: Crops) -> None:
    view = np.ascontiguousarray(crops[:1].transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    assert np.allclose(restorer(view), restorer(crops[:1]), atol=1e-6)
