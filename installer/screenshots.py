"""Makes the screenshots of every view with the real program on the sample photographs.

    python installer/screenshots.py [--out DIR]

Each look (light or dark, screen, scale) is taken by a process of its own, because Qt's scale is
set once. The sample album is restored once and copied for each look.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from lafr_desktop.app.shell import Shell

_PHOTOS = ("old_1860_three_girls.jpg", "pif_soldier_family.jpg", "gsa_three_women.webp")
_RESTORE_SECONDS = 900
_SETTLE_MS = 1500
_QUALITY = 88


@dataclass(frozen=True)
class Look:
    """How the program looks on a screenshot."""

    theme: str
    width: int
    height: int
    scale: int
    language: str = "en"

    @property
    def name(self) -> str:
        """The end of the file names."""
        return f"{self.theme}-{self.width}x{self.height}-{self.scale * 100}-{self.language}"


LOOKS = (
    Look("light", 1280, 800, 1),
    Look("dark", 1280, 800, 1),
    Look("light", 1920, 1080, 1),
    Look("dark", 1920, 1080, 1),
    Look("light", 1280, 800, 2),
    Look("dark", 1280, 800, 2),
    Look("light", 1280, 800, 1, "de"),
)


def main() -> int:
    """Restore the samples, then take every look."""
    parser = argparse.ArgumentParser(description="Make the screenshots of every view.")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "screenshots")
    parser.add_argument("--album", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--look", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.look is not None:
        take(LOOKS[args.look], args.album, args.out)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        album = Path(folder) / "Family album"
        restore(album)
        for number, look in enumerate(LOOKS):
            copy = Path(folder) / str(number) / album.name
            shutil.copytree(album, copy)
            command = [sys.executable, __file__, "--look", str(number), "--album", str(copy)]
            environment = os.environ | {"QT_SCALE_FACTOR": str(look.scale)}
            subprocess.run([*command, "--out", str(args.out)], env=environment, check=True)
    return 0


def restore(folder: Path) -> None:
    """Make an album of the samples, restore some of them, and decide on some faces."""
    with _running(folder, Look("light", 1280, 800, 1)) as shell:
        from lafr_desktop.app import albums

        shell.controllers.library.import_paths(albums.samples())
        _wait(lambda: shell.album.counts().photos == len(albums.samples()))
        names = {photo.path.name: photo.id for photo in shell.album.photos()}
        shell.controllers.batch.restore_photos([names[each] for each in _PHOTOS])
        _wait(lambda: shell.album.counts().faces_to_review > 0)
        _wait(lambda: not shell.album.jobs(("queued", "running")))
        girls = shell.album.faces(names[_PHOTOS[0]])
        shell.album.enqueue_restore([girls[0].id])
        shell.engine.wake()
        _wait(lambda: len(shell.album.candidates(girls[0].id)) > 1)
        for face in shell.album.faces(names[_PHOTOS[2]]):
            if face.candidate_id is not None:
                shell.album.accept(face.id)


def take(look: Look, album: Path, out: Path) -> None:
    """Show every view and save it."""
    with _running(album, look) as shell:
        _wait(lambda: shell.models.photos.rowCount() > 0)
        views = shell.views

        loaded: list[object] = []
        views.photo.loaded.connect(loaded.append)

        def save(name: str) -> None:
            _settle()
            _save(views.window, out / f"{name}-{look.name}.webp")

        save("album")
        views.grid.opened.emit(_photo(shell, _PHOTOS[0]))
        _wait(lambda: bool(loaded) and _has_pictures(shell))
        views.face_actions.next.trigger()
        views.face_actions.previous.trigger()  # the first face has two candidates
        save("review")
        views.photo.fit()
        save("photo")
        _show_invented(shell)
        save("invented")
        views.photo.set_invented_visible(False)
        views.face_actions.back.trigger()
        views.album_actions.show_queue.trigger()
        views.album_actions.restore_new.trigger()
        _wait(lambda: shell.models.jobs.rowCount() > 0 and shell.album.counts().jobs_running > 0)
        save("queue")
        views.album_actions.cancel.trigger()
        views.album_actions.show_queue.trigger()
        _save_dialogs(shell, look, out)


def _show_invented(shell: Shell) -> None:
    """Show what was invented in a face of a photograph that is less sharp than the others."""
    measured: list[object] = []
    views = shell.views
    views.photo.invented_changed.connect(measured.append)
    views.grid.opened.emit(_photo(shell, _PHOTOS[1]))
    views.photo.set_invented_visible(True)
    faces = shell.models.faces
    _wait(lambda: faces.rowCount() > 0 and _has_pictures(shell))
    restored = [each for each in shell.album.faces(_photo(shell, _PHOTOS[1])) if each.candidate_id]
    views.strip.chosen.emit(restored[-1].id)
    _wait(lambda: bool(measured and measured[-1]))


def _save_dialogs(shell: Shell, look: Look, out: Path) -> None:
    actions = shell.views.album_actions
    shell.views.grid.list.selectAll()
    for name in ("settings", "models", "about", "shortcuts", "export"):
        getattr(actions, name).trigger()
        _wait(lambda: shell.dialogs.current is not None)
        dialog = shell.dialogs.current
        if dialog is not None:
            _settle()
            _hide_places(dialog)
            _save(dialog, out / f"{name}-{look.name}.webp")
            dialog.reject()


def _hide_places(dialog: QWidget) -> None:
    """Show no folder of the machine on which the screenshots are made."""
    from PySide6.QtWidgets import QLabel

    for label in dialog.findChildren(QLabel):
        if str(ROOT) in label.text():
            label.setText(label.text().replace(str(ROOT), "LAFR Desktop"))


def _photo(shell: Shell, name: str) -> int:
    return next(photo.id for photo in shell.album.photos() if photo.path.name == name)


def _has_pictures(shell: Shell) -> bool:
    """Whether each face in the strip is shown."""
    from PySide6.QtCore import Qt

    faces = shell.models.faces
    rows = range(faces.rowCount())
    return all(faces.index(row).data(Qt.ItemDataRole.DecorationRole) is not None for row in rows)


def _save(widget: QWidget, path: Path) -> None:
    if not widget.grab().save(str(path), "WEBP", _QUALITY):
        raise OSError(f"{path} cannot be written")


class _running:  # noqa: N801 - used as a function
    """The program on an album, for the length of a block."""

    def __init__(self, folder: Path, look: Look) -> None:
        self._folder = folder
        self._look = look

    def __enter__(self) -> Shell:
        from PySide6.QtWidgets import QApplication

        from lafr_desktop.app import albums
        from lafr_desktop.app.shell import Shell
        from lafr_desktop.settings import Settings
        from lafr_desktop.translate import Translation
        from lafr_desktop.views.theme import Theme
        from lafr_engine.worker.process import main as engine

        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self._settings = tempfile.TemporaryDirectory()
        settings = Settings.of_file(Path(self._settings.name) / "settings.ini")
        self._kept = Translation(app, self._look.language), Theme(app, self._look.theme)
        albums.ensure(self._folder)
        self._shell = Shell(self._folder, settings, engine)
        self._shell.start()
        self._shell.views.window.resize(self._look.width, self._look.height)
        return self._shell

    def __exit__(self, *_error: object) -> None:
        self._shell.close()
        self._kept[0].remove()
        self._settings.cleanup()


def _wait(condition: Callable[[], bool]) -> None:
    """Let the program run until the condition holds."""
    import time

    deadline = time.monotonic() + _RESTORE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the program did not come as far as expected")
        _run(100)


def _settle() -> None:
    _run(_SETTLE_MS)


def _run(milliseconds: int) -> None:
    """Let the program run. Not QTest.qWait, which lets no thread of Python's run beside it."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
