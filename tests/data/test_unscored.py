"""Texts without gold: answered behind the test rows, stored apart, written for a submission."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
import pytest

from bench.baseline import Prediction
from bench.data.checks import remove_cross_leaks
from bench.data.load import load_task, unscored_of
from bench.data.prepare import prepare
from bench.data.row_files import write_rows
from bench.data.source import Source
from bench.errors import DataError, PluginError
from bench.exchange.official_files import decode
from bench.files import Files
from bench.outputs import MultiLabel
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from bench.runs.cells.cell import Outcome, run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.run_spec import WorkerSession
from bench.runs.workers.worker import Worker
from bench.store.prediction_files import unscored_file
from bench.store.store import Store
from bench.task import Input, Task
from tests.support.by_heart import ROWS, SPLITS, TASK, ByHeart, cell_of
from tests.support.folds import run_of
from tests.support.planning import planned, plugins
from tests.support.plugins_for_tests import add_baseline, add_task

__all__ = ["plugins"]
DOG = Prediction("dog")
TEXTS = (Input("u2", "a text"), Input("u1", "another", "with a pair"))
WITHOUT_GOLD = """
    unscored=lambda files: [Input("u2", "red things"), Input("u1", "a violet", "and grey")],
    source="made up",
)"""


class Says(ByHeart):
    """Gives one answer to texts without gold."""

    answer: ClassVar[Prediction] = DOG

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        known = super().predict(task, inputs)
        return [self.answer for _ in inputs] if inputs[0].id == "u2" else known


def outcome(answer: Any = DOG, **changes: Any) -> Outcome:
    cell = CellTask(TASK, cell_of().chosen, ROWS, TEXTS)
    Says.answer = answer
    return run_cell(run_of(cell.chosen).model_copy(update=changes), Says, [cell], Meter(1))


def table(raw: bytes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(io.BytesIO(raw)).to_pydict()
    return found


def test_they_are_answered_behind_the_test_rows_and_the_train_rows() -> None:
    outcome(score_train=True)
    named = [[ROWS[i].id for i in SPLITS[split]] for split in ("test", "train")]
    assert ByHeart.asked[:3] == [*named, ["u2", "u1"]]  # behind them, single texts are timed


def test_they_are_kept_in_a_file_of_their_own_and_in_no_score() -> None:
    done = outcome(Prediction("dog", raw="said"))
    assert table(done.files["unscored-0.parquet"]) == {
        "id": ["u2", "u1"],
        "value": ['"dog"', '"dog"'],
        "raw": ["said", "said"],
        "status": ["ok", "ok"],
    }
    (scores,) = done.result.results
    assert done.result.cost is not None
    assert (scores.counts.test, scores.data.test, done.result.cost.predicted) == (4, 4, 4)
    assert table(done.files["predictions-0.parquet"])["id"] == ["r08", "r09", "r10", "r11"]


def test_an_unread_answer_to_one_is_stored_as_such() -> None:
    found = table(outcome(Prediction(None)).files["unscored-0.parquet"])
    assert (found["value"], found["status"]) == ([None, None], ["unparsed", "unparsed"])


BROKEN = {
    "a label that was never declared": (Prediction("newt"), "predicted 'newt'"),
    "a value that is said to be unread": (Prediction("dog", status="refused"), "status refused"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_answer_that_cannot_be_fails_the_cell_by_name(what: str) -> None:
    answer, said = BROKEN[what]
    result = outcome(answer).result
    assert result.status == "failed" and "example 'u2'" in result.reason and said in result.reason


def test_a_set_of_labels_is_stored_in_the_order_of_the_labels() -> None:
    task = Task(**{**vars(TASK), "output": MultiLabel("cat", "dog")})
    found = table(unscored_file(task, TEXTS[:1], [Prediction(frozenset({"dog", "cat"}))]))
    assert found["value"] == ['["cat", "dog"]']


@pytest.fixture
def tints(plugins: Path) -> Path:
    """The folder with a task `tints`, whose official test has no gold."""
    path = add_task(plugins, "tints")
    text = path.read_text().replace("import Example, ", "import Example, Input, ")
    text = text.replace('    source="made up",\n)', WITHOUT_GOLD.strip("\n"))
    path.write_text(text.replace('"train": rows[:cut], "test": rows[cut:]', '"train": rows'))
    return plugins


def test_a_part_of_train_is_scored_where_the_whole_test_has_no_gold(tints: Path) -> None:
    task = load_plugin(Registry("tasks", [tints])["tints"])
    loaded = load_task(task, Files("tints"))
    assert (len(loaded.train), len(loaded.test)) == (64, 16)
    assert [row.id for row in unscored_of(task, Files("tints"))] == ["u2", "u1"]


def test_they_are_part_of_the_key_where_they_are_answered_and_there_alone(tints: Path) -> None:
    def keys(**words: object) -> list[str]:
        return [run.key for run in planned(tints, tasks=["tints"], **words)]

    limited: list[dict[str, object]] = [{}, {"limit_test": 5}, {"folds": 3}]
    before = [keys(**words) for words in limited]
    path = tints / "tasks" / "tints.py"
    path.write_text(path.read_text().replace("red things", "reddish things"))
    assert [keys(**words) == old for words, old in zip(limited, before, strict=True)] == [
        False,
        True,
        True,
    ]


def ran(folder: Path, **words: object) -> Path:
    """A results folder with a run on `tints`, done by a worker in this process."""
    add_baseline(folder, "odd")
    (run,) = planned(folder, tasks=["tints"], **words)
    store, rows = Store(folder / "results"), folder / "rows.arrow"
    store.prepare()
    write_rows(prepare(["tints"], Registry("tasks", [folder])).tasks["tints"], rows)
    session = WorkerSession(
        results=str(store.root), plugins=(str(folder),), rows={"tints": str(rows)}, threads=1
    )
    Worker(session).do(run, lambda progress: None)
    return store.root


def test_a_worker_answers_them_and_decode_writes_them(tints: Path) -> None:
    results = ran(tints)
    (stored,) = Store(results).contents().results
    assert "unscored-0.parquet" in stored.result.files
    assert stored.result.results[0].scores["accuracy"] >= 0
    done = decode(results, "odd/tints", tints / "out", Source([tints], [], offline=True))
    assert (done.files, done.answers) == (("test/answers.tsv", "unscored/answers.tsv"), 16 + 2)
    assert (tints / "out/unscored/answers.tsv").read_text() == "u2\twarm\nu1\twarm\n"


@pytest.mark.parametrize("words", [{"limit_test": 5}, {"folds": 2}])
def test_a_run_that_is_limited_or_in_folds_leaves_them_out(
    tints: Path, words: dict[str, object]
) -> None:
    (stored,) = Store(ran(tints, **words)).contents().results
    assert stored.result.status == "done" and "unscored-0.parquet" not in stored.result.files


def test_two_of_one_id_are_refused() -> None:
    task = Task(**{**vars(TASK), "unscored": lambda files: [TEXTS[0], TEXTS[0]]})
    with pytest.raises(DataError, match="task pets: two texts of the official test share an id"):
        unscored_of(task, Files("pets"))


def test_a_reader_of_them_that_breaks_is_the_tasks_fault() -> None:
    task = Task(**{**vars(TASK), "unscored": lambda files: 1 // 0})
    with pytest.raises(PluginError, match=r"task pets: load\(\) failed: ZeroDivisionError"):
        unscored_of(task, Files("pets"))


def test_another_task_does_not_learn_from_them() -> None:
    task = Task(**{**vars(TASK), "load": lambda files: {"train": ROWS[:8], "test": ROWS[8:]}})
    two = load_task(task, Files("two"))
    cross = remove_cross_leaks({"two": two}, {}, {"one": [Input("u", "TEXT 3!")]})
    assert [row.id for row in cross.loaded["two"].train] == [f"r0{n}" for n in range(8) if n != 3]
