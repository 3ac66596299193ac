from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.cli.paths import Source, find, targets
from lafr_engine.errors import NoPictures, UnreadableFile
from lafr_engine.imaging.encode import SUFFIXES
from lafr_engine.imaging.files import sniff


def draw(path: Path, kind: str = "PNG") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 20)).save(path, kind)
    return path


def test_folders_are_walked_sorted_and_hidden_files_left_out(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.png", "a.jpg", ".hidden.png", ".cache/x.png", "out/old.png"):
        draw(tmp_path / name)
    draw(tmp_path / "no_suffix")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty.jpg").write_bytes(b"")
    found = find([tmp_path], sniff, tmp_path / "out")
    names = [str(source.place) for source in found.sources]
    assert names == ["a.jpg", "empty.jpg", "no_suffix", "b/1.png", "b/2.png"]
    assert [source.format for source in found.sources] == ["PNG", None, "PNG", "PNG", "PNG"]
    assert found.errors == ()


def test_each_file_once(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.png")
    assert len(find([path, tmp_path, path], sniff).sources) == 1


def test_what_is_missing_or_empty_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = find([tmp_path / "gone.png", tmp_path / "empty", draw(tmp_path / "a.png")], sniff)
    assert [type(error) for error in found.errors] == [UnreadableFile, NoPictures]
    assert len(found.sources) == 1


def source(place: str, kind: str | None = "JPEG") -> Source:
    return Source(Path("/in") / place, Path(place), kind)


@pytest.mark.parametrize(
    ("name", "kind", "only", "expected"),
    [
        ("a.JPG", "JPEG", None, "a.JPG"),
        ("a.png", "JPEG", None, "a.jpg"),
        ("a", "TIFF", None, "a.tif"),
        ("a.b.webp", "WEBP", "PNG", "a.b.png"),
        ("scan.001", "TIFF", None, "scan.001.tif"),
        ("a.jpg", None, None, "a.jpg"),
    ],
)
def test_names(name: str, kind: str | None, only: str | None, expected: str) -> None:
    assert targets([source(name, kind)], Path("out"), SUFFIXES, only) == [Path("out") / expected]


def test_collisions_get_their_folders_and_then_numbers() -> None:
    sources = [source("x/a.jpg"), source("y/A.jpg"), source("b.jpg"), source("x/a.jpg")]
    names = [str(path) for path in targets(sources, Path("out"), SUFFIXES, None)]
    assert names == ["out/x/a.jpg", "out/y/A.jpg", "out/b.jpg", "out/x/a-2.jpg"]


def test_no_result_leaves_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(tmp_path / "x.png")
    draw(tmp_path / "here" / "sub" / "x.png")
    monkeypatch.chdir(tmp_path / "here")
    found = find([Path("../x.png"), Path("sub/x.png"), Path("sub/../../x.png")], sniff)
    goals = targets(found.sources, Path("out"), SUFFIXES, None)
    assert goals == [Path("out", tmp_path.name, "x.png"), Path("out", "sub", "x.png")]


def test_links_to_nowhere_and_pipes_are_told_apart_from_pictures(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe")
    draw(tmp_path / "folder.jpg" / "a.png")
    found = find([tmp_path], sniff)
    assert [(str(source.place), source.format) for source in found.sources] == [
        ("gone.jpg", None),
        ("loop.jpg", None),
        ("pipe.jpg", None),
        ("folder.jpg/a.png", "PNG"),
    ]


def test_two_formats_of_one_name_stay_apart_when_both_become_png() -> None:
    sources = [source("a.jpg"), source("a.webp", "WEBP")]
    names = {str(path) for path in targets(sources, Path("out"), SUFFIXES, "PNG")}
    assert names == {"out/a.png", "out/a-2.png"}
