"""A server of files on this machine that can be told to misbehave, request by request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Act = Callable[["Answer", bytes, int], None]
"""Answers a request for a file's bytes from some byte on."""


class FileServer(ThreadingHTTPServer):
    """Serves ``files`` by path, whole or from the byte that is asked for.

    Attributes:
        files: By path, with the slash.
        acts: What is done with the next requests; none left, they are served as they should be.
        asked: Path and Range header of every request.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.acts: list[Act] = []
        self.asked: list[tuple[str, str | None]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append((self.path, asked))
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        act = self.server.acts.pop(0) if self.server.acts else serve
        act(self, data, start)

    def head(self, data: bytes, start: int) -> None:
        """Send the headers of a whole or partial answer."""
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def serve(answer: Answer, data: bytes, start: int) -> None:
    answer.head(data, start)
    answer.wfile.write(data[start:])


def drop_after(count: int) -> Act:
    """Close the connection after so many bytes of the body."""

    def act(answer: Answer, data: bytes, start: int) -> None:
        answer.head(data, start)
        answer.wfile.write(data[start : start + count])
        answer.close_connection = True

    return act


def stall_after(count: int) -> Act:
    """Send so many bytes of the body and then nothing, until the test is over."""

    def act(answer: Answer, data: bytes, start: int) -> None:
        answer.head(data, start)
        answer.wfile.write(data[start : start + count])
        answer.wfile.flush()
        answer.server.released.wait(20)

    return act


def status(code: int) -> Act:
    """Answer with an error."""

    def act(answer: Answer, data: bytes, start: int) -> None:
        answer.send_error(code)

    return act


def without_ranges(answer: Answer, data: bytes, start: int) -> None:
    """Send all, whatever was asked for."""
    serve(answer, data, 0)


def slowly(answer: Answer, data: bytes, start: int) -> None:
    """Send all, but take half a second."""
    answer.head(data, start)
    answer.wfile.write(data[start : start + 10])
    answer.wfile.flush()
    time.sleep(0.5)
    answer.wfile.write(data[start + 10 :])


@contextmanager
def running() -> Iterator[FileServer]:
    """Run a server in a thread."""
    with FileServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
