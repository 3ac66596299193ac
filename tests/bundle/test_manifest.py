from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lafr_engine.bundle.manifest import (
    MANIFEST,
    FileEntry,
    FoundLimits,
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


LIMITS = {"width": 12.0, "blur": 14.0, "command": "lafr evaluate --limits val (50 faces)"}


@pytest.mark.parametrize("blur", [14.0, None])
def test_limits_are_read_as_they_were_written(bundle: Path, blur: float | None) -> None:
    assert read_manifest(bundle).limits is None
    limits = FoundLimits(12.0, blur, "lafr evaluate --limits val (50 faces)")
    manifest = replace(read_manifest(bundle), limits=limits)
    (bundle / MANIFEST).write_text(manifest.to_text(), encoding="utf-8")
    assert read_manifest(bundle) == manifest


def test_without_limits_a_manifest_is_as_it_was(bundle: Path) -> None:
    text = read_manifest(bundle).to_text()
    assert text == (bundle / MANIFEST).read_text(encoding="utf-8")
    assert "limits" not in text


@pytest.mark.parametrize(
    "change",
    [
        {"width": None},
        {"width": 0},
        {"width": -3.0},
        {"width": 513},
        {"width": "12"},
        {"width": True},
        {"width": float("nan")},
        {"blur": float("inf")},
        {"blur": 0.0},
        {"blur": [14]},
        {"command": None},
        {"colour": "red"},
    ],
)
def test_limits_that_are_not_understood_are_refused(bundle: Path, change: dict[str, Any]) -> None:
    rewrite(bundle, limits=LIMITS)
    assert read_manifest(bundle).limits is not None
    rewrite(bundle, limits=LIMITS | change)
    with pytest.raises(BundleDamaged, match=MANIFEST):
        read_manifest(bundle)


@pytest.mark.parametrize("limits", [None, {}, [], 3, {"width": 12.0}])
def test_limits_that_lack_something_are_refused(bundle: Path, limits: Any) -> None:
    rewrite(bundle, limits=limits)
    with pytest.raises(BundleDamaged, match=MANIFEST):
        read_manifest(bundle)


def test_the_hash_of_a_bundle_leaves_its_limits_out(bundle: Path) -> None:
    before = bundle_hash(bundle)
    for width in (12.0, 20.0):
        found = FoundLimits(width, None, "lafr evaluate --limits val (50 faces)")
        text = replace(read_manifest(bundle), limits=found).to_text()
        (bundle / MANIFEST).write_text(text, encoding="utf-8")
        assert bundle_hash(bundle) == before
    rewrite(bundle, licence="MIT")
    assert bundle_hash(bundle) != before


def test_a_damaged_manifest_has_a_hash_too(bundle: Path) -> None:
    for data in (b"\xff{", b"[]", b'"limits"', b"{"):
        (bundle / MANIFEST).write_bytes(data)
        assert bundle_hash(bundle) == hashlib.sha256(data).hexdigest()
