"""Which blocks of an attention matrix hold anything, for a forest: what flex_attention skips by."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from bench.baselines._llama.kernels.prefix_forest import Numbers
from bench.baselines._training.device_transfer import parted

SIZE = 128
"""Tokens of a block."""
READERS = 8
"""Blocks of queries that one block of keys serves, where it may be copied: the gradient of its keys
is one program's work, for which a GPU would wait if all of them had begun with it. More where there
would be a copy to every other block: each is kept for the way back."""


class Mask(NamedTuple):
    """Who attends to whom, in n blocks of queries and m of keys, on a device.

    Args:
        lists: how many blocks of keys each block of queries reads in part, (n,), and which, those
            first, (n, m); the same of blocks that it reads whole; then both of blocks of keys, (m,)
            and (m, n).
        end: (m, SIZE) where each key's subtree ends.
        position: (m, SIZE) where each key stands.
    """

    lists: tuple[torch.Tensor, ...]
    end: torch.Tensor
    position: torch.Tensor


class Blocks(NamedTuple):
    """A forest in n blocks, on a device.

    Args:
        mask: see `Mask`; blocks of keys may be copied, behind the n ones.
        copies: (n + 1,) from where on the copies of each stand there; None: there are none.
    """

    mask: Mask
    copies: torch.Tensor | None

    @property
    def keys(self) -> int:
        """Tokens of all blocks of keys."""
        return self.mask.end.numel()


def filling(tokens: int, *, coarse: bool = False) -> int:
    """Tokens that are missing to whole blocks, at least two; `coarse`: of many tokens, to fewer
    different lengths."""
    step = SIZE
    if coarse:
        step *= max(1, 2 ** (tokens // (16 * SIZE)).bit_length() // 2)
    return max(2 * SIZE - tokens, -tokens % step)


def block_numbers(end: Numbers, *, readers: int | None = None) -> NDArray[np.int32]:
    """`Mask.lists`, `Blocks.copies`, and what each is a copy of, one behind the other.

    Args:
        end: (n,) where each token's subtree ends; n is a multiple of `SIZE`.
        readers: blocks of keys that more blocks of queries read are copied; None: none.
    """
    ends = end.reshape(-1, SIZE)
    count = len(ends)
    query, key = np.arange(count)[:, None], np.arange(count)[None]
    some = (key == query) | ((key < query) & (ends.max(axis=1)[None] > query * SIZE))
    full = (key < query) & (ends.min(axis=1)[None] >= (query + 1) * SIZE)
    readers, times = _copies(some.sum(axis=0), readers or count)
    first = np.concatenate([[0], np.cumsum(times)])
    # The first readers of a block take itself, the next ones its first copy, and so on.
    turn = (some.cumsum(axis=0) - 1) // readers
    place = np.where(turn == 0, key, count + first[:-1] + turn - 1)
    some, full = (_moved(m, place, count + first[-1]) for m in (some, full))
    pairs = [_listed(m) for m in (some & ~full, full, (some & ~full).T, full.T)]
    pairs.append((first, np.repeat(np.arange(count), times)))
    return np.concatenate([part for pair in pairs for part in pair]).astype(np.int32)


def _copies(read: NDArray[np.int64], readers: int) -> tuple[int, NDArray[np.int64]]:
    """Readers of a block and how often each is copied, given how many read it."""
    while True:
        times = -(-read // readers) - 1
        if times.sum() <= len(read) // 2:
            return readers, times
        readers *= 2


def _moved(matrix: NDArray[np.bool_], place: NDArray[Any], columns: int) -> NDArray[np.bool_]:
    """With each entry in another column of its row."""
    found = np.zeros((len(matrix), columns), np.bool_)
    rows, old = np.nonzero(matrix)
    found[rows, place[rows, old]] = True
    return found


def _listed(matrix: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    return matrix.sum(axis=1), np.argsort(~matrix, axis=1, kind="stable").ravel()


def numbers_in(tokens: int) -> int:
    """How many `block_numbers` there are of so many tokens without copies."""
    count = tokens // SIZE
    return 4 * (count + count**2) + count + 1


def blocks_of(numbers: torch.Tensor, end: torch.Tensor) -> Blocks:
    """The blocks that were counted.

    Args:
        numbers: `block_numbers`, on the device, int32.
        end: (n,) where each token's subtree ends.
    """
    count = len(end) // SIZE
    # n numbers of rows and n + c of columns twice, n (n + c) four times, and n + 1 + c of copies.
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
        unsettled(values, 0)
    for values in lists[1::2]:
        unsettled(values, 1)
    return Blocks(Mask(tuple(lists), end, position), first if copies else None)


def unsettled(values: torch.Tensor, size: int) -> torch.Tensor:
    """The same, one of whose sizes is not to be compiled in."""
    torch._dynamo.mark_dynamic(values, size)
    return values


def block_mask(mask: Mask) -> Any:
    """The same for flex_attention; a token attends to `key <= query < end[key]`."""
    from torch.nn.attention.flex_attention import BlockMask

    end, position = mask.end.flatten(), mask.position.flatten()

    def allowed(batch: Any, head: Any, query: Any, key: Any) -> Any:
        return (position[key] <= query) & (query < end[key])

    size = len(mask.lists[0]) * SIZE, len(mask.end) * SIZE
    known: Any = BlockMask
    lists = [values[None, None] for values in mask.lists]
    return known(size, *lists, BLOCK_SIZE=(SIZE, SIZE), mask_mod=allowed)
