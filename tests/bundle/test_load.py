from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from lafr_engine.bundle.describe import describe
from lafr_engine.bundle.load import WEIGHTS, load_chain, load_restorer, merge_lora
from lafr_engine.bundle.manifest import MANIFEST, entry_of
from lafr_engine.errors import BundleDamaged, BundleMissing, DeviceError
from lafr_engine.nets.small_decoder import DecoderConfig
from lafr_engine.restore.chain import Chain, build_chain, with_decoder
from lafr_engine.restore.one_step import OneStepRestorer, RestorerOptions
from lafr_engine.training.export import write_bundle
from tests.training.small import CHAIN


@pytest.fixture
def chain() -> Chain:
    return build_chain(CHAIN).eval()


@pytest.fixture
def bundle(chain: Chain, tmp_path: Path) -> Path:
    return write_bundle(chain, tmp_path / "lafr-small", {}, "Apache-2.0")


def rewrite(folder: Path, **changes: Any) -> None:
    """Change the manifest, with the hashes of the files as they are now."""
    path = folder / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    values["files"] = {name: entry_of(folder / name).__dict__ for name in values["files"]}
    path.write_text(json.dumps(values | changes), encoding="utf-8")


def test_a_loaded_chain_is_frozen_fp32_and_does_what_the_saved_one_did(
    chain: Chain, bundle: Path
) -> None:
    loaded = load_chain(bundle, "cpu")
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    x = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(loaded(x).image, chain(x).image, atol=5e-3, rtol=0)


def test_a_restorer_comes_out_of_a_bundle(bundle: Path) -> None:
    crops = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    assert load_restorer(bundle, "cpu")(crops).shape == crops.shape


def test_a_restorer_runs_as_it_is_told_to(bundle: Path) -> None:
    restorer = load_restorer(bundle, "cpu", options=RestorerOptions(precision="bf16", tiled=True))
    assert isinstance(restorer, OneStepRestorer)
    assert restorer.tiled
    assert next(restorer.chain.codec.parameters()).dtype == torch.bfloat16


def test_a_bundle_keeps_its_small_decoder_and_names_it(chain: Chain, tmp_path: Path) -> None:
    with_decoder(chain, DecoderConfig((8, 4), (1, 0)))
    folder = write_bundle(chain, tmp_path / "lafr-quick", {}, "Apache-2.0")
    loaded = load_chain(folder, "cpu")
    assert loaded.config == chain.config
    z = torch.randn(1, 4, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(loaded.decode(z), chain.decode(z), atol=5e-3, rtol=0)
        # The VAE's own is still there for whoever trains on from this bundle.
        own = loaded.codec.decode(z)
        torch.testing.assert_close(own, chain.codec.decode(z), atol=5e-3, rtol=0)
    assert describe(folder).architecture == "LAFR, decoder 8-4"


def test_a_bundle_of_before_there_were_small_decoders_loads(bundle: Path) -> None:
    old = CHAIN.to_json()
    del old["decoder"]
    rewrite(bundle, chain=old)
    assert load_chain(bundle, "cpu").decoder is None
    assert describe(bundle).architecture == "LAFR"


def test_a_damaged_byte_is_found_before_anything_is_built(bundle: Path) -> None:
    data = bytearray((bundle / WEIGHTS).read_bytes())
    data[-3] ^= 0x10
    (bundle / WEIGHTS).write_bytes(data)
    with pytest.raises(BundleDamaged, match=WEIGHTS):
        load_chain(bundle, "cpu")


def test_weights_that_the_manifest_does_not_vouch_for_are_not_loaded(bundle: Path) -> None:
    rewrite(bundle, files={})
    with pytest.raises(BundleDamaged, match=WEIGHTS):
        load_chain(bundle, "cpu")


def test_a_file_that_is_no_safetensors_is_damage(bundle: Path) -> None:
    (bundle / WEIGHTS).write_bytes(b"junk")
    rewrite(bundle)
    with pytest.raises(BundleDamaged):
        load_chain(bundle, "cpu")


@pytest.mark.parametrize("change", ["missing", "surplus", "shape"])
def test_weights_of_another_network_are_damage(bundle: Path, change: str) -> None:
    state = load_file(bundle / WEIGHTS)
    first = next(iter(state))
    if change == "missing":
        del state[first]
    elif change == "surplus":
        state["stranger"] = torch.zeros(1)
    else:
        state[first] = torch.zeros(1, 2, 3)
    save_file(state, bundle / WEIGHTS)
    rewrite(bundle)
    with pytest.raises(BundleDamaged, match="do not fit"):
        load_chain(bundle, "cpu")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"step": {"timestep": -5, "prediction": "epsilon"}},
        {"unet": CHAIN.unet | {"norm_num_groups": 0}},
        {"unet": CHAIN.unet | {"block_out_channels": "wide"}},
        {"unet": None},
    ],
)
def test_a_chain_that_cannot_be_built_is_damage(bundle: Path, change: dict[str, Any]) -> None:
    rewrite(bundle, chain=CHAIN.to_json() | change if change else {})
    with pytest.raises(BundleDamaged, match="configuration"):
        load_chain(bundle, "cpu")


def test_missing_bundles_and_devices_are_named(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="nowhere"):
        load_chain(tmp_path / "nowhere", "cpu")
    with pytest.raises(DeviceError, match="abacus"):
        load_chain(bundle, "abacus")


def test_lora_is_added_to_the_weights() -> None:
    state = {"conv.weight": torch.randn(5, 3, 3, 3), "other": torch.ones(1)}
    lora = {"conv.weight.A": torch.randn(2, 3, 3, 3), "conv.weight.B": torch.randn(5, 2, 1, 1)}
    before = state["conv.weight"].clone()
    merge_lora(state, lora, 0.5)
    product = torch.einsum("or,rikl->oikl", lora["conv.weight.B"][..., 0, 0], lora["conv.weight.A"])
    torch.testing.assert_close(state["conv.weight"], before + 0.5 * product)
    assert set(state) == {"conv.weight", "other"}


def test_lora_of_an_unknown_weight_is_refused() -> None:
    with pytest.raises(KeyError):
        merge_lora({}, {"a.A": torch.zeros(1, 1, 1, 1), "a.B": torch.zeros(1, 1, 1, 1)}, 1.0)
