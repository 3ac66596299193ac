"""``lafr models fetch-base``: bring the base that training at full size starts from."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lafr_engine.errors import ConfigError

if TYPE_CHECKING:
    from lafr_engine.bundle.base_model import BaseFile, BaseModel
    from lafr_engine.cli.arguments import Subparsers

_QUIET_SECONDS = 5.0
_LIVE_SECONDS = 0.2


def add(actions: Subparsers) -> None:
    """Describe the action."""
    parser = actions.add_parser(
        "fetch-base",
        help="fetch Stable Diffusion 2.1-base, which `lafr train --preset sd21` starts from",
        description="Downloads 5.2 GB into the user's folder, going on where an earlier attempt "
        "stopped, and checks every file by its sha256. HF_ENDPOINT names another server.",
    )
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="DIR", help="a diffusers folder to take it from"
    )
    parser.add_argument(
        "--link", action="store_true", help="with --from: make hard links instead of copies"
    )
    parser.add_argument(
        "--accept-licence", action="store_true", help="accept CreativeML Open RAIL++-M"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring the base, and print its folder.

    Raises:
        ConfigError: The licence was not accepted, or the options make no sense.
    """
    from lafr_engine.bundle.base_model import base_model
    from lafr_engine.bundle.fetch_base import adopt_base, fetch_base

    if args.link and args.source is None:
        raise ConfigError("--link goes with --from")
    model = base_model()
    _require_acceptance(model, args.accept_licence)
    if args.source is not None:
        print(adopt_base(model, args.source, _say, link=args.link))
        return 0
    _say(f"{model.title} from {model.repository}, commit {model.revision}")
    print(fetch_base(model, _say, Meter(sys.stderr)))
    return 0


class Meter:
    """Tells how far a download is and how fast, in one line of a terminal or a line at times."""

    def __init__(self, err: TextIO) -> None:
        """Start counting."""
        self._err = err
        self._live = err.isatty()
        self._file = ""
        self._from = (0, 0.0)
        self._spoke = 0.0

    def __call__(self, file: BaseFile, there: int) -> None:
        """Hear how many bytes of a file are there."""
        now = time.monotonic()
        if file.path != self._file:
            self._file, self._from, self._spoke = file.path, (there, now), now
        done = there == file.size
        if not done and now - self._spoke < (_LIVE_SECONDS if self._live else _QUIET_SECONDS):
            return
        self._spoke = now
        line = (
            f"{file.path}: {there / 1e6:,.1f} of {file.size / 1e6:,.1f} MB{self._rate(there, now)}"
        )
        end = "\n" if done or not self._live else ""
        self._err.write(f"\r\x1b[2K{line}{end}" if self._live else f"{line}{end}")
        self._err.flush()

    def _rate(self, there: int, now: float) -> str:
        first, began = self._from
        if there <= first or now <= began:
            return ""
        return f", {(there - first) / (now - began) / 1e6:.1f} MB/s"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _require_acceptance(model: BaseModel, accepted: bool) -> None:
    """Show the licence once, and go on only where it is accepted."""
    from lafr_engine.bundle.base_model import accept, is_accepted

    if is_accepted(model):
        return
    _say(model.licence_text().rstrip())
    _say("")
    if not accepted:
        if not sys.stdin.isatty():
            raise ConfigError(
                f"{model.title} comes under the licence above, {model.licence}: accept it with "
                "--accept-licence"
            )
        print(f"Do you accept {model.licence}, its use restrictions included?", file=sys.stderr)
        if input("[y/N] ").strip().lower() not in ("y", "yes"):
            raise ConfigError(f"{model.licence} was not accepted; nothing was fetched")
    accept(model)
