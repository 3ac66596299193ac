"""Colour: profiles to sRGB and back, grey and single-toned pictures, low frequencies kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_REC_709: Final = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_TONE_GRID: Final = 64
# Faces of sepia prints leave up to .015 over, those of faint colour photographs .018 and more.
_TONE_LIMIT: Final = 0.016
_RGB, _GREY = "rgb", "gray"


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """The way from a picture's own colours to sRGB and back, for float pixels.

    Attributes:
        channels: 3 for RGB, 1 for grey.
        icc: The picture's profile; None reads as sRGB, or as grey of sRGB's tone curve.
    """

    channels: int
    icc: bytes | None = None

    def to_srgb(self, crop: Floats) -> Floats:
        """Convert float32 (H, W, channels) in [0, 1] to sRGB, float32 (H, W, 3) in [0, 1]."""
        if self.icc is None:
            return np.repeat(crop, 3, axis=2) if self.channels == 1 else crop
        own = _GREY if self.channels == 1 else _RGB
        source = crop[..., 0] if self.channels == 1 else crop
        rgb = _transform(source, self.icc, _srgb(), own, _RGB)
        return np.clip(rgb, 0.0, 1.0)

    def change(self, before: Floats, after: Floats, grey: bool = False) -> Floats:
        """Express the change from one sRGB crop to another in the picture's own colours.

        Equal crops give exactly zero, whatever the profile does to them.

        Args:
            before: float32 (H, W, 3), sRGB in [0, 1].
            after: float32 (H, W, 3).
            grey: The picture's own channels are equal here, and the change is equal over them:
                the way through a profile alone would leave a trace of colour.

        Returns:
            float32 (H, W, channels), to be added to the picture's pixels over their white.
        """
        change = self._from_srgb(np.clip(after, 0.0, 1.0)) - self._from_srgb(before)
        return np.repeat(change.mean(axis=2, keepdims=True), change.shape[2], 2) if grey else change

    def _from_srgb(self, rgb: Floats) -> Floats:
        if self.icc is not None:
            own = _GREY if self.channels == 1 else _RGB
            result = _transform(np.ascontiguousarray(rgb), _srgb(), self.icc, _RGB, own)
            return result.reshape(*rgb.shape[:2], self.channels)
        return luminance(rgb)[..., None] if self.channels == 1 else rgb


def colour_space(channels: int, icc: bytes | None) -> ColourSpace:
    """Return the colour space of a picture; a profile that cannot be used reads as none."""
    space = ColourSpace(channels, icc)
    if icc is None:
        return space
    try:
        grey = np.full((2, 2, 3), 0.5, dtype=np.float32)
        change = space.change(grey, space.to_srgb(grey[..., :channels]))
        usable = bool(np.isfinite(change).all())
    except imagecodecs.CmsError:
        usable = False
    return space if usable else ColourSpace(channels)


def is_grey(crop: Floats) -> bool:
    """Whether the channels of (H, W, C) are equal everywhere, to the last bit."""
    return bool((crop == crop[..., :1]).all())


def luminance(rgb: Floats) -> Floats:
    """Return the Rec. 709 luma, float32 (H, W), of (H, W, 3)."""
    luma: Floats = rgb @ _REC_709
    return luma


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """The one curve on which all colours of a grey, sepia or toned face lie.

    Attributes:
        curve: float64 (3, 3); channel c at luma y is ``y + curve[:, c] @ [1, y, y^2]``.
    """

    curve: NDArray[np.float64]

    def colours(self, luma: Floats) -> Floats:
        """Return float32 (H, W, 3) for luma (H, W)."""
        powers = np.stack([np.ones_like(luma), luma, luma * luma], axis=-1)
        colours: Floats = luma[..., None] + powers @ self.curve.astype(np.float32)
        return colours


def tone_of(crop: Floats) -> Tone | None:
    """Find the tone of a near-monochrome face; None for a face in colour.

    All colours of a single-toned print follow from their luma. So each channel's distance from
    luma is fitted by a parabola over luma; what the fit leaves over is the real colour.

    Args:
        crop: float32 (H, W, 3), sRGB in [0, 1].
    """
    small = cv2.resize(crop, (_TONE_GRID, _TONE_GRID), interpolation=cv2.INTER_AREA)
    pixels = small.reshape(-1, 3).astype(np.float64)
    luma = pixels @ _REC_709
    chroma = pixels - luma[:, None]
    if is_grey(crop):
        return Tone(np.zeros((3, 3)))  # exactly grey stays exactly grey
    powers = np.stack([np.ones_like(luma), luma, luma * luma], axis=1)
    curve = np.linalg.lstsq(powers, chroma, rcond=None)[0].astype(np.float64)
    left_over = float(np.sqrt(np.mean((chroma - powers @ curve) ** 2)))
    return Tone(curve) if left_over < _TONE_LIMIT else None


def in_tone(before: Floats, after: Floats, tone: Tone) -> Floats:
    """Give ``before`` the luma of ``after`` along its own tone; both float32 (H, W, 3)."""
    return before + tone.colours(luminance(after)) - tone.colours(luminance(before))


def lock_colour(change: Floats, weight: Floats, sigma: float) -> Floats:
    """Take the low frequencies out of a change, so that the original's stay.

    Args:
        change: float32 (H, W, 3), restored minus original.
        weight: float32 (H, W), where the change counts; what lies outside does not leak in.
        sigma: Standard deviation of the low pass in pixels.
    """
    spread = cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-4
    low = cv2.GaussianBlur(change * weight[..., None], (0, 0), sigma) / spread[..., None]
    return change - low


def keep_detail(change: Floats, original: Floats, sigma: float = 2.0) -> Floats:
    """Take out of a change what would only weaken the original's own fine detail.

    Around each pixel the change is projected on the original's detail. Where that share is
    negative (the detail is damped: grain smoothed away, an edge softened) it is given back;
    what the change adds stays.

    Args:
        change: float32 (H, W, C).
        original: float32 (H, W, C).
        sigma: What is finer than this many pixels counts as detail.
    """
    detail = original - cv2.GaussianBlur(original, (0, 0), sigma).reshape(original.shape)
    shared = cv2.GaussianBlur((change * detail).sum(axis=2), (0, 0), 2 * sigma)
    energy = cv2.GaussianBlur((detail * detail).sum(axis=2), (0, 0), 2 * sigma)
    damping = np.minimum(shared / (energy + 1e-7), 0.0)
    kept: Floats = change - damping[..., None] * detail
    return kept


@cache
def _srgb() -> bytes:
    profile: bytes = imagecodecs.cms_profile("srgb")
    return profile


def _transform(pixels: Floats, source: bytes, target: bytes, own: str, out: str) -> Floats:
    """Run Little CMS in float, without clipping between the two profiles."""
    result: Floats = imagecodecs.cms_transform(
        np.ascontiguousarray(pixels),
        source,
        target,
        colorspace=own,
        outcolorspace=out,
        outdtype="float32",
    )
    return result
