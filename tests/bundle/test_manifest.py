from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lafr_engine.bundle.manifest import (
    MANIFEST,
    FileEntry,
    Manifest,
    bundle_hash,
    entry_of,
    read_manifest,
    verify,
)
from lafr_engine.errors import BundleDamaged, BundleMissing

WEIGHTS = b"weights" * 100


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "lafr-test-1"
    folder.mkdir()
    (folder / "a.bin").write_bytes(WEIGHTS)
    files = {"a.bin": entry_of(folder / "a.bin")}
    manifest = Manifest("lafr-test-1", "Apache-2.0", {"seed": 1}, {"codec": "kl"}, files, 0.5)
    (folder / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
    return folder


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | changes), encoding="utf-8")


def test_a_manifest_is_read_as_it_was_written(bundle: Path) -> None:
    manifest = read_manifest(bundle)
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    assert manifest.files == {"a.bin": FileEntry(digest, len(WEIGHTS))}
    assert manifest.training == {"seed": 1}
    assert manifest.lora_scale == 0.5
    assert Manifest(**{**manifest.__dict__}) == manifest
    verify(bundle, manifest)


def test_a_byte_that_changed_is_found_and_its_file_named(bundle: Path) -> None:
    path = bundle / "a.bin"
    damaged = bytearray(WEIGHTS)
    damaged[333] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(BundleDamaged, match=r"a\.bin"):
        verify(bundle, read_manifest(bundle))


def test_a_file_cut_short_is_found(bundle: Path) -> None:
    (bundle / "a.bin").write_bytes(WEIGHTS[:-1])
    with pytest.raises(BundleDamaged, match=r"a\.bin.*699 bytes; expected .* 700 bytes"):
        verify(bundle, read_manifest(bundle))


def test_a_file_that_is_gone_is_named(bundle: Path) -> None:
    (bundle / "a.bin").unlink()
    with pytest.raises(BundleMissing, match=r"a\.bin"):
        verify(bundle, read_manifest(bundle))


@pytest.mark.parametrize("name", ["../secret.bin", "/etc/hostname", "inner/../../secret.bin"])
def test_names_that_lead_out_of_the_folder_are_refused(bundle: Path, name: str) -> None:
    (bundle.parent / "secret.bin").write_bytes(WEIGHTS)
    entry = {"sha256": hashlib.sha256(WEIGHTS).hexdigest(), "size": len(WEIGHTS)}
    rewrite(bundle, files={name: entry})
    with pytest.raises(BundleDamaged, match="outside"):
        verify(bundle, read_manifest(bundle))


@pytest.mark.parametrize("name", ["", "..", "."])
def test_a_folder_is_no_file_of_a_bundle(bundle: Path, name: str) -> None:
    rewrite(bundle, files={name: {"sha256": "0", "size": 0}})
    with pytest.raises((BundleDamaged, BundleMissing)):
        verify(bundle, read_manifest(bundle))


def test_another_format_is_refused_with_both_numbers(bundle: Path) -> None:
    rewrite(bundle, format=7)
    with pytest.raises(BundleDamaged, match=r"format 7, this version reads 1"):
        read_manifest(bundle)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '{"format": 1}', '{"format": 1, "files": []}', "\x00\x01"],
)
def test_garbage_is_refused(bundle: Path, text: str) -> None:
    (bundle / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(BundleDamaged, match=MANIFEST):
        read_manifest(bundle)


def test_bytes_that_are_no_text_are_refused(bundle: Path) -> None:
    (bundle / MANIFEST).write_bytes(b"\xff\xfe{}")
    with pytest.raises(BundleDamaged):
        read_manifest(bundle)


@pytest.mark.parametrize(
    "change", [{"colour": "red"}, {"files": {"a.bin": {"size": 1}}}, {"files": {"a.bin": 3}}]
)
def test_entries_that_are_not_understood_are_refused(bundle: Path, change: dict[str, Any]) -> None:
    rewrite(bundle, **change)
    with pytest.raises(BundleDamaged):
        read_manifest(bundle)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match=MANIFEST):
        read_manifest(tmp_path)


def test_the_hash_of_a_bundle_stands_for_its_files(bundle: Path) -> None:
    before = bundle_hash(bundle)
    assert before == hashlib.sha256((bundle / MANIFEST).read_bytes()).hexdigest()
    rewrite(bundle, files={"a.bin": {"sha256": "0", "size": 0}})
    assert bundle_hash(bundle) != before
