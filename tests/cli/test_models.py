from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import torch

from lafr_engine.bundle import store
from lafr_engine.bundle.load import WEIGHTS
from lafr_engine.bundle.manifest import MANIFEST, bundle_hash, read_manifest
from lafr_engine.cli import main
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.export import write_bundle
from tests.faces.small_parsenet import install
from tests.restore.foreign_nets import small_restoreformer
from tests.training.small import CHAIN


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only bundle that is installed."""
    monkeypatch.setattr(store, "bundle_dirs", lambda: (tmp_path / "models",))
    return write_bundle(build_chain(CHAIN), tmp_path / "models" / "lafr-small-1", {}, "Apache-2.0")


def test_the_list_has_one_line_a_bundle(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    name, size, licence, folder, architecture = capsys.readouterr().out.strip().split("\t")
    assert name == "lafr-small-1"
    assert size.endswith(" MB")
    assert licence == "Apache-2.0"
    assert architecture == "LAFR"
    assert Path(folder) == bundle


def test_a_damaged_bundle_does_not_hide_the_others(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = bundle.with_name("broken")
    broken.mkdir()
    (broken / MANIFEST).write_text("{")
    assert main(["models", "list"]) == 1
    told = capsys.readouterr()
    assert "lafr-small-1" in told.out
    assert "broken" in told.err


def test_the_list_for_machines_has_one_object_a_bundle(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list", "--json"]) == 0
    (told,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (told["name"], told["version"], told["problem"]) == ("lafr-small-1", "1", None)
    assert Path(told["folder"]) == bundle
    assert told["sha256"] == bundle_hash(bundle)


def test_a_bundle_is_imported_once(
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    target = tmp_path / "user" / "models" / "lafr-small-1"
    assert main(["models", "import", str(bundle)]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert bundle_hash(target) == bundle_hash(bundle)
    assert main(["models", "import", str(bundle)]) == 1
    assert "installed already" in capsys.readouterr().err
    assert main(["models", "import", str(bundle), "--replace"]) == 0


def test_sound_bundles_and_weights_are_verified(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"lafr-small-1: sound, sha256 {bundle_hash(bundle)}"
    assert any(line.startswith("dlib-face: sound") for line in lines)


@pytest.mark.usefixtures("bundle")
def test_parsenet_is_listed_and_verified_where_a_user_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = install(tmp_path / "user", monkeypatch)
    assert main(["models", "list"]) == 0
    name, size, licence, place, _ = capsys.readouterr().out.splitlines()[-1].split("\t")
    assert (name, place) == ("ParseNet", str(weights))
    assert size.endswith(" MB")
    assert "NC" in licence
    assert main(["models", "verify"]) == 0
    assert "ParseNet: sound, sha256 " in capsys.readouterr().out
    weights.write_bytes(b"other")
    assert main(["models", "verify"]) == 1
    assert f"{weights} is damaged or altered" in capsys.readouterr().err
    weights.unlink()
    assert main(["models", "verify"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("ParseNet: not installed")
    assert str(weights) in told
    assert main(["models", "list"]) == 0
    assert "ParseNet" not in capsys.readouterr().out


def test_one_bundle_is_verified_by_name_or_folder(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("lafr-small-1", str(bundle)):
        assert main(["models", "verify", name]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_damaged_byte_is_found(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray((bundle / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (bundle / WEIGHTS).write_bytes(data)
    assert main(["models", "verify", "lafr-small-1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert WEIGHTS in told.err


@pytest.mark.usefixtures("bundle")
def test_a_bundle_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", "lafr-none"]) == 1
    assert "lafr-none" in capsys.readouterr().err


@pytest.fixture
def model_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A restorer by others; the user's folder of models is the only one, and empty."""
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    path = tmp_path / "RestoreFormer.pth"
    torch.save(small_restoreformer(), path)
    return path


FOREIGN = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what spandrel imports


@FOREIGN
def test_a_restorer_by_others_restores_a_sample(
    model_file: Path, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = ["models", "import", str(model_file), "--licence", "Apache-2.0", "--name", "other"]
    assert main(imported) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'user' / 'models' / 'other'}\n"
    assert main(["models", "list"]) == 0
    assert "Apache-2.0" in (line := capsys.readouterr().out)
    assert line.strip().endswith("RestoreFormer")
    assert main(["models", "verify", "other"]) == 0
    capsys.readouterr()
    photo = samples / "old_daguerreotype_sisters.jpg"
    out = ["--out", str(tmp_path / "out"), "--bundle", "other", "--json"]
    assert main(["restore", str(photo), *out]) == 0
    told = json.loads(capsys.readouterr().out)
    # Random weights make somebody else of people: the score holds faces back.
    states = [face["state"] for face in told["faces"]]
    assert states.count("held") > len(states) / 2
    assert "failed" not in states
    assert all(face["identity"] is not None for face in told["faces"])


@FOREIGN
def test_a_model_file_needs_a_licence(
    model_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "import", str(model_file)]) == 2
    assert "--licence" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Terminal("MIT\n"))
    assert main(["models", "import", str(model_file)]) == 0
    assert read_manifest(Path(capsys.readouterr().out.rpartition(": ")[2].strip())).licence == "MIT"


def test_a_bundle_takes_no_licence(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "import", str(bundle), "--licence", "MIT"]) == 2
    assert "itself" in capsys.readouterr().err


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True
