"""The files of candidates: which there are, and which nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lafr_engine.album.database import Database, Row, listed


class MadeFiles:
    """The restored faces in an album's cache."""

    def __init__(self, database: Database, album: Path, folder: Path) -> None:
        """Work on an album; its candidates lie in ``folder``."""
        self._db = database
        self._album = album
        self._folder = folder

    def of_photos(self, photo_ids: Iterable[int]) -> list[Path]:
        """Return the files of all candidates of some photos."""
        return self._paths(
            self._db.rows(
                """SELECT crop, preview FROM candidates WHERE face_id IN (SELECT id FROM faces
                WHERE photo_id IN (SELECT value FROM json_each(?)))""",
                listed(photo_ids),
            )
        )

    def sweep(self) -> None:
        """Delete what a killed program has made and no candidate came to use."""
        used = set(self._paths(self._db.rows("SELECT crop, preview FROM candidates")))
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path not in used and path.is_file():
                path.unlink(missing_ok=True)

    def _paths(self, rows: Iterable[Row]) -> list[Path]:
        return [self._album / name for row in rows for name in (row["crop"], row["preview"])]
