"""Training hyperparameters, and the state of a training run."""

from dataclasses import dataclass, field

from bench.errors import BenchError


class Diverged(BenchError):
    """The loss is not finite; the message names the step."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Training hyperparameters.

    Args:
        epochs: maximum number of passes over the training examples.
        patience: epochs without a better validation score before stopping.
        batch_size: examples per optimiser step.
        learning_rate: peak learning rate.
        warmup: fraction of the steps over which the learning rate rises from zero.
        weight_decay: weight decay of AdamW.
        seed: seed of the example order and of dropout.
        max_steps: maximum number of optimiser steps; 0 for all steps of the epochs.
        schedule: learning rate schedule, by its name in transformers.
    """

    epochs: int
    patience: int
    batch_size: int
    learning_rate: float
    warmup: float
    weight_decay: float
    seed: int
    max_steps: int = 0
    schedule: str = "linear"


@dataclass(frozen=True)
class Checked:
    """Validation result: metrics for the history, and a tuple to compare epochs by."""

    figures: dict[str, float]
    goal: tuple[float, float]


@dataclass
class State:
    """Training state beyond that of the Trainer; saved in checkpoints."""

    history: list[dict[str, float]] = field(default_factory=list)
    goal: tuple[float, float] | None = None
    best_epoch: int = 0
    tokens: int = 0
    threads: int = 0
    parts: int = 0
    loss: float = 0.0
    weight: float = 0.0
    first_loss: float = 0.0
    last_loss: float = 0.0
    rows: int = 0
    real: int = 0
    processed: int = 0
    seconds: float = 0.0
    all_rows: int = 0
    all_seconds: float = 0.0

    @property
    def examples_per_second(self) -> float:
        """Training throughput; 0 before the first epoch is over."""
        return self.all_rows / self.all_seconds if self.all_seconds else 0.0
