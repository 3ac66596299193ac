"""``lafr study``: what a bundle can do and what it cannot, as one report."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli import extras
from lafr_engine.cli.arguments import DEVICES, folder, positive
from lafr_engine.cli.console import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.evaluation.sets import EvaluationFace
    from lafr_engine.evaluation.study.values import AdapterTrainer, Options, Rival, Score, Study

_EPILOG = """\
Parts: levels, alignment, identity, codebooks, scaling, robustness, devices, strata, nonfaces,
pruning, comparison, failures. Those that train adapters (codebooks, scaling) need --train. What is
measured is kept in OUT/parts: a study that was stopped goes on where it was.
A table beside the folder of faces (DIR.csv, column `file`) brings the groups of the part strata.
"""


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "study",
        help="study a model: a report with plots",
        description="Study a model on aligned high-quality faces; writes report.html, study.json.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--hq", metavar="DIR", type=folder, required=True, help="aligned faces to degrade"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=folder, required=True, help="folder of the study"
    )
    parser.add_argument(
        "--train", metavar="DIR", type=folder, help="other aligned faces, to train adapters on"
    )
    parser.add_argument(
        "--bundle", metavar="NAME|DIR", help="the model; by default the one that is built in"
    )
    parser.add_argument("--parts", metavar="A,B", default="", help="only these parts")
    parser.add_argument("--faces", metavar="N", type=positive, help="only so many faces")
    parser.add_argument(
        "--few", metavar="N", type=positive, default=6, help="faces for dear parts (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="few strengths and sizes: a trial")
    parser.add_argument(
        "--training-steps",
        metavar="N",
        type=positive,
        help="of each sub-step of an adapter (120; 4 with --quick)",
    )
    parser.add_argument(
        "--baseline",
        choices=("realesrgan",),
        help="also compare with Real-ESRGAN x4plus, from faces reduced to 128 pixels (slow)",
    )
    parser.add_argument(
        "--restorer",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="also compare with this model, such as GFPGAN; read by spandrel",
    )
    parser.add_argument(
        "--pyiqa", action="store_true", help="also LPIPS, DISTS, MUSIQ; may download their weights"
    )
    parser.add_argument(
        "--no-pictures", action="store_true", help="show no face, where faces may not be published"
    )
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (%(default)s)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status."""
    needed = extras.TRAIN if args.train else extras.EVALUATE
    extras.require("study", needed)
    from lafr_engine.evaluation.study.run import choose, run_study

    names = [name for name in args.parts.split(",") if name]
    parts = choose(names, trains=args.train is not None)
    study = load_study(args)
    made_of = provenance(args, study)
    written = run_study(study, parts, args.out, made_of, pictures=not args.no_pictures)
    print(written.report)
    print(f"numbers: {written.numbers}", file=sys.stderr)
    return 0


def load_study(args: argparse.Namespace) -> Study:
    """Load all that the parts need."""
    from lafr_engine.bundle.device import choose_device
    from lafr_engine.bundle.limits import load_limits
    from lafr_engine.bundle.load import load_chain
    from lafr_engine.cli.evaluate import load_nets
    from lafr_engine.cli.loading import load_detector
    from lafr_engine.evaluation.sets import hq_set, read_table
    from lafr_engine.evaluation.study.values import Study

    faces = tuple(hq_set(args.hq, args.faces))
    train: tuple[EvaluationFace, ...] = tuple(hq_set(args.train)) if args.train else ()
    device = choose_device(args.device)
    return Study(
        chain=load_chain(args.bundle, str(device)),
        faces=faces,
        nets=load_nets(str(device), 256),
        detector=load_detector("centerface", str(device)),
        options=_options(args),
        device=device,
        table=read_table(args.hq),
        rivals=tuple(load_rivals(args, str(device))),
        train_faces=train,
        train_adapter=_trainer() if train else None,
        scores=_scores(args, str(device)),
        tell=Teller(),
        limits=load_limits(args.bundle),
    )


def _trainer() -> AdapterTrainer:
    from lafr_engine.training.latents import train_adapter  # needs what the extra `train` brings

    return train_adapter


def _options(args: argparse.Namespace) -> Options:
    from lafr_engine.evaluation.study.values import Options

    return Options(
        seed=args.seed,
        quick=args.quick,
        training_steps=args.training_steps or (4 if args.quick else 120),
        few=1 if args.quick else args.few,
        shown=2 if args.quick else 4,
    )


def load_rivals(args: argparse.Namespace, device: str) -> list[Rival]:
    """Load the restorers that the bundle is compared with.

    Raises:
        ConfigError: A restorer that is not ``NAME=FILE``, or that cannot be read.
        WeightsError: Weights are missing or damaged.
    """
    from lafr_engine.cli.evaluate import load_baseline
    from lafr_engine.errors import ConfigError
    from lafr_engine.evaluation.baselines import denoise_and_sharpen, load_restorer_file
    from lafr_engine.evaluation.study.values import Rival

    note = "OpenCV's non-local means, then an unsharp mask."
    rivals = [Rival("OpenCV", note, denoise_and_sharpen)]
    if args.baseline:
        note = "Real-ESRGAN x4plus, from the face reduced to 128 pixels."
        rivals.append(Rival("Real-ESRGAN", note, load_baseline(device)))
    for text in args.restorer:
        name, separator, file = text.partition("=")
        if not (name and separator and file):
            raise ConfigError(f"--restorer is NAME=FILE, not {text!r}")
        note = f"{Path(file).name}, read by spandrel."
        rivals.append(Rival(name, note, load_restorer_file(Path(file), device)))
    return rivals


def _scores(args: argparse.Namespace, device: str) -> Mapping[str, Score]:
    if not args.pyiqa:
        return {}
    import torch

    from lafr_engine.evaluation.study.scores import load_scores

    return load_scores(torch.device(device))


def provenance(args: argparse.Namespace, study: Study) -> dict[str, str]:
    """Return what the study is made of, by name."""
    import torch

    from lafr_engine import __version__
    from lafr_engine.bundle import store
    from lafr_engine.bundle.manifest import bundle_hash, read_manifest
    from lafr_engine.evaluation.study.scores import ABSENT

    place = store.find(args.bundle)
    few = min(study.options.few, len(study.faces))
    return {
        "bundle": read_manifest(place).name,
        "bundle_sha256": bundle_hash(place),
        "command": shlex.join(["lafr", *sys.argv[1:]]),
        "version": __version__,
        "faces": f"{len(study.faces)} of {args.hq.name}; dear parts on {few} of them",
        "device": f"{study.device}, {torch.get_num_threads()} threads",
        "other metrics": ", ".join(study.scores) or ABSENT,
        "training faces": str(len(study.train_faces) or "none: no adapters were trained"),
    }


class Teller:
    """Tells on stderr what is being done and since when: on a terminal over the last line."""

    def __init__(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def __call__(self, words: str) -> None:
        """Tell it."""
        line = f"[{duration(time.monotonic() - self._began)}] {words}"
        live = sys.stderr.isatty()
        print(f"\r\x1b[2K{line}" if live else line, end="" if live else "\n", file=sys.stderr)
        sys.stderr.flush()
