"""Fine-tuning with TRL, as a careful user would do it.

It is the reference for packed training, in results and in speed.
"""

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import datasets
import torch
import transformers
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from bench.baselines._llama.kernels.lora import unfuse
from bench.baselines._llama.lora_learner import LoraLearner
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training.recipe import Diverged, Recipe, State
from bench.baselines._training.token_budget import is_out_of_memory
from bench.run_context import Progress, current

_NAMES = {field.name for field in fields(transformers.TrainingArguments)}
# The argument was renamed between versions of transformers; TRL enables it by default.
_NEW = "activation_checkpointing"
NO_CHECKPOINTING: dict[str, Any] = {_NEW if _NEW in _NAMES else "gradient_checkpointing": False}
IGNORED = -100
"""Label of tokens that TRL excludes from the loss."""


def sft(learner: LoraLearner, lessons: Sequence[Lesson], recipe: Recipe) -> State:
    """Train an adapter with TRL's SFTTrainer.

    The loss covers answers only, texts are grouped by length, there is no gradient checkpointing,
    and layers are the library's own. When memory runs out, training restarts with smaller batches
    and more gradient accumulation, so that the examples per optimiser step stay the same.

    Args:
        learner: its adapter is trained in place.
        lessons: the training sequences.
        recipe: the hyperparameters.

    Raises:
        Diverged: the loss is not finite.
        MemoryError: not even a single text fits into memory.
    """
    batch = recipe.batch_size
    unfuse(learner.adapted)
    while True:
        try:
            return _train(learner, lessons, recipe, batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if batch == 1:
                raise MemoryError("a single text does not fit into memory") from error
            batch = next(k for k in range(batch // 2, 0, -1) if recipe.batch_size % k == 0)


def _train(learner: LoraLearner, lessons: Sequence[Lesson], recipe: Recipe, batch: int) -> State:
    rows = [row for lesson in lessons for row in lesson.rows]
    columns = {
        "input_ids": [list(row.ids) for row in rows],
        "labels": [[IGNORED] * row.start + list(row.ids[row.start :]) for row in rows],
    }
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=learner.adapted,
            args=_arguments(learner, recipe, folder, batch),
            train_dataset=datasets.Dataset.from_dict(columns),
            processing_class=learner.engine.base.tokenizer,
            callbacks=[_Watch()],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        for parameter in learner.adapted.parameters():
            if parameter.requires_grad:  # TRL casts adapters of quantised models to bfloat16
                parameter.data = parameter.data.float()
        clock = time.perf_counter()
        trainer.train()
    seconds = time.perf_counter() - clock
    epochs = [log for log in trainer.state.log_history if "loss" in log]
    history = [{"epoch": log["epoch"], "train_loss": log["loss"]} for log in epochs]
    taught = trainer.state.global_step * recipe.batch_size
    return State(history=history, all_rows=taught, all_seconds=seconds)


def _arguments(learner: LoraLearner, recipe: Recipe, folder: str, batch: int) -> SFTConfig:
    return SFTConfig(
        output_dir=folder,
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps or -1,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=recipe.batch_size // batch,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        train_sampling_strategy="group_by_length",
        **NO_CHECKPOINTING,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        bf16=learner.mixed == "bf16",
        fp16=learner.mixed == "fp16",
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        logging_strategy="epoch",
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )


class _Watch(transformers.TrainerCallback):
    """Callback that reports progress, and stops training when the loss is not finite."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        current().report(Progress(state.global_step, state.max_steps, "training"))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            step = f"step {state.global_step} of {state.max_steps}"
            raise Diverged(f"the loss is {loss} at {step}; try a lower learning_rate")
