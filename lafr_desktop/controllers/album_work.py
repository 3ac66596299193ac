"""Work on an album off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from lafr_desktop.background import Background
from lafr_engine.album.store import Album

T = TypeVar("T")


class AlbumWork:
    """Work on an album in the background, each time with a connection of its own."""

    def __init__(self, folder: Path, background: Background, failed: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            folder: Of the album.
            background: Does the work.
            failed: Gets the sentence of an error that was raised on purpose.
        """
        self._folder = folder
        self._background = background
        self._failed = failed

    def run(self, work: Callable[[Album], T], then: Callable[[T], None]) -> None:
        """Do the work in the worker thread, then call ``then`` in the GUI thread."""
        self._background.submit(partial(self._in_album, work), then, self._failed)

    def _in_album(self, work: Callable[[Album], T]) -> T:
        with Album.open(self._folder) as album:
            return work(album)
