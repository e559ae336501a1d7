"""How far a fit is: what its epochs gave, its best weights so far, and both in a checkpoint."""

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


class Course:
    """The course that a fit takes.

    Args:
        learner: what is trained.
        recipe: how.
    """

    def __init__(self, learner: Learner, recipe: Recipe) -> None:
        self.learner, self.patience = learner, recipe.patience
        self.state = State(threads=torch.get_num_threads())
        self.best: dict[str, torch.Tensor] = {}
        self.clock = self.saved = time.perf_counter()

    def begin_epoch(self) -> None:
        """Start the clock: what comes before, such as collecting garbage, is no training."""
        self.clock = time.perf_counter()

    def finish_epoch(self, check: Callable[[], Checked | None]) -> None:
        """Write the epoch down, look at the validation rows, keep the weights if they are best.

        Args:
            check: what the look gives; None: there are no such rows.
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
        """The epoch's row in the history, and its seconds."""
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
        """Keep this epoch as the best one if it is; without a look at them the last one is."""
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
        """Whether the last epochs brought nothing better."""
        return len(self.state.history) - self.state.best_epoch >= self.patience

    def keep_best(self) -> None:
        """Give the network the weights of its best epoch."""
        if self.best:
            self.learner.take(self.best)

    def is_time_to_save(self) -> bool:
        """Whether a checkpoint is due."""
        work = current()
        return (
            work.folder is not None and time.perf_counter() - self.saved >= work.checkpoint_seconds
        )

    def write(self, folder: Path) -> None:
        """Add this to a checkpoint, and declare it finished."""
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
        """Parts that the learner's weights are in: on a GPU they can be fewer than elsewhere."""
        return len(list(self.learner.network.parameters()))

    def can_read(self, folder: Path) -> bool:
        """Whether a checkpoint's optimiser has as many parts."""
        return _state(folder).parts == self._parts

    def read(self, folder: Path, *, device: str) -> None:
        """Take up a checkpoint's."""
        self.state = _state(folder)
        self.learner.budget.tokens = self.state.tokens
        # The last digit of a product can depend on how many threads share it.
        torch.set_num_threads(self.state.threads)
        if (folder / BEST).is_file():
            self.best = load_file(folder / BEST, device=device)
        self.clock = time.perf_counter()


def _state(folder: Path) -> State:
    return State(**json.loads((folder / STATE).read_text(encoding="utf-8")))
