"""Losses and gradients of parts as recordings: a GPU repeats a part of the same size as a whole,
where giving it each of thousands of kernels would take longer than the work (CUDA graphs)."""

import gc
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bench.baselines._blocks import block_mask, block_numbers, numbers_in
from bench.baselines._decoder import Decoder
from bench.baselines._forest import Forest
from bench.baselines._memory import is_out_of_memory
from bench.baselines._sent import parted, sent

WORTH = 1e14
"""Operations of a part from which on a GPU is busy enough without."""
TARGETS = 64
"""Answers' tokens are filled up to a multiple of this."""
MOST = 24
"""Recordings that are kept."""


class _Size(NamedTuple):
    """Tokens of a part, and of its answers."""

    tokens: int
    targets: int

    @property
    def numbers(self) -> list[int]:
        """How many there are of each kind in what a GPU is given."""
        return [self.tokens] * 3 + [self.targets] * 3 + [numbers_in(self.tokens)]


@dataclass(frozen=True)
class _Recording:
    """A part's work.

    Args:
        graph: the kernels.
        given: where they read the part's numbers.
        total: where they leave its loss.
    """

    graph: torch.cuda.CUDAGraph
    given: torch.Tensor
    total: torch.Tensor


def recordable(decoder: Decoder, *, low: bool) -> bool:
    """Whether gradients of its adapter can be recorded: what is computed again cannot throw the
    same random numbers, and turns that depend on the longest text are not the GPU's alone."""
    again = low and decoder.drops
    return decoder.adapter is not None and not again and decoder.turns != "dynamic"


class Replays:
    """The losses of parts, recorded where a size comes again.

    Args:
        decoder: the blocks.
        head: the network's last layer: states in, logits out.
        low: keep less in memory for the way back.
    """

    def __init__(self, decoder: Decoder, head: Any, *, low: bool = False) -> None:
        self.decoder, self.head, self.low = decoder, head, low
        self.seen: Counter[_Size] = Counter()
        self.recordings: dict[_Size, _Recording] = {}
        self.pool: Any = None
        self.gradient: Any = None
        self.stream: Any = None
        self.is_full = False
        self.replayed = 0

    def total(
        self, forest: Forest, places: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> torch.Tensor:
        """The sum of the negative log-likelihoods of tokens, with its gradient.

        Args:
            forest: filled up to whole blocks.
            places: (targets,) where each is read.
            targets: (targets,) the tokens that come next.
        """
        fill = -len(targets) % TARGETS
        size = _Size(len(forest.ids), len(targets) + fill)
        counted = np.ones(len(targets), np.int64)
        rows = (np.pad(values, (0, fill)) for values in (places, targets, counted))
        tree = [forest.ids, forest.depth, forest.end]
        numbers = [*tree, *rows, block_numbers(forest.end).astype(np.int64)]
        (given,) = sent(self.decoder.device, np.concatenate(numbers).astype(np.int32))
        recording = self.recordings.get(size) or self._recorded(given, size)
        if recording is None:
            # The first time takes little memory: recordings keep theirs beside it.
            total = self._total(given, size, low=self.low or not self.seen[size])
            self.seen[size] += 1
            return total
        found: torch.Tensor = _Replay.apply(self, recording, given, self.decoder.adapter)  # type: ignore[no-untyped-call]
        return found

    def _recorded(self, given: torch.Tensor, size: _Size) -> _Recording | None:
        """A new recording; None where there is to be none: the first time everything that is made
        on demand gets made, which cannot be recorded."""
        if not self.seen[size] or self.is_full or len(self.recordings) == MOST:
            return None
        try:
            self.recordings[size] = self._record(given, size)
            return self.recordings[size]
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        # Outside of the handler: its traceback keeps the failed attempt's tensors alive.
        self.is_full = True
        self.recordings.clear()
        self.pool = self.gradient = None
        gc.collect()
        torch.cuda.empty_cache()
        return None

    def is_worth(self, tokens: int) -> bool:
        """Whether parts of so many tokens are better repeated."""
        return 4.0 * self.decoder.numbers * tokens < WORTH

    def _total(
        self, given: torch.Tensor, size: _Size, *, low: bool, adapter: Any = None
    ) -> torch.Tensor:
        ids, depth, end, places, targets, counted, blocks = parted(given, size.numbers)
        hidden = self.decoder(ids, depth, block_mask(blocks, end), places, adapter=adapter, low=low)
        logits = self.head(hidden).float()
        losses = functional.cross_entropy(logits, targets.long(), reduction="none")
        total: torch.Tensor = (losses * counted).sum()
        return total

    def _record(self, given: torch.Tensor, size: _Size) -> _Recording:
        values = self.decoder.adapter
        assert values is not None
        if self.pool is None:
            self.pool = torch.cuda.graph_pool_handle()
            # Of its own: with one recorder's graphs the workspaces of their stream go.
            self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            # Outside of the recordings, which share their memory: one would overwrite another's.
            self.gradient = torch.empty_like(values)
        given, graph = given.clone(), torch.cuda.CUDAGraph()
        before = torch.cuda.current_stream()
        try:
            with torch.cuda.graph(graph, pool=self.pool, stream=self.stream):
                # The same memory, but nothing that waits for work outside of the recording.
                adapter = values.detach().requires_grad_()
                total = self._total(given, size, low=self.low, adapter=adapter)
                self.gradient.copy_(torch.autograd.grad(total, adapter)[0])
                total = total.detach()
        finally:
            # A recording that fails would leave its own.
            torch.cuda.set_stream(before)
        return _Recording(graph, given, total)


class _Replay(torch.autograd.Function):
    """The adapter is given for the sake of its gradient, which is there with the loss."""

    @staticmethod
    def forward(
        ctx: Any, replays: Replays, recording: _Recording, given: torch.Tensor, adapter: Any
    ) -> torch.Tensor:
        recording.given.copy_(given)
        recording.graph.replay()
        replays.replayed += 1
        ctx.replays, ctx.number = replays, replays.replayed
        return recording.total.clone()

    @staticmethod
    def backward(ctx: Any, given: torch.Tensor) -> Any:
        if ctx.number != ctx.replays.replayed:
            raise RuntimeError("the gradient of a loss is gone when the next one is asked for")
        return None, None, None, ctx.replays.gradient * given
