"""The restorer: crops in, crops out, by one pass of the LAFR chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from lafr_engine.errors import ConfigError
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.base import Crops
from lafr_engine.restore.chain import Chain

Precision = Literal["fp32", "fp16", "bf16"]
_TYPES: Final = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}

# Side of a tile in latents: a face of 64 is decoded in 2 x 2 overlapping tiles by 0.6 of the
# memory. Smaller ones take less and fit worse, since each is normalised by itself.
TILE: Final = 48

# What backends say that raise no class of their own for it.
_NO_MEMORY: Final = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass(frozen=True, slots=True)
class RestorerOptions:
    """How a chain is run.

    Attributes:
        batch: Faces at a time; more than that are cut into batches.
        precision: Of VAE, U-Net and small decoder. Adapter, x0 and gate stay in fp32: in half
            precision near codes swap places, and x0 multiplies every error.
        tiled: Decode in tiles from the start: less memory, slower. The same picture up to rounding,
            but not quite where diffusers' own VAE decodes.
        compiled: Compile U-Net and VAE, with CUDA graphs. Pays on a graphics card for albums: the
            first face of each batch size waits for a minute. Off on the CPU, where it gains little.
    """

    batch: int = 8
    precision: Precision = "fp32"
    tiled: bool = False
    compiled: bool = False

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: No face at a time, or an unknown precision.
        """
        if self.batch < 1:
            raise ConfigError(f"{self.batch} faces at a time are none")
        if self.precision not in get_args(Precision):
            raise ConfigError(f"precision {self.precision!r} is none of {get_args(Precision)}")


def _ignore(_sentence: str) -> None:
    """Tell nobody."""


class OneStepRestorer:
    """A :class:`lafr_engine.restore.base.FaceRestorer` on a chain.

    Where memory runs out it goes on with less: half as many faces at a time, then the decoder in
    tiles, then the CPU. What was found to fit is kept for the faces that follow.
    """

    def __init__(
        self,
        chain: Chain,
        options: RestorerOptions | None = None,
        notify: Callable[[str], None] = _ignore,
    ) -> None:
        """Take over a chain in evaluation mode; its device is where crops are sent.

        Args:
            chain: Is put into the precision and the memory layout that it runs in.
            options: How it is run.
            notify: Hears a sentence when less memory has to do.
        """
        self.chain = chain
        self.options = options or RestorerOptions()
        self.batch = self.options.batch
        self._notify = notify
        set_precision(chain, self.options.precision)
        chain.to(memory_format=torch.channels_last)
        self.tiled = self.options.tiled
        if self.tiled:
            decode_in_tiles(chain)
        if self.options.compiled and self.device.type == "cuda":
            _compile(chain)

    @property
    def device(self) -> torch.device:
        """Where the chain is."""
        return next(self.chain.parameters()).device

    def __call__(self, crops: Crops, /) -> Crops:
        """Restore float32 (N, 3, 512, 512) in [0, 1]; the input is left alone.

        Raises:
            RuntimeError: What torch raises, a lack of memory on the CPU included.
        """
        out = np.empty(crops.shape, np.float32)
        done = 0
        while done < len(crops):
            some = crops[done : done + self.batch]
            restored = self._attempt(some)
            if restored is not None:
                out[done : done + len(some)] = restored
                done += len(some)
            else:
                # Not in the handler: the error holds on to the tensors that filled the memory.
                self._make_do(len(some))
        return out

    def _attempt(self, crops: Crops) -> Crops | None:
        """Restore a batch, or return None where memory ran out and less may do."""
        try:
            return self._pass(crops)
        except (RuntimeError, MemoryError) as error:
            if not lacks_memory(error) or not self._less_is_possible(len(crops)):
                raise
        return None

    @torch.inference_mode()
    def _pass(self, crops: Crops) -> Crops:
        x = torch.from_numpy(np.ascontiguousarray(crops)).to(self.device) * 2.0 - 1.0
        image: Tensor = self.chain(x.contiguous(memory_format=torch.channels_last)).image
        out: Crops = ((image + 1.0) / 2.0).clamp(0.0, 1.0).float().cpu().contiguous().numpy()
        return out

    def _less_is_possible(self, count: int) -> bool:
        tiles = not self.tiled and isinstance(self.chain.codec, KLCodec)
        return count > 1 or tiles or self.device.type != "cpu"

    def _make_do(self, count: int) -> None:
        """Take the next step towards less memory."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if count > 1:
            self.batch = count // 2
        elif not self.tiled and isinstance(self.chain.codec, KLCodec):
            decode_in_tiles(self.chain)
            self.tiled = True
            self._notify("Memory is short; faces are now decoded in tiles.")
        else:
            self._move_to_cpu()

    def _move_to_cpu(self) -> None:
        self.chain.to("cpu")
        set_precision(self.chain, "fp32")
        self._notify("The GPU has too little memory; faces are now restored on the CPU.")


def set_precision(chain: Chain, precision: Precision) -> None:
    """Put VAE, U-Net and small decoder into a precision; the chain casts at their borders."""
    for part in (chain.codec, chain.unet, chain.decoder):
        if part is not None:
            part.to(_TYPES[precision])


def decode_in_tiles(chain: Chain, side: int = TILE) -> None:
    """Let the chain decode tiles of ``side`` latents.

    diffusers' VAE has them overlap by a quarter and blends them; ours and small decoders see all
    that a tile depends on, and need no blending (see ``nets.tiles``).
    """
    if chain.decoder is not None or not isinstance(chain.codec, KLCodec):
        chain.tile = side
        return
    vae = chain.codec.vae
    vae.tile_sample_min_size = 8 * side
    vae.tile_latent_min_size = side
    chain.codec = _TiledCodec(vae)


class _TiledCodec(KLCodec):
    """Decodes in tiles; the encoder works on the whole, as it did in training."""

    def encode(self, x: Tensor) -> Tensor:
        self.vae.disable_tiling()
        return super().encode(x)

    def decode(self, z: Tensor) -> Tensor:
        self.vae.enable_tiling()
        return super().decode(z)


def _compile(chain: Chain) -> None:
    chain.unet.compile(mode="reduce-overhead")
    if chain.decoder is not None:
        chain.decoder.net.compile(mode="reduce-overhead")
    if isinstance(chain.codec, KLCodec):
        chain.codec.vae.encoder.compile(mode="reduce-overhead")
        chain.codec.vae.decoder.compile(mode="reduce-overhead")
    else:
        chain.codec.encoder.compile(mode="reduce-overhead")
        chain.codec.decoder.compile(mode="reduce-overhead")


def lacks_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _NO_MEMORY)
