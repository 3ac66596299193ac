"""Degradations of faces, reproducible from a seed on one kind of device.

A batch is worked through face by face, since each face has its own kernel and its own small size,
in torch on the images' device. Only the JPEG is Pillow's on the CPU: a real codec.

The core is the usual blind model ``y = JPEG_q(down_s(x * k) + n)``, back up to the full size
(GFPGAN, Wang et al. 2021, section 4.1), with what scans of prints add around it: fading and colour
cast, grey and sepia, grain, halftone, paper texture, scratches, dust, motion blur, a second JPEG.
Strengths are stated at 512 pixels and scaled with the image's side, so that a face at 256 pixels
is degraded like the same face at 512.

Images are float32 (B, 3, H, W) in [-1, 1], square; every function returns new tensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

REFERENCE = 512
MAX_KERNEL = 41


@dataclass(frozen=True)
class Recipe:
    """What is done to one face, in the order of the fields. Lengths in pixels at 512.

    Attributes:
        sigma: Standard deviations of the blur along its two axes; 0 for none.
        angle: Direction of the first axis, radians.
        motion: Length of a straight motion blur along ``angle``; 0 for none.
        down: Factor by which a face of 512 pixels is made smaller.
        noise: Standard deviation of Gaussian noise, grey levels of 255.
        poisson: Strength of signal-dependent noise, grey levels of 255 at white.
        grain: Standard deviation of film grain (soft, grey), grey levels of 255.
        quality: JPEG quality.
        second_quality: Quality of a second JPEG on a shifted grid; 0 for none.
        fade: 0 none to 1: contrast lost towards a light tone.
        cast: Colour added to RGB, in [-1, 1].
        tone: 0 colour, 1 grey, 2 sepia.
        halftone: Strength of a printed raster, 0 for none.
        paper: Strength of the paper's texture, grey levels of 255.
        scratches: Number of scratches.
        dust: Number of specks.
        seed: Seed of all the noise.
    """

    sigma: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    motion: float = 0.0
    down: float = 1.0
    noise: float = 0.0
    poisson: float = 0.0
    grain: float = 0.0
    quality: int = 95
    second_quality: int = 0
    fade: float = 0.0
    cast: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tone: int = 0
    halftone: float = 0.0
    paper: float = 0.0
    scratches: int = 0
    dust: int = 0
    seed: int = 0


# The three levels at which `lafr evaluate` compares. Each image keeps its own seed for the noise
# and its own blur direction; everything else is fixed.
LEVELS: dict[str, Recipe] = {
    "mild": Recipe(sigma=(1.6, 1.2), down=2.5, noise=4.0, quality=75),
    "medium": Recipe(sigma=(3.0, 2.2), down=5.0, noise=6.0, poisson=2.0, quality=60),
    "severe": Recipe(sigma=(5.0, 4.0), down=10.0, noise=8.0, poisson=3.0, quality=40),
}


def degrade_level(hq: Tensor, level: str, seeds: list[int]) -> Tensor:
    """Degrade HQ faces at one of the fixed :data:`LEVELS`, one seed an image."""
    base = LEVELS[level]
    recipes = []
    for seed in seeds:
        angle = np.random.default_rng(seed).uniform(0, math.pi)
        recipes.append(_replace(base, angle=float(angle), seed=seed))
    return degrade(hq, recipes)


def random_recipe(rng: np.random.Generator) -> Recipe:
    """Draw a recipe as training needs them: blind, wide, one in two with damage of scans."""
    sigma = _log_uniform(rng, 0.2, 8.0)
    ratio = rng.uniform(0.4, 1.0) if rng.random() < 0.5 else 1.0
    recipe = Recipe(
        sigma=(sigma, sigma * ratio),
        angle=float(rng.uniform(0, math.pi)),
        motion=float(rng.uniform(4, 24)) if rng.random() < 0.1 else 0.0,
        down=_log_uniform(rng, 1.0, 16.0),
        noise=float(rng.uniform(0, 16)),
        poisson=float(rng.uniform(0, 8)) if rng.random() < 0.4 else 0.0,
        quality=int(rng.integers(30, 98)),
        second_quality=int(rng.integers(40, 96)) if rng.random() < 0.25 else 0,
        seed=int(rng.integers(2**62)),
    )
    return _scan_damage(recipe, rng) if rng.random() < 0.5 else recipe


def light_recipe(rng: np.random.Generator) -> Recipe:
    """Draw a recipe that hardly harms: what a good photograph or scan has."""
    sigma = _log_uniform(rng, 0.2, 2.0)
    return Recipe(
        sigma=(sigma, sigma * rng.uniform(0.5, 1.0)),
        angle=float(rng.uniform(0, math.pi)),
        down=_log_uniform(rng, 1.0, 3.5),
        noise=float(rng.uniform(0, 7)),
        quality=int(rng.integers(60, 98)),
        seed=int(rng.integers(2**62)),
    )


def _scan_damage(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    def sometimes(p: float, low: float, high: float) -> float:
        return float(rng.uniform(low, high)) if rng.random() < p else 0.0

    cast = (
        tuple(float(c) for c in rng.uniform(-0.12, 0.12, 3)) if rng.random() < 0.4 else (0.0,) * 3
    )
    return _replace(
        recipe,
        grain=sometimes(0.6, 2, 14),
        fade=sometimes(0.4, 0.05, 0.4),
        cast=cast,
        tone=int(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2])),
        halftone=sometimes(0.08, 0.05, 0.2),
        paper=sometimes(0.4, 2, 10),
        scratches=int(rng.integers(1, 4)) if rng.random() < 0.15 else 0,
        dust=int(rng.integers(1, 12)) if rng.random() < 0.25 else 0,
    )


def _replace(recipe: Recipe, **changes: object) -> Recipe:
    return Recipe(**{**recipe.__dict__, **changes})


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def print_tone(hq: Tensor, recipes: list[Recipe]) -> Tensor:
    """Give each face the tone of its print: grey, sepia, faded, cast.

    The tone belongs to the photograph and is kept by a restoration, so in training it is given to
    the target as well as to the degraded face; the network must not learn to colourise.
    """
    toned = [_print_tone(face[None], r) for face, r in zip(hq, recipes, strict=True)]
    return torch.cat(toned).clamp(-1.0, 1.0)


def degrade(hq: Tensor, recipes: list[Recipe], side: int | None = None) -> Tensor:
    """Degrade each face by its recipe, its tone left as it is (see :func:`print_tone`).

    Args:
        hq: float32 (B, 3, S, S) in [-1, 1].
        recipes: One for each face.
        side: Side in pixels of the whole face, where ``hq`` are crops of it; else S.

    Returns:
        float32 (B, 3, S, S) in [-1, 1], of the same device.
    """
    unit = (side or hq.shape[-1]) / REFERENCE
    return torch.stack([_degrade_one(face, r, unit) for face, r in zip(hq, recipes, strict=True)])


def _degrade_one(face: Tensor, recipe: Recipe, unit: float) -> Tensor:
    side = face.shape[-1]
    generator = torch.Generator(device=face.device).manual_seed(recipe.seed)
    x = _blur(face[None], recipe, unit)
    x = _print_damage(x, recipe, unit, generator)
    # A face at 256 keeps as many pixels as the same face at 512, a crop its part of them.
    small = max(8, min(side, round(side / (recipe.down * unit))))
    if small < side:
        x = F.interpolate(x, size=(small, small), mode="bicubic", antialias=True)
    x = _sensor_noise(x, recipe, generator)
    x = _jpeg(x, recipe.quality)
    if small < side:
        x = F.interpolate(x, size=(side, side), mode="bicubic", antialias=False)
    if recipe.second_quality:
        x = _jpeg(x.roll((3, 5), (2, 3)), recipe.second_quality).roll((-3, -5), (2, 3))
    return x[0].clamp(-1.0, 1.0)


def _print_tone(x: Tensor, recipe: Recipe) -> Tensor:
    if recipe.tone:
        grey = 0.299 * x[:, :1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:3]
        x = grey.expand(-1, 3, -1, -1)
        if recipe.tone == 2:
            x = x * 0.9 + x.new_tensor([0.10, 0.0, -0.16]).view(1, 3, 1, 1)
    if recipe.fade:
        x = x * (1.0 - recipe.fade) + 0.35 * recipe.fade
    return x + x.new_tensor(recipe.cast).view(1, 3, 1, 1)


def _blur(x: Tensor, recipe: Recipe, unit: float) -> Tensor:
    if max(recipe.sigma) * unit > 0.25:
        x = _filter(x, _gaussian_kernel(recipe.sigma, recipe.angle, unit))
    if recipe.motion * unit > 1.5:
        x = _filter(x, _motion_kernel(recipe.motion * unit, recipe.angle))
    return x


def _filter(x: Tensor, kernel: NDArray[np.float64]) -> Tensor:
    """Filter all channels with one kernel (odd side), borders reflected.

    By FFT: a 41 x 41 kernel applied directly costs many times as much.
    """
    half = kernel.shape[0] // 2
    height, width = x.shape[-2:]
    padded = F.pad(x, (half,) * 4, mode="reflect")
    # Lengths with small factors only: an FFT of a prime length is several times slower.
    size = (-(-padded.shape[-2] // 32) * 32, -(-padded.shape[-1] // 32) * 32)
    response = torch.fft.rfft2(torch.from_numpy(kernel).to(x), s=size)
    filtered = torch.fft.irfft2(torch.fft.rfft2(padded, s=size) * response, s=size)
    valid: Tensor = filtered[..., 2 * half : 2 * half + height, 2 * half : 2 * half + width]
    return valid


def _gaussian_kernel(sigma: tuple[float, float], angle: float, unit: float) -> NDArray[np.float64]:
    first, second = (max(s * unit, 1e-2) for s in sigma)
    limit = MAX_KERNEL // 2 if unit >= 1 else max(1, round(MAX_KERNEL // 2 * unit))
    half = min(limit, max(1, math.ceil(3 * max(first, second))))
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)
    along = np.cos(angle) * x + np.sin(angle) * y
    across = -np.sin(angle) * x + np.cos(angle) * y
    kernel = np.exp(-0.5 * ((along / first) ** 2 + (across / second) ** 2))
    normal: NDArray[np.float64] = kernel / kernel.sum()
    return normal


def _motion_kernel(length: float, angle: float) -> NDArray[np.float64]:
    half = max(1, math.ceil(length / 2))
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)
    along = np.cos(angle) * x + np.sin(angle) * y
    across = -np.sin(angle) * x + np.cos(angle) * y
    line = np.clip(1.0 - np.abs(across), 0, 1) * (np.abs(along) <= length / 2)
    normal: NDArray[np.float64] = line / line.sum()
    return normal


def _print_damage(x: Tensor, recipe: Recipe, unit: float, generator: torch.Generator) -> Tensor:
    if recipe.grain:
        x = x + recipe.grain / 127.5 * _soft_noise(x, 1.5 * unit, generator)
    if recipe.paper:
        x = x + recipe.paper / 127.5 * _soft_noise(x, 8.0 * unit, generator)
    if recipe.halftone:
        raster = _raster(x.shape[-1], max(3.0, 5.12 * unit), recipe.angle)
        x = x + recipe.halftone * raster.to(x) * (1.0 - x.abs())
    return _scratch(x, recipe)


def _soft_noise(like: Tensor, cell: float, generator: torch.Generator) -> Tensor:
    """Return grey noise of about unit deviation with a grain of ``cell`` pixels, at least one."""
    side = like.shape[-1]
    cells = max(2, min(side, round(side / cell)))
    coarse = torch.randn((1, 1, cells, cells), generator=generator, device=like.device)
    soft = F.interpolate(coarse, size=(side, side), mode="bicubic")
    return soft / soft.std().clamp_min(1e-3)


def _raster(side: int, period: float, angle: float) -> Tensor:
    y, x = np.mgrid[:side, :side].astype(np.float64) * (2 * np.pi / period)
    wave = np.cos(np.cos(angle) * x + np.sin(angle) * y) * np.cos(
        np.cos(angle) * y - np.sin(angle) * x
    )
    return torch.from_numpy(wave)[None, None].float()


def _scratch(x: Tensor, recipe: Recipe) -> Tensor:
    if not (recipe.scratches or recipe.dust):
        return x
    rng = np.random.default_rng(recipe.seed)
    side = x.shape[-1]
    row, column = np.mgrid[:side, :side].astype(np.float64) / side
    cover = np.zeros((side, side))
    for _ in range(recipe.scratches):
        angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.4, 0.4)
        bend = rng.uniform(-0.2, 0.2) * (column - 0.5) ** 2
        away = np.cos(angle) * (column - 0.5) + np.sin(angle) * (row - 0.5) - offset + bend
        cover = np.maximum(cover, np.clip(1.5 - np.abs(away) / rng.uniform(0.001, 0.004), 0, 1))
    for _ in range(recipe.dust):
        radius = rng.uniform(0.002, 0.008)
        away = np.hypot(column - rng.random(), row - rng.random())
        cover = np.maximum(cover, np.clip(1.5 - away / radius, 0, 1))
    tone = 0.9 if rng.random() < 0.7 else -0.9
    alpha = torch.from_numpy(cover * rng.uniform(0.4, 0.9)).to(x)[None, None]
    return x * (1.0 - alpha) + tone * alpha


def _sensor_noise(x: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    if recipe.noise:
        white = torch.randn(x.shape, generator=generator, device=x.device)
        x = x + recipe.noise / 127.5 * white
    if recipe.poisson:
        light = ((x + 1.0) / 2.0).clamp(0.0, 1.0).sqrt()
        white = torch.randn(x.shape, generator=generator, device=x.device)
        x = x + recipe.poisson / 127.5 * light * white
    return x


def _jpeg(x: Tensor, quality: int) -> Tensor:
    """Compress and decompress by the real codec (4:2:0), on the CPU wherever the image is."""
    pixels = ((x[0].clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8).permute(1, 2, 0)
    stream = BytesIO()
    Image.fromarray(pixels.cpu().numpy()).save(stream, "JPEG", quality=quality)
    with Image.open(stream) as image:
        decoded = torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous()
    plain: Tensor = decoded[None].to(x) / 127.5 - 1.0
    return plain
