from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lafr_engine.bundle.download import Patience, Wanted, download, part_of
from lafr_engine.errors import DownloadFailed, OutputError, WeightsDamaged
from tests.bundle.file_server import (
    Answer,
    FileServer,
    drop_after,
    running,
    serve,
    stall_after,
    status,
    without_ranges,
)

DATA = bytes(range(256)) * 4000
QUICK = Patience(timeout=5.0, attempts=3, pause=0.001)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running() as server:
        server.files["/weights"] = DATA
        yield server


@pytest.fixture
def wanted(server: FileServer) -> Wanted:
    return Wanted(f"{server.url}/weights", len(DATA), hashlib.sha256(DATA).hexdigest())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "weights"


def ranges(server: FileServer) -> list[str | None]:
    return [asked for _, asked in server.asked]


def test_a_file_comes_whole(server: FileServer, wanted: Wanted, target: Path) -> None:
    told: list[int] = []
    download(wanted, target, told.append, QUICK)
    assert target.read_bytes() == DATA
    assert (told[0], told[-1]) == (0, len(DATA))
    assert told == sorted(told)
    assert not part_of(target).exists()
    assert ranges(server) == [None]


def test_dropped_connections_are_taken_up_where_they_stopped(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    # More often than a download without any progress would be tried.
    server.acts = [drop_after(1000)] * 7
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert ranges(server) == [None, *(f"bytes={1000 * n}-" for n in range(1, 8))]


def test_a_stalled_connection_is_given_up_and_taken_up(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    server.acts = [stall_after(5000)]
    download(wanted, target, None, replace(QUICK, timeout=0.3))
    assert target.read_bytes() == DATA
    assert ranges(server) == [None, "bytes=5000-"]


def test_a_connection_that_stays_silent_is_told(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    server.acts = [stall_after(0)] * 3
    with pytest.raises(DownloadFailed, match="nothing came for too long, 3 times"):
        download(wanted, target, None, replace(QUICK, timeout=0.2))


def test_a_server_without_ranges_is_asked_for_all_again(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    server.acts = [drop_after(3000), without_ranges]
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert ranges(server) == [None, "bytes=3000-"]


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again(
    server: FileServer, wanted: Wanted, target: Path, code: int
) -> None:
    server.acts = [status(code), status(code)]
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("code", [401, 403, 410])
def test_a_refusal_is_told_at_once(
    server: FileServer, wanted: Wanted, target: Path, code: int
) -> None:
    server.acts = [status(code)]
    with pytest.raises(DownloadFailed, match=f"answers {code}"):
        download(wanted, target, None, QUICK)
    assert len(server.asked) == 1


def test_a_file_that_is_not_there_is_told(server: FileServer, wanted: Wanted, target: Path) -> None:
    with pytest.raises(DownloadFailed, match="nowhere: the server answers 404"):
        download(replace(wanted, url=f"{server.url}/nowhere"), target, None, QUICK)


def test_a_server_that_never_gets_well_is_given_up_and_what_came_is_kept(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    server.acts = [drop_after(2000), *[status(503)] * 3]
    with pytest.raises(DownloadFailed, match=r"3 times in a row; 2000 of 1024000 bytes are kept"):
        download(wanted, target, None, QUICK)
    assert part_of(target).read_bytes() == DATA[:2000]
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert ranges(server)[-1] == "bytes=2000-"


def test_no_server_at_all_is_told(tmp_path: Path, wanted: Wanted, target: Path) -> None:
    nobody = replace(wanted, url="http://127.0.0.1:9/weights")
    with pytest.raises(DownloadFailed, match="the connection failed"):
        download(nobody, target, None, QUICK)


def test_another_file_of_the_same_size_is_dropped(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    server.files["/weights"] = DATA[:-1] + b"x"
    with pytest.raises(WeightsDamaged, match="it was dropped"):
        download(wanted, target, None, QUICK)
    assert not target.exists()
    assert not part_of(target).exists()


def test_a_damaged_beginning_is_found_and_dropped(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    part_of(target).write_bytes(b"?" * 4000)
    with pytest.raises(WeightsDamaged):
        download(wanted, target, None, QUICK)
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert ranges(server) == ["bytes=4000-", None]


def test_a_beginning_that_is_too_long_is_dropped(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    part_of(target).write_bytes(DATA + b"more")
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA


def test_what_came_whole_is_not_asked_for_again(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    part_of(target).write_bytes(DATA)
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert server.asked == []


@pytest.mark.parametrize("there", [b"", DATA[:1000]])
def test_a_file_of_another_size_is_refused_before_it_comes(
    server: FileServer, wanted: Wanted, target: Path, there: bytes
) -> None:
    part_of(target).write_bytes(there)
    server.files["/weights"] = DATA * 2
    with pytest.raises(DownloadFailed, match="a file of 2048000 bytes"):
        download(wanted, target, None, QUICK)
    assert part_of(target).read_bytes() == there


def test_another_part_than_the_one_asked_for_is_refused(
    server: FileServer, wanted: Wanted, target: Path
) -> None:
    def shifted(answer: Answer, data: bytes, start: int) -> None:
        serve(answer, data, start + 1)

    part_of(target).write_bytes(DATA[:1000])
    server.acts = [shifted]
    with pytest.raises(DownloadFailed, match="another part"):
        download(wanted, target, None, QUICK)
    assert part_of(target).read_bytes() == DATA[:1000]


CHILD = """
import resource, signal, sys
from pathlib import Path
from lafr_engine.bundle.download import Patience, Wanted, download
from lafr_engine.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    download(Wanted(sys.argv[1], int(sys.argv[2]), sys.argv[3]), Path(sys.argv[4]))
except OutputError as error:
    print(error)
"""


def test_a_full_disk_keeps_what_came(server: FileServer, wanted: Wanted, target: Path) -> None:
    # A limit on the size of files, in a process of its own, fails as a full disk does: in the
    # middle of a write.
    args = [wanted.url, str(wanted.size), wanted.sha256, str(target)]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *args], capture_output=True, text=True, check=True
    )
    assert "the disk is full; what came so far is kept" in done.stdout
    assert part_of(target).read_bytes() == DATA[:300_000]
    download(wanted, target, None, QUICK)
    assert target.read_bytes() == DATA
    assert ranges(server)[-1] == "bytes=300000-"


def test_a_folder_that_is_not_there_is_told(wanted: Wanted, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        download(wanted, tmp_path / "nowhere" / "weights", None, QUICK)
