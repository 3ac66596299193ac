from __future__ import annotations

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from lafr_desktop.models.jobs import JobLine, JobsModel
from tests.desktop.values import job


def _model() -> JobsModel:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_a_failed_job_is_named_with_its_reason() -> None:
    model = _model()
    model.set_lines([JobLine(job(1, "failed", sentence="the file is damaged"), "uncle.jpg")])
    text = model.index(0).data()
    assert "uncle.jpg" in text
    assert "the file is damaged" in text


def test_each_kind_and_state_reads_as_words() -> None:
    kinds = {JobLine(job(1, kind=kind), "a").headline for kind in ("find", "restore", "export")}
    states = ("queued", "running", "done", "failed", "cancelled")
    details = {JobLine(job(1, state), "a").detail for state in states}
    assert len(kinds) == 3
    assert len(details) == 5


def test_a_job_that_goes_on_changes_its_row_only(qtbot: QtBot) -> None:
    model = _model()
    model.set_lines([JobLine(job(1), "a"), JobLine(job(2), "b")])
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_lines([JobLine(job(1, "running"), "a"), JobLine(job(2), "b")])
    assert changed.args[0].row() == 0
    model.set_lines([JobLine(job(2, "running"), "b")])
    assert len(resets) == 1
    assert model.rowCount() == 1
