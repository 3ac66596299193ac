"""A restorer by others that goes on where memory runs out; a chain does so by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from lafr_engine.restore.base import Crops, FaceRestorer
from lafr_engine.restore.one_step import lacks_memory


class SteadyRestorer:
    """A :class:`lafr_engine.restore.base.FaceRestorer` around another one.

    A batch that does not fit is halved; one face that does not fit is restored on the CPU, and so
    are all that come after it.
    """

    def __init__(
        self,
        restorer: FaceRestorer,
        on_cpu: Callable[[], FaceRestorer] | None,
        notify: Callable[[str], None],
    ) -> None:
        """Wrap.

        Args:
            restorer: On the device.
            on_cpu: Makes the same one on the CPU; None where it runs there already.
            notify: Hears a sentence when the CPU takes over.
        """
        self._restorer = restorer
        self._on_cpu = on_cpu
        self._notify = notify

    def __call__(self, crops: Crops, /) -> Crops:
        """Restore.

        Raises:
            RuntimeError: What the restorer raises, a lack of memory on the CPU included.
        """
        try:
            return self._restorer(crops)
        except (RuntimeError, MemoryError) as error:
            if not lacks_memory(error) or (len(crops) == 1 and self._on_cpu is None):
                raise
        # Outside of the handler: the error holds on to the tensors that filled the memory.
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if len(crops) > 1:
            half = len(crops) // 2
            return np.concatenate([self(crops[:half]), self(crops[half:])])
        return self._moved()(crops)

    def _moved(self) -> FaceRestorer:
        """Move to the CPU for good."""
        if self._on_cpu is not None:
            self._restorer, self._on_cpu = self._on_cpu(), None
            self._notify("The GPU has too little memory; faces are now restored on the CPU.")
        return self._restorer
