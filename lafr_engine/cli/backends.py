"""What runs a bundle's networks: torch, or ONNX Runtime on an export of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from lafr_engine.restore.base import FaceRestorer

BACKENDS: Final = ("torch", "onnx")


def add_backend(parser: argparse.ArgumentParser) -> None:
    """Add the choice that :func:`load_exported` reads."""
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        default=BACKENDS[0],
        help="what runs the model (%(default)s); onnx needs `lafr models export-onnx` once. Its "
        "results agree with torch's to rounding, not to the byte: no recipe is written with it",
    )


def load_exported(args: argparse.Namespace, notify: Callable[[str], None]) -> FaceRestorer | None:
    """Load the bundle's export where that was chosen; None where torch was.

    Args:
        args: With ``backend``, ``bundle`` and ``device`` as they were given.
        notify: Hears a sentence where the CPU has to do, or less memory.

    Raises:
        BundleError: There is no export of the bundle, or it cannot be used.
        ConfigError: The bundle is a restorer by others.
        DeviceError: The device cannot be used.
    """
    if args.backend != "onnx":
        return None
    from lafr_engine.bundle.onnx_exports import load_onnx_restorer

    return load_onnx_restorer(args.bundle, args.device, notify)
