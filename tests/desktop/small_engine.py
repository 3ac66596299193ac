"""An engine process whose jobs are real but quick: no networks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection

from PIL import Image

from lafr_engine.messages import (
    DeviceChosen,
    DeviceTested,
    Event,
    FaceRestored,
    FacesFound,
    FindFaces,
    PhotoRendered,
    Progress,
    RenderPhoto,
    RestoreFace,
    TestDevice,
)
from lafr_engine.service import Handler
from lafr_engine.worker.process import serve
from tests.desktop.albums import answer

FACES = 2
STRICT, TOO_SMALL = "strict-bundle", "Too small for this bundle."


def work(connection: Connection, device: str = "auto", max_pixels: int = 0) -> None:
    """Serve the pipe."""
    handlers: dict[type, Handler] = {
        FindFaces: _find,
        RestoreFace: _restore,
        RenderPhoto: _render,
        TestDevice: partial(_test, f"{device}, {max_pixels} pixels"),
    }
    serve(connection, handlers)


def _find(job: FindFaces) -> Generator[Event, None, None]:
    yield DeviceChosen("cpu", "there is no GPU in this machine")
    found = answer(job, FACES, held=False)
    assert isinstance(found, FacesFound)
    if job.bundle == STRICT:
        found = replace(found, faces=tuple((face, TOO_SMALL) for face, _ in found.faces))
    yield found


def _restore(job: RestoreFace) -> Generator[Event, None, None]:
    yield Progress(job.job, 1, 2, "restoring")
    restored = answer(job, FACES, held=False)
    assert isinstance(restored, FaceRestored)
    yield restored


def _render(job: RenderPhoto) -> Generator[Event, None, None]:
    yield Progress(job.job, 0, 1, "writing")
    with Image.open(job.photo) as photo:
        result = photo.convert("RGB")
    for each in job.faces:
        x0, y0, x1, y1 = (int(edge) for edge in each.face.box)
        with Image.open(each.crop) as crop:
            result.paste(crop.convert("RGB").resize((x1 - x0, y1 - y0)), (x0, y0))
    job.out.parent.mkdir(parents=True, exist_ok=True)
    result.save(job.out)
    yield PhotoRendered(job.job, job.out, "0" * 64, ())


def _test(started: str, job: TestDevice) -> Generator[Event, None, None]:
    yield DeviceTested(job.job, "cpu", 0.0, 0.1, True, f"This engine: {started}.")
