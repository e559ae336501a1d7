"""Losses and gradients as recordings: a GPU repeats work of the same size as a whole, where giving
it each of hundreds or thousands of kernels would take longer than the work (CUDA graphs)."""

import gc
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from bench.baselines._training.token_budget import is_out_of_memory

MOST = 32
"""Recordings that are kept."""

Compute = Callable[[torch.Tensor, Any, Sequence[torch.Tensor]], torch.Tensor]
"""The loss of what a GPU was given as one vector of numbers, of such a size, with these weights."""


@dataclass(frozen=True)
class _Recording:
    """Work of one size.

    Args:
        graph: the kernels.
        given: where they read the numbers.
        total: where they leave the loss.
    """

    graph: torch.cuda.CUDAGraph
    given: torch.Tensor
    total: torch.Tensor


class Replays:
    """Losses with their gradients, recorded where a size comes again.

    Args:
        weights: what learns, each a leaf that stays where it is.
        compute: the loss; the same kernels for the same size, and nothing that waits for them.
        strict: whether work that cannot be recorded is an error, or is never recorded again.
    """

    def __init__(
        self, weights: Sequence[torch.Tensor], compute: Compute, *, strict: bool = True
    ) -> None:
        self.weights, self.compute, self.strict = tuple(weights), compute, strict
        self.seen: Counter[Hashable] = Counter()
        self.recordings: dict[Hashable, _Recording] = {}
        self.pool: Any = None
        self.gradients: list[torch.Tensor] = []
        self.stream: Any = None
        self.is_over = False
        self.replayed = 0

    def total(self, given: torch.Tensor, size: Hashable) -> torch.Tensor | None:
        """The loss with its gradient; None where it is to be computed without a recording, as it is
        the first time, when everything that is made on demand gets made.

        Args:
            given: the numbers.
            size: what the recording depends on besides them.
        """
        recording = self.recordings.get(size) or self._recorded(given, size)
        if recording is None:
            self.seen[size] += 1
            return None
        found: torch.Tensor = _Replay.apply(self, recording, given, *self.weights)  # type: ignore[no-untyped-call]
        return found

    def _recorded(self, given: torch.Tensor, size: Hashable) -> _Recording | None:
        if not self.seen[size] or self.is_over or len(self.recordings) == MOST:
            return None
        try:
            self.recordings[size] = self._record(given, size)
            return self.recordings[size]
        except (RuntimeError, MemoryError) as error:
            if self.strict and not is_out_of_memory(error):
                raise
        # Outside of the handler: its traceback keeps the failed attempt's tensors alive.
        self.is_over = True
        self.recordings.clear()
        self.pool, self.gradients = None, []
        gc.collect()
        torch.cuda.empty_cache()
        return None

    def _record(self, given: torch.Tensor, size: Hashable) -> _Recording:
        if self.pool is None:
            self.pool = torch.cuda.graph_pool_handle()
            # Of its own: with one recorder's graphs the workspaces of their stream go.
            self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            # Outside of the recordings, which share their memory: one would overwrite another's.
            self.gradients = [torch.empty_like(values) for values in self.weights]
        given, graph = given.clone(), torch.cuda.CUDAGraph()
        before = torch.cuda.current_stream()
        dice = torch.cuda.default_generators[before.device_index]
        thrown = dice.clone_state()
        try:
            with torch.cuda.graph(graph, pool=self.pool, stream=self.stream):
                # The same memory, but nothing that waits for work outside of the recording.
                weights = [values.detach().requires_grad_() for values in self.weights]
                total = self.compute(given, size, weights)
                for kept, new in zip(
                    self.gradients, torch.autograd.grad(total, weights), strict=True
                ):
                    kept.copy_(new)
                total = total.detach()
        except BaseException:
            # A recording that fails would leave its own stream, and random numbers that wait for it
            # to end.
            torch.cuda.set_stream(before)
            dice.graphsafe_set_state(thrown)
            raise
        return _Recording(graph, given, total)


class _Replay(torch.autograd.Function):
    """The weights are given for the sake of their gradients, which are there with the loss."""

    @staticmethod
    def forward(
        ctx: Any, replays: Replays, recording: _Recording, given: torch.Tensor, *weights: Any
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
        return None, None, None, *(gradient * given for gradient in ctx.replays.gradients)
