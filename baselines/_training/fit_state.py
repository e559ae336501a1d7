"""Training state: epoch history, best weights so far, and saving both in checkpoints."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from bench.baselines._training.checkpoints import seal
from bench.baselines._training.learner import Learner
from bench.baselines._training.recipe import Checked, Recipe, State
from bench.run_context import current

STATE, BEST = "fit.json", "best.safetensors"


class FitState:
    """Training state: epoch history, best weights so far, early stopping, checkpointing.

    Args:
        learner: the model being trained.
        recipe: the hyperparameters.
    """

    def __init__(self, learner: Learner, recipe: Recipe) -> None:
        self.learner, self.patience = learner, recipe.patience
        self.state = State(threads=torch.get_num_threads())
        self.best: dict[str, torch.Tensor] = {}
        self.clock = self.saved = time.perf_counter()

    def begin_epoch(self) -> None:
        """Start the clock: earlier work, such as garbage collection, does not count as training."""
        self.clock = time.perf_counter()

    def finish_epoch(self, check: Callable[[], Checked | None]) -> None:
        """Record the epoch, evaluate on the validation examples, keep the weights if they are best.

        Args:
            check: runs the evaluation; it returns None if there are no validation examples.
        """
        row, seconds = self._epoch(time.perf_counter())
        checked = check()
        if checked is not None:
            row |= checked.figures
        self._compare(checked)
        self.state.history.append({**row, "seconds": seconds})
        self._forget_epoch()
        self.clock = time.perf_counter()

    def _epoch(self, now: float) -> tuple[dict[str, float], float]:
        """Return the epoch's entry in the history, and its duration in seconds."""
        state = self.state
        seconds = state.seconds + now - self.clock
        row = {
            "epoch": float(len(state.history) + 1),
            "train_loss": state.loss / state.weight,
            "first_step_loss": state.first_loss,
            "last_step_loss": state.last_loss,
            "examples_per_second": state.rows / seconds,
            "real_tokens": state.real / state.processed,
        }
        state.all_rows, state.all_seconds = state.all_rows + state.rows, state.all_seconds + seconds
        return row, seconds

    def _compare(self, checked: Checked | None) -> None:
        """Remember this epoch if it is the best; without validation the last epoch always is."""
        state = self.state
        if checked is None:
            state.best_epoch = len(state.history) + 1
        elif state.goal is None or tuple(checked.goal) > tuple(state.goal):
            state.goal, state.best_epoch = checked.goal, len(state.history) + 1
            self.best = {name: t.detach().clone() for name, t in self.learner.trained().items()}

    def _forget_epoch(self) -> None:
        state = self.state
        state.loss = state.weight = state.seconds = 0.0
        state.rows = state.real = state.processed = 0

    def is_over(self) -> bool:
        """Return true if the last `patience` epochs brought no improvement."""
        return len(self.state.history) - self.state.best_epoch >= self.patience

    def keep_best(self) -> None:
        """Load the weights of the best epoch into the network."""
        if self.best:
            self.learner.take(self.best)

    def is_time_to_save(self) -> bool:
        """Return true if a checkpoint is due."""
        work = current()
        return (
            work.folder is not None and time.perf_counter() - self.saved >= work.checkpoint_seconds
        )

    def write(self, folder: Path) -> None:
        """Add this state to a checkpoint, and mark it as complete."""
        now = time.perf_counter()
        state = State(**asdict(self.state))
        state.seconds, state.tokens = state.seconds + now - self.clock, self.learner.budget.tokens
        state.parts = self._parts
        (folder / STATE).write_text(json.dumps(asdict(state)), encoding="utf-8")
        if self.best:
            save_file(self.best, folder / BEST)
        seal(folder)
        self.saved = time.perf_counter()
        self.state.seconds, self.clock = state.seconds, self.saved

    @property
    def _parts(self) -> int:
        """Number of parameter tensors; a GPU may use flattened ones, so fewer than a CPU."""
        return len(list(self.learner.network.parameters()))

    def can_read(self, folder: Path) -> bool:
        """Return true if a checkpoint's optimiser has the same number of parameter tensors."""
        return _state(folder).parts == self._parts

    def read(self, folder: Path, *, device: str) -> None:
        """Restore the state from a checkpoint."""
        self.state = _state(folder)
        self.learner.budget.tokens = self.state.tokens
        # The last digit of a matrix product can depend on the number of threads.
        torch.set_num_threads(self.state.threads)
        if (folder / BEST).is_file():
            self.best = load_file(folder / BEST, device=device)
        self.clock = time.perf_counter()


def _state(folder: Path) -> State:
    return State(**json.loads((folder / STATE).read_text(encoding="utf-8")))
