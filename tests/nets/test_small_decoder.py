from __future__ import annotations

import pytest
import torch

from lafr_engine.errors import ConfigError
from lafr_engine.nets.cost import cost_of, parameter_count, without_content
from lafr_engine.nets.small_decoder import DecoderConfig, SmallDecoder
from lafr_engine.nets.tiles import LocalDecoder, decode_in_tiles
from lafr_engine.nets.vae import CompactVAE, CompactVAEConfig
from lafr_engine.training.presets import find_preset

COMPACT = CompactVAEConfig((8, 8), (1, 1), (8, 12), (2, 3), latent_channels=5)


def decoder(name: str) -> LocalDecoder:
    torch.manual_seed(0)
    if name == "compact":
        return CompactVAE(COMPACT).eval()
    widths = tuple(int(width) for width in name.split("-"))
    return SmallDecoder(DecoderConfig(widths, (2,) * len(widths)), 5, 8).eval()


NAMES = ["compact", "8", "8-4", "8-6-4", "8-6-4-4"]


@pytest.mark.parametrize("factor", [4, 8, 16])
def test_an_image_is_as_much_larger_as_the_codec_says(factor: int) -> None:
    small = SmallDecoder(DecoderConfig((8, 4), (1, 0)), 3, factor)
    assert small.decode(torch.randn(2, 3, 4, 6)).shape == (2, 3, 4 * factor, 6 * factor)


def test_the_compact_vae_decodes_by_the_same_layers() -> None:
    vae = CompactVAE(COMPACT)
    small = SmallDecoder(DecoderConfig((12, 8), (3, 2)), 5, 8)
    small.net.load_state_dict(vae.decoder.state_dict())
    z = torch.randn(1, 5, 8, 8)
    assert torch.equal(small.decode(z), vae.decode_raw(z))
    assert small.reach == vae.reach


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_a_latent_is_seen_as_far_as_the_reach_and_no_farther(name: str) -> None:
    made = decoder(name)
    size = 2 * made.reach + 5
    z = torch.zeros(1, 5, size, size, dtype=torch.float64)
    assert isinstance(made, torch.nn.Module)
    made.double()
    plain = made.decode(z)
    z[..., size // 2, size // 2] = 1e3
    changed = (made.decode(z) != plain).any(1)[0]
    columns = changed.any(0).nonzero()[:, 0]
    first, last = int(columns[0]) // made.factor, int(columns[-1]) // made.factor
    assert size // 2 - made.reach <= first <= size // 2 - made.reach + 1
    assert size // 2 + made.reach - 1 <= last <= size // 2 + made.reach


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("height", "width", "side"), [(64, 64, 48), (40, 72, 40), (33, 5, 2)])
@torch.no_grad()
def test_tiles_make_the_picture_that_the_whole_makes(
    name: str, height: int, width: int, side: int
) -> None:
    made = decoder(name)
    z = torch.randn(2, 5, height, width)
    whole = made.decode(z)
    torch.testing.assert_close(decode_in_tiles(made, z, side), whole, atol=1e-5, rtol=0)


class Watched:
    """Counts what it is asked to decode."""

    def __init__(self, inner: LocalDecoder) -> None:
        self.factor, self.reach = inner.factor, inner.reach
        self.inner = inner
        self.sides: list[tuple[int, int]] = []

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        self.sides.append((z.shape[2], z.shape[3]))
        return self.inner.decode(z)


@pytest.mark.parametrize("name", NAMES)
@torch.no_grad()
def test_no_tile_is_larger_than_asked_for(name: str) -> None:
    watched = Watched(decoder(name))
    decode_in_tiles(watched, torch.randn(1, 5, 64, 128), 48)
    assert len(watched.sides) > 4
    assert max(max(sides) for sides in watched.sides) <= 48
    watched.sides.clear()
    decode_in_tiles(watched, torch.randn(1, 5, 32, 48), 48)
    assert watched.sides == [(32, 48)]  # what fits is not divided


@pytest.mark.parametrize(
    ("widths", "blocks"), [((), ()), ((8, 8), (1,)), ((0,), (1,)), ((8,), (-1,))]
)
def test_shapes_that_are_none_are_refused(widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError):
        DecoderConfig(widths, blocks)


@pytest.mark.parametrize(("levels", "factor"), [(5, 8), (2, 3)])
def test_more_levels_than_the_factor_has_are_refused(levels: int, factor: int) -> None:
    with pytest.raises(ConfigError, match=f"does not enlarge {factor} times"):
        SmallDecoder(DecoderConfig((4,) * levels, (1,) * levels), 4, factor)


@pytest.mark.parametrize(("preset", "times"), [("sd21", 20), ("compact", 2.5)])
def test_the_presets_small_decoders_are_small(preset: str, times: float) -> None:
    from lafr_engine.restore.chain import build_chain
    from lafr_engine.restore.full_size import sd21_chain

    chosen = find_preset(preset)
    config = sd21_chain() if chosen.needs_base else chosen.chain
    with torch.device("meta"):
        codec = build_chain(config).codec
        small = SmallDecoder(chosen.decoder, codec.latent_channels, codec.factor)
    with torch.no_grad(), without_content(codec, small):
        z = torch.empty(1, codec.latent_channels, 64, 64)
        own, found = (cost_of(lambda each=each: each.decode(z)) for each in (codec, small))  # type: ignore[misc]  # a lambda with a default
    assert own.multiply_adds > times * found.multiply_adds
    assert own.peak_bytes > 2 * found.peak_bytes or preset == "compact"
    assert parameter_count(small) < 9e6
