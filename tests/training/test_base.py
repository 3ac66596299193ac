from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from lafr_engine.bundle.load import LORA, load_chain
from lafr_engine.bundle.manifest import read_manifest
from lafr_engine.errors import ConfigError
from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.nets.pruning import TextPruning
from lafr_engine.restore.chain import ChainConfig
from lafr_engine.training.base import load_base, null_prompt
from lafr_engine.training.config import StagePlan
from lafr_engine.training.losses import LossWeights
from lafr_engine.training.presets import Preset, find_preset
from lafr_engine.training.run import RunOptions, train
from tests.training.small import write_faces

WIDTH, TOKENS = 16, 9
ADAPTER = AdapterConfig(4, (8, 8), (1, 1), codes=16, code_channels=8, gate=False)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base in the layout of Stable Diffusion 2.1-base, with few channels and random weights."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("base")
    AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
    ).save_pretrained(folder / "vae")
    UNet2DConditionModel(
        sample_size=64,
        block_out_channels=(8, 8, 16, 16),
        layers_per_block=1,
        cross_attention_dim=WIDTH,
        attention_head_dim=(1, 1, 2, 2),
        norm_num_groups=4,
        use_linear_projection=True,
    ).save_pretrained(folder / "unet")
    config = CLIPTextConfig(
        vocab_size=8,
        hidden_size=WIDTH,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=TOKENS,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    CLIPTextModel(config).save_pretrained(folder / "text_encoder")
    write_tokenizer(folder / "tokenizer")
    return folder


def write_tokenizer(folder: Path) -> None:
    folder.mkdir()
    words = ["<|startoftext|>", "<|endoftext|>", "a", "b", "c", "a</w>", "b</w>", "c</w>"]
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps({word: index for index, word in enumerate(words)}))
    merges.write_text("#version: 0.2\n")
    CLIPTokenizer(str(vocabulary), str(merges)).save_pretrained(folder)


def tiny(each: StagePlan) -> StagePlan:
    """One step, without the networks of the loss that are too large for 64 pixels."""
    weights = LossWeights(latent=each.weights.latent, pixel=each.weights.pixel)
    rank = 2 if each.lora_rank else 0
    return replace(each, steps=1, batch=2, size=64, weights=weights, lora_rank=rank)


@pytest.mark.parametrize("name", ["sd21", "paper"])
def test_every_stage_of_a_preset_with_a_base_trains_to_a_bundle(
    base: Path, tmp_path: Path, name: str
) -> None:
    preset = find_preset(name)
    chain = replace(preset.chain, adapter=ADAPTER)
    small = Preset(name, chain, tuple(tiny(each) for each in preset.stages), needs_base=True)
    faces = write_faces(tmp_path / "faces")
    options = RunOptions(faces, tmp_path / "run", device="cpu", base=base)
    bundle = train(small, options)
    manifest = read_manifest(bundle)
    assert LORA in manifest.files
    assert str(base) not in (bundle / "bundle.json").read_text()
    chain_again = load_chain(bundle, "cpu")
    assert chain_again.config.prompt_tokens == TOKENS
    with torch.no_grad():
        assert chain_again(torch.zeros(1, 3, 64, 64)).image.isfinite().all()
    # A bundle brings its base along, so training goes on from it without one.
    only = small.stages[-1].label
    again = RunOptions(faces, tmp_path / "again", device="cpu", start=bundle, only=(only,))
    assert LORA in read_manifest(train(small, again)).files


@pytest.mark.parametrize("text", ["exact", "bias", "delete"])
@torch.no_grad()
def test_a_base_gives_the_latents_and_the_prediction_of_its_own_parts(
    base: Path, text: TextPruning
) -> None:
    config = ChainConfig(codec="kl", adapter=ADAPTER, text=text)
    chain = load_base(config, base).eval()
    assert chain.config.kl["latent_channels"] == 4
    assert json.loads(json.dumps(chain.config.to_json()))["unet"]["cross_attention_dim"] == WIDTH
    vae = AutoencoderKL.from_pretrained(base / "vae").eval()
    x, z = torch.rand(1, 3, 64, 64) * 2 - 1, torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(chain.encode(x), vae.encode(x).latent_dist.mean * 0.18215)
    if text == "exact":
        unet = UNet2DConditionModel.from_pretrained(base / "unet").eval()
        whole = unet(z, 399, null_prompt(base)).sample
        torch.testing.assert_close(chain.unet(z), whole, atol=1e-4, rtol=1e-3)


def test_the_null_prompt_fills_the_window_of_the_encoder(base: Path) -> None:
    prompt = null_prompt(base)
    assert prompt.shape == (1, TOKENS, WIDTH)
    assert not prompt.requires_grad
    assert torch.equal(prompt, null_prompt(base))


@pytest.mark.parametrize("part", ["vae", "unet"])
def test_a_folder_that_lacks_a_part_is_named(base: Path, tmp_path: Path, part: str) -> None:
    other = {"vae": "unet", "unet": "vae"}[part]
    (tmp_path / other).symlink_to(base / other)
    with pytest.raises(ConfigError, match=f"{part}/config.json"):
        load_base(ChainConfig(codec="kl", text="delete"), tmp_path)


def test_a_base_without_text_encoder_can_be_pruned_by_delete_only(
    base: Path, tmp_path: Path
) -> None:
    for part in ("vae", "unet"):
        (tmp_path / part).symlink_to(base / part)
    load_base(ChainConfig(codec="kl", adapter=ADAPTER, text="delete"), tmp_path)
    with pytest.raises(ConfigError, match="text encoder"):
        load_base(ChainConfig(codec="kl", adapter=ADAPTER, text="exact"), tmp_path)


def test_weights_that_are_none_are_named(base: Path, tmp_path: Path) -> None:
    (tmp_path / "unet").symlink_to(base / "unet")
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "config.json").write_bytes((base / "vae" / "config.json").read_bytes())
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_base(ChainConfig(codec="kl", text="delete"), tmp_path)
    (tmp_path / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"junk")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_base(ChainConfig(codec="kl", text="delete"), tmp_path)
