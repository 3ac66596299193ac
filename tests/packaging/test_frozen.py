"""The frozen program, built and run where there is no repository.

It takes a quarter of an hour and, with torch's GPU libraries, ten gigabytes, so it runs only where
LAFR_TEST_FROZEN is set.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Torch alone has gigabytes where it comes with its GPU libraries.
ROOM = 15 * 2**30


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.skipif("LAFR_TEST_FROZEN" not in os.environ, reason="LAFR_TEST_FROZEN is not set")
@pytest.mark.skipif(importlib.util.find_spec("PyInstaller") is None, reason="no PyInstaller here")
def test_the_frozen_program_works_without_the_repository(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < ROOM:
        pytest.skip("too little room on the disk for a frozen program")
    command = [sys.executable, str(ROOT / "installer/build.py"), "--out", str(tmp_path), "--check"]
    environment = os.environ | {"OMP_NUM_THREADS": "2"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-3000:]
