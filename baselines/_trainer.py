"""Training a network with the Hugging Face Trainer: steps of like length, cut into batches by a
token budget; the best weights on validation are kept, and a killed fit goes on."""

import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn
from torch.utils.data import DataLoader, Sampler

from bench.baselines._checkpoints import newest, seal
from bench.baselines._learner import Learner, Mixed
from bench.baselines._recipe import Checked, Diverged, Recipe, State
from bench.work import Progress, current

STATE, BEST = "fit.json", "best.safetensors"


def train(
    learner: Learner, rows: Sequence[Any], recipe: Recipe, *, check: Callable[[], Checked] | None
) -> State:
    """Train a network in place; it ends with the weights of its best epoch.

    With a folder to work in (`bench.work`) a checkpoint is kept there now and then, and a fit that
    was killed goes on from the last whole one, to the same weights on the same device.

    Args:
        learner: what to train.
        rows: what to learn from.
        recipe: how.
        check: looks at the validation rows after each epoch; None: there are none, and the last
            weights are kept.

    Raises:
        Diverged: the loss is not finite.
        MemoryError: one row alone is too much.
    """
    with tempfile.TemporaryDirectory() as nowhere:
        folder = current().folder or Path(nowhere)
        trainer = _Trainer(learner, rows, recipe, check, folder)
        found = newest(folder)
        if found is not None:
            trainer.restore(found)
        if not trainer.is_over():
            trainer.train(resume_from_checkpoint=None if found is None else str(found))
        trainer.keep_best()
    return trainer.fit_state


class _Steps(Sampler[list[int]]):
    """The optimiser steps of an epoch, as row numbers."""

    def __init__(self, learner: Learner, rows: Sequence[Any], recipe: Recipe) -> None:
        self.learner, self.rows, self.recipe, self.epoch = learner, rows, recipe, 0

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self.recipe.batch_size)

    def __iter__(self) -> Any:
        return iter(self.learner.steps(self.rows, self.recipe, epoch=self.epoch))


def _arguments(recipe: Recipe, folder: Path, mixed: Mixed) -> transformers.TrainingArguments:
    arguments = transformers.TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        max_steps=recipe.max_steps or -1,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        bf16=mixed == "bf16",
        fp16=mixed == "fp16",
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        logging_strategy="no",
        logging_nan_inf_filter=False,
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
    )
    # One process, one device: several would change what a step is.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


