"""``lafr evaluate``: how good a bundle is, as numbers and as a sheet of pictures."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lafr_engine.cli import (
    evaluate_grain,
    evaluate_invented,
    evaluate_limits,
    evaluate_paste,
    extras,
)
from lafr_engine.cli.arguments import DEVICES, folder, positive
from lafr_engine.cli.console import duration
from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor

    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.evaluation.metrics import MetricNets
    from lafr_engine.evaluation.report import Json, Provenance
    from lafr_engine.evaluation.sets import EvaluationFace
    from lafr_engine.evaluation.sheet import Sheet

_EPILOG = """\
HQ faces are degraded at three fixed levels (mild, medium, severe), each face from a seed made of
its name. Measured against the HQ face are the degraded input, the adapter alone, the whole chain,
and the VAE's own reconstruction of the HQ face, which is the ceiling. The tables go to stdout; the
report has them with 95 % intervals, one row a picture, and which conditions hold.

With --paste whole photographs are restored instead, and each pasted face is measured: the slope
across its border and the colour there, and its grain against that of the paper around it.

With --grain whole photographs are restored twice, each time with another grain on top that is like
their own. What the two results differ by in a face is grain and no detail; it is set beside what
the two photographs differ by.

With --invented HQ faces are degraded, restored and pasted, and each region's number of `lafr
invented` is set beside the truth: from which number on a region should be warned of.

With --limits HQ faces are made smaller, or more blurred, in steps and restored: below which width,
and from which blur on, too little of the person comes out. --write puts these limits into the
bundle, and the application leaves such faces alone.
"""


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model on high-quality faces",
        description="Measure a model on aligned high-quality faces, or on pairs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    faces = parser.add_mutually_exclusive_group(required=True)
    faces.add_argument("--hq", metavar="DIR", type=folder, help="aligned faces to degrade")
    faces.add_argument(
        "--pairs",
        metavar=("LQDIR", "HQDIR"),
        nargs=2,
        type=folder,
        help="degraded and clean aligned faces of the same names",
    )
    faces.add_argument("--paste", metavar="DIR", type=folder, help="photographs, not faces")
    faces.add_argument(
        "--grain", metavar="DIR", type=folder, help="photographs, for the grain of their faces"
    )
    faces.add_argument(
        "--invented",
        metavar="DIR",
        type=folder,
        help="aligned faces, for the limits of the warnings",
    )
    faces.add_argument(
        "--limits",
        metavar="DIR",
        type=folder,
        help="aligned faces, one a person, for the limits below which faces are left alone",
    )
    parser.add_argument(
        "--write", action="store_true", help="put the limits found into the bundle (--limits)"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="the report, as JSON"
    )
    parser.add_argument("--sheet", metavar="FILE", type=Path, help="a picture sheet, as PNG")
    parser.add_argument(
        "--sheet-faces", metavar="N", type=positive, default=12, help="rows of it (%(default)s)"
    )
    parser.add_argument("--limit", metavar="N", type=positive, help="only so many faces")
    parser.add_argument("--batch", metavar="N", type=positive, default=2, help="faces at a time")
    parser.add_argument(
        "--perceptual-side",
        type=int,
        choices=(256, 512),
        default=256,
        help="pixels at which the independent perceptual distance looks (%(default)s)",
    )
    parser.add_argument(
        "--bundle", metavar="NAME|DIR", help="the model; by default the one that is built in"
    )
    parser.add_argument(
        "--baseline",
        choices=("realesrgan",),
        help="also measure Real-ESRGAN x4plus, from faces reduced to 128 pixels (slow)",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status.

    Raises:
        ConfigError: --write without --limits.
    """
    if args.limits is not None:
        return evaluate_limits.run(args, Progress(sys.stderr, "picture"))
    if args.write:
        raise ConfigError("--write goes with --limits")
    if args.paste is not None:
        return evaluate_paste.run(args)
    if args.grain is not None:
        return evaluate_grain.run(args)
    if args.invented is not None:
        return evaluate_invented.run(args, Progress(sys.stderr, "picture"))
    extras.require("evaluate", extras.EVALUATE)
    from lafr_engine.evaluation.report import as_markdown, write_report
    from lafr_engine.evaluation.sheet import Sheet

    faces = _faces(args)
    sheet = Sheet()
    report = measure(args, faces, sheet)
    write_report(report, args.out)
    print(as_markdown(report))
    print(f"report: {args.out}", file=sys.stderr)
    if args.sheet is not None:
        sheet.write(args.sheet)
        print(f"sheet: {args.sheet}", file=sys.stderr)
    return 0


def measure(args: argparse.Namespace, faces: list[EvaluationFace], sheet: Sheet) -> Json:
    """Evaluate the bundle on ``faces``, put the chosen ones on the sheet, return the report."""
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.load import load_chain
    from lafr_engine.evaluation.evaluate import Subjects, evaluate
    from lafr_engine.evaluation.report import build_report
    from lafr_engine.evaluation.sets import spread

    device = choose_device(args.device)
    chain = load_chain(args.bundle, str(device))
    baseline = load_baseline(str(device)) if args.baseline else None
    nets = load_nets(str(device), args.perceptual_side)
    shown = {face.name for face in spread(faces, args.sheet_faces)}
    evaluation = evaluate(
        faces,
        Subjects(chain, baseline),
        nets,
        device=device,
        batch=args.batch,
        progress=Progress(sys.stderr),
        show=lambda pictures: sheet.add(pictures) if pictures.face in shown else None,
    )
    return build_report(evaluation, _provenance(args, str(device)))


def load_nets(device: str, perceptual_side: int) -> MetricNets:
    """Load the networks that judge.

    Raises:
        WeightsError: If weights are missing or damaged.
    """
    from lafr_engine.bundle.third_party import weights_path
    from lafr_engine.evaluation.metrics import MetricNets
    from lafr_engine.faces.identity import IdentityNet
    from lafr_engine.nets.face_mesh import FaceMesh
    from lafr_engine.nets.perceptual import HedPerceptual, MobileNetPerceptual

    return MetricNets(
        perceptual=HedPerceptual(weights_path("hed-vgg")).to(device),
        perceptual_mobilenet=MobileNetPerceptual(weights_path("mobilenet-v2")).to(device),
        identity=IdentityNet.load(weights_path("dlib-face"), device),
        mesh=FaceMesh(weights_path("face-landmark")).to(device),
        perceptual_side=perceptual_side,
    )


def load_baseline(device: str) -> Callable[[Tensor], Tensor]:
    """Load the super-resolution network that faces are compared with.

    Raises:
        WeightsError: If its weights are missing or damaged.
    """
    from lafr_engine.bundle.third_party import weights_path
    from lafr_engine.evaluation.baselines import SuperResolution
    from lafr_engine.nets.rrdb import load_rrdb

    param, numbers = weights_path("realesrgan-x4plus-param"), weights_path("realesrgan-x4plus-bin")
    return SuperResolution(load_rrdb(param, numbers).to(device))


class Progress:
    """Tells how much is done, how fast, and how long it will take."""

    def __init__(self, err: TextIO, unit: str = "face") -> None:
        """Start the clock; ``unit`` is what is counted."""
        self._err = err
        self._unit = unit
        self._began = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Tell it: on a terminal over the last line."""
        each = (time.monotonic() - self._began) / done
        text = (
            f"[{done}/{total}] {each:.1f} s a {self._unit}, {duration(each * (total - done))} left"
        )
        live = self._err.isatty()
        end = "" if live and done < total else "\n"
        print(f"\r\x1b[2K{text}" if live else text, end=end, file=self._err, flush=True)


def _faces(args: argparse.Namespace) -> list[EvaluationFace]:
    from lafr_engine.evaluation.sets import hq_set, pair_set

    if args.pairs:
        return pair_set(args.pairs[0], args.pairs[1], args.limit)
    return hq_set(args.hq, args.limit)


def _provenance(args: argparse.Namespace, device: str) -> Provenance:
    from lafr_engine.bundle import store
    from lafr_engine.bundle.manifest import bundle_hash, read_manifest
    from lafr_engine.evaluation.report import Provenance

    place = store.find(args.bundle)
    return Provenance(
        command=shlex.join(["lafr", *sys.argv[1:]]),
        bundle=read_manifest(place).name,
        bundle_sha256=bundle_hash(place),
        faces=" ".join(str(path) for path in args.pairs or [args.hq]),
        device=device,
        perceptual_side=args.perceptual_side,
    )
