"""Makes a Debian package of the frozen program.

::

    python installer/deb.py FOLDER --out DIR

FOLDER is what ``installer/build.py`` made. The package lays it into /opt/lafr, with both commands
in /usr/bin and an entry in the menu. It is compressed lightly: most of it is weights and machine
code, and a hard look at gigabytes takes long for little.
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
sys.path.insert(0, str(ROOT))
from lafr_engine import __version__  # noqa: E402  the source tree is only now on the path

_ICON = "lafr-desktop.svg"
_CONTROL = """\
Package: lafr-desktop
Version: {version}
Architecture: {architecture}
Maintainer: the authors of LAFR Desktop <lafr-desktop@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= {libc}), libgl1, libegl1
Section: graphics
Priority: optional
Description: restores the faces in family photographs, on this machine only
 A window with albums, review and export, and the command lafr. No photograph
 leaves the machine, and nothing is downloaded.
"""


class DebError(Exception):
    """The package cannot be made."""


def make(folder: Path, out: Path) -> Path:
    """Make the package in ``out`` and return it.

    Args:
        folder: With the frozen program. Its files are linked, not copied, where the disk allows.
        out: For the package; on the disk of the folder it goes fastest.

    Raises:
        DebError: There is no frozen program in the folder, or dpkg-deb failed.
    """
    if not all((folder / name).is_file() for name in ("lafr", "lafr-desktop")):
        raise DebError(f"{folder}: holds no frozen program; installer/build.py makes one")
    out.mkdir(parents=True, exist_ok=True)
    architecture = _said("dpkg", "--print-architecture")
    package = out / f"lafr-desktop_{__version__}_{architecture}.deb"
    with tempfile.TemporaryDirectory(prefix="lafr-deb-", dir=out) as name:
        tree = Path(name) / "tree"
        _lay_out(folder, tree)
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(_control(tree, architecture), encoding="utf-8")
        made = Path(name) / package.name
        _said("dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", str(tree), str(made))
        made.replace(package)
    return package


def _lay_out(folder: Path, tree: Path) -> None:
    """Lay all files where they go."""
    shutil.copytree(folder, tree / "opt/lafr", symlinks=True, copy_function=_link_or_copy)
    commands = tree / "usr/bin"
    commands.mkdir(parents=True)
    for name in ("lafr", "lafr-desktop"):
        (commands / name).symlink_to(f"/opt/lafr/{name}")
    placed = {
        "installer/lafr-desktop.desktop": "usr/share/applications/lafr-desktop.desktop",
        f"resources/icons/{_ICON}": f"usr/share/icons/hicolor/scalable/apps/{_ICON}",
        "LICENSE": "usr/share/doc/lafr-desktop/copyright",
        "THIRD_PARTY.md": "usr/share/doc/lafr-desktop/THIRD_PARTY.md",
    }
    for source, goal in placed.items():
        (tree / goal).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, tree / goal)
        (tree / goal).chmod(0o644)
    tree.chmod(0o755)


def _link_or_copy(source: str, goal: str) -> None:
    try:
        os.link(source, goal)
    except OSError:  # on another disk, or one that knows no links
        shutil.copy2(source, goal)


def _control(tree: Path, architecture: str) -> str:
    files = (path for path in tree.rglob("*") if not path.is_symlink() and path.is_file())
    return _CONTROL.format(
        version=__version__,
        architecture=architecture,
        kilobytes=sum(path.stat().st_size for path in files) // 1024,
        libc=os.confstr("CS_GNU_LIBC_VERSION").split()[1],  # type: ignore[union-attr]  # Debian's
    )


def _said(*command: str) -> str:
    """Run a tool and return what it says.

    Raises:
        DebError: It is not there, or failed.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise DebError(f"{command[0]} is not installed; packages are made on Debian") from error
    if done.returncode:
        raise DebError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the package; return the exit status."""
    parser = argparse.ArgumentParser(description="Make a Debian package of the frozen program.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "dist" / "lafr")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to (%(default)s)")
    args = parser.parse_args(arguments)
    try:
        package = make(args.folder.resolve(), args.out.resolve())
    except DebError as error:
        sys.stderr.write(f"deb: {error}\n")
        return 1
    sys.stdout.write(f"{package}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
