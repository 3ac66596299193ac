"""Reads picture files by Qt, in any thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage, QImageReader


def reader_of(path: Path, kind: str) -> QImageReader:
    """Return a reader of a file whose format is known.

    Qt must not look for the format itself: it would ask its SVG plug-in, which connects a signal.
    For that it takes one of the few locks that all objects share, while this thread holds Python's
    own; PySide, where it disconnects, takes the two in the other order, and both wait for ever.

    Args:
        path: The file.
        kind: As Qt names it: ``jpeg``, ``png``, ``webp``, ``bmp``.
    """
    reader = QImageReader(str(path), kind.encode())
    reader.setAutoDetectImageFormat(False)
    return reader


def read_jpeg(data: bytes) -> QImage:
    """Read the bytes of a JPEG; a null picture where they are none.

    No buffer made in Python may be handed to Qt's readers: under a lock that all of them share they
    ask it for its place, and PySide waits for Python's lock to see whether that was overridden. A
    thread that holds Python's and reads, as the window does for an icon, waits for the other one.
    """
    return QImage.fromData(data, "JPEG")  # type: ignore[arg-type]  # the stubs want bytes, Qt a text


def read_png(path: Path) -> QImage:
    """Read what the engine wrote; a null picture where there is no PNG."""
    return reader_of(path, "png").read() if path.is_file() else QImage()
