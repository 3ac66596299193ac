from __future__ import annotations

import pytest
import torch

from lafr_engine.bundle.device import choose_device
from lafr_engine.errors import DeviceError


@pytest.fixture
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("no_accelerator")
def test_without_an_accelerator_the_cpu_computes() -> None:
    assert choose_device() == torch.device("cpu")
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps"])
def test_a_device_that_is_not_here_is_named(name: str) -> None:
    with pytest.raises(DeviceError, match=f"{name}: this machine has no such device"):
        choose_device(name)


@pytest.mark.parametrize("name", ["tpu", "", "gpu", "cuda-0"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match="no such kind"):
        choose_device(name)


@pytest.mark.usefixtures("two_gpus")
def test_cuda_comes_first_and_may_be_chosen_by_number() -> None:
    assert choose_device() == torch.device("cuda")
    assert choose_device("cuda:1") == torch.device("cuda:1")


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize("name", ["cuda:2", "cuda:x", "cuda:"])
def test_a_number_beyond_the_last_device_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match=name):
        choose_device(name)
