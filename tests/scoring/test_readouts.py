"""What stands beside the prediction: the greedy readout, drawn answers, texts that were cut."""

import io
import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench.baseline import FitInfo, GreedyAnswer, Prediction, TaskData
from bench.errors import BenchError
from bench.metrics import accuracy
from bench.metrics.aligned import in_gold_form
from bench.models.refusals import is_refusal
from bench.outputs import Answer, MultiLabel, Output, Regression, SingleLabel
from bench.records import Limit, ReadoutScores, TaskScores
from bench.runs.cells.cell import Outcome, run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.run_spec import Run, TaskRows
from bench.scoring.readouts import LONGEST, MOST, readouts, shown
from bench.store.prediction_files import predictions_file
from bench.task import Example, Input, Prompt, Task

TASTE = SingleLabel("sweet", "sour")


def task(output: Output = TASTE, name: str = "taste", **prompt: Any) -> Task:
    first = (accuracy,) if isinstance(output, SingleLabel) else ()
    words: dict[str, Any] = {"licence": "made up", "citation": "made up", "source": "made up"}
    asked = Prompt(instruction="made up", **prompt)
    return Task(name=name, output=output, load=lambda f: {}, prompt=asked, metrics=first, **words)


def rows(*golds: Any) -> list[Example]:
    return [Example(f"r{i}", f"made-up text {i}", gold) for i, gold in enumerate(golds)]


def greedy(said: str, output: Output = TASTE) -> GreedyAnswer:
    value = output.decode(said, "")
    status = "refused" if is_refusal(said) else "unparsed"
    return GreedyAnswer(value, said, "ok" if value is not None else status)  # type: ignore[arg-type]


def answered(*said: str) -> list[Prediction]:
    """Predictions, all `sweet`, with these greedy answers."""
    return [Prediction("sweet", (0.9, 0.1), greedy_answer=greedy(words)) for words in said]


def of_greedy(golds: str, *said: str, others: Sequence[Task] = ()) -> ReadoutScores:
    test = rows(*golds.split())
    return readouts(task(), test, answered(*said), others=others)["greedy"]


def test_greedy_answers_are_scored_by_every_metric_that_needs_no_scores() -> None:
    found = of_greedy("sweet sour sour", "sweet", "sour", "salty").scores
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert "macro_f1" in found and "roc_auc" not in found


def test_unread_and_refused_greedy_answers_are_counted_apart() -> None:
    found = of_greedy("sweet sour sour", "salty", "I cannot answer that.", "sour")
    assert (found.unparsed, found.refused) == (1, 1)
    assert [(i.answer, i.refused) for i in found.irregular] == [
        ("I cannot answer that.", True),
        ("salty", False),
    ]


def test_the_most_frequent_irregular_answers_come_first() -> None:
    found = of_greedy("sweet sour sour", "a", " b\n b ", "b  b").irregular
    assert [(i.answer, i.count) for i in found] == [("b b", 2), ("a", 1)]


def test_irregular_answers_beyond_the_listed_ones_are_counted() -> None:
    said = [f"odd {i}" for i in range(MOST + 3)]
    found = of_greedy(" ".join(["sweet"] * len(said)), *said)
    assert (len(found.irregular), found.irregular_rest) == (MOST, 3)


def test_a_long_irregular_answer_is_cut() -> None:
    assert shown("x" * 500) == "x" * (LONGEST - 1) + "…"
    assert shown("a\x1b[31m\ud800") == "a\ufffd[31m\ufffd"


def test_answers_that_are_labels_of_another_task_are_counted() -> None:
    other = task(SingleLabel("up", "down"), "direction", words={"up": "Upwards"})
    both = task(MultiLabel("hot", "cold"), "heat")
    said = ("upwards", "hot, cold", "none", "left", "sweet")
    found = of_greedy("sweet " * 5, *said, others=[other, both, task(Regression(0, 9), "n")])
    assert (found.foreign, found.unparsed) == (2, 4)


def test_without_another_task_with_labels_nothing_can_be_foreign() -> None:
    other = task(Regression(0, 9), "number")
    assert of_greedy("sweet", "7", others=[other]).foreign is None


def test_draws_give_a_mean_and_a_standard_deviation() -> None:
    drawn = [("sweet", "sour"), ("sour", "sour")]
    test, found = rows("sweet", "sour"), [Prediction("sweet", samples=d) for d in drawn]
    sample = readouts(task(), test, found)["sample"]
    assert sample.scores["accuracy"] == pytest.approx(0.75)
    assert sample.sd["accuracy"] == pytest.approx(0.5**1.5)  # of 1.0 and 0.5
    assert (sample.draws, sample.unparsed) == (2, 0)


def test_one_draw_has_no_spread_and_unread_draws_are_wrong() -> None:
    found = [Prediction("sweet", samples=(None,)), Prediction("sweet", samples=("sour",))]
    sample = readouts(task(), rows("sweet", "sour"), found)["sample"]
    assert (sample.scores["accuracy"], sample.sd, sample.unparsed) == (0.5, {}, 1)


def test_a_readout_that_some_row_lacks_is_not_scored() -> None:
    found = [*answered("sweet"), Prediction("sweet", (0.9, 0.1), samples=("sweet",))]
    assert readouts(task(), rows("sweet", "sour"), found) == {}


