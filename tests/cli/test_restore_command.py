from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lafr_engine.cli import main
from lafr_engine.cli.console import Console
from lafr_engine.cli.restore import make_plan, restore_all
from lafr_engine.cli.results import Task
from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import Choices, Models

NORMAL = Task(aligned=False, max_pixels=300_000_000, overwrite=False)


def restore(
    inputs: list[Path], out: Path, models: Models, task: Task = NORMAL, **choices: Any
) -> tuple[list[dict[str, Any]], Console, str]:
    plan = make_plan(inputs, out, task.aligned)
    stdout, stderr = io.StringIO(), io.StringIO()
    console = Console(len(plan), True, stdout, stderr)
    restore_all(plan, models, Choices(**choices), task, console)
    console.end()
    return [json.loads(line) for line in stdout.getvalue().splitlines()], console, stderr.getvalue()


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_restores_a_photo_and_tells_about_it(photo: Path, tmp_path: Path, models: Models) -> None:
    before = photo.read_bytes()
    (line,), console, _ = restore([photo.parent], tmp_path / "out", models)
    assert console.failed == ()
    assert line["source"] == str(photo)
    assert line["output"] == str(tmp_path / "out" / photo.name)
    assert (line["width"], line["height"]) == (501, 350)
    assert {face["state"] for face in line["faces"]} >= {"restored"}
    assert all(face["reason"] for face in line["faces"] if face["state"] != "restored")
    restored = read_picture(Path(line["output"]))
    assert not np.array_equal(restored.pixels, read_picture(photo).pixels)
    assert photo.read_bytes() == before


def test_bad_input_is_named_and_the_others_are_done(
    photo: Path, no_face: Path, tmp_path: Path, models: Models
) -> None:
    folder = photo.parent
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("not a picture")
    (folder / "cut.jpg").write_bytes(photo.read_bytes()[:9000])
    (folder / "church.jpg").write_bytes(no_face.read_bytes())
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    (tmp_path / "nothing").mkdir()
    inputs = [folder, tmp_path / "missing.jpg", tmp_path / "nothing"]
    lines, console, stderr = restore(inputs, tmp_path / "out", models)
    errors = {Path(line["source"]).name: line["error"] for line in lines}
    assert errors[photo.name] is None
    bad = ["empty.png", "text.jpg", "cut.jpg", "church.jpg", "dot.png", "missing.jpg", "nothing"]
    assert set(errors) == {photo.name, *bad}
    for name in bad:
        assert name in errors[name]
        assert errors[name] in stderr
    assert "no face" in errors["church.jpg"]
    assert len(console.failed) == len(bad)
    assert files_below(tmp_path / "out") == [photo.name]


def test_an_unreadable_file(photo: Path, tmp_path: Path, models: Models) -> None:
    locked = photo.with_name("locked.jpg")
    locked.write_bytes(photo.read_bytes())
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user may read everything")
    lines, console, _ = restore([photo.parent], tmp_path / "out", models)
    assert len(lines) == 2
    assert len(console.failed) == 1
    assert "locked.jpg" in console.failed[0]


def test_what_is_no_file_is_named(photo: Path, tmp_path: Path, models: Models) -> None:
    folder = photo.parent
    (folder / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "folder.jpg").mkdir()
    lines, console, _ = restore([folder, folder / "folder.jpg"], tmp_path / "out", models)
    errors = {Path(line["source"]).name: line["error"] for line in lines}
    assert errors.pop(photo.name) is None
    assert set(errors) == {"gone.jpg", "loop.jpg", "pipe.jpg", "folder.jpg"}
    assert "no such file" in errors["gone.jpg"]
    assert "not a regular file" in errors["pipe.jpg"]
    assert "no pictures" in errors["folder.jpg"]
    assert len(console.failed) == 4
    assert files_below(tmp_path / "out") == [photo.name]


def test_too_many_pixels(photo: Path, tmp_path: Path, models: Models) -> None:
    task = Task(aligned=False, max_pixels=400_000, overwrite=False)
    (line,), _, _ = restore([photo], tmp_path / "out", models, task, scale=2)
    assert "--max-pixels" in line["error"]
    assert files_below(tmp_path / "out") == []


def test_never_over_a_file_nor_onto_a_source(photo: Path, tmp_path: Path, models: Models) -> None:
    before = photo.read_bytes()
    (line,), _, _ = restore([photo], photo.parent, models, Task(False, 10**9, True))
    assert "never written to" in line["error"]
    out = tmp_path / "out"
    out.mkdir()
    (out / photo.name).write_bytes(b"mine")
    (line,), _, _ = restore([photo], out, models)
    assert "exists" in line["error"]
    assert (out / photo.name).read_bytes() == b"mine"
    (line,), _, _ = restore([photo], out, models, Task(False, 10**9, True))
    assert line["error"] is None
    assert photo.read_bytes() == before


def test_a_result_is_labelled_unless_nothing_was_restored(
    photo: Path, no_face: Path, tmp_path: Path, models: Models
) -> None:
    task = Task(False, 10**9, False, label="lafr-some-1")
    (line,), _, _ = restore([photo], tmp_path / "out", models, task, scale=2)
    xmp = read_picture(Path(line["output"])).xmp or b""
    assert b"compositeWithTrainedAlgorithmicMedia" in xmp
    assert b"lafr-some-1" in xmp
    assert xmp.count(b"Restored by LAFR Desktop") == sum(
        face["state"] == "restored" for face in line["faces"]
    )
    (line,), _, _ = restore([photo], tmp_path / "as it was", models, task, strength=0.0)
    assert b"compositeWith" not in (read_picture(Path(line["output"])).xmp or b"")


