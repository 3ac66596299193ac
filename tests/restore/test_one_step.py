from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.base import Crops, FaceRestorer
from lafr_engine.restore.chain import Chain, build_chain, with_decoder
from lafr_engine.restore.one_step import OneStepRestorer, RestorerOptions
from tests.training.small import CHAIN


@pytest.fixture(scope="module")
def restorer() -> OneStepRestorer:
    torch.manual_seed(0)
    return OneStepRestorer(build_chain(CHAIN).eval())


@pytest.fixture
def crops() -> Crops:
    return np.random.default_rng(0).random((2, 3, 512, 512), dtype=np.float32)


def test_the_result_is_a_new_array_in_range_and_the_input_is_left_alone(
    restorer: FaceRestorer, crops: Crops
) -> None:
    before = crops.copy()
    out = restorer(crops)
    assert out.shape == crops.shape
    assert out.dtype == np.float32
    assert out.min() >= 0.0
    assert out.max() <= 1.0
    assert not np.shares_memory(out, crops)
    assert np.array_equal(crops, before)
    out[:] = 0.0  # it belongs to the caller


def test_it_is_the_chain_s_image(restorer: OneStepRestorer, crops: Crops) -> None:
    with torch.no_grad():
        image = restorer.chain(torch.from_numpy(crops) * 2 - 1).image
    expected = ((image + 1) / 2).clamp(0, 1).numpy()
    assert np.allclose(restorer(crops), expected, atol=1e-5)


def test_the_same_crops_give_the_same_faces_alone_or_in_a_batch(
    restorer: FaceRestorer, crops: Crops
) -> None:
    together = restorer(crops)
    assert np.array_equal(together, restorer(crops))
    assert np.allclose(together[1:], restorer(crops[1:]), atol=1e-5)


def test_crops_that_are_views_are_taken(restorer: FaceRestorer, crops: Crops) -> None:
    view = np.ascontiguousarray(crops[:1].transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    assert np.allclose(restorer(view), restorer(crops[:1]), atol=1e-6)


def kl_chain() -> Chain:
    torch.manual_seed(0)
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
    )
    kl = {name: value for name, value in dict(vae.config).items() if name[0] != "_"}
    return build_chain(replace(CHAIN, codec="kl", kl=kl)).eval()


def vae_of(chain: Chain) -> Any:
    assert isinstance(chain.codec, KLCodec)
    return chain.codec.vae


class Small(nn.Module):
    """Lets a module through until it is asked for more than fits, as a full card does."""

    def __init__(self, inner: nn.Module, largest: int) -> None:
        super().__init__()
        self.inner, self.largest = inner, largest
        self.calls: list[tuple[int, ...]] = []

    def forward(self, *args: Tensor) -> Tensor:
        self.calls.append(tuple(args[0].shape))
        if args[0].numel() > self.largest:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        out: Tensor = self.inner(*args)
        return out


def many(crops: Crops, count: int) -> Crops:
    return np.concatenate([crops] * count)[:count]


def test_more_faces_than_fit_are_halved_and_what_fits_is_remembered(crops: Crops) -> None:
    five = many(crops, 5)
    expected = OneStepRestorer(kl_chain())(five)
    chain = kl_chain()
    told: list[str] = []
    latent = 4 * 64 * 64
    vae_of(chain).decoder = Small(vae_of(chain).decoder, largest=2 * latent)
    restorer = OneStepRestorer(chain, RestorerOptions(batch=4), told.append)
    # Torch rounds by the number of faces, and random networks blow that up in places.
    assert np.abs(restorer(five) - expected).mean() < 1e-4
    assert restorer.batch == 2
    sizes = [shape[0] for shape in vae_of(chain).decoder.calls]
    assert sizes == [4, 2, 2, 1]
    assert told == []  # nothing that a person would notice


def test_one_face_that_does_not_fit_is_decoded_in_tiles(crops: Crops) -> None:
    chain = kl_chain()
    encoder = Small(vae_of(chain).encoder, largest=10**9)
    decoder = Small(vae_of(chain).decoder, largest=4 * 48 * 48)
    vae_of(chain).encoder, vae_of(chain).decoder = encoder, decoder
    told: list[str] = []
    restorer = OneStepRestorer(chain, notify=told.append)
    whole = OneStepRestorer(kl_chain())(crops[:1])
    out = restorer(crops)
    assert told == ["Memory is short; faces are now decoded in tiles."]
    assert restorer.tiled
    assert out.shape == crops.shape
    assert {shape[2:] for shape in encoder.calls} == {(512, 512)}  # the latent is that of training
    assert {max(shape[2:]) for shape in decoder.calls[2:]} == {48, 28}
    # Tiles are normalised one by one, so this is close and not the same.
    assert 0 < np.abs(out[:1] - whole).mean() < 0.05


