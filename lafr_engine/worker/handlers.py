"""What the engine does with each kind of job.

A handler yields events; each yield is a place to stop. What it writes is whole or not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lafr_engine.album.names import sidecar
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.load import load_restorer
from lafr_engine.errors import (
    ConfigError,
    FaceNotRestored,
    LafrError,
    OutputError,
    PictureTooLarge,
)
from lafr_engine.faces.drawn import face_in_box
from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.faces.geometry import Face
from lafr_engine.imaging.files import write_picture
from lafr_engine.imaging.limits import MAX_PIXELS
from lafr_engine.imaging.picture import Picture, rgb8
from lafr_engine.messages import (
    AcceptedFace,
    DeviceTested,
    Event,
    FaceRestored,
    FacesFound,
    FindFaces,
    ImportModel,
    PhotoRendered,
    Progress,
    RenderPhoto,
    RestoreFace,
    TestDevice,
)
from lafr_engine.pipeline import (
    Accepted,
    Choices,
    FaceState,
    Keep,
    Preview,
    RestoredFace,
    Stamp,
    compose,
    preview,
    restore_face,
    stamp_now,
    with_label,
)
from lafr_engine.pipeline.crops import crop_of, deep_crop, planes
from lafr_engine.pipeline.search import find_in
from lafr_engine.recipe import Export
from lafr_engine.service import Handler
from lafr_engine.worker.bringing import bring_model
from lafr_engine.worker.formats import format_named
from lafr_engine.worker.geometry import face_of, geometry
from lafr_engine.worker.networks import Networks, placed
from lafr_engine.worker.pictures import (
    LastPicture,
    png,
    read_crop,
    read_mask,
    write_whole,
)
from lafr_engine.worker.recipes import face_recipe, file_sha256, write_recipe
from lafr_engine.worker.trial import compare, trial_face

Steps = Generator[Event, None, None]


def make_handlers(device: str = "auto", max_pixels: int = MAX_PIXELS) -> dict[type, Handler]:
    """Return a handler for each kind of job; they share networks and the last photograph.

    Args:
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        max_pixels: Larger photographs are refused.
    """
    networks, pictures = Networks(device), LastPicture(max_pixels)
    return {
        FindFaces: partial(find_faces, networks, pictures),
        RestoreFace: partial(restore, networks, pictures),
        RenderPhoto: partial(render, pictures),
        TestDevice: try_device,
        ImportModel: bring_model,
    }


def find_faces(networks: Networks, pictures: LastPicture, job: FindFaces) -> Steps:
    """Find a photograph's faces, or the landmarks of one that was drawn by hand."""
    yield Progress(job.job, 0, 2, "reading")
    picture = pictures.read(job.photo)
    yield Progress(job.job, 1, 2, "looking for faces")
    if job.box is None:
        found = find_in(picture, networks.detector)
        limits = networks.limits(job.bundle)
        faces = [(geometry(each), reason_to_abstain(each, 1, limits, picture)) for each in found]
    else:
        look = networks.detector.look
        faces = [(geometry(face_in_box(rgb8(picture), job.box, look)), None)]
    yield FacesFound(job.job, (picture.width, picture.height), tuple(faces))


def restore(networks: Networks, pictures: LastPicture, job: RestoreFace) -> Steps:
    """Restore one face and write its crop and its preview."""
    yield Progress(job.job, 0, 3, "reading")
    picture = pictures.read(job.photo)
    bundle = networks.bundle(job.bundle)
    yield from networks.news()
    yield Progress(job.job, 1, 3, "restoring")
    face = face_of(job.face)
    models = networks.models(bundle, networks.parser)
    restored = restore_face(picture, face, models, Choices(seed=job.seed))
    yield from networks.news()
    stored, seen = _looked_at(picture, face, restored)
    yield Progress(job.job, 2, 3, "writing")
    crop, view = _write(job.out, png(stored), png(seen.pixels))
    result = restored.result
    yield FaceRestored(
        job.job,
        crop,
        view,
        seen.rectangle,
        float(result.identity or 0.0),
        result.reason if result.state is FaceState.HELD else None,
        bundle.name,
        bundle.sha256,
        job.seed,
        tuple(networks.identity.embed(planes(restored.before)[None])[0].tolist()),
    )


