"""Latency: one text at a time, after the fit, on no clock of the run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.example import Example, Input
from bench.metrics import accuracy
from bench.outputs import SingleLabel
from bench.prediction import Prediction
from bench.records import Limit, Result
from bench.run_context import RunContext, current, running_in, spare
from bench.runs.cells import latency
from bench.runs.cells.cell_task import CellTask
from bench.runs.cells.latency import latencies
from bench.runs.planning.run_spec import TaskRows
from bench.task import Prompt, Task
from tests.support.fakes import fake_result
from tests.support.plugins_for_tests import add_baseline
from tests.support.runs import run_all

TASK = Task(
    name="colours",
    output=SingleLabel("warm", "cold"),
    load=lambda files: {},
    metrics=(accuracy,),
    prompt=Prompt(instruction="Is it warm?"),
    licence="made up",
    citation="made up",
    source="made up",
)


def cell(texts: int) -> CellTask:
    """A task with so many test texts."""
    rows = [Example(f"r{i}", f"text {i}", "warm") for i in range(texts)]
    chosen = TaskRows.model_construct(task="colours", test=tuple(range(texts)), train=())
    return CellTask(TASK, chosen, rows)


class Family:
    """A baseline that keeps what it was asked."""

    def __init__(self, work: Any = None) -> None:
        self.asked: list[Sequence[str]] = []
        self.work = work

    def predict(self, task: Task, inputs: Sequence[Input]) -> list[Prediction]:
        """Answer, and do some work."""
        self.asked.append([one.text for one in inputs])
        if self.work:
            self.work()
        return [Prediction("warm") for _ in inputs]


def timed(family: Family, *cells: CellTask) -> Any:
    """The latency on the first task."""
    return latencies(family, cells)[0]  # type: ignore[arg-type]


def test_fifty_texts_are_answered_one_at_a_time_all_over_the_test() -> None:
    family = Family()
    found = timed(family, cell(500))
    assert found.texts == 50
    assert family.asked == [["text 0"], *([f"text {10 * i}"] for i in range(50))]


def test_a_small_test_is_timed_whole() -> None:
    assert timed(Family(), cell(7)).texts == 7


def test_slow_answers_stop_after_the_time_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(latency.time, "perf_counter", lambda: clock[0])
    family = Family(lambda: clock.__setitem__(0, clock[0] + 2.0))
    found = timed(family, cell(50))
    assert (found.texts, found.p50) == (2, 2.0)


def test_the_first_answer_counts_only_the_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, costs = [0.0], iter([3.0, *[0.001] * 60])
    monkeypatch.setattr(latency.time, "perf_counter", lambda: clock[0])
    family = Family(lambda: clock.__setitem__(0, clock[0] + next(costs)))
    found = timed(family, cell(50))
    assert found.p95 == pytest.approx(0.001)


def test_what_breaks_for_a_single_text_spoils_nothing() -> None:
    def broken() -> None:
        raise RuntimeError("needs two texts")

    assert timed(Family(broken), cell(5)) is None


def test_a_cache_is_left_as_it_was() -> None:
    cache: dict[int, str] = {1: "learnt"}
    spare(cache)
    timed(Family(lambda: (cache.pop(1, None), cache.update({2: "asked"}))), cell(5))
    assert cache == {1: "learnt"}


def test_no_checkpoint_is_read_or_written(tmp_path: Path) -> None:
    folders: list[Path | None] = []
    with running_in(RunContext(folder=tmp_path)):
        timed(Family(lambda: folders.append(current().folder)), cell(5))
    assert set(folders) == {None}


def test_a_run_stores_its_latency_apart_from_its_cost(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "plain")
    found = run_all(tmp_path)["plain"].result
    assert found.results[0].latency is not None
    assert found.results[0].latency.texts == 20
    assert found.cost is not None and found.cost.predicted == 20


def test_a_record_of_before_reads_without_one() -> None:
    data = json.loads(fake_result(limit=Limit()).result.model_dump_json(by_alias=True))
    del data["results"][0]["latency"]
    for name in ("loading_seconds", "compiling_seconds", "predict_once_seconds"):
        del data["cost"][name]
    read = Result.model_validate(data)
    assert read.results[0].latency is None
    assert read.cost is not None and read.cost.predict_once_seconds == 0.0
