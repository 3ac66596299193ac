from __future__ import annotations

from pathlib import Path

import pytest

from lafr_engine.bundle.describe import describe
from lafr_engine.bundle.limits import load_limits, write_limits
from lafr_engine.bundle.manifest import (
    MANIFEST,
    FoundLimits,
    Manifest,
    bundle_hash,
    entry_of,
    read_manifest,
    verify,
)
from lafr_engine.errors import BundleDamaged, BundleMissing, OutputError
from lafr_engine.faces.eligibility import Limits

FOUND = FoundLimits(12.0, 14.0, "lafr evaluate --limits val (50 faces)")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "lafr-test-1"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"weights" * 100)
    files = {"a.bin": entry_of(folder / "a.bin")}
    manifest = Manifest(folder.name, "Apache-2.0", {"seed": 1}, {}, files)
    (folder / MANIFEST).write_text(manifest.to_text(), encoding="utf-8", newline="\n")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_bundle_without_limits_has_those_of_the_program(bundle: Path) -> None:
    assert load_limits(bundle) == Limits()
    assert describe(bundle).limits == ()


def test_limits_that_were_written_hold(bundle: Path) -> None:
    before = read_manifest(bundle), bundle_hash(bundle), names(bundle)
    write_limits(bundle, FOUND)
    assert load_limits(bundle) == Limits(least_evidence=12.0, least_detail=14.0)
    manifest = read_manifest(bundle)
    verify(bundle, manifest)
    assert (manifest.files, manifest.training) == (before[0].files, before[0].training)
    assert (bundle_hash(bundle), names(bundle)) == before[1:]
    told = (("width", "12.0"), ("blur", "14.0"), ("command", FOUND.command))
    assert describe(bundle).limits == told


def test_limits_found_anew_replace_the_old_ones(bundle: Path) -> None:
    write_limits(bundle, FOUND)
    write_limits(bundle, FoundLimits(16.0, None, "again"))
    assert load_limits(bundle) == Limits(least_evidence=16.0, least_detail=None)


def test_a_damaged_bundle_gets_no_limits(bundle: Path) -> None:
    (bundle / "a.bin").write_bytes(b"other")
    before = (bundle / MANIFEST).read_bytes()
    with pytest.raises(BundleDamaged, match=r"a\.bin"):
        write_limits(bundle, FOUND)
    assert (bundle / MANIFEST).read_bytes() == before
    with pytest.raises(BundleMissing):
        load_limits("no-such-bundle")


def test_a_manifest_that_cannot_be_written_stays(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (bundle / MANIFEST).read_bytes()

    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"bundle\.json: could not be written \(No space"):
        write_limits(bundle, FOUND)
    assert (bundle / MANIFEST).read_bytes() == before
    assert names(bundle) == ["a.bin", MANIFEST]
