from __future__ import annotations

import json
from pathlib import Path

import pytest

from lafr_engine.errors import ConfigError, InputError
from lafr_engine.evaluation.detection import Counted, main, read_counts, total


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    rows = [
        "file,faces_by_eye,note",
        "gsa_three_women.webp,3,",
        "old_1860_three_girls.jpg,4,one",
        "none.png,2,",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_the_command_counts_and_names_what_it_could_not_read(
    counts: Path, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert main([str(counts), str(samples), "--json", str(report), "--threads", "1"]) == 1
    told = json.loads(report.read_text(encoding="utf-8"))
    assert [row["found"] for row in told["pictures"]] == [3, 3, 0]
    assert [row["missed"] for row in told["pictures"]] == [0, 1, 2]
    assert "none.png" in told["pictures"][2]["error"]
    assert told["totals"]["by_eye"] == 9
    summary = capsys.readouterr().out
    assert "6 found, 3 missed" in summary
    assert "recall is an upper bound" in summary


def test_a_miss_in_one_picture_is_not_paid_by_another(tmp_path: Path) -> None:
    sums = total([Counted("a", 5, 4, 0.9, 0.1), Counted("b", 5, 6, 0.9, 0.1)])
    assert (sums.found, sums.missed, sums.extra) == (10, 1, 1)
    assert sums.recall == pytest.approx(0.9)
    assert sums.extra_share == pytest.approx(0.1)
    assert total([]).recall == 1.0


def test_counts_are_chosen_by_pattern_and_checked(counts: Path, tmp_path: Path) -> None:
    assert read_counts(counts, "*.webp") == [("gsa_three_women.webp", 3)]
    with pytest.raises(InputError):
        read_counts(tmp_path / "none.csv")
    counts.write_text("file,faces_by_eye\na.png,many\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        read_counts(counts)
    assert main([str(counts), str(tmp_path)]) == 2
