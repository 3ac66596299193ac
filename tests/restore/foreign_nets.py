"""Restorers by others with random weights: RestoreFormer very small, GFPGAN as large as it is."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor


def small_restoreformer() -> dict[str, Tensor]:
    """The state of a RestoreFormer with the fewest channels that its norms allow."""
    from spandrel.architectures.RestoreFormer import RestoreFormer

    net = RestoreFormer(
        n_embed=8, embed_dim=32, ch=32, ch_mult=(1, 1, 1, 1, 1, 1), num_res_blocks=1, z_channels=32
    )
    return cast(dict[str, Tensor], net.state_dict())


def full_gfpgan() -> dict[str, Tensor]:
    """The state of a GFPGAN of the one size there is, its noise switched on."""
    from spandrel.architectures.GFPGAN import GFPGAN

    state = cast(dict[str, Tensor], GFPGAN().state_dict())
    for name, tensor in state.items():
        if name.endswith("conv1.weight") and tensor.numel() == 1:
            tensor.fill_(0.1)
    assert any(torch.is_floating_point(each) for each in state.values())
    return state