def test_sixteen_bits_and_scale(photo: Path, tmp_path: Path, models: Models) -> None:
    pixels = read_picture(photo).pixels.astype(np.uint16) * 257
    write_picture(Picture(pixels, format="TIFF", dpi=(300.0, 300.0)), tmp_path / "deep.tif")
    (line,), _, _ = restore([tmp_path / "deep.tif"], tmp_path / "out", models, scale=2)
    result = read_picture(Path(line["output"]))
    assert result.pixels.dtype == np.uint16
    assert result.pixels.shape == (700, 1002, 3)
    assert result.dpi == pytest.approx((600.0, 600.0))
    assert (line["width"], line["height"]) == (501, 350)


def test_aligned_crops_become_png(photo: Path, tmp_path: Path, models: Models) -> None:
    face = read_picture(photo).pixels[40:240, 60:260]
    Image.fromarray(face).save(tmp_path / "face.jpg")
    task = Task(aligned=True, max_pixels=10**9, overwrite=False)
    (line,), _, _ = restore([tmp_path / "face.jpg"], tmp_path / "out", models, task)
    assert line["error"] is None
    assert files_below(tmp_path / "out") == ["face.png"]
    assert read_picture(tmp_path / "out" / "face.png").pixels.shape == (512, 512, 3)
    assert len(line["faces"]) == 1


def test_alpha_of_an_aligned_crop_is_said_to_be_lost(
    photo: Path, tmp_path: Path, models: Models
) -> None:
    Image.fromarray(read_picture(photo).pixels[40:240, 60:260]).convert("RGBA").save(
        tmp_path / "face.png"
    )
    task = Task(aligned=True, max_pixels=10**9, overwrite=False)
    (line,), _, stderr = restore([tmp_path / "face.png"], tmp_path / "out", models, task)
    assert line["error"] is None
    assert f"{tmp_path / 'face.png'}: Alpha is left out" in stderr


def test_aligned_crops_are_not_scaled(photo: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out"
    line = ["restore", str(photo), "--out", str(out), "--aligned", "--scale", "2", "--dry-run"]
    assert main(line) == 2
    told = capsys.readouterr()
    assert "--scale" in told.err
    assert told.out == ""


def test_an_error_that_nobody_foresaw_does_not_end_the_run(
    photo: Path, tmp_path: Path, models: Models
) -> None:
    photo.with_name("second.jpg").write_bytes(photo.read_bytes())
    calls = []

    def moody(pixels: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("moody")
        return models.detector(pixels)

    lines, console, _ = restore(
        [photo.parent], tmp_path / "out", Models(moody, models.restorer, models.identity)
    )
    assert [line["error"] is None for line in lines] == [False, True]
    assert "ZeroDivisionError" in console.failed[0]


def test_dry_run_writes_nothing(photo: Path, tmp_path: Path, capsys: Any) -> None:
    (photo.parent / "bad.jpg").write_bytes(b"")
    out = tmp_path / "out"
    assert main(["restore", str(photo.parent), "--out", str(out), "--dry-run"]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [str(out / photo.name)]
    assert "bad.jpg" in printed.err
    assert not out.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ["restore"],
        ["restore", "a.jpg"],
        ["restore", "a.jpg", "--out", "o", "--scale", "3"],
        ["restore", "a.jpg", "--out", "o", "--strength", "2"],
        ["restore", "a.jpg", "--out", "o", "--device", "abacus"],
        ["restore", "a.jpg", "--out", __file__],
        ["nonsense"],
        [],
    ],
)
def test_wrong_usage_is_two(wrong: list[str], capsys: Any) -> None:
    assert main(wrong) == 2
    assert "usage: lafr" in capsys.readouterr().err


def test_missing_input_is_one_and_loads_no_model(tmp_path: Path, capsys: Any) -> None:
    missing = str(tmp_path / "missing.jpg")
    assert main(["restore", missing, "--out", str(tmp_path / "out")]) == 1
    assert "no such file" in capsys.readouterr().err


def test_help_and_version(capsys: Any) -> None:
    assert main(["--help"]) == 0
    assert main(["restore", "--help"]) == 0
    assert main(["--version"]) == 0
    assert "--aligned" in capsys.readouterr().out


def test_only_what_can_be_made_again_gets_a_recipe(photo: Path, tmp_path: Path) -> None:
    line = ["restore", str(photo), "--out"]
    assert main([*line, str(tmp_path / "plain")]) == 0
    assert main([*line, str(tmp_path / "tiled"), "--tiled"]) == 0
    assert files_below(tmp_path / "plain") == [photo.name, f"{photo.name}.lafr.json"]
    assert files_below(tmp_path / "tiled") == [photo.name]


def test_the_onnx_backend_wants_an_export_and_no_options_of_torch(
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    line = ["restore", str(photo), "--out", str(tmp_path / "out"), "--backend", "onnx"]
    assert main([*line, "--tiled"]) != 0
    assert "--backend torch" in capsys.readouterr().err
    assert main(line) != 0
    assert "lafr models export-onnx" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
