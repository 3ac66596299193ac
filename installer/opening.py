"""Measures how long the window takes to open a large album.

    python installer/opening.py [--photos N] [--rounds N] [--album DIR] [--profile FILE]

It makes an album of so many small photographs, imported as people import them, each with two faces,
a candidate each and a decision on every second one; then it opens the real window on it, each time
in a process of its own. Printed are medians: from the order to open the album to the first picture
of the window that lists all of it, on the wall and in processor time, of the GUI thread alone and
of all threads. "program" is the same from the start of Python, with the imports.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_SECONDS: Final = 120
_FACES: Final = """INSERT INTO faces
    (photo_id, x0, y0, x1, y1, landmarks, score, origin, verdict, state)
    SELECT photos.id, 70.0 * column1, 20.0, 70.0 * column1 + 50, 80.0,
        '[[15,20],[35,20],[25,32],[17,45],[33,45]]', 0.9, 'detector',
        CASE column1 WHEN 1 THEN 'accepted' END,
        CASE column1 WHEN 1 THEN 'accepted' ELSE 'restored' END
    FROM photos, (VALUES (0), (1))"""
_CANDIDATES: Final = """INSERT INTO candidates
    (face_id, bundle, bundle_sha256, seed, x0, y0, x1, y1, landmarks, score, crop, preview,
    rectangle, identity, created)
    SELECT id, 'lafr-compact-1', hex(zeroblob(32)), 0, x0, y0, x1, y1, landmarks, score, 'crop.png',
        'preview.png', '[0,20,50,80]', 0.8, '2026-01-01T00:00:00+00:00' FROM faces"""
_DECISIONS: Final = """INSERT INTO decisions (batch, face_id, kind, at, before, after)
    SELECT id, id, 'accept', '2026-01-01T00:00:00+00:00', '{"verdict": null}',
        '{"verdict": "accepted"}' FROM faces WHERE verdict = 'accepted'"""


def main() -> int:
    """Make the album where there is none, open it some times, and print what that took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--album", type=Path, help="made there, and opened again if it is there")
    parser.add_argument("--profile", type=Path, help="write what cProfile saw of one more opening")
    parser.add_argument("--open", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if args.open:
        print(json.dumps(opened(args.album / "album", args.profile)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = args.album or Path(folder)
        if not (place / "album").exists():
            make(place, args.photos)
        command = [sys.executable, __file__, "--open", "--album", str(place)]
        show([json.loads(_said(command)) for _ in range(args.rounds)])
        if args.profile:
            _said([*command, "--profile", str(args.profile)])
    return 0


def make(place: Path, photos: int) -> None:
    """Make an album of small photographs with faces."""
    from lafr_engine.album.store import Album
    from tests.desktop.albums import picture

    originals = place / "originals"
    originals.mkdir(parents=True)
    data = picture(place / "one.jpg").read_bytes()
    for number in range(photos):  # what stands behind a JPEG's end makes it another file
        (originals / f"IMG_{number:05}.jpg").write_bytes(data + number.to_bytes(4, "big"))
    with Album.create(place / "album") as album:
        for _ in album.import_paths([originals]):
            pass
    with closing(sqlite3.connect(place / "album" / "album.sqlite")) as database, database:
        for sql in (_FACES, _CANDIDATES, _DECISIONS):
            database.execute(sql)
        database.execute("UPDATE photos SET search = 'done'")
        database.execute("UPDATE faces SET candidate_id = id")  # they were made in this order


def opened(folder: Path, profile: Path | None) -> dict[str, float]:
    """Open the window on an album; return seconds by name."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

    from lafr_desktop.app.crash import CrashReporter
    from lafr_desktop.app.start import Program, make_application
    from lafr_desktop.settings import Settings
    from lafr_desktop.views.theme import Theme
    from lafr_engine.album.store import Album
    from lafr_engine.worker.process import main as engine

    app = make_application()
    with Album.open(folder) as album:
        photos = album.counts().photos
    loop = QEventLoop()

    class Painted(QObject):
        """Ends the loop with the first picture that is drawn of the whole list."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint and shell.models.photos.rowCount() == photos:
                QTimer.singleShot(0, loop.quit)
            return False

    with tempfile.TemporaryDirectory() as settings_folder:
        settings = Settings.of_file(Path(settings_folder) / "settings.ini")
        theme = Theme(app, "light")
        program = Program(settings, engine, CrashReporter())
        watch = cProfile.Profile()
        if profile:
            watch.enable()
        wall, thread, process = time.monotonic(), time.thread_time(), time.process_time()
        if not program.begin(folder) or program.shell is None:
            raise OSError(f"{folder} cannot be opened")
        shell, painted = program.shell, Painted()
        shell.views.grid.list.viewport().installEventFilter(painted)
        QTimer.singleShot(_SECONDS * 1000, loop.quit)
        loop.exec()
        took = {
            "opening, wall": time.monotonic() - wall,
            "opening, GUI thread": time.thread_time() - thread,
            "opening, all threads": time.process_time() - process,
            "program, all threads": time.process_time(),
        }
        watch.disable()
        if profile:
            watch.dump_stats(profile)
        listed = shell.models.photos.rowCount()
        program.end()
        del theme
    if took["opening, wall"] >= _SECONDS:
        raise TimeoutError(f"{folder}: {listed} of {photos} photographs were listed in time")
    return took


def show(rounds: list[dict[str, float]]) -> None:
    """Print the median of each number."""
    for name in rounds[0]:
        print(f"{name:22} {median(each[name] for each in rounds):6.3f} s")


def _said(command: list[str]) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
