"""TRL's SFTTrainer on the same tokens: with its defaults, and tuned as a careful user would."""

import importlib.util
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import datasets
import torch
import transformers
from peft import LoraConfig
from transformers.models.llama import modeling_llama
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from perf.gpu.measure import Measured, clock, memory_of
from perf.gpu.random_models import Form, Shape, plain_tokeniser, random_llama
from perf.gpu.token_rows import Tokens

LORA: dict[str, Any] = {"r": 16, "lora_alpha": 32, "lora_dropout": 0.0}


@dataclass(frozen=True)
class Way:
    """A way to run the trainer.

    Args:
        name: name in the table.
        form: format of the model's weights.
        micro: examples computed at once.
        tuned: without gradient checkpointing, with examples grouped by length and Liger's kernels
            where available; else the defaults.
        liger: whether to use Liger's kernels.
    """

    name: str
    form: Form
    micro: int
    tuned: bool
    liger: bool = True


def train_trl(
    shape: Shape, way: Way, rows: Sequence[Tokens], *, step: int, warm: int, limit: float
) -> Measured:
    """Train in steps of that many examples.

    Args:
        shape: shape of the model.
        way: the way to run the trainer.
        rows: examples for the largest possible number of steps.
        step: examples per optimiser step.
        warm: number of warm-up steps.
        limit: seconds after which to stop, once at least one step counts.
    """
    measured, micro = Measured(step), min(way.micro, step)
    transformers.set_seed(0)
    with tempfile.TemporaryDirectory() as folder, _unpatched(), memory_of(measured):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trainer = SFTTrainer(
                model=random_llama(shape, way.form),
                args=_arguments(folder, way, micro, step // micro),
                train_dataset=_dataset(rows),
                processing_class=plain_tokeniser(shape),
                peft_config=LoraConfig(**LORA, target_modules="all-linear", task_type="CAUSAL_LM"),
            )
        trainer.remove_callback(transformers.PrinterCallback)
        clocks = _watched(trainer, warm=warm, limit=limit)
        trainer.train()
        measured.losses = [log["loss"] for log in trainer.state.log_history if "loss" in log]
    measured.mark(clocks, skip=warm)
    return measured


def _arguments(folder: str, way: Way, micro: int, parts: int) -> SFTConfig:
    liger = way.tuned and way.liger and importlib.util.find_spec("liger_kernel") is not None
    gpu = torch.cuda.is_available()
    more: dict[str, Any] = {}
    if way.tuned:
        more |= {
            "gradient_checkpointing": False,
            "train_sampling_strategy": "group_by_length",
            "use_liger_kernel": liger and gpu,
            "learning_rate": 2e-4,
            "completion_only_loss": True,
        }
    return SFTConfig(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=parts,
        max_length=None,
        use_cpu=not gpu,
        bf16=gpu,
        seed=0,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        **more,
    )


def _dataset(rows: Sequence[Tokens]) -> datasets.Dataset:
    """Return the tokens with labels for those of the answer: the loss covers these alone."""
    return datasets.Dataset.from_dict(
        {
            "input_ids": [row.ids for row in rows],
            "labels": [[-100] * row.start + row.ids[row.start :] for row in rows],
        }
    )


def _watched(trainer: Any, *, warm: int, limit: float) -> list[float]:
    """Return clock readings at each step's beginning and after the last, filled in during training;
    training stops when the time is over."""
    clocks: list[float] = []
    began = perf_counter()

    class Watch(transformers.TrainerCallback):
        def on_step_begin(self, *args: Any, **_: Any) -> None:
            if not clocks:
                clocks.append(clock())

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            clocks.append(clock())
            over = perf_counter() - began > limit and len(clocks) > warm + 1
            control.should_training_stop = control.should_training_stop or over

    trainer.add_callback(Watch())
    return clocks


@contextmanager
def _unpatched() -> Iterator[None]:
    """Undo Liger's changes to the library, for the sides that follow."""
    names = dict(vars(modeling_llama))
    classes = [value for value in names.values() if isinstance(value, type)]
    inner = {c: dict(vars(c)) for c in classes if c.__module__ == modeling_llama.__name__}
    try:
        yield
    finally:
        for name, value in names.items():
            setattr(modeling_llama, name, value)
        for owner, known in inner.items():
            for name in ("forward", "__init__"):
                if name in known and vars(owner).get(name) is not known[name]:
                    setattr(owner, name, known[name])
