"""Compare the trained encoders with the scripts that users write today, in one run.

Run: python perf/encoders.py [EPOCHS] [--bert TASK] [--rows N] [--data DIR]. `bert` with MiniLM, on
all of VADER's tweets or that many examples of another task, is compared with a Hugging Face Trainer
script with its default collator: same examples, weights, epochs, batch and, on a GPU, bfloat16.
With --bert nothing else runs. `lstm` is compared with a plain loop over batches in random order,
padded to their longest example or to the length limit, with the same network. Output: training
examples per second, their ratio, the share of processed tokens that is not padding, and for `bert`
the difference in test accuracy with its paired bootstrap interval. Compute threads:
OMP_NUM_THREADS, else torch's own choice.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch.nn import functional
from torch.utils.data import Dataset

from bench.baseline import TaskData
from bench.baselines._encoders.bilstm import BiLSTM
from bench.baselines._encoders.encoding import Batch, padded
from bench.baselines._encoders.vocabulary import Vocabulary
from bench.baselines.bert import Bert
from bench.baselines.lstm import Lstm
from bench.data.load import load_task as load_rows
from bench.data.split import labelled_split
from bench.files import Files
from bench.models import weights
from bench.registry import Registry, load_task
from bench.task import Example

BATCH, LENGTH, RATE = 16, 256, 5e-5


@dataclass(frozen=True)
class Rows:
    """Training and test examples of a task."""

    data: TaskData
    test: Sequence[Example]


def rows_of(name: str, folders: Sequence[Path] = (), count: int | None = None) -> Rows:
    """Load a task's examples; for training that many, or all."""
    plugin = Registry("tasks")[name]
    task = load_task(plugin)
    found = load_rows(task, Files(name, plugin.suite, folders))
    split = labelled_split(found.train, seed=0)
    drawn = np.random.default_rng(0).permutation(len(split.train))[:count]
    train = [split.train[i] for i in sorted(drawn.tolist())]
    return Rows(TaskData(task, train, split.validation), found.test)


class Encoded(Dataset[dict[str, object]]):
    """Tokenised examples with their labels."""

    def __init__(self, examples: Sequence[Example], labels: Sequence[str], tokenizer: Any) -> None:
        encoded = tokenizer([e.text for e in examples], truncation=True, max_length=LENGTH)
        self.columns = {name: list(values) for name, values in encoded.items()}
        self.labels = [list(labels).index(str(e.target)) for e in examples]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, number: int) -> dict[str, object]:
        row = {name: values[number] for name, values in self.columns.items()}
        return {**row, "labels": self.labels[number]}


@dataclass(frozen=True)
class Timed:
    """Training examples per second, and the correctness of each test answer."""

    speed: float
    right: np.ndarray


def trainer_script(rows: Rows, epochs: int) -> Timed:
    """Train and predict as in the library's documentation."""
    transformers.set_seed(0)
    folder = weights("minilm-l6").folder
    labels = rows.data.output.labels
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=len(labels)
    )
    with tempfile.TemporaryDirectory() as output:
        arguments = transformers.TrainingArguments(
            output_dir=output,
            num_train_epochs=epochs,
            per_device_train_batch_size=BATCH,
            per_device_eval_batch_size=BATCH,
            learning_rate=RATE,
            warmup_steps=0.1,
            weight_decay=0.01,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            bf16=torch.cuda.is_available(),
            dataloader_pin_memory=False,
        )
        trainer = transformers.Trainer(
            model=model,
            args=arguments,
            train_dataset=Encoded(rows.data.train, labels, tokenizer),
            processing_class=tokenizer,
        )
        clock = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - clock
        test = Encoded(rows.test, labels, tokenizer)
        found = np.asarray(trainer.predict(test).predictions).argmax(axis=1)
    return Timed(epochs * len(rows.data.train) / seconds, found == np.array(test.labels))


def ours(rows: Rows, epochs: int) -> Timed:
    """Train and predict with the `bert` baseline."""
    family = Bert(
        model="minilm-l6",
        max_length=LENGTH,
        epochs=epochs,
        patience=epochs,
        batch_size=BATCH,
        learning_rate=RATE,
    )
    fit = family.fit([rows.data], seed=0)
    for row in fit.history:
        print(f"  {row}")
    given = family.predict(rows.data.task, [e.input for e in rows.test])
    right = [answer.value == e.target for answer, e in zip(given, rows.test, strict=True)]
    return Timed(fit.examples_per_second, np.array(right))


