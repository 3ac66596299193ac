"""A small decoder in the place of a VAE's own, which is most of what a pass costs.

Norm-free and without attention, so what it makes of a latent depends on few latents around it
(:func:`reach`), and tiles that overlap by so much fit without a seam (see ``nets.tiles``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from lafr_engine.errors import ConfigError
from lafr_engine.nets.blocks import LEAK, Upsample, conv, res_blocks


@dataclass(frozen=True)
class DecoderConfig:
    """Shape of a :class:`SmallDecoder`; channels and factor of the latents are its codec's.

    Attributes:
        widths: Channels of the levels. The first is as large as the latent, each next one twice
            that; a pixel shuffle makes the image of the last.
        blocks: Residual blocks of the levels.
    """

    widths: tuple[int, ...] = (256, 128, 64)
    blocks: tuple[int, ...] = (4, 3, 2)

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: They make no decoder.
        """
        if not self.widths or len(self.widths) != len(self.blocks):
            raise ConfigError("a small decoder has a width and a number of blocks for each level")
        if min(self.widths) < 1 or min(self.blocks) < 0:
            raise ConfigError("a small decoder has levels of at least one channel")


class SmallDecoder(nn.Module):
    """Normalised latents (B, C, h, w) to images (B, 3, f h, f w), about [-1, 1], not clamped."""

    def __init__(self, config: DecoderConfig, latent_channels: int, factor: int) -> None:
        """Build it for the latents of a codec.

        Args:
            config: The shape.
            latent_channels: C.
            factor: f, how much larger an image is than its latent.

        Raises:
            ConfigError: It has more levels than the factor allows.
        """
        super().__init__()
        self.config = config
        self.factor = factor
        self.reach = reach(config.blocks)
        self.net = decoder_layers(latent_channels, factor, config.widths, config.blocks)

    def decode(self, z: Tensor) -> Tensor:
        """Map normalised latents to images."""
        out: Tensor = self.net(z)
        return out


def decoder_layers(
    latent_channels: int, factor: int, widths: Sequence[int], blocks: Sequence[int]
) -> nn.Sequential:
    """Return the layers of a norm-free decoder; widths and blocks from the latent's level on.

    Raises:
        ConfigError: There are more levels than the factor allows.
    """
    shuffle, rest = divmod(factor, 2 ** (len(widths) - 1))
    if rest or not shuffle:
        raise ConfigError(f"a decoder of {len(widths)} levels does not enlarge {factor} times")
    layers: list[nn.Module] = [conv(latent_channels, widths[0])]
    for level, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        if level:
            layers.append(Upsample(widths[level - 1], width))
        layers += res_blocks(width, count)
    layers += [nn.LeakyReLU(LEAK), conv(widths[-1], 3 * shuffle**2), nn.PixelShuffle(shuffle)]
    return nn.Sequential(*layers)


def reach(blocks: Sequence[int]) -> int:
    """Return how many latents away :func:`decoder_layers` still sees, by its blocks."""
    seen = 0
    for count in reversed(blocks):
        # Two convolutions a block and the one to the next level, on what that level sees.
        seen = 2 * count + 1 + -(-seen // 2)
    return seen + 1
