from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
import torch

from lafr_engine.bundle import store
from lafr_engine.bundle.export_onnx import random_faces
from lafr_engine.bundle.load import load_chain
from lafr_engine.cli import main
from lafr_engine.cli.backends import add_backend, load_exported
from lafr_engine.cli.bench import Places, load_export, onnx_over_torch, tell
from lafr_engine.errors import BundleMissing
from lafr_engine.evaluation.bench import backend_stages, measure
from lafr_engine.restore.chain import build_chain
from lafr_engine.restore.onnx_restorer import OnnxRestorer
from lafr_engine.training.export import write_bundle
from tests.training.small import CHAIN


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only bundle that is installed."""
    monkeypatch.setattr(store, "bundle_dirs", lambda: (tmp_path / "models",))
    torch.manual_seed(0)
    return write_bundle(build_chain(CHAIN), tmp_path / "models" / "lafr-small-1", {}, "Apache-2.0")


def chosen(*words: str) -> argparse.Namespace:
    """What a command that restores knows of its options."""
    parser = argparse.ArgumentParser()
    add_backend(parser)
    parser.add_argument("--bundle")
    parser.add_argument("--device", default="cpu")
    parser.set_defaults(json=True, batch=1, rounds=1)
    return parser.parse_args(words)


def test_a_bundle_is_exported_verified_and_measured(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = bundle / "chain.onnx"
    assert main(["models", "export-onnx"]) == 0
    told = capsys.readouterr()
    assert told.out == f"{export}\n"
    assert "differs from torch by up to" in told.err
    assert main(["models", "export-onnx"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert main(["models", "verify", "lafr-small-1"]) == 0
    assert f"{export}: sound, made from lafr-small-1" in capsys.readouterr().out
    bench = chosen()
    exported = load_export(bench)
    assert exported is not None
    crops = random_faces(1)
    stages = backend_stages(load_chain(None, "cpu"), exported, crops)
    timings = measure(stages, 1, torch.device("cpu"))
    for bench.json in (True, False):
        tell(timings, bench, Places("cpu", 1, "ONNX Runtime (cpu)"))
    first, *_, last = capsys.readouterr().out.splitlines()
    report = json.loads(first)
    times = {timing["name"]: timing["milliseconds"] for timing in report["timings"]}
    ratio = times["crops, ONNX"] / times["crops, torch"]
    assert report["onnx_over_torch"] == ratio
    assert last == f"crops: ONNX Runtime (cpu) takes {ratio:.2f} times as long as torch (cpu)"
    export.write_bytes(export.read_bytes()[1:])
    assert main(["models", "verify", "lafr-small-1"]) == 1
    assert "damaged or was altered" in capsys.readouterr().err
    assert load_export(bench) is None
    assert "damaged or was altered" in capsys.readouterr().err


def test_without_an_export_the_backends_are_not_compared(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_export(chosen()) is None
    assert not capsys.readouterr().err
    assert onnx_over_torch({"chain": 1.0}) is None


@pytest.mark.slow
def test_a_benchmark_measures_both_backends(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "export-onnx"]) == 0
    capsys.readouterr()
    assert main(["bench", "--rounds", "1", "--device", "cpu", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["onnx"] == "ONNX Runtime (cpu)"
    assert report["onnx_over_torch"] > 0


def test_the_file_goes_where_it_is_told(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "small.onnx"
    assert main(["models", "export-onnx", str(bundle), "--out", str(out)]) == 0
    assert out.is_file()
    assert not (bundle / "chain.onnx").exists()


def test_the_backend_is_chosen(bundle: Path) -> None:
    assert load_exported(chosen(), lambda _: None) is None
    with pytest.raises(BundleMissing, match="export-onnx lafr-small-1"):
        load_exported(chosen("--backend", "onnx"), lambda _: None)
    assert main(["models", "export-onnx"]) == 0
    told: list[str] = []
    restorer = load_exported(chosen("--backend", "onnx"), told.append)
    assert isinstance(restorer, OnnxRestorer)
    assert restorer.options.threads == torch.get_num_threads()
    assert told == []
