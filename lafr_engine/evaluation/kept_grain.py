"""How much of a photograph's grain its restored faces have, told apart from their detail.

In one picture grain cannot be told from the detail of a face: a face is nowhere as flat as a wall.
In two pictures of the same scene it can, for detail is the same in both: what they differ by is
noise (EMVA Standard 1288, release 3.1, section 6.6). So a photograph gets another grain like its
own on top, drawn twice, and is restored twice. What the two results differ by in a face is the
grain that came through, and what restoring made of it; what the two photographs differ by there is
what it should be. That is how much of a grain a face keeps. Whether the photograph's own face had
the grain of its surroundings to begin with it does not say; `evaluation.paste` compares the two.

The grain that is drawn has the photograph's own spectrum and strength, by luminance and in the
planes of its colours, as its flat parts show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.evaluation.paste import SPECTRUM_LIMIT, mask_in, restorable, restored
from lafr_engine.faces.paste import Patch, mask_rectangle
from lafr_engine.imaging.grain import (
    band_powers,
    bands,
    block_light,
    corners_in,
    flat_corners,
    in_band,
    light_of_pixels,
)
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.planes import mixed, own_planes, quiet_power, to_channels
from lafr_engine.imaging.tones import colour_space
from lafr_engine.pipeline.compose import Accepted, accepted_patch, compose
from lafr_engine.pipeline.values import Models

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Json = dict[str, Any]

# Pixels a side of the blocks of a face, half a block apart, and of those of the photograph.
_BLOCK: Final = 8
_PAPER_BLOCK: Final = 16
# Groups of the flat blocks, dark to light, whose grain is told apart.
_LEVELS: Final = 4
# Deviation of the luminance of the grain that is drawn: with less, rounding to 8 bits is all there
# is, and with more, flat parts were no paper but cloth or leaves.
_LEAST, _MOST = 2.0 / 255, 10.0 / 255
# The share of the restored face in the mask from which it is there as a whole.
_WHOLE: Final = 0.9
_SEEDS: Final = (1, 2)
# A power that has a logarithm and cannot be seen.
_NOTHING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class KeptGrain:
    """The grain of one face.

    Attributes:
        photo: Name of the file.
        width: Of the face's box, pixels of the upright photograph.
        blocks: Parts of the face that were looked at; 0 where it is too small for one, where it was
            held back with either grain, or where the photograph's grain is not known.
        noise: Deviation of the grain that was drawn, of luminance, in levels of 255, by band.
        kept: Deviation of the grain in the restored face over that in the photograph, by band.
        kept_colour: The same of the colours: two planes, each by band; none for grey.
    """

    photo: str
    width: float
    blocks: int = 0
    noise: tuple[float, ...] = ()
    kept: tuple[float, ...] = ()
    kept_colour: tuple[float, ...] = ()

    @property
    def within(self) -> bool:
        """Whether the face was measured and every band, also of colour, is within the limit."""
        found = np.array(self.kept + self.kept_colour)
        return self.blocks > 0 and bool((np.abs(found - 1.0) <= SPECTRUM_LIMIT).all())


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """What a photograph's grain is like.

    Attributes:
        levels: float64 (G,), luminance from dark to light.
        powers: float64 (G, K, C), at each of them, by band and plane; samples are in [0, 1].
        to_planes: float64 (C, C), from the picture's channels to the planes.
    """

    levels: Doubles
    powers: Doubles
    to_planes: Doubles

    def drawn(self, light: Floats, seed: int) -> Floats:
        """Draw it anew for a picture of luminance (H, W); the result is (H, W, C)."""
        rng = np.random.default_rng(seed)
        planes = [self._plane(light, rng, powers) for powers in np.moveaxis(self.powers, 2, 0)]
        return mixed(np.stack(planes, axis=2), to_channels(self.to_planes))

    def _plane(self, light: Floats, rng: np.random.Generator, powers: Doubles) -> Floats:
        """Shape one white noise for each level, and pass over from one to the next."""
        white = np.fft.rfft2(rng.standard_normal(light.shape))
        height, width = light.shape
        radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
        middles = [(low + high) / 2 for low, high in bands(_PAPER_BLOCK)]
        total = np.zeros_like(light)
        for power, only in zip(powers, np.eye(len(powers)), strict=True):
            logarithm = np.interp(radius, middles, np.log(power + _NOTHING))
            shaped = np.fft.irfft2(white * np.exp(logarithm / 2), light.shape)
            total += (shaped * np.interp(light, self.levels, only)).astype(np.float32)
        return total


def own_grain(picture: Picture) -> Grain | None:
    """Measure the grain of a photograph's flat parts; None where it has none that are flat."""
    pixels = _samples(picture)
    light = light_of_pixels(pixels)
    corners = flat_corners(light, np.ones(light.shape, bool), _PAPER_BLOCK)
    if corners is None:
        return None
    to_planes = own_planes(pixels, corners, _PAPER_BLOCK)
    powers = band_powers(mixed(pixels, to_planes), corners, _PAPER_BLOCK)
    lights = block_light(light, corners, _PAPER_BLOCK)
    groups = np.array_split(np.argsort(lights, kind="stable"), _LEVELS)
    median = np.stack([np.median(powers[group], axis=0) for group in groups])
    deviation = float(np.sqrt((median[..., 0] @ _widths(_PAPER_BLOCK)).mean()))
    wanted = float(np.clip(deviation, _LEAST, _MOST))
    levels = np.array([lights[group].mean() for group in groups])
    # A picture without any noise is a drawing; it gets a grain that is white.
    median = median * (wanted / deviation) ** 2 if deviation else _white(median)
    return Grain(levels, median, to_planes)


