"""Which album is opened, and what a new one begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lafr_engine.album.store import Album
from lafr_engine.resources import samples_dir, user_data_dir

FIRST_RESTORED: Final = "old_1860_three_girls.jpg"
"""The sample photograph that a new user sees restored."""

_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")


def default_folder() -> Path:
    """Where this user's album is."""
    return user_data_dir() / "album"


def ensure(folder: Path) -> bool:
    """Make an album where there is none.

    Returns:
        Whether it was made.

    Raises:
        AlbumError: The folder cannot be used.
    """
    if Album.is_album(folder):
        return False
    Album.create(folder).close()
    return True


def check(folder: Path) -> None:
    """Open an album and close it again.

    Raises:
        AlbumError: It cannot be opened.
    """
    Album.open(folder).close()


def samples() -> list[Path]:
    """The sample photographs that ship with the program."""
    return sorted(path for path in samples_dir().iterdir() if path.suffix in _SUFFIXES)
