"""Whether pasted faces belong to their photographs: seam, colour at the border, grain.

Each photograph of a folder is restored as `lafr restore` does it, and each face is measured where
it lies, in the photograph's own pixels:

- **seam**: the mean slope of luminance across the mask's border, restored over photograph; 1 is no
  seam.
- **colour**: mean CIEDE2000 between restored and photograph along the feather of the mask, of
  colours in the mean over a fortieth of the crop: grain is no colour.
- **grain**: the noise's deviation inside the face over that of the paper around it at the same
  luminance, by band of frequencies, of the luminance and of colour (`lafr_engine.imaging.regrain`).
  The same of the photograph before it was restored says how far that comparison can be trusted:
  the photograph's own face may be of another stuff than its surroundings (skin beside lace, dyes
  that are seen in the light only, a background that the JPEG smoothed), or some of its shades,
  from dark to light, may be. Then the grain of each shade has to lie between its own and theirs.
  The report keeps the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.evaluation.colour_difference import ciede2000, lab
from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.faces.geometry import Face, Similarity
from lafr_engine.faces.paste import Patch, Rectangle, mask_rectangle, mask_share
from lafr_engine.imaging.picture import Picture, rgb8
from lafr_engine.imaging.regrain import CERTAIN, paper
from lafr_engine.imaging.tones import colour_space, luminance
from lafr_engine.pipeline.compose import Accepted, accepted_patch, compose
from lafr_engine.pipeline.grain import widened
from lafr_engine.pipeline.photo import restore_face
from lafr_engine.pipeline.values import SIDE, Choices, FaceState, Models

Floats = NDArray[np.float32]
Json = dict[str, Any]
Grain = Literal["like its surroundings", "like its own", "differs", "not measured"]

SPECTRUM_LIMIT: Final = 0.15
"""Of the noise's standard deviation, in each band of frequencies."""
COLOUR_LIMIT: Final = 1.0
"""In CIEDE2000."""

_FEATHER: Final = (0.02, 0.98)
_SEAM_SIGMA: Final = 1.5


