"""What a piece of work costs, counted without doing it: multiply-adds and memory.

The work runs on torch's fake tensors, which have shapes and no content, so networks of any size
are counted in seconds on any machine. Memory is that of tensors alive at once, the tensors that
backward keeps included; what an allocator or a library takes besides comes on top.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work costs.

    Attributes:
        multiply_adds: Of matrix products, convolutions and attention.
        peak_bytes: Most memory alive at once of what the work itself made.
    """

    multiply_adds: int
    peak_bytes: int


@contextmanager
def without_content(*modules: nn.Module) -> Iterator[None]:
    """Make all tensors that are made inside fake, shapes only, and so those of ``modules``.

    Build the modules within ``torch.device("meta")``, where they take neither memory nor time; they
    are changed for good.
    """
    with FakeTensorMode():
        made: dict[int, Tensor] = {}
        for module in modules:
            _hollow(module, made)
        yield


def _hollow(module: nn.Module, made: dict[int, Tensor]) -> None:
    """Put fake tensors of the CPU in the place of meta tensors; what was shared stays shared."""
    for part in module.modules():
        kept = cast("tuple[dict[str, Tensor | None], ...]", (part._parameters, part._buffers))
        for tensors in kept:
            for name, tensor in tensors.items():
                if tensor is not None:
                    tensors[name] = made.setdefault(id(tensor), _fake(tensor))


def _fake(tensor: Tensor) -> Tensor:
    fake = torch.empty(tensor.shape, dtype=tensor.dtype)
    is_parameter = isinstance(tensor, nn.Parameter)
    return nn.Parameter(fake, tensor.requires_grad) if is_parameter else fake


def cost_of(work: Callable[[], object]) -> Cost:
    """Run ``work``, within :func:`without_content`, and count."""
    counter = FlopCounterMode(display=False, custom_mapping=_ATTENTION)
    with counter, _LiveBytes() as memory:
        work()
    return Cost(counter.get_total_flops() // 2, memory.peak)


def parameter_count(module: nn.Module) -> int:
    """Return the number of a module's parameters."""
    return sum(parameter.numel() for parameter in module.parameters())


def weight_bytes(module: nn.Module) -> int:
    """Return the memory of a module's parameters and buffers."""
    return sum(t.numel() * t.element_size() for t in (*module.parameters(), *module.buffers()))


class _LiveBytes(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's hook of subclasses
    """Follows the storages of all results until they are freed."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as torch has it
        self.alive = self.peak = 0
        self._seen: weakref.WeakSet[torch.UntypedStorage] = weakref.WeakSet()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        if func is torch.ops.aten._local_scalar_dense.default:
            # A fake tensor has no value to branch on; "yes" takes the way that costs the most.
            return 1
        given = {id(storage) for storage in _storages((args, kwargs))}
        result = func(*args, **(kwargs or {}))
        for storage in _storages(result):
            if id(storage) not in given and storage not in self._seen:
                self._follow(storage)
        return result

    def _follow(self, storage: torch.UntypedStorage) -> None:
        size = storage.nbytes()
        self._seen.add(storage)
        self.alive += size
        self.peak = max(self.peak, self.alive)
        weakref.finalize(storage, self._free, size).atexit = False

    def _free(self, size: int) -> None:
        self.alive -= size


def _storages(values: object) -> list[torch.UntypedStorage]:
    return [leaf.untyped_storage() for leaf in tree_leaves(values) if isinstance(leaf, Tensor)]


def _attention(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    count = sdpa_flop_count(query, key, value)  # type: ignore[no-untyped-call]  # as torch has it
    return int(count)


def _attention_backward(grad: Any, query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    count = sdpa_backward_flop_count(grad, query, key, value)  # type: ignore[no-untyped-call]  # likewise
    return int(count)


# The counter knows the attention of graphics cards only.
_ATTENTION = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward: _attention_backward,
}
