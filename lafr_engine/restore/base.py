"""The one thing that the pipeline asks of a restorer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Crops = NDArray[np.float32]
"""(N, 3, 512, 512) RGB, sRGB in [0, 1], aligned to the FFHQ template."""


class FaceRestorer(Protocol):
    """Restores a batch of aligned faces."""

    def __call__(self, crops: Crops, /) -> Crops:
        """Restore.

        Args:
            crops: float32 (N, 3, 512, 512), RGB in [0, 1]; not changed.

        Returns:
            A new array of the same shape, type and range.
        """
        ...
