from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lafr_engine.cli import main
from lafr_engine.imaging.files import read_picture


def test_tells_where_faces_are_and_draws_them(photo: Path, tmp_path: Path, capsys: Any) -> None:
    drawings = tmp_path / "drawn"
    assert main(["detect", str(photo), "--json", "--draw", str(drawings)]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["error"] is None
    assert len(line["faces"]) >= 3
    for face in line["faces"]:
        x0, y0, x1, y1 = face["box"]
        assert x0 < x1
        assert y0 < y1
        assert len(face["landmarks"]) == 5
        assert face["state"] == "detected"
    drawn = read_picture(Path(line["output"]))
    assert drawn.pixels.shape == (350, 501, 3)
    assert np.abs(drawn.pixels.astype(int) - read_picture(photo).pixels).max() > 60


def test_stdout_has_one_line_a_face(photo: Path, capsys: Any) -> None:
    assert main(["detect", str(photo)]) == 0
    rows = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert len(rows) >= 3
    for name, *numbers in rows:
        assert name == str(photo)
        x0, y0, x1, y1, score = map(float, numbers)
        assert 0 < x0 < x1 < 501
        assert 0 < y0 < y1 < 350
        assert 0 < score <= 1


def test_no_face_is_named(no_face: Path, capsys: Any) -> None:
    assert main(["detect", str(no_face)]) == 1
    assert f"{no_face}: no face was found" in capsys.readouterr().err


def test_retinaface_says_where_its_weights_belong(
    photo: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr("lafr_engine.cli.loading.user_data_dir", lambda: tmp_path)
    assert main(["detect", str(photo), "--detector", "retinaface"]) == 1
    assert str(tmp_path / "models" / "detection_Resnet50_Final.pth") in capsys.readouterr().err