def measure_grain(
    picture: Picture, models: Models, name: str, most: int = 20
) -> tuple[KeptGrain, ...]:
    """Restore a photograph twice, each time with another grain, and measure its faces.

    Args:
        picture: Upright.
        models: The networks.
        name: Of the file.
        most: Faces at most, the largest ones.

    Returns:
        A value for each face, those behind that could not be measured.
    """
    grain, faces = own_grain(picture), restorable(picture, models)[:most]
    if grain is None or not faces:
        return tuple(KeptGrain(name, face.width) for face in faces)
    light = light_of_pixels(_samples(picture))
    grainy = [_with(picture, grain.drawn(light, seed)) for seed in _SEEDS]
    pairs, left = [], []
    for face in faces:
        one, other = (restored(each, face, models) for each in grainy)
        if one is None or other is None:
            left.append(KeptGrain(name, face.width))
        else:
            pairs.append((one, other))
    return (*measure_accepted_grain(grainy, pairs, name, grain.to_planes), *left)


def measure_accepted_grain(
    grainy: Sequence[Picture],
    pairs: Sequence[tuple[Accepted, Accepted]],
    name: str,
    to_planes: Doubles,
) -> tuple[KeptGrain, ...]:
    """Measure faces that are restored already.

    Args:
        grainy: The photograph with either grain.
        pairs: Each face, restored in the one and in the other.
        name: Of the file.
        to_planes: (C, C), from the picture's channels to the planes that are told apart.
    """
    done = [compose(each, [pair[number] for pair in pairs]) for number, each in enumerate(grainy)]
    should, found = (_difference(two, to_planes) for two in (grainy, done))
    space = colour_space(grainy[0].channels, grainy[0].icc)
    return tuple(
        _kept(KeptGrain(name, pair[0].face.width), should, found, patch)
        for pair in pairs
        for patch in [accepted_patch(grainy[0], pair[0], space)]
    )


def as_json(faces: Sequence[KeptGrain]) -> Json:
    """Return the limit, sums and a row a face."""
    measured = [face for face in faces if face.blocks]
    kept = np.array([face.kept for face in measured])
    return {
        "limit": SPECTRUM_LIMIT,
        "faces": len(faces),
        "measured": len(measured),
        "within": sum(face.within for face in measured),
        "median": np.median(kept, axis=0).tolist() if measured else None,
        "rows": [asdict(face) | {"within": face.within} for face in faces],
    }


def as_table(faces: Sequence[KeptGrain]) -> str:
    """Return a row a face in Markdown, and the sums below."""
    lines = [
        "| photograph | width | blocks | grain | kept | of colour | |",
        "|---|---|---|---|---|---|---|",
    ]
    for face in faces:
        noise = " ".join(f"{value:.1f}" for value in face.noise)
        kept, colour = (" ".join(f"{v:.2f}" for v in row) for row in (face.kept, face.kept_colour))
        verdict = ("pass" if face.within else "FAIL") if face.blocks else "not measured"
        lines.append(
            f"| {face.photo} | {face.width:.0f} | {face.blocks} | {noise} | {kept} | {colour} "
            f"| {verdict} |"
        )
    sums = as_json(faces)
    middle = ", ".join(f"{value:.2f}" for value in sums["median"] or ()) or "none"
    lines += [
        "",
        f"{sums['within']} of the {sums['measured']} faces that can be measured have grain within "
        f"{SPECTRUM_LIMIT:.0%} of the photograph's in every band; medians: {middle}. "
        f"{sums['faces'] - sums['measured']} could not be measured.",
    ]
    return "\n".join(lines)


def _kept(face: KeptGrain, should: Floats, found: Floats, patch: Patch) -> KeptGrain:
    """Compare what two photographs, and two results, differ by in a face."""
    inner = mask_rectangle(patch, (should.shape[1], should.shape[0]))
    if inner is None:
        return face
    x0, y0, x1, y1 = inner
    corners = corners_in(mask_in(patch, inner) >= _WHOLE, _BLOCK)
    if not len(corners):
        return face
    photo, result = (
        band_powers(each[y0:y1, x0:x1], corners, _BLOCK).mean(axis=0) for each in (should, found)
    )
    quiet = np.array([quiet_power(plane > 0) for plane in range(photo.shape[1])])
    kept = np.sqrt((result + quiet) / (photo + quiet))
    noise = 255 * np.sqrt(photo[:, 0] * _widths(_BLOCK))
    return replace(
        face,
        blocks=len(corners),
        noise=tuple(noise.tolist()),
        kept=tuple(kept[:, 0].tolist()),
        kept_colour=tuple(kept[:, 1:].T.ravel().tolist()),
    )


def _difference(pictures: Sequence[Picture], to_planes: Doubles) -> Floats:
    """Return what two pictures differ by, (H, W, C) planes, of the power of one's noise."""
    one, other = (_samples(each) for each in pictures)
    return mixed((one - other) / np.float32(np.sqrt(2.0)), to_planes)


def _samples(picture: Picture) -> Floats:
    return np.asarray(picture.pixels).astype(np.float32) / np.float32(picture.white)


def _with(picture: Picture, noise: Floats) -> Picture:
    """Add noise to the pixels, which are all that such a picture then has."""
    samples = np.clip(_samples(picture) + noise, 0.0, 1.0) * picture.white
    return replace(picture, pixels=np.rint(samples).astype(picture.pixels.dtype), native=None)


def _widths(block: int) -> Doubles:
    """Return the share of all frequencies that each band of a block has, (K,)."""
    return np.array([in_band(block, *each).mean() for each in bands(block)])


def _white(powers: Doubles) -> Doubles:
    return np.full_like(powers, _LEAST**2)
