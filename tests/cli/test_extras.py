from __future__ import annotations

from pathlib import Path

import pytest

from lafr_engine.cli import extras, main


@pytest.mark.parametrize(
    ("command", "package"),
    [
        *(("train", name) for name in extras.TRAIN),
        *(("evaluate", name) for name in extras.EVALUATE),
        *(("study", name) for name in extras.EVALUATE),
    ],
)
def test_a_missing_package_is_named_with_the_way_to_get_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    package: str,
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == package else object())
    given = {
        "train": ["--preset", "smoke", "--data", str(tmp_path), "--out", str(tmp_path / "run")],
        "evaluate": ["--hq", str(tmp_path), "--out", str(tmp_path / "report.json")],
        "study": ["--hq", str(tmp_path), "--out", str(tmp_path / "study")],
    }
    assert main([command, *given[command]]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"lafr: `lafr {command}` needs {package}, ")
    assert "pip install 'lafr-desktop[train]'" in told
    assert list(tmp_path.iterdir()) == []
