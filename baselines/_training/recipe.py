"""How a network is trained, and what a fit knows while it is."""

from dataclasses import dataclass, field

from bench.errors import BenchError


class Diverged(BenchError):
    """The loss is no longer a number; the message names the step."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to train.

    Args:
        epochs: passes over the rows, at most.
        patience: epochs without a better validation score after which to stop.
        batch_size: rows an optimiser step.
        learning_rate: its highest value.
        warmup: share of the steps in which it rises from zero.
        weight_decay: AdamW's.
        seed: of the order of rows and of dropout.
        max_steps: optimiser steps, at most; 0: as many as the epochs have.
        schedule: of the learning rate, as the library names it.
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
    """What a look at the validation rows gave: figures for the history, and one to compare by."""

    figures: dict[str, float]
    goal: tuple[float, float]


@dataclass
class State:
    """What a fit knows besides what the Trainer keeps; goes into checkpoints."""

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
        """Training rows per second of training; 0 before the first epoch is over."""
        return self.all_rows / self.all_seconds if self.all_seconds else 0.0
