"""The adversary: a small network that learns to tell restored faces from HQ ones.

What L1 cannot tell from an LQ face it averages, and an average of textures is smooth. The adversary
looks at squares of about a third of a face and asks of each small patch whether it looks like a
photograph (a patch discriminator, Isola et al. 2017, section 3.2), trained by the hinge loss under
spectral normalisation (Miyato et al. 2018). Ours, not the paper's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from lafr_engine.nets.blocks import LEAK

SIDE: Final = 160
"""Of the squares that are looked at, in pixels."""

_WIDTHS: Final = (64, 96, 128, 192)
_RATE: Final = 2e-4
_BETAS: Final = (0.5, 0.99)


class Discriminator(nn.Module):
    """A patch discriminator on pixel-unshuffled images."""

    def __init__(self, widths: tuple[int, ...] = _WIDTHS) -> None:
        """Build convolutions with spectral norm, each level at half the resolution of the last."""
        super().__init__()
        layers: list[nn.Module] = [nn.PixelUnshuffle(2)]
        for cin, cout in zip((12, *widths[:-1]), widths, strict=True):
            stride = 1 if cin == 12 else 2
            layers += [_conv(cin, cout, stride), nn.LeakyReLU(LEAK)]
            layers += [_conv(cout, cout), nn.LeakyReLU(LEAK)]
        self.net = nn.Sequential(*layers, _conv(widths[-1], 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map images (B, 3, H, W) in [-1, 1] to (B, 1, H / 16, W / 16): above 0 is like a photo."""
        out: Tensor = self.net(x)
        return out


def _conv(cin: int, cout: int, stride: int = 1) -> nn.Module:
    return spectral_norm(nn.Conv2d(cin, cout, 3, stride, 1))


class Adversary(nn.Module):
    """A discriminator that learns beside a stage, by an optimiser of its own."""

    def __init__(self, side: int = SIDE) -> None:
        """Start from random weights.

        Args:
            side: Of the squares that are looked at, pixels.
        """
        super().__init__()
        self.side = side
        self.net = Discriminator().requires_grad_(False)
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=_RATE, betas=_BETAS)
        self._seen: list[tuple[Tensor, Tensor]] = []

    def forward(self, restored: Tensor, hq: Tensor) -> Tensor:
        """Return how little restored images (B, 3, H, W) are taken for photographs.

        While training, the pair is remembered until :meth:`learn`.
        """
        restored, hq = self._square(restored.float(), hq.float())
        if self.training:
            self._seen.append((restored.detach(), hq))
        loss: Tensor = -self.net(restored).mean()
        return loss

    def learn(self) -> dict[str, Tensor]:
        """Take one step on the pairs seen since the last one.

        Returns:
            Its own loss: 2 where it cannot tell restored from real, 0 where it always can.
        """
        pairs, self._seen = self._seen, []
        if not pairs:
            return {}
        self.net.requires_grad_(True)
        total = torch.zeros((), device=pairs[0][0].device)
        with torch.enable_grad():
            for restored, hq in pairs:
                drawn, real = self.net(torch.cat([restored, hq])).chunk(2)
                hinge = (1.0 + drawn).relu().mean() + (1.0 - real).relu().mean()
                (hinge / len(pairs)).backward()
                total += hinge.detach() / len(pairs)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.net.requires_grad_(False)
        return {"adversary": total}

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` goes on from."""
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])

    def _square(self, *images: Tensor) -> Iterator[Tensor]:
        """Cut the same random square out of each image."""
        height, width = images[0].shape[-2:]
        tall, wide = min(self.side, height), min(self.side, width)
        top = int(torch.randint(0, height - tall + 1, ()))
        left = int(torch.randint(0, width - wide + 1, ()))
        return (image[..., top : top + tall, left : left + wide] for image in images)
