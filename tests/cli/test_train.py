from __future__ import annotations

from pathlib import Path

import pytest

from lafr_engine.bundle import third_party
from lafr_engine.bundle.manifest import read_manifest, verify
from lafr_engine.cli import main
from lafr_engine.cli.train import PRESETS as NAMED
from lafr_engine.training import run
from lafr_engine.training.presets import PRESETS
from tests.small_nets import MeshWeights, write_mesh, write_mobilenet
from tests.training.small import write_faces


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small networks in place of those that only training needs and that are not shipped."""
    small = {
        "mobilenet-v2": write_mobilenet(tmp_path / "m.pth"),
        "face-landmark": write_mesh(tmp_path / "f.tflite", MeshWeights.random()),
        "dlib-face": third_party.weights_path("dlib-face"),
    }
    monkeypatch.setattr(run, "weights_path", lambda name: small[name])


def test_the_command_knows_all_presets() -> None:
    assert set(NAMED) == set(PRESETS)


@pytest.mark.slow
@pytest.mark.usefixtures("nets")
def test_smoke_trains_every_stage_to_a_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faces, out = write_faces(tmp_path / "faces"), tmp_path / "run"
    common = ["train", "--preset", "smoke", "--data", str(faces), "--out", str(out)]
    assert main([*common, "--device", "cpu"]) == 0
    told = capsys.readouterr()
    bundle = Path(told.out.strip())
    assert bundle == out / "bundle" / "lafr-smoke"
    verify(bundle, read_manifest(bundle))
    assert "img/s" in told.err  # the bar says how quick it is
    assert (out / "log.csv").is_file()
    labels = {each.label for each in PRESETS["smoke"].stages}
    assert {p.stem.rsplit("-", 1)[0] for p in (out / "pictures").iterdir()} == labels
    assert main([*common, "--device", "cpu"]) == 2
    assert "--resume" in capsys.readouterr().err
    assert main([*common, "--device", "cpu", "--resume"]) == 0
    capsys.readouterr()
    start = ["--from", str(bundle), "--stages", "decoder", "--name", "lafr-smoke-quick"]
    common[-1] = str(tmp_path / "distilled")
    assert main([*common, "--device", "cpu", *start]) == 0
    quick = Path(capsys.readouterr().out.strip())
    verify(quick, read_manifest(quick))
    assert read_manifest(quick).chain["decoder"]["widths"] == [8, 8]


@pytest.mark.parametrize(
    ("extra", "status", "sentence"),
    [
        (["--preset", "smoke"], 1, "no JPEG, PNG or WebP faces"),
        (["--preset", "sd21"], 2, "--base"),
        (["--preset", "smoke", "--stages", "polish"], 2, "polish"),
        (["--preset", "smoke", "--faces", "0"], 2, "above zero"),
        (["--preset", "huge"], 2, "invalid choice"),
    ],
)
def test_what_cannot_be_trained_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    extra: list[str],
    status: int,
    sentence: str,
) -> None:
    place = ["--data", str(tmp_path / "none"), "--out", str(tmp_path / "run")]
    assert main(["train", *place, "--device", "cpu", *extra]) == status
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_needs_no_faces(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--preset", "paper", "--estimate", "--device", "cpu"]) == 0
    told = capsys.readouterr().out
    assert "T multiply-adds a second" in told
    assert "adapter " in told
    assert "2.33 M" in told


def test_training_needs_faces_and_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--preset", "smoke", "--device", "cpu"]) == 2
    assert "--data" in capsys.readouterr().err
