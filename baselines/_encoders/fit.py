"""Fine-tune an encoder: training targets, early stopping on validation, thresholds."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import torch

from bench.baseline import TaskData
from bench.baselines._encoders.encoder import Encoder
from bench.baselines._encoders.encoding import Row
from bench.baselines._encoders.losses import Logits
from bench.baselines._encoders.objective import Objective
from bench.baselines._training.recipe import Checked, Recipe, State
from bench.baselines._training.trainer import train
from bench.metrics.aligned import align
from bench.task import Example, Task


def learn(encoder: Encoder, data: TaskData, recipe: Recipe) -> State:
    """Train an encoder on a task, stopping early by its main metric on the validation examples.

    Args:
        encoder: its network is trained in place.
        data: the examples; without validation examples, all epochs are run.
        recipe: the hyperparameters.

    Raises:
        Diverged, MemoryError: as `bench.baselines._training.trainer.train`.
    """
    validation = list(data.validation)
    rows = _with_targets(encoder, data.train)
    check = partial(_check, encoder, data.task, validation) if validation else None
    try:
        state = train(encoder, rows, recipe, check=check)
    finally:
        encoder.forget()
    if validation:
        encoder.objective.calibrate(validation, encoder.logits(validation))
    return state


def _with_targets(encoder: Encoder, examples: Sequence[Example]) -> list[Row]:
    """Encode examples with their targets; sequences without a target are left out."""
    objective = encoder.objective
    targets = [objective.target(example) for example in examples]
    rows = []
    for row in encoder.coder.rows(examples, tagging=objective.tagging):
        target = targets[row.owner]
        if objective.tagging:
            target = target[row.first : row.first + len(row.words)] or None
        if target is not None:
            rows.append(replace(row, target=target))
    return rows


def _check(encoder: Encoder, task: Task, validation: Sequence[Example]) -> Checked:
    logits = encoder.logits(validation)
    metric = task.all_metrics[0]
    answers = encoder.objective.answers([e.input for e in validation], logits)
    score = metric.point(align(task.output, validation, answers))
    loss = _validation_loss(encoder.objective, validation, logits)
    # If the score is undefined on these examples (one class, equal values), the loss decides.
    good = score if metric.greater_is_better else -score
    goal = (good if math.isfinite(good) else -math.inf, -loss)
    figures = {"validation_loss": loss, f"validation_{metric.name}": score}
    return Checked(figures, goal if math.isfinite(goal[0]) else (0.0, -loss))


def _validation_loss(objective: Objective, examples: Sequence[Example], logits: Logits) -> float:
    pairs = [(i, objective.target(e)) for i, e in enumerate(examples)]
    known = [(i, target) for i, target in pairs if target is not None]
    targets = [target for _, target in known]
    if not targets:
        return 0.0
    chosen = logits if objective.tagging else logits[[i for i, _ in known]]
    gold = torch.from_numpy(objective.gold(targets))
    return float(objective.loss(torch.tensor(chosen), gold)) / objective.weight(targets)
