from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from lafr_desktop.app.model_import import ModelImport
from lafr_engine.messages import Ended, ImportModel, ModelImported, Outcome

PATH = Path("GFPGANv1.4.pth")


def asked(importing: ModelImport, qtbot: QtBot) -> str:
    with qtbot.waitSignal(importing.asked) as told:
        importing.begin(PATH, "Apache-2.0", False)
    assert told.args is not None
    job = told.args[0]
    assert isinstance(job, ImportModel)
    assert (job.path, job.licence, job.replace) == (PATH, "Apache-2.0", False)
    return job.job


def test_an_import_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    importing = ModelImport()
    job = asked(importing, qtbot)
    with qtbot.waitSignal(importing.imported) as told, qtbot.assertNotEmitted(importing.failed):
        importing.hear(ModelImported("another", PATH, Path("elsewhere")))
        importing.hear(ModelImported(job, PATH, tmp_path))
        importing.hear(Ended(job, Outcome.DONE))
    assert told.args == [tmp_path]


def test_a_bundle_of_that_name_is_told_with_the_licence(qtbot: QtBot) -> None:
    importing = ModelImport()
    job = asked(importing, qtbot)
    with qtbot.waitSignal(importing.exists) as told:
        importing.hear(ModelImported(job, PATH, None, "is installed already"))
    assert told.args == [PATH, "is installed already", "Apache-2.0"]


def test_a_failure_is_told(qtbot: QtBot) -> None:
    importing = ModelImport()
    job = asked(importing, qtbot)
    with qtbot.waitSignal(importing.failed) as told:
        importing.hear(Ended(job, Outcome.FAILED, "is refused"))
    assert told.args == ["is refused"]
