"""The measurement of how long the window takes to open an album."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from lafr_engine.album.store import Album

TOOL = Path(__file__).resolve().parents[2] / "installer" / "opening.py"


def test_an_album_is_made_and_opened(tmp_path: Path) -> None:
    options = ["--photos", "12", "--rounds", "1", "--album", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(TOOL), *options, "--profile", str(tmp_path / "profile")],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    numbers = [float(each) for each in re.findall(r"(\d+\.\d+) s", done.stdout)]
    assert len(numbers) == 4
    assert all(0 < each < 60 for each in numbers)
    assert (tmp_path / "profile").stat().st_size > 0
    with Album.open(tmp_path / "album") as album:
        counts = album.counts()
        assert (counts.photos, counts.faces, counts.faces_to_review) == (12, 24, 12)
        decided = album.next_undo()
        assert decided is not None
        assert decided.kind == "accept"
