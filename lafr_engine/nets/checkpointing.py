"""Gradient checkpointing: activations are computed again in backward instead of being kept."""

from __future__ import annotations

import functools

from torch import nn
from torch.utils.checkpoint import checkpoint


def checkpoint_blocks(module: nn.Module, *, on: bool = True) -> int:
    """Switch gradient checkpointing of all diffusers blocks in ``module``.

    These are the blocks of U-Net and of encoder and decoder of ``AutoencoderKL``; networks of this
    project have none. Nothing else about the module changes, and without gradients nothing does.

    Returns:
        How many blocks were switched.
    """
    # Without reentrant autograd also blocks whose input needs no gradient work, such as the
    # first of a U-Net on a frozen latent.
    again = functools.partial(checkpoint, use_reentrant=False)
    found = [each for each in module.modules() if hasattr(each, "gradient_checkpointing")]
    for each in found:
        each.gradient_checkpointing = on  # type: ignore[assignment]  # diffusers' own flag
        each._gradient_checkpointing_func = again  # type: ignore[assignment]  # and its function
    return len(found)
