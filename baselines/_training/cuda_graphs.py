"""Losses and gradients captured as CUDA graphs and replayed for batches of the same size.

Replaying a graph launches hundreds or thousands of kernels at once; for small batches launching
each of them takes longer than running it.
"""

import gc
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from bench.baselines._training.token_budget import is_out_of_memory
from bench.run_context import compiling

MOST = 32
"""Maximum number of captured graphs."""

Compute = Callable[[torch.Tensor, Any, Sequence[torch.Tensor]], torch.Tensor]
"""Function of the inputs (one vector on the device), their size, and the parameters: the loss."""


@dataclass(frozen=True)
class _Recording:
    """A captured CUDA graph for one batch size.

    Args:
        graph: the captured kernels.
        inputs: static input buffer.
        total: static output buffer with the loss.
    """

    graph: torch.cuda.CUDAGraph
    inputs: torch.Tensor
    total: torch.Tensor


class Replays:
    """Losses with their gradients, captured as CUDA graphs when a batch size repeats.

    Args:
        weights: trainable leaf tensors; their memory must not move.
        compute: computes the loss; it must launch the same kernels for the same size and must not
            synchronise with the device.
        strict: true raises an error if capturing fails; false disables capturing from then on.
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

    def total(self, inputs: torch.Tensor, size: Hashable) -> torch.Tensor | None:
        """Return the differentiable loss by replaying a graph; None if it must be computed eagerly.

        The first batch of each size is always eager, since lazy initialisation and compilation
        must not happen while capturing.

        Args:
            inputs: the inputs, one vector on the device.
            size: everything else that determines the captured kernels.
        """
        recording = self.recordings.get(size) or self._recorded(inputs, size)
        if recording is None:
            self.seen[size] += 1
            return None
        loss: torch.Tensor = _Replay.apply(self, recording, inputs, *self.weights)  # type: ignore[no-untyped-call]
        return loss

    def _recorded(self, inputs: torch.Tensor, size: Hashable) -> _Recording | None:
        if not self.seen[size] or self.is_over or len(self.recordings) == MOST:
            return None
        try:
            with compiling():
                self.recordings[size] = self._record(inputs, size)
            return self.recordings[size]
        except (RuntimeError, MemoryError) as error:
            if self.strict and not is_out_of_memory(error):
                raise
        # Outside the handler, whose traceback keeps the failed attempt's tensors alive.
        self.is_over = True
        self.recordings.clear()
        self.pool, self.gradients = None, []
        gc.collect()
        torch.cuda.empty_cache()
        return None

    def _record(self, inputs: torch.Tensor, size: Hashable) -> _Recording:
        if self.pool is None:
            self.pool = torch.cuda.graph_pool_handle()
            # A separate stream: freeing one instance's graphs frees their stream's workspaces.
            self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            # Not allocated while capturing: the graphs share a memory pool, and one would overwrite
            # another's gradients.
            self.gradients = [torch.empty_like(values) for values in self.weights]
        inputs, graph = inputs.clone(), torch.cuda.CUDAGraph()
        stream = torch.cuda.current_stream()
        generator = torch.cuda.default_generators[stream.device_index]
        rng_state = generator.clone_state()
        try:
            with torch.cuda.graph(graph, pool=self.pool, stream=self.stream):
                # The same memory, but without an autograd history from outside the capture.
                weights = [values.detach().requires_grad_() for values in self.weights]
                total = self.compute(inputs, size, weights)
                for kept, new in zip(
                    self.gradients, torch.autograd.grad(total, weights), strict=True
                ):
                    kept.copy_(new)
                total = total.detach()
        except BaseException:
            # A failed capture would leave its stream current, and the RNG in capture mode.
            torch.cuda.set_stream(stream)
            generator.graphsafe_set_state(rng_state)
            raise
        return _Recording(graph, inputs, total)


class _Replay(torch.autograd.Function):
    """Graph replay as an autograd function.

    The parameters are arguments so that autograd asks for their gradients, which the replay
    computes together with the loss.
    """

    @staticmethod
    def forward(
        ctx: Any, replays: Replays, recording: _Recording, inputs: torch.Tensor, *weights: Any
    ) -> torch.Tensor:
        recording.inputs.copy_(inputs)
        recording.graph.replay()
        replays.replayed += 1
        ctx.replays, ctx.number = replays, replays.replayed
        return recording.total.clone()

    @staticmethod
    def backward(ctx: Any, upstream: torch.Tensor) -> Any:
        if ctx.number != ctx.replays.replayed:
            raise RuntimeError("a later forward pass has overwritten this loss's gradient")
        return None, None, None, *(gradient * upstream for gradient in ctx.replays.gradients)
