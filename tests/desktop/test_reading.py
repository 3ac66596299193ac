from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

from lafr_desktop.reading import read_png, reader_of

# A connection ends whenever the object whose method it calls is given up, and PySide wants Python's
# lock in the middle of that. The program runs apart: what stands still here takes no signal.
_READS_WHILE_CONNECTIONS_END = """
import sys, threading, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QObject, Signal
from lafr_desktop.thumbnails import decode

class Sender(QObject):
    told = Signal()

class Listener:
    def hear(self) -> None:
        raise AssertionError

def read() -> None:
    while not over.is_set():
        decode(Path(sys.argv[1]), 16)

app = QCoreApplication([])
over = threading.Event()
threads = [threading.Thread(target=read, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()

end = time.monotonic() + 5
while time.monotonic() < end:
    senders = [Sender() for _ in range(100)]  # PySide asks once for each
    for sender in senders:
        sender.told.connect(Listener().hear)
over.set()
for thread in threads:
    thread.join()
"""

# What an icon is like is asked of its file, under a lock of Qt's that all its readers share.
_READS_WHILE_ICONS_ARE_ASKED = """
import sys, threading, time
from pathlib import Path
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QIcon, QImage
from lafr_desktop.thumbnails.store import ThumbnailStore

app = QGuiApplication([])
store = ThumbnailStore(Path(sys.argv[1]).parent, 1_000_000)
store.write("0" * 64, 16, QImage(sys.argv[1]))
over = threading.Event()

def read() -> None:
    while not over.is_set():
        assert store.read("0" * 64, 16) is not None

threads = [threading.Thread(target=read, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()
end = time.monotonic() + 5
while time.monotonic() < end:
    for _ in range(100):
        QIcon(sys.argv[1]).actualSize(QSize(16, 16))
over.set()
for thread in threads:
    thread.join()
"""


def test_reading_never_waits_for_an_icon(tmp_path: Path) -> None:
    Image.new("RGB", (32, 24)).save(tmp_path / "a.png")
    command = [sys.executable, "-c", _READS_WHILE_ICONS_ARE_ASKED, str(tmp_path / "a.png")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_reading_never_waits_for_a_connection_that_ends(tmp_path: Path) -> None:
    Image.new("RGB", (32, 24)).save(tmp_path / "a.jpg")
    command = [sys.executable, "-c", _READS_WHILE_CONNECTIONS_END, str(tmp_path / "a.jpg")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_file_is_read_as_what_it_is_said_to_be(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), (255, 0, 0)).save(tmp_path / "a.png")
    Image.new("RGB", (3, 2)).save(tmp_path / "b.png", "BMP")
    image = read_png(tmp_path / "a.png")
    assert (image.width(), image.height(), image.pixelColor(0, 0).red()) == (3, 2, 255)
    assert read_png(tmp_path / "b.png").isNull()
    assert read_png(tmp_path / "none.png").isNull()
    assert not reader_of(tmp_path / "b.png", "bmp").read().isNull()
