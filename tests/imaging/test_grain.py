from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lafr_engine.imaging.grain import flat_corners, light_of_pixels
from lafr_engine.imaging.regrain import missing, paper

Floats = NDArray[np.float32]


def shade(size: int = 192, channels: int = 3) -> Floats:
    """A picture with broad shades and one hard edge."""
    y, x = np.mgrid[:size, :size] / size
    plane = 0.45 + 0.2 * np.sin(3 * x) * y
    plane[size // 3 : size // 3 + 8] += 0.2
    return np.repeat(plane[..., None], channels, axis=2).astype(np.float32)


def noise(size: int, rng: np.random.Generator, *, sigma: float, blur: float, grey: bool) -> Floats:
    white = rng.standard_normal((size, size, 1 if grey else 3)).astype(np.float32)
    soft = cv2.GaussianBlur(white, (0, 0), blur) if blur else white
    soft = np.asarray(soft, np.float32).reshape(size, size, -1)
    return np.array(np.broadcast_to(sigma * soft / soft.std(), (size, size, 3)), np.float32)


def disc(size: int, radius: float) -> Floats:
    y, x = np.mgrid[:size, :size] - size / 2
    return np.asarray(np.clip((radius - np.hypot(x, y)) / 12, 0, 1), np.float32)


def features(size: int = 192) -> Floats:
    """Edges all over, as a face has them, between small flat places."""
    y, x = np.mgrid[:size, :size]
    lines = np.exp(-np.square((x % 32 - 16) / 1.5)) + np.exp(-np.square((y % 40 - 20) / 1.5))
    return np.repeat((shade(size)[..., 0] - 0.25 * lines)[..., None], 3, axis=2).astype(np.float32)


def test_paper_measures_a_face_that_is_nowhere_flat() -> None:
    """Structure is left out: the same grain measures the same in a face as on plain paper."""
    rng = np.random.default_rng(4)
    mask = disc(192, 60)
    scene = np.where(mask[..., None] > 0, features(), shade()).astype(np.float32)
    grain = noise(192, rng, sigma=0.03, blur=0.6, grey=True)
    found = paper(scene + grain, mask)
    assert found is not None
    assert np.sqrt(found.powers(scene + grain))[0] == pytest.approx(1.0, abs=0.15)
    half = np.sqrt(found.powers(scene + 0.5 * grain))[0]
    assert half == pytest.approx(0.5, abs=0.12)
    assert found.deviations.sum() > 0.01


def test_paper_of_another_luminance_is_not_what_a_face_is_compared_with() -> None:
    rng = np.random.default_rng(10)
    picture = np.full((192, 192, 3), 0.3, np.float32)
    picture[:, 96:] = 0.7
    strength = np.where(picture < 0.5, 0.01, 0.04)
    noisy = (picture + strength * noise(192, rng, sigma=1, blur=0, grey=True)).astype(np.float32)
    y, x = np.mgrid[:192, :192]
    mask = np.asarray(np.hypot(x - 48, y - 96) < 36, np.float32)  # in the dark half
    found = paper(noisy, mask)
    assert found is not None
    assert np.sqrt(found.powers(noisy))[0] == pytest.approx(1.0, abs=0.15)


def test_a_face_that_kept_its_grain_gets_none_on_top() -> None:
    rng, mask = np.random.default_rng(11), disc(192, 60)
    before = shade() + noise(192, rng, sigma=0.03, blur=0.7, grey=True)
    # As much as it had, but other grain: there is something that could be given back.
    other = shade() + noise(192, rng, sigma=0.032, blur=0.7, grey=True)
    after = before * (1 - mask[..., None]) + other * mask[..., None]
    assert missing(before, after, mask) is None


def test_a_face_that_kept_half_its_grain_gets_the_rest() -> None:
    rng = np.random.default_rng(12)
    grain, mask = noise(192, rng, sigma=0.03, blur=0.7, grey=True), disc(192, 60)
    before = shade() + grain
    after = before - 0.5 * mask[..., None] * grain
    added, found = missing(before, after, mask), paper(before, mask)
    assert added is not None
    assert found is not None
    done = after + mask[..., None] * added
    assert np.sqrt(found.powers(done))[0] == pytest.approx(1.0, abs=0.1)


def test_of_grain_that_went_unseen_behind_detail_a_third_comes_back() -> None:
    rng, mask = np.random.default_rng(14), disc(192, 60)[..., None]
    skin = mask * noise(192, rng, sigma=0.03, blur=0.7, grey=True)
    inside, kept = mask[..., 0] >= 0.9, []
    for seed in (1, 2):
        grain = noise(192, np.random.default_rng(seed), sigma=0.02, blur=0.7, grey=True)
        before = shade() + skin + grain
        after = before - 0.6 * mask * grain
        added, found = missing(before, after, mask[..., 0]), paper(before, mask[..., 0])
        assert added is not None
        assert found is not None
        assert (np.sqrt(found.powers(after))[0] > 1.2).all()
        kept.append((after + mask * added)[inside])
        lost = grain[inside].std()
    share = (kept[0] - kept[1]).std() / np.sqrt(2) / lost
    assert share == pytest.approx(0.58, abs=0.04)  # 0.4, and a third of the 0.6 lost


def test_a_face_cleaner_than_its_paper_stays_so() -> None:
    """A smooth face before a rough wall gets its own noise back, not that of the wall."""
    rng = np.random.default_rng(13)
    mask = disc(192, 60)
    grain = noise(192, rng, sigma=0.03, blur=0.5, grey=True)
    before = shade() + grain * (1 - 0.6 * mask[..., None])
    added, found = missing(before, cleaned(before, mask), mask), paper(before, mask)
    assert added is not None
    assert found is not None
    done = cleaned(before, mask) + mask[..., None] * added
    assert np.sqrt(found.powers(done))[0] == pytest.approx(0.4, abs=0.08)


def cleaned(before: Floats, mask: Floats, tone: NDArray[np.float64] | float = 1.0) -> Floats:
    """The picture with a face that lost its grain."""
    clean = shade(channels=before.shape[2]) * np.asarray(tone, np.float32)
    mixed: Floats = before * (1 - mask[..., None]) + clean * mask[..., None]
    return mixed


def test_a_clean_face_gets_the_grain_of_its_print() -> None:
    rng = np.random.default_rng(5)
    before = shade() + noise(192, rng, sigma=0.03, blur=0.7, grey=True)
    mask = disc(192, 60)
    after = cleaned(before, mask)
    grain = missing(before, after, mask)
    assert grain is not None
    done = after + mask[..., None] * grain
    found = paper(before, mask)
    assert found is not None
    assert np.sqrt(found.powers(done))[0] == pytest.approx(1.0, abs=0.15)
    assert (grain == grain[..., :1]).all()  # grey noise leaves grey


def test_what_comes_back_is_the_face_s_own_grain_where_it_was() -> None:
    rng, mask = np.random.default_rng(6), disc(192, 60)
    grain = noise(192, rng, sigma=0.03, blur=0.5, grey=True)
    grain[:, 96:] *= 0.2  # a cheek that was smooth, of the shade of the other
    before = (shade() + grain)[..., :1]
    added = missing(before, cleaned(before, mask), mask)
    assert added is not None
    assert added.shape == before.shape
    inside = mask >= 0.9
    inside[:, 92:100] = False
    rough, smooth = (inside & half for half in (np.arange(192) < 96, np.arange(192) >= 96))
    assert added[smooth].std() < 0.3 * added[rough].std()
    assert np.corrcoef(added[inside].ravel(), grain[..., :1][inside].ravel())[0, 1] > 0.9


def test_an_edge_that_was_drawn_again_is_no_grain() -> None:
    rng, mask = np.random.default_rng(23), disc(192, 60)
    before = shade() + noise(192, rng, sigma=0.03, blur=0.5, grey=True)
    after = cleaned(before, mask)
    after[90:94, 60:130] -= 0.4
    added = missing(before, after, mask)
    assert added is not None
    assert np.abs(added[90:94, 70:120]).mean() < 0.1


def test_where_nothing_is_flat_or_too_little_is_seen_there_is_no_paper() -> None:
    picture, few = shade(), np.zeros((192, 192), dtype=bool)
    few[:12, :12] = True
    assert flat_corners(picture[..., 0], few, 8) is None
    assert paper(np.ones_like(picture), disc(192, 60)) is None  # burnt out
    assert paper(picture[:10, :10], disc(192, 60)[:10, :10]) is None


def test_without_grain_around_there_is_none_to_add() -> None:
    mask = disc(192, 60)
    before = shade()
    before[mask > 0] = features()[mask > 0]
    found = missing(before, cleaned(before, mask), mask)
    assert found is None or np.abs(found[mask >= 0.9]).mean() < 0.004


def dyes(strength: float, rng: np.random.Generator) -> Floats:
    """Noise of blue against yellow, of hardly any luminance."""
    blue = noise(192, rng, sigma=strength, blur=0.7, grey=True)[..., :1]
    return np.asarray(blue * np.array([0.1, -0.25, 0.97]), np.float32)


def test_noise_of_colour_comes_back_as_colour() -> None:
    """An autochrome's grain is of its dyes: given back as luminance it would be relief."""
    rng, mask = np.random.default_rng(14), disc(192, 60)
    before = shade() + dyes(0.06, rng) + noise(192, rng, sigma=0.005, blur=0.7, grey=True)
    after = cleaned(before, mask)
    added, found = missing(before, after, mask), paper(before, mask)
    assert added is not None
    assert found is not None
    done = after + mask[..., None] * added
    assert np.sqrt(found.powers(done)) == pytest.approx(1.0, abs=0.15)
    inside = mask >= 0.9
    light, blue = light_of_pixels(added)[inside].std(), added[..., 2][inside].std()
    assert light < 0.2 * blue


def test_a_face_with_more_colour_noise_than_its_surroundings_keeps_it() -> None:
    rng, mask = np.random.default_rng(15), disc(192, 60)
    before = shade() + dyes(0.06, rng) * (0.4 + 0.6 * (mask[..., None] > 0))
    before += noise(192, rng, sigma=0.01, blur=0.7, grey=True)
    after = cleaned(before, mask)
    added, found = missing(before, after, mask), paper(before, mask)
    assert added is not None
    assert found is not None
    own, done = (np.sqrt(found.powers(p)) for p in (before, after + mask[..., None] * added))
    assert own[1, :, 0].min() > 1.8
    assert done[1] == pytest.approx(own[1], rel=0.15)


def test_the_noise_of_a_toned_print_keeps_to_its_tone() -> None:
    rng, mask, tone = np.random.default_rng(16), disc(192, 60), np.array([1.0, 0.85, 0.65])
    before = (shade() + noise(192, rng, sigma=0.03, blur=0.7, grey=True)) * tone.astype(np.float32)
    added = missing(before, cleaned(before, mask, tone), mask)
    assert added is not None
    inside = added[mask >= 0.9]
    along = inside @ tone / np.square(tone).sum()
    assert np.abs(inside - along[:, None] * tone).std() < 0.03 * inside.std()


def test_dark_and_light_parts_of_a_face_are_judged_apart() -> None:
    rng = np.random.default_rng(17)
    light = np.full((256, 256, 1), 0.3, np.float32)
    light[:, 128:] = 0.7
    mask = disc(256, 90)
    strength = np.where(light < 0.5, 0.01, 0.04)
    grain = strength * noise(256, rng, sigma=1, blur=0.6, grey=True)[..., :1]
    before = (light + grain).astype(np.float32)
    after = (light + (1 - mask[..., None]) * grain).astype(np.float32)
    added = missing(before, after, mask)
    assert added is not None
    for part in (np.s_[:, :128], np.s_[:, 128:]):
        inside = (mask >= 0.9)[part]
        assert added[part][inside].std() == pytest.approx(grain[part][inside].std(), rel=0.25)


def test_noise_too_weak_to_be_seen_fails_nobody() -> None:
    rng, mask = np.random.default_rng(18), disc(192, 60)
    before = shade() + noise(192, rng, sigma=0.1 / 255, blur=0, grey=True)
    found, after = paper(before, mask), cleaned(before, mask)
    assert found is not None
    assert np.sqrt(found.powers(after)) == pytest.approx(1.0, abs=0.1)
    added = missing(before, after, mask)
    assert added is None or added.std() < 0.15 / 255


@pytest.mark.parametrize(("strength", "least"), [(0.008, 1.5), (0.0028, 1.08)])
def test_fine_colour_that_the_restorer_added_is_taken_away(strength: float, least: float) -> None:
    """A photograph whose JPEG left no fine colour gets none from the restorer either."""
    rng, mask = np.random.default_rng(19), disc(192, 60)
    before = shade() + noise(192, rng, sigma=0.01, blur=0.7, grey=True)
    after = before + mask[..., None] * dyes(strength, rng)
    added, found = missing(before, after, mask), paper(before, mask)
    assert added is not None
    assert found is not None
    done = after + mask[..., None] * added
    assert np.sqrt(found.powers(after))[1].max() > least
    assert np.sqrt(found.powers(done))[1:] == pytest.approx(1.0, abs=0.05)
    assert np.sqrt(found.powers(done))[0] == pytest.approx(
        np.sqrt(found.powers(after))[0], abs=0.05
    )


def eight_bits(pixels: Floats) -> Floats:
    return np.asarray(np.rint(pixels * 255) / 255, np.float32)


@pytest.mark.parametrize("seed", [20, 21, 22])
def test_paper_without_colour_noise_makes_none_in_the_face(seed: int) -> None:
    """What is next to nothing may not shoot over in any band."""
    rng, mask = np.random.default_rng(seed), disc(192, 60)
    blue = noise(192, rng, sigma=1.2 / 255, blur=1.2, grey=True) * mask[..., None]
    blue *= np.array([0.1, -0.25, 0.97], np.float32)
    scene = shade() + noise(192, rng, sigma=0.005, blur=0.7, grey=True)
    before, after = eight_bits(scene + blue), eight_bits(cleaned(scene, mask) + 0.5 * blue)
    added, found = missing(before, after, mask), paper(before, mask)
    assert added is not None
    assert found is not None
    done = np.sqrt(found.powers(after + mask[..., None] * added))[1:]
    own = np.sqrt(found.powers(before))[1:]
    assert (done < 1.1 * np.maximum(own, 1.0)).all()


def test_fine_colour_is_smoothed_by_degrees() -> None:
    """A little more of it in one scan of a print than in another changes little."""
    mask, shares = disc(192, 60), []
    for strength in (0.0015, 0.0018, 0.0021, 0.003):
        rng = np.random.default_rng(19)
        before = shade() + noise(192, rng, sigma=0.01, blur=0.7, grey=True)
        fine = mask[..., None] * dyes(strength, rng)
        taken = missing(before, before + fine, mask)
        assert taken is not None
        shares.append(np.abs(taken).mean() / np.abs(fine).mean())
    assert shares == pytest.approx([0.04, 0.15, 0.29, 0.64], abs=0.05)
