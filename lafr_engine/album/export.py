"""Exports: what they are called, which faces go in, and what is never written over."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lafr_engine.album.database import Database, Row, listed
from lafr_engine.album.faces import Faces
from lafr_engine.album.jobs import EXPORT, Jobs
from lafr_engine.album.names import FORMAT_SUFFIXES, sidecar, targets
from lafr_engine.album.pictures import absolute
from lafr_engine.album.values import Exported, FaceState
from lafr_engine.album.walk import Source, real
from lafr_engine.errors import ConfigError, OutputError
from lafr_engine.messages import Acceptance, AcceptedFace, RenderPhoto

_PART = 500
_DECISIONS = {
    FaceState.ACCEPTED: Acceptance.ACCEPTED,
    FaceState.RESTORED: Acceptance.CONFIDENT,
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How photographs are exported.

    Attributes:
        out: The folder.
        format: JPEG, PNG, TIFF, WEBP, BMP or AVIF; None keeps each source's own.
        quality: Of a JPEG, WebP or AVIF, 1 to 100; None follows the source.
        suffix: Added to each name.
        overwrite: Whether a file in the way is replaced; an original never is.
        scale: 1, 2 or 4: how much the photographs are enlarged.
        accept_confident: Take restored faces too that nobody has decided on and none has held.
        keep_folders: Lay results into folders like those of their sources.
        label: Say in the files that a network took part in them, and where.
        recipe: Write beside each file how the same bytes are made again.
    """

    out: Path
    format: str | None = None
    quality: int | None = None
    suffix: str = "-restored"
    overwrite: bool = False
    scale: int = 1
    accept_confident: bool = False
    keep_folders: bool = False
    label: bool = True
    recipe: bool = True

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ConfigError: An unknown format or scale, a quality out of range, a suffix with a slash.
        """
        if self.format is not None and self.format not in FORMAT_SUFFIXES:
            raise ConfigError(f"{self.format} is none of {', '.join(FORMAT_SUFFIXES)}")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise ConfigError(f"the quality {self.quality} does not lie between 1 and 100")
        if self.scale not in (1, 2, 4):
            raise ConfigError(f"the scale {self.scale} is none of 1, 2 and 4")
        if "/" in self.suffix or os.sep in self.suffix or "\0" in self.suffix:
            raise ConfigError(f"the suffix {self.suffix} leads to another folder")


class Exports:
    """Queues exports and turns them into messages."""

    def __init__(self, database: Database, faces: Faces, jobs: Jobs) -> None:
        """Work on an album's file."""
        self._db = database
        self._faces = faces
        self._jobs = jobs

    def enqueue(self, photo_ids: Sequence[int], options: ExportOptions) -> None:
        """Queue the export of photos; all names are chosen here, so that none is chosen twice."""
        rows = self._db.rows(
            """SELECT id, path, format FROM photos
            WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id""",
            listed(photo_ids),
        )
        settings = asdict(options)
        tasks = [
            (row["id"], settings | {"out": str(goal)})
            for row, goal in zip(rows, _goals(rows, options), strict=True)
        ]
        for begin in range(0, len(tasks), _PART):  # other programs need not wait long
            self._insert(tasks[begin : begin + _PART])

    def message(self, job: Row, photo: Path) -> RenderPhoto:
        """Return what the engine is asked to do, with the faces accepted by now.

        Raises:
            OutputError: The goal is an original, or a file stands there that is to stay.
        """
        options = _options(json.loads(job["task"]))
        self._check(options)
        return RenderPhoto(
            job=str(job["id"]),
            photo=photo,
            faces=self._accepted(job["photo_id"], options.accept_confident),
            out=options.out,
            quality=options.quality,
            overwrite=options.overwrite,
            scale=options.scale,
            label=options.label,
            recipe=options.recipe,
        )

    def with_accepted(self, confident: bool) -> list[int]:
        """Return the ids of photos that an export would change.

        Args:
            confident: Whether restored faces that nobody decided on count as accepted.
        """
        which = "n_accepted + n_review" if confident else "n_accepted"
        return self._db.column(f"SELECT id FROM photos WHERE {which} > 0 ORDER BY id")

    def written(self, job_ids: Iterable[int]) -> list[Exported]:
        """Return what exports wrote; those that wrote nothing are left out."""
        rows = self._db.rows(
            """SELECT * FROM exports WHERE job_id IN (SELECT value FROM json_each(?))
            ORDER BY id""",
            listed(job_ids),
        )
        return [
            Exported(row["photo_id"], Path(row["out"]), tuple(json.loads(row["notices"])))
            for row in rows
        ]

    def _insert(self, tasks: Sequence[tuple[int, dict[str, Any]]]) -> None:
        with self._db.change():
            present = set(self._db.column("SELECT id FROM photos"))
            for photo_id, task in tasks:
                if photo_id in present:  # not taken out of the album meanwhile
                    self._jobs.insert("export", (photo_id, None), EXPORT, task)

    def _accepted(self, photo_id: int, confident: bool) -> tuple[AcceptedFace, ...]:
        states = tuple(_DECISIONS) if confident else (FaceState.ACCEPTED,)
        faces = [face for face in self._faces.of_photo(photo_id) if face.state in states]
        accepted = []
        for face in faces:
            assert face.candidate_id is not None  # accept() refuses a face without one
            candidate = self._faces.candidate(face.candidate_id)
            made_for = self._faces.made_for(face.candidate_id)
            accepted.append(
                AcceptedFace(
                    face=made_for,
                    crop=candidate.crop,
                    strength=face.strength,
                    keep=face.keep,
                    rectangle=candidate.rectangle,
                    bundle=candidate.bundle,
                    bundle_sha256=candidate.bundle_sha256,
                    seed=candidate.seed,
                    identity=candidate.identity,
                    decision=_DECISIONS[face.state],
                )
            )
        return tuple(accepted)

    def _check(self, options: ExportOptions) -> None:
        goal = options.out
        for path in (goal, sidecar(goal)) if options.recipe else (goal,):
            if self._is_original(path):
                raise OutputError(path, "is an original of this album, which is never written to")
            if path.exists() and not options.overwrite:
                raise OutputError(path, "exists already (--overwrite replaces it)")

    def _is_original(self, goal: Path) -> bool:
        """Whether a path is a photo's, or leads to a photo's file by a link of any kind."""
        places = json.dumps([str(goal), str(real(goal))])
        sql = "SELECT 1 FROM photos WHERE path IN (SELECT value FROM json_each(?))"
        if self._db.row(sql, places) is not None:
            return True
        if not goal.exists():
            return False
        same_size = "SELECT path FROM photos WHERE bytes = ?"
        paths = map(Path, self._db.column(same_size, goal.stat().st_size))
        return any(path.exists() and path.samefile(goal) for path in paths)


