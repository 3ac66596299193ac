from __future__ import annotations

import torch
from torch import Tensor

from lafr_engine.nets.blocks import smooth
from lafr_engine.nets.gate import FidelityGate, GateConfig
from lafr_engine.nets.texture import sharpness, with_own_texture

SIDE = 256


def drawing(seed: int, strength: float = 0.25) -> Tensor:
    """A picture whose power falls off as 1/f, as that of sharp photographs does: (1, 3, S, S)."""
    noise = torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
    across, down = torch.meshgrid(torch.fft.fftfreq(SIDE), torch.fft.fftfreq(SIDE), indexing="ij")
    frequency = torch.hypot(across, down)
    falling = torch.where(frequency > 0, 1 / frequency.clamp(min=1e-6), 0.0)
    plane = torch.fft.ifft2(torch.fft.fft2(noise) * falling).real
    # Flat in places, as a face is: there its noise can be seen.
    flat = (torch.sin(torch.arange(SIDE) / 15) > -0.3).float()
    plane = plane * flat[:, None]
    drawn: Tensor = (strength * plane / plane.std()).clamp(-1, 1)
    return drawn.expand(1, 3, SIDE, SIDE).contiguous()


def grain(seed: int, deviation: float) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return deviation * torch.randn(1, 1, SIDE, SIDE, generator=generator).expand(1, 3, -1, -1)


def error(a: Tensor, b: Tensor) -> float:
    return float((a - b).square().mean())


def test_only_a_sharp_face_is_sharp_whatever_its_grain() -> None:
    sharp = torch.cat([drawing(seed) for seed in range(3)])
    assert (sharpness(sharp) > 0.9).all()
    assert (sharpness(sharp + grain(9, 0.04)) > 0.7).all()
    assert (sharpness(smooth(sharp, 6.0)) == 0.0).all()
    assert (sharpness(smooth(sharp, 6.0) + grain(9, 0.04)) < 0.2).all()
    assert (sharpness(torch.zeros(1, 3, SIDE, SIDE)) == 0.0).all()


def test_lost_structure_comes_back_and_noise_does_not() -> None:
    clean = drawing(1)
    photo, waxed = clean + grain(2, 0.03), smooth(clean, 2.0)
    found = with_own_texture(photo, waxed, 0.0)
    assert error(found, clean) < 0.5 * error(waxed, clean)
    assert error(found, clean) < error(photo, clean)


def test_a_share_of_a_sharp_faces_texture_stays_where_it_is_like_noise() -> None:
    photo = drawing(1) + grain(2, 0.03)
    waxed = smooth(photo, 3.0)
    left = [error(with_own_texture(photo, waxed, share), photo) for share in (0.0, 0.5, 1.0)]
    assert left[0] > 1.2 * left[1] > left[2]
    assert left[2] < 1e-3 * error(waxed, photo)


def test_shades_that_were_drawn_on_a_sharp_face_go() -> None:
    photo = drawing(3)
    patches = 0.1 * torch.sin(torch.arange(SIDE) / 12)[None, None, :, None]
    found = with_own_texture(photo, photo + patches, 0.5)
    assert error(found, photo) < 0.02 * error(photo + patches, photo)


def test_a_blurred_face_keeps_all_that_was_restored() -> None:
    clean = drawing(4)
    blurred = smooth(clean, 4.0)
    assert error(with_own_texture(blurred, clean, 0.5), clean) < 1e-6


def test_colour_stays_as_it_was_restored() -> None:
    photo = drawing(5) + grain(2, 0.03)
    tint = torch.tensor([0.1, -0.05, 0.02]).view(1, 3, 1, 1)
    found = with_own_texture(photo, smooth(photo, 2.0) + tint, 0.5)
    difference = found[:, :1] - found[:, 2:]
    assert torch.allclose(difference, (tint[:, :1] - tint[:, 2:]).expand_as(difference), atol=1e-5)


def test_white_around_a_face_is_not_taken_for_its_noise() -> None:
    clean = smooth(drawing(6), 6.0)
    photo = clean + grain(7, 0.04)
    around = torch.ones(1, 1, SIDE, SIDE, dtype=torch.bool)
    around[..., 40:240, 40:216] = False
    framed, restored = (torch.where(around, torch.ones(()), x) for x in (photo, clean))
    middle = (..., slice(90, 190), slice(90, 166))
    found = with_own_texture(framed, restored, 0.5)[middle]
    unframed = with_own_texture(photo, clean, 0.5)[middle]
    assert error(found, clean[middle]) < 1.5 * error(unframed, clean[middle])
    assert error(found, clean[middle]) < 0.5 * error(photo[middle], clean[middle])


def test_a_gate_gives_texture_back_when_it_is_used_but_not_while_it_learns() -> None:
    gate = FidelityGate(GateConfig(8, texture=0.5)).eval()
    plain = FidelityGate(GateConfig(8)).eval()
    plain.load_state_dict(gate.state_dict())
    photo = drawing(8) + grain(2, 0.03)
    waxed = smooth(photo, 2.0)
    with torch.no_grad():
        mixed = plain(photo, waxed)
        assert torch.equal(gate(photo, waxed), with_own_texture(photo, mixed, 0.5))
        assert not torch.equal(gate(photo, waxed), mixed)
        assert torch.equal(gate.train()(photo, waxed), mixed)
