"""Restorers by others, read by spandrel: GFPGAN and RestoreFormer as a ``FaceRestorer``.

The networks are called here and not through spandrel's descriptor: that one feeds GFPGAN the
range [0, 1], whereas it was trained on [-1, 1], and draws new noise at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.restore.base import Crops

State = Mapping[str, Tensor]

SIDE: Final = 512
"""Of the faces that all of them were trained on, aligned as ours are."""

# Of CodeFormer: no other restorer has these two.
_CODEFORMER: Final = ("position_emb", "idx_pred_layer.1.weight")


@dataclass(frozen=True)
class ForeignConfig:
    """What a restorer by others is, and where it came from.

    Attributes:
        architecture: As spandrel calls it.
        source: Name of the file that was imported.
        source_sha256: Of that file.
        size: Side of the faces that it takes.
    """

    architecture: str
    source: str
    source_sha256: str
    size: int = SIDE

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> ForeignConfig:
        """Build from what :meth:`to_json` gave.

        Raises:
            ConfigError: Unknown names, an unknown architecture, or another size.
        """
        try:
            config = ForeignConfig(**values)
        except TypeError as error:
            raise ConfigError(f"the restorer's description is not understood: {error}") from error
        if not isinstance(config.architecture, str) or config.architecture not in ARCHITECTURES:
            raise ConfigError(f"the architecture {config.architecture!r} is none of {_NAMES}")
        if config.size != SIDE:
            raise ConfigError(f"a restorer of faces of {config.size!r} pixels is not known")
        return config


class ForeignRestorer:
    """A :class:`lafr_engine.restore.base.FaceRestorer` on a network by others."""

    def __init__(self, net: nn.Module, architecture: str) -> None:
        """Take over a network; its device is where crops are sent."""
        self.net = net.eval().requires_grad_(False)
        self.architecture = architecture

    @torch.inference_mode()
    def __call__(self, crops: Crops, /) -> Crops:
        """Restore float32 (N, 3, 512, 512) in [0, 1], one face at a time."""
        call = ARCHITECTURES[self.architecture]
        device = next(self.net.parameters()).device
        out = np.empty(crops.shape, np.float32)
        for index, crop in enumerate(crops):
            x = torch.from_numpy(np.ascontiguousarray(crop[None])).to(device) * 2.0 - 1.0
            out[index] = ((call(self.net, x) + 1.0) / 2.0).clamp(0.0, 1.0).float().cpu().numpy()
        return out


def _gfpgan(net: nn.Module, x: Tensor) -> Tensor:
    """Run GFPGAN with the noise that lies beside its weights: the same face, the same answer."""
    image: Tensor = net(x, return_rgb=False, randomize_noise=False)[0]
    return image


def _restoreformer(net: nn.Module, x: Tensor) -> Tensor:
    image: Tensor = net(x)[0]
    return image


ARCHITECTURES: Final[Mapping[str, Callable[[nn.Module, Tensor], Tensor]]] = {
    "GFPGAN": _gfpgan,
    "RestoreFormer": _restoreformer,
}
"""By spandrel's name: from the network and a face (1, 3, 512, 512) in [-1, 1] to the restored."""

_NAMES: Final = ", ".join(ARCHITECTURES)


def require_reader(what: str) -> None:
    """Say what is missing where spandrel is not installed.

    Args:
        what: The file or bundle that is to be read.

    Raises:
        ConfigError: It is not.
    """
    if find_spec("spandrel") is None:
        raise ConfigError(
            f"{what}: restorers by others are read by spandrel, which is not installed: "
            "pip install 'lafr-desktop[restorers]'"
        )


def recognise(state: State) -> str:
    """Return the architecture that a state dict belongs to.

    Raises:
        ConfigError: It is none of those that are known to restore faces.
    """
    from spandrel import MAIN_REGISTRY

    if all(name in state for name in _CODEFORMER):
        raise ConfigError(
            "is CodeFormer, whose licence allows no commercial use; this program does not run it"
        )
    found = [
        str(each.architecture.id)
        for each in MAIN_REGISTRY.architectures("detection")
        if each.detect(state)
    ]
    known = next((name for name in found if name in ARCHITECTURES), None)
    if known is not None:
        return known
    if found:
        raise ConfigError(f"is a network of the kind {found[0]}, not a face restorer ({_NAMES})")
    raise ConfigError(f"holds the weights of no face restorer that is known ({_NAMES})")


def build_foreign(architecture: str, state: State) -> nn.Module:
    """Build a network with its weights, in fp32.

    Raises:
        ConfigError: The weights do not fit the architecture.
    """
    from spandrel import MAIN_REGISTRY

    weights = {name: t.float() if t.is_floating_point() else t for name, t in state.items()}
    try:
        net: nn.Module = MAIN_REGISTRY[architecture].architecture.load(weights).model
    except (RuntimeError, ArithmeticError, KeyError, IndexError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(
            f"the weights do not fit the architecture {architecture} ({first})"
        ) from error
    return net