def test_greedy_answers_and_draws_take_the_form_of_gold() -> None:
    loose: Any = ["a", "a"]
    raw = Prediction(
        frozenset("a"), greedy_answer=GreedyAnswer(loose, "a, a"), samples=(loose, None)
    )
    [found] = in_gold_form(MultiLabel("a", "b"), rows(frozenset("a")), [raw])
    assert found.greedy_answer == GreedyAnswer(frozenset("a"), "a, a")
    assert found.samples == (frozenset("a"), None)


def test_a_greedy_answer_without_a_value_is_never_ok() -> None:
    [found] = in_gold_form(
        TASTE, rows("sour"), [Prediction(None, greedy_answer=GreedyAnswer(None, "?"))]
    )
    assert (found.status, found.greedy_answer) == ("unparsed", GreedyAnswer(None, "?", "unparsed"))


def test_a_greedy_label_that_is_not_declared_is_refused_by_its_row() -> None:
    wrong = [Prediction("sour", greedy_answer=GreedyAnswer("salty", "salty"))]
    with pytest.raises(BenchError, match="example 'r0': predicted 'salty'"):
        in_gold_form(TASTE, rows("sour"), wrong)


def test_a_drawn_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(BenchError, match="predicted nan"):
        readouts(task(Regression(0, 9)), rows(1.0), [Prediction(1.0, samples=(float("nan"),))])


def columns(predictions: Sequence[Prediction]) -> dict[str, list[Any]]:
    test = rows(*["sweet"] * len(predictions))
    found: dict[str, list[Any]] = pq.read_table(
        io.BytesIO(predictions_file(task(), test, predictions))
    ).to_pydict()
    return found


def test_other_families_files_have_no_column_more() -> None:
    plain = [Prediction("sweet", (0.9, 0.1)), Prediction(None, status="refused")]
    assert list(columns(plain)) == ["id", "gold", "value", "scores", "raw", "status"]


def test_both_readouts_and_every_likelihood_are_kept() -> None:
    logs = {"answer_and_end": (-1.0, -2.0), "per_byte": (-0.25, -0.5)}
    one = Prediction(
        "sweet", greedy_answer=greedy("?"), logprobs=logs, samples=("sour", None), truncated=True
    )
    found = columns([one, Prediction("sweet")])
    assert found["greedy_value"] == [None, None] and found["greedy_raw"] == ["?", None]
    assert found["greedy_status"] == ["unparsed", None]
    assert found["logprob_answer_and_end"] == [[-1.0, -2.0], None]
    assert found["logprob_per_byte"][0] == [-0.25, -0.5]
    assert (found["draws"], found["cut"]) == ([['"sour"', None], []], [True, False])


class Talker:
    """Answers the first label, greedily with a label of another task, and cuts every text."""

    multi_task, seeded, full_data_entry, libraries = True, False, False, ()

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        return FitInfo(parameters=1, model_bytes=1)

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        label: Answer = task.output.labels[0]
        said = GreedyAnswer(None, "down" if task.name == "taste" else "?", "unparsed")
        return [Prediction(label, greedy_answer=said, truncated=True) for _ in inputs]


def ran(*tasks: Task) -> Outcome:
    chosen = [
        TaskRows(
            task=one.name,
            suite=None,
            train=(0,),
            validation=(),
            test=(0, 1),
            train_hash="",
            test_hash="",
            checks={},
            leaked=(),
        )
        for one in tasks
    ]
    golds = [[one.output.labels[0]] * 2 for one in tasks]
    cells = [CellTask(t, c, rows(*g)) for t, c, g in zip(tasks, chosen, golds, strict=True)]
    run = Run(
        key="k",
        ingredients={},
        baseline="talker",
        params={},
        changed={},
        seed=0,
        seeded=False,
        limit=Limit(),
        profile="quick",
        tasks=tuple(chosen),
    )
    return run_cell(run, Talker, cells, Meter(1))


def test_a_run_stores_readouts_and_texts_that_were_cut() -> None:
    done = ran(task(), task(SingleLabel("up", "down"), "direction"))
    taste, direction = done.result.results
    assert taste.counts.cut == 2
    assert (taste.readouts["greedy"].foreign, direction.readouts["greedy"].foreign) == (2, 0)
    kept = pq.read_table(io.BytesIO(done.files[taste.predictions])).to_pydict()
    assert kept["greedy_raw"] == ["down", "down"] and json.loads(kept["gold"][0]) == "sweet"


def test_a_result_from_before_there_were_readouts_still_reads() -> None:
    new = ran(task()).result.results[0].model_dump()
    old = {name: value for name, value in new.items() if name != "readouts"}
    old["counts"].pop("cut")
    found = TaskScores(**old)
    assert (found.readouts, found.counts.cut) == ({}, 0)


@pytest.mark.parametrize(("parameters", "stands_in"), [(135_000_000, "Llama 2"), (10**9, "")])
def test_only_a_small_model_stands_in_for_llama_2(parameters: int, stands_in: str) -> None:
    from bench.baselines._llama.language_model import Llama

    found = SimpleNamespace(name="m", origin="o/m", revision="1", sha256={})
    base, engine = SimpleNamespace(parameters=parameters), SimpleNamespace()
    model = Llama(base, engine, {}, found)  # type: ignore[arg-type]
    assert model.facts.stands_in_for == stands_in
