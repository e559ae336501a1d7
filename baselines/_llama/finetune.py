"""Fine-tune a language model's adapter on prompts with answers."""

import gc
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bench.baseline import TaskData
from bench.baselines._llama.engine.adapter import Adapter, wear
from bench.baselines._llama.language_model import Llama
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._training.recipe import Checked, Recipe, State
from bench.baselines._training.trainer import train
from bench.metrics.aligned import align
from bench.outputs import MultiLabel
from bench.task import Example

RARELY = 100_000
"""Allocated objects that trigger a garbage collection while prompts are tokenised."""


def finetune(
    llama: Llama, data: Sequence[TaskData], adapter: Adapter, recipe: Recipe, *, stop_early: bool
) -> State:
    """Train an adapter on the examples of tasks.

    Args:
        llama: the model with its prompts.
        data: the examples. Those for validation are trained on, too, unless they are needed for
            early stopping or for thresholds.
        adapter: trained in place, and active afterwards.
        recipe: the hyperparameters.
        stop_early: evaluate on the validation examples after each epoch, and keep the best weights.

    Raises:
        Diverged, MemoryError: as `bench.baselines._training.trainer.train`.
    """
    learner = LoraLearner(wear(llama.base, adapter), llama.engine, llama.engine.budget)
    with _rarely_collected():
        lessons = [
            lesson
            for task in data
            for lesson in llama.of(task.task).lessons(_rows(task, stop_early=stop_early))
        ]
    if llama.engine.form == "padded":
        from bench.baselines._llama.trl_sft import sft  # TRL takes seconds to import

        state = sft(learner, lessons, recipe)
    else:
        check = _check(llama, data) if stop_early else None
        try:
            state = train(learner, lessons, recipe, check=check)
        finally:
            llama.engine.forget()
    for task in data:
        llama.of(task.task).calibrate(task.validation)
    return state


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Make garbage collections rare within the context.

    Hardly one of a million small objects is part of a reference cycle, and traversing them again
    and again would take a tenth of the time in which they are created.
    """
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
    """Return a function that evaluates all tasks that have validation examples, if any.

    Epochs are compared by the mean of the tasks' main metrics.
    """
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
