from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lafr_engine.bundle import describe, store
from lafr_engine.bundle.install import install
from lafr_engine.bundle.manifest import MANIFEST, Manifest, bundle_hash, entry_of
from lafr_engine.errors import BundleDamaged, BundleInstalled, BundleMissing, OutputError

WEIGHTS = b"weights" * 1000


def make(folder: Path, name: str = "mine-2", weights: bytes = WEIGHTS) -> Path:
    folder.mkdir(parents=True)
    (folder / "chain.safetensors").write_bytes(weights)
    files = {"chain.safetensors": entry_of(folder / "chain.safetensors")}
    manifest = Manifest(name, "CC-BY-4.0", {"data": "train", "seed": 3, "plans": []}, {}, files)
    (folder / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
    return folder


def zipped(folder: Path, prefix: str = "", extra: dict[str, bytes] | None = None) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return path


def rewrite(folder: Path, **changes: Any) -> Path:
    path = folder / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | changes), encoding="utf-8")
    return folder


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of models; neither it nor the shipped one is there yet."""
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    return tmp_path / "user" / store.FOLDER


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return make(tmp_path / "given")


def left(own: Path) -> list[str]:
    return sorted(path.name for path in own.iterdir()) if own.exists() else []


def test_a_folder_is_installed_under_the_name_of_its_manifest(own: Path, given: Path) -> None:
    (given / "notes.txt").write_text("not named by the manifest")
    folder = install(given)
    assert folder == own / "mine-2"
    assert store.installed() == [folder]
    assert bundle_hash(folder) == bundle_hash(given)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "chain.safetensors"]


@pytest.mark.parametrize("prefix", ["", "some folder/"])
def test_an_archive_is_installed(own: Path, given: Path, prefix: str) -> None:
    folder = install(zipped(given, prefix))
    assert folder == own / "mine-2"
    assert (folder / "chain.safetensors").read_bytes() == WEIGHTS


def test_weights_that_were_altered_are_refused_and_nothing_is_left(own: Path, given: Path) -> None:
    (given / "chain.safetensors").write_bytes(WEIGHTS[:-1] + b"x")
    with pytest.raises(BundleDamaged, match=r"chain\.safetensors"):
        install(given)
    assert left(own) == []


def test_a_file_larger_than_told_is_not_unpacked_to_its_end(own: Path, given: Path) -> None:
    archive = zipped(given)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.write(given / MANIFEST, MANIFEST)
        bomb.writestr("chain.safetensors", bytes(50_000_000))
    with pytest.raises(BundleDamaged, match=f"{len(WEIGHTS) + 1} bytes"):
        install(archive)
    assert left(own) == []


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:evil"])
def test_an_archive_that_leads_out_of_itself_is_refused(own: Path, given: Path, name: str) -> None:
    with pytest.raises(BundleDamaged, match="outside"):
        install(zipped(given, extra={name: b"evil"}))
    assert left(own) == []


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".", "..", "bundle.json", ".hidden"])
def test_a_manifest_that_leads_out_of_the_folder_is_refused(
    own: Path, given: Path, name: str
) -> None:
    rewrite(given, files={name: {"sha256": "0", "size": 1}})
    with pytest.raises(BundleDamaged, match="outside"):
        install(given)
    assert left(own) == []


@pytest.mark.parametrize("name", ["../mine", "", ".", "a/b", "a\\b", "x" * 101, 3, None, "name\n"])
def test_a_name_that_is_no_folders_name_is_refused(own: Path, given: Path, name: Any) -> None:
    with pytest.raises(BundleDamaged, match="name of a bundle"):
        install(rewrite(given, name=name))
    assert left(own) == []


def test_a_manifest_without_files_is_refused(own: Path, given: Path) -> None:
    with pytest.raises(BundleDamaged, match="no file"):
        install(rewrite(given, files={}))
    assert left(own) == []


def test_the_same_name_needs_leave_to_replace(own: Path, given: Path, tmp_path: Path) -> None:
    install(given)
    newer = make(tmp_path / "newer", weights=b"other" * 50)
    with pytest.raises(BundleInstalled, match="mine-2"):
        install(newer)
    assert bundle_hash(own / "mine-2") == bundle_hash(given)
    install(newer, replace=True)
    assert bundle_hash(own / "mine-2") == bundle_hash(newer)
    assert left(own) == ["mine-2"]


def test_a_damaged_bundle_does_not_replace_a_sound_one(
    own: Path, given: Path, tmp_path: Path
) -> None:
    install(given)
    newer = make(tmp_path / "newer", weights=b"other" * 50)
    (newer / "chain.safetensors").write_bytes(b"cut")
    with pytest.raises(BundleDamaged):
        install(newer, replace=True)
    assert bundle_hash(own / "mine-2") == bundle_hash(given)
    assert left(own) == ["mine-2"]


def test_what_came_with_the_program_is_never_replaced(own: Path, given: Path) -> None:
    make(store.shipped_dir() / "mine-2")
    with pytest.raises(BundleInstalled, match="came with the program"):
        install(given, replace=True)
    assert left(own) == []


def test_what_is_no_bundle_is_named(own: Path, given: Path, tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear grandmother")
    with pytest.raises(BundleDamaged, match=r"letter\.txt"):
        install(text)
    with pytest.raises(BundleMissing, match="no such file"):
        install(tmp_path / "nowhere")
    with pytest.raises(BundleMissing, match=MANIFEST):
        install(tmp_path)
    (given / "chain.safetensors").unlink()
    with pytest.raises(BundleMissing, match=r"chain\.safetensors"):
        install(given)
    with pytest.raises(BundleMissing, match=r"chain\.safetensors"):
        install(zipped(given))
    assert left(own) == []


def test_an_archive_with_two_bundles_is_refused(own: Path, given: Path) -> None:
    with pytest.raises(BundleMissing, match="holds 2"):
        install(zipped(given, extra={f"other/{MANIFEST}": b"{}"}))
    assert left(own) == []


def test_a_damaged_archive_is_refused(own: Path, given: Path) -> None:
    archive = zipped(given)
    data = bytearray(archive.read_bytes())
    data[60:90] = bytes(30)
    archive.write_bytes(data)
    with pytest.raises(BundleDamaged):
        install(archive)
    assert left(own) == []


def test_a_place_that_cannot_be_written_is_told(own: Path, given: Path) -> None:
    own.parent.mkdir()
    own.write_text("a file in the way")
    with pytest.raises(OutputError, match="could not be put there"):
        install(given)


def test_what_is_being_installed_is_not_seen(own: Path) -> None:
    make(own / ".importing-1")
    assert store.installed() == []


def test_a_bundle_is_described(own: Path, given: Path) -> None:
    folder = install(given)
    (info,) = describe.installed()
    assert (info.name, info.version, info.licence) == ("mine-2", "2", "CC-BY-4.0")
    assert info.size == len(WEIGHTS)
    assert info.sha256 == bundle_hash(folder)
    assert info.training == (("data", "train"), ("seed", "3"))
    assert not info.shipped
    assert info.problem is None


def test_a_damaged_one_is_described_with_its_problem(own: Path) -> None:
    folder = make(store.shipped_dir() / "broken")
    (folder / MANIFEST).write_text("{")
    (info,) = describe.installed()
    assert (info.name, info.shipped) == ("broken", True)
    assert info.problem is not None
    assert "cannot be understood" in info.problem
