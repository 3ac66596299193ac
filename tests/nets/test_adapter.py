from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from lafr_engine.errors import ConfigError
from lafr_engine.nets.adapter import AdapterConfig, CodebookAdapter, code_usage

SMALL = AdapterConfig(4, (8, 12), (1, 1), codes=24, code_channels=6, groups=2)


def adapter(**changes: object) -> CodebookAdapter:
    built = CodebookAdapter(replace(SMALL, **changes))  # type: ignore[arg-type]  # any field
    built.codebook.copy_(torch.randn(24, 6))
    return built


def test_shapes() -> None:
    out = adapter()(torch.randn(2, 4, 16, 8))
    assert out.aligned.shape == out.mapped.shape == (2, 4, 16, 8)
    assert out.features.shape == (4, 6, 8, 4)  # two codes a position
    assert out.indices.shape == (4, 8, 4)
    assert out.indices.dtype == torch.int64


def test_distances_and_the_nearest_code_agree_with_brute_force() -> None:
    net = adapter()
    features = torch.randn(2, 6, 3, 5)
    codes, indices = net.assign(features)
    each = features.permute(0, 2, 3, 1)[..., None, :] - net.codebook
    brute = each.square().sum(-1)
    torch.testing.assert_close(net.distances(features).permute(0, 2, 3, 1), brute)
    assert torch.equal(indices, brute.argmin(-1))
    assert torch.equal(codes[1, :, 2, 4], net.codebook[indices[1, 2, 4]])


def test_the_assignment_is_that_of_the_quantiser_which_trains_the_codebook() -> None:
    net = adapter().eval()
    features = torch.randn(2, 6, 4, 4)
    codes, indices, _ = net.quantiser(features)
    ours, found = net.assign(features)
    assert torch.equal(indices, found)
    torch.testing.assert_close(codes, ours)


def test_soft_assignment_is_a_convex_mix_of_the_nearest_codes() -> None:
    net = adapter(assignment="soft", top_k=3, temperature=0.7)
    features = torch.randn(1, 6, 2, 2)
    codes, indices = net.assign(features)
    distances = net.distances(features)[0, :, 1, 0]
    near = distances.argsort()[:3]
    share = torch.softmax(-distances[near] / 0.7, 0)
    torch.testing.assert_close(codes[0, :, 1, 0], share @ net.codebook[near])
    assert indices[0, 1, 0] == near[0]


def test_soft_assignment_gets_hard_as_the_temperature_falls() -> None:
    hard, cold = adapter(), adapter(assignment="soft", temperature=1e-4)
    cold.load_state_dict(hard.state_dict())
    features = torch.randn(1, 6, 4, 4)
    torch.testing.assert_close(cold.assign(features)[0], hard.assign(features)[0])


def test_gumbel_draws_codes_in_training_and_takes_the_nearest_otherwise() -> None:
    net = adapter(assignment="gumbel", temperature=4.0)
    features = torch.randn(2, 6, 8, 8)
    drawn, nearest = net.assign(features)
    rows = drawn.permute(0, 2, 3, 1).reshape(-1, 6)
    to_codes = (rows[:, None] - net.codebook).abs().amax(2).min(1)
    assert to_codes.values.max() < 1e-6  # each is a code ...
    assert not torch.equal(to_codes.indices, nearest.flatten())  # ... but not each the nearest
    net.eval()
    assert torch.equal(net.assign(features)[0], net.look_up(nearest))


def test_a_fresh_gate_takes_half_of_each_and_corrects_nothing() -> None:
    net, z = adapter(), torch.randn(2, 4, 8, 8)
    out = net(z)
    assert out.gate is not None
    torch.testing.assert_close(out.gate, torch.full_like(z, 0.5))
    torch.testing.assert_close(out.aligned, (z + out.mapped) / 2)