class _Trainer(transformers.Trainer):
    """The library's loop, optimiser, schedule and checkpoints, with steps of our own."""

    def __init__(
        self,
        learner: Learner,
        rows: Sequence[Any],
        recipe: Recipe,
        check: Callable[[], Checked] | None,
        folder: Path,
    ) -> None:
        self.learner, self.rows, self.recipe, self.check = learner, rows, recipe, check
        self.steps = _Steps(learner, rows, recipe)
        self.fit_state = State(threads=torch.get_num_threads())
        self.best: dict[str, torch.Tensor] = {}
        self.clock = self.saved = time.perf_counter()
        super().__init__(
            model=learner.network,
            args=_arguments(recipe, folder, learner.mixed),
            train_dataset=list(rows),
            callbacks=[_Watch(self)],
        )
        self.remove_callback(transformers.PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Whole steps: they are cut into batches when they are due."""
        return DataLoader(self.rows, batch_sampler=self.steps, collate_fn=list)  # type: ignore[arg-type]

    def training_step(
        self, model: nn.Module, inputs: Any, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """One optimiser step's gradient, the mean over its rows however they are cut."""
        model.train()
        dice = _Dice()

        def undo() -> None:
            model.zero_grad()
            dice.restore()

        return self.learner.budget.spend(lambda tokens: self._gradient(inputs, tokens), undo)

    def _gradient(self, rows: Sequence[Any], tokens: int) -> torch.Tensor:
        learner, weight = self.learner, self.learner.weight(rows)
        total, counts = torch.zeros((), device=self.args.device), [0, 0]
        for part in learner.parts(rows, tokens):
            loss = learner.loss(part)
            self.accelerator.backward(loss.total / weight)
            total += loss.total.detach()
            counts = [counts[0] + loss.real, counts[1] + loss.processed]
        if not math.isfinite(float(total)):
            raise Diverged(self.complaint(float(total)))
        state = self.fit_state
        state.last_loss = float(total) / weight
        state.first_loss = state.first_loss if state.weight else state.last_loss
        state.loss, state.weight = state.loss + float(total), state.weight + weight
        state.rows += len(rows)
        state.real, state.processed = state.real + counts[0], state.processed + counts[1]
        return total / weight

    def complaint(self, loss: float) -> str:
        """What to say of a loss that is no number."""
        step, of = self.state.global_step + 1, self.state.max_steps
        return f"the loss is {loss} at step {step} of {of}; try a lower learning_rate"

    def is_over(self) -> bool:
        """Whether the last epochs brought nothing better."""
        state = self.fit_state
        return len(state.history) - state.best_epoch >= self.recipe.patience

    def finish_epoch(self) -> None:
        """Write the epoch down, look at the validation rows, keep the weights if they are best."""
        state, now = self.fit_state, time.perf_counter()
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
        checked = self.check() if self.check else None
        if checked is None:
            state.best_epoch = len(state.history) + 1
        else:
            row |= checked.figures
            if not all(map(math.isfinite, checked.goal)):
                raise Diverged(self.complaint(math.nan))
            if state.goal is None or tuple(checked.goal) > tuple(state.goal):
                state.goal, state.best_epoch = checked.goal, len(state.history) + 1
                self.best = {name: t.detach().clone() for name, t in self.learner.trained().items()}
        state.history.append({**row, "seconds": seconds})
        state.loss = state.weight = state.seconds = 0.0
        state.rows = state.real = state.processed = 0
        self.clock = time.perf_counter()

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

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        # The library would also pickle its arguments.
        assert output_dir is not None
        Path(output_dir).mkdir(parents=True, exist_ok=True)
        weights = {k: v.contiguous() for k, v in self.learner.trained().items()}
        save_file(weights, Path(output_dir) / "model.safetensors", metadata={"format": "pt"})

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        weights = Path(resume_from_checkpoint) / "model.safetensors"
        self.learner.take(load_file(weights, device=str(self.args.device)))

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        folder = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        now = time.perf_counter()
        state = State(**asdict(self.fit_state))
        state.seconds, state.tokens = state.seconds + now - self.clock, self.learner.budget.tokens
        (folder / STATE).write_text(json.dumps(asdict(state)), encoding="utf-8")
        if self.best:
            save_file(self.best, folder / BEST)
        seal(folder)
        self.saved = time.perf_counter()
        self.fit_state.seconds, self.clock = state.seconds, self.saved

    def restore(self, folder: Path) -> None:
        """Take up a checkpoint's state; the library does the rest when it trains."""
        self.fit_state = State(**json.loads((folder / STATE).read_text(encoding="utf-8")))
        self.learner.budget.tokens = self.fit_state.tokens
        # The last digit of a product can depend on how many threads share it.
        torch.set_num_threads(self.fit_state.threads)
        if (folder / BEST).is_file():
            self.best = load_file(folder / BEST, device=str(self.args.device))
        self.clock = time.perf_counter()


class _Dice:
    """The state of the random numbers, to throw them again."""

    def __init__(self) -> None:
        self.cpu = torch.get_rng_state()
        self.cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []

    def restore(self) -> None:
        torch.set_rng_state(self.cpu)
        if self.cuda:
            torch.cuda.set_rng_state_all(self.cuda)


class _Watch(transformers.TrainerCallback):
    """Tells the trainer what time it is."""

    def __init__(self, trainer: _Trainer) -> None:
        self.trainer = trainer

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.steps.epoch = int(state.epoch or 0)
        # What comes before an epoch, such as collecting garbage, is no training.
        self.trainer.clock = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        own, trainer = self.trainer.fit_state, self.trainer
        epoch = f"epoch {len(own.history) + 1}/{trainer.recipe.epochs}"
        text = f"{epoch}, loss {own.loss / own.weight:.3f}"
        current().report(Progress(state.global_step, state.max_steps, text))
        # The last step of an epoch is saved with the look at the validation rows that follows it.
        if state.global_step % len(trainer.steps) and trainer.is_time_to_save():
            control.should_save = True

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.finish_epoch()
        control.should_save = self.trainer.is_time_to_save()
        control.should_training_stop = control.should_training_stop or self.trainer.is_over()
