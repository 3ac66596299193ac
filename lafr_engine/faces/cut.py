"""Cutting an aligned face out of a picture."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lafr_engine.errors import ConfigError
from lafr_engine.faces.geometry import Similarity

# Picture pixels kept around the crop's footprint for the cubic filter.
_MARGIN: Final = 4
# A face this many times larger than the crop is shrunk before it is sampled.
_MOST_SAMPLES: Final = 4


def cut(
    pixels: NDArray[np.uint8] | NDArray[np.uint16], similarity: Similarity, size: int = 512
) -> NDArray[np.float32]:
    """Cut a face out, upright and at the template's size.

    A face smaller than the crop is enlarged by a cubic filter. A larger one is sampled several
    times a crop pixel and averaged, so that nothing aliases. What lies outside the picture is
    its mirror image.

    Args:
        pixels: uint8 or uint16 (H, W, 3) RGB or (H, W, 1) grey.
        similarity: Picture to crop, as `align` finds it for the same size.
        size: Side of the crop.

    Returns:
        float32 (3, size, size) RGB in [0, 1]; grey is repeated three times.

    Raises:
        ConfigError: The array is no such picture, or the crop lies wholly outside it.
    """
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or pixels.dtype not in _WHITE:
        raise ConfigError("faces are cut out of uint8 or uint16 pictures of 1 or 3 channels")
    region, similarity = _region(pixels, similarity, size)
    shrink = max(1, math.floor(1.0 / (similarity.scale * _MOST_SAMPLES)))
    region, similarity = _shrunk(region, similarity, shrink)
    samples = max(1, math.ceil(1.0 / similarity.scale - 1e-6))
    crop = _sampled(region, similarity, size, samples) / np.float32(_WHITE[pixels.dtype])
    planes = crop.reshape(size, size, -1).transpose(2, 0, 1).clip(0.0, 1.0)
    return np.ascontiguousarray(np.broadcast_to(planes, (3, size, size)), dtype=np.float32)


_WHITE: Final = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}


def _region(
    pixels: NDArray[np.uint8] | NDArray[np.uint16], similarity: Similarity, size: int
) -> tuple[NDArray[np.float32], Similarity]:
    """Take the part of the picture under the crop, so that no more is converted than needed."""
    height, width = pixels.shape[:2]
    edge = size - 0.5
    corners = [[-0.5, -0.5], [edge, -0.5], [-0.5, edge], [edge, edge]]
    footprint = similarity.inverse().apply(corners)
    left, top = np.maximum(np.floor(footprint.min(axis=0)).astype(int) - _MARGIN, 0)
    right, bottom = np.ceil(footprint.max(axis=0)).astype(int) + _MARGIN + 1
    region = pixels[top : min(bottom, height), left : min(right, width)].astype(np.float32)
    if min(bottom, right) <= 0 or region.size == 0:
        raise ConfigError("the crop lies outside the picture")
    return region, _before(similarity, 1.0, float(left), float(top))


def _before(similarity: Similarity, unit: float, x: float, y: float) -> Similarity:
    """Let a similarity start from pixels ``unit`` wide, the first of which is centred on (x, y)."""
    return similarity.after(Similarity(np.array([[unit, 0.0, x], [0.0, unit, y]])))


def _shrunk(
    region: NDArray[np.float32], similarity: Similarity, factor: int
) -> tuple[NDArray[np.float32], Similarity]:
    """Average blocks of ``factor`` x ``factor``; the edge is repeated to fill the last ones."""
    if factor == 1:
        return region, similarity
    high, wide = (-length % factor for length in region.shape[:2])
    padded = np.pad(region, ((0, high), (0, wide), (0, 0)), mode="edge")
    rows, columns = padded.shape[0] // factor, padded.shape[1] // factor
    blocks = padded.reshape(rows, factor, columns, factor, -1).mean(axis=(1, 3))
    centre = (factor - 1) / 2
    return blocks, _before(similarity, float(factor), centre, centre)


def _sampled(
    region: NDArray[np.float32], similarity: Similarity, size: int, samples: int
) -> NDArray[np.float32]:
    """Sample ``samples`` x ``samples`` times a crop pixel and average."""
    shift = (samples - 1) / 2
    finer = Similarity(np.array([[samples, 0.0, shift], [0.0, samples, shift]]))
    matrix = finer.after(similarity).matrix
    side = size * samples
    drawn = cv2.warpAffine(
        region, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    if samples == 1:
        return np.asarray(drawn, dtype=np.float32)
    return np.asarray(cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA), np.float32)
