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


_SELF_TEST = """
import sys
from lafr_desktop.app import self_test
from tests.desktop import small_engine

def broken(connection, device, max_pixels):
    raise SystemExit(3)

if __name__ == "__main__":
    target = small_engine.work if sys.argv[1] == "sound" else broken
    sys.exit(self_test.run(target))
"""


def _run_alone(command: list[str], home: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a program that would put the user's files into an empty folder."""
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME")
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, *command],
        env=os.environ | dict.fromkeys(names, str(home)) | {"PYTHONPATH": paths},
        capture_output=True,
        check=False,
        timeout=280,
    )


@pytest.mark.parametrize(("engine", "status"), [("sound", 0), ("broken", 1)])
def test_the_self_test_tells_whether_the_engine_works(
    tmp_path: Path, engine: str, status: int
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "program.py").write_text(_SELF_TEST)
    done = _run_alone([str(tmp_path / "program.py"), engine], tmp_path / "home")
    assert done.returncode == status, done.stderr
    assert (b"self-test failed" in done.stderr) == bool(status)
    assert not list((tmp_path / "home").rglob("*.ini"))
    assert not list((tmp_path / "home").rglob("*.sqlite"))


@pytest.mark.slow
def test_the_program_passes_its_self_test(tmp_path: Path) -> None:
    done = _run_alone(["-m", "lafr_desktop", "--self-test"], tmp_path)
    assert done.returncode == 0, done.stderr