@dataclass(frozen=True, slots=True)
class PastedFace:
    """One face, measured.

    Attributes:
        photo: Name of the file.
        box: Of the face, in pixels of the upright photograph.
        seam: Slope across the border, restored over photograph.
        colour: Mean CIEDE2000 along the border.
        blocks: Flat parts of the face whose noise was measured; 0 for none.
        noise: Deviation of the luminance's noise around the face, in levels of 255, by band.
        spectrum: Deviation of the face's noise over that of its surroundings, by band.
        own: The same of the photograph before.
        chroma: As spectrum, of the colours: two planes, each by band; none for grey.
        own_chroma: The same of the photograph before.
        shades: Of luminance and colours, by shade of the face from dark to light, and band.
        own_shades: The same of the photograph before.
    """

    photo: str
    box: tuple[float, float, float, float]
    seam: float
    colour: float
    blocks: int = 0
    noise: tuple[float, ...] = ()
    spectrum: tuple[float, ...] = ()
    own: tuple[float, ...] = ()
    chroma: tuple[float, ...] = ()
    own_chroma: tuple[float, ...] = ()
    shades: tuple[float, ...] = ()
    own_shades: tuple[float, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether the photograph's own face has the noise of its surroundings."""
        return self.blocks >= CERTAIN and _near(self.own + self.own_chroma)

    @property
    def grain(self) -> Grain:
        """What became of the grain."""
        if self.blocks < CERTAIN:
            return "not measured"
        if _near(self.spectrum + self.chroma):
            return "like its surroundings"
        found, own = np.array(self.shades), np.array(self.own_shades)
        # Between what the face had and what the paper has there is nothing to mend.
        low, high = np.minimum(own, 1.0), np.maximum(own, 1.0)
        inside = (low * (1 - SPECTRUM_LIMIT) <= found) & (found <= high * (1 + SPECTRUM_LIMIT))
        return "like its own" if not self.comparable and inside.all() else "differs"

    @property
    def passed(self) -> bool:
        """Whether colour and grain hold; a face whose grain cannot be measured fails neither."""
        return self.colour < COLOUR_LIMIT and self.grain != "differs"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A photograph's faces and the pictures for a sheet.

    Attributes:
        faces: Those that were restored.
        pairs: uint8 (h, w, 3), sRGB, of each with its surroundings, before and after.
    """

    faces: tuple[PastedFace, ...]
    pairs: tuple[tuple[NDArray[np.uint8], NDArray[np.uint8]], ...]


def measure_photograph(picture: Picture, models: Models, name: str, most: int = 20) -> Measured:
    """Restore a photograph and measure its faces.

    Args:
        picture: Upright.
        models: The networks.
        name: Of the file.
        most: Faces at most, the largest ones.
    """
    chosen = restorable(picture, models)[:most]
    accepted = [each for face in chosen if (each := restored(picture, face, models)) is not None]
    return measure_accepted(picture, accepted, name)


def restorable(picture: Picture, models: Models) -> list[Face]:
    """Find the faces that are not abstained from, the largest first.

    Args:
        picture: Upright.
        models: The networks.
    """
    found = [
        face
        for face in models.detector(rgb8(picture))
        if not reason_to_abstain(face, 1, models.limits, picture)
    ]
    return sorted(found, key=lambda face: face.width, reverse=True)


def restored(picture: Picture, face: Face, models: Models) -> Accepted | None:
    """Restore a face as `lafr restore` does; None where it was held back, or the restorer failed.

    Args:
        picture: Upright.
        face: In its pixels.
        models: The networks.

    Raises:
        ConfigError: The face's landmarks fall on one point.
    """
    done = restore_face(picture, face, models, Choices())
    if done.crop is None or done.result.state is not FaceState.RESTORED:
        return None
    return Accepted(face, done.crop, labels=done.labels)


def measure_accepted(picture: Picture, accepted: Sequence[Accepted], name: str) -> Measured:
    """Measure faces that are restored already."""
    done = compose(picture, accepted)
    space, size = colour_space(picture.channels, picture.icc), (picture.width, picture.height)
    faces, pairs = [], []
    for each in accepted:
        patch = accepted_patch(picture, each, space)
        inner = mask_rectangle(patch, size)
        if inner is None:
            continue
        outer = widened(inner, size)
        own = [_part(each, outer) for each in (picture, done)]
        srgb = [space.to_srgb(part) for part in own]
        mask = mask_in(patch, outer)
        face = PastedFace(name, each.face.box, *_border(srgb, mask, SIDE / patch.to_crop.scale))
        faces.append(_with_noise(face, own, mask))
        before, after = (np.rint(part * 255).astype(np.uint8) for part in srgb)
        pairs.append((before, after))
    return Measured(tuple(faces), tuple(pairs))


def as_json(faces: Sequence[PastedFace]) -> Json:
    """Return limits, sums and a row a face."""
    grains = [face.grain for face in faces]
    comparable = [face for face in faces if face.comparable]
    return {
        "limits": {"spectrum": SPECTRUM_LIMIT, "colour": COLOUR_LIMIT, "fewest_blocks": CERTAIN},
        "faces": len(faces),
        "passed": sum(face.passed for face in faces),
        "colour_mean": float(np.mean([face.colour for face in faces])) if faces else None,
        "colour_within": sum(face.colour < COLOUR_LIMIT for face in faces),
        "comparable": len(comparable),
        "comparable_within": sum(f.grain == "like its surroundings" for f in comparable),
        "grain": {kind: grains.count(kind) for kind in sorted(set(grains))},
        "rows": [
            asdict(face) | {"grain": face.grain, "passed": face.passed, "comparable": f}
            for face, f in ((face, face.comparable) for face in faces)
        ],
    }


def as_table(faces: Sequence[PastedFace]) -> str:
    """Return a row a face in Markdown, and the sums below."""
    lines = [
        "| photograph | width | seam | CIEDE2000 | grain / around | before / around "
        "| of colour | before | grain is | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for face in faces:
        after, before = (" ".join(f"{v:.2f}" for v in row) for row in (face.spectrum, face.own))
        dyes, own_dyes = (_range(row) for row in (face.chroma, face.own_chroma))
        lines.append(
            f"| {face.photo} | {face.box[2] - face.box[0]:.0f} | {face.seam:.2f} "
            f"| {face.colour:.2f} | {after} | {before} | {dyes} | {own_dyes} | {face.grain} "
            f"| {'pass' if face.passed else 'FAIL'} |"
        )
    sums = as_json(faces)
    grain: dict[Grain, int] = sums["grain"]
    measured = sum(grain.values()) - grain.get("not measured", 0)
    lines += [
        "",
        f"{sums['passed']} of {sums['faces']} faces pass; colour under {COLOUR_LIMIT} in "
        f"{sums['colour_within']}; grain within {SPECTRUM_LIMIT:.0%} of the surroundings in "
        f"{sums['comparable_within']} of the {sums['comparable']} faces that had it so before. Of "
        f"the {measured} faces whose grain can be measured {grain.get('like its surroundings', 0)} "
        f"have that of their surroundings, {grain.get('like its own', 0)} lie between their own "
        f"and that, {grain.get('differs', 0)} differ.",
    ]
    return "\n".join(lines)


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}" if values else ""


def _part(picture: Picture, rectangle: Rectangle) -> Floats:
    x0, y0, x1, y1 = rectangle
    return picture.pixels[y0:y1, x0:x1].astype(np.float32) / np.float32(picture.white)


def mask_in(patch: Patch, rectangle: Rectangle) -> Floats:
    """Return the share of a restored face in a rectangle of its photograph, (h, w) in [0, 1]."""
    x0, y0, x1, y1 = rectangle
    shift = Similarity(np.array([[1.0, 0.0, x0], [0.0, 1.0, y0]]))
    local = replace(patch, to_crop=patch.to_crop.after(shift))
    return mask_share(local, (0, 0, x1 - x0, y1 - y0))


def _border(srgb: Sequence[Floats], mask: Floats, side: float) -> tuple[float, float]:
    """Return the seam's energy and the colour's difference along the feather."""
    feather = (mask > _FEATHER[0]) & (mask < _FEATHER[1])
    if not feather.any():
        return 1.0, 0.0
    across = np.stack(_slope(mask), axis=-1)
    across /= np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-9)
    before, after = (_across(part, across)[feather].mean() for part in srgb)
    blurred = [cv2.GaussianBlur(part, (0, 0), max(side / 80, 0.5))[feather] for part in srgb]
    colour = ciede2000(lab(blurred[0]), lab(blurred[1])).mean()
    return float(after / max(before, 1e-6)), float(colour)


def _across(srgb: Floats, direction: Floats) -> Floats:
    smooth = np.asarray(cv2.GaussianBlur(luminance(srgb), (0, 0), _SEAM_SIGMA), np.float32)
    slope: Floats = np.abs((np.stack(_slope(smooth), axis=-1) * direction).sum(axis=-1))
    return slope


def _slope(values: Floats) -> tuple[Floats, Floats]:
    down, right = (np.asarray(each, np.float32) for each in np.gradient(values))
    return right, down


def _with_noise(face: PastedFace, own: Sequence[Floats], mask: Floats) -> PastedFace:
    sheet = paper(own[0], mask)
    if sheet is None:
        return face
    before, after = (np.sqrt(sheet.powers(part)) for part in own)
    return replace(
        face,
        blocks=len(sheet.sheets[0].shades.corners),
        noise=_floats(sheet.deviations[0] * 255),
        spectrum=_floats(after[0, 0]),
        own=_floats(before[0, 0]),
        chroma=_floats(after[1:, 0]),
        own_chroma=_floats(before[1:, 0]),
        shades=_floats(after[:, 1:]),
        own_shades=_floats(before[:, 1:]),
    )


def _floats(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(map(float, values.ravel()))


def _near(found: Sequence[float]) -> bool:
    return bool((np.abs(np.asarray(found) - 1.0) <= SPECTRUM_LIMIT).all())
