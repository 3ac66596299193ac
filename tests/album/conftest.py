from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lafr_engine.album.store import Album
from tests.album.small_engine import draw, work_off


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three photographs of two faces each."""
    folder = tmp_path / "Bilder 家"
    for number in (1, 2, 3):
        draw(folder / f"{number}.png", seed=number)
    return folder


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    with Album.create(tmp_path / "album") as made:
        yield made


@pytest.fixture
def restored(album: Album, photos: Path) -> Album:
    """An album of three photographs whose six faces were restored."""
    for _ in album.import_paths([photos]):
        pass
    album.enqueue_all()
    work_off(album)
    return album
