from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from lafr_engine.imaging.degrade import (
    LEVELS,
    Recipe,
    degrade,
    degrade_level,
    print_tone,
    random_recipe,
)
from lafr_engine.resources import samples_dir

PLAIN = Recipe(quality=100)


def psnr(a: Tensor, b: Tensor) -> float:
    return 10 * math.log10(4.0 / float((a - b).square().mean()))


@pytest.fixture(scope="module")
def face() -> Tensor:
    """A face, (1, 3, 512, 512)."""
    with Image.open(samples_dir() / "gsa_three_women.webp") as image:
        middle, side = image.width // 2, min(image.size) // 2
        cut = image.convert("RGB").crop((middle - side // 2, 0, middle + side // 2, side))
        pixels = np.array(cut.resize((512, 512)))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1


@pytest.fixture(scope="module")
def small(face: Tensor) -> Tensor:
    """The same at 128 pixels."""
    return F.interpolate(face, size=(128, 128), mode="area")


def test_a_recipe_gives_one_picture_and_another_seed_another(small: Tensor) -> None:
    recipe = replace(LEVELS["medium"], grain=5.0, paper=4.0, scratches=1, dust=2, seed=3)
    assert torch.equal(degrade(small, [recipe]), degrade(small, [recipe]))
    assert not torch.equal(degrade(small, [recipe]), degrade(small, [replace(recipe, seed=4)]))


def test_a_batch_is_its_faces_one_by_one(small: Tensor) -> None:
    rng = np.random.default_rng(5)
    recipes = [random_recipe(rng) for _ in range(4)]
    batch = torch.cat([small, small.flip(3), small.flip(2), -small])
    together = degrade(batch, recipes)
    for index, recipe in enumerate(recipes):
        assert torch.equal(together[index], degrade(batch[index : index + 1], [recipe])[0])


def test_the_input_is_left_alone(small: Tensor) -> None:
    before = small.clone()
    recipe = replace(LEVELS["severe"], tone=2, fade=0.3, scratches=2, halftone=0.1, motion=9.0)
    degrade(print_tone(small, [recipe]), [recipe])
    assert torch.equal(small, before)


@pytest.mark.parametrize(
    "change",
    [
        {"sigma": (3.0, 2.0)},
        {"motion": 12.0},
        {"down": 8.0},
        {"noise": 8.0},
        {"poisson": 8.0},
        {"grain": 6.0},
        {"quality": 40},
        {"second_quality": 50},
        {"halftone": 0.15},
        {"paper": 6.0},
        {"scratches": 2},
        {"dust": 8},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_ingredient_changes_the_picture(small: Tensor, change: dict[str, Any]) -> None:
    plain, changed = degrade(small, [PLAIN]), degrade(small, [replace(PLAIN, **change)])
    assert psnr(plain, small) > 35  # next to nothing happens without it
    assert float((changed - plain).abs().max()) > 0.05
    assert psnr(changed, small) < psnr(plain, small)


def test_the_levels_get_worse(face: Tensor) -> None:
    scores = [psnr(degrade_level(face, level, [1]), face) for level in ("mild", "medium", "severe")]
    assert scores[0] > scores[1] + 1
    assert scores[1] > scores[2] + 1


def test_a_level_is_fixed_by_the_seed_of_each_face(small: Tensor) -> None:
    pair = degrade_level(torch.cat([small, small]), "medium", [1, 2])
    assert not torch.equal(pair[0], pair[1])
    assert torch.equal(pair[1:], degrade_level(small, "medium", [2]))


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_a_face_at_half_the_side_is_degraded_like_the_whole_one(face: Tensor, level: str) -> None:
    half = F.interpolate(face, size=(256, 256), mode="area")
    large = F.interpolate(degrade_level(face, level, [1]), size=(256, 256), mode="area")
    assert psnr(degrade_level(half, level, [1]), half) == pytest.approx(psnr(large, half), abs=1.0)


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_a_crop_is_degraded_like_its_part_of_the_face(face: Tensor, level: str) -> None:
    recipe = replace(LEVELS[level], seed=1)
    place = (..., slice(128, 384), slice(128, 384))
    part = degrade(face, [recipe])[place]
    crop = degrade(face[place], [recipe], 512)
    assert psnr(crop, face[place]) == pytest.approx(psnr(part, face[place]), abs=1.0)


@pytest.mark.parametrize("name", ["grain", "paper", "halftone"])
def test_the_texture_of_a_crop_is_as_fine_as_that_of_the_face(name: str) -> None:
    change: dict[str, Any] = {name: 0.15 if name == "halftone" else 12.0}
    recipe = replace(PLAIN, **change)
    flat = torch.zeros(1, 3, 512, 512)

    def fineness(x: Tensor) -> float:
        return float((x[..., 1:] - x[..., :-1]).std() / x.std())

    whole, crop = degrade(flat, [recipe]), degrade(flat[..., :256, :256], [recipe], 512)
    assert fineness(crop) == pytest.approx(fineness(whole), rel=0.15)


def test_blur_keeps_what_is_flat_and_reflects_at_the_border() -> None:
    flat = torch.full((1, 3, 64, 64), 0.25)
    blurred = degrade(flat, [replace(PLAIN, sigma=(9.0, 4.0), angle=0.7)])
    assert float((blurred - flat).abs().max()) < 0.02


def test_an_anisotropic_blur_runs_along_its_angle() -> None:
    dot = torch.full((1, 3, 129, 129), -1.0)
    dot[..., 62:67, 62:67] = 1.0
    blurred = degrade(dot, [replace(PLAIN, sigma=(24.0, 4.0), angle=0.0)])[0, 1] + 1
    column, row = blurred[64, 64 - 6], blurred[64 - 6, 64]
    assert column > row + 0.05  # spread along x


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), side=st.sampled_from([64, 96]))
def test_whatever_is_drawn_stays_in_range(seed: int, side: int) -> None:
    rng = np.random.default_rng(seed)
    recipe = random_recipe(rng)
    x = torch.from_numpy(rng.uniform(-1, 1, (1, 3, side, side))).float()
    toned = print_tone(x, [recipe])
    out = degrade(toned, [recipe])
    assert out.shape == x.shape
    assert out.dtype == torch.float32
    for picture in (toned, out):
        assert picture.isfinite().all()
        assert picture.abs().max() <= 1.0


def test_drawn_recipes_are_reproducible_and_cover_the_damage_of_scans() -> None:
    def draw(seed: int) -> list[Recipe]:
        rng = np.random.default_rng(seed)
        return [random_recipe(rng) for _ in range(200)]

    recipes = draw(0)
    assert recipes == draw(0)
    assert recipes != draw(1)
    for name in ("motion", "poisson", "grain", "fade", "tone", "halftone", "paper", "scratches"):
        drawn = [getattr(recipe, name) for recipe in recipes]
        assert any(drawn), name
        assert not all(drawn), name
    assert all(1.0 <= r.down <= 16.0 and 30 <= r.quality < 98 for r in recipes)


def test_a_grey_print_stays_grey(small: Tensor) -> None:
    recipe = Recipe(tone=1, fade=0.2, quality=60, down=4.0, sigma=(2.0, 2.0), grain=5.0)
    toned = print_tone(small, [recipe])
    for picture in (toned, degrade(toned, [recipe])):
        assert float((picture - picture.mean(1, keepdim=True)).abs().max()) < 0.04


def test_sepia_is_warm_and_a_cast_is_the_one_asked_for(small: Tensor) -> None:
    red, _, blue = print_tone(small, [Recipe(tone=2)])[0].mean((1, 2))
    assert red > blue + 0.1
    shift = print_tone(small * 0.5, [Recipe(cast=(0.1, 0.0, -0.1))]) - small * 0.5
    torch.testing.assert_close(shift.mean((0, 2, 3)), torch.tensor([0.1, 0.0, -0.1]))


def test_fading_takes_contrast(small: Tensor) -> None:
    faded = print_tone(small, [Recipe(fade=0.4)])
    assert faded.std() == pytest.approx(0.6 * float(small.std()), rel=1e-3)


def test_degrading_keeps_the_tone_it_is_given(small: Tensor) -> None:
    recipe = Recipe(tone=1, fade=0.4, cast=(0.2, 0.0, 0.0), quality=100)
    assert psnr(degrade(small, [recipe]), small) > 35
