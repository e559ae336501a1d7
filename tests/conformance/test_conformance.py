"""The conformance suite finds what is broken, and passes what is not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from bench.baseline import Prediction
from bench.baselines.majority import Majority
from bench.conformance import check_baseline, check_task
from bench.conformance.facts import Finding
from bench.errors import Unavailable
from bench.files import Files
from bench.files.column_examples import ColumnExamples
from bench.outputs import SingleLabel
from bench.task import Example, Input, Prompt, Task


def failed(findings: Sequence[Finding]) -> set[str]:
    """The facts that do not hold, without the baseline's name and the output."""
    names = [f.name.removeprefix("odd: ") for f in findings if not f.passed]
    return {name.partition(" (")[0] for name in names}


def changed(change: Callable[[Any, Input, Prediction], Prediction]) -> type[Any]:
    """The majority family with each answer changed."""

    class Changed(Majority):
        def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
            known = super().predict(task, inputs)
            return [change(self, row, p) for row, p in zip(inputs, known, strict=True)]

    return Changed


def test_a_sound_baseline_has_every_fact() -> None:
    findings = check_baseline("majority", Majority)
    assert failed(findings) == set() and len(findings) == 74


def test_positional_parameters_are_found() -> None:
    class Positional(Majority):
        def __init__(self, depth: int = 1) -> None: ...

    assert failed(check_baseline("odd", Positional)) == {"its constructor is keyword-only"}


def test_a_parameter_without_a_type_is_found() -> None:
    class Untyped(Majority):
        def __init__(self, *, depth=1) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001

    assert failed(check_baseline("odd", Untyped)) == {"its parameters have types and defaults"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"full_data_entry": None},
        {"libraries": "numpy"},
        {"libraries": ("no-such-library",)},
        {"is_floor": "no"},
        {"single_task_twin": None},
    ],
)
def test_a_wrong_class_attribute_is_found(wrong: dict[str, Any]) -> None:
    family = type("Wrong", (Majority,), wrong)
    assert failed(check_baseline("odd", family)) == {"its class attributes are complete"}


def test_a_predict_that_asks_for_more_is_found() -> None:
    class Greedy(Majority):
        def predict(self, task: Task, inputs: Sequence[Input], gold: Any = None) -> Any:
            return super().predict(task, inputs)

    (found,) = failed(check_baseline("odd", Greedy))
    assert found.startswith("fit takes")


def test_a_missing_prediction_is_found() -> None:
    class Short(Majority):
        def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
            return super().predict(task, inputs)[:-1]

    assert failed(check_baseline("odd", Short)) == {"one prediction per input"}


def test_a_label_that_is_not_declared_is_found() -> None:
    def umami(self: Any, row: Input, known: Prediction) -> Prediction:
        return replace(known, value="umami") if known.value == "sweet" else known

    found = failed(check_baseline("odd", changed(umami)))
    assert found == {"its values belong to the output", "it can predict unusual texts"}


def test_scores_that_sum_to_more_than_one_are_found() -> None:
    def doubled(self: Any, row: Input, known: Prediction) -> Prediction:
        return replace(known, scores=known.scores and tuple(min(1, 2 * s) for s in known.scores))

    (found,) = failed(check_baseline("odd", changed(doubled)))
    assert found.startswith("its scores are probabilities")


def test_missing_scores_are_found_where_labels_need_them() -> None:
    family = changed(lambda self, row, known: replace(known, scores=None))
    kinds = [f.name for f in check_baseline("odd", family) if not f.passed]
    assert [name.rpartition("(")[2] for name in kinds] == ["single_label)", "multi_label)"]


def test_a_fit_that_remembers_an_earlier_one_is_found() -> None:
    fits = iter(range(10_000))

    class Forgetless(Majority):
        def fit(self, data: Any, *, seed: int) -> Any:
            self.turn = next(fits)
            return super().fit(data, seed=seed)

        def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
            answers = super().predict(task, inputs)
            first = tuple(float(k == self.turn % 2) for k in range(len(task.output.labels)))
            return [replace(p, scores=first) if p.scores else p for p in answers]

    assert "the same seed gives the same predictions" in failed(check_baseline("odd", Forgetless))


def test_a_seed_that_matters_to_an_unseeded_family_is_found() -> None:
    class Secret(Majority):
        def fit(self, data: Any, *, seed: int) -> Any:
            fit = super().fit(data, seed=seed)
            if seed and not self._models:  # of several parts, each has shares of its own
                self._shares = self._shares[::-1]
            return fit

    found = failed(check_baseline("odd", Secret))
    assert found == {"an unseeded family does not depend on the seed"}


def test_an_answer_that_depends_on_the_batch_is_found() -> None:
    class Batched(Majority):
        def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
            answers = super().predict(task, inputs)
            if isinstance(task.output, SingleLabel) and len(inputs) > 1:
                return [replace(p, value="bitter") for p in answers]
            return answers

    assert failed(check_baseline("odd", Batched)) == {"predictions do not depend on the batch"}


def test_a_text_that_breaks_a_baseline_is_named() -> None:
    class Hungry(Majority):
        def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
            if not all(row.text for row in inputs):
                raise ValueError("an empty text")
            return super().predict(task, inputs)

    details = {f.detail for f in check_baseline("odd", Hungry) if not f.passed}
    assert details == {"text 'empty': ValueError: an empty text"}


def test_weights_that_are_not_at_hand_are_not_a_fault() -> None:
    class Elsewhere(Majority):
        def fit(self, data: Any, *, seed: int) -> Any:
            raise Unavailable("its weights are on the Hub")

    findings = check_baseline("odd", Elsewhere)
    assert (
        failed(findings) == set() and findings[-1].detail == "skipped: its weights are on the Hub"
    )


