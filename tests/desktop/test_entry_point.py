from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lafr_desktop.__main__ import main
from lafr_engine import __version__
from lafr_engine.album.store import Album


def test_help_says_what_the_argument_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "ALBUM" in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_wrong_usage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["one", "two"]) == 2
    assert "two" in capsys.readouterr().err


def test_all_that_the_window_imports_leaves_torch_alone() -> None:
    program = (
        "import sys, lafr_desktop.app.start, lafr_engine.worker.process;"
        "heavy = {'torch', 'diffusers', 'onnxruntime', 'safetensors', 'numpy', 'cv2', 'PIL'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.stderr, done.stdout.strip()) == (b"", b"")


_CLOSE_SOON = """
import sys
from PySide6.QtCore import QTimer
from lafr_desktop.app import start
from lafr_desktop.app.shell import Shell
from tests.desktop.small_engine import work

class Closing(Shell):
    def start(self, first_run=False):
        super().start(first_run)
        QTimer.singleShot(700, self.views.window.close)

start.Shell = Closing
sys.exit(start.run(None, work))
"""


def test_the_program_starts_with_its_own_album_and_ends_with_its_window(tmp_path: Path) -> None:
    folders = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
    places = {name: str(tmp_path / folder) for name, folder in folders.items()}
    done = subprocess.run(
        [sys.executable, "-c", _CLOSE_SOON],
        env=os.environ | places | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    if sys.platform == "linux":
        assert Album.is_album(tmp_path / "data" / "lafr" / "album")
        assert (tmp_path / "config" / "lafr" / "settings.ini").is_file()
