from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from lafr_engine.bundle import describe, store
from lafr_engine.bundle.foreign import ImportRequest, bundle_name, import_model, read_state
from lafr_engine.bundle.install import install
from lafr_engine.bundle.load import NET, load_chain, load_restorer
from lafr_engine.bundle.manifest import MANIFEST, entry_of, read_manifest, verify
from lafr_engine.errors import BundleDamaged, BundleInstalled, BundleMissing, ConfigError
from tests.restore.foreign_nets import small_restoreformer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what spandrel imports


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return small_restoreformer()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of models, the only one."""
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    return tmp_path / "user" / store.FOLDER


@pytest.fixture
def model(tmp_path: Path, state: dict[str, Tensor]) -> Path:
    path = tmp_path / "RestoreFormer.pth"
    torch.save(state, path)
    return path


def request(path: Path, **more: Any) -> ImportRequest:
    return ImportRequest(path, "Apache-2.0", **more)


def left(own: Path) -> list[str]:
    return sorted(path.name for path in own.iterdir()) if own.exists() else []


def test_a_model_file_becomes_a_bundle_that_restores(own: Path, model: Path) -> None:
    folder = import_model(request(model))
    assert folder == own / "RestoreFormer"
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, NET]
    manifest = read_manifest(folder)
    verify(folder, manifest)
    assert manifest.licence == "Apache-2.0"
    assert manifest.foreign == {
        "architecture": "RestoreFormer",
        "size": 512,
        "source": "RestoreFormer.pth",
        "source_sha256": entry_of(model).sha256,
    }
    face = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    out = load_restorer("RestoreFormer", "cpu")(face)
    assert out.shape == face.shape
    assert out.std() > 0.0


@pytest.mark.parametrize("wrap", ["params_ema", "params", "state_dict"])
def test_a_state_dict_is_unwrapped(
    own: Path, tmp_path: Path, state: dict[str, Tensor], wrap: str
) -> None:
    path = tmp_path / "wrapped.ckpt"
    named = {f"vqvae.{name}": tensor for name, tensor in state.items()}
    torch.save({wrap: named | {"loss.weight": torch.zeros(1)}, "epoch": 3}, path)
    assert set(read_state(path)) == set(state)
    assert import_model(request(path, name="mine")) == own / "mine"


def test_safetensors_are_read_too(own: Path, tmp_path: Path, state: dict[str, Tensor]) -> None:
    path = tmp_path / "net.SAFETENSORS"
    save_file(state, path)
    assert import_model(request(path)) == own / "net"


class Evil:
    """Runs a command where it is unpickled without care."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"echo ran > {self.mark}",)


@pytest.mark.parametrize("form", ["torch", "pickle"])
def test_a_pickle_that_runs_something_is_refused_and_does_not_run(
    own: Path, tmp_path: Path, state: dict[str, Tensor], form: str
) -> None:
    mark, path = tmp_path / "ran", tmp_path / "GFPGANv1.4.pth"
    values = {"params_ema": state, "more": Evil(mark)}
    if form == "torch":
        torch.save(values, path)
    else:
        path.write_bytes(pickle.dumps({"more": Evil(mark)}, protocol=2))
    with pytest.raises(BundleDamaged, match="is refused"):
        import_model(request(path))
    assert not mark.exists()
    assert left(own) == []


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("damage", ["cut", "junk", "empty", "flipped"])
def test_a_damaged_file_is_refused(
    own: Path, tmp_path: Path, model: Path, state: dict[str, Tensor], suffix: str, damage: str
) -> None:
    path = tmp_path / f"damaged{suffix}"
    if suffix == ".pth":
        path.write_bytes(model.read_bytes())
    else:
        save_file(state, path)
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        data[:8] = bytes(byte ^ 0x5A for byte in data[:8])
    kinds = {"cut": bytes(data[: len(data) // 2]), "junk": b"junk" * 50, "empty": b""}
    path.write_bytes(kinds.get(damage, bytes(data)))
    with pytest.raises(BundleDamaged, match="damaged"):
        import_model(request(path))
    assert left(own) == []


@pytest.mark.parametrize("values", [{}, [1, 2], {"epoch": 3}, {"params": {}}])
def test_a_file_without_weights_is_refused(own: Path, tmp_path: Path, values: Any) -> None:
    path = tmp_path / "empty.pth"
    torch.save(values, path)
    with pytest.raises(BundleDamaged, match="no weights"):
        import_model(request(path))
    assert left(own) == []


def test_an_architecture_that_is_not_known_is_refused(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"weight": torch.zeros(3)}, path)
    with pytest.raises(ConfigError, match=r"other\.pth: holds the weights of no face restorer"):
        import_model(request(path))
    assert left(own) == []


def test_a_licence_and_a_name_are_needed(own: Path, model: Path) -> None:
    with pytest.raises(ConfigError, match="licence"):
        import_model(ImportRequest(model, "  "))
    with pytest.raises(ConfigError, match="name of a bundle"):
        import_model(request(model, name="../out"))
    with pytest.raises(BundleMissing, match="no such file"):
        import_model(request(model.with_name("nowhere.pth")))
    assert left(own) == []


def test_the_same_name_needs_leave_to_replace(own: Path, model: Path) -> None:
    import_model(request(model))
    with pytest.raises(BundleInstalled):
        import_model(request(model))
    import_model(request(model, replace=True))
    assert left(own) == ["RestoreFormer"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("GFPGANv1.4.pth", "GFPGANv1.4"),
        ("Oma's net (2).pth", "Oma-s-net-2"),
        ("家.pth", "imported"),
    ],
)
def test_a_bundle_is_named_after_its_file(file: str, name: str) -> None:
    assert bundle_name(Path(file)) == name


def test_a_bundle_of_others_is_described(own: Path, model: Path) -> None:
    import_model(request(model))
    (info,) = describe.installed()
    assert (info.name, info.architecture, info.licence) == (
        "RestoreFormer",
        "RestoreFormer",
        "Apache-2.0",
    )
    assert info.source == "RestoreFormer.pth"
    assert info.problem is None


def test_it_may_be_given_on_as_a_bundle(own: Path, model: Path, tmp_path: Path) -> None:
    given = import_model(request(model)).rename(tmp_path / "given")
    assert install(given) == own / "RestoreFormer"


def test_it_has_no_chain(own: Path, model: Path) -> None:
    import_model(request(model))
    with pytest.raises(ConfigError, match="not a chain"):
        load_chain("RestoreFormer", "cpu")


@pytest.mark.parametrize(
    ("foreign", "problem"),
    [
        ({"architecture": "CodeFormer", "source": "", "source_sha256": ""}, "CodeFormer"),
        ({"architecture": "GFPGAN", "source": "", "source_sha256": ""}, "do not fit"),
        ({"colour": "blue"}, "not understood"),
        ("GFPGAN", "cannot be understood"),
    ],
)
def test_a_manifest_of_something_else_is_damage(
    own: Path, model: Path, foreign: Any, problem: str
) -> None:
    path = import_model(request(model)) / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"foreign": foreign}), encoding="utf-8")
    with pytest.raises(BundleDamaged, match=problem):
        load_restorer(path.parent, "cpu")


def test_altered_weights_are_found_before_they_are_used(own: Path, model: Path) -> None:
    net = import_model(request(model)) / NET
    data = bytearray(net.read_bytes())
    data[-3] ^= 0x10
    net.write_bytes(data)
    with pytest.raises(BundleDamaged, match=NET):
        load_restorer("RestoreFormer", "cpu")
