"""exiftool, where it is installed: an independent reader of metadata. A tool of tests only."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def run(*arguments: str) -> str:
    """Run exiftool and return what it prints; the test is skipped where there is none."""
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    done = subprocess.run(["exiftool", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def tags_of(path: Path) -> dict[str, Any]:
    """Return all that it reads, by group and name; it must have nothing to complain about."""
    found: dict[str, Any] = json.loads(run("-json", "-struct", "-a", "-G1", "-n", str(path)))[0]
    complaints = [key for key in found if key.endswith((":Warning", ":Error"))]
    assert not complaints, [found[key] for key in complaints]
    return found
