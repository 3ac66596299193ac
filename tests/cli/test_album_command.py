from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from PIL import Image

from lafr_engine.album.store import Album
from lafr_engine.cli import main
from lafr_engine.cli.album_work import Reporter, Ticker, work_off
from lafr_engine.errors import LafrError
from lafr_engine.messages import DeviceChosen, Ended, Event, FindFaces, Notice, RestoreFace
from tests.album.small_engine import draw, find, make_handlers
from tests.album.small_engine import work_off as restore_small

ROOT = Path(__file__).parents[2]
Out = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, capsys: Out) -> Path:
    """An album of two photographs, nothing done with them."""
    for number in (1, 2):
        draw(tmp_path / "in" / f"{number}.png", seed=number)
    assert main(["album", "create", str(tmp_path / "album")]) == 0
    assert main(["album", "import", str(tmp_path / "album"), str(tmp_path / "in")]) == 0
    capsys.readouterr()
    return tmp_path / "album"


@pytest.fixture
def done(folder: Path) -> Path:
    """The same album, its four faces restored."""
    with Album.open(folder) as album:
        album.enqueue_all()
        restore_small(album)
    return folder


def status(folder: Path, capsys: Out) -> dict[str, dict[str, int]]:
    capsys.readouterr()
    assert main(["album", "status", str(folder), "--json"]) == 0
    found: dict[str, dict[str, int]] = json.loads(capsys.readouterr().out)
    return found


