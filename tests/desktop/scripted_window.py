"""The window as a program of its own that reviews at random, to be killed and opened again.

``python -m tests.desktop.scripted_window ALBUM PHOTOS ENGINE SEED``: brings PHOTOS in, restores
what is new and decides on faces meanwhile, through the window's own actions and signals. ENGINE is
``small`` or ``real``. With ``last`` as the seed it does nothing of that, finishes what the album
has queued, and closes the window.

What has happened stands on stdout, one line each: ``open``, ``work``, and a JSON list for each
decision that is in the album by then or was taken back: a reader knows what must not be lost.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

from lafr_desktop.app.crash import CrashReporter
from lafr_desktop.app.shell import Shell
from lafr_desktop.app.start import Program, make_application
from lafr_desktop.settings import Settings
from lafr_engine.album.store import Album
from lafr_engine.messages import Event
from lafr_engine.service import Handler
from lafr_engine.worker import process
from tests.album.small_engine import make_handlers

Decided = dict[int, tuple[str, int, bool]]
"""By the number of a decision, its kind, its face, and whether it was taken back."""

_STEP_MS: Final = 30
_STEP_SECONDS: Final = 0.02


def small(connection: Connection, device: str = "auto", max_pixels: int = 0) -> None:
    """An engine process with real files but no networks, slow enough to be met at work."""
    process.serve(connection, {kind: slowed(each) for kind, each in make_handlers().items()})


def slowed(handler: Handler) -> Handler:
    """Rest at each step."""

    def work(job: Any) -> Generator[Event, None, None]:
        for event in handler(job):
            time.sleep(_STEP_SECONDS)
            yield event

    return work


def decided(album: Album) -> Decided:
    """All that was ever decided in an album."""
    return {each.id: (each.kind, each.face_id, each.undone) for each in album.history(1_000_000)}


def tell(text: str) -> None:
    """Write a line that is out before anything else happens."""
    print(text, flush=True)


class Reviewer(QObject):
    """Does at random what people do, and tells what is in the album after each step."""

    def __init__(self, shell: Shell, seed: int, draws: bool) -> None:
        super().__init__(shell)
        self._shell = shell
        self._chance = random.Random(seed)
        self._told: Decided = {}
        actions = shell.views.face_actions
        self._moves: list[Callable[[], object]] = [
            *[actions.accept.trigger] * 6,
            *[actions.reject.trigger] * 4,
            *[actions.undo.trigger] * 3,
            *[actions.another_seed.trigger] * 2,
            *[self._open_any] * 2,
            actions.redo.trigger,
            actions.not_a_face.trigger,
            actions.next.trigger,
            lambda: shell.views.bar.strength_chosen.emit(self._chance.random()),
            *[self._draw] * draws,
        ]
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._step)

    def begin(self) -> None:
        """Tell what the album holds already, then go on until killed."""
        self._tell_changes()
        self._timer.start()

    @Slot()
    def _step(self) -> None:
        if self._shell.views.window.shows_photo:
            self._chance.choice(self._moves)()
            self._tell_changes()
        else:
            self._shell.views.face_actions.review.trigger()

    def _tell_changes(self) -> None:
        now = decided(self._shell.album)
        for number, entry in sorted(now.items()):
            if self._told.get(number) != entry:
                tell(json.dumps([number, *entry]))
        self._told = now

    def _open_any(self) -> None:
        photo = self._chance.choice(self._shell.album.photos())
        self._shell.views.grid.opened.emit(photo.id)

    def _draw(self) -> None:
        x, y = self._chance.uniform(0.0, 100.0), self._chance.uniform(0.0, 40.0)
        self._shell.views.photo.face_drawn.emit((x, y, x + 40.0, y + 40.0))


def restore(shell: Shell, photos: Path) -> None:
    """Bring the photographs in, of which some or all may be there, and restore what is new."""
    library = shell.controllers.library
    library.import_finished.connect(lambda _: shell.views.album_actions.restore_all.trigger())
    library.import_paths([photos])


def finish(shell: Shell) -> None:
    """Close the window once nothing is left to do; it goes on by itself."""

    def look() -> None:
        counts = shell.album.counts()
        if not counts.jobs_queued + counts.jobs_running:
            shell.views.window.close()

    timer = QTimer(shell)
    timer.timeout.connect(look)
    timer.start(_STEP_MS)


def main(album: str, photos: str, engine: str, seed: str) -> int:
    """Run the window."""
    app = make_application()
    reporter = CrashReporter()
    settings = Settings.of_file(Path(album).with_suffix(".ini"))
    target = {"small": small, "real": process.main}[engine]
    with reporter.installed():
        program = Program(settings, target, reporter)
        if not program.begin(Path(album)) or program.shell is None:
            return 1
        shell = program.shell
        shell.engine.progressed.connect(lambda _: tell("work"))
        shell.engine.photo_changed.connect(lambda _: tell("work"))
        tell("open")
        if seed == "last":
            finish(shell)
        else:
            restore(shell, Path(photos))
            Reviewer(shell, int(seed), draws=engine == "small").begin()
        status = app.exec()
        program.end()
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
