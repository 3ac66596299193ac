from __future__ import annotations

import numpy as np
import pytest
import torch

from lafr_engine.restore.base import Crops
from lafr_engine.restore.one_step import lacks_memory
from lafr_engine.worker.steady import SteadyRestorer

CROPS = np.random.default_rng(0).random((5, 3, 512, 512), np.float32)


class Roomy:
    """Inverts up to so many crops at once, as a device with little memory would."""

    def __init__(self, most: int, error: Exception | None = None) -> None:
        self.most = most
        self.error = error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")
        self.batches: list[int] = []

    def __call__(self, crops: Crops, /) -> Crops:
        self.batches.append(len(crops))
        if len(crops) > self.most:
            raise self.error
        return 1.0 - crops


def test_a_batch_that_fits_goes_through_whole() -> None:
    device = Roomy(5)
    assert np.array_equal(SteadyRestorer(device, None, print)(CROPS), 1.0 - CROPS)
    assert device.batches == [5]


def test_a_batch_that_does_not_fit_is_halved() -> None:
    device, said = Roomy(2), list[str]()
    steady = SteadyRestorer(device, lambda: Roomy(5), said.append)
    assert np.array_equal(steady(CROPS), 1.0 - CROPS)
    assert device.batches == [5, 2, 3, 1, 2]
    assert not said


def test_a_face_that_does_not_fit_moves_to_the_cpu_for_good_and_says_so() -> None:
    device, cpu, said = Roomy(0), Roomy(5), list[str]()
    steady = SteadyRestorer(device, lambda: cpu, said.append)
    assert np.array_equal(steady(CROPS[:2]), 1.0 - CROPS[:2])
    assert np.array_equal(steady(CROPS), 1.0 - CROPS)
    assert device.batches == [2, 1]
    assert cpu.batches == [1, 1, 5]
    assert len(said) == 1
    assert "CPU" in said[0]


def test_where_even_the_cpu_lacks_memory_it_is_said() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        SteadyRestorer(Roomy(0), lambda: Roomy(0), print)(CROPS)


def test_other_errors_are_not_hidden() -> None:
    device = Roomy(0, RuntimeError("no kernel image is available"))
    with pytest.raises(RuntimeError, match="no kernel"):
        SteadyRestorer(device, lambda: Roomy(5), print)(CROPS)
    assert device.batches == [5]


@pytest.mark.parametrize(
    ("error", "lack"),
    [
        (MemoryError(), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: ..."), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_lack_of_memory_has_many_words(error: Exception, lack: bool) -> None:
    assert lacks_memory(error) is lack
