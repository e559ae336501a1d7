"""TRL's QLoRA training as a careful user would write it, and the sequence of steps that ours
repeats."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import datasets
import numpy as np
import torch
import transformers
from peft.utils import get_peft_model_state_dict
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from bench.baselines._llama.engine.adapter import Adapter, Shape
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.transformers_loading import quiet
from bench.models import weights
from bench.models.prompt import answer_words, question
from bench.models.tokens import Tokeniser
from perf.figures import Stretch, timed
from perf.llama.prompts import Rows

STEP = 32
"""Examples per optimiser step."""
MICRO = 8
"""Examples that the peer computes at once: all 32 take 15 GB on a CPU and are slower."""
SHAPE = Shape(rank=16, alpha=32, dropout=0.0, targets="all")
RECIPE = Recipe(
    epochs=1,
    patience=1,
    batch_size=STEP,
    learning_rate=2e-4,
    warmup=0.05,
    weight_decay=0.0,
    seed=0,
)
IGNORED = -100
"""TRL's label for a token that is excluded from the loss."""


@dataclass(frozen=True)
class Trained:
    """The training of one side.

    Args:
        losses: mean loss over the answer tokens of each step.
        marks: clock readings when each step began and when the last one ended, in seconds.
        time: time of all steps.
    """

    losses: Sequence[float]
    marks: Sequence[float]
    time: Stretch

    @property
    def speed(self) -> float:
        """Examples per second of the median step; the first, which touches memory for the first
        time, does not count."""
        return STEP / float(np.median(np.diff(self.marks)[1:]))


@dataclass(frozen=True)
class Course(Trained):
    """TRL's training, with everything that ours needs to start and continue alike.

    Args:
        order: the examples of each step: token ids and start of the answer.
        start: the adapter's matrices before the first step.
    """

    order: Sequence[Sequence[Row]]
    start: Mapping[str, torch.Tensor]


def trl(model: str, rows: Rows, tokeniser: Tokeniser) -> Course:
    """Run TRL's side: loss on answers only, texts grouped by length, no gradient checkpointing,
    adapters on all linear layers."""
    transformers.set_seed(RECIPE.seed)
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=_quantised_once(model),
            args=_arguments(folder),
            train_dataset=_texts(rows, tokeniser),
            processing_class=tokeniser.tokenizer,
            peft_config=Adapter(SHAPE).config,
        )
        trainer.remove_callback(transformers.PrinterCallback)
        found = get_peft_model_state_dict(trainer.model)
        start = {name: matrix.detach().clone() for name, matrix in found.items()}
        order, marks = _watched(trainer), _marked(trainer)
        with timed() as time:
            trainer.train()
        marks.append(perf_counter())
    losses = [log["loss"] for log in trainer.state.log_history if "loss" in log]
    parts = STEP // MICRO
    starts = range(0, len(order), parts)
    steps = [[row for part in order[i : i + parts] for row in part] for i in starts]
    return Course(losses, marks, time, steps, start)


def _quantised_once(model: str) -> Any:
    """Return a model with the values of 4-bit NormalFloat, computed in float32."""
    found = weights(model)
    config = transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )
    with quiet(found.folder):
        network = transformers.AutoModelForCausalLM.from_pretrained(
            found.folder, device_map="cpu", dtype=torch.float32, quantization_config=config
        )
        network = network.dequantize().to(torch.float32)  # type: ignore[no-untyped-call]
    # It still claims to hold 4 bits, and TRL would then train its adapter in bfloat16.
    network.is_loaded_in_4bit = False
    return network


def _arguments(folder: str) -> SFTConfig:
    return SFTConfig(
        output_dir=folder,
        num_train_epochs=RECIPE.epochs,
        per_device_train_batch_size=MICRO,
        gradient_accumulation_steps=STEP // MICRO,
        learning_rate=RECIPE.learning_rate,
        lr_scheduler_type=RECIPE.schedule,
        warmup_steps=RECIPE.warmup,
        weight_decay=RECIPE.weight_decay,
        train_sampling_strategy="group_by_length",
        gradient_checkpointing=False,
        completion_only_loss=True,
        max_length=None,
        bf16=False,
        use_cpu=True,
        seed=RECIPE.seed,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )


def _texts(rows: Rows, tokeniser: Tokeniser) -> datasets.Dataset:
    """Return prompts and answers as text, for the library to tokenise."""
    found: dict[str, list[str]] = {"prompt": [], "completion": []}
    for example in rows.examples:
        asked = tokeniser.fitted(question(rows.task, example.input)).asked
        layout = tokeniser.template(asked, [], tokeniser.marks)
        found["prompt"].append(layout.before)
        words = answer_words(rows.task, example.target, example.text)
        found["completion"].append(words + layout.after)
    return datasets.Dataset.from_dict(found)


def _watched(trainer: SFTTrainer) -> list[list[Row]]:
    """Return the examples of each step, filled in as they are collated."""
    order: list[list[Row]] = []
    collate = trainer.data_collator

    def watched(rows: list[dict[str, list[int]]]) -> Any:
        starts = [sum(label == IGNORED for label in row["labels"]) for row in rows]
        pairs = zip(rows, starts, strict=True)
        order.append([Row(tuple(row["input_ids"]), start) for row, start in pairs])
        return collate(rows)

    trainer.data_collator = watched
    return order


def _marked(trainer: SFTTrainer) -> list[float]:
    """Return clock readings at each step's beginning, filled in during training."""
    marks: list[float] = []

    class Mark(transformers.TrainerCallback):
        def on_step_begin(self, *args: Any, **_: Any) -> None:
            marks.append(perf_counter())

    trainer.add_callback(Mark())
    return marks
