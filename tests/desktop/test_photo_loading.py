from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PySide6.QtCore import QPointF, QSize
from pytestqt.qtbot import QtBot

from lafr_desktop.views.photo import CompareMode, PhotoView, ShownFace, Tool
from lafr_desktop.views.photo.compose import Share
from lafr_desktop.views.photo.loading import Overview, load_patch, load_photo
from lafr_desktop.views.photo.store import TileStore
from lafr_desktop.views.photo.tiles import Tile, TilePyramid, build_pyramid
from lafr_engine.errors import NotAPicture
from tests.desktop.watchdog import no_stall

Pixels = NDArray[np.uint8]


def load(path: Path) -> tuple[Pixels, Overview]:
    overviews: list[Overview] = []
    pyramid = load_photo(path, overviews.append, lambda: False)
    assert pyramid is not None
    assert len(overviews) == 1
    width, height = pyramid.size
    return pyramid.pixels(0, (0, 0, width, height)), overviews[0]


def noise(*shape: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_16_bits_are_rounded(tmp_path: Path) -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (30, 40, 3)).astype(np.uint16)
    (tmp_path / "deep.png").write_bytes(imagecodecs.png_encode(deep))
    pixels, _ = load(tmp_path / "deep.png")
    assert pixels.dtype == np.uint8
    assert np.abs(pixels - deep / 257).max() <= 0.51


def test_grey_stays_grey(tmp_path: Path) -> None:
    Image.fromarray(noise(30, 40)).save(tmp_path / "grey.png")
    assert load(tmp_path / "grey.png")[0].shape == (30, 40, 1)


@pytest.mark.parametrize("deep", [False, True])
def test_a_profile_is_followed(tmp_path: Path, deep: bool) -> None:
    profile = imagecodecs.cms_profile("adobergb")
    pixels = np.kron(noise(6, 8, 3), np.ones((8, 8, 1), np.uint8))
    path = tmp_path / "wide.png"
    if deep:
        stored = imagecodecs.png_encode(pixels.astype(np.uint16) * 257)
        end = 8 + 25  # behind IHDR
        path.write_bytes(stored[:end] + icc_chunk(profile) + stored[end:])
    else:
        Image.fromarray(pixels).save(path, icc_profile=profile)
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    expected = ImageCms.profileToProfile(
        Image.fromarray(pixels), own, ImageCms.createProfile("sRGB")
    )
    assert expected is not None
    shown, overview = load(path)
    assert np.abs(shown.astype(int) - np.asarray(expected)).max() <= 3
    assert np.abs(shown.astype(int) - pixels).max() > 5
    first = overview.image.pixelColor(0, 0)
    assert (first.red(), first.green(), first.blue()) == tuple(shown[0, 0])


def icc_chunk(profile: bytes) -> bytes:
    body = b"iCCPwide\x00\x00" + zlib.compress(profile)
    return (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)


def test_a_broken_profile_is_as_none(tmp_path: Path) -> None:
    Image.fromarray(noise(30, 40, 3)).save(tmp_path / "odd.png", icc_profile=b"no profile")
    assert (load(tmp_path / "odd.png")[0] == noise(30, 40, 3)).all()


def test_the_overview_is_small_and_comes_first(tmp_path: Path) -> None:
    Image.fromarray(noise(1500, 2100, 3)).save(tmp_path / "large.png")
    seen: list[Overview] = []

    def stop() -> bool:
        return bool(seen)

    assert load_photo(tmp_path / "large.png", seen.append, stop) is None
    assert seen[0].size == QSize(2100, 1500)
    assert max(seen[0].image.width(), seen[0].image.height()) <= 1024


def test_a_preview_that_cannot_be_read(tmp_path: Path) -> None:
    pyramid = TilePyramid([noise(64, 64, 3)])
    (tmp_path / "p.png").write_bytes(b"no picture")
    with pytest.raises(NotAPicture, match="cannot be shown: it is no whole PNG"):
        load_patch(pyramid, tmp_path / "p.png", (0, 0, 8, 8))
    Image.fromarray(noise(8, 8, 3)).save(tmp_path / "p.png")
    with pytest.raises(NotAPicture, match="does not fit"):
        load_patch(pyramid, tmp_path / "p.png", (60, 60, 68, 68))
    assert load_patch(pyramid, tmp_path / "p.png", (8, 8, 16, 16)).rectangle == (8, 8, 16, 16)


