"""Which files are worked on: those of the paths given, with their subfolders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lafr_engine.errors import InputError, NoPictures, UnreadableFile

Sniff = Callable[[Path], str | None]
SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dib"),
        *(".avif", ".heic", ".heif", ".hif", ".heics", ".heifs"),
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".mrw", ".nef", ".nrw"),
        *(".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw"),
    )
)
"""What files are named that are taken for pictures whatever they hold: all that is read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to work on.

    Attributes:
        path: As it is opened and named in messages.
        place: Its path below the folder that was given, or below its own folder's parent: what
            tells two files of the same name apart.
        format: By content; None where it is no picture (reading it will say so).
    """

    path: Path
    place: Path
    format: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on the paths given.

    Attributes:
        sources: In a fixed order, each file once.
        errors: For paths that hold nothing to work on.
    """

    sources: tuple[Source, ...]
    errors: tuple[InputError, ...]


def find(paths: Iterable[Path], sniff: Sniff, without: Path | None = None) -> Found:
    """Find the pictures.

    Folders are walked with their subfolders in sorted order; hidden files and folders are left
    out, and so is every file that neither looks like a picture nor is named like one.

    Args:
        paths: Files and folders.
        sniff: Tells a file's format by its content.
        without: A folder that is not walked into (the results' own).
    """
    sources: dict[Path, Source] = {}
    errors: list[InputError] = []
    for path in paths:
        try:
            for source in _below(path, sniff, without) if path.is_dir() else [_alone(path, sniff)]:
                sources.setdefault(real(source.path), source)
        except InputError as error:
            errors.append(error)
    return Found(tuple(sources.values()), tuple(errors))


def real(path: Path) -> Path:
    """Return the path behind all links; unlike `Path.resolve` it takes a loop of links too."""
    return Path(os.path.realpath(path))


def _alone(path: Path, sniff: Sniff) -> Source:
    whole = Path(os.path.normpath(path.absolute()))  # a place with ".." would leave the folder
    return Source(path, Path(whole.parent.name, whole.name), sniff(path))


def _below(folder: Path, sniff: Sniff, without: Path | None) -> list[Source]:
    sources = []
    for path in walk(folder, without):
        source = _candidate(path, folder, sniff)
        if source is not None:
            sources.append(source)
    if not sources:
        raise NoPictures(folder, "holds no pictures")
    return sources


def _candidate(path: Path, folder: Path, sniff: Sniff) -> Source | None:
    """Return a file of a walked folder as a source; None for one that is no picture at all."""
    named = path.suffix.lower() in SUFFIXES
    try:
        kind = sniff(path)
    except UnreadableFile:
        if not named:
            return None
        kind = None  # named like a picture: reading it will say what is wrong
    return Source(path, path.relative_to(folder), kind) if named or kind else None


def walk(folder: Path, without: Path | None = None) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders, sorted; hidden ones are left out.

    Args:
        folder: The folder.
        without: A folder below it that is not walked into.

    Raises:
        UnreadableFile: A folder cannot be read.
    """
    left_out = None if without is None else without.resolve()
    for root, folders, files in os.walk(folder, onerror=_raise):
        here = Path(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (here / name).resolve() != left_out
        )
        yield from (here / name for name in sorted(files) if not name.startswith("."))


def _raise(error: OSError) -> None:
    raise UnreadableFile(error.filename, f"cannot be read ({error.strerror})") from error
