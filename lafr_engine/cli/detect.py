"""``lafr detect``: which faces are found, and where."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli import paths
from lafr_engine.cli.arguments import add_inputs, folder
from lafr_engine.cli.console import Console, PhotoLine, face_line, photo_line, stdio, unexpected
from lafr_engine.errors import LafrError

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.faces.detect import Detector
    from lafr_engine.faces.geometry import Face
    from lafr_engine.imaging.picture import Picture


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "detect",
        help="find the faces in photographs",
        description="Find the faces in photographs and tell where they are: on stdout, one line a "
        "face of file, left, top, right, bottom and score, separated by tabs. With --draw the "
        "files written instead, with --json one object a photo.",
    )
    add_inputs(parser)
    parser.add_argument(
        "--draw", metavar="DIR", type=folder, help="write JPEGs with boxes and landmarks there"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status."""
    from lafr_engine.cli.loading import load_detector
    from lafr_engine.imaging.files import sniff

    found = paths.find(args.paths, sniff, args.draw)
    console = stdio(len(found.sources) + len(found.errors), args.json)
    for error in found.errors:
        console.photo(PhotoLine(str(error.path), error=str(error)))
    if found.sources:
        detector = load_detector(args.detector, "cpu")
        detect_all(found, detector, args, console)
    console.end()
    return 1 if console.failed else 0


def detect_all(
    found: paths.Found, detector: Detector, args: argparse.Namespace, console: Console
) -> None:
    """Find faces in photo after photo; one that fails is named and the others go on."""
    from lafr_engine.imaging.encode import SUFFIXES

    out = args.draw or Path()
    drawings = paths.targets(found.sources, out, SUFFIXES, "JPEG")
    for source, drawing in zip(found.sources, drawings, strict=True):
        began = time.monotonic()
        line = PhotoLine(str(source.path))
        console.step(source.path.name, "looking for faces")
        try:
            line = _detect_one(source.path, drawing if args.draw else None, detector, args)
        except LafrError as error:
            line = replace(line, error=str(error))
        except Exception as error:  # a photo that nobody foresaw must not end the run
            line = replace(line, error=unexpected(source.path, error))
        console.photo(replace(line, seconds=round(time.monotonic() - began, 3)))


def _detect_one(
    source: Path, drawing: Path | None, detector: Detector, args: argparse.Namespace
) -> PhotoLine:
    from lafr_engine.imaging.files import read_picture, write_picture
    from lafr_engine.imaging.picture import rgb8

    picture = read_picture(source, args.max_pixels)
    faces = detector(rgb8(picture))
    lines = [face_line(face, "detected") for face in faces]
    line = photo_line(source, picture, lines)
    if not faces:
        return replace(line, error=f"{source}: no face was found")
    if drawing is None:
        return line
    write_picture(drawn(picture, faces), drawing, args.overwrite)
    return replace(line, output=str(drawing))


def drawn(picture: Picture, faces: Sequence[Face]) -> Picture:
    """Return an 8-bit JPEG of the picture with each face's box and landmarks."""
    import cv2

    from lafr_engine.imaging.picture import Coding, rgb8

    canvas = rgb8(picture).copy()
    thick = max(1, round(max(canvas.shape) / 800))
    for face in faces:
        x0, y0, x1, y1 = (round(value) for value in face.box)
        cv2.rectangle(canvas, (x0, y0), (x1, y1), (255, 200, 0), thick)
        for x, y in face.landmarks:
            cv2.circle(canvas, (round(x), round(y)), thick + 1, (0, 255, 120), -1)
    icc = picture.icc if picture.channels == 3 else None
    return replace(
        picture, pixels=canvas, alpha=None, icc=icc, format="JPEG", coding=Coding(lossless=False)
    )
