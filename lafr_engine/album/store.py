"""`Album`: the whole interface of this package."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Self

from lafr_engine.album import schema
from lafr_engine.album.database import Database
from lafr_engine.album.decisions import Decisions
from lafr_engine.album.events import Events
from lafr_engine.album.export import ExportOptions, Exports
from lafr_engine.album.faces import Faces
from lafr_engine.album.importing import Importer
from lafr_engine.album.jobs import Jobs
from lafr_engine.album.lock import locked
from lafr_engine.album.made import MadeFiles
from lafr_engine.album.photos import Photos
from lafr_engine.album.pictures import absolute
from lafr_engine.album.taking import Taking
from lafr_engine.album.values import (
    AlbumFace,
    AlbumJob,
    Candidate,
    Changed,
    Counts,
    Decision,
    Exported,
    Hear,
    ImportReport,
    ImportStep,
    Photo,
    PhotoFilter,
    PhotoOrder,
)
from lafr_engine.album.verify import Told, problems
from lafr_engine.errors import AlbumBusy, AlbumError, AlbumMissing
from lafr_engine.messages import Box, Event, FaceGeometry, Job

_FILE: Final = "album.sqlite"
_LOCK: Final = "engine.lock"
KINDS: Final = ("find", "restore", "export")
"""The kinds of jobs."""


def _deaf(_changed: Changed) -> None:
    """Hear nothing."""


def _never() -> bool:
    return False


def _untold(_done: int, _total: int) -> None:
    """Hear nothing of files read."""


class Album:
    """An album in a folder, over one connection: for one thread, as often as wanted.

    The folder holds ``album.sqlite``; ``cache/``, with the restored faces and whatever else can
    be made again; ``keep/``, with the masks drawn by hand; ``engine.lock``.

    Every change is one transaction. Every method may raise `AlbumBusy` when another program
    holds the file for half a minute, and `AlbumError` for an id that does not exist.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        """Use `create` or `open`."""
        self.folder: Final = folder
        self.cache: Final = folder / "cache"
        self._candidates = self.cache / "candidates"
        self._db = database
        self._made = MadeFiles(database, folder, self._candidates)
        self._photos = Photos(database)
        self._faces = Faces(database, folder)
        self._jobs = Jobs(database, self._faces)
        self._exports = Exports(database, self._faces, self._jobs)
        self._decisions = Decisions(database, self._faces, self._jobs, folder / "keep")
        self._events = Events(database, self._faces, self._jobs)
        self._taking = Taking(database, self._photos, self._faces, self._jobs, self._exports)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an album in a folder, which is made where there is none.

        Raises:
            AlbumError: There is an album already, or the folder cannot be written to.
        """
        folder = absolute(folder)
        try:
            (folder / "cache" / "candidates").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AlbumError(f"{folder}: cannot be made ({error.strerror})") from error
        database = Database(folder / _FILE)
        try:
            if not schema.create(database, str(folder)):
                raise AlbumError(f"{folder}: is an album already")
        except BaseException:
            database.close()
            raise
        return cls(folder, database)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an album, bringing an older one up to date.

        Raises:
            AlbumMissing: There is none in the folder.
            AlbumDamaged: Its file is damaged, or a newer program has written it.
        """
        folder = absolute(folder)
        if not cls.is_album(folder):
            raise AlbumMissing(f"{folder}: is not an album")
        database = Database(folder / _FILE)
        try:
            schema.bring_up_to_date(database, str(folder))
        except BaseException:
            database.close()
            raise
        return cls(folder, database)

    @staticmethod
    def is_album(folder: Path) -> bool:
        """Whether a folder holds an album, by the name of its file."""
        return (folder / _FILE).is_file()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # Photographs

    def import_paths(
        self, paths: Sequence[Path], stop: Callable[[], bool] = _never
    ) -> Generator[ImportStep, None, ImportReport]:
        """Bring files, and folders with their subfolders, into the album.

        Hidden files are left out, and files that neither are pictures nor are named like them.
        A file whose bytes are known and whose photo is no longer in its old place is that photo,
        moved. A file whose bytes are not what they were is noticed: its photo keeps its faces
        and decisions, but nothing is done with it. Imported once more, the new bytes become a
        photo of their own.

        Args:
            paths: Files and folders.
            stop: Asked before each file; what was looked at by then stays imported.

        Yields:
            Each file that was looked at.

        Returns:
            What it came to.
        """
        return Importer(self._db, self._photos, self.folder).run(paths, stop)

    def photos(
        self,
        filter: PhotoFilter = PhotoFilter.ALL,
        order: PhotoOrder = PhotoOrder.DATE,
        descending: bool = False,
    ) -> list[Photo]:
        """Return the photos that pass a filter, sorted."""
        return self._photos.select(filter, order, descending)

    def photo(self, photo_id: int) -> Photo:
        """Return a photo."""
        return self._photos.get(photo_id)

    def counts(self) -> Counts:
        """Count everything."""
        return self._photos.counts()

    def remove_photos(self, photo_ids: Iterable[int]) -> None:
        """Take photos out of the album, with faces and decisions; the originals stay."""
        ids = list(photo_ids)
        files = self._made.of_photos(ids)
        self._photos.remove(ids)
        for path in files:
            path.unlink(missing_ok=True)

    # Faces

    def faces(self, photo_id: int) -> list[AlbumFace]:
        """Return a photo's faces from left to right."""
        return self._faces.of_photo(photo_id)

    def face(self, face_id: int) -> AlbumFace:
        """Return a face."""
        return self._faces.get(face_id)

    def review_queue(self, held: bool = True) -> list[AlbumFace]:
        """Return the faces that wait for a decision: by the photos' dates, then left to right.

        Args:
            held: Whether those held for a closer look are among them.
        """
        return self._faces.to_review(held)

    def next_to_review(self, after: int | None = None) -> int | None:
        """Return the photo with faces to review that follows in the order of `review_queue`.

        Quick in an album of any size, unlike the queue itself.

        Args:
            after: A photo; the line begins again after its end. None asks for the first.

        Returns:
            None where no face waits for a decision.
        """
        return self._photos.next_to_review(after)

    def candidates(self, face_id: int) -> list[Candidate]:
        """Return what was made of a face where it is now, the oldest first."""
        return self._faces.candidates(face_id)

    def candidate(self, candidate_id: int) -> Candidate:
        """Return a candidate."""
        return self._faces.candidate(candidate_id)

    # Decisions

    def accept(self, face_id: int, candidate_id: int | None = None) -> None:
        """Accept a face.

        Args:
            face_id: The face.
            candidate_id: What somebody saw when accepting; None for the one chosen now, which
                may have changed since.

        Raises:
            AlbumError: It has no restoration.
        """
        self._decisions.accept(face_id, candidate_id)

    def accept_confident(self) -> int:
        """Accept all restored faces that none has held; one undo takes it back. Return how many."""
        return self._decisions.accept_all(self._faces.ids_to_accept())

    def reject(self, face_id: int) -> None:
        """Leave a face as it was."""
        self._decisions.reject(face_id)

    def not_a_face(self, face_id: int) -> None:
        """Remember that there is no face."""
        self._decisions.not_a_face(face_id)

    def set_strength(self, face_id: int, strength: float) -> None:
        """Take a share of the change, from 0 to 1."""
        self._decisions.set_strength(face_id, strength)

    def choose_candidate(self, face_id: int, candidate_id: int) -> None:
        """Choose another candidate, which then has to be reviewed."""
        self._decisions.choose(face_id, candidate_id)

    def set_keep(self, face_id: int, png: bytes | None) -> None:
        """Lay down what stays original.

        Args:
            face_id: The face.
            png: 8-bit grey, of the size of the candidate's rectangle, 255 keeps; None keeps
                nothing.
        """
        self._decisions.set_keep(face_id, png)

    def move_face(self, face_id: int, geometry: FaceGeometry) -> None:
        """Put a face elsewhere, and queue its restoration there."""
        self._decisions.move(face_id, geometry)

    def add_face(self, photo_id: int, box: Box) -> int:
        """Add a face that was missed, and queue the search for its landmarks; return its id."""
        return self._decisions.draw(self.photo(photo_id).id, box)

    def undo(self) -> Decision | None:
        """Take the last decision back, whenever it was made; None where there is none."""
        return self._decisions.undo()

    def redo(self) -> Decision | None:
        """Decide again what was taken back last; None where there is nothing."""
        return self._decisions.redo()

    def next_undo(self) -> Decision | None:
        """Return what `undo` would take back; quick in an album of any size."""
        return self._decisions.next_undo()

    def next_redo(self) -> Decision | None:
        """Return what `redo` would decide again; quick in an album of any size."""
        return self._decisions.next_redo()

    def history(self, limit: int = 100) -> list[Decision]:
        """Return the last decisions, the newest first."""
        return self._decisions.history(limit)

    # Work

    def enqueue_find(self, photo_ids: Iterable[int]) -> None:
        """Queue the search for faces; those found are then restored."""
        self._jobs.find(photo_ids)

    def enqueue_restore(self, face_ids: Iterable[int], seed: int | None = None) -> None:
        """Queue the restoration of faces before all else; None takes the next unused seed."""
        self._jobs.restore(face_ids, seed)

    def enqueue_all(self, photo_ids: Iterable[int] | None = None) -> None:
        """Queue what is new or unfinished; what failed is left to `retry_failed`.

        Args:
            photo_ids: Of these photos; None of the whole album.
        """
        self._jobs.rest(photo_ids)

    def enqueue_export(self, photo_ids: Iterable[int], options: ExportOptions) -> None:
        """Queue exports; each takes the faces accepted by the time it begins."""
        self._exports.enqueue(list(photo_ids), options)

    def exportable(self, accept_confident: bool = False) -> list[int]:
        """Return the photos with a face that an export would take."""
        return self._exports.with_accepted(accept_confident)

    def exported(self, job_ids: Iterable[int]) -> list[Exported]:
        """Return what these jobs wrote; those that wrote nothing are left out."""
        return self._exports.written(job_ids)

    def retry_failed(self) -> None:
        """Queue again what failed."""
        self._jobs.retry_failed()

    def cancel_queued(self) -> None:
        """Empty the queue; the job in work goes on."""
        self._jobs.cancel_queued()

    def jobs(self, states: Sequence[str] = ("running", "queued", "failed")) -> list[AlbumJob]:
        """Return the jobs in any of these states, in the order in which they are taken."""
        return self._jobs.in_states(states)

    def job(self, job_id: int) -> AlbumJob:
        """Return a job."""
        return self._jobs.get(job_id)

    def take_job(self, hear: Hear = _deaf, kinds: Sequence[str] = KINDS) -> Job | None:
        """Claim the next job; None where none waits. To be called under `hold_engine`.

        Jobs that cannot be done, because the original is gone or changed, or because a file
        stands in an export's way, are ended on the way.

        Args:
            hear: Hears of what those jobs were about.
            kinds: Which jobs to take: find, restore, export.
        """
        return self._taking.take(self._candidates, hear, kinds)

    def apply(self, event: Event) -> Changed:
        """Write an event of the engine down; return what looks different now."""
        return self._events.apply(event, self._candidates)

    @contextmanager
    def hold_engine(self) -> Iterator[None]:
        """Be the one program that works off the queue.

        Jobs that a program left in work that is gone are queued again on entry, and those that
        this one leaves in work on exit.

        Raises:
            AlbumBusy: Another program is.
        """
        with locked(self.folder / _LOCK):
            if self._jobs.put_all_back():
                self._made.sweep()
            try:
                yield
            finally:
                self._jobs.put_all_back()

    # The album itself

    def verify(self, told: Told = _untold) -> list[str]:
        """Return what is wrong; nothing where all is sound.

        What a killed program left in work is queued again first. Reads every original.

        Args:
            told: Hears how many files of how many were read.
        """
        try:
            with self.hold_engine():
                return list(problems(self._db, self.folder, False, told))
        except AlbumBusy:
            return list(problems(self._db, self.folder, True, told))

    def status(self) -> dict[str, Any]:
        """Return counts, faces and jobs by state, for a machine to read."""
        faces = "SELECT state, count(*) FROM faces WHERE removed = 0 GROUP BY state"
        jobs = "SELECT state, count(*) FROM jobs GROUP BY state"
        return {
            "folder": str(self.folder),
            "counts": asdict(self.counts()),
            "faces": self._db.tally(faces),
            "jobs": self._db.tally(jobs),
            "failures": [job.sentence for job in self.jobs(("failed",))],
        }
