from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lafr_engine.cli import main
from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture


@pytest.fixture
def eyeless(photo: Path, tmp_path: Path, capsys: Any) -> Path:
    """The photograph with the eyes of its most frontal face turned upside down and inverted."""
    main(["detect", str(photo), "--json"])
    faces = json.loads(capsys.readouterr().out)["faces"]
    face = max(faces, key=lambda each: each["landmarks"][1][0] - each["landmarks"][0][0])
    pixels = read_picture(photo).pixels.copy()
    (x0, y0), (x1, y1) = face["landmarks"][:2]
    reach = round((x1 - x0) * 0.4)
    for x, y in ((x0, y0), (x1, y1)):
        part = np.s_[round(y) - reach : round(y) + reach, round(x) - reach : round(x) + reach]
        pixels[part] = 255 - pixels[part][::-1]
    path = tmp_path / "eyeless.png"
    write_picture(Picture(pixels), path)
    return path


def test_tells_of_painted_eyes_and_draws_them(
    photo: Path, eyeless: Path, tmp_path: Path, capsys: Any
) -> None:
    before = photo.read_bytes()
    out = tmp_path / "out"
    call = ["invented", str(photo), "--restored", str(eyeless), "--out", str(out), "--json"]
    assert main(call) == 0
    line = json.loads(capsys.readouterr().out)
    levels = [face["invented"]["eyes"]["level"] for face in line["faces"]]
    assert levels.count("much") == 1
    assert levels.count("none") == len(levels) - 1
    warned = [face["warnings"] for face in line["faces"] if face["warnings"]]
    assert len(warned) == 1
    assert "The eyes were largely invented" in warned[0][0]
    drawn = read_picture(Path(line["output"]))
    assert drawn.pixels.shape == (350, 501, 3)
    assert np.ptp(drawn.pixels, axis=2).max() > 80
    assert photo.read_bytes() == before


def test_nothing_was_invented_in_the_photograph_itself(photo: Path, capsys: Any) -> None:
    assert main(["invented", str(photo), "--restored", str(photo)]) == 0
    rows = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert len(rows) >= 12
    assert {tuple(row[3:]) for row in rows} == {("0.0", "none")}
    assert {row[2] for row in rows} == {"eyes", "mouth", "glasses", "hairline"}


def test_another_picture_is_refused(photo: Path, no_face: Path, capsys: Any) -> None:
    assert main(["invented", str(photo), "--restored", str(no_face)]) == 1
    assert "its size does not fit" in capsys.readouterr().err


@pytest.mark.slow
def test_restores_by_itself(photo: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["invented", str(photo), "--out", str(tmp_path / "out"), "--device", "cpu"]) == 0
    rows = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert all(float(row[3]) >= 0 for row in rows)
    assert any(float(row[3]) > 0 for row in rows)
    assert (tmp_path / "out" / "Oma & Opa 家.invented.png").exists()