def render(pictures: LastPicture, job: RenderPhoto) -> Steps:
    """Write a photograph with its accepted faces."""
    total = len(job.faces) + 2
    name = format_named(job.out)
    yield Progress(job.job, 0, total, "reading")
    picture = pictures.read(job.photo)
    _check_enlarged(job, picture, pictures.max_pixels)
    _check_recipe(job)
    accepted = []
    for done, each in enumerate(job.faces):
        accepted.append(accepted_of(each))
        yield Progress(job.job, done + 1, total, "reading faces")
    composed = replace(compose(picture, accepted, job.scale), format=name)
    stamp = stamp_now()
    if job.label:
        pasted = [each for each in job.faces if each.strength > 0]
        faces = [face_of(each.face) for each in pasted]
        composed = with_label(composed, faces, [each.bundle for each in pasted], stamp, job.scale)
    yield Progress(job.job, total - 1, total, "writing")
    notices = picture.notices + write_picture(composed, job.out, job.overwrite, job.quality)
    if job.recipe:
        parsed = [each.labels is not None for each in accepted]
        notices += _write_recipe(job, parsed, name, stamp)
    yield PhotoRendered(job.job, job.out, file_sha256(job.out), notices)


def try_device(job: TestDevice) -> Steps:
    """Restore one face on a device and on the CPU and compare."""
    yield Progress(job.job, 0, 3, "loading")
    device = str(choose_device(job.device))
    face, on_cpu = trial_face(), load_restorer(None, "cpu")
    yield Progress(job.job, 1, 3, "restoring on the CPU")
    expected = on_cpu(face)
    yield Progress(job.job, 2, 3, f"restoring on {device}")
    verdict = compare(on_cpu if device == "cpu" else load_restorer(None, device), expected, face)
    took = f"{device}: one face took {verdict.seconds:.1f} s"
    _, reason = placed(job.device)
    if reason is not None:
        sentence = f"{took}; no GPU is used because {reason}."
    elif verdict.sound:
        sentence = f"{took}, and it computes what the CPU does."
    else:
        sentence = f"{took}, but it computes something else than the CPU: do not use it."
    yield DeviceTested(job.job, device, verdict.largest, verdict.seconds, verdict.sound, sentence)


def accepted_of(face: AcceptedFace) -> Accepted:
    """Read what belongs to an accepted face.

    Raises:
        InputError: One of its files is missing or damaged.
        ConfigError: A mask that does not fit its rectangle, or has none.
    """
    keep = None
    if face.keep is not None:
        if face.rectangle is None:
            raise ConfigError(f"{face.keep}: the mask of what is kept has no rectangle")
        keep = Keep(read_mask(face.keep), face.rectangle)
    crop, labels = read_crop(face.crop)
    return Accepted(face_of(face.face), crop, face.strength, keep, labels)


def _looked_at(
    picture: Picture, face: Face, restored: RestoredFace
) -> tuple[NDArray[np.uint16], Preview]:
    """Return a face's crop as it is stored and the preview of just that."""
    if restored.crop is None:
        raise FaceNotRestored(restored.result.reason or "the restorer failed")
    stored = deep_crop(restored.crop, restored.labels)
    seen = preview(picture, Accepted(face, crop_of(stored), labels=restored.labels))
    if seen is None:
        raise ConfigError("the face lies outside the photograph")
    return stored, seen


def _write(folder: Path, crop: bytes, view: bytes) -> tuple[Path, Path]:
    """Write both files under names that tell their content, so that none replaces another."""
    name = hashlib.sha256(crop + view).hexdigest()[:24]
    paths = folder / f"{name}-crop.png", folder / f"{name}-preview.png"
    for path, data in zip(paths, (crop, view), strict=True):
        write_whole(path, data)
    return paths


def _check_recipe(job: RenderPhoto) -> None:
    path = sidecar(job.out)
    if job.recipe and path.exists() and not job.overwrite:
        raise OutputError(path, "exists already (--overwrite replaces it)")


def _write_recipe(
    job: RenderPhoto, parsed: Sequence[bool], name: str, stamp: Stamp
) -> tuple[str, ...]:
    """Write the recipe of an export; return why it could not be, which undoes no picture."""
    export = Export(name, job.quality, job.scale, label=stamp.date if job.label else None)
    try:
        faces = [face_recipe(*each) for each in zip(job.faces, parsed, strict=True)]
        write_recipe(job.photo, job.out, export, faces, stamp.software)
    except LafrError as error:
        return (f"The picture has no recipe: {error}",)
    return ()


def _check_enlarged(job: RenderPhoto, picture: Picture, most: int) -> None:
    Choices(scale=job.scale)  # refuses what is no scale
    pixels = picture.width * picture.height * job.scale * job.scale
    if pixels > most:
        raise PictureTooLarge(
            job.photo,
            f"would have {pixels / 1e6:.0f} million pixels enlarged {job.scale} times, more than "
            f"{most / 1e6:.0f} million",
        )
