from __future__ import annotations

from pathlib import Path

import pytest

from lafr_engine.bundle import store
from lafr_engine.bundle.manifest import MANIFEST
from lafr_engine.errors import BundleMissing


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The folder of shipped models and the user's own, both empty."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    monkeypatch.setattr(store, "resources_dir", lambda: shipped)
    monkeypatch.setattr(store, "user_data_dir", lambda: own)
    return shipped / store.FOLDER, own / store.FOLDER


def put(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text("{}")
    return folder


def test_the_shipped_bundle_comes_first_and_is_the_default(places: tuple[Path, Path]) -> None:
    shipped, own = places
    mine = put(own, "a-mine")
    two, one = put(shipped, "c"), put(shipped, "b")
    assert store.installed() == [one, two, mine]
    assert store.find() == one


def test_a_bundle_is_found_by_name_and_by_path(places: tuple[Path, Path], tmp_path: Path) -> None:
    folder, elsewhere = put(places[1], "mine"), put(tmp_path, "elsewhere")
    assert store.find("mine") == folder
    assert store.find(elsewhere) == elsewhere
    assert store.find(str(elsewhere)) == elsewhere


def test_folders_without_a_manifest_are_no_bundles(places: tuple[Path, Path]) -> None:
    (places[0] / "empty").mkdir(parents=True)
    (places[0] / "README.md").write_text("")
    assert store.installed() == []


def test_where_none_is_installed_the_sentence_says_what_to_do(places: tuple[Path, Path]) -> None:
    assert not places[0].exists()
    with pytest.raises(BundleMissing, match="lafr train"):
        store.find()


def test_an_unknown_name_is_answered_with_the_known_ones(places: tuple[Path, Path]) -> None:
    put(places[0], "lafr-compact-1")
    with pytest.raises(BundleMissing, match=r"lafr-compact-9.*installed: lafr-compact-1"):
        store.find("lafr-compact-9")
