"""Photographs that stay in their file: the same faces, and little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.imaging.files import open_picture, read_picture, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.raster import Raster
from lafr_engine.pipeline import Choices, Models, Restoration, preview, restore, restore_face
from lafr_engine.pipeline.compose import Accepted
from lafr_engine.pipeline.search import find_in

WIDTH, HEIGHT, ROWS = 40_000, 30_000, 256
MEMORY = 4_000_000  # KiB


def run(picture: Picture, models: Models, **choices: Any) -> Restoration:
    steps = restore(picture, models, Choices(**choices))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Restoration = end.value
            return result


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("scale", [1, 2])
def test_a_photograph_in_its_file_gets_the_same_faces(
    family: Picture, models: Models, tmp_path: Path, deep: bool, scale: int
) -> None:
    pixels = family.pixels.astype(np.uint16) * 257 if deep else family.pixels
    tifffile.imwrite(
        tmp_path / "a.tif", pixels, photometric="rgb", compression="lzw", tile=(64,) * 2
    )
    in_file = open_picture(tmp_path / "a.tif", in_file_from=1)
    assert isinstance(in_file.pixels, Raster)
    wanted = run(read_picture(tmp_path / "a.tif"), models, scale=scale)
    found = run(in_file, models, scale=scale)
    assert len(found.faces) == len(wanted.faces) >= 2
    assert not np.array_equal(np.asarray(wanted.picture.pixels[:350, :501]), pixels)
    assert np.array_equal(np.asarray(found.picture.pixels), wanted.picture.pixels)
    write_picture(found.picture, tmp_path / "b.tif")
    assert np.array_equal(read_picture(tmp_path / "b.tif").pixels, wanted.picture.pixels)


def test_face_by_face_it_gets_the_same(family: Picture, models: Models, tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", family.pixels, photometric="rgb", rowsperstrip=9)
    seen = []
    for picture in (read_picture(tmp_path / "a.tif"), open_picture(tmp_path / "a.tif", 10**9, 1)):
        face = find_in(picture, models.detector)[0]
        restored = restore_face(picture, face, models, Choices())
        assert restored.crop is not None
        shown = preview(picture, Accepted(face, restored.crop))
        assert shown is not None
        seen.append((restored.crop, shown.pixels))
    assert np.array_equal(seen[0][0], seen[1][0])
    assert np.array_equal(seen[0][1], seen[1][1])


def test_faces_of_a_reduced_photograph_lie_where_they_are(family: Picture, tmp_path: Path) -> None:
    """At more than twice the finest look the photograph is looked at reduced."""
    large = cv2.resize(family.pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    wide = np.full((large.shape[0], 10_300, 3), 200, np.uint8)
    wide[:, 3000 : 3000 + large.shape[1]] = large
    tifffile.imwrite(
        tmp_path / "a.tif", wide, photometric="rgb", compression="lzw", rowsperstrip=64
    )
    detector = CenterFace(weights_path("centerface"), threads=1)
    found = find_in(open_picture(tmp_path / "a.tif", in_file_from=1), detector)
    wanted = detector(large.astype(np.uint8))
    assert wanted
    for face in wanted[:2]:
        apart = [
            np.abs(each.landmarks - face.landmarks - (3000, 0)).max() / face.width for each in found
        ]
        assert min(apart) < 0.1


def strips(face: NDArray[np.uint8]) -> Iterator[bytes]:
    """Yield a grey wall with a family in the middle, strip after strip."""
    top, left = HEIGHT // 3, WIDTH // 4
    for y in range(0, HEIGHT, ROWS):
        strip = np.full((min(ROWS, HEIGHT - y), WIDTH, 3), 190, np.uint8)
        first, last = max(y, top), min(y + len(strip), top + len(face))
        if first < last:
            part = face[first - top : last - top]
            strip[first - y : last - y, left : left + face.shape[1]] = part
        yield zlib.compress(strip.tobytes(), 1)


# Not getrusage's ru_maxrss: it counts what the process that started this one had in memory.
COMMAND = """
import re, sys
from pathlib import Path
from lafr_engine.cli import main
status = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
sys.stderr.write(f"\\npeak {peak}\\n")
sys.exit(status)
"""


def lafr(*arguments: object) -> tuple[str, int]:
    """Run the command in a process of its own; return what it prints and its peak in KiB."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, int(done.stderr.split()[-1])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise")
@pytest.mark.timeout(1200)
def test_more_than_a_billion_pixels_fit_into_four_gigabytes(
    family: Picture, tmp_path: Path
) -> None:
    source, result = tmp_path / "a.tif", tmp_path / "out" / "a.tif"
    face = cv2.resize(family.pixels, None, fx=12, fy=12, interpolation=cv2.INTER_CUBIC)
    tifffile.imwrite(
        source,
        data=strips(face.astype(np.uint8)),
        shape=(HEIGHT, WIDTH, 3),
        dtype=np.uint8,
        photometric="rgb",
        compression="zlib",
        rowsperstrip=ROWS,
        metadata=None,
    )
    limit = ("--max-pixels", 2 * 10**9)
    printed, peak = lafr("restore", source, "--out", result.parent, "--json", *limit)
    faces = [each for each in json.loads(printed)["faces"] if each["state"] == "restored"]
    assert len(faces) >= 2
    assert peak < MEMORY
    with tifffile.TiffFile(source) as one, tifffile.TiffFile(result) as other:
        before, after = one.pages[0], other.pages[0]
        assert (after.shape, after.compression) == (before.shape, before.compression)
        changed = changed_columns(before, after)
    assert changed.any()
    allowed = np.zeros(WIDTH, bool)
    for each in faces:
        x0, _, x1, _ = each["box"]
        allowed[int(x0 - (x1 - x0)) : int(x1 + (x1 - x0))] = True
    assert not (changed & ~allowed).any()
    _, peak = lafr("render", f"{result}.lafr.json", "--out", tmp_path / "again.tif", *limit)
    assert peak < MEMORY
    assert (tmp_path / "again.tif").read_bytes() == result.read_bytes()


def changed_columns(before: Any, after: Any) -> NDArray[np.bool_]:
    """Return in which columns any row differs."""
    changed = np.zeros(WIDTH, bool)
    for (one, *_), (other, *_) in zip(before.segments(), after.segments(), strict=True):
        changed |= (one != other).any(axis=(0, 1, 3))
    return changed
