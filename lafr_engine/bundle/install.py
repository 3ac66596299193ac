"""Putting a bundle that the user was given among the user's own: whole or not at all.

What is taken are the manifest and the files that it names; each is checked by size and sha256
after it was copied and before the bundle can be seen.
"""

from __future__ import annotations

import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from lafr_engine.bundle import store
from lafr_engine.bundle.manifest import MANIFEST, Manifest, read_manifest, verify
from lafr_engine.errors import BundleDamaged, BundleInstalled, BundleMissing, OutputError

Open = Callable[[str], IO[bytes]]
"""Opens a file of the source by its name within the bundle."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MANIFEST_BYTES: Final = 8 << 20
_CHUNK: Final = 1 << 20


def install(source: Path, replace: bool = False) -> Path:
    """Copy a bundle into the user's folder of models.

    Args:
        source: A bundle's folder, or a .zip with the bundle at its top or in one folder.
        replace: Whether one of the same name in the user's folder gives way.

    Returns:
        The folder of the installed bundle.

    Raises:
        BundleMissing: There is no bundle, or a file of it is missing.
        BundleDamaged: It is not what its manifest says, or its names lead elsewhere.
        BundleInstalled: One of that name is there already.
        OutputError: It cannot be written.
    """
    with _opened(source) as open_file:
        return put(lambda staged: _stage(open_file, staged, source).name, replace)


def put(fill: Callable[[Path], str], replace: bool = False) -> Path:
    """Let a bundle come into being among the user's own, whole or not at all.

    Args:
        fill: Makes it in the folder that it is given, and returns its name.
        replace: Whether one of the same name in the user's folder gives way.

    Returns:
        The folder of the bundle.

    Raises:
        BundleInstalled: One of that name is there already.
        OutputError: It cannot be written.
    """
    place = store.own_dir()
    staged = place / f".importing-{secrets.token_hex(6)}"
    try:
        staged.mkdir(parents=True)
        target = place / fill(staged)
        _refuse_installed(target, replace)
        _move_in(staged, target)
    except OSError as error:
        raise OutputError(place, f"the bundle could not be put there ({error})") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return target


def is_name(name: object) -> bool:
    """Whether it can be the name of a bundle, or of a file in one."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _stage(open_file: Open, staged: Path, source: Path) -> Manifest:
    """Copy the manifest and what it names, and compare."""
    _copy(open_file, MANIFEST, staged, _MANIFEST_BYTES)
    manifest = read_manifest(staged)
    if not is_name(manifest.name):
        raise BundleDamaged(f"{source}: {manifest.name!r} cannot be the name of a bundle")
    if not manifest.files:
        raise BundleDamaged(f"{source}: the manifest names no file of weights")
    for name, entry in manifest.files.items():
        if not is_name(name) or name == MANIFEST:
            raise BundleDamaged(f"{source}: the manifest names a file outside the bundle: {name}")
        _copy(open_file, name, staged, entry.size)
    verify(staged, manifest)
    return manifest


def _copy(open_file: Open, name: str, staged: Path, most: int) -> None:
    """Copy a file, and no more than one byte above ``most``: what is larger fails the check."""
    left = most + 1
    with open_file(name) as stream, (staged / name).open("wb") as copy:
        while left > 0 and (data := stream.read(min(left, _CHUNK))):
            copy.write(data)
            left -= len(data)


def _refuse_installed(target: Path, replace: bool) -> None:
    shipped = store.shipped_dir() / target.name
    if (shipped / MANIFEST).is_file():
        raise BundleInstalled(f"{target.name} came with the program and cannot be replaced")
    if target.exists() and not replace:
        raise BundleInstalled(f"{target.name} is installed already ({target})")


def _move_in(staged: Path, target: Path) -> None:
    """Let the new folder take the old one's place; after an error the old one is back."""
    old = staged.with_name(f"{staged.name}-old")
    if target.exists():
        target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _opened(source: Path) -> Iterator[Open]:
    """Give a function that opens the source's files by name."""
    if source.is_dir():
        yield lambda name: _open_in_folder(source, name)
    elif not source.is_file():
        raise BundleMissing(f"{source}: there is no such file or folder")
    elif not zipfile.is_zipfile(source):
        raise BundleDamaged(f"{source}: is neither a bundle's folder nor a .zip of one")
    else:
        try:
            with zipfile.ZipFile(source) as archive:
                yield _zip_opener(archive, source)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise BundleDamaged(f"{source}: the archive cannot be read ({error})") from error


def _open_in_folder(folder: Path, name: str) -> IO[bytes]:
    path = folder / name
    if not path.is_file():
        raise BundleMissing(f"{path}: a file of the bundle is missing")
    return path.open("rb")


def _zip_opener(archive: zipfile.ZipFile, source: Path) -> Open:
    names = archive.namelist()
    if stray := next((name for name in names if _leads_out(name)), None):
        raise BundleDamaged(f"{source}: the archive names a file outside itself: {stray}")
    manifests = [name for name in names if _is_manifest(name)]
    if len(manifests) != 1:
        raise BundleMissing(f"{source}: holds {len(manifests)} bundles (files {MANIFEST}), not one")
    prefix = manifests[0].removesuffix(MANIFEST)

    def open_file(name: str) -> IO[bytes]:
        if prefix + name not in names:
            raise BundleMissing(f"{source}: {name}, a file of the bundle, is missing")
        return archive.open(prefix + name)

    return open_file


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _is_manifest(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name == MANIFEST and len(path.parts) <= 2
