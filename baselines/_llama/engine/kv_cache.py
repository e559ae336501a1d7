"""KV cache that preallocates space for the tokens to come."""

from collections.abc import Callable
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

ROOM = 64
"""Number of tokens for which space is allocated at a time."""


class PreallocatedLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """Cache layer that writes new tokens into preallocated space.

    The library's own layer copies the whole cache for each token.
    """

    room: tuple[torch.Tensor, torch.Tensor] | None = None
    written: torch.Tensor | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        begin = self.get_seq_length()
        end = begin + key_states.shape[-2]
        assert self.keys is not None and self.values is not None
        # Selecting or repeating sequences replaces the tensors that were written here.
        if self.room is None or self.keys is not self.written or end > self.room[0].shape[-2]:
            keys = _with_room(self.keys, key_states, end + ROOM)
            values = _with_room(self.values, value_states, end + ROOM)
            self.room = keys, values
        for held, new in zip(self.room, (key_states, value_states), strict=True):
            held[..., begin:end, :] = new
        self.keys, self.values = (held[..., :end, :] for held in self.room)
        self.written = self.keys
        return self.keys, self.values


def _with_room(held: torch.Tensor, new: torch.Tensor, size: int) -> torch.Tensor:
    allocated = new.new_empty(*new.shape[:-2], size, new.shape[-1])
    if held.numel():
        allocated[..., : held.shape[-2], :] = held
    return allocated


def preallocating_cache(config: Any) -> DynamicCache:
    """Return an empty cache that preallocates space in layers with full attention."""
    cache = DynamicCache(config=config)
    new: Callable[[], Any] = PreallocatedLayer
    cache.layers = [new() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache
