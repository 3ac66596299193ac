from __future__ import annotations

import numpy as np
import torch

from lafr_engine.restore.base import Crops
from lafr_engine.worker.networks import placed, why_no_gpu
from lafr_engine.worker.trial import compare, trial_face


def sharper(crops: Crops, /) -> Crops:
    return (crops * np.float32(1.05)).clip(0, 1)


def test_the_trial_face_is_a_face_in_its_place() -> None:
    face = trial_face()
    assert face.shape == (1, 3, 512, 512)
    assert face.dtype == np.float32
    assert 0.0 <= face.min() < face.max() <= 1.0
    assert face.std() > 0.1


def test_a_device_that_agrees_is_sound() -> None:
    face = trial_face()
    verdict = compare(sharper, sharper(face), face)
    assert verdict.sound
    assert verdict.largest == 0.0
    assert verdict.seconds > 0.0


def test_rounding_is_no_fault() -> None:
    face = trial_face()
    noise = np.random.default_rng(0).normal(0, 5e-4, face.shape).astype(np.float32)
    assert compare(lambda crops: sharper(crops) + noise, sharper(face), face).sound


def test_a_device_that_computes_something_else_is_not_sound() -> None:
    face = trial_face()
    for wrong in (
        lambda crops: np.roll(crops, 3, axis=3),
        lambda crops: np.full_like(crops, np.nan),
        lambda crops: sharper(crops) * np.float32(0.97),
    ):
        assert not compare(wrong, sharper(face), face).sound


def test_the_cpu_comes_with_a_reason() -> None:
    assert placed("cpu") == ("cpu", "the CPU was asked for")
    device, reason = placed("auto")
    gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    assert (device == "cpu") is not gpu
    assert reason == (None if gpu else why_no_gpu())
    assert placed("abacus")[0] == "cpu"
