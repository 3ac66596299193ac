"""Albums whose faces were restored by a test in place of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lafr_engine.album.store import Album
from lafr_engine.messages import (
    Ended,
    Event,
    FaceGeometry,
    FaceRestored,
    FacesFound,
    FindFaces,
    Job,
    Outcome,
    RestoreFace,
    Started,
)

SIZE = (240, 120)


def picture(path: Path, seed: int = 0) -> Path:
    """Write a small photograph."""
    pixels = np.random.default_rng(seed).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, quality=95)
    return path


def geometry(place: int) -> FaceGeometry:
    """A face that stands at this place from the left."""
    x, y = 10.0 + 70 * place, 20.0
    points = ((15, 20), (35, 20), (25, 32), (17, 45), (33, 45))
    return FaceGeometry((x, y, x + 50, y + 60), tuple((x + a, y + b) for a, b in points), 0.9)


def new_album(folder: Path, photos: int = 2) -> Album:
    """An album with photographs in which nobody looked for faces yet."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    paths = [picture(pictures / f"{number}.jpg", number) for number in range(photos)]
    album = Album.create(folder / "album")
    take_in(album, paths)
    return album


def take_in(album: Album, paths: Sequence[Path]) -> None:
    """Import, step by step."""
    for _ in album.import_paths(paths, lambda: False):
        pass


def restored_album(folder: Path, photos: int = 2, faces: int = 2, held: bool = False) -> Album:
    """An album whose photographs have some restored faces each; the last may be held."""
    album = new_album(folder, photos)
    album.enqueue_all(None)
    work_off(album, faces, held)
    return album


def work_off(album: Album, faces: int = 2, held: bool = False) -> None:
    """Do all jobs that wait."""
    while (job := album.take_job()) is not None:
        album.apply(Started(job.job))
        album.apply(answer(job, faces, held))
        album.apply(Ended(job.job, Outcome.DONE))


def answer(job: Job, faces: int, held: bool) -> Event:
    """What an engine would say of a job, with its files."""
    if isinstance(job, FindFaces):
        found = tuple((geometry(place), None) for place in range(faces))
        return FacesFound(job.job, SIZE, found if job.box is None else found[:1])
    assert isinstance(job, RestoreFace)
    last = job.face.box[0] >= geometry(faces - 1).box[0]
    return _restored(job, "another person" if held and last else None)


def _restored(job: RestoreFace, held: str | None) -> FaceRestored:
    job.out.mkdir(parents=True, exist_ok=True)
    x0, y0, x1, y1 = (int(edge) for edge in job.face.box)
    crop, preview = job.out / "crop.png", job.out / "preview.png"
    Image.new("RGB", (512, 512), (90, 120, 90)).save(crop)
    Image.new("RGB", (x1 - x0, y1 - y0), (90, 120, 90)).save(preview)
    return FaceRestored(
        job=job.job,
        crop=crop,
        preview=preview,
        rectangle=(x0, y0, x1, y1),
        identity=0.1 if held else 0.9,
        held=held,
        bundle=job.bundle or "lafr-compact-1",
        bundle_sha256="0" * 64,
        seed=job.seed,
        embedding=(0.1,) * 128,
    )
