"""The whole vocabulary between the engine and whoever gives it work: jobs in, events out.

All are frozen, slotted and picklable, so they cross a pipe as they are. A job is submitted once
and gets exactly one :class:`Ended`, after all its other events, whatever happens to the process
that works on it. Progress may be dropped on the way, an end never.

Boxes and landmarks are in pixels of the upright photograph, pixel centres at integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""
Points = tuple[tuple[float, float], ...]
"""Five (x, y): left eye, right eye, nose, left and right corner of the mouth, as seen."""


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """Where a face is.

    Attributes:
        box: Around the face.
        landmarks: The five points by which it is aligned.
        score: The detector's confidence in [0, 1]; 1 for a face drawn by hand.
    """

    box: Box
    landmarks: Points
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class FindFaces:
    """A job: find the faces of a photograph.

    Attributes:
        job: Names the job, unique among those submitted.
        photo: The file.
        box: A face drawn by hand: only its landmarks are looked for, inside this box; where no
            face is seen there, they are laid into the box as an upright face has them.
        bundle: Name or folder of the bundle whose limits say which faces are better left alone;
            None for the built-in one.
    """

    job: str
    photo: Path
    box: Box | None = None
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreFace:
    """A job: restore one face of a photograph into files that the album keeps.

    Attributes:
        job: Names the job.
        photo: The file.
        face: Where the face is.
        out: Folder of the two files; see :class:`FaceRestored`.
        seed: Of all that the restorer draws; another seed may give another face.
        bundle: Name or folder of the bundle; None for the built-in one.
    """

    job: str
    photo: Path
    face: FaceGeometry
    out: Path
    seed: int = 0
    bundle: str | None = None


class Acceptance(StrEnum):
    """How a face came into an export."""

    ACCEPTED = "accepted"
    """Somebody accepted it."""
    CONFIDENT = "confident"
    """Nobody decided on it, nothing held it, and such faces were asked for."""
    AUTOMATIC = "automatic"
    """All faces were restored at once, without a review."""


@dataclass(frozen=True, slots=True)
class AcceptedFace:
    """A face that goes into an export.

    Attributes:
        face: Where it is.
        crop: The restored crop, as :class:`FaceRestored` names it.
        strength: 0 leaves the face as it was, 1 takes the whole change.
        keep: 8-bit grey PNG of the size of ``rectangle``: 255 keeps the original there.
        rectangle: x0, y0, x1, y1 in whole pixels of the photograph, where ``keep`` lies.
        bundle: Name of the bundle that restored it, for label and recipe.
        bundle_sha256: Of its manifest, for the recipe, and so are those that follow.
        seed: By which it was restored.
        identity: Cosine between the face before and after; None where it is not known.
        decision: How it came into the export.
    """

    face: FaceGeometry
    crop: Path
    strength: float = 1.0
    keep: Path | None = None
    rectangle: tuple[int, int, int, int] | None = None
    bundle: str = ""
    bundle_sha256: str = ""
    seed: int = 0
    identity: float | None = None
    decision: Acceptance = Acceptance.ACCEPTED


@dataclass(frozen=True, slots=True)
class RenderPhoto:
    """A job: write a photograph with its accepted faces.

    Attributes:
        job: Names the job.
        photo: The file; it is never written to.
        faces: Those accepted; none gives a copy in the format asked for.
        out: The file to write, whole or not at all; its suffix names the format.
        quality: Of a JPEG, WebP or AVIF, 1 to 100; None follows the source.
        overwrite: Whether a file in the way is replaced.
        scale: 1, 2 or 4: how much the photograph is enlarged.
        label: Whether the file says that a network took part in it, and where.
        recipe: Whether a recipe is written beside the file (`lafr_engine.recipe`).
    """

    job: str
    photo: Path
    faces: tuple[AcceptedFace, ...]
    out: Path
    quality: int | None = None
    overwrite: bool = False
    scale: int = 1
    label: bool = True
    recipe: bool = True


@dataclass(frozen=True, slots=True)
class TestDevice:
    """A job: restore one face on the device and on the CPU and compare.

    Attributes:
        job: Names the job.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    __test__ = False  # its name would have pytest collect it

    job: str
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class ImportModel:
    """A job: make a bundle of a model file by others.

    Attributes:
        job: Names the job.
        path: The file.
        licence: Of its weights, as the user states it.
        replace: Whether a bundle of the same name gives way.
    """

    job: str
    path: Path
    licence: str
    replace: bool = False


