from __future__ import annotations

import torch
from diffusers import AutoencoderKL

from lafr_engine.nets.vae import LOGVAR_MAX, LOGVAR_MIN, CompactVAE, CompactVAEConfig, KLCodec

SMALL = CompactVAEConfig((8, 12), (1, 1), (8, 12), (1, 1), latent_channels=5)


def test_the_compact_vae_makes_latents_of_an_eighth_and_images_of_them() -> None:
    vae = CompactVAE(SMALL)
    z = vae.encode(torch.rand(2, 3, 64, 96) * 2 - 1)
    assert z.shape == (2, 5, 8, 12)
    assert vae.decode(z).shape == (2, 3, 64, 96)


def test_normalised_latents_have_unit_variance_and_decode_as_raw_ones() -> None:
    vae = CompactVAE(SMALL)
    x = torch.rand(4, 3, 64, 64) * 2 - 1
    raw = vae.posterior(x)[0].detach()
    channels = raw.transpose(0, 1).flatten(1)
    vae.set_statistics(channels.mean(1), channels.std(1))
    z = vae.encode(x)
    spread = z.transpose(0, 1).flatten(1)
    torch.testing.assert_close(spread.mean(1), torch.zeros(5), atol=1e-4, rtol=0)
    torch.testing.assert_close(spread.std(1), torch.ones(5), atol=1e-4, rtol=0)
    torch.testing.assert_close(vae.decode(z), vae.decode_raw(raw), atol=1e-5, rtol=1e-4)


def test_a_channel_that_never_moves_is_not_divided_by_zero() -> None:
    vae = CompactVAE(SMALL)
    vae.set_statistics(torch.zeros(5), torch.zeros(5))
    assert vae.encode(torch.rand(1, 3, 32, 32)).isfinite().all()


def test_the_log_variance_is_kept_in_bounds() -> None:
    vae = CompactVAE(SMALL)
    last = vae.encoder[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    last.bias.data[5:8] = 1e6
    last.bias.data[8:] = -1e6
    _, logvar = vae.posterior(torch.rand(1, 3, 32, 32))
    assert logvar.min() == LOGVAR_MIN
    assert logvar.max() == LOGVAR_MAX


def test_the_statistics_are_part_of_the_state() -> None:
    vae, other = CompactVAE(SMALL), CompactVAE(SMALL)
    vae.set_statistics(torch.arange(5.0), torch.arange(1.0, 6.0))
    other.load_state_dict(vae.state_dict())
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(vae.encode(x), other.encode(x))


def test_the_kl_codec_gives_the_scaled_mean_and_decodes_it() -> None:
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(8, 8),
        norm_num_groups=4,
        latent_channels=4,
        scaling_factor=0.5,
    )
    codec = KLCodec(vae.eval())
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    z = codec.encode(x)
    assert codec.latent_channels == 4
    torch.testing.assert_close(z, vae.encode(x).latent_dist.mean * 0.5)
    torch.testing.assert_close(codec.decode(z), vae.decode(z / 0.5).sample)
