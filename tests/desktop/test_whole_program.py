"""The whole program, run by a process of its own: on an X server where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLATFORM = "xcb" if shutil.which("Xvfb") else "offscreen"


@contextmanager
def screen(platform: str) -> Iterator[dict[str, str]]:
    """The environment in which Qt draws on this platform; an X server of our own for xcb."""
    environment = os.environ | {"QT_QPA_PLATFORM": platform}
    if platform != "xcb":
        yield environment
        return
    hears, says = os.pipe()
    command = ["Xvfb", "-displayfd", str(says), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[says], stderr=subprocess.DEVNULL)
    os.close(says)
    try:
        with os.fdopen(hears) as stream:
            number = stream.readline().strip()
        assert number, "Xvfb does not start"
        yield environment | {"DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()


@pytest.mark.slow
@pytest.mark.timeout(700)
@pytest.mark.parametrize("platform", [PLATFORM])
def test_an_album_from_import_to_export_and_back(platform: str, tmp_path: Path) -> None:
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"--basetemp={tmp_path / 'in'}"]
    command = [sys.executable, "-m", "pytest", *options, "tests/desktop/whole_program.py"]
    with screen(platform) as environment:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
