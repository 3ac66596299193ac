"""Builds the frozen program: one folder with ``lafr`` and ``lafr-desktop``, no Python needed.

::

    python installer/build.py --out DIR [--check]

What is built holds the torch of the environment that builds it: a CUDA build makes a folder of
several gigabytes that runs on a GPU and on the CPU, a CPU build one of about one gigabyte.
``--check`` then runs both programs from a folder without the repository.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SUFFIX = ".exe" if sys.platform == "win32" else ""


class BuildError(Exception):
    """The frozen program cannot be built, or does not work."""


def build(out: Path) -> Path:
    """Build into ``out``/lafr, replacing an earlier one, and return that folder.

    Raises:
        BuildError: PyInstaller failed; its own words stand above.
    """
    with tempfile.TemporaryDirectory(prefix="lafr-build-") as work:
        options = ["--noconfirm", "--log-level=WARN", f"--distpath={out}", f"--workpath={work}"]
        command = [sys.executable, "-m", "PyInstaller", *options, str(ROOT / "installer/lafr.spec")]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise BuildError("PyInstaller failed")
    return out / "lafr"


def check(folder: Path) -> None:
    """Run both programs as a user would, in a folder without the repository.

    Raises:
        BuildError: One of them does not do its work.
    """
    with tempfile.TemporaryDirectory(prefix="lafr-check-") as name:
        here = Path(name)
        photo = here / "photo.jpg"
        shutil.copyfile(ROOT / "resources/samples/old_1860_three_girls.jpg", photo)
        run_program(folder, "lafr", ["--version"], here)
        run_program(folder, "lafr", ["models", "verify"], here)
        run_program(folder, "lafr", ["restore", str(photo), "--out", str(here / "out")], here)
        if not (here / "out" / photo.name).is_file():
            raise BuildError("lafr restore wrote nothing")
        run_program(folder, "lafr-desktop", ["--self-test"], here)


def run_program(folder: Path, name: str, arguments: Sequence[str], here: Path) -> None:
    """Run one of the programs with a home of its own and no trace of this environment.

    Raises:
        BuildError: It ended with another status than 0.
    """
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "DISPLAY", "OMP_NUM_THREADS")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    environment |= {"HOME": str(here), "USERPROFILE": str(here), "QT_QPA_PLATFORM": "offscreen"}
    command = [str(folder / f"{name}{_SUFFIX}"), *arguments]
    done = subprocess.run(
        command, cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        raise BuildError(f"{name} {' '.join(arguments)}: status {done.returncode}\n{done.stderr}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and check if asked to; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the frozen program.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to (%(default)s)")
    parser.add_argument("--check", action="store_true", help="run what was built")
    parser.add_argument("--only-check", action="store_true", help="run what was built earlier")
    args = parser.parse_args(arguments)
    try:
        folder = args.out / "lafr" if args.only_check else build(args.out.resolve())
        if args.check or args.only_check:
            check(folder.resolve())
    except BuildError as error:
        sys.stderr.write(f"build: {error}\n")
        return 1
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
