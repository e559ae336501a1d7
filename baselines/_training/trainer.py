"""Train a network with the Hugging Face Trainer.

Optimiser steps group examples of similar length and are split into batches by a token budget. The
best weights on validation are kept, and a killed fit resumes from its last checkpoint.
"""

import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn
from torch.utils.data import DataLoader, Sampler

from bench.baselines._training.checkpoints import newest
from bench.baselines._training.device_transfer import fetched
from bench.baselines._training.fit_state import FitState
from bench.baselines._training.learner import Learner, Mixed
from bench.baselines._training.recipe import Checked, Diverged, Recipe, State
from bench.baselines._training.step import RngState, Step
from bench.run_context import Progress, current

# transformers searches for this unused optimiser package twice per step, which takes a fifth of the
# time of its training loop; an entry of None makes the search return at once.
sys.modules.setdefault("lomo_optim", None)  # type: ignore[arg-type]


def train(
    learner: Learner, rows: Sequence[Any], recipe: Recipe, *, check: Callable[[], Checked] | None
) -> State:
    """Train a network in place; it ends with the weights of its best epoch.

    With a working folder (`bench.run_context`) checkpoints are saved there at intervals, and a
    killed fit resumes from the last complete one, reaching the same weights on the same device. On
    a device type that lays out parameters differently, it starts anew.

    Args:
        learner: the model to train.
        rows: encoded training examples.
        recipe: the hyperparameters.
        check: evaluates on the validation examples after each epoch; None if there are none, in
            which case the last weights are kept.

    Raises:
        Diverged: the loss is not finite.
        MemoryError: not even a single example fits into memory.
    """
    with tempfile.TemporaryDirectory() as nowhere:
        folder = current().folder or Path(nowhere)
        trainer = _Trainer(learner, rows, recipe, check, folder)
        checkpoint = newest(folder)
        if checkpoint is not None and not trainer.course.can_read(checkpoint):
            checkpoint = None  # it was saved on another type of device
        if checkpoint is not None:
            trainer.course.read(checkpoint, device=str(trainer.args.device))
        if not trainer.course.is_over():
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
        trainer.course.keep_best()
    return trainer.course.state


class _Steps(Sampler[list[int]]):
    """Sampler of the optimiser steps of an epoch, as example indices."""

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
    # One process, one device: several would change the effective batch size.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


class _Trainer(transformers.Trainer):
    """Trainer with the library's loop, optimiser, schedule and checkpoints, and our own steps."""

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
        self.course = FitState(learner, recipe)
        self.pending: Step | None = None
        super().__init__(
            model=learner.network,
            args=_arguments(recipe, folder, learner.mixed),
            train_dataset=list(rows),
            callbacks=[_Watch(self)],
        )
        self.remove_callback(transformers.PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Return a loader of whole optimiser steps, which `training_step` splits into batches."""
        return DataLoader(self.rows, batch_sampler=self.steps, collate_fn=list)  # type: ignore[arg-type]

    def training_step(
        self, model: nn.Module, inputs: Any, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Accumulate the gradient of one optimiser step.

        It is that of the mean loss over the step's examples, however they are split into batches.
        """
        rng = RngState()

        def undo() -> None:
            model.zero_grad()
            rng.restore()

        step = self.learner.budget.spend(lambda tokens: self._gradient(inputs, tokens), undo)
        # By now this step is queued on the GPU and the previous one is done: neither side idles.
        self.record_loss()
        self.pending = step
        if self.args.device.type == "cpu":
            self.record_loss()
        return step.loss

    def _gradient(self, rows: Sequence[Any], tokens: int) -> Step:
        learner, weight = self.learner, self.learner.weight(rows)
        totals, counts = [], [0, 0]
        for part in learner.parts(rows, tokens):
            loss = learner.loss(part)
            self.accelerator.backward(loss.total / weight)
            totals.append(loss.total.detach())
            counts = [counts[0] + loss.real, counts[1] + loss.processed]
        total = totals[0] if len(totals) == 1 else torch.stack(totals).sum()
        number = self.state.global_step + 1
        return Step(number, total / weight, fetched(total), weight, len(rows), (*counts,))

    def record_loss(self) -> None:
        """Record the loss of the last step.

        Raises:
            Diverged: its loss is not finite.
        """
        step, self.pending = self.pending, None
        if step is None:
            return
        total = float(step.total())
        if not math.isfinite(total):
            raise Diverged(self.complaint(total, step.number))
        state = self.course.state
        state.last_loss = total / step.weight
        state.first_loss = state.first_loss if state.weight else state.last_loss
        state.loss, state.weight = state.loss + total, state.weight + step.weight
        state.rows += step.rows
        state.real, state.processed = state.real + step.counts[0], state.processed + step.counts[1]

    def complaint(self, loss: float, step: int) -> str:
        """Return the error message for a loss that is not finite."""
        of = self.state.max_steps
        return f"the loss is {loss} at step {step} of {of}; try a lower learning_rate"

    def checked(self) -> Checked | None:
        """Evaluate on the validation examples; return None if there are none.

        Raises:
            Diverged: the validation loss is not finite.
        """
        result = self.check() if self.check else None
        if result is not None and not all(map(math.isfinite, result.goal)):
            raise Diverged(self.complaint(math.nan, self.state.global_step))
        return result

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        # The library's own method would also pickle its arguments.
        assert output_dir is not None
        Path(output_dir).mkdir(parents=True, exist_ok=True)
        weights = {k: v.contiguous() for k, v in self.learner.trained().items()}
        save_file(weights, Path(output_dir) / "model.safetensors", metadata={"format": "pt"})

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        weights = Path(resume_from_checkpoint) / "model.safetensors"
        self.learner.take(load_file(weights, device=str(self.args.device)))

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        self.record_loss()
        super()._save_checkpoint(model, trial)
        folder = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        self.course.write(folder)


class _Watch(transformers.TrainerCallback):
    """Callback for epoch boundaries, progress reports and due checkpoints."""

    def __init__(self, trainer: _Trainer) -> None:
        self.trainer = trainer

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.steps.epoch = int(state.epoch or 0)
        # Once per epoch, not per step: it visits every module.
        self.trainer.learner.network.train()
        self.trainer.course.begin_epoch()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        state_of_fit, trainer = self.trainer.course.state, self.trainer
        epoch = f"epoch {len(state_of_fit.history) + 1}/{trainer.recipe.epochs}"
        text = (
            f"{epoch}, loss {state_of_fit.loss / state_of_fit.weight:.3f}"
            if state_of_fit.weight
            else epoch
        )
        current().report(Progress(state.global_step, state.max_steps, text))
        # The last step of an epoch is saved after the evaluation that follows it.
        if state.global_step % len(trainer.steps) and trainer.course.is_time_to_save():
            control.should_save = True

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        course = self.trainer.course
        self.trainer.record_loss()
        course.finish_epoch(self.trainer.checked)
        control.should_save = course.is_time_to_save()
        control.should_training_stop = control.should_training_stop or course.is_over()