def test_a_multi_task_family_gets_all_tasks_at_once() -> None:
    seen: list[int] = []

    class Together(Majority):
        multi_task = True

        def fit(self, data: Any, *, seed: int) -> Any:
            seen.append(len(data))
            raise Unavailable("only counting")

    check_baseline("odd", Together)
    assert seen == [7]


LOADS = "it loads: fields are strings, ids are unique, gold belongs to the output"
ROWS = {
    "train": [Example(f"a{n}", f"plum {n}", "ab"[n % 2]) for n in range(10)],
    "test": [Example(f"b{n}", f"fig {n}", "ab"[n % 2]) for n in range(6)],
}


def task(load: Any = lambda files: ROWS, **changes: Any) -> Task:
    """A sound made-up task, or one with changes."""
    fields: dict[str, Any] = {
        "name": "fruit",
        "output": SingleLabel("a", "b"),
        "prompt": Prompt(instruction="a or b?", labels={"a": "the first"}),
        "licence": "made up",
        "citation": "made up",
        "source": "made up",
    }
    return Task(load=load, **{**fields, **changes})


def failed_of(made: Task) -> set[str]:
    """The facts that do not hold for a task."""
    return failed(check_task(made, Files("fruit")))


def test_a_sound_task_has_every_fact() -> None:
    findings = check_task(task(), Files("fruit"))
    assert failed(findings) == set() and len(findings) == 11


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"prompt": Prompt(instruction=" ")}, "its prompt has an instruction"),
        (
            {"prompt": Prompt(instruction="?", labels={"c": "?"})},
            "its prompt defines only declared labels",
        ),
        ({"licence": ""}, "its licence, citation and source are stated"),
    ],
)
def test_a_wrong_declaration_is_found(changes: dict[str, Any], fact: str) -> None:
    assert failed_of(task(**changes)) == {fact}


def test_gold_that_is_not_declared_is_found() -> None:
    strange = task(output=SingleLabel("a", "c"), prompt=Prompt(instruction="a or c?"))
    assert failed_of(strange) == {LOADS}


def test_data_that_is_not_at_hand_is_told_in_words() -> None:
    def load(files: Files) -> Any:
        return files.local("rows.csv")

    findings = check_task(task(load), Files("fruit"))
    assert "put it in DIR/fruit/" in findings[-1].detail and not findings[-1].passed


def test_a_group_on_both_sides_is_found() -> None:
    rows = {k: [replace(row, group="one author") for row in part] for k, part in ROWS.items()}
    assert failed_of(task(lambda files: rows)) == {"no group is in both train and test"}


def test_rows_drawn_anew_are_found() -> None:
    turns = iter(range(10))

    def load(files: Files) -> Any:
        return {**ROWS, "train": ROWS["train"][next(turns) :]}

    assert failed_of(task(load)) == {"loading twice gives the same examples"}


def test_a_task_whose_examples_are_columns_has_every_fact() -> None:
    def load(files: Files) -> Any:
        tables = {
            split: pa.table(
                {
                    "id": [row.id for row in rows],
                    "text": [row.text for row in rows],
                    "target": [row.target for row in rows],
                }
            )
            for split, rows in ROWS.items()
        }
        return {split: ColumnExamples(made) for split, made in tables.items()}

    assert failed_of(task(load)) == set()


def test_a_metric_of_another_output_is_found() -> None:
    from bench.metrics import rmse

    assert failed_of(task(metrics=(rmse,))) == {"its metrics fit its output"}


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"annotations": lambda files: {"1": ["umami"]}}, "a person gave an invalid answer"),
        ({"annotations": lambda files: {"gone": ["a"]}}, "annotations: no answer for any example"),
        (
            {"annotations": lambda files: {"1": ["a"]}, "annotators": ("x", "y")},
            "names 2 people, but 1",
        ),
        (
            {"published_answers": lambda files: {"old": {"1": "umami"}}},
            "old gave an invalid answer",
        ),
        ({"published_answers": lambda files: {"old": {}}}, "old: no answer for any example"),
    ],
)
def test_opinions_that_do_not_fit_the_rows_are_found(said: dict[str, Any], detail: str) -> None:
    rows = {k: [replace(row, id=f"{k}{row.id}") for row in part] for k, part in ROWS.items()}
    rows["train"][0] = replace(rows["train"][0], id="1")
    findings = check_task(task(lambda files: rows, **said), Files("fruit"))
    [broken] = [found for found in findings if not found.passed]
    assert (
        broken.name == "human ratings and published answers fit its examples"
        and detail in broken.detail
    )


@pytest.mark.parametrize(
    "submission",
    [
        lambda answers: {"run.csv": b""},
        lambda answers, inputs: {"run.csv": b"".join(map(len, answers.values()))},
        lambda answers, inputs: {"run.csv": inputs["a0"].text.encode()},
    ],
)
def test_a_submission_that_breaks_is_found(submission: Any) -> None:
    fact = "its submission accepts answers, and examples without a readable one"
    assert failed_of(task(submission=submission)) == {fact}


def test_a_submission_that_cannot_do_without_an_answer_is_found() -> None:
    def count(answers: Any, inputs: Any) -> Any:
        return {"run.csv": "".join(answers.values()).encode()}

    assert failed_of(task(submission=count)) == set()
    assert len(failed_of(task(submission=count, unparsed_policy="they are left out"))) == 1


def test_an_id_that_is_a_number_is_found() -> None:
    rows = {**ROWS, "train": [replace(row, id=n) for n, row in enumerate(ROWS["train"])]}  # type: ignore[arg-type]
    assert failed_of(task(lambda files: rows)) == {LOADS}
