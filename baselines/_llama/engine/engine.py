"""Score answers with a language model: the log-probability of each answer token, and the greedy
token at each position."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bench.baselines._llama.engine.base_model import BaseModel
from bench.baselines._llama.engine.forward import (
    ForwardOptions,
    head,
    packed,
    padded,
    padded_forest,
    places_of,
    targets_of,
)
from bench.baselines._llama.engine.generate import at_once, write_on
from bench.baselines._llama.engine.packed_loss import PackedLoss, recordable
from bench.baselines._llama.engine.token_rows import Onward, Reading, Row, States
from bench.baselines._llama.kernels.decoder import decoder_of, fits
from bench.baselines._llama.kernels.forest_attention import is_flexible
from bench.baselines._llama.kernels.prefix_forest import cut
from bench.baselines._training.batches import within
from bench.baselines._training.device_transfer import fetched, sent
from bench.baselines._training.learner import Loss
from bench.baselines._training.token_budget import Budget

Form = Literal["packed", "padded"]
TOKENS_CPU, TOKENS_GPU = 2048, 16384
"""Initial token budgets of a forward pass in training."""
READING = 4
"""Factor on the token budget for inference on a CPU, where no activations are kept for a backward
pass."""
WINDOW, FIRST = 4096, 256
"""Sequences that are searched for shared prefixes together; on a GPU the first windows are smaller,
so that it starts early."""
READ, READ_GPU = 512, 4096
"""Positions that pass through the output head at once: each yields a logit for every token of the
vocabulary."""


@dataclass
class Engine:
    """Runs a model over token sequences: scores their answers, and computes the training loss.

    Args:
        base: the model, with or without an adapter.
        form: `packed` computes shared prefixes once; `padded` computes every sequence by itself,
            in padded batches.
        budget: token budget of a forward pass in training.
        options: options of packed forward passes.
    """

    base: BaseModel
    form: Form = "packed"
    budget: Budget = field(
        default_factory=lambda: Budget(TOKENS_GPU if torch.cuda.is_available() else TOKENS_CPU)
    )
    options: ForwardOptions = field(default_factory=ForwardOptions)
    _repeated: PackedLoss | None = None

    def __post_init__(self) -> None:
        if not self.base.packable:
            self.form = "padded"
        if self.form == "padded" or not fits(self.base.network):
            self.options = replace(self.options, large=False)

    def read(
        self,
        rows: Sequence[Row],
        *,
        onward: Onward | None = None,
        seen: Callable[[int], None] = lambda count: None,
    ) -> list[Reading]:
        """Score the answers of sequences; the results are in the same order.

        Args:
            rows: the sequences.
            onward: requests greedy outputs, too, and receives them.
            seen: called at intervals with the number of sequences done.
        """

        def work(tokens: int) -> list[Reading]:
            readings: list[Any] = [None] * len(rows)
            unread = Counter() if onward is None else Counter(onward.owners)
            done = 0
            self.base.network.eval()
            with torch.inference_mode(), self.base.computing():
                for part, states, scores in self._ahead(rows, tokens, keep=onward is not None):
                    for i, reading in zip(
                        part, _readings([rows[i] for i in part], scores()), strict=True
                    ):
                        readings[i] = reading
                    if onward is not None and states.cache is not None:
                        self._generate_greedy(rows, part, readings, unread, (states, onward))
                    done += len(part)
                    seen(done)
            return readings

        return self.budget.spend(work)

    def _ahead(
        self, rows: Sequence[Row], tokens: int, *, keep: bool
    ) -> Iterator[tuple[list[int], States, Callable[[], NDArray[np.float64]]]]:
        """Yield batches of sequences with their hidden states and scores.

        A GPU starts on the next batch before the scores of this one are waited for, unless KV
        caches are kept: two of them might not fit into memory.
        """
        previous = None
        for part in self._stream(rows, self._reading * tokens):
            states = self.states([rows[i] for i in part], keep=keep)
            batch = part, states, fetched(self._scored(states))
            if keep:
                yield batch
            elif previous is not None:
                yield previous
            previous = None if keep else batch
        if previous is not None:
            yield previous

    @property
    def _reading(self) -> int:
        # A GPU is busy already, and the KV cache of a large model would not fit.
        return READING if self.base.device.type == "cpu" else 1

    def _generate_greedy(
        self,
        rows: Sequence[Row],
        part: Sequence[int],
        readings: Sequence[Reading],
        unread: Counter[int],
        scored: tuple[States, Onward],
    ) -> None:
        """Generate greedy output for texts whose answers are all scored, but none is greedy."""
        states, onward = scored
        assert states.cache is not None
        places: dict[int, tuple[Row, NDArray[np.int64]]] = {}
        for i, positions in zip(part, states.places, strict=True):
            owner, row = onward.owners[i], rows[i]
            unread[owner] -= 1
            places[owner] = row, positions[: row.start]
            if readings[i].follows(row):
                onward.followed.add(owner)
        ready = [o for o in places if not unread[o] and o not in onward.followed]
        prompts = [places[o][0].ids[: places[o][0].start] for o in ready]
        paths = [places[o][1] for o in ready]
        tokens = at_once(self.base, self.budget.tokens, on_cpu=2 * READING)
        generated = write_on(self.base, states.cache, prompts, paths, (onward.new_tokens, tokens))
        onward.generated.update(zip(ready, generated, strict=True))

    def _stream(self, rows: Sequence[Row], tokens: int) -> Iterator[list[int]]:
        """Yield batches window by window, so that computing starts before all are planned."""
        held: list[int] = []
        start, window = 0, WINDOW if self.form == "packed" else len(rows)
        if self.base.device.type == "cuda" and self.form == "packed":
            window = FIRST
        while start < len(rows):
            held += range(start, min(start + window, len(rows)))
            start += window
            *full, last = (
                [held[i] for i in part] for part in self.parts([rows[i] for i in held], tokens)
            )
            held = last
            if window < WINDOW and self.form == "packed":
                # Start the GPU at once instead of waiting for a full batch.
                full, held, window = [*full, last], [], 2 * window
            yield from full
        if held:
            yield held

    def parts(self, rows: Sequence[Row], tokens: int) -> list[list[int]]:
        """Split sequences into batches within a token budget; return their indices."""
        fed = [row.fed for row in rows]
        if self.form == "packed":
            return cut(fed, tokens=tokens)
        return [
            part.tolist() for part in within(list(map(len, fed)), range(len(fed)), tokens=tokens)
        ]

    def _scored(self, states: States) -> torch.Tensor:
        """Return (2, targets): each target's log-probability, and the most probable token."""
        nodes, targets = sent(states.hidden.device, states.nodes, states.targets)
        scores = torch.empty(2, len(targets), dtype=torch.float64, device=nodes.device)
        size = READ if self.base.device.type == "cpu" else READ_GPU
        for read in range(0, len(states.hidden), size):
            logits = head(self.base, states.hidden[read : read + size]).float()
            targets_here = np.flatnonzero((states.nodes >= read) & (states.nodes < read + size))
            (selected,) = sent(nodes.device, targets_here)
            row = nodes[selected] - read
            logprobs = logits[row, targets[selected]] - logits.logsumexp(dim=1)[row]
            scores[0, selected] = logprobs.double()
            scores[1, selected] = logits.argmax(dim=1)[row].double()
        return scores

    def learn(self, rows: Sequence[Row]) -> Loss:
        """Return the differentiable, summed negative log-likelihood of the answer tokens."""
        real = sum(len(row.ids) - 1 for row in rows)
        if (loss := self._repeats()) is not None:
            forest = padded_forest(self.base, rows, coarse=loss.is_worth)
            if loss.is_worth(len(forest.ids)):
                total = loss.total(forest, places_of(forest, rows), targets_of(rows))
                return Loss(total, real, len(forest.ids))
            states = packed(self.base, forest, rows, keep=False, options=self.options)
        else:
            states = self.states(rows)
        return Loss(self._loss(states), real, states.processed)

    def forget(self) -> None:
        """Free the captured CUDA graphs."""
        if self._repeated is not None:
            self._repeated = None
            gc.collect()

    def _repeats(self) -> PackedLoss | None:
        if not self.options.large or not is_flexible(self.base.device, self.base.head_size):
            return None
        decoder = decoder_of(self.base.network)
        if not recordable(decoder, recompute=self.options.recompute):
            return None
        if self._repeated is None or self._repeated.decoder is not decoder:
            self._repeated = PackedLoss(
                decoder, partial(head, self.base), recompute=self.options.recompute
            )
        return self._repeated

    def _loss(self, states: States) -> torch.Tensor:
        logits = head(self.base, states.hidden).float()
        targets, nodes = sent(logits.device, states.targets, states.nodes)
        return functional.cross_entropy(logits[nodes], targets, reduction="sum")

    def states(self, rows: Sequence[Row], *, keep: bool = False) -> States:
        """Return the hidden states from which the answers' tokens are predicted.

        Args:
            rows: the sequences.
            keep: keep the KV cache for generation; packed sequences only.
        """
        if self.form == "padded":
            return padded(self.base, rows)
        return packed(
            self.base, padded_forest(self.base, rows), rows, keep=keep, options=self.options
        )


def _readings(rows: Sequence[Row], scores: NDArray[np.float64]) -> Iterator[Reading]:
    start = 0
    for row in rows:
        answer = slice(start, start + len(row.ids) - row.start)
        yield Reading(scores[0, answer], scores[1, answer].astype(np.int64))
        start = answer.stop