def _goals(rows: Sequence[Row], options: ExportOptions) -> list[Path]:
    """Name the results as ``lafr restore`` does, with the suffix before the last dot."""
    paths = [Path(row["path"]) for row in rows]
    top = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
    sources = [
        Source(_with_suffix(path, options.suffix), _place(path, top, options), row["format"])
        for path, row in zip(paths, rows, strict=True)
    ]
    out = absolute(options.out)
    if not options.keep_folders:
        return targets(sources, out, FORMAT_SUFFIXES, options.format)
    goals: dict[int, Path] = {}
    for folder in dict.fromkeys(source.place.parent for source in sources):
        inside = [index for index, each in enumerate(sources) if each.place.parent == folder]
        chosen = [sources[index] for index in inside]
        named = targets(chosen, out / folder, FORMAT_SUFFIXES, options.format)
        goals.update(zip(inside, named, strict=True))
    return [goals[index] for index in range(len(sources))]


def _place(path: Path, top: Path, options: ExportOptions) -> Path:
    named = _with_suffix(path, options.suffix)
    if options.keep_folders:
        return named.relative_to(top)
    return Path(named.parent.name, named.name)


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.stem}{suffix}{path.suffix}")


def _options(task: dict[str, Any]) -> ExportOptions:
    return ExportOptions(**task | {"out": Path(task["out"])})
