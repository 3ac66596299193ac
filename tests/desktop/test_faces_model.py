from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from lafr_desktop.models.faces import FacesModel, state_name
from lafr_engine.album.values import FaceState
from tests.desktop.values import face


def _model() -> FacesModel:
    model = FacesModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_every_state_has_its_own_name() -> None:
    names = {state_name(state) for state in FaceState}
    assert len(names) == len(FaceState)


def test_faces_are_listed_in_order_with_number_and_state() -> None:
    model = _model()
    model.set_faces([face(4), face(9, FaceState.ACCEPTED)])
    texts = [model.index(row).data() for row in range(model.rowCount())]
    assert texts == ["Face 1: to review", "Face 2: accepted"]
    assert model.row_of(9) == 1
    assert model.row_of(5) == model.row_of(None) == -1


def test_a_changed_face_changes_its_row_only(qtbot: QtBot) -> None:
    model = _model()
    model.set_faces([face(4), face(9)])
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_faces([face(4), face(9, FaceState.REJECTED)])
    assert changed.args[0].row() == changed.args[1].row() == 1
    assert resets == []
    assert model.index(1).data(FacesModel.FACE).state is FaceState.REJECTED


def test_thumbnails_stay_with_their_face(qtbot: QtBot) -> None:
    model = _model()
    model.set_faces([face(4), face(9)])
    model.set_thumbnail(9, QImage(8, 8, QImage.Format.Format_RGB888))
    model.set_thumbnail(77, QImage(8, 8, QImage.Format.Format_RGB888))
    model.set_faces([face(9), face(11)])
    decoration = Qt.ItemDataRole.DecorationRole
    assert model.index(0).data(decoration).width() == 8
    assert model.index(1).data(decoration) is None
