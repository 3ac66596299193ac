"""Thumbnails on disk."""

from __future__ import annotations

import os
import secrets
import threading
import zlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QBuffer,
    QIODevice,
)
from PySide6.QtGui import (
    QImage,
    QImageWriter,
)

from lafr_desktop.reading import read_jpeg

_QUALITY: Final = 90
_CHECK_BYTES: Final = 4


class ThumbnailStore:
    """Thumbnails on disk, one file for each content and size. Safe from several threads.

    A file is a JPEG with the CRC-32 of its bytes behind it: a JPEG alone does not show that its
    end is missing.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        """Prepare; nothing is touched yet.

        Args:
            folder: Where the files lie.
            limit: Bytes of all files; the ones unused for longest give way.
        """
        self._folder = folder
        self._limit = limit
        self._bytes: int | None = None  # not counted yet
        self._lock = threading.Lock()

    def read(self, sha256: str, side: int) -> QImage | None:
        """Return a stored picture; None where there is none or it is damaged."""
        path = self._path(sha256, side)
        try:
            data = path.read_bytes()
            os.utime(path)  # it was used: the last to give way
        except OSError:  # not there, or not to be read: it is made from the photograph
            return None
        body, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
        if zlib.crc32(body) != int.from_bytes(check, "big"):
            return None
        image = read_jpeg(body)
        return None if image.isNull() else image

    def write(self, sha256: str, side: int, image: QImage) -> None:
        """Store a picture, whole or not at all.

        Raises:
            OSError: The disk is full or may not be written to.
        """
        path = self._path(sha256, side)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = _jpeg(image)
        part = path.with_name(f".{secrets.token_hex(6)}.part")
        try:
            part.write_bytes(body + zlib.crc32(body).to_bytes(_CHECK_BYTES, "big"))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self._count(len(body) + _CHECK_BYTES)

    def _path(self, sha256: str, side: int) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{side}.jpg"

    def _count(self, added: int) -> None:
        with self._lock:
            if self._bytes is None:
                self._bytes = sum(size for _, size, _ in self._files())
            else:
                self._bytes += added
            if self._bytes > self._limit:
                self._bytes = self._evict()

    def _evict(self) -> int:
        """Make room for a while: a tenth below the limit. Return what is left."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._limit * 0.9:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.glob("*/*.jpg"):
            try:
                status = path.stat()
            except FileNotFoundError:  # another program on the same album took it away
                continue
            found.append((status.st_mtime, status.st_size, path))
        return found


def _jpeg(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(_QUALITY)
    if not writer.write(image):
        raise OSError(writer.errorString())
    return bytes(buffer.data().data())
