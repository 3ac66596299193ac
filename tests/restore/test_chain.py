from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL

from lafr_engine.errors import ConfigError
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.chain import ChainConfig, build_chain, with_decoder
from tests.training.small import CHAIN, without_gate


@torch.no_grad()
def test_the_steps_of_a_pass_follow_from_each_other() -> None:
    chain = build_chain(CHAIN).eval()
    lq = torch.rand(2, 3, 64, 128) * 2 - 1
    out = chain(lq)
    torch.testing.assert_close(out.z_lq, chain.encode(lq))
    torch.testing.assert_close(out.z_aligned, chain.adapter(out.z_lq).aligned)
    torch.testing.assert_close(out.z_restored, chain.denoise(out.z_aligned, out.z_lq))
    torch.testing.assert_close(out.decoded, chain.decode(out.z_restored))
    torch.testing.assert_close(out.image, chain.blend(lq, out.decoded))
    assert out.image.shape == lq.shape
    low, high = torch.minimum(lq, out.decoded), torch.maximum(lq, out.decoded)
    assert ((out.image >= low - 1e-6) & (out.image <= high + 1e-6)).all()


@torch.no_grad()
def test_without_gates_the_decoded_face_is_the_result() -> None:
    config = without_gate(replace(CHAIN, see_lq=False, unet=CHAIN.unet | {"in_channels": 4}))
    out = build_chain(config).eval()(torch.rand(1, 3, 64, 64))
    assert out.image is out.decoded


def test_a_configuration_goes_through_json() -> None:
    config = replace(CHAIN, text="exact", prompt_tokens=9)
    plain = json.loads(json.dumps(config.to_json()))
    assert ChainConfig.from_json(plain) == config


SMALL = DecoderConfig((8, 4), (1, 0))


def test_a_configuration_of_before_there_were_small_decoders_is_read() -> None:
    values = CHAIN.to_json()
    assert values.pop("decoder") is None
    assert ChainConfig.from_json(values) == CHAIN


def test_a_small_decoder_goes_through_json() -> None:
    config = replace(CHAIN, decoder=SMALL)
    plain = json.loads(json.dumps(config.to_json()))
    assert plain["decoder"] == {"widths": [8, 4], "blocks": [1, 0]}
    assert ChainConfig.from_json(plain) == config


@torch.no_grad()
def test_a_small_decoder_decodes_in_the_place_of_the_vae_s_own() -> None:
    chain = build_chain(replace(CHAIN, decoder=SMALL)).eval()
    assert chain.decoder is not None
    lq = torch.rand(1, 3, 64, 128) * 2 - 1
    out = chain(lq)
    assert torch.equal(out.decoded, chain.decoder.decode(out.z_restored))
    assert not torch.equal(out.decoded, chain.codec.decode(out.z_restored))
    with_decoder(chain, None)
    assert chain.config == CHAIN
    assert torch.equal(chain(lq).decoded, chain.codec.decode(out.z_restored))


def test_a_decoder_of_the_same_shape_stays_and_another_starts_anew() -> None:
    chain = with_decoder(build_chain(CHAIN), SMALL)
    first = chain.decoder
    assert with_decoder(chain, DecoderConfig((8, 4), (1, 0))).decoder is first
    other = DecoderConfig((4,), (1,))
    assert with_decoder(chain, other).decoder is not first
    assert chain.config == replace(CHAIN, decoder=other)


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
@torch.no_grad()
def test_a_small_decoder_takes_the_latents_of_any_codec(levels: int) -> None:
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
    )
    kl = {name: value for name, value in dict(vae.config).items() if name[0] != "_"}
    decoder = DecoderConfig((8,) * levels, (1,) * levels)
    chain = build_chain(replace(CHAIN, codec="kl", kl=kl, decoder=decoder)).eval()
    assert chain.codec.factor == 8
    lq = torch.rand(1, 3, 64, 128)
    assert chain(lq).decoded.shape == lq.shape


@pytest.mark.parametrize("text", ["exact", "bias", "delete"])
def test_a_state_fits_a_chain_built_from_its_configuration(text: Any) -> None:
    config = replace(CHAIN, text=text, prompt_tokens=5)
    chain = build_chain(config).eval()
    with torch.no_grad():
        for tensor in chain.state_dict().values():  # buffers such as the folded prompt, too
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) * 0.1)
    other = build_chain(ChainConfig.from_json(config.to_json())).eval()
    other.load_state_dict(chain.state_dict())
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(chain(x).image, other(x).image)


def test_the_kl_codec_is_built_from_what_diffusers_saves() -> None:
    vae = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=4)
    kl = {name: value for name, value in dict(vae.config).items() if name[0] != "_"}
    chain = build_chain(replace(CHAIN, codec="kl", kl=kl))
    assert isinstance(chain.codec, KLCodec)
    assert [p.shape for p in chain.codec.vae.parameters()] == [p.shape for p in vae.parameters()]


@pytest.mark.parametrize(
    "change",
    [
        {"adapter": {"codes": 8, "colour": "red"}},
        {"adapter": None},
        {"step": {"timestep": 2000, "prediction": "epsilon"}},
        {"surprise": 1},
        {"decoder": {"widths": [8], "blocks": [1, 1]}},
        {"decoder": {"widths": [8], "blocks": [1], "norm": True}},
        {"decoder": "small"},
    ],
)
def test_values_that_are_not_understood_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        ChainConfig.from_json(CHAIN.to_json() | change)


def test_a_value_that_is_missing_is_refused() -> None:
    values = CHAIN.to_json()
    del values["adapter"]
    with pytest.raises(ConfigError, match="adapter"):
        ChainConfig.from_json(values)


@pytest.mark.parametrize("change", [{"codec": "jpeg"}, {"text": "forget"}])
def test_parts_that_do_not_exist_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        build_chain(ChainConfig.from_json(CHAIN.to_json() | change))
