"""Degradations as devices make them: whole processing chains, reproducible from a seed.

Each maps a clean face to a pair: what the device gives, and the clean face in the device's tone,
which is what a restoration should come to. Faces are float32 (1, 3, 512, 512) in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lafr_engine.imaging.degrade import Recipe, degrade, print_tone

Pixels = NDArray[np.float32]
"""(H, W, 3) RGB in [0, 1]."""

_SIDE = 512


@dataclass(frozen=True)
class Device:
    """One way in which faces come to people.

    Attributes:
        name: In tables.
        note: What it does to the face.
        apply: HQ face and seed to (LQ, target).
    """

    name: str
    note: str
    apply: Callable[[Tensor, int], tuple[Tensor, Tensor]]


def phone(hq: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """A phone's far face: shot noise, smeared by denoising, sharpened too much, compressed."""
    rng = np.random.default_rng(seed)
    x = _shrink(_pixels(hq), 128)
    x = _noisy(x, rng, shot=0.035, read=0.012)
    x = _sharpened(_denoised(x, 0.10), 1.2, 1.4)
    return _tensor(_enlarge(_jpeg(x, 82))), hq


def night(hq: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """A night picture, brightened: strong noise in the linear light, blotches of colour, warm."""
    rng = np.random.default_rng(seed)
    tint = np.array([1.12, 1.0, 0.82], np.float32)
    toned = (_pixels(hq) * tint).clip(0, 1)
    dark = _shrink(toned, 160) ** np.float32(2.2) * np.float32(0.06)
    photons = rng.poisson(dark * 3000.0).astype(np.float32) / np.float32(3000.0)
    noisy = photons + rng.normal(0, 0.0015, dark.shape).astype(np.float32)
    bright = (noisy / np.float32(0.06)).clip(0, 1) ** np.float32(1 / 2.2)
    blotches = cv2.resize(
        rng.normal(0, 0.03, (20, 20, 3)).astype(np.float32),
        (160, 160),
        interpolation=cv2.INTER_CUBIC,
    )
    smeared = _denoised((bright + blotches).clip(0, 1), 0.14)
    return _tensor(_enlarge(_jpeg(smeared, 75))), _tensor(toned)


def social(hq: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """A picture that was sent on: shrunk, compressed, enlarged, sharpened and compressed again."""
    rng = np.random.default_rng(seed)
    x = _jpeg(_shrink(_pixels(hq), 170), int(rng.integers(55, 72)))
    x = _sharpened(_shrink(x, 110), 0.8, 0.6)
    larger = np.asarray(cv2.resize(x, (150, 150), interpolation=cv2.INTER_LINEAR), np.float32)
    x = _jpeg(larger, int(rng.integers(35, 55)))
    return _tensor(_enlarge(_jpeg(x, 60))), hq


def scan(hq: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """A faded print from a flatbed scanner: grain, halftone, paper, dust and a scratch."""
    recipe = Recipe(
        sigma=(2.2, 2.2),
        down=3.5,
        noise=3.0,
        grain=9.0,
        quality=80,
        fade=0.25,
        cast=(0.06, 0.0, -0.08),
        halftone=0.1,
        angle=0.4,
        paper=6.0,
        scratches=1,
        dust=6,
        seed=seed,
    )
    target = print_tone(hq, [recipe])
    return degrade(target, [recipe]), target


DEVICES = (
    Device("phone", phone.__doc__ or "", phone),
    Device("night", night.__doc__ or "", night),
    Device("social media", social.__doc__ or "", social),
    Device("scanned print", scan.__doc__ or "", scan),
)


def _pixels(x: Tensor) -> Pixels:
    pixels: Pixels = ((x[0] + 1) / 2).permute(1, 2, 0).numpy().astype(np.float32)
    return pixels


def _tensor(pixels: Pixels) -> Tensor:
    plain = np.ascontiguousarray(pixels.clip(0, 1), dtype=np.float32)
    return torch.from_numpy(plain).permute(2, 0, 1)[None].contiguous() * 2 - 1


def _shrink(x: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(x, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def _enlarge(x: Pixels) -> Pixels:
    return np.asarray(cv2.resize(x, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC), np.float32)


def _noisy(x: Pixels, rng: np.random.Generator, shot: float, read: float) -> Pixels:
    """Noise of a sensor: its deviation grows with the root of the light."""
    deviation = np.sqrt(np.float32(shot**2) * x + np.float32(read**2))
    noise = rng.normal(0, 1, x.shape).astype(np.float32)
    return np.asarray((x + deviation * noise).clip(0, 1), np.float32)


def _denoised(x: Pixels, strength: float) -> Pixels:
    return np.asarray(cv2.bilateralFilter(x, 7, strength, 3.0), np.float32)


def _sharpened(x: Pixels, sigma: float, amount: float) -> Pixels:
    soft = cv2.GaussianBlur(x, (0, 0), sigma)
    return np.asarray((x + amount * (x - soft)).clip(0, 1), np.float32)


def _jpeg(x: Pixels, quality: int) -> Pixels:
    stream = BytesIO()
    Image.fromarray((x.clip(0, 1) * 255).round().astype(np.uint8)).save(
        stream, "JPEG", quality=quality
    )
    with Image.open(stream) as image:
        return np.asarray(image, np.float32) / np.float32(255.0)
