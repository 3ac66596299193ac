"""Making a file again by its recipe: the same photograph, networks, numbers and date."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from lafr_engine.album.walk import real
from lafr_engine.bundle import store, third_party
from lafr_engine.bundle.manifest import bundle_hash
from lafr_engine.errors import (
    BundleMissing,
    FaceNotRestored,
    PictureTooLarge,
    RecipeError,
    WeightsMissing,
)
from lafr_engine.faces.parsing import FaceParser
from lafr_engine.imaging.files import open_picture, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.pipeline import (
    Accepted,
    Choices,
    Keep,
    Stamp,
    as_aligned,
    compose,
    restore_aligned,
    restore_face,
    stamp_now,
    with_label,
)
from lafr_engine.recipe import Bundle, FaceRecipe, Kept, Made, MaskKind, Recipe, Source
from lafr_engine.worker.geometry import face_of
from lafr_engine.worker.networks import Networks
from lafr_engine.worker.pictures import mask_of
from lafr_engine.worker.recipes import file_sha256, made_with

Heard = Callable[[int, int], None]
"""Hears how many of how many faces are restored."""


class Again:
    """Makes files again, one after the other, with the networks loaded once."""

    def __init__(self, networks: Networks, max_pixels: int, bundles: Sequence[Path] = ()) -> None:
        """Begin.

        Args:
            networks: What restores.
            max_pixels: Larger photographs are refused; so are enlarged ones.
            bundles: Folders of bundles to look at beside those that are installed.
        """
        self._networks = networks
        self._max_pixels = max_pixels
        self._bundles = tuple(bundles)

    def picture(self, recipe: Recipe, path: Path, source: Path, heard: Heard) -> Picture:
        """Restore a photograph by its recipe.

        Args:
            recipe: Says how.
            path: Where it stands, for the sentence of an error.
            source: The photograph, as `source_file` found it.
            heard: Hears of each face.

        Returns:
            What is to be written: in the format, and with the label, of then.

        Raises:
            LafrError: The photograph, a bundle, ParseNet or a mask cannot be used.
        """
        picture = open_picture(source, self._max_pixels)
        self._check_enlarged(source, picture, recipe.export.scale)
        with computing_by(recipe.made.threads):
            made = self._made(recipe, path, picture, heard)
        return _labelled(replace(made, format=recipe.export.format), recipe)

    def _made(self, recipe: Recipe, path: Path, picture: Picture, heard: Heard) -> Picture:
        faces = [each for each in recipe.faces if each.strength > 0.0]
        if recipe.export.aligned:
            return self._aligned(picture, faces)
        accepted = []
        for done, each in enumerate(faces):
            heard(done, len(faces))
            accepted.append(self._accepted(picture, each, path))
        return compose(picture, accepted, recipe.export.scale)

    def _aligned(self, picture: Picture, faces: Sequence[FaceRecipe]) -> Picture:
        if not faces:
            return as_aligned(picture)
        (face,) = faces
        loaded = self._networks.bundle(str(self._bundle_folder(face.bundle)))
        choices = Choices(seed=face.seed, strength=face.strength)
        return restore_aligned(picture, self._networks.models(loaded, None), choices).picture

    def _accepted(self, picture: Picture, recorded: FaceRecipe, path: Path) -> Accepted:
        loaded = self._networks.bundle(str(self._bundle_folder(recorded.bundle)))
        models = self._networks.models(loaded, self._parser(recorded.mask, path))
        face = face_of(recorded.face)
        restored = restore_face(picture, face, models, Choices(seed=recorded.seed))
        if restored.crop is None:
            raise FaceNotRestored(f"{path}: {restored.result.reason or 'the restorer failed'}")
        keep = None if recorded.keep is None else _keep(recorded.keep, picture, path)
        return Accepted(face, restored.crop, recorded.strength, keep, restored.labels)

    def _parser(self, mask: MaskKind, path: Path) -> FaceParser | None:
        """Return what drew a mask then.

        Raises:
            WeightsMissing: It is not installed any more; another mask would be another picture.
        """
        if mask is MaskKind.LANDMARKS:
            return None
        if self._networks.parser is None:
            wanted = third_party.PARSENET
            raise WeightsMissing(
                f"{path}: its masks were drawn with {wanted.name}, which is not installed here, or "
                "comes without its code in a packaged program: install from source, and put the "
                f"file {wanted.file_name} of {wanted.release} into "
                f"{third_party.user_path(wanted).parent}"
            )
        return self._networks.parser

    def _bundle_folder(self, bundle: Bundle) -> Path:
        """Find the bundle of this hash, whatever it is called by now.

        Raises:
            BundleMissing: There is none.
        """
        folders = [*self._bundles, *store.installed()]
        for folder in folders:
            if bundle_hash(folder) == bundle.sha256:
                return folder
        if any(folder.name == bundle.name for folder in folders):
            raise BundleMissing(
                f"{bundle.name}: the installed bundle of this name is not the one that the recipe "
                f"was made with (sha256 {bundle.sha256[:12]}...)"
            )
        raise BundleMissing(
            f"{bundle.name}: the bundle that the recipe was made with (sha256 "
            f"{bundle.sha256[:12]}...) is not installed; `lafr models import` adds it"
        )

    def _check_enlarged(self, source: Path, picture: Picture, scale: int) -> None:
        pixels = picture.width * picture.height * scale * scale
        if pixels > self._max_pixels:
            raise PictureTooLarge(
                source,
                f"would have {pixels / 1e6:.0f} million pixels enlarged {scale} times, more than "
                f"{self._max_pixels / 1e6:.0f} million (--max-pixels raises the limit)",
            )


def source_file(recipe: Recipe, path: Path, given: Path | None = None) -> Path:
    """Find the photograph that a recipe was made from.

    Args:
        recipe: Says where it lay, and what it was.
        path: Where the recipe lies.
        given: The photograph, or the folder that it lies in; None where the recipe says it.

    Raises:
        RecipeError: It is not there, or another photograph stands in its place.
        UnreadableFile: It may not be read.
    """
    source, place = recipe.source, _place(recipe, path, given)
    if place is not None and (same := _is_source(place, source)) is not None:
        if not same:
            raise RecipeError(path, f"was not made from {place} as it is now")
        return place
    # Beside the recipe the result itself may bear the photograph's name.
    beside = path.with_name(source.name)
    if given is None and _is_source(beside, source):
        return beside
    where = "was not found; --source says where it is" if given is None else f"is not at {given}"
    raise RecipeError(path, f"its photograph {source.name} {where}")


def _place(recipe: Recipe, path: Path, given: Path | None) -> Path | None:
    if given is not None:
        return given / recipe.source.name if given.is_dir() else given
    if recipe.source.path is None:
        return None
    # Links are followed first: the way was reckoned from where the recipe really lay.
    return real(path).parent / recipe.source.path


def _is_source(file: Path, source: Source) -> bool | None:
    """Whether a file is the photograph of then; None where there is none."""
    try:
        status = file.stat()
    except (OSError, ValueError):  # not there, or no name that this system has
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size != source.bytes:
        return False  # by the size first: what a recipe leads to may be without end
    return file_sha256(file) == source.sha256


def write_again(
    picture: Picture, recipe: Recipe, out: Path, overwrite: bool
) -> tuple[tuple[str, ...], str | None]:
    """Write a picture that was made again, and compare it with what was written then.

    Args:
        picture: As `Again.picture` gave it.
        recipe: Its recipe.
        out: The file.
        overwrite: Whether a file that stands there may be replaced.

    Returns:
        Notices on what the file could not hold, and a sentence where it differs.

    Raises:
        OutputError: It cannot be written.
    """
    notices = write_picture(picture, out, overwrite, recipe.export.quality)
    sha256 = file_sha256(out)
    if sha256 == recipe.output.sha256:
        return notices, None
    why = difference(recipe.made, made_with(stamp_now().software))
    return notices, (
        f"{out}: was written, but it is not byte for byte the file of then (sha256 "
        f"{sha256[:12]}..., then {recipe.output.sha256[:12]}...): {why}"
    )


def difference(then: Made, now: Made) -> str:
    """Say what may make two files differ."""
    versions = dict(now.libraries)
    changed = [
        f"{name} {old}, now {versions.get(name, 'none')}"
        for name, old in then.libraries
        if versions.get(name) != old
    ]
    if then.program != now.program:
        changed.append(f"{then.program}, now {now.program}")
    if changed:
        return f"it was made with {', '.join(changed)}"
    return (
        "program and libraries are those of then, so another processor or graphics card, or an "
        "altered recipe, makes the difference"
    )


@contextmanager
def computing_by(threads: int) -> Iterator[None]:
    """Let torch compute by so many threads: sums are rounded otherwise by more or fewer."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _keep(kept: Kept, picture: Picture, path: Path) -> Keep:
    """Decode a mask, once it is known to be no larger than the photograph."""
    _, _, right, bottom = kept.rectangle
    if right > picture.width or bottom > picture.height:
        raise RecipeError(
            path, f"a mask of what is kept reaches out of the photograph: {kept.rectangle}"
        )
    return Keep(mask_of(kept.png, path), kept.rectangle)


def _labelled(picture: Picture, recipe: Recipe) -> Picture:
    if recipe.export.label is None:
        return picture
    faces = [each for each in recipe.faces if each.strength > 0.0]
    stamp = Stamp(recipe.made.program, recipe.export.label)
    where, models = [face_of(each.face) for each in faces], [each.bundle.name for each in faces]
    return with_label(picture, where, models, stamp, recipe.export.scale)
