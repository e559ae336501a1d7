"""Fine-tuning a language model's adapter on questions with answers."""

import gc
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from peft import PeftModel
from peft.utils import set_peft_model_state_dict
from torch import nn

from bench.baseline import TaskData
from bench.baselines._adapter import Adapter, matrices, wear
from bench.baselines._asker import Lesson
from bench.baselines._base_model import compute_dtype
from bench.baselines._decoder import decoder_of
from bench.baselines._engine import Engine
from bench.baselines._learner import Loss, Mixed
from bench.baselines._llama import Llama
from bench.baselines._memory import Budget
from bench.baselines._readings import Row
from bench.baselines._recipe import Checked, Recipe, State
from bench.baselines._trainer import train
from bench.baselines._whole import Whole
from bench.outputs import MultiLabel
from bench.scored import align
from bench.task import Example

SHARED, TOGETHER = 4, 4
"""Of several tasks, those whose rows stand in one optimiser step, at most, and rows of each in it,
at least, as long as two tasks share it: each task brings its own prefix, which costs tokens."""

RARELY = 100_000
"""Objects after which a search for garbage is due while rows are laid out."""


@dataclass(frozen=True)
class LoraLearner:
    """An adapter that learns; see `bench.baselines._learner.Learner`.

    Args:
        adapted: the base model with the adapter on.
        engine: reads with it.
        budget: tokens that go through it at once.
    """

    adapted: PeftModel
    engine: Engine
    budget: Budget

    @cached_property
    def network(self) -> nn.Module:
        """What has the adapter's numbers."""
        if not self.engine.way.large:
            return self.adapted
        whole = decoder_of(self.engine.base.network).adapter
        assert whole is not None
        return Whole(self.adapted, adapter=whole)

    @property
    def mixed(self) -> Mixed:
        """As the base model computes."""
        kinds: Mapping[torch.dtype, Mixed] = {torch.bfloat16: "bf16", torch.float16: "fp16"}
        return kinds.get(compute_dtype(), "")

    def steps(self, rows: Sequence[Lesson], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Rows in a new order each epoch; of several tasks, a few share each step."""
        draw = np.random.default_rng((recipe.seed, epoch))
        tasks: dict[str, list[int]] = {}
        for i in draw.permutation(len(rows)).tolist():
            tasks.setdefault(rows[i].task, []).append(i)
        share = max(TOGETHER, math.ceil(recipe.batch_size / SHARED))
        half = math.ceil(recipe.batch_size / 2)
        size = recipe.batch_size if len(tasks) == 1 else min(share, half)
        blocks = [own[k : k + size] for own in tasks.values() for k in range(0, len(own), size)]
        order = [i for block in draw.permutation(len(blocks)) for i in blocks[block]]
        return [order[k : k + recipe.batch_size] for k in range(0, len(order), recipe.batch_size)]

    def weight(self, rows: Sequence[Lesson]) -> float:
        """Tokens of all answers."""
        return float(sum(len(row.ids) - row.start for lesson in rows for row in lesson.rows))

    def parts(self, rows: Sequence[Lesson], tokens: int) -> list[list[Row]]:
        """Questions with equal beginnings together."""
        flat = [row for lesson in rows for row in lesson.rows]
        return [[flat[i] for i in part] for part in self.engine.parts(flat, tokens)]

    def loss(self, rows: Sequence[Row]) -> Loss:
        """The negative log-likelihood of the answers; of the questions nothing is learnt."""
        with self.engine.base.computing():
            return self.engine.learn(rows)

    def trained(self) -> dict[str, torch.Tensor]:
        """The adapter's matrices."""
        return matrices(self.adapted)

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Set them."""
        set_peft_model_state_dict(self.adapted, dict(weights))


def finetune(
    llama: Llama, data: Sequence[TaskData], adapter: Adapter, recipe: Recipe, *, stop_early: bool
) -> State:
    """Train an adapter on the rows of tasks.

    Args:
        llama: the model and how it is asked.
        data: the rows. Those for validation are learnt from too, unless they are needed: to stop
            early, or for thresholds.
        adapter: trained in place; it is on afterwards.
        recipe: how.
        stop_early: look at the validation rows after each epoch, and keep the best.

    Raises:
        Diverged, MemoryError: as `bench.baselines._trainer.train`.
    """
    learner = LoraLearner(wear(llama.base, adapter), llama.engine, llama.engine.budget)
    with _rarely_collected():
        lessons = [
            lesson
            for task in data
            for lesson in llama.of(task.task).lessons(_rows(task, stop_early=stop_early))
        ]
    if llama.engine.form == "padded":
        from bench.baselines._sft import sft  # TRL takes seconds to import

        state = sft(learner, lessons, recipe)
    else:
        check = _check(llama, data) if stop_early else None
        try:
            state = train(learner, lessons, recipe, check=check)
        finally:
            llama.engine.forget()
    for task in data:
        llama.of(task.task).settle(task.validation)
    return state


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Few searches for cycles of garbage: of a million small objects hardly one is in any, and to
    look at all of them again and again is a tenth of the time in which they are made."""
    first, *further = gc.get_threshold()
    gc.set_threshold(max(first, RARELY) if first else 0, *further)
    try:
        yield
    finally:
        gc.set_threshold(first, *further)


def _rows(task: TaskData, *, stop_early: bool) -> Sequence[Example]:
    apart = stop_early or isinstance(task.output, MultiLabel)
    return task.train if apart else task.labelled


def _check(llama: Llama, data: Sequence[TaskData]) -> Callable[[], Checked] | None:
    """The mean of the tasks' main metrics on their validation rows."""
    known = [task for task in data if task.validation]

    def check() -> Checked:
        figures: dict[str, float] = {}
        for task in known:
            metric, rows = task.task.all_metrics[0], list(task.validation)
            answers = llama.of(task.task).answers([e.input for e in rows])
            score = metric.point(align(task.output, rows, answers))
            figures[f"validation_{metric.name}_{task.task.name}"] = score
        signs = [1 if t.task.all_metrics[0].greater_is_better else -1 for t in known]
        scores = [
            s * v if math.isfinite(v) else -1e9
            for s, v in zip(signs, figures.values(), strict=True)
        ]
        return Checked(figures, (sum(scores) / len(scores), 0.0))

    return check if known else None
