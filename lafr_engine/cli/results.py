"""What ``lafr restore`` writes of a photo: the result with its label, and its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.errors import LafrError

if TYPE_CHECKING:
    from lafr_engine.imaging.picture import Picture
    from lafr_engine.pipeline import Choices, FaceResult, Restoration, Stamp
    from lafr_engine.recipe import Bundle, FaceRecipe


@dataclass(frozen=True, slots=True)
class Task:
    """What a run does to each photo.

    Attributes:
        aligned: The photos are face crops.
        max_pixels: Larger ones are refused; so are enlarged ones.
        overwrite: Whether files in the way are replaced.
        label: Name of the bundle that results are labelled with; None for no label.
        recipe: The bundle that is named in a recipe beside each result; None for no recipe.
    """

    aligned: bool
    max_pixels: int
    overwrite: bool
    label: str | None = None
    recipe: Bundle | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say of a result.

    Attributes:
        notices: Sentences on what the file could not hold.
        problem: Why it has no recipe; None where it has one, or is to have none.
    """

    notices: tuple[str, ...]
    problem: str | None = None


def write_result(
    source: Path, goal: Path, restoration: Restoration, choices: Choices, task: Task
) -> Told:
    """Write a result, and its recipe beside it.

    Args:
        source: The photo.
        goal: Where the result goes.
        restoration: What became of the photo.
        choices: What the user decided.
        task: Likewise.

    Raises:
        OutputError: The result cannot be written.
    """
    from lafr_engine.imaging.files import write_picture
    from lafr_engine.pipeline import stamp_now

    stamp, faces = stamp_now(), _shown(restoration, choices, task)
    picture = _labelled(restoration, faces, choices, task, stamp)
    notices = write_picture(picture, goal, task.overwrite)
    if task.recipe is None:
        return Told(notices)
    from lafr_engine.recipe import Export
    from lafr_engine.worker.recipes import write_recipe

    label = None if task.label is None else stamp.date
    export = Export(picture.format, None, choices.scale, task.aligned, label)
    described = [_face_recipe(each, choices, task.recipe) for each in faces]
    try:
        write_recipe(source, goal, export, described, stamp.software)
    except LafrError as error:
        return Told(notices, f"{goal}: was written, but not its recipe: {error}")
    return Told(notices)


def _shown(restoration: Restoration, choices: Choices, task: Task) -> list[FaceResult]:
    """Return the faces that the result shows restored."""
    # A held face is not pasted, but written where crops were asked for.
    states = ("restored", "held") if task.aligned else ("restored",)
    return [each for each in restoration.faces if each.state in states and choices.strength > 0.0]


def _labelled(
    restoration: Restoration,
    shown: list[FaceResult],
    choices: Choices,
    task: Task,
    stamp: Stamp,
) -> Picture:
    """Return the result with its label, where it is to have one and a face was restored."""
    from lafr_engine.pipeline import with_label

    if task.label is None:
        return restoration.picture
    faces = [each.face for each in shown]
    return with_label(restoration.picture, faces, [task.label], stamp, choices.scale)


def _face_recipe(result: FaceResult, choices: Choices, bundle: Bundle) -> FaceRecipe:
    from lafr_engine.messages import Acceptance
    from lafr_engine.recipe import FaceRecipe
    from lafr_engine.worker.geometry import geometry
    from lafr_engine.worker.recipes import mask_kind

    return FaceRecipe(
        face=geometry(result.face),
        seed=choices.seed,
        strength=choices.strength,
        decision=Acceptance.AUTOMATIC,
        identity=result.identity,
        bundle=bundle,
        mask=mask_kind(result.parsed),
    )
