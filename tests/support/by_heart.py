"""A family that learns its rows by heart, and its cell."""

from collections.abc import Sequence
from typing import ClassVar

from bench.baseline import FitInfo, Prediction, TaskData
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.runs.cells.fit_predict import CellTask
from bench.runs.planning.run_spec import TaskRows
from bench.task import Example, Input, Prompt, Task

LABELS = SingleLabel("cat", "dog")


TASK = Task(
    name="pets",
    output=LABELS,
    load=lambda files: {},
    metrics=(accuracy, macro_f1),
    prompt=Prompt(instruction="Which animal?"),
    licence="made up",
    citation="made up",
    source="made up",
)


ROWS = tuple(Example(f"r{n:02d}", f"text {n}", LABELS.labels[n % 2]) for n in range(12))


SPLITS = {"train": tuple(range(6)), "validation": (6, 7), "test": (8, 9, 10, 11)}


class ByHeart:
    """Knows what it learnt from and guesses `cat` elsewhere; writes down what it was asked."""

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = False
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    asked: ClassVar[list[list[str]]] = []

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        self.known = {row.id: str(row.target) for row in data[0].train}
        ByHeart.asked = []
        return FitInfo(parameters=1, model_bytes=8)

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        ByHeart.asked.append([row.id for row in inputs])
        return [Prediction(self.known.get(row.id, "cat")) for row in inputs]


def cell_of(**splits: tuple[int, ...]) -> CellTask:
    facts = {"task": "pets", "suite": None, "train_hash": "a", "test_hash": "b"}
    rows = TaskRows(**facts, **{**SPLITS, **splits}, checks={}, leaked=())  # type: ignore[arg-type]
    return CellTask(TASK, rows, ROWS)
