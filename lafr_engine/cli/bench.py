"""``lafr bench``: how long each stage takes on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli.arguments import DEVICES, positive

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from lafr_engine.cli.arguments import Subparsers
    from lafr_engine.evaluation.bench import Stage, Timing
    from lafr_engine.evaluation.full_size import StagePrice
    from lafr_engine.restore.chain import Chain
    from lafr_engine.restore.onnx_restorer import OnnxRestorer

_EPILOG = """\
Times are medians over the rounds, in milliseconds, all of one run. "plain" is the same chain
around diffusers' U-Net as it comes, with time and text conditioning; its weights are random, which
does not change its price. Finding, restoring and pasting are of one photograph (--photo). "crops"
is the way from crops to crops by either backend, where the bundle was exported to ONNX.
"""
_SAMPLE = "pif_soldier_family.jpg"


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "bench",
        help="measure how long each stage takes",
        description="Measure how long each stage takes on this machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--photo", metavar="FILE", type=Path, help="a photograph with a face; a sample by default"
    )
    parser.add_argument(
        "--bundle", metavar="NAME|DIR", help="the model; by default the one that is built in"
    )
    parser.add_argument(
        "--config",
        choices=("sd21",),
        help="instead of a bundle, the chain at full size (Stable Diffusion 2.1-base): what each "
        "stage costs by each pruning; needs --random-weights",
    )
    parser.add_argument(
        "--random-weights", action="store_true", help="build it with random weights (4 GB)"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    parser.add_argument(
        "--rounds", metavar="N", type=positive, default=5, help="how often (%(default)s)"
    )
    parser.add_argument("--batch", metavar="N", type=positive, default=1, help="faces at a time")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; return the exit status.

    Raises:
        ConfigError: The photograph shows no face, or options that contradict each other.
    """
    import torch

    from lafr_engine.bundle.device import choose_device

    if args.config:
        return run_full_size(args)
    from lafr_engine.bundle.load import load_chain
    from lafr_engine.cli.evaluate import Progress
    from lafr_engine.evaluation.bench import SIDE, backend_stages, chain_stages, measure

    device = choose_device(args.device)
    chain = load_chain(args.bundle, str(device))
    faces = torch.rand(args.batch, 3, SIDE, SIDE, device=device) * 2 - 1
    with torch.inference_mode():
        stages = chain_stages(chain, faces.contiguous(memory_format=torch.channels_last))
    exported = load_export(args)
    if exported is not None:
        crops = ((faces + 1) / 2).cpu().numpy()
        stages |= backend_stages(chain, exported, crops)
    timings = measure(
        photo_stages(args, chain, device) | stages,
        args.rounds,
        device,
        Progress(sys.stderr, "round"),
    )
    place = f"ONNX Runtime ({exported.device})" if exported else ""
    tell(timings, args, Places(str(device), torch.get_num_threads(), place))
    return 0


def load_export(args: argparse.Namespace) -> OnnxRestorer | None:
    """Load the bundle's ONNX export; None where there is none, or none to use, and why."""
    from lafr_engine.bundle import store
    from lafr_engine.bundle.onnx_exports import find_export, load_onnx_restorer
    from lafr_engine.errors import DeviceError, ExportUnusable

    def note(sentence: str) -> None:
        print(f"lafr: {sentence}", file=sys.stderr)

    folder = store.find(args.bundle)
    if find_export(folder) is None:
        return None
    try:
        return load_onnx_restorer(folder, args.device, note)
    except (DeviceError, ExportUnusable) as error:
        note(str(error))
        return None


def run_full_size(args: argparse.Namespace) -> int:
    """Measure the chain at full size; return the exit status.

    Raises:
        ConfigError: No weights to build it with.
    """
    import torch

    from lafr_engine.bundle.device import choose_device
    from lafr_engine.cli.evaluate import Progress
    from lafr_engine.errors import ConfigError
    from lafr_engine.evaluation.bench import SIDE
    from lafr_engine.evaluation.full_size import build_networks, measure_full_size, prices
    from lafr_engine.restore.full_size import sd21_chain

    if not args.random_weights:
        raise ConfigError("--config builds a chain without a bundle: add --random-weights")
    device = choose_device(args.device)
    counted = prices(sd21_chain(), args.batch)
    torch.manual_seed(0)
    nets = build_networks(sd21_chain()).to(device)
    faces = torch.rand(args.batch, 3, SIDE, SIDE, device=device) * 2 - 1
    timings = measure_full_size(nets, faces, args.rounds, Progress(sys.stderr, "round"))
    tell_full_size(counted, timings, args, f"{device}, {torch.get_num_threads()} threads")
    return 0


