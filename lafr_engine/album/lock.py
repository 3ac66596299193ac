"""One program at a time works off an album's jobs: a lock of the operating system.

It goes when its program goes, however that ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lafr_engine.errors import AlbumBusy, AlbumError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is made where there is none.

    Raises:
        AlbumBusy: Another holds it, in this program or in another one.
        AlbumError: The file cannot be made.
    """
    try:
        stream = path.open("ab")
    except OSError as error:
        raise AlbumError(f"{path}: cannot be written ({error.strerror})") from error
    with stream:
        try:
            held = _lock(stream)
        except OSError as error:  # a network folder that knows no locks
            raise AlbumError(f"{path}: cannot be locked ({error.strerror})") from error
        if not held:
            raise AlbumBusy(f"{path.parent}: another program works on this album")
        try:
            yield
        finally:
            _unlock(stream)


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:  # what Windows says of a byte that is locked
            return False
        return True

    def _unlock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
