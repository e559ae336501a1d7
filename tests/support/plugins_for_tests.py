"""Small tasks and baselines written to a plugin folder, for tests that run real processes."""

from pathlib import Path

TASK = '''"""Made-up colour words."""

from bench.metrics import accuracy
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task

WORDS = {{"warm": ["red", "orange", "yellow"], "cold": ["blue", "green", "violet"]}}


def load(files):
    rows = []
    for n in range({rows}):
        label = "warm" if n % 2 else "cold"
        word = WORDS[label][n % 3] if n % 7 else "grey"
        rows.append(Example(f"r{{n}}", f"{{word}} number {{n}} of the made-up rows", label))
    cut = {rows} * 3 // 4
    return {{"train": rows[:cut], "test": rows[cut:]}}


TASK = Task(
    name="{name}",
    output=SingleLabel("warm", "cold"),
    load=load,
    metrics=(accuracy,),
    prompt=Prompt(instruction="Is the colour warm or cold?"),
    licence="made up",
    citation="made up",
    source="made up",
)
'''

BASELINE = '''"""A baseline that does what its name says."""

import os
import signal
import time

from bench.baseline import FitInfo, Prediction
from bench.errors import Unavailable


class Odd:
    multi_task = {multi_task}
    seeded = {seeded}
    full_data_entry = False
    libraries = ()

    def __init__(self, *, pause: float = 0.0, word: str = "x"):
        self.pause, self.word = pause, word

    def fit(self, data, *, seed):
        time.sleep(self.pause)
        {fit}
        return FitInfo(parameters=1, model_bytes=8)

    def predict(self, task, inputs):
        labels = task.output.labels
        return [
            Prediction(labels[len(i.text) % len(labels)], (1 / len(labels),) * len(labels))
            for i in inputs
        ]


BASELINE = Odd
'''


def add_task(folder: Path, name: str, *, rows: int = 80) -> Path:
    """Write FOLDER/tasks/NAME.py, `rows` made-up rows of two labels."""
    return _write(folder / "tasks" / f"{name}.py", TASK.format(name=name, rows=rows))


def add_baseline(
    folder: Path, name: str, fit: str = "pass", *, seeded: bool = False, multi_task: bool = False
) -> Path:
    """Write FOLDER/baselines/NAME.py whose `fit` runs one more line."""
    text = BASELINE.format(fit=fit, seeded=seeded, multi_task=multi_task)
    return _write(folder / "baselines" / f"{name}.py", text)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
