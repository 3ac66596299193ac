"""ICC profiles for tests: those of Little CMS, and one for inks made here."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]

# Linear sRGB to XYZ under D50, after Bradford.
_TO_XYZ = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
_D50 = np.array([0.9642, 1.0, 0.8249])
_DELTA = 6 / 29


@cache
def profile(name: str) -> bytes | None:
    """Return "sRGB", "Adobe RGB", "grey" or "inks"; None for "none"."""
    if name == "none":
        return None
    if name == "inks":
        return _inks()
    known = {"sRGB": "srgb", "Adobe RGB": "adobergb", "grey": "gray"}
    made: bytes = imagecodecs.cms_profile(known[name])
    return made


def _inks() -> bytes:
    """A printer's profile with tables both ways, whose inks filter light independently."""
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"Inks\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 65536) for v in _D50)),
        b"A2B0": _table(_grid(9, 4), _lab_of_inks, 9, 3),
        b"B2A0": _table(_grid(17, 3), _inks_of_lab, 17, 4),
    }
    directory, body = bytearray(struct.pack(">I", len(tags))), bytearray()
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        body += bytes(-len(body) % 4)
        directory += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"prtr", b"CMYK", b"Lab ")
    head += bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">3i", *(round(v * 65536) for v in _D50))
    return bytes(head.ljust(128, b"\0") + directory + body)


def _grid(points: int, axes: int) -> Floats:
    """(N, axes) in [0, 1], the first axis slowest."""
    steps = [np.linspace(0, 1, points)] * axes
    return np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, axes)


def _table(grid: Floats, function: Any, points: int, out: int) -> bytes:
    values = np.rint(np.clip(function(grid), 0, 1) * 65535).astype(">u2")
    line = struct.pack(">HH", 0, 65535)
    head = b"mft2" + bytes(4) + bytes([grid.shape[1], out, points, 0])
    head += struct.pack(">9i", *(65536, 0, 0, 0, 65536, 0, 0, 0, 65536)) + struct.pack(">HH", 2, 2)
    data: bytes = values.tobytes()
    inputs = int(grid.shape[1])
    return head + line * inputs + data + line * out


def _lab_of_inks(inks: Floats) -> Floats:
    """CMYK to Lab, both in [0, 1]; Lab as version 2 of ICC stores it in 16 bits."""
    rgb = (1 - inks[:, :3]) * (1 - inks[:, 3:])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    ratio = linear @ _TO_XYZ.T / _D50
    f = np.where(ratio > _DELTA**3, np.cbrt(ratio), ratio / (3 * _DELTA**2) + 4 / 29)
    lightness = (116 * f[:, 1] - 16) / 100 * 0xFF00
    a, b = 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])
    return np.stack([lightness, (a + 128) * 256, (b + 128) * 256], axis=1) / 65535


def _inks_of_lab(lab: Floats) -> Floats:
    stored = lab * 65535
    lightness, a, b = (
        stored[:, 0] / 0xFF00 * 100,
        stored[:, 1] / 256 - 128,
        stored[:, 2] / 256 - 128,
    )
    middle = (lightness + 16) / 116
    f = np.stack([middle + a / 500, middle, middle - b / 200], axis=1)
    ratio = np.where(f > _DELTA, f**3, 3 * _DELTA**2 * (f - 4 / 29))
    linear = np.clip(ratio * _D50 @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    black = 1 - rgb.max(axis=1, keepdims=True)
    colours = 1 - rgb / np.maximum(1 - black, 1e-6)
    return np.concatenate([colours, black], axis=1)
