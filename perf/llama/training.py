"""QLoRA training: our packed steps compared with TRL's SFTTrainer, on the same examples in the same
steps."""

import gc
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from bench.baseline import TaskData
from bench.baselines._llama.engine.adapter import Adapter, wear
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.language_model import Settings, llama
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training import trainer as _trainer
from bench.baselines._training.learner import Loss
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.transformers_loading import tokenizer_of
from bench.models import weights
from bench.models.templates import template_of
from bench.models.tokens import Tokeniser
from perf.figures import Figure, timed
from perf.llama.prompts import POLARITY_GUIDE, Rows, lengthened, rows_of, shared_tokens
from perf.llama.trl_side import RECIPE, SHAPE, STEP, Course, Trained, trl

LONGEST = 1024


def train(
    model: str, examples: int, *, shared: int, expected: float
) -> tuple[list[Figure], dict[str, object]]:
    """Train on tweets with a prompt that shares that many tokens: examples per second, and the
    loss."""
    tokeniser = _tokeniser(model)
    rows = rows_of("vader_tweets", examples // STEP * STEP, train=True)
    rows = lengthened(rows, POLARITY_GUIDE, tokeniser, tokens=shared)
    theirs = trl(model, rows, tokeniser)
    gc.collect()
    ours = _ours(model, rows, theirs)
    gaps = np.abs(np.array(ours.losses) - np.array(theirs.losses))
    prefix = shared_tokens(tokeniser, rows)
    part = f"QLoRA on {len(rows.examples)} tweets, {prefix} shared tokens, {STEP} a step"
    figures = [
        Figure(
            part=part,
            what="examples/s",
            ours=ours.speed,
            peer=theirs.speed,
            ratio=ours.speed / theirs.speed,
            expected=expected,
            others=max(ours.time.others, theirs.time.others),
        ),
        _loss(
            part,
            "mean loss of all steps",
            float(np.mean(ours.losses)),
            float(np.mean(theirs.losses)),
        ),
        _loss(part, "loss where it differs most", *_at(ours, theirs, int(gaps.argmax()))),
    ]
    lengths = [len(row.ids) for step in theirs.order for row in step]
    told: dict[str, object] = {"tokens_a_row": float(np.mean(lengths))}
    for name, side in (("ours", ours), ("trl", theirs)):
        told[name] = {"losses": side.losses, "step_seconds": np.diff(side.marks).tolist()}
    return figures, {part: told}


def _loss(part: str, what: str, ours: float, theirs: float) -> Figure:
    return Figure(part=part, what=what, ours=ours, peer=theirs, expected=2e-3)


def _at(ours: Trained, theirs: Trained, step: int) -> tuple[float, float]:
    return ours.losses[step], theirs.losses[step]


def _tokeniser(model: str) -> Tokeniser:
    tokenizer = tokenizer_of(weights(model).folder)
    return Tokeniser(tokenizer, template_of("auto", tokenizer), longest=LONGEST)


@dataclass(frozen=True)
class _InOrder(LoraLearner):
    """A learner that follows given steps, and records the loss of each.

    Args:
        order: indices of the examples in each step.
        sums: (loss, tokens) of each step.
        marks: clock readings at each step's beginning.
    """

    order: list[list[int]]
    sums: list[list[float]]
    marks: list[float]

    def steps(self, rows: Sequence[Lesson], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        return self.order

    def weight(self, rows: Sequence[Lesson]) -> float:
        self.marks.append(perf_counter())
        self.sums.append([0.0, LoraLearner.weight(self, rows)])
        return self.sums[-1][1]

    def loss(self, rows: Sequence[Row]) -> Loss:
        found = LoraLearner.loss(self, rows)
        self.sums[-1][0] += float(found.total.detach())
        return found


def _ours(model: str, rows: Rows, course: Course) -> Trained:
    """Train our learner, from the same matrices through the same steps."""
    settings = Settings(
        model=model,
        template="auto",
        engine="packed",
        precision="nf4",
        resident="dequantized",
        max_input=LONGEST,
    )
    adapter = Adapter(SHAPE, dict(course.start))
    ready = llama([TaskData(rows.task, rows.examples, [])], settings, seed=0, adapter=adapter)
    lessons = ready.of(rows.task).lessons(rows.examples)
    network = wear(ready.base, adapter)
    order, budget = _numbers(lessons, course.order), ready.engine.budget
    learner = _InOrder(network, ready.engine, budget, order, [], [])
    with timed() as time:
        _trainer.train(learner, lessons, RECIPE, check=None)
    losses = [total / tokens for total, tokens in learner.sums]
    return Trained(losses, [*learner.marks, perf_counter()], time)


def _numbers(lessons: Sequence[Lesson], order: Sequence[Sequence[Row]]) -> list[list[int]]:
    """Return TRL's steps as indices of our examples: both sides must have tokenised each text
    equally."""
    places: dict[Any, list[int]] = {}
    for i, lesson in enumerate(lessons):
        row = lesson.rows[0]
        places.setdefault((tuple(row.ids), row.start), []).append(i)
    found = [[places[row.ids, row.start].pop() for row in step] for step in order]
    assert {*map(len, found)} == {STEP}
    assert sorted(itertools.chain(*found)) == list(range(len(lessons)))
    return found
