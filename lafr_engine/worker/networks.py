"""The networks of one engine process, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch

from lafr_engine.bundle import store, third_party
from lafr_engine.bundle.device import choose_device
from lafr_engine.bundle.limits import load_limits
from lafr_engine.bundle.load import load_parser, load_restorer
from lafr_engine.bundle.manifest import bundle_hash, read_manifest
from lafr_engine.errors import BundleError, DeviceError
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.eligibility import Limits
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.faces.parsing import FaceParser
from lafr_engine.messages import DeviceChosen, Event, Notice
from lafr_engine.pipeline import Models
from lafr_engine.restore.base import FaceRestorer
from lafr_engine.worker.steady import SteadyRestorer
from lafr_engine.worker.trial import compare, trial_face


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBundle:
    """A bundle that is ready to restore.

    Attributes:
        name: Of the bundle.
        sha256: Of its manifest without limits.
        restorer: Its networks.
        limits: Which faces it leaves alone.
    """

    name: str
    sha256: str
    restorer: FaceRestorer
    limits: Limits


class Networks:
    """Detector, identity network and the bundle that was used last.

    What people should know of it (where the networks run, and why) waits in :meth:`news`.
    """

    def __init__(self, device: str = "auto") -> None:
        """Remember what was asked for; nothing is loaded yet.

        Args:
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``. One that is not there, or that
                computes wrong, is replaced by the CPU, with a notice.
        """
        self._asked = device
        self._device: str | None = None
        self._news: list[Event] = []
        self._bundle: tuple[str | None, LoadedBundle] | None = None

    @cached_property
    def detector(self) -> CenterFace:
        """The face detector; it runs on the CPU."""
        return CenterFace(third_party.weights_path("centerface"))

    @cached_property
    def identity(self) -> IdentityNet:
        """The identity network, on the CPU: it is small, and scores are the same everywhere."""
        return IdentityNet.load(third_party.weights_path("dlib-face"))

    @cached_property
    def parser(self) -> FaceParser | None:
        """ParseNet, where the bundle runs; None where its file, or its code, is not there.

        Raises:
            WeightsDamaged: Another file stands in its place.
        """
        return load_parser(self._device or "cpu")

    def bundle(self, name: str | None) -> LoadedBundle:
        """Load a bundle, or return the one that is loaded.

        Args:
            name: Name or folder; None for the one that ships with the program.

        Raises:
            BundleError: It is missing or damaged.
        """
        if self._bundle is None or self._bundle[0] != name:
            self._bundle = None  # before the next is loaded: two may not fit
            self._bundle = name, self._load(name)
        return self._bundle[1]

    def models(self, bundle: LoadedBundle, parser: FaceParser | None) -> Models:
        """Return what the pipeline runs.

        Args:
            bundle: What restores.
            parser: What masks follow; None draws them by the landmarks.
        """
        net = self.identity
        return Models(
            self.detector,
            bundle.restorer,
            lambda before, after: net.cosine(net.embed(before), net.embed(after)),
            parser,
            bundle.limits,
        )

    def limits(self, name: str | None) -> Limits:
        """Return which faces a bundle leaves alone.

        Faces are found with a damaged bundle too; restoring them says what is wrong with it.

        Args:
            name: Name or folder; None for the one that ships with the program.
        """
        try:
            return load_limits(name)
        except BundleError:
            return Limits()

    def news(self) -> Iterator[Event]:
        """Give what was not told yet."""
        while self._news:
            yield self._news.pop(0)

    def _load(self, name: str | None) -> LoadedBundle:
        folder = store.find(name)
        manifest, sha256 = read_manifest(folder), bundle_hash(folder)
        if self._device is None:
            self._device = self._choose(folder=str(folder))
        restorer = load_restorer(folder, self._device, self._notify)
        if manifest.foreign:  # a chain finds its own way where memory runs out
            on_cpu = None if self._device == "cpu" else lambda: load_restorer(folder, "cpu")
            restorer = SteadyRestorer(restorer, on_cpu, self._notify)
        return LoadedBundle(manifest.name, sha256, restorer, load_limits(folder))

    def _choose(self, folder: str) -> str:
        """Choose the device and try it on one face."""
        device, reason = placed(self._asked)
        if device == "cpu" and self._asked not in ("auto", "cpu"):
            self._notify(f"Faces are restored on the CPU: {reason}.")
        if device != "cpu" and not is_sound(folder, device):
            reason = f"{device} computes something else than the CPU"
            device = "cpu"
            self._notify(f"Faces are restored on the CPU: {reason}.")
        self._news.append(DeviceChosen(device, reason))
        return device

    def _notify(self, sentence: str) -> None:
        self._news.append(Notice(sentence))


def placed(asked: str) -> tuple[str, str | None]:
    """Return the device for what was asked for, and where that is the CPU, why.

    Args:
        asked: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """
    try:
        device = str(choose_device(asked))
    except DeviceError as error:
        return "cpu", str(error)
    if device != "cpu":
        return device, None
    return "cpu", "the CPU was asked for" if asked == "cpu" else why_no_gpu()


def why_no_gpu() -> str:
    """Say why there is no GPU to use."""
    if torch.version.cuda is None and torch.version.hip is None:
        return "this program's PyTorch was built without support for a graphics card"
    return "no graphics card with a working driver was found"


def is_sound(folder: str, device: str) -> bool:
    """Whether a device restores a face as the CPU does; one that fails does not."""
    face = trial_face()
    expected = load_restorer(folder, "cpu")(face)
    try:
        return compare(load_restorer(folder, device), expected, face).sound
    except RuntimeError:
        # Out of memory, a driver too old, a kernel that is missing: whatever it is, the CPU works.
        return False
