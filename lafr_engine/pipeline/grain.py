"""The grain of a print, given to the faces that are pasted into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from lafr_engine.faces.geometry import Similarity
from lafr_engine.faces.paste import Patch, Rectangle, mask_rectangle, mask_share, paste
from lafr_engine.imaging.picture import Pixels
from lafr_engine.imaging.regrain import missing

# Paper that is looked at around a face, in shares of its size.
_MARGIN: Final = 0.4
_LEAST_MARGIN: Final = 24
_DEEP: Final = int(np.iinfo(np.uint16).max)


def with_grain(pixels: Pixels, patches: Sequence[Patch]) -> list[Patch]:
    """Give patches the grain that their restored faces lost, as far as the picture around has it.

    It depends on the picture and the patch alone, so the same recipe makes the same bytes. It is
    measured at full strength, and less of it is added with less of the change: what is left of the
    photograph brings its own.

    Args:
        pixels: (H, W, C) uint8 or uint16, the picture that they are pasted into.
        patches: The faces.
    """
    return [_with_grain(pixels, patch) for patch in patches]


def _with_grain(pixels: Pixels, patch: Patch) -> Patch:
    size = pixels.shape[1], pixels.shape[0]
    inner = mask_rectangle(patch, size)
    if inner is None:
        return patch
    x0, y0, x1, y1 = outer = widened(inner, size)
    part = pixels[y0:y1, x0:x1]
    # Whatever is kept or mixed, the noise is the same: what is looked at is what is exported.
    shift = _shift(x0, y0)
    local = replace(patch, to_crop=patch.to_crop.after(shift), strength=1.0, kept=None)
    # What 8 bits round away would be taken for grain that was lost.
    part = np.ascontiguousarray(part, np.uint16) * np.uint16(_DEEP // np.iinfo(pixels.dtype).max)
    white = np.float32(_DEEP)
    before, after = (values.astype(np.float32) / white for values in (part, paste(part, [local])))
    mask = mask_share(local, (0, 0, x1 - x0, y1 - y0))
    noise = missing(before, after, mask)
    if noise is None:
        return patch
    u0, v0, u1, v1 = inner
    return replace(patch, grain=noise[v0 - outer[1] : v1 - outer[1], u0 - outer[0] : u1 - outer[0]])


def widened(inner: Rectangle, size: tuple[int, int]) -> Rectangle:
    """Return a face's rectangle with the margin in which its paper is looked at."""
    x0, y0, x1, y1 = inner
    margin = max(_LEAST_MARGIN, round(_MARGIN * max(x1 - x0, y1 - y0)))
    return (
        max(x0 - margin, 0),
        max(y0 - margin, 0),
        min(x1 + margin, size[0]),
        min(y1 + margin, size[1]),
    )


def _shift(x: int, y: int) -> Similarity:
    """Return the way from a part of a picture, whose corner is at (x, y), to the picture."""
    return Similarity(np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))
