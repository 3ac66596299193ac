"""What the commands share that evaluate a model on a folder of photographs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli.loading import load_models
from lafr_engine.errors import InputError

if TYPE_CHECKING:
    from lafr_engine.imaging.picture import Picture
    from lafr_engine.pipeline import Models


def models(args: argparse.Namespace) -> Models:
    """Load all networks that a photograph needs."""
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_restorer

    device = str(choose_device(args.device))
    return load_models(load_restorer(args.bundle, device), args.bundle, device)


def photographs(folder: Path) -> Iterator[tuple[str, Picture]]:
    """Read a folder's pictures by name; one that cannot be read is named and left out."""
    from lafr_engine.imaging.files import read_picture, sniff

    for path in sorted(each for each in folder.iterdir() if each.is_file() and sniff(each)):
        try:
            picture = read_picture(path)
        except InputError as error:
            print(error, file=sys.stderr)
            continue
        yield path.name, picture
