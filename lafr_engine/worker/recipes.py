"""Recipes of what was just written, put beside it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import imagecodecs
import numpy as np
import PIL
import tifffile
import torch

from lafr_engine import recipe as recipes
from lafr_engine.album.names import sidecar
from lafr_engine.album.walk import real
from lafr_engine.errors import ConfigError, OutputError, RecipeError, UnreadableFile
from lafr_engine.imaging.files import same_file
from lafr_engine.messages import AcceptedFace
from lafr_engine.recipe import (
    Bundle,
    Export,
    FaceRecipe,
    Kept,
    Made,
    MaskKind,
    Output,
    Recipe,
    Source,
)
from lafr_engine.worker.pictures import write_whole

# All that has a say in the bytes.
_LIBRARIES: Final = {
    "imagecodecs": imagecodecs,
    "numpy": np,
    "opencv": cv2,
    "pillow": PIL,
    "tifffile": tifffile,
    "torch": torch,
}


def write_recipe(
    photo: Path, out: Path, export: Export, faces: Sequence[FaceRecipe], program: str
) -> Recipe:
    """Write the recipe of a file beside it, whole or not at all, in place of an older one.

    Args:
        photo: The source.
        out: The file, already written.
        export: How it was.
        faces: Those that were restored in it.
        program: Name and version, as the label gives them.

    Raises:
        OutputError: It cannot be written.
        InputError: The source or the file cannot be read any more.
    """
    path = sidecar(out)
    output = Output(out.name, file_sha256(out))
    recipe = Recipe(source_of(photo, out.parent), output, export, tuple(faces), made_with(program))
    data = recipes.to_text(recipe).encode("ascii")
    try:
        # What could not be read again is not written.
        recipes.parse(data, path)
    except RecipeError as error:
        raise OutputError(path, f"was not written, since it {error.reason}") from error
    if same_file(photo, path):
        raise OutputError(path, "is the source itself, which is never written to")
    write_whole(path, data)
    return recipe


def source_of(photo: Path, folder: Path) -> Source:
    """Describe a source.

    Args:
        photo: The source.
        folder: Where its recipe lies.

    Raises:
        UnreadableFile: It cannot be read.
    """
    sha256 = file_sha256(photo)
    return Source(photo.name, way_to(photo, folder), photo.stat().st_size, sha256)


def way_to(photo: Path, folder: Path) -> str | None:
    """Return the path from a recipe's folder to its source, with slashes.

    A recipe may be given away with the picture. Where the way would lead through the folder that
    holds people's homes, or through the root, it would spell out somebody's name and how their
    disks are laid out: then there is none, and `lafr render` is told the source.
    """
    source, start = real(photo), real(folder)
    try:
        shared = Path(os.path.commonpath([source.parent, start]))
        way = Path(os.path.relpath(source, start)).as_posix()
    except ValueError:  # on two drives
        return None
    home = real(Path(os.path.expanduser("~")))  # noqa: PTH111  # Path's fails where there is none
    above = shared == Path(shared.anchor) or (shared != home and home.is_relative_to(shared))
    return None if above else way


def made_with(program: str) -> Made:
    """Describe this process."""
    versions = ((name, str(module.__version__)) for name, module in _LIBRARIES.items())
    return Made(program, tuple(versions), torch.get_num_threads())


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes.

    Raises:
        UnreadableFile: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror or error})") from error


def face_recipe(accepted: AcceptedFace, parsed: bool) -> FaceRecipe:
    """Return a face of an export as its recipe has it.

    Args:
        accepted: The face.
        parsed: Whether its mask followed ParseNet's labels.

    Raises:
        InputError: Its mask cannot be read.
        ConfigError: A mask without its rectangle.
    """
    return FaceRecipe(
        face=accepted.face,
        seed=accepted.seed,
        strength=accepted.strength,
        decision=accepted.decision,
        identity=accepted.identity,
        bundle=Bundle(accepted.bundle, accepted.bundle_sha256),
        keep=_kept(accepted),
        mask=mask_kind(parsed),
    )


def mask_kind(parsed: bool) -> MaskKind:
    """Say by what a mask was drawn."""
    return MaskKind.PARSENET if parsed else MaskKind.LANDMARKS


def _kept(accepted: AcceptedFace) -> Kept | None:
    if accepted.keep is None:
        return None
    if accepted.rectangle is None:
        raise ConfigError(f"{accepted.keep}: the mask of what is kept has no rectangle")
    try:
        return Kept(accepted.keep.read_bytes(), accepted.rectangle)
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
        raise UnreadableFile(accepted.keep, reason) from error