# -- the store


@pytest.fixture
def store(qtbot: QtBot) -> Iterator[TileStore]:
    store = TileStore(budget=3 * 512 * 512 * 4)
    pyramid = build_pyramid(noise(2048, 2048, 1), lambda: False)
    store.set_pyramid(pyramid)
    yield store
    store.close()


def fetch(qtbot: QtBot, store: TileStore, tiles: list[Tile], shares: list[Share]) -> None:
    for tile in tiles:
        store.find(tile, shares)
    with qtbot.waitSignal(store.arrived):
        store.fetch()


def test_tiles_come_later_and_few_are_kept(qtbot: QtBot, store: TileStore) -> None:
    tiles = [Tile(0, column, 0) for column in range(4)]
    assert store.find(tiles[0], ()) is None
    fetch(qtbot, store, tiles, [])
    assert all(store.find(each, ()) for each in tiles)  # what is looked at stays
    store.forget_orders()
    fetch(qtbot, store, [Tile(1, 0, 0)], [])
    assert store.bytes <= 3 * 512 * 512 * 4
    assert store.find(tiles[1], ()) is None  # the oldest had to go
    image = store.find(tiles[3], ())
    assert image is not None
    assert image.pixelColor(5, 7).red() == noise(2048, 2048, 1)[7, 512 * 3 + 5, 0]


def test_orders_can_be_taken_back(qtbot: QtBot, store: TileStore) -> None:
    came: list[object] = []
    store.arrived.connect(came.append)
    store.find(Tile(0, 0, 0), ())
    store.forget_orders()
    store.fetch()
    qtbot.wait(100)
    assert not came


def test_tiles_of_another_photograph_never_come(qtbot: QtBot, store: TileStore) -> None:
    came: list[object] = []
    store.arrived.connect(came.append)
    store.find(Tile(0, 0, 0), ())
    store.fetch()
    store.set_pyramid(build_pyramid(noise(600, 600, 1), lambda: False))
    qtbot.wait(200)
    assert not came
    assert store.bytes == 0


# -- a scan of 120 megapixels


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scan") / "scan.jpg"
    small = Image.fromarray(noise(100, 120, 3))
    small.resize((12_000, 10_000), Image.Resampling.NEAREST).save(path, quality=60)
    return path


@pytest.mark.slow
def test_a_large_scan_never_stalls_the_window(qtbot: QtBot, scan: Path, tmp_path: Path) -> None:
    preview = tmp_path / "preview.png"
    Image.new("RGB", (1500, 1500), (200, 150, 120)).save(preview)
    rectangle = (5000, 4000, 6500, 5500)
    face = ShownFace(1, (5300, 4300, 6200, 5200), "restored", None, preview, rectangle)
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(1280, 800)
    view.show()
    qtbot.waitExposed(view)
    canvas = view._canvas
    view.set_faces([face])
    with no_stall():
        with qtbot.waitSignal(view.loaded, timeout=120_000):
            view.show_photo(scan)
            view.set_faces([face])
        qtbot.waitUntil(lambda: bool(canvas.drawing.shares), timeout=60_000)
        for scale in (0.06, 0.1, 0.25, 0.5, 1.0, 4.0, 16.0):
            canvas.zoom(scale, QPointF(600, 400))
            qtbot.wait(60)
        view.zoom_to_face(1)
        for step in range(10):
            view.set_strength(1, step / 10)
            canvas.pan(30, 20)
            qtbot.wait(30)
        view.select_face(1)
        view.set_tool(Tool.KEEP_BRUSH)
        for mode in CompareMode:
            view.set_mode(mode)
            qtbot.wait(60)
    view.shutdown()