def test_the_gate_mixes_by_its_share_and_adds_its_correction() -> None:
    net, z = adapter(), torch.randn(2, 4, 8, 8)
    assert net.gate is not None
    last = net.gate[-1]
    assert isinstance(last, torch.nn.Conv2d)
    torch.nn.init.normal_(last.weight, std=0.5)
    out = net(z)
    assert out.gate is not None
    assert out.gate.min() >= 0
    assert out.gate.max() <= 1
    correction = net.gate(torch.cat([z, out.mapped], 1))[:, 4:]
    mixed = z + out.gate * (out.mapped - z)
    low, high = torch.minimum(z, out.mapped), torch.maximum(z, out.mapped)
    assert ((mixed >= low - 1e-5) & (mixed <= high + 1e-5)).all()
    torch.testing.assert_close(out.aligned, mixed + correction)


def test_groups_are_codes_of_their_own_put_together_again() -> None:
    net, z = adapter(), torch.randn(3, 4, 8, 8)
    features = net.extractor(z)
    codes = torch.cat([net.assign(features[:, :6])[0], net.assign(features[:, 6:])[0]], 1)
    torch.testing.assert_close(net(z).mapped, net.mapping(codes))


def test_without_a_gate_the_mapped_latent_is_the_aligned_one() -> None:
    out = adapter(gate=False)(torch.randn(1, 4, 8, 8))
    assert out.gate is None
    assert out.aligned is out.mapped


def test_the_gradient_passes_the_lookup() -> None:
    net = adapter()
    net(torch.randn(1, 4, 8, 8)).mapped.square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in net.extractor.parameters())


@pytest.mark.parametrize("mode", ["autocast", "cast"])
def test_half_precision_does_not_change_the_codes_that_are_found(mode: str) -> None:
    net = adapter().eval()
    # Codes that differ by less than half precision can tell apart far from zero.
    net.codebook.copy_(100 + torch.randn(24, 6) * 0.1)
    features = net.codebook[torch.randint(24, (64,))].T.reshape(1, 6, 8, 8)
    indices = net.assign(features)[1]
    if mode == "autocast":
        with torch.autocast("cpu", torch.bfloat16):
            found = net.assign(features)[1]
    else:
        half = features.bfloat16()
        found = net.assign(half)[1]
        indices = net.assign(half.float())[1]
    assert torch.equal(found, indices)


def test_training_moves_the_codebook_toward_the_features_and_revives_dead_codes() -> None:
    net = adapter(dead_below=1.0)
    features = torch.randn(4, 6, 8, 8) + 5.0
    before = net.distances(features).amin(1).mean()
    for _ in range(5):
        net.quantiser(features)
    after = net.distances(features).amin(1).mean()
    assert after < 0.5 * before
    assert code_usage(net.assign(features)[1], 24)[1] < 4


def test_code_usage() -> None:
    perplexity, dead = code_usage(torch.tensor([[0, 1], [2, 3]]), 8)
    assert perplexity == pytest.approx(4.0)
    assert dead == 4
    perplexity, dead = code_usage(torch.zeros(5, dtype=torch.int64), 3)
    assert perplexity == pytest.approx(1.0)
    assert dead == 2
    share = [0.75, 0.25]
    skewed = math.exp(-sum(p * math.log(p) for p in share))
    assert code_usage(torch.tensor([0, 0, 0, 1]), 2)[0] == pytest.approx(skewed)


def test_the_state_goes_there_and_back() -> None:
    net, other = adapter(), adapter()
    other.load_state_dict(net.state_dict())
    z = torch.randn(1, 4, 8, 8)
    assert torch.equal(net(z).aligned, other(z).aligned)


def test_two_adapters_of_one_seed_have_one_state() -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(7)
        torch.rand(1000).mul_(1e30)  # memory that is used again is not empty
        torch.manual_seed(7)
        states.append(CodebookAdapter(SMALL).state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(
    "changes", [{"assignment": "nearest"}, {"top_k": 0}, {"top_k": 25}, {"groups": 0}]
)
def test_configurations_without_sense_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        adapter(**changes)
