"""Bringing photographs into an album: by content, so that moved files are found again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lafr_engine.album.database import Database, Row, now
from lafr_engine.album.photos import Photos, changed_sentence, stamp_of
from lafr_engine.album.pictures import Scan, absolute, scan, stamp
from lafr_engine.album.values import ImportReport, ImportStep
from lafr_engine.album.walk import SUFFIXES, walk
from lafr_engine.errors import InputError, NoPictures, NotAPicture, UnreadableFile

_BATCH, _BATCH_SECONDS = 100, 0.25
Stop = Callable[[], bool]
Import = Generator[ImportStep, None, ImportReport]


@dataclass(frozen=True, slots=True)
class _File:
    """A file to look at.

    Attributes:
        path: Absolute.
        folder: The folder given that it lies below; None where it was given itself.
    """

    path: Path
    folder: Path | None

    @property
    def is_picture_by_name(self) -> bool:
        """Whether somebody will miss it when it is no picture."""
        return self.folder is None or self.path.suffix.lower() in SUFFIXES


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file that was looked at: a scan, or the photo known at once, or a problem, or nothing."""

    file: _File
    scan: Scan | None = None
    photo_id: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a file came to: ``added``, ``known``, ``moved`` or ``changed``."""

    photo_id: int
    outcome: str
    problem: str | None = None


class Importer:
    """Imports files and folders.

    Files are read outside of transactions and entered in batches: other programs wait for a few
    milliseconds at most, and what a kill loses is found by importing again.
    """

    def __init__(self, database: Database, photos: Photos, album: Path) -> None:
        """Import into an album; its own folder is left out."""
        self._db = database
        self._photos = photos
        self._album = album

    def run(self, paths: Sequence[Path], stop: Stop) -> Import:
        """Import; see `store.Album.import_paths`."""
        files, problems = self._list(paths)
        outcomes: Counter[str] = Counter()
        empty = {file.folder for file in files if file.folder is not None}
        done = 0
        for batch in self._batches(files, stop):
            for seen, entry in self._enter_all(batch):
                done += 1
                problem = seen.problem if entry is None else entry.problem
                if problem is not None:
                    problems.append(problem)
                if entry is not None:
                    outcomes[entry.outcome] += 1
                if entry is not None or problem is not None:
                    empty.discard(seen.file.folder)
                photo_id = None if entry is None else entry.photo_id
                yield ImportStep(done, len(files), seen.file.path, photo_id, problem)
        if done == len(files):
            problems.extend(str(NoPictures(each, "holds no pictures")) for each in sorted(empty))
        added, known, moved, changed = (
            outcomes[each] for each in ("added", "known", "moved", "changed")
        )
        return ImportReport(added, known, moved, changed, tuple(problems))

    def _list(self, paths: Iterable[Path]) -> tuple[list[_File], list[str]]:
        files: dict[Path, _File] = {}
        problems: list[str] = []
        for path in map(absolute, paths):
            try:
                for file in self._files(path):
                    files.setdefault(file.path, file)
            except InputError as error:
                problems.append(str(error))
        return list(files.values()), problems

    def _files(self, path: Path) -> list[_File]:
        if not path.is_dir():
            return [_File(path, None)]
        below = [_File(each, path) for each in walk(path, self._album)]
        if not below:
            raise NoPictures(path, "holds no pictures")
        return below

    def _batches(self, files: Iterable[_File], stop: Stop) -> Iterator[list[_Seen]]:
        batch: list[_Seen] = []
        began = time.monotonic()
        for file in files:
            if stop():
                break
            batch.append(self._look(file))
            if len(batch) >= _BATCH or time.monotonic() - began > _BATCH_SECONDS:
                yield batch
                batch, began = [], time.monotonic()
        if batch:
            yield batch

    def _look(self, file: _File) -> _Seen:
        """Read a file, unless its stamp vouches for what is known of it."""
        row = self._at(file.path)
        try:
            if row is not None and _is_as_it_was(row):
                return _Seen(file, photo_id=row["id"])
            found = scan(file.path)
        except (UnreadableFile, NotAPicture) as error:
            return _Seen(file, problem=str(error) if file.is_picture_by_name else None)
        same = self._of_content(found.sha256)
        if same is not None and same["path"] != str(file.path):
            self._photos.refusal(same["id"])  # notes whether it still lies at its own place
        return _Seen(file, scan=found)

    def _enter_all(self, batch: Iterable[_Seen]) -> list[tuple[_Seen, _Entry | None]]:
        with self._db.change():
            return [(seen, self._entry(seen)) for seen in batch]

    def _entry(self, seen: _Seen) -> _Entry | None:
        if seen.photo_id is not None:
            return _Entry(seen.photo_id, "known")
        return None if seen.scan is None else self._enter(seen.file.path, seen.scan)

    def _enter(self, path: Path, found: Scan) -> _Entry:
        here, same = self._at(path), self._of_content(found.sha256)
        if same is None:
            return self._enter_new(path, found, here)
        if here is None or here["id"] != same["id"]:
            if _lies_there(same):
                return self._copy(same, here)
            if here is not None:
                self._stand(here, "replaced")
        outcome = "known" if same["path"] == str(path) else "moved"
        self._place(same["id"], path, found)
        return _Entry(same["id"], outcome)

    def _enter_new(self, path: Path, found: Scan, here: Row | None) -> _Entry:
        """Enter bytes that no photo has."""
        exported = self._db.value("SELECT photo_id FROM exports WHERE sha256 = ?", found.sha256)
        if exported is not None:  # a photograph restored here is no new one
            return _Entry(exported, "known")
        if here is not None and here["standing"] != "changed":
            return self._change(here)
        if here is not None:
            self._stand(here, "replaced")
        return _Entry(self._insert(path, found), "added")

    def _copy(self, same: Row, here: Row | None) -> _Entry:
        """A second copy of a photo; it may have been written over another photo."""
        if here is None or here["standing"] == "changed":
            return _Entry(same["id"], "known")
        return self._change(here)

    def _change(self, row: Row) -> _Entry:
        self._stand(row, "changed")
        return _Entry(row["id"], "changed", changed_sentence(row["path"]))

    def _stand(self, row: Row, standing: str) -> None:
        self._db.run("UPDATE photos SET standing = ? WHERE id = ?", standing, row["id"])

    def _place(self, photo_id: int, path: Path, found: Scan) -> None:
        self._db.run(
            """UPDATE photos SET path = ?, name = ?, modified = ?, checked = ?, standing = 'there'
            WHERE id = ?""",
            *(str(path), path.name.casefold(), found.stamp.modified, found.stamp.checked, photo_id),
        )

    def _insert(self, path: Path, found: Scan) -> int:
        return self._db.insert(
            """INSERT INTO photos (path, name, sha256, bytes, modified, checked, format, width,
            height, captured, dated, imported) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            *(str(path), path.name.casefold(), found.sha256),
            *(found.stamp.bytes, found.stamp.modified, found.stamp.checked, found.format),
            *(found.width, found.height, found.captured, found.dated, now()),
        )

    def _at(self, path: Path) -> Row | None:
        return self._db.row(
            "SELECT * FROM photos WHERE path = ? AND standing != 'replaced'", str(path)
        )

    def _of_content(self, digest: str) -> Row | None:
        return self._db.row("SELECT * FROM photos WHERE sha256 = ?", digest)


def _is_as_it_was(row: Row) -> bool:
    """Whether a photo's file need not be read again.

    Raises:
        UnreadableFile: It is gone.
    """
    return row["standing"] == "there" and stamp_of(row).vouches(stamp(Path(row["path"])))


def _lies_there(row: Row) -> bool:
    """Whether a photo's file was last seen with its bytes, and is not known to have moved."""
    try:
        found = stamp(Path(row["path"]))
    except UnreadableFile:
        return False
    same = (found.bytes, found.modified) == (row["bytes"], row["modified"])
    return row["standing"] == "there" and same
