"""What was invented as a picture: the restored photograph in grey, departures in colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.faces.bands import Floats
from lafr_engine.faces.invented.measure import SIDE, Departure
from lafr_engine.imaging.picture import Pixels
from lafr_engine.imaging.tones import luminance

TOP: Final = 6.0
"""Levels of colour difference at the end of the scale of colours."""
_DARK: Final = 0.25  # of the map inferno: what is darker would look like a shadow
_OPAQUE: Final = 0.85
_SOLID_FROM: Final = 0.35  # of the scale: from there on colours are as opaque as they get
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def colours() -> NDArray[np.uint8]:
    """Return the scale, uint8 (256, 4), RGBA: matplotlib's inferno, whose lightness rises evenly.

    Entry i is for i / 255 of `TOP`; entry 0 is clear.
    """
    at = np.linspace(0.0, 1.0, 256)
    grey = np.rint(255 * (_DARK + (1 - _DARK) * at)).astype(np.uint8)[:, None]
    rgb = cv2.applyColorMap(grey, cv2.COLORMAP_INFERNO)[:, 0, ::-1]
    ramp = np.clip(at / _SOLID_FROM, 0.0, 1.0)
    alpha = np.rint(255 * _OPAQUE * ramp * ramp * (3 - 2 * ramp)).astype(np.uint8)
    return np.column_stack([rgb, alpha]).astype(np.uint8)


def entries(levels: Floats) -> NDArray[np.uint8]:
    """Return levels of colour difference as entries of `colours`."""
    found: NDArray[np.uint8] = np.rint(np.clip(levels / TOP, 0.0, 1.0) * 255).astype(np.uint8)
    return found


def overlay(restored: Pixels, departures: Sequence[Departure], scale: int = 1) -> Pixels:
    """Draw departures over a restored photograph, with a legend.

    Args:
        restored: uint8 or uint16 (H, W, 3 or 1).
        departures: Of its faces.
        scale: How many times larger it is than the photograph.

    Returns:
        uint8 (H, W, 3).
    """
    drawn = _grey(restored)
    for each in departures:
        _blend(drawn, each, scale)
    _legend(drawn)
    return drawn


def _grey(pixels: Pixels) -> NDArray[np.uint8]:
    shares = pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    grey = shares[..., 0] if shares.shape[2] == 1 else luminance(shares)
    return np.repeat(np.rint(grey * 255).astype(np.uint8)[..., None], 3, axis=2)


def _blend(drawn: NDArray[np.uint8], departure: Departure, scale: int) -> None:
    """Lay one face's colours over its place."""
    edge = SIDE - 0.5
    corners = departure.to_crop.inverse().apply(
        [[-0.5, -0.5], [edge, -0.5], [-0.5, edge], [edge, edge]]
    )
    low = np.maximum(np.floor((corners.min(axis=0) + 0.5) * scale), 0).astype(int)
    high = np.minimum(np.ceil((corners.max(axis=0) + 0.5) * scale), drawn.shape[1::-1]).astype(int)
    if (low >= high).any():
        return
    matrix = departure.to_crop.matrix.copy()
    place = (low + 0.5) / scale - 0.5
    matrix[:, 2] += matrix[:, :2] @ place
    matrix[:, :2] /= scale
    levels = cv2.warpAffine(
        departure.levels,
        matrix,
        (int(high[0] - low[0]), int(high[1] - low[1])),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    tint = colours()[entries(np.asarray(levels, np.float32))].astype(np.float32)
    part = drawn[low[1] : high[1], low[0] : high[0]]
    alpha = tint[..., 3:] / np.float32(255)
    part[...] = np.rint(part * (1 - alpha) + tint[..., :3] * alpha).astype(np.uint8)


def _legend(drawn: NDArray[np.uint8]) -> None:
    """Draw the scale into the lower left corner, where the picture has room for it."""
    height, width = drawn.shape[:2]
    unit = max(min(width, height) / 480, 0.4)
    long, thick, margin = round(160 * unit), round(12 * unit), round(8 * unit)
    plate_height = thick + round(34 * unit)
    if width < long + 4 * margin or height < plate_height + 2 * margin:
        return
    top, left = height - plate_height - margin, margin
    drawn[top : height - margin, left : left + long + 3 * margin] = 24
    scale = colours()[np.linspace(0, 255, long).astype(int)]
    bar = slice(top + margin, top + margin + thick), slice(left + margin, left + margin + long)
    drawn[bar] = scale[None, :, :3]
    line, size = top + margin + thick + round(11 * unit), 0.35 * unit
    for text, x in (("0", left + margin), (f"{TOP:.0f}", left + long - round(4 * unit))):
        _write(drawn, text, (x, line), size)
    _write(drawn, "invented (delta E)", (left + margin, line + round(11 * unit)), size)


def _write(drawn: NDArray[np.uint8], text: str, at: tuple[int, int], size: float) -> None:
    cv2.putText(drawn, text, at, _FONT, size, (235, 235, 235), 1, cv2.LINE_AA)