SMALL = DecoderConfig((8, 8, 8), (2, 2, 1))


@pytest.mark.parametrize("make", [kl_chain, lambda: build_chain(CHAIN).eval()])
@pytest.mark.parametrize("decoder", [None, SMALL])
def test_faces_in_tiles_are_the_same_faces(
    make: Callable[[], Chain], decoder: DecoderConfig | None, crops: Crops
) -> None:
    torch.manual_seed(0)
    chain = with_decoder(make(), decoder)
    expected = OneStepRestorer(copy.deepcopy(chain))(crops)
    restorer = OneStepRestorer(chain, RestorerOptions(tiled=True))
    apart = np.abs(restorer(crops) - expected)
    assert restorer.tiled
    if decoder is None and isinstance(chain.codec, KLCodec):
        # Each tile has norms and attention of its own, so this is close and not the same.
        assert 0 < apart.mean() < 0.05
    else:
        assert apart.max() < 1e-5


def test_a_small_decoder_saves_memory_by_tiles_where_it_is_short(crops: Crops) -> None:
    chain = with_decoder(kl_chain(), SMALL)
    assert chain.decoder is not None
    small = Small(chain.decoder.net, largest=4 * 48 * 48)
    chain.decoder.net = small  # type: ignore[assignment]  # stands in for the layers
    told: list[str] = []
    OneStepRestorer(chain, notify=told.append)(crops)
    assert told == ["Memory is short; faces are now decoded in tiles."]
    assert {shape[0] for shape in small.calls} == {2, 1}
    assert len(small.calls) == 2 + 2 * 4


def test_the_cpu_is_the_last_resort_and_has_none_after_it(crops: Crops) -> None:
    chain = build_chain(CHAIN).eval()
    chain.unet = Small(chain.unet, largest=0)  # type: ignore[assignment]  # stands in for a U-Net
    told: list[str] = []
    restorer = OneStepRestorer(chain, notify=told.append)
    with pytest.raises(torch.OutOfMemoryError):
        restorer(crops)
    assert told == []


def test_a_card_that_is_too_small_hands_over_to_the_cpu(
    crops: Crops, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = build_chain(CHAIN).eval()
    expected = OneStepRestorer(chain)(crops)
    small = Small(chain.unet, largest=0)
    chain.unet = small  # type: ignore[assignment]  # stands in for a U-Net
    told: list[str] = []
    restorer = OneStepRestorer(chain, RestorerOptions(precision="bf16"), told.append)
    move = restorer._move_to_cpu

    def moved() -> None:  # what the machine without a card cannot show: that the CPU has room
        small.largest = 10**9
        move()

    monkeypatch.setattr(restorer, "_move_to_cpu", moved)
    monkeypatch.setattr(restorer, "_less_is_possible", lambda count: True)
    np.testing.assert_allclose(restorer(crops), expected, atol=1e-2)
    assert told == ["The GPU has too little memory; faces are now restored on the CPU."]
    assert {p.dtype for p in chain.parameters()} == {torch.float32}


def test_other_errors_are_not_taken_for_a_lack_of_memory(crops: Crops) -> None:
    class Broken(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            raise RuntimeError("shapes do not fit")

    chain = build_chain(CHAIN).eval()
    chain.unet.conv_in = Broken()
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        OneStepRestorer(chain)(crops)


@pytest.mark.parametrize(
    "make",
    [
        kl_chain,
        lambda: build_chain(CHAIN).eval(),
        lambda: with_decoder(build_chain(CHAIN).eval(), SMALL),
    ],
)
def test_half_precision_is_that_of_vae_unet_and_small_decoder_alone(
    make: Callable[[], Chain], crops: Crops
) -> None:
    torch.manual_seed(0)
    chain = make()
    expected = OneStepRestorer(copy.deepcopy(chain))(crops)
    found = OneStepRestorer(chain, RestorerOptions(precision="bf16"))(crops)
    assert found.dtype == np.float32
    assert next(chain.unet.parameters()).dtype == next(chain.codec.parameters()).dtype
    assert next(chain.unet.parameters()).dtype == torch.bfloat16
    assert next(chain.adapter.parameters()).dtype == torch.float32
    if chain.decoder is not None:
        assert {p.dtype for p in chain.decoder.parameters()} == {torch.bfloat16}
    assert 0 < np.abs(found - expected).mean() < 0.02


def test_the_cpu_does_not_compile(crops: Crops) -> None:
    chain = build_chain(CHAIN).eval()
    compiled = OneStepRestorer(chain, RestorerOptions(compiled=True))
    assert chain.unet._compiled_call_impl is None
    assert compiled(crops).shape == crops.shape


@pytest.mark.parametrize("values", [{"batch": 0}, {"precision": "int4"}])
def test_options_without_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        RestorerOptions(**values)
