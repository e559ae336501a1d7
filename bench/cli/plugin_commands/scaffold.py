"""The files that `bench new` writes: a task on the user's table, or a small baseline to start
from."""

import os
from dataclasses import dataclass
from pathlib import Path

from bench.errors import UserError
from bench.example import NAME
from bench.files import read_table
from bench.files.tables import refuse_separator
from bench.look_alikes import look_alikes
from bench.registry import Registry
from bench.store.written import write_new

MAX_LABELS = 200

_TASK = '''"""{summary}"""

from pathlib import Path

from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task

TABLE = Path(__file__).parent / {table!r}


def load(files: Files) -> dict[str, list[Example]]:
    """Read all examples; bench splits off the same 20 % for the test every time."""
    return {{"train": files.csv(TABLE, text={text!r}, label={label!r})}}


TASK = Task(
    name={name!r},
    output=SingleLabel(
{labels}
    ),
    load=load,
    metrics=(macro_f1, accuracy),  # the first one ranks
    prompt=Prompt(instruction="Which label fits this text?"),
    licence="unknown",
    citation="none",
    source={name!r},
    version=1,  # raise it when data, labels or prompt change
)
'''

_BASELINE = '''"""Answers with the label whose train texts share most words with the text."""

from collections import Counter
from collections.abc import Sequence

from bench.baseline import FitInfo, Prediction, TaskData
from bench.task import Input, Task


class SharedWords:
    """A place to start from: keyword-only parameters, `fit`, `predict`."""

    multi_task = False  # True: one fit over all tasks of a run
    seeded = False  # True: the seed changes the answers
    full_data_entry = True  # True: trains on all examples in seconds
    libraries: tuple[str, ...] = ()  # what computes, as in ("scikit-learn",)

    def __init__(self, *, smoothing: float = 1.0) -> None:
        self.smoothing = smoothing

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        (task,) = data
        self.words = {label: Counter[str]() for label in task.output.labels}
        for example in task.labelled:
            self.words[str(example.target)].update(set(example.text.lower().split()))
        size = sum(map(len, self.words.values()))
        return FitInfo(parameters=size, model_bytes=16 * size)

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        return [self._answer(one) for one in inputs]

    def _answer(self, one: Input) -> Prediction:
        words = set(one.text.lower().split())
        found = {label: self.smoothing + sum(c[w] for w in words) / (1 + c.total())
                 for label, c in self.words.items()}
        whole = sum(found.values())
        scores = tuple(value / whole for value in found.values())
        return Prediction(max(found, key=lambda label: found[label]), scores)


BASELINE = SharedWords
'''


@dataclass(frozen=True)
class Written:
    """A new plugin file, and notes for its author."""

    path: Path
    notes: tuple[str, ...] = ()


def write_task(name: str, csv: Path, *, text: str, label: str, folder: Path) -> Written:
    """Write FOLDER/tasks/NAME.py for a table, after reading the table once.

    Args:
        name: the task's name.
        csv: the table; the new file refers to it by its relative path.
        text: column of the text.
        label: column of the label.
        folder: a plugin folder; created if it does not exist.

    Raises:
        UserError: the name is taken or not allowed, or the table cannot be used.
    """
    path = _free_place("tasks", name, folder)
    refuse_separator(csv)
    table = read_table(csv)
    table.column(text)
    labels = sorted(set(table.column(label)))
    _refuse_labels(csv, label, labels)
    filled = _TASK.format(
        summary=f"The {len(table.rows)} examples of {_plain(csv.name)}.",
        table=os.path.relpath(csv.resolve(), path.parent.resolve()),
        text=text,
        label=label,
        name=name,
        labels="\n".join(f"        {label_name!r}," for label_name in labels),
    )
    _write(path, filled)
    return Written(path, tuple(look_alikes(labels)))


def _plain(text: str) -> str:
    """Return a name that cannot end a docstring."""
    return "".join(c for c in text if c.isalnum() or c in " ._-")


def _refuse_labels(csv: Path, column: str, labels: list[str]) -> None:
    if len(labels) < 2:
        raise UserError(f"{csv}: column '{column}' has only one label, {labels[0]!r}")
    if len(labels) > MAX_LABELS:
        raise UserError(
            f"{csv}: column '{column}' has {len(labels)} different values; is it the label?"
        )
    if any(not name.strip() for name in labels):
        raise UserError(f"{csv}: column '{column}' has empty labels; fill in or delete those rows")


def write_baseline(name: str, *, folder: Path) -> Path:
    """Write FOLDER/baselines/NAME.py, a working baseline.

    Raises:
        UserError: the name is taken or not allowed.
    """
    path = _free_place("baselines", name, folder)
    _write(path, _BASELINE)
    return path


def _free_place(kind: str, name: str, folder: Path) -> Path:
    if not NAME.match(name):
        raise UserError(
            f"name {name!r}: use letters, digits, '.', '_' and '-', "
            "beginning with a letter or digit"
        )
    path = folder / kind / f"{name}.py"
    registry = Registry("tasks" if kind == "tasks" else "baselines")
    if path.exists() or name in registry.plugins:
        raise UserError(f"a {kind[:-1]} '{name}' exists already; choose another name")
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, text.encode())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; choose another folder with --plugins") from None
