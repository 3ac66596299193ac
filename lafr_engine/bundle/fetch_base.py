"""Bringing the base of training at full size into the user's own store: fetched, or from a folder.

One program at a time does so. A base counts as there once its record is written, last of all.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from lafr_engine.album.lock import locked
from lafr_engine.bundle.base_model import RECORD, BaseFile, BaseModel, is_intact
from lafr_engine.bundle.download import (
    Patience,
    Wanted,
    append,
    download,
    open_part,
    part_of,
    settle,
    sha256_of,
)
from lafr_engine.errors import (
    AlbumBusy,
    AlbumError,
    OutputError,
    WeightsBusy,
    WeightsDamaged,
    WeightsMissing,
)

Report = Callable[[str], None]
Progress = Callable[[BaseFile, int], None]
"""Hears of a file how many bytes are there."""

_CHUNK: Final = 1 << 22
_LOCK: Final = ".lock"


def fetch_base(
    model: BaseModel, report: Report, progress: Progress, patience: Patience | None = None
) -> Path:
    """Download the files that are not there yet, going on from what an earlier attempt left.

    Args:
        model: The base.
        report: Hears a sentence for each file.
        progress: Hears of the bytes as they come.
        patience: How long to go on trying.

    Returns:
        The folder of the base.

    Raises:
        DownloadFailed: The server refused, or the connection failed again and again.
        WeightsDamaged: The server sent another file.
        WeightsBusy: Another program is at it.
        OutputError: The folder cannot be written, or the disk has no room for it.
    """
    with _held(model.folder):
        absent = [file for file in model.files if not _is_there(model, file, report)]
        _require_room(model.folder, absent)
        for file in absent:
            target = _place(model.folder, file)
            report(f"{file.path}: downloading {file.size / 1e6:,.1f} MB")
            wanted = Wanted(model.url(file), file.size, file.sha256)
            download(wanted, target, partial(progress, file), patience)
        entries = {file.path: {"size": file.size, "sha256": file.sha256} for file in model.files}
        _record(model, f"{model.repository}@{model.revision}", entries)
    return model.folder


def adopt_base(model: BaseModel, source: Path, report: Report, link: bool = False) -> Path:
    """Take the base over from a folder in the layout of diffusers.

    Args:
        model: The base.
        source: The folder; it is left as it is.
        report: Hears a sentence for each file.
        link: Make hard links where both lie on one disk, rather than copies.

    Returns:
        The folder of the base.

    Raises:
        WeightsMissing: A file is not there.
        WeightsDamaged: A file is not the pinned one, nor a configuration that says the same.
        WeightsBusy: Another program is at it.
        OutputError: The folder cannot be written, or the disk has no room for it.
    """
    entries = {file.path: _examined(source, file, report) for file in model.files}
    with _held(model.folder):
        if not link:
            _require_room(model.folder, list(model.files))
        for path, entry in entries.items():
            target = _place(model.folder, path)
            _bring(source / path, target, entry["sha256"], link)
            report(f"{path}: {target}")
        _record(model, str(source), entries)
    return model.folder


def _is_there(model: BaseModel, file: BaseFile, report: Report) -> bool:
    there = is_intact(model.folder / file.path, file)
    if there:
        report(f"{file.path}: already there")
    return there


def _place(folder: Path, file: BaseFile | str) -> Path:
    target = folder / (file if isinstance(file, str) else file.path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(target.parent, f"cannot be made ({error.strerror})") from error
    return target


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Let one program at a time work on the folder; its record is gone while it does."""
    lock = _place(folder, _LOCK)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(lock))
            (folder / RECORD).unlink(missing_ok=True)
        except AlbumBusy as error:
            raise WeightsBusy(f"{folder}: another program is bringing these files") from error
        except (AlbumError, OSError) as error:
            raise OutputError(folder, f"cannot be written ({error})") from error
        yield


def _require_room(folder: Path, absent: list[BaseFile]) -> None:
    """Say before the first byte that the disk is too small.

    Raises:
        OutputError: It is.
    """
    parts = [part_of(folder / file.path) for file in absent]
    here = sum(part.stat().st_size for part in parts if part.is_file())
    needed, free = sum(file.size for file in absent) - here, shutil.disk_usage(folder).free
    if needed > free:
        raise OutputError(
            folder, f"needs {needed / 1e9:.1f} GB, and the disk has {free / 1e9:.1f} GB free"
        )


def _examined(source: Path, file: BaseFile, report: Report) -> dict[str, Any]:
    """Compare a file of a local folder with the list; return its size and sha256."""
    path = source / file.path
    if not path.is_file():
        raise WeightsMissing(f"{source}: is not the base that is wanted: {file.path} is missing")
    found = sha256_of(path)
    if found != file.sha256:
        if not file.expects or not _says_the_same(path, file):
            raise WeightsDamaged(f"{path}: has the sha256 {found}, not {file.sha256}")
        report(f"{file.path}: written by another version, but says the same")
    return {"size": path.stat().st_size, "sha256": found}


def _says_the_same(path: Path, file: BaseFile) -> bool:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsDamaged(f"{path}: is no configuration ({error})") from error
    return isinstance(values, dict) and all(
        name in values and values[name] == value for name, value in file.expects.items()
    )


def _bring(path: Path, target: Path, sha256: str, link: bool) -> None:
    """Copy or link one file; a copy is compared before it gets its name."""
    if target.exists() and target.samefile(path):
        return
    part = part_of(target)
    part.unlink(missing_ok=True)
    if link and _linked(path.resolve(), part):
        part.replace(target)
        return
    out = open_part(part, 0)
    try:
        with path.open("rb") as stream:
            while data := stream.read(_CHUNK):
                append(part, out, data)
    finally:
        os.close(out)
    if sha256_of(part) != sha256:
        part.unlink()
        raise WeightsDamaged(f"{path}: changed while it was copied")
    settle(part, target)


def _linked(path: Path, part: Path) -> bool:
    """Whether a hard link could be made: on another disk, and on some file systems, it cannot."""
    try:
        os.link(path, part)
    except OSError:
        return False
    return True


def _record(model: BaseModel, origin: str, entries: dict[str, dict[str, Any]]) -> None:
    values = {
        "name": model.name,
        "licence": model.licence,
        "origin": origin,
        "files": entries,
    }
    part = part_of(model.folder / RECORD)
    try:
        part.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(model.folder / RECORD)
    except OSError as error:
        raise OutputError(part, f"cannot be written ({error.strerror})") from error