Job = FindFaces | RestoreFace | RenderPhoto | TestDevice | ImportModel


@dataclass(frozen=True, slots=True)
class Cancel:
    """A command: end this job as soon as it can be left."""

    job: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A command: go no further until :class:`Resume`; the job in work stops at its next step."""


@dataclass(frozen=True, slots=True)
class Resume:
    """A command: go on."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """A command: end what is in work as cancelled, and leave."""


Command = Job | Cancel | Pause | Resume | Shutdown


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine is up; sent once by each process, before anything else.

    Attributes:
        process: Its number.
    """

    process: int


@dataclass(frozen=True, slots=True)
class DeviceChosen:
    """The networks were placed.

    Attributes:
        device: Where they run: ``cpu``, ``cuda`` or ``mps``.
        reason: Why that is not a GPU; None where it is one.
    """

    device: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A job is in work."""

    job: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        job: Which.
        done: Steps done.
        total: Steps in all.
        note: What is being done, in a few words.
    """

    job: str
    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class FacesFound:
    """What :class:`FindFaces` found.

    Attributes:
        job: Which.
        size: Width and height of the upright photograph.
        faces: In a fixed order; with each the reason to leave it alone, None where there is none.
    """

    job: str
    size: tuple[int, int]
    faces: tuple[tuple[FaceGeometry, str | None], ...]


@dataclass(frozen=True, slots=True)
class FaceRestored:
    """What :class:`RestoreFace` made; both files are whole when this is sent.

    Attributes:
        job: Which.
        crop: 16-bit RGB PNG, 512 x 512, sRGB: the restored face, aligned. Where ParseNet is
            installed, its labels are the alpha, and the mask follows them in every export.
        preview: 8-bit RGB PNG, sRGB: the photograph's rectangle with the face at full strength.
            A window shows a strength s as (1 - s) original + s preview.
        rectangle: x0, y0, x1, y1 of ``preview`` in whole pixels of the photograph.
        identity: Cosine between the face before and after; higher is more alike.
        held: Why the face is held for a closer look; None where it is not.
        bundle: Name of the bundle.
        bundle_sha256: Of its manifest.
        seed: As asked for.
        embedding: 128 numbers by which the same person's faces are found.
    """

    job: str
    crop: Path
    preview: Path
    rectangle: tuple[int, int, int, int]
    identity: float
    held: str | None
    bundle: str
    bundle_sha256: str
    seed: int
    embedding: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoRendered:
    """A photograph was written.

    Attributes:
        job: Which.
        out: The file.
        sha256: Of its bytes.
        notices: Sentences on what could not be kept.
    """

    job: str
    out: Path
    sha256: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceTested:
    """What :class:`TestDevice` saw.

    Attributes:
        job: Which.
        device: What was tested.
        difference: Largest difference from the CPU's answer, in shares of white.
        seconds: Of one face on the device.
        sound: Whether the device may be used.
        sentence: The outcome for people.
    """

    job: str
    device: str
    difference: float
    seconds: float
    sound: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class ModelImported:
    """A model file became a bundle, or did not for one reason that the user can answer.

    Attributes:
        job: Which.
        path: The file.
        folder: Of the bundle; None where one of its name is there already.
        sentence: That it is, for people; else empty.
    """

    job: str
    path: Path
    folder: Path | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people should know, such as a fall back to the CPU."""

    sentence: str


class Outcome(StrEnum):
    """How a job ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event of a job.

    Attributes:
        job: Which.
        outcome: ``crashed``: the process died under it; whoever submitted it may do so again.
        sentence: Why it did not end well; None where it did.
    """

    job: str
    outcome: Outcome
    sentence: str | None = None


Event = (
    EngineReady
    | DeviceChosen
    | Started
    | Progress
    | FacesFound
    | FaceRestored
    | PhotoRendered
    | DeviceTested
    | ModelImported
    | Notice
    | Ended
)
