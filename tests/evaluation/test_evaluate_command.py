from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.cli import evaluate
from lafr_engine.errors import BundleMissing, NoPictures
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.export import write_bundle
from lafr_engine.training.presets import SMOKE


def _parse(*arguments: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add(parser.add_subparsers())
    return parser.parse_args(["evaluate", *map(str, arguments)])


@pytest.fixture
def hq(tmp_path: Path) -> Path:
    folder = tmp_path / "hq"
    folder.mkdir()
    Image.linear_gradient("L").resize((512, 512)).convert("RGB").save(folder / "a.png")
    return folder


@pytest.mark.parametrize("arguments", [(), ("--hq", "x", "--pairs", "x", "y"), ("--pairs", "x")])
def test_faces_must_be_given_one_way(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        _parse(*arguments, "--out", "report.json")


def test_a_folder_without_faces_and_a_missing_bundle_are_named(hq: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoPictures, match="empty"):
        evaluate.run(_parse("--hq", empty, "--out", out))
    with pytest.raises(BundleMissing, match="no-such-bundle"):
        evaluate.run(_parse("--hq", hq, "--out", out, "--bundle", "no-such-bundle"))
    assert not out.exists()


def test_progress_names_rate_and_time_left() -> None:
    err = io.StringIO()
    progress = evaluate.Progress(err)
    progress(1, 3)
    progress(3, 3)
    first, last = err.getvalue().splitlines()
    assert first.startswith("[1/3] 0.0 s a face, 0 s left")
    assert last.startswith("[3/3]")


@pytest.mark.slow
def test_a_bundle_is_measured_from_end_to_end(
    hq: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_bundle(build_chain(SMOKE.chain), tmp_path / "lafr-smoke-1", {}, "Apache-2.0")
    out, sheet = tmp_path / "report.json", tmp_path / "sheet.png"
    args = _parse("--hq", hq, "--bundle", bundle, "--out", out, "--sheet", sheet)
    assert evaluate.run(args) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["provenance"]["bundle"] == "lafr-smoke-1"
    assert len(report["rows"]) == 1 + 3 * 3
    assert len(report["latents"]) == 3
    assert "| severe | chain |" in capsys.readouterr().out
    with Image.open(sheet) as image:
        assert image.width == 11 * 194
