"""Trained encoders on a GPU: BERT's shape compared with the library's Trainer, and the LSTM with a
loop over padded batches."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import datasets
import numpy as np
import torch
import transformers
from torch.nn import functional

from bench.baselines._encoders.encoder import Encoder
from bench.baselines._encoders.encoding import Coder, Row
from bench.baselines._encoders.losses import Gold
from bench.baselines._encoders.objective import Objective
from bench.baselines._encoders.pretrained import Pretrained
from bench.baselines._training.learner import Learner
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.trainer import train
from perf.gpu.measure import Measured, Stretch, memory_of
from perf.gpu.random_models import Shape, device, plain_tokeniser
from perf.gpu.token_rows import FIRST, lengths

SST, REVIEWS = 13, 60
"""Mean number of tokens per example in SST-2's train file, and of words in a longer text."""
RATE = 5e-5


@dataclass(frozen=True)
class Size:
    """The amount of training.

    Args:
        bert: the shape's layers, width, inner width, heads and vocabulary.
        words: size of the LSTM's vocabulary.
        batch: examples per optimiser step.
        steps: number of measured steps.
        warm: number of warm-up steps.
    """

    bert: Shape
    words: int
    batch: int
    steps: int
    warm: int

    @property
    def rows(self) -> int:
        """Number of examples needed."""
        return self.batch * (self.steps + self.warm)


BASE = Size(Shape(12, 768, 3072, 12, 30_522), 30_000, 32, 300, 30)
TOY = Size(Shape(2, 32, 64, 2, 500), 500, 8, 8, 2)


class _Filler:
    """A coder for the trainer whose rows are given already."""

    padding, max_length = 0, 512


class _TwoClasses:
    """Cross-entropy over two classes, as `Classes` computes it."""

    tagging, width, columns = False, 2, 1

    def gold(self, targets: Sequence[int]) -> Gold:
        return np.array(targets, np.float32)[:, None]

    def loss(self, logits: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits.float(), gold[:, 0].long(), reduction="sum")

    def weight(self, targets: Sequence[int]) -> float:
        return float(len(targets))


def rows_of(count: int, mean: float, vocabulary: int, longest: int) -> list[Row]:
    """Return rows of random tokens in one of two classes."""
    draw = np.random.default_rng(0)
    found = []
    for i, size in enumerate(lengths(count, mean, draw).tolist()):
        ids = draw.integers(FIRST, vocabulary, min(size, longest)).tolist()
        found.append(Row(ids, [0] * len(ids), i, target=int(draw.integers(2))))
    return found


class _Clock:
    """A learner whose steps are timed; everything else is delegated."""

    def __init__(self, learner: Encoder, stretch: Stretch) -> None:
        self.learner, self.stretch = learner, stretch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.learner, name)

    def weight(self, rows: Sequence[Row]) -> float:
        self.stretch.step()
        return self.learner.weight(rows)


def encoder_ours(
    network: torch.nn.Module, rows: Sequence[Row], size: Size, *, bfloat16: bool
) -> Measured:
    measured, stretch = Measured(size.batch), Stretch(size.warm)
    coder, objective = cast(Coder, _Filler()), cast(Objective, _TwoClasses())
    with memory_of(measured):
        encoder = Encoder(network.to(device()), coder, objective, bfloat16=bfloat16)
        recipe = Recipe(
            epochs=1,
            patience=1,
            batch_size=size.batch,
            learning_rate=RATE,
            warmup=0.1,
            weight_decay=0.01,
            seed=0,
        )
        train(cast(Learner, _Clock(encoder, stretch)), rows, recipe, check=None)
        stretch.over(measured)
    return measured


def bert_folder(shape: Shape, folder: Path) -> None:
    """Write random weights in BERT's shape, with a tokenizer, into a folder as users have it."""
    config = transformers.BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    plain_tokeniser(shape).save_pretrained(folder)


def bert_ours(size: Size, folder: Path) -> Measured:
    """Fine-tune like the `bert` family."""
    rows = rows_of(size.rows, SST, size.bert.vocabulary, 256)
    network = Pretrained(folder, width=2, tagging=False)
    network.train_only({token for row in rows for token in (*row.ids, 0)})
    return encoder_ours(network, rows, size, bfloat16=torch.cuda.is_available())


def bert_trainer(size: Size, folder: Path) -> Measured:
    """Fine-tune with the library's Trainer at its best: bfloat16, examples grouped by length,
    padded to the longest of a batch, batches prepared in parallel."""
    measured = Measured(size.batch)
    rows = rows_of(size.rows, SST, size.bert.vocabulary, 256)
    columns = {"input_ids": [row.ids for row in rows], "labels": [row.target for row in rows]}
    gpu = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as work, memory_of(measured):
        network = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
        trainer = transformers.Trainer(
            model=network.to(device()),
            args=transformers.TrainingArguments(
                output_dir=work,
                num_train_epochs=1,
                per_device_train_batch_size=size.batch,
                learning_rate=RATE,
                warmup_steps=0.1,
                weight_decay=0.01,
                train_sampling_strategy="group_by_length",
                bf16=gpu,
                use_cpu=not gpu,
                dataloader_num_workers=2 if gpu else 0,
                dataloader_pin_memory=gpu,
                save_strategy="no",
                logging_strategy="no",
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=datasets.Dataset.from_dict(columns),
            data_collator=transformers.DataCollatorWithPadding(plain_tokeniser(size.bert)),
        )
        trainer.remove_callback(transformers.PrinterCallback)
        stretch = Stretch(size.warm)
        trainer.add_callback(_watch(stretch))
        trainer.train()
        stretch.over(measured)
    return measured


def _watch(stretch: Stretch) -> transformers.TrainerCallback:
    class Watch(transformers.TrainerCallback):
        def on_step_begin(self, *args: Any, **_: Any) -> None:
            stretch.step()

    return Watch()
