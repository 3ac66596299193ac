"""The faces that a bundle is evaluated on: HQ faces to degrade, or pairs of LQ and HQ."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.errors import ConfigError, NoPictures, NotAPicture, UnreadableFile
from lafr_engine.imaging.files import read_picture, sniff

SIDE = 512


@dataclass(frozen=True)
class EvaluationFace:
    """One aligned face.

    Attributes:
        name: The file's stem, unique within a set.
        hq: The high-quality picture.
        lq: Its low-quality version; None if one is to be made by degradation.
    """

    name: str
    hq: Path
    lq: Path | None = None

    @property
    def seed(self) -> int:
        """Seed of this face's degradation: by its name, so that other files change nothing."""
        return zlib.crc32(self.name.encode())


def hq_set(folder: Path, limit: int | None = None) -> list[EvaluationFace]:
    """List the HQ faces of ``folder``, sorted by name.

    Args:
        folder: Holds aligned face crops.
        limit: Take only so many, spread evenly over the sorted names.

    Raises:
        UnreadableFile: If the folder cannot be listed.
        NoPictures: If it holds no picture.
        ConfigError: If two pictures bear the same name but for the suffix.
    """
    faces = [EvaluationFace(name, path) for name, path in sorted(_pictures(folder).items())]
    return spread(faces, limit)


def pair_set(lq: Path, hq: Path, limit: int | None = None) -> list[EvaluationFace]:
    """List pairs of pictures that bear the same name (without suffix) in both folders.

    Raises:
        UnreadableFile: If a folder cannot be listed.
        NoPictures: If a folder holds no picture.
        ConfigError: If a picture has no partner, or two of a folder bear the same name.
    """
    low, high = _pictures(lq), _pictures(hq)
    if low.keys() != high.keys():
        alone = min(low.keys() ^ high.keys())
        raise ConfigError(f"{alone} is in only one of {lq} and {hq}; pairs bear the same name")
    faces = [EvaluationFace(name, high[name], low[name]) for name in sorted(high)]
    return spread(faces, limit)


def pictures_of(folder: Path) -> list[Path]:
    """List the files of ``folder`` that are pictures, sorted by name.

    Raises:
        UnreadableFile: If the folder cannot be listed.
        NoPictures: If it holds no picture.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and sniff(path))
    except OSError as error:
        raise UnreadableFile(folder, str(error.strerror)) from error
    if not paths:
        raise NoPictures(folder, "no picture in this folder")
    return paths


def spread(faces: list[EvaluationFace], limit: int | None) -> list[EvaluationFace]:
    """Take ``limit`` faces spread evenly over the list, or all of them."""
    if limit is None or limit >= len(faces):
        return faces
    if limit < 1:
        raise ConfigError("at least one face is needed")
    return [faces[index * len(faces) // limit] for index in range(limit)]


def read_table(folder: Path) -> dict[str, dict[str, str]]:
    """Read the table beside a folder of faces, ``<folder>.csv``; none gives no rows.

    Returns:
        Its rows by the faces' names: the stems of the column ``file``.

    Raises:
        UnreadableFile: It is there, but is no table with the column ``file``.
    """
    place = folder.resolve()
    table = place.with_name(f"{place.name}.csv")
    if not table.is_file():
        return {}
    try:
        with table.open(newline="", encoding="utf-8") as stream:
            return {Path(row["file"]).stem: row for row in csv.DictReader(stream)}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise UnreadableFile(table, f"is no table of the faces ({error!r})") from error


def load_faces(paths: Iterable[Path]) -> Tensor:
    """Read aligned faces as float32 (B, 3, 512, 512), RGB in [-1, 1].

    Raises:
        InputError: If a file is not readable, no picture, or not square.
    """
    return torch.stack([_load(path) for path in paths])


def _load(path: Path) -> Tensor:
    pixels = read_picture(path).pixels
    height, width = pixels.shape[:2]
    if width != height:
        raise NotAPicture(path, f"an aligned face is square, not {width} x {height}")
    unit = pixels.astype(np.float32) / np.iinfo(pixels.dtype).max
    face = torch.from_numpy(unit).permute(2, 0, 1).expand(3, height, width)[None]
    if width != SIDE:
        face = F.interpolate(face, (SIDE, SIDE), mode="bicubic", antialias=width > SIDE)
    return face[0].clamp(0, 1) * 2 - 1


def _pictures(folder: Path) -> dict[str, Path]:
    """Pictures of ``folder`` by stem, which no two may share."""
    by_stem: dict[str, Path] = {}
    for path in pictures_of(folder):
        other = by_stem.setdefault(path.stem, path)
        if other != path:
            raise ConfigError(f"{folder}: {other.name} and {path.name} bear the same name")
    return by_stem
