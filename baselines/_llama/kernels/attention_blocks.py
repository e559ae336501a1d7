"""Sparse block mask of a prefix forest's attention, by which flex_attention skips empty blocks."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from bench.baselines._llama.kernels.prefix_forest import Numbers
from bench.baselines._training.device_transfer import parted

SIZE = 128
"""Tokens per block."""
READERS = 8
"""Maximum number of query blocks per copy of a key block. One program accumulates a key block's
gradient, so a block read by all queries would serialise the backward pass. Doubled until at most
half as many copies as blocks are made, since copies are kept for the backward pass."""


class Mask(NamedTuple):
    """Block mask of n query blocks and m key blocks, on a device.

    Args:
        lists: the number of key blocks that each query block attends to partially, (n,), and all
            key block indices with those first, (n, m); both again for key blocks that it attends
            to fully; then all four in the other direction, from key blocks to query blocks, (m,)
            and (m, n).
        end: (m, SIZE) end of each key's subtree, exclusive.
        position: (m, SIZE) position of each key in the forest.
    """

    lists: tuple[torch.Tensor, ...]
    end: torch.Tensor
    position: torch.Tensor


class Blocks(NamedTuple):
    """A prefix forest in n blocks, on a device.

    Args:
        mask: its block mask; copies of key blocks, if any, follow the n key blocks.
        copies: (n + 1,) offsets of each block's copies among all copies; None without copies.
    """

    mask: Mask
    copies: torch.Tensor | None

    @property
    def keys(self) -> int:
        """Number of tokens in all key blocks, including copies."""
        return self.mask.end.numel()


def filling(tokens: int, *, coarse: bool = False) -> int:
    """Return the number of padding tokens up to whole blocks, at least two blocks.

    Args:
        tokens: number of tokens.
        coarse: pad many tokens to larger steps, so that there are fewer different lengths.
    """
    step = SIZE
    if coarse:
        step *= max(1, 2 ** (tokens // (16 * SIZE)).bit_length() // 2)
    return max(2 * SIZE - tokens, -tokens % step)


def block_numbers(end: Numbers, *, readers: int | None = None) -> NDArray[np.int32]:
    """Return `Mask.lists`, `Blocks.copies`, and the source block of each copy, concatenated.

    Args:
        end: (n,) end of each token's subtree, exclusive; n is a multiple of `SIZE`.
        readers: maximum number of query blocks per key block, above which it is copied; None for
            no copies.
    """
    ends = end.reshape(-1, SIZE)
    count = len(ends)
    query, key = np.arange(count)[:, None], np.arange(count)[None]
    some = (key == query) | ((key < query) & (ends.max(axis=1)[None] > query * SIZE))
    full = (key < query) & (ends.min(axis=1)[None] >= (query + 1) * SIZE)
    readers, times = _copies(some.sum(axis=0), readers or count)
    first = np.concatenate([[0], np.cumsum(times)])
    # The first readers of a block use the block itself, the next ones its first copy, and so on.
    copy_index = (some.cumsum(axis=0) - 1) // readers
    place = np.where(copy_index == 0, key, count + first[:-1] + copy_index - 1)
    some, full = (_moved(m, place, count + first[-1]) for m in (some, full))
    pairs = [_listed(m) for m in (some & ~full, full, (some & ~full).T, full.T)]
    pairs.append((first, np.repeat(np.arange(count), times)))
    return np.concatenate([part for pair in pairs for part in pair]).astype(np.int32)


def _copies(read: NDArray[np.int64], readers: int) -> tuple[int, NDArray[np.int64]]:
    """Return the final limit of readers, and the number of copies of each block.

    Args:
        read: number of query blocks that read each key block.
        readers: the limit to start from, doubled while there are too many copies.
    """
    while True:
        times = -(-read // readers) - 1
        if times.sum() <= len(read) // 2:
            return readers, times
        readers *= 2


def _moved(matrix: NDArray[np.bool_], place: NDArray[Any], columns: int) -> NDArray[np.bool_]:
    """Return a mask with each true entry moved to the column that `place` gives."""
    moved = np.zeros((len(matrix), columns), np.bool_)
    rows, old = np.nonzero(matrix)
    moved[rows, place[rows, old]] = True
    return moved


def _listed(matrix: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    return matrix.sum(axis=1), np.argsort(~matrix, axis=1, kind="stable").ravel()


def numbers_in(tokens: int) -> int:
    """Return the length of `block_numbers` for so many tokens without copies."""
    count = tokens // SIZE
    return 4 * (count + count**2) + count + 1


def blocks_of(numbers: torch.Tensor, end: torch.Tensor) -> Blocks:
    """Unpack `block_numbers` on the device.

    Args:
        numbers: the result of `block_numbers`, on the device, int32.
        end: (n,) end of each token's subtree, exclusive.
    """
    count = len(end) // SIZE
    # Two counts per query block (n) and per key block (n + c), four index lists of n (n + c), then
    # n + 1 offsets and c sources of copies: the length determines c.
    copies = (len(numbers) - numbers_in(len(end))) // (4 * count + 3)
    keys = count + copies
    sizes = [count, count * keys] * 2 + [keys, count * keys] * 2 + [count + 1, copies]
    *parts, first, source = parted(numbers, sizes)
    lists = [p if i % 2 == 0 else p.view(-1, (keys, count)[i > 3]) for i, p in enumerate(parts)]
    position = torch.arange(len(end), dtype=torch.int32, device=end.device)
    end, position = end.int().view(-1, SIZE), position.view(-1, SIZE)
    if copies:
        end, position = (torch.cat([t, t[source]]) for t in (end, position))
    for values in (*lists, end, position):
        mark_dynamic(values, 0)
    for values in lists[1::2]:
        mark_dynamic(values, 1)
    return Blocks(Mask(tuple(lists), end, position), first if copies else None)


def mark_dynamic(values: torch.Tensor, size: int) -> torch.Tensor:
    """Mark one dimension of a tensor as dynamic for torch.compile, and return the tensor."""
    torch._dynamo.mark_dynamic(values, size)
    return values


def block_mask(mask: Mask) -> Any:
    """Return the mask as a `BlockMask` of flex_attention: `key <= query < end[key]`."""
    from torch.nn.attention.flex_attention import BlockMask

    end, position = mask.end.flatten(), mask.position.flatten()

    def allowed(batch: Any, head: Any, query: Any, key: Any) -> Any:
        return (position[key] <= query) & (query < end[key])

    size = len(mask.lists[0]) * SIZE, len(mask.end) * SIZE
    known: Any = BlockMask
    lists = [values[None, None] for values in mask.lists]
    return known(size, *lists, BLOCK_SIZE=(SIZE, SIZE), mask_mod=allowed)
