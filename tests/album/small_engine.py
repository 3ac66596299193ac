"""A small engine for albums: real handlers that read and write real pictures, without networks.

It sees a face in each half of a photograph that is brighter than a threshold, restores by
stretching the contrast, and renders by pasting the restored crops back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageStat

from lafr_engine.album.store import Album
from lafr_engine.album.values import Changed
from lafr_engine.messages import (
    Ended,
    Event,
    FaceGeometry,
    FaceRestored,
    FacesFound,
    FindFaces,
    Job,
    Outcome,
    PhotoRendered,
    Progress,
    RenderPhoto,
    RestoreFace,
    Started,
)

Handler = Callable[[Any], Generator[Event, None, None]]
DARK, TINY = 40.0, 24


def find(job: FindFaces) -> Generator[Event, None, None]:
    with Image.open(job.photo) as opened:
        image = ImageOps.exif_transpose(opened).convert("L")
    width, height = image.size
    halves = [(0, 0, width // 2, height), (width // 2, 0, width, height)]
    drawn = (
        []
        if job.box is None
        else [(round(x0), round(y0), round(x1), round(y1)) for x0, y0, x1, y1 in [job.box]]
    )
    boxes = drawn or halves
    found = []
    for box in boxes:
        if ImageStat.Stat(image.crop(box)).mean[0] >= DARK or job.box:
            small = box[2] - box[0] < TINY
            found.append((geometry(box), "is too small to be restored" if small else None))
    yield Progress(job.job, 1, 1)
    yield FacesFound(job.job, image.size, tuple(found))


def geometry(box: tuple[float, ...]) -> FaceGeometry:
    x0, y0, x1, y1 = (float(each) for each in box)
    xs, ys = [x0 + (x1 - x0) * f for f in (0.3, 0.7, 0.5)], [y0 + (y1 - y0) * f for f in (0.4, 0.8)]
    points = ((xs[0], ys[0]), (xs[1], ys[0]), (xs[2], ys[1]), (xs[0], ys[1]), (xs[1], ys[1]))
    return FaceGeometry((x0, y0, x1, y1), points, 0.9)


def restore(job: RestoreFace) -> Generator[Event, None, None]:
    x0, y0, x1, y1 = (round(each) for each in job.face.box)
    with Image.open(job.photo) as opened:
        face = ImageOps.autocontrast(opened.convert("RGB").crop((x0, y0, x1, y1)))
    yield Progress(job.job, 1, 2)
    crop, preview = job.out / f"{job.job}-crop.png", job.out / f"{job.job}-preview.png"
    for image, path in ((face.resize((64, 64)), crop), (face, preview)):
        image.save(path.with_suffix(".part"), "PNG")
        path.with_suffix(".part").replace(path)  # whole or not at all, whatever kills this
    held = "does not look like the same person" if face.convert("L").getpixel((0, 0)) == 0 else None
    yield FaceRestored(
        job=job.job,
        crop=crop,
        preview=preview,
        rectangle=(x0, y0, x1, y1),
        identity=0.2 if held else 0.9,
        held=held,
        bundle=job.bundle or "small",
        bundle_sha256="0" * 64,
        seed=job.seed,
        embedding=(0.5,) * 128,
    )


def render(job: RenderPhoto) -> Generator[Event, None, None]:
    with Image.open(job.photo) as opened:
        image = opened.convert("RGB")
    for each in job.faces:
        with Image.open(each.crop) as crop:
            x0, y0, x1, y1 = (round(value) for value in each.face.box)
            image.paste(crop.resize((x1 - x0, y1 - y0)), (x0, y0))
    yield Progress(job.job, 1, 1)
    job.out.parent.mkdir(parents=True, exist_ok=True)
    image.save(job.out)
    yield PhotoRendered(job.job, job.out, hashlib.sha256(job.out.read_bytes()).hexdigest())


def make_handlers() -> dict[type, Handler]:
    return {FindFaces: find, RestoreFace: restore, RenderPhoto: render}


def events(job: Job) -> Generator[Event, None, None]:
    """All that an engine says of a job."""
    yield Started(job.job)
    try:
        yield from make_handlers()[type(job)](job)
    except OSError as error:
        yield Ended(job.job, Outcome.FAILED, f"{job.photo}: {error}")  # type: ignore[union-attr]  # a test of the device reads no photo
    else:
        yield Ended(job.job, Outcome.DONE)


def work_off(album: Album, limit: int = 10_000) -> list[Changed]:
    """Do the album's jobs, at most so many; return what changed."""
    changes = []
    with album.hold_engine():
        for _ in range(limit):
            job = album.take_job()
            if job is None:
                break
            changes += [album.apply(event) for event in events(job)]
    return changes


def draw(path: Path, left: int = 120, right: int = 120, width: int = 160, seed: int = 0) -> Path:
    """Write a photograph whose halves have these brightnesses; each seed gives other bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (width, 80), (left, left, left))
    image.paste((right, right, right), (width // 2, 0, width, 80))
    for index in range(8):  # something to stretch
        value = (seed >> index & 1) * 40 + 60
        for half in (0, width // 2):
            image.putpixel((half + 4 + index, 5), (value, value, value))
    image.putpixel((2, 2), (seed % 256, seed // 256 % 256, 7))
    image.save(path)
    return path
