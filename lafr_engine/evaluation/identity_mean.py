"""Make ``identity_mean.npy``: the mean face embedding that cosines are taken about.

::

    python -m lafr_engine.evaluation.identity_mean FOLDER resources/identity_mean.npy

The shipped file was made of the 1,124 aligned faces of the training set.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import NoPictures
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.nets.dlib_resnet import EMBEDDING_SIZE, DlibFace

_BATCH = 16
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def mean_embedding(folder: Path, weights: Path) -> NDArray[np.float32]:
    """Average the embeddings of all aligned faces in a folder.

    Args:
        folder: Holds aligned 512 x 512 faces.
        weights: dlib's ``.dat`` file.

    Returns:
        float32 (128,).

    Raises:
        NoPictures: The folder holds no picture.
        WeightsError: The network cannot be read.
    """
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise NoPictures(folder, "no aligned faces in this folder")
    net = IdentityNet(DlibFace(weights), np.zeros(EMBEDDING_SIZE, np.float32))
    rows = np.concatenate([net.embed(crops) for crops in _batches(paths)])
    mean: NDArray[np.float64] = rows.astype(np.float64).mean(axis=0)
    return mean.astype(np.float32)


def _batches(paths: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(paths), _BATCH):
        yield np.stack([_crop(path) for path in paths[start : start + _BATCH]])


def _crop(path: Path) -> NDArray[np.float32]:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) / np.float32(255.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="aligned 512 x 512 faces")
    parser.add_argument("out", type=Path, help="where the .npy goes")
    chosen = parser.parse_args(arguments)
    np.save(chosen.out, mean_embedding(chosen.folder, weights_path("dlib-face")))


if __name__ == "__main__":
    main()