def test_create_and_import(tmp_path: Path, capsys: Out) -> None:
    album, photo = tmp_path / "a", draw(tmp_path / "p.png")
    assert main(["album", "create", str(album)]) == 0
    assert capsys.readouterr().out == f"{album}\n"
    assert main(["album", "create", str(album)]) == 1
    assert "is an album already" in capsys.readouterr().err
    (tmp_path / "x.txt").write_text("x")
    assert main(["album", "import", str(album), str(photo), str(tmp_path / "x.txt")]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("1 added, 0 known already")
    assert "x.txt: is not a picture" in said.err
    assert main(["album", "import", str(tmp_path / "b"), str(photo)]) == 1
    assert "is not an album" in capsys.readouterr().err


def test_a_run_with_a_bundle_that_is_not_there_is_refused_at_once(
    folder: Path, capsys: Out
) -> None:
    assert main(["album", "run", str(folder), "--bundle", "nobody"]) == 1
    assert "nobody: no such bundle" in capsys.readouterr().err
    assert status(folder, capsys)["jobs"] == {}


def test_faces_are_judged_and_restored_by_the_bundle_that_was_asked_for(folder: Path) -> None:
    asked: list[tuple[type, str | None]] = []
    handlers = make_handlers()

    def note(job: FindFaces | RestoreFace) -> Generator[Event, None, None]:
        asked.append((type(job), job.bundle))
        return handlers[type(job)](job)

    with Album.open(folder) as album, album.hold_engine():
        album.enqueue_all()
        noting = handlers | {FindFaces: note, RestoreFace: note}
        assert work_off(album, noting, print, bundle="other") == []
    assert {bundle for _, bundle in asked} == {"other"}
    assert [kind for kind, _ in asked].count(FindFaces) == 2
    assert [kind for kind, _ in asked].count(RestoreFace) == 4


def test_review_and_status(done: Path, capsys: Out) -> None:
    review = ["album", "review", str(done)]
    assert main([*review, "--list"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[2:4] for row in rows] == [["restored", "0.900"]] * 4
    assert main([*review, "--accept", rows[0][0], "99"]) == 1
    assert "no face 99" in capsys.readouterr().err
    assert main([*review, "--reject", rows[1][0]]) == 0
    assert main([*review, "--not-a-face", rows[2][0]]) == 0
    assert status(done, capsys)["faces"] == {
        "accepted": 1,
        "rejected": 1,
        "not-a-face": 1,
        "restored": 1,
    }
    assert main([*review, "--accept-all"]) == 0
    assert status(done, capsys)["faces"]["accepted"] == 2
    for left in (2, 1, 1):
        assert main([*review, "--undo"]) == 0
        assert status(done, capsys)["faces"]["accepted"] == left or left == 2
    assert main([*review, "--redo"]) == 0
    for _ in range(3):
        main([*review, "--undo"])
    capsys.readouterr()
    assert main([*review, "--undo"]) == 1
    assert "nothing to undo" in capsys.readouterr().err
    assert status(done, capsys)["counts"]["faces_to_review"] == 4
    assert main([*review]) == 2
    assert main(["album", "status", str(done)]) == 0
    assert "2 photographs: 2 review" in capsys.readouterr().out


def test_verify(done: Path, tmp_path: Path, capsys: Out) -> None:
    assert main(["album", "verify", str(done)]) == 0
    assert capsys.readouterr().out == "sound\n"
    draw(tmp_path / "in" / "1.png", seed=9)
    assert main(["album", "verify", str(done)]) == 1
    assert "1.png: is not as it was imported" in capsys.readouterr().err


def test_an_export_without_accepted_faces_says_so(done: Path, tmp_path: Path, capsys: Out) -> None:
    assert main(["album", "export", str(done), "--out", str(tmp_path / "out")]) == 1
    assert "no face of this album was accepted" in capsys.readouterr().err
    wrong = ["album", "export", str(done), "--out", str(tmp_path / "out"), "--quality", "0"]
    assert main(wrong) == 2


def test_a_busy_album_is_refused(done: Path, capsys: Out) -> None:
    with Album.open(done) as album, album.hold_engine():
        assert main(["album", "run", str(done)]) == 1
        assert "another program works on this album" in capsys.readouterr().err
        assert main(["album", "verify", str(done)]) == 0


def test_the_queue_is_worked_off_by_the_service(folder: Path) -> None:
    heard: list[Event] = []
    out, err = io.StringIO(), io.StringIO()
    with Album.open(folder) as album, album.hold_engine():
        album.enqueue_all()
        reporter = Reporter(album, Ticker(err), out)

        def hear(event: Event) -> None:
            heard.append(event)
            reporter(event)

        assert work_off(album, make_handlers(), hear) == []
        assert album.counts().faces_to_review == 4
        assert sum(isinstance(event, Ended) for event in heard) == 2 + 4
        album.accept_confident()
        from lafr_engine.album.export import ExportOptions

        album.enqueue_export(album.exportable(), ExportOptions(folder / "out"))
        work_off(album, make_handlers(), hear, ("export",))
        for event in (DeviceChosen("cpu", "there is no GPU"), Notice("slow")):
            reporter(event)
        assert album.verify() == []
    assert [Path(line).name for line in out.getvalue().splitlines()] == [
        "1-restored.png",
        "2-restored.png",
    ]
    assert err.getvalue() == "computing on cpu (there is no GPU)\nslow\n"


def test_failures_are_named_and_the_rest_goes_on(folder: Path) -> None:
    def refuse(job: object) -> object:
        raise LafrError("this face cannot be restored")
        yield

    with Album.open(folder) as album, album.hold_engine():
        album.enqueue_all()
        handlers = {**make_handlers(), RestoreFace: refuse}
        failed = work_off(album, handlers, lambda event: None)  # type: ignore[arg-type]  # it never yields
        assert [job.sentence for job in failed] == ["this face cannot be restored"] * 4
        album.retry_failed()
        assert work_off(album, make_handlers(), lambda event: None) == []
        assert album.counts().failed == 0


def test_an_interrupt_puts_the_job_in_work_back(folder: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Ended):
            raise KeyboardInterrupt

    with Album.open(folder) as album:
        album.enqueue_all()
        with pytest.raises(KeyboardInterrupt), album.hold_engine():
            work_off(album, {**make_handlers(), type(None): find}, interrupt)
        assert album.jobs(("running",)) == []
        assert len(album.jobs(("done",))) == 1
        assert album.verify() == []


def test_the_ticker_speaks_of_rate_and_time_left() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    times = iter((0.0, 10.0, 11.0, 12.0))
    terminal = Terminal()
    ticker = Ticker(terminal, lambda: next(times))
    ticker.tick(2, 6, "a.png: restoring", "job")
    assert terminal.getvalue().endswith("[2/6] a.png: restoring  (5.0 s a job, 20 s left)")
    ticker.say("hello")
    assert terminal.getvalue().endswith("\x1b[2Khello\n")
    now = iter((0.0, 1.0, 1.0, 7.0, 7.0, 7.0))
    quiet = io.StringIO()
    ticker = Ticker(quiet, lambda: next(now))
    ticker.tick(1, 3, "early", "job")
    ticker.tick(2, 3, "late", "job")
    ticker.clear()
    assert quiet.getvalue() == "[2/3] late  (3.5 s a job, 4 s left)\n"


@pytest.mark.slow
def test_two_photographs_from_import_to_export(samples: Path, tmp_path: Path, capsys: Out) -> None:
    album, out = str(tmp_path / "album"), tmp_path / "out"
    photos = [samples / "pif_soldier_family.jpg", samples / "var_exif6.jpg"]
    before = [photo.read_bytes() for photo in photos]
    assert main(["album", "create", album]) == 0
    assert main(["album", "import", album, *map(str, photos)]) == 0
    assert main(["album", "run", album, "--device", "cpu"]) == 0
    assert main(["album", "review", album, "--accept-all"]) == 0
    assert main(["album", "export", album, "--out", str(out), "--device", "cpu"]) == 0
    assert main(["album", "verify", album]) == 0
    for photo in photos:
        with Image.open(photo) as original:
            upright = original.size[:: -1 if original.getexif().get(0x0112, 1) > 4 else 1]
        with Image.open(out / f"{photo.stem}-restored.jpg") as made:
            assert made.size == upright
    assert [photo.read_bytes() for photo in photos] == before
    recipes = sorted(map(str, out.glob("*.lafr.json")))
    assert len(recipes) == 2
    again = tmp_path / "again"
    line = ["render", recipes[0], "--out", str(again), "--source", str(samples)]
    assert main([*line, "--device", "cpu"]) == 0
    (path,) = again.iterdir()
    assert path.read_bytes() == (out / path.name).read_bytes()
    assert status(Path(album), capsys)["jobs"].keys() == {"done"}
    assert main(["album", "run", album]) == 0  # nothing is left to do


@pytest.mark.slow
def test_a_run_can_be_interrupted_and_killed_and_goes_on(
    samples: Path, tmp_path: Path, capsys: Out
) -> None:
    album = str(tmp_path / "album")
    main(["album", "create", album])
    main(["album", "import", album, str(samples / "pif_soldier_family.jpg")])
    command = [sys.executable, "-m", "lafr_engine.cli", "album", "run", album, "--device", "cpu"]
    for end in (signal.SIGINT, signal.SIGKILL):
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        with Album.open(Path(album)) as watching:
            deadline = time.monotonic() + 60.0
            while not watching.jobs(("running",)) and time.monotonic() < deadline:
                time.sleep(0.02)
            assert watching.jobs(("running",))
            child.send_signal(end)
            child.communicate()
            assert child.returncode == (130 if end is signal.SIGINT else -end)
            assert watching.verify() == []
            assert watching.jobs(("running",)) == []
            assert watching.jobs(("queued",))
    assert main(["album", "run", album, "--device", "cpu"]) == 0
    assert status(Path(album), capsys)["counts"]["jobs_queued"] == 0
    assert main(["album", "verify", album]) == 0