def compare_bert(epochs: int, rows: Rows) -> None:
    """Print both sides for a task's examples."""
    peer, own = trainer_script(rows, epochs), ours(rows, epochs)
    gap = own.right.astype(float) - peer.right
    draw = np.random.default_rng(0).integers(0, len(gap), (2000, len(gap)))
    low, high = np.percentile(gap[draw].mean(axis=1), [2.5, 97.5])
    name = rows.data.task.name
    print(f"bert on {name}, {epochs} epochs of {len(rows.data.train)} rows, batch {BATCH}")
    print(f"  Trainer, default collator: {peer.speed:7.1f} rows/s, acc. {peer.right.mean():.4f}")
    print(f"  textbench                : {own.speed:7.1f} rows/s, acc. {own.right.mean():.4f}")
    print(f"  ratio {own.speed / peer.speed:.2f}x; ours minus theirs in accuracy ", end="")
    print(f"{gap.mean():+.4f} [{low:+.4f}, {high:+.4f}]")


def plain_loop(rows: Rows, family: Lstm, *, fixed: bool, seconds: float) -> float:
    """Return examples per second for the same network over batches in random order."""
    transformers.set_seed(0)
    task, batch_size = rows.data, family.batch_size
    coder = Vocabulary(task.train, size=family.vocabulary, max_length=family.max_length)
    encoded, labels = coder.rows(task.train, tagging=False), list(task.output.labels)
    gold = torch.tensor([labels.index(str(e.target)) for e in task.train])
    network = BiLSTM(
        coder.forget,
        len(labels),
        embedding=family.embedding,
        hidden=family.hidden,
        layers=family.layers,
        dropout=family.dropout,
        readout=family.readout,
        tagging=False,
    ).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=family.learning_rate)
    longest = family.max_length if fixed else 0
    done, clock = 0, time.perf_counter()
    while time.perf_counter() - clock < seconds:
        chosen = torch.randperm(len(encoded))[:batch_size]
        batch = padded([encoded[i] for i in chosen], padding=0, device=torch.device("cpu"))
        if fixed:
            batch = widened(batch, longest)
        optimizer.zero_grad()
        functional.cross_entropy(network(batch), gold[chosen]).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        done += batch_size
    return done / (time.perf_counter() - clock)


def widened(batch: Batch, width: int) -> Batch:
    """Return the batch padded to a width."""
    more = width - batch.ids.shape[1]
    wide = {name: functional.pad(getattr(batch, name), (0, more)) for name in ("ids", "segments")}
    return Batch(**wide, lengths=batch.lengths, words=batch.words)


def compare_lstm(name: str, epochs: int) -> None:
    """Print both sides for a task."""
    rows, family = rows_of(name), Lstm(epochs=epochs, patience=epochs)
    fit = family.fit([rows.data], seed=0)
    seconds = min(60.0, max(8.0, len(rows.data.train) / fit.examples_per_second * epochs))
    loops = {
        "padded to the batch's longest": plain_loop(rows, family, fixed=False, seconds=seconds),
        "padded to the length limit": plain_loop(rows, family, fixed=True, seconds=seconds),
    }
    real = np.mean([row["real_tokens"] for row in fit.history])
    print(f"lstm on {name}, batch {family.batch_size}, at most {family.max_length} words")
    for title, speed in loops.items():
        ratio = fit.examples_per_second / speed
        print(f"  loop {title}: {speed:7.1f} rows/s; textbench {ratio:.2f}x")
    print(f"  textbench: {fit.examples_per_second:7.1f} rows/s, {real:.1%} of its tokens are real")


def main() -> None:
    """Print all comparisons."""
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if threads := os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(int(threads))
    asked = _arguments()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    if not asked.bert:
        for name in ("vader_tweets", "newsgroups20"):
            compare_lstm(name, 2)
    compare_bert(asked.epochs, rows_of(asked.bert or "vader_tweets", asked.data, asked.rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("epochs", type=int, nargs="?", default=2)
    parser.add_argument("--bert", default="", help="a task for `bert`, which alone runs then")
    parser.add_argument("--rows", type=int, help="of that task, to learn from")
    parser.add_argument("--data", type=Path, action="append", default=[], help="your data folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
