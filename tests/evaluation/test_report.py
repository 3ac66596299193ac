from __future__ import annotations

import json
from pathlib import Path

import pytest

from lafr_engine.errors import OutputError
from lafr_engine.evaluation.evaluate import Evaluation, LatentRow, Row
from lafr_engine.evaluation.metrics import METRICS, Values
from lafr_engine.evaluation.report import (
    Json,
    Provenance,
    as_markdown,
    bootstrap,
    build_report,
    write_report,
)

PROVENANCE = Provenance("lafr evaluate", "small", "0" * 64, "faces", "cpu", 256)
FACES = tuple("abcdefgh")


def _values(factor: float) -> Values:
    """Values that are better than those of factor 1 if the factor is above 1."""
    return {m.name: 0.5 * factor if m.better == "higher" else 0.5 / factor for m in METRICS}


def _evaluation(chain: dict[str, float], closer: int = len(FACES)) -> Evaluation:
    rows = [Row(face, None, "ceiling", _values(2)) for face in FACES]
    latents = []
    for level, factor in chain.items():
        for index, face in enumerate(FACES):
            rows.append(Row(face, level, "input", _values(1)))
            rows.append(Row(face, level, "adapter", _values(1.1)))
            rows.append(Row(face, level, "chain", _values(factor)))
            latents.append(LatentRow(face, level, 1.0, 0.5 if index < closer else 1.5, 0.4))
    return Evaluation(tuple(chain), tuple(rows), tuple(latents))


def _item(report: Json, level: str, metric: str) -> Json:
    items: list[Json] = report["verdict"]["items"]
    return next(item for item in items if (item["level"], item["metric"]) == (level, metric))


def test_bootstrap_brackets_the_mean_and_is_reproducible() -> None:
    interval = bootstrap([1.0, 2.0, 3.0, 4.0])
    assert interval is not None
    assert interval.low < interval.mean == 2.5 < interval.high
    assert interval == bootstrap([1.0, 2.0, 3.0, 4.0])
    assert bootstrap([]) is None


def test_a_better_chain_passes_every_condition() -> None:
    report = build_report(_evaluation({"mild": 0.97, "medium": 1.2, "severe": 1.5}), PROVENANCE)
    assert report["verdict"]["holds"]
    assert len(report["verdict"]["items"]) == 3 * len(METRICS) + 4
    assert report["levels"]["severe"]["stages"]["chain"]["psnr"]["mean"] == pytest.approx(0.75)
    assert report["levels"]["mild"]["stages"]["ceiling"]["psnr"]["mean"] == pytest.approx(1.0)


def test_mild_forgives_five_percent_and_the_others_nothing() -> None:
    report = build_report(_evaluation({"mild": 0.94, "medium": 1.0, "severe": 1.2}), PROVENANCE)
    assert not report["verdict"]["holds"]
    assert not _item(report, "mild", "ssim")["holds"]
    assert _item(report, "mild", "ssim")["relative_gain"] == pytest.approx(-0.06)
    assert not _item(report, "medium", "ssim")["holds"]
    assert _item(report, "severe", "ssim")["holds"]


def test_latents_must_come_closer_for_95_percent() -> None:
    report = build_report(_evaluation({"given": 1.2}, closer=7), PROVENANCE)
    assert report["levels"]["given"]["latents"]["closer_by_adapter"] == 0.875
    assert not _item(report, "given", "latent_l1")["holds"]


def test_faces_that_cannot_be_measured_are_left_out_of_both_sides() -> None:
    evaluation = _evaluation({"severe": 1.2})
    for row in evaluation.rows:
        if row.face == "a" and row.stage == "input":
            row.values["landmarks"] = None
    report = build_report(evaluation, PROVENANCE)
    assert _item(report, "severe", "landmarks")["faces"] == len(FACES) - 1
    assert report["levels"]["severe"]["stages"]["chain"]["landmarks"]["count"] == len(FACES)


def test_a_metric_that_nothing_was_measured_by_does_not_hold() -> None:
    evaluation = _evaluation({"severe": 1.2})
    for row in evaluation.rows:
        row.values["landmarks"] = None
    report = build_report(evaluation, PROVENANCE)
    assert not _item(report, "severe", "landmarks")["holds"]
    assert "landmarks, measured on no face" in as_markdown(report)


def test_the_report_is_json_and_its_tables_name_what_fails(tmp_path: Path) -> None:
    report = build_report(_evaluation({"mild": 0.5, "medium": 1.2}), PROVENANCE)
    write_report(report, tmp_path / "new" / "report.json")
    again = json.loads((tmp_path / "new" / "report.json").read_text(encoding="utf-8"))
    assert again["provenance"]["bundle"] == "small"
    assert len(again["rows"]) == len(FACES) * 7
    table = as_markdown(again)
    assert "| medium | chain | 0.60 |" in table
    assert "fails at mild: psnr" in table
    assert "100.0%" in table


def test_a_report_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError):
        write_report({}, tmp_path / "file" / "report.json")
