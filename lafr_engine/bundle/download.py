"""One file over HTTP: resumed where it stopped, checked by sha256, whole or not there.

What came so far lies beside the target as ``NAME.part`` and stays there through dropped
connections, a full disk and the end of the program.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lafr_engine.errors import DownloadFailed, OutputError, WeightsDamaged

Told = Callable[[int], None]
"""Hears how many bytes of the file are there."""

_CHUNK: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WAIT: Final = (408, 425, 429, 500, 502, 503, 504)
_BEYOND: Final = 416
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to download.

    Attributes:
        url: Where it is.
        size: Its bytes.
        sha256: Of them.
    """

    url: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a download goes on trying.

    Attributes:
        timeout: Seconds of silence after which a connection is given up.
        attempts: Failures in a row, none of which brought a byte, before giving up.
        pause: Seconds before the second attempt; doubled with each failure.
        longest: The longest pause.
    """

    timeout: float = 30.0
    attempts: int = 6
    pause: float = 1.0
    longest: float = 60.0


class _InterruptedError(Exception):
    """The connection failed; another attempt may do better."""


def download(
    wanted: Wanted, target: Path, told: Told | None = None, patience: Patience | None = None
) -> None:
    """Download a file, going on from what an earlier attempt left.

    Args:
        wanted: The file.
        target: Where it goes; its folder is there.
        told: Hears of the progress.
        patience: How long to go on trying.

    Raises:
        DownloadFailed: The server refused, or the connection failed again and again; what came
            is kept.
        WeightsDamaged: All came, but it is another file; it is dropped.
        OutputError: It cannot be written, the disk being full for one; what came is kept.
    """
    part = part_of(target)
    _receive_all(wanted, part, told or _silent, patience or Patience())
    found = sha256_of(part)
    if found != wanted.sha256:
        part.unlink()
        raise WeightsDamaged(
            f"{target.name}: what {wanted.url} sent has the sha256 {found}, not "
            f"{wanted.sha256}; it was dropped"
        )
    settle(part, target)


def part_of(target: Path) -> Path:
    """Return where a file lies as long as it is not whole."""
    return target.with_name(f"{target.name}.part")


def sha256_of(path: Path) -> str:
    """Return the sha256 (hex) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle(part: Path, target: Path) -> None:
    """Give a file that is whole its name, once it is on the disk.

    Raises:
        OutputError: It cannot be moved.
    """
    try:
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        raise OutputError(target, f"cannot be written ({error.strerror})") from error


def append(part: Path, out: int, data: bytes) -> None:
    """Write all of ``data`` to the descriptor ``out`` of an unfinished file.

    Raises:
        OutputError: The disk is full or fails; what was written before is kept.
    """
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(out, left) :]
        except OSError as error:
            raise OutputError(part, _why_not_written(error)) from error


def _why_not_written(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full; what came so far is kept: make room and run the command again"
    return f"cannot be written ({error.strerror})"


def open_part(part: Path, at: int) -> int:
    """Open an unfinished file to write on from byte ``at``; what lies beyond it is cut off.

    Raises:
        OutputError: It cannot be opened.
    """
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        out = os.open(part, flags, 0o644)
        os.ftruncate(out, at)
        os.lseek(out, at, os.SEEK_SET)
    except OSError as error:
        raise OutputError(part, _why_not_written(error)) from error
    return out


def _receive_all(wanted: Wanted, part: Path, told: Told, patience: Patience) -> None:
    """Ask again and again until the unfinished file has its size."""
    failures = 0
    while (there := _length(part)) != wanted.size:
        if there > wanted.size:
            part.unlink()
            continue
        told(there)
        try:
            _receive(wanted, part, there, told, patience.timeout)
        except _InterruptedError as error:
            failures = 0 if _length(part) > there else failures + 1
            if failures >= patience.attempts:
                raise DownloadFailed(
                    f"{wanted.url}: {error}, {failures} times in a row; {_length(part)} of "
                    f"{wanted.size} bytes are kept: run the command again to go on"
                ) from error
            time.sleep(min(patience.longest, patience.pause * 2 ** max(failures - 1, 0)))
    told(wanted.size)


def _receive(wanted: Wanted, part: Path, there: int, told: Told, timeout: float) -> None:
    """Ask once for what is missing and write it as it comes."""
    with closing(_ask(wanted.url, there, timeout)) as answer:
        start = _start(answer, wanted, there)
        out = open_part(part, start)
        try:
            while start < wanted.size:
                data = _read(answer, min(_CHUNK, wanted.size - start))
                append(part, out, data)
                start += len(data)
                told(start)
        finally:
            os.close(out)


def _ask(url: str, there: int, timeout: float) -> http.client.HTTPResponse:
    headers = {"User-Agent": "lafr", "Accept-Encoding": "identity"}
    if there:
        headers["Range"] = f"bytes={there}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _WAIT:
                raise _InterruptedError(
                    f"the server answers {error.code} {error.reason}"
                ) from error
            said = "has a shorter file" if error.code == _BEYOND else f"answers {error.code}"
            raise DownloadFailed(f"{url}: the server {said} ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedError(_why(error)) from error
    return answer


def _start(answer: http.client.HTTPResponse, wanted: Wanted, there: int) -> int:
    """Return at which byte an answer begins; a server that knows no ranges begins at the first.

    Raises:
        DownloadFailed: The file has another size, or begins somewhere else.
    """
    begins, size = 0, answer.headers.get("Content-Length", "")
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        begins, size = (int(found[1]), found[2]) if found else (-1, "")
    if begins not in (0, there):
        raise DownloadFailed(f"{wanted.url}: the server sends another part than was asked for")
    if size.isdigit() and int(size) != wanted.size:
        raise DownloadFailed(
            f"{wanted.url}: the server has a file of {size} bytes, not the one of {wanted.size}"
        )
    return begins


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    """Read what comes next, at least a byte.

    Raises:
        _InterruptedError: Nothing came in time, or the connection was closed.
    """
    try:
        data = answer.read1(most)
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedError(_why(error)) from error
    if not data:
        raise _InterruptedError("the connection was closed too early")
    return data


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return "nothing came for too long"
    return f"the connection failed ({reason})"


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _silent(_: int) -> None:
    """The report of a caller who wants none."""