def tell_full_size(
    counted: list[StagePrice], timings: list[Timing], args: argparse.Namespace, place: str
) -> None:
    """Print costs and times, as a table or as JSON."""
    if args.json:
        report = {
            "config": args.config,
            "device": place,
            "batch": args.batch,
            "rounds": args.rounds,
            "stages": [asdict(each) for each in counted],
            "timings": [asdict(each) for each in timings],
        }
        print(json.dumps(report))
        return
    prices = {each.name: each for each in counted}
    print(f"{args.config}, {place}, {args.batch} faces of 512 x 512, {args.rounds} rounds")
    print(
        "| stage | M parameters | G multiply-adds | weights MB | working MB | median ms | least |"
    )
    print("|---|---|---|---|---|---|---|")
    for timing in timings:
        each = prices.get(timing.name)
        cost = "| | | " if each is None else _cost(each)
        print(f"| {timing.name} | {cost} | {timing.milliseconds:.0f} | {timing.least:.0f} |")


def _cost(each: StagePrice) -> str:
    return (
        f"{each.parameters / 1e6:.1f} | {each.multiply_adds / 1e9:.0f} | "
        f"{each.weight_bytes / 1e6:.0f} | {each.working_bytes / 1e6:.0f}"
    )


def photo_stages(args: argparse.Namespace, chain: Chain, device: torch.device) -> dict[str, Stage]:
    """Return the stages of a photograph's way around the chain, for its first face.

    Raises:
        ConfigError: It shows no face.
    """
    from lafr_engine.bundle.models import load_identity
    from lafr_engine.cli.loading import load_detector
    from lafr_engine.errors import ConfigError
    from lafr_engine.imaging.files import read_picture
    from lafr_engine.imaging.picture import rgb8
    from lafr_engine.pipeline import Accepted, Choices, Models, compose, restore_face
    from lafr_engine.resources import samples_dir
    from lafr_engine.restore.one_step import OneStepRestorer

    path = args.photo or samples_dir() / _SAMPLE
    picture = read_picture(path)
    detector = load_detector("centerface", str(device))
    models = Models(detector, OneStepRestorer(chain), load_identity(str(device)))
    found = detector(rgb8(picture))
    if not found:
        raise ConfigError(f"{path}: no face was found, so there is nothing to measure")
    restored = restore_face(picture, found[0], models, Choices())
    if restored.crop is None:
        raise ConfigError(f"{path}: {restored.result.reason}")
    accepted = [Accepted(found[0], restored.crop)]
    return {
        "find faces": lambda: detector(rgb8(picture)),
        "restore a face": lambda: restore_face(picture, found[0], models, Choices()),
        "paste a face": lambda: compose(picture, accepted),
    }


@dataclass(frozen=True, slots=True)
class Places:
    """What computed.

    Attributes:
        device: Of torch.
        threads: Of both backends, on the CPU.
        onnx: The other backend and its device; empty where it was not measured.
    """

    device: str
    threads: int
    onnx: str = ""


def tell(timings: list[Timing], args: argparse.Namespace, places: Places) -> None:
    """Print the timings, as a table or as JSON."""
    times = {timing.name: timing.milliseconds for timing in timings}
    ratios = {
        name: times[f"{name}, plain"] / times[name]
        for name in times
        if f"{name}, plain" in times and times[name] > 0
    }
    onnx = onnx_over_torch(times)
    if args.json:
        report = {
            "device": places.device,
            "threads": places.threads,
            "batch": args.batch,
            "rounds": args.rounds,
            "timings": [asdict(timing) for timing in timings],
            "plain_over_pruned": ratios,
            "onnx": places.onnx or None,
            "onnx_over_torch": onnx,
        }
        print(json.dumps(report))
        return
    faces = f"{args.batch} faces of 512 x 512, {args.rounds} rounds"
    print(f"{places.device}, {places.threads} threads, {faces}")
    print("| stage | median ms | least ms |\n|---|---|---|")
    for timing in timings:
        print(f"| {timing.name} | {timing.milliseconds:.1f} | {timing.least:.1f} |")
    for name, ratio in ratios.items():
        print(f"{name}: the plain one takes {ratio:.2f} times as long")
    if onnx is not None:
        print(f"crops: {places.onnx} takes {onnx:.2f} times as long as torch ({places.device})")


def onnx_over_torch(times: Mapping[str, float]) -> float | None:
    """Return how many times as long ONNX Runtime takes; None where it was not measured."""
    from lafr_engine.evaluation.bench import CROPS_BY_ONNX, CROPS_BY_TORCH

    spent = times.get(CROPS_BY_ONNX), times.get(CROPS_BY_TORCH)
    return spent[0] / spent[1] if spent[0] is not None and spent[1] else None
