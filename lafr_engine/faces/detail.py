"""How much a face shows, however many pixels it has.

A face may be wide and yet show little: out of focus, moved, or enlarged from a few pixels. Its
detail is stated as the width of a sharp face that shows as much.

The luminance of the aligned crop is taken apart into bands an octave wide. What a sharp face has is
about as strong in each: photographs fall off as 1/f. Seen through a blur of deviation s, a band
between Gaussians of deviations p and q keeps, in closed form, ::

    ln( ((p^2 + q^2) / 2 + s^2)^2 / ((p^2 + s^2) (q^2 + s^2)) ) / 2

of it (the integral of the squared difference of both over 1/f). The s whose bands are most like
those of the face is the blur; the pixels of a sharp face blur in proportion to their size. Noise
is taken off before, that of the flattest fifth of the face twice over, so that grain is no detail.

Most sharp faces of 10 to 50 pixels come out within a sixth of their width (`lafr evaluate --limits`
has each in its report), whatever their noise; wider ones come out too narrow, since few photographs
are sharp to their last pixel.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lafr_engine.faces.bands import bands
from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import Points, align
from lafr_engine.faces.mask import soft_mask
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.tones import luminance

_SIDE: Final = 512
_SIGMAS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
# A band's strength: the power that a tenth of the face exceeds, there lie eyes, mouth and outline.
_STRONG: Final = 90.0
_NOISE: Final = 2.0
_UNSEEN: Final = (0.09, 0.3)  # of a band's power: 8 bits, and a share of its noise
_BROAD: Final = slice(-3, None)  # the bands that say how strong a face's contrast is
_BLURS: Final = np.geomspace(0.3, 40.0, 200)
# Of the blur of a sharp face one pixel wide, in pixels of the crop: measured on the faces and
# widths of `lafr evaluate --limits`, whose table shows both.
_SHARP: Final = 157.0


def shown_width(picture: Picture, landmarks: Points) -> float:
    """Return how wide a sharp face would have to be to show what this one shows.

    Args:
        picture: The photograph.
        landmarks: (5, 2), of the face, in its pixels.

    Returns:
        Pixels; a face that shows nothing at all has about 4.

    Raises:
        ConfigError: The landmarks fall on one point, or the face lies outside.
    """
    to_crop = align(landmarks, _SIDE)
    planes = cut(picture.pixels, to_crop, _SIDE)
    grey = luminance(np.ascontiguousarray(planes.transpose(1, 2, 0))) * np.float32(100)
    return _SHARP / _blur(grey[..., None], soft_mask(to_crop.apply(landmarks), _SIDE) > 0.5)


def _blur(grey: NDArray[np.float32], face: NDArray[np.bool_]) -> float:
    """Return the deviation of the blur, in pixels of the crop, that explains the bands best."""
    strengths, unseen = [], []
    for band in bands(grey, face, _SIGMAS):
        strong = float(np.percentile(band.power[face], _STRONG))
        unseen.append(_UNSEEN[0] + _UNSEEN[1] * band.noise)
        strengths.append(max(strong - _NOISE * band.noise, unseen[-1]))
    found, least = np.log(strengths), np.log(unseen)
    if (found <= least).all():
        return float(_BLURS[-1])  # nothing is seen, so nothing tells of a blur
    contrast = (found - _EXPECTED)[:, _BROAD].mean(axis=1, keepdims=True)
    # What noise would hide, a blur may have taken.
    misfit = np.square(found - np.maximum(_EXPECTED + contrast, least)).sum(axis=1)
    return float(_BLURS[misfit.argmin()])


def _expected() -> NDArray[np.float64]:
    """Return the logarithm of each band's power by blur, float64 (blurs, bands)."""
    edges, blur = np.square(_SIGMAS), np.square(_BLURS)[:, None]
    fine, coarse = edges[:-1], edges[1:]
    middle = np.square((fine + coarse) / 2 + blur)
    expected: NDArray[np.float64] = np.log(np.log(middle / ((fine + blur) * (coarse + blur))) / 2)
    return expected


_EXPECTED: Final = _expected()
