from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from PIL import Image

from lafr_engine.cli import main, parser
from lafr_engine.cli.study import load_rivals
from lafr_engine.errors import ConfigError
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.export import write_bundle
from lafr_engine.training.presets import SMOKE


@pytest.fixture
def hq(tmp_path: Path, samples: Path) -> Path:
    """Three squares out of a sample photograph."""
    folder = tmp_path / "hq"
    folder.mkdir()
    with Image.open(samples / "pif_soldier_family.jpg") as photo:
        for index in range(3):
            box = (40 * index, 0, 40 * index + 256, 256)
            photo.convert("RGB").crop(box).resize((512, 512)).save(folder / f"{index}.png")
    return folder


def test_wrong_parts_are_named_before_anything_is_loaded(
    hq: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "study"
    for parts, words in (("levels,moon", "'moon'"), ("scaling", "--train")):
        arguments = ["study", "--hq", str(hq), "--out", str(out), "--parts", parts]
        assert main(arguments) == 2
        assert words in capsys.readouterr().err
    assert not out.exists()


def test_a_restorer_has_a_name_and_a_file() -> None:
    args = parser().parse_args(["study", "--hq", "x", "--out", "y", "--restorer", "GFPGAN"])
    with pytest.raises(ConfigError, match="NAME=FILE"):
        load_rivals(args, "cpu")


@pytest.mark.skipif(find_spec("pyiqa") is not None, reason="pyiqa is installed here")
def test_without_pyiqa_its_metrics_are_refused_in_a_sentence() -> None:
    from lafr_engine.evaluation.study.scores import load_scores

    with pytest.raises(ConfigError, match="pip install pyiqa"):
        load_scores(torch.device("cpu"))


@pytest.mark.slow
@pytest.mark.timeout(900)  # a minute of work, but of every network there is
def test_a_study_is_made_from_end_to_end(
    hq: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_bundle(build_chain(SMOKE.chain), tmp_path / "lafr-smoke-1", {}, "Apache-2.0")
    out = tmp_path / "study"
    arguments = ["study", "--hq", str(hq), "--train", str(hq), "--bundle", str(bundle)]
    arguments += [
        "--out",
        str(out),
        "--quick",
        "--faces",
        "2",
        "--training-steps",
        "2",
        "--device",
        "cpu",
    ]
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip() == str(out / "report.html")
    numbers = json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert numbers["provenance"]["bundle"] == "lafr-smoke-1"
    assert len(numbers["findings"]) == 12
    assert all(numbers["findings"].values())
    html = (out / "report.html").read_text(encoding="utf-8")
    assert html.count("<h2 id=") == 12
    assert html.count("<svg") > 20
    assert len(html) < 4_000_000
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert main(arguments) == 0
    assert capsys.readouterr().err.count("kept from before") == 12
