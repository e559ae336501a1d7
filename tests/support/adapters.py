"""A small task, and an adapter fitted on it."""

from collections.abc import Sequence
from typing import Any

import pytest

from bench.baseline import TaskData
from bench.baselines.qlora import BASELINE as Qlora
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task
from tests.support.tiny_llama import tiny_llama


def a_task(name: str = "polarity", labels: Sequence[str] = ("negative", "positive")) -> TaskData:
    task = Task(
        name=name,
        output=SingleLabel(*labels),
        load=lambda files: {},
        prompt=Prompt(instruction=f"Decide which label fits: {' or '.join(labels)}."),
        licence="made up",
        citation="made up",
        source="made up",
    )
    words = (("sour", "bitter", "thrown away"), ("sweet", "eaten", "the cherry"))
    rows = [
        Example(
            f"{i}",
            f"the {words[i % 2][i % 3]} {('olive', 'lemon', 'market')[i // 3 % 3]}",
            labels[i % 2],
        )
        for i in range(36)
    ]
    return TaskData(task, rows[:24], rows[24:])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_llama(tmp_path_factory.mktemp("model")))


def fitted(model: str, family: Any = Qlora, data: Sequence[TaskData] = (), **params: Any) -> Any:
    settings: dict[str, Any] = {"model": model, "rank": 8, "epochs": 14, "dropout": 0.0}
    settings |= {"learning_rate": 5e-3, "batch_size": 8, "max_output": 8}
    baseline = family(**{**settings, **params})
    baseline.done = baseline.fit(list(data) or [a_task()], seed=0)
    return baseline
