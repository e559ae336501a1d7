"""The file that `bench new baseline` writes: a small baseline to start from."""

from pathlib import Path

from bench.drafting.place import free_place, write

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


def write_baseline(name: str, *, folder: Path) -> Path:
    """Write FOLDER/baselines/NAME.py, a working baseline.

    Raises:
        UserError: the name is taken or not allowed.
    """
    path = free_place("baselines", name, folder)
    write(path, _BASELINE.encode())
    return path
