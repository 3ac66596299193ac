from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lafr_engine.bundle import manifest as manifests
from lafr_engine.bundle.load import LORA, WEIGHTS, load_chain
from lafr_engine.errors import OutputError
from lafr_engine.restore.chain import Chain, build_chain
from lafr_engine.training import export
from lafr_engine.training.export import write_bundle
from lafr_engine.training.lora import add_lora
from tests.training.small import CHAIN


@pytest.fixture
def chain() -> Chain:
    return build_chain(CHAIN).eval()


def test_a_bundle_says_what_it_is_and_is_sound(chain: Chain, tmp_path: Path) -> None:
    folder = write_bundle(chain, tmp_path / "deep" / "lafr-x-1", {"preset": "small"}, "Apache-2.0")
    manifest = manifests.read_manifest(folder)
    manifests.verify(folder, manifest)
    assert manifest.name == "lafr-x-1"
    assert manifest.licence == "Apache-2.0"
    assert manifest.training == {"preset": "small"}
    assert set(manifest.files) == {WEIGHTS}
    weights = load_file(folder / WEIGHTS)
    assert {t.dtype for t in weights.values() if t.is_floating_point()} == {torch.float16}
    assert set(weights) == set(chain.state_dict())
    assert [p.name for p in folder.parent.iterdir()] == ["lafr-x-1"]
    assert all(p.stat().st_mode & 0o044 == 0o044 for p in folder.iterdir())  # others may read


def test_lora_is_kept_apart_and_merged_when_loaded(chain: Chain, tmp_path: Path) -> None:
    add_lora(chain.unet, 2)
    with torch.no_grad():
        for name, parameter in chain.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    folder = write_bundle(chain, tmp_path / "lafr-x", {}, "Apache-2.0")
    assert set(manifests.read_manifest(folder).files) == {WEIGHTS, LORA}
    names = set(build_chain(CHAIN).state_dict())
    assert set(load_file(folder / WEIGHTS)) == names
    matrices = load_file(folder / LORA)
    assert all(key[-2:] in {".A", ".B"} and key[:-2] in names for key in matrices)
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    loaded = load_chain(folder, "cpu")
    with torch.no_grad():
        torch.testing.assert_close(loaded(x).image, chain(x).image, atol=5e-3, rtol=0)


def test_an_earlier_bundle_is_replaced(chain: Chain, tmp_path: Path) -> None:
    folder = tmp_path / "lafr-x"
    write_bundle(chain, folder, {"round": 1}, "Apache-2.0")
    (folder / "stray.txt").write_text("left by someone")
    write_bundle(chain, folder, {"round": 2}, "Apache-2.0")
    assert manifests.read_manifest(folder).training == {"round": 2}
    assert {p.name for p in folder.iterdir()} == {WEIGHTS, manifests.MANIFEST}
    assert [p.name for p in tmp_path.iterdir()] == ["lafr-x"]


def test_a_bundle_that_cannot_be_finished_leaves_the_earlier_one(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(chain, tmp_path / "lafr-x", {"round": 1}, "Apache-2.0")

    def full(_: Path) -> manifests.FileEntry:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "entry_of", full)
    with pytest.raises(OutputError, match="No space left"):
        write_bundle(chain, folder, {"round": 2}, "Apache-2.0")
    manifest = manifests.read_manifest(folder)
    manifests.verify(folder, manifest)
    assert manifest.training == {"round": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["lafr-x"]


def test_a_place_that_cannot_be_written_is_named(chain: Chain, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        write_bundle(chain, tmp_path / "file" / "lafr-x", {}, "Apache-2.0")


def test_what_half_precision_cannot_hold_stays_as_it_is(chain: Chain, tmp_path: Path) -> None:
    chain.adapter.codebook[0, 0] = 1e6
    folder = write_bundle(chain, tmp_path / "lafr-x", {}, "Apache-2.0")
    assert load_chain(folder, "cpu").adapter.codebook[0, 0] == 1e6
