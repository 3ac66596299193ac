from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lafr_engine import __version__

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")


def make(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "installer/deb.py"), str(folder), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What stands in for the frozen program: two commands and a file beside them."""
    folder = tmp_path / "lafr"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal/data").write_text("data")
    for name in ("lafr", "lafr-desktop"):
        (folder / name).write_text(f"#!/bin/sh\necho {name}\n")
        (folder / name).chmod(0o755)
    return folder


def test_a_package_has_the_program_its_commands_and_its_entry(folder: Path, tmp_path: Path) -> None:
    done = make(folder, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    package = Path(done.stdout.strip())
    assert list((tmp_path / "out").iterdir()) == [package]
    told = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, text=True, check=True)
    assert f"Version: {__version__}\n" in told.stdout
    subprocess.run(["dpkg-deb", "-x", package, tmp_path / "x"], check=True)
    for name in ("lafr", "lafr-desktop"):
        link = tmp_path / "x/usr/bin" / name
        assert str(link.readlink()) == f"/opt/lafr/{name}"
        ran = subprocess.run([tmp_path / "x/opt/lafr" / name], capture_output=True, check=True)
        assert ran.stdout == f"{name}\n".encode()
    entry = (tmp_path / "x/usr/share/applications/lafr-desktop.desktop").read_text()
    assert "Exec=lafr-desktop\n" in entry
    assert (tmp_path / "x/usr/share/icons/hicolor/scalable/apps/lafr-desktop.svg").is_file()
    assert (folder / "_internal/data").read_text() == "data"


def test_a_folder_without_the_program_is_refused(tmp_path: Path) -> None:
    done = make(tmp_path, tmp_path / "out")
    assert done.returncode == 1
    assert "installer/build.py" in done.stderr
