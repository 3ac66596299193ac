"""The whole program is killed at random moments of a batch, while somebody reviews."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lafr_engine.album.store import Album
from lafr_engine.album.values import FaceState
from lafr_engine.cli import main as lafr
from tests.album.small_engine import draw
from tests.desktop.scripted_window import Decided, decided

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
VERDICTS = {
    "accept": FaceState.ACCEPTED,
    "reject": FaceState.REJECTED,
    "not-a-face": FaceState.NOT_A_FACE,
}
# Until the engine has seen that its window is gone, has left, and with it whatever holds stdout.
ORPHAN_SECONDS = 30.0

_COUNT_ENDS = """
    CREATE TABLE counted (job INTEGER);
    CREATE TRIGGER count_ends AFTER UPDATE OF state ON jobs
        WHEN NEW.state IN ('done', 'failed', 'cancelled')
        BEGIN INSERT INTO counted VALUES (NEW.id); END;
"""


class Evening:
    """An album that is worked on by one window after the other, and what each of them told."""

    def __init__(self, folder: Path, photos: Path, engine: str) -> None:
        self.album = folder / "album"
        self.decided: Decided = {}
        self.caught_working = self.kills = 0
        self._photos = photos
        self._engine = engine
        self._stderr = folder / "stderr"
        Album.create(self.album).close()
        with closing(sqlite3.connect(self.album / "album.sqlite")) as file:
            file.executescript(_COUNT_ENDS)

    def kill(self, seed: int, chance: random.Random, signs: int, seconds: float) -> None:
        """Open a window and kill it: the whole program at once, or the window alone.

        That is after up to so many signs of life, on any machine, and up to so many seconds more.
        """
        signs, rest = chance.randrange(signs), chance.uniform(0.0, seconds)
        with self._window(str(seed)) as window:
            assert window.stdout is not None
            lines = [window.stdout.readline() for _ in range(1 + signs)]
            time.sleep(rest)
            if chance.random() < 0.5:
                os.killpg(window.pid, signal.SIGKILL)
            else:
                window.kill()
            # To its end: the engine has the same stdout, and must be gone, too.
            more, _ = window.communicate(timeout=ORPHAN_SECONDS)
        assert window.returncode == -signal.SIGKILL
        self.kills += 1
        self._check([*lines, *more.splitlines(keepends=True)])

    def finish(self) -> None:
        """Let a last window go on to the end of the batch and be closed."""
        with self._window("last") as window:
            window.communicate(timeout=300)
        assert window.returncode == 0

    def ends(self) -> Counter[int]:
        """How often each job of the album was ended, counted by the file itself."""
        with closing(sqlite3.connect(self.album / "album.sqlite")) as file:
            return Counter(job for (job,) in file.execute("SELECT job FROM counted"))

    def jobs(self) -> dict[int, str]:
        """The state of each job that the album ever had."""
        with closing(sqlite3.connect(self.album / "album.sqlite")) as file:
            return dict(file.execute("SELECT id, state FROM jobs").fetchall())

    @contextmanager
    def _window(self, seed: str) -> Iterator[subprocess.Popen[str]]:
        """A window in a session of its own; nothing of it is left in the end."""
        module = "tests.desktop.scripted_window"
        command = [sys.executable, "-m", module, str(self.album), str(self._photos)]
        with self._stderr.open("w") as stderr:
            window = subprocess.Popen(
                [*command, self._engine, seed],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
        try:
            yield window
        finally:
            if window.returncode is None:
                os.killpg(window.pid, signal.SIGKILL)
                window.communicate()
        said = self._stderr.read_text()
        # An engine that was just being spawned ends so when the window dies under it.
        assert "Traceback" not in said or "spawn_main" in said, said

    def _check(self, lines: list[str]) -> None:
        for each in lines:
            if each.startswith("[") and each.endswith("]\n"):
                number, kind, face, undone = json.loads(each)
                self.decided[number] = (kind, face, undone)
        with Album.open(self.album) as album:
            self.caught_working += album.counts().jobs_queued + album.counts().jobs_running > 0
            assert album.verify() == []
            assert album.jobs(("running",)) == []
            now = decided(album)
        assert self.decided.keys() <= now.keys()
        # It may have been killed between a decision and the word of it.
        untold = [number for number in now if now[number] != self.decided.get(number)]
        assert len(untold) <= 1
        self.decided = now


def _verdicts(history: Decided) -> dict[int, FaceState]:
    """What a history makes of the faces that it decides on."""
    standing = (history[number] for number in sorted(history))
    return {
        face: VERDICTS[kind] for kind, face, undone in standing if not undone and kind in VERDICTS
    }


def _check_end(evening: Evening, photos: int) -> None:
    """Everything that was decided is there, and every job ended exactly once."""
    jobs = evening.jobs()
    assert set(jobs.values()) <= {"done", "cancelled"}
    assert evening.ends() == dict.fromkeys(jobs, 1)
    with Album.open(evening.album) as album:
        assert decided(album) == evening.decided
        assert len(album.photos()) == photos
        verdicts = _verdicts(evening.decided)
        for photo in album.photos():
            for face in album.faces(photo.id):
                expected = verdicts.get(face.id)
                assert face.state is expected or (
                    expected is None and face.state not in VERDICTS.values()
                )
    assert lafr(["album", "verify", str(evening.album)]) == 0


def test_fifty_kills_of_the_window_and_its_engine(tmp_path: Path) -> None:
    photos = 150
    for number in range(photos):
        draw(tmp_path / "in" / f"{number:03d}.png", seed=number)
    evening, chance = Evening(tmp_path, tmp_path / "in", "small"), random.Random(7)
    for seed in range(50):
        evening.kill(seed, chance, signs=80, seconds=0.1)
    assert evening.kills == 50
    assert evening.caught_working >= 45
    assert len(evening.decided) >= 50
    evening.finish()
    _check_end(evening, photos)


def test_kills_of_the_window_with_the_real_engine(tmp_path: Path, samples: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("old_1860_three_girls.jpg", "pif_soldier_family.jpg"):
        shutil.copy(samples / name, tmp_path / "in")
    evening, chance = Evening(tmp_path, tmp_path / "in", "real"), random.Random(8)
    for seed in range(5):
        evening.kill(seed, chance, signs=4, seconds=4.0)
    assert evening.caught_working >= 1
    evening.finish()
    _check_end(evening, photos=2)
