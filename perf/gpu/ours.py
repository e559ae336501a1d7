"""Our side: the shipped learner, trainer and engine on a Llama with random weights."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.baselines._llama.engine.adapter import Adapter, bare, wear
from bench.baselines._llama.engine.adapter import Shape as AdapterShape
from bench.baselines._llama.engine.base_model import BaseModel, _is_packable, _parameters
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.forward import ForwardOptions
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.kernels import forest_attention as _tree_attention
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training.learner import Loss
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.trainer import train
from perf.gpu.measure import Measured, clean, clock, memory_of
from perf.gpu.random_models import Form, Shape, random_llama
from perf.gpu.token_rows import Tokens

ADAPTER = AdapterShape(rank=16, alpha=32, dropout=0.0, targets="all")
RATE, WARMUP = 2e-4, 0.05
Mode = Form | Literal["low", "dropout"]
"""Form of our weights: 4-bit in the mode that saves memory; dequantised with an adapter with the
dropout of the shipped `qlora`."""
_FORMS: Mapping[Mode, Form] = {"low": "nf4", "dropout": "dequantised"}


class _Whole(BaseModel):
    """A model that computes in the format of its weights, also on a GPU."""

    def computing(self) -> AbstractContextManager[Any]:
        return nullcontext()


def base_of(shape: Shape, form: Form) -> BaseModel:
    """Return a model with random weights in the form that `base_model` returns."""
    network = random_llama(shape, form)
    size = sum(p.numel() * p.element_size() for p in network.parameters())
    packable = _is_packable(network)
    network.set_attn_implementation(_tree_attention.NAME)
    kind = _Whole if form == "fp32" else BaseModel
    return kind(network, None, _parameters(network), size, packable)


@dataclass(frozen=True)
class _Watched(LoraLearner):
    """A learner that records the clock and the loss of each step.

    Args:
        shared: number of tokens in the shared prefix.
        warm: number of warm-up steps.
        clocks: clock readings at the beginning of each step.
        sums: (loss, answer tokens, real tokens, processed tokens) of each step.
    """

    shared: int
    warm: int
    clocks: list[float]
    sums: list[list[Any]]

    def weight(self, rows: Sequence[Lesson]) -> float:
        """See `Learner`; called once at the beginning of a step."""
        self.clocks.append(clock() if len(self.clocks) == self.warm else perf_counter())
        self.sums.append([0.0, LoraLearner.weight(self, rows), 0, 0])
        return float(self.sums[-1][1])

    def loss(self, rows: Sequence[Row]) -> Loss:
        """See `Learner`."""
        found = LoraLearner.loss(self, rows)
        last = self.sums[-1]
        last[0] += found.total.detach()
        last[2] += self.shared + sum(len(row.ids) - 1 - self.shared for row in rows)
        last[3] += found.processed
        return found


def train_ours(
    shape: Shape,
    form: Mode,
    rows: Sequence[Tokens],
    *,
    shared: int,
    step: int,
    warm: int,
) -> Measured:
    """Train an adapter in steps of that many examples: two passes over the same steps, so that all
    code is compiled in the first pass and the second one is timed.

    Args:
        shape: shape of the model.
        form: form of its weights; see `Mode`.
        rows: examples for the measured steps, plus `warm` steps.
        shared: number of tokens in the shared prefix.
        step: examples per optimiser step.
        warm: number of warm-up steps, in the second pass, too.
    """
    measured = Measured(step)
    with memory_of(measured):
        base = base_of(shape, _FORMS.get(form, form))  # type: ignore[arg-type]
        clean()
        engine = Engine(base, "packed", options=ForwardOptions(recompute=form == "low"))
        lessons = [Lesson("random", [Row(row.ids, row.start)]) for row in rows]
        adapter = replace(ADAPTER, dropout=0.05) if form == "dropout" else ADAPTER
        network = wear(base, Adapter(adapter))
        try:
            for _ in range(2):
                learner = _Watched(network, engine, engine.budget, shared, warm, [], [])
                train(learner, lessons, _recipe(step), check=None)
                learner.clocks.append(clock())
        finally:
            # A network with an active adapter is never freed.
            bare(base)
    if len(learner.clocks) != len(lessons) // step + 1:
        raise MemoryError(f"memory ran out: {engine.budget.tokens} tokens at once were left")
    # Synchronise before and after, not at each step, which our steps do not do.
    seconds = (learner.clocks[-1] - learner.clocks[warm]) / (len(learner.clocks) - 1 - warm)
    measured.seconds = [seconds]
    _, _, real, processed = np.array([[float(v) for v in s] for s in learner.sums[warm:]]).T
    measured.tokens, measured.processed = float(real.mean()), float(processed.mean())
    measured.losses = [float(s[0]) / s[1] for s in learner.sums]
    return measured


def _recipe(step: int) -> Recipe:
    return Recipe(
        epochs=1,
        patience=1,
        batch_size=step,
        learning_rate=RATE,
        warmup=WARMUP,
        weight_decay=0.0,
        seed=0,
    )


@dataclass(frozen=True)
class Scored:
    """The scores of one side.

    Args:
        seconds: seconds for all documents, median of several passes.
        logprobs: (documents, answers).
        peak: GiB of memory.
    """

    seconds: float
    logprobs: NDArray[np.float64]
    peak: float = 0.0


def score_ours(
    shape: Shape, form: Form, rows: Sequence[Tokens], *, answers: int, times: int = 3
) -> Scored:
    """Compute the log-likelihoods of documents' answers, after a first pass that compiles the
    code."""
    measured, seconds = Measured(0), []
    with memory_of(measured):
        engine = Engine(base_of(shape, form), "packed")
        for _ in range(times + 1):
            given = [Row(tuple(row.ids), row.start) for row in rows]
            began = clock()
            readings = engine.read(given)
            seconds.append(clock() - began)
    totals = np.array([reading.total() for reading in readings]).reshape(-1, answers)
    del engine
    clean()
    return Scored(float(np.median(seconds[1:])), totals, measured.peak)


def argmax_agreement(one: Scored, other: Scored) -> float:
    """Return the share of documents for which both sides choose the same answer, among those both
    scored."""
    n = min(len(one.logprobs), len(other.logprobs))
    same = one.logprobs[:n].argmax(axis=1) == other.logprobs[:n].argmax(axis=1)
    return float(same.mean())


def largest_gap(one: Scored, other: Scored) -> float:
    """Return the largest difference between two log-likelihoods of the same answer."""
    n = min(len(one.logprobs), len(other.logprobs))
    return float(np.abs(one.logprobs[:n] - other.logprobs[:n]).max())
