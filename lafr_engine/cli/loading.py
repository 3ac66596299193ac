"""Loading the networks that commands share; everything heavy is imported here, on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lafr_engine.bundle import third_party
from lafr_engine.errors import WeightsMissing
from lafr_engine.resources import user_data_dir

if TYPE_CHECKING:
    from pathlib import Path

    from lafr_engine.faces.detect import Detector
    from lafr_engine.pipeline import Models
    from lafr_engine.restore.base import FaceRestorer

RETINAFACE_FILE: Final = "detection_Resnet50_Final.pth"
RETINAFACE_SHA256: Final = "6d1de9c2944f2ccddca5f5e010ea5ae64a39845a86311af6fdf30841b0a5a16d"


def load_detector(name: str, device: str) -> Detector:
    """Load a detector by the name that the command line gives it.

    Args:
        name: ``centerface`` or ``retinaface``.
        device: Where torch runs RetinaFace; CenterFace runs on the CPU.

    Raises:
        WeightsMissing: The weights are not installed.
        WeightsDamaged: They are not the pinned ones.
    """
    if name == "retinaface":
        return _retinaface(device)
    from lafr_engine.faces.centerface import CenterFace

    return CenterFace(third_party.weights_path("centerface"))


def _retinaface(device: str) -> Detector:
    path = user_data_dir() / "models" / RETINAFACE_FILE
    if not path.is_file():
        raise WeightsMissing(
            f"{path}: RetinaFace's weights do not come with this program; put the file "
            f"{RETINAFACE_FILE} of facexlib's release v0.1.0 there"
        )
    from lafr_engine.faces.retinaface import RetinaFace

    return RetinaFace(path, RETINAFACE_SHA256, "resnet50", device)


def load_models(
    restorer: FaceRestorer,
    bundle: str | Path | None,
    device: str,
    detector: str = "centerface",
) -> Models:
    """Put a restorer together with all else that a photograph needs.

    Args:
        restorer: What restores faces.
        bundle: Folder or name of the bundle that it is of, whose limits hold; None for the one that
            ships with the program.
        device: Where torch runs the others.
        detector: As for :func:`load_detector`.

    Raises:
        BundleError: There is no such bundle, or its manifest is damaged.
        WeightsError: Weights are missing or damaged.
    """
    from lafr_engine.bundle.models import assembled

    return assembled(load_detector(detector, device), restorer, bundle, device)
