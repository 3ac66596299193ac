"""A restorer with all else that a photograph needs."""

from __future__ import annotations

from pathlib import Path

from lafr_engine.bundle import third_party
from lafr_engine.bundle.limits import load_limits
from lafr_engine.bundle.load import load_parser
from lafr_engine.faces.detect import Detector
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.pipeline import IdentityScorer, Models
from lafr_engine.restore.base import FaceRestorer


def load_identity(device: str) -> IdentityScorer:
    """Load the network that compares a face before and after.

    Raises:
        WeightsError: Its weights are missing or damaged.
    """
    net = IdentityNet.load(third_party.weights_path("dlib-face"), device)
    return lambda before, after: net.cosine(net.embed(before), net.embed(after))


def assembled(
    detector: Detector, restorer: FaceRestorer, bundle: str | Path | None, device: str
) -> Models:
    """Put detector and restorer together with identity, parser and limits.

    Args:
        detector: What finds faces.
        restorer: What restores them.
        bundle: Folder or name of the bundle that the restorer is of, whose limits hold; None for
            the one that ships with the program.
        device: Where torch runs the others.

    Raises:
        BundleError: There is no such bundle, or its manifest is damaged.
        WeightsError: Weights are missing or damaged.
    """
    identity = load_identity(device)
    return Models(detector, restorer, identity, load_parser(device), load_limits(bundle))
