"""The device that the networks run on."""

from __future__ import annotations

import torch

from lafr_engine.errors import DeviceError


def choose_device(name: str = "auto") -> torch.device:
    """Return the device: CUDA, then MPS, then the CPU for ``auto``, else the one asked for.

    Raises:
        DeviceError: The device asked for is not here, or its name is unknown.
    """
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind, found in here.items() if found), "cpu")
    kind = name.partition(":")[0]
    if kind == "cpu":
        return torch.device("cpu")
    if kind not in here:
        raise DeviceError(f"{name}: no such kind of device (auto, cpu, cuda, mps)")
    try:
        place = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"{name}: is not the name of a device ({error})") from error
    count = torch.cuda.device_count() if kind == "cuda" else int(here[kind])
    if not here[kind] or (place.index or 0) >= count:
        raise DeviceError(f"{name}: this machine has no such device that torch can use")
    return place
