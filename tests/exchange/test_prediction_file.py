"""Files of predictions: what is taken, and what is refused with its row."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.data.loaded import Loaded
from bench.data.prepare import PreparedTask
from bench.errors import BenchError, DataError
from bench.exchange.prediction_file import read_predictions
from bench.exchange.prediction_template import template
from bench.outputs import (
    Answer,
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pair,
    Pairs,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.task import Example, Prompt, Task

LABELS = SingleLabel("good", "bad")
SEVERAL = MultiLabel("red", "dark blue", "a|b")


def prepared(output: Output, gold: Answer, text: str = "Ada met Bob.") -> PreparedTask:
    """A task with test rows `a` and `b`, and a train row `t`."""
    task = Task(
        name="made_up",
        output=output,
        load=lambda files: {},
        prompt=Prompt(instruction="?"),
        licence="",
        citation="",
        source="",
    )
    rows = {name: Example(name, text, gold) for name in "abt"}
    loaded = Loaded((rows["t"],), (), (rows["a"], rows["b"]), Counter())
    return PreparedTask(task, None, loaded, {}, frozenset())


def written(folder: Path, *lines: str, name: str = "p.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def read(path: Path, output: Output = LABELS, gold: Answer = "good") -> dict[str, Answer | None]:
    found = read_predictions(path, prepared(output, gold)).predictions
    return {id_: prediction.value for id_, prediction in found.items()}


SPAN, PAIRS = Spans("PER"), Pairs("what", "which")
FIELDS = Fields("{mood} {place}", mood=SingleLabel("up", "down"), place=Regression(0, 9))
PLACES = Fields("{x} {y}", x=Regression(0, 9), y=Regression(0, 9))
TAKEN: dict[str, tuple[Output, object, Answer]] = {
    "a label": (LABELS, "bad", "bad"),
    "labels with a bar between": (SEVERAL, "dark blue | red", frozenset({"red", "dark blue"})),
    "a label that holds the bar": (SEVERAL, "a|b", frozenset({"a|b"})),
    "labels as a JSON list": (SEVERAL, '["red"]', frozenset({"red"})),
    "no label": (SEVERAL, "[]", frozenset()),
    "a number": (Regression(0, 1), " -2.5e-1", -0.25),
    "a text": (FreeText(), '["so" it is', '["so" it is'),
    "spans": (SPAN, '[[8, 11, "PER"], [0, 3, "PER"]]', (Span(0, 3, "PER"), Span(8, 11, "PER"))),
    "pairs": (PAIRS, "[[[0, 3], [8, 11]]]", (Pair(Span(0, 3, "what"), Span(8, 11, "which")),)),
    "fields": (FIELDS, '["up", 3]', ("up", 3.0)),
    "fields of numbers": (PLACES, "[1, 2.5]", (1.0, 2.5)),
}


@pytest.mark.parametrize("case", TAKEN)
@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_an_answer_is_read_from_every_form(tmp_path: Path, case: str, form: str) -> None:
    output, said, answer = TAKEN[case]
    if form == "jsonl":
        lines = [json.dumps({"id": id_, "prediction": said}) for id_ in "ab"]
    else:
        quoted, between = str(said).replace('"', '""'), {"csv": ",", "tsv": "\t"}[form]
        lines = [f"id{between}prediction", *(f'{id_}{between}"{quoted}"' for id_ in "ab")]
    path = written(tmp_path, *lines, name=f"p.{form}")
    assert read(path, output, answer) == {"a": answer, "b": answer}


@pytest.mark.parametrize(
    ("output", "data", "answer"),
    [
        (SEVERAL, ["red"], frozenset({"red"})),
        (Regression(0, 1), 1, 1.0),
        (SPAN, [[0, 3, "PER"]], (Span(0, 3, "PER"),)),
        (FIELDS, ["up", 3], ("up", 3.0)),
        (LABELS, None, None),
    ],
)
def test_json_lines_hold_json_itself(
    tmp_path: Path, output: Output, data: object, answer: Answer
) -> None:
    path = written(tmp_path, json.dumps({"id": "a", "prediction": data}), name="p.jsonl")
    assert read(path, output, answer) == {"a": answer}


REFUSED: dict[str, tuple[Output, str, str]] = {
    "an unknown label": (LABELS, "goood", r"line 3: label 'goood' is not declared; did you mean"),
    "a label of a set": (SEVERAL, "red|gren", r"line 3: label 'gren' is not declared"),
    "no number": (Regression(0, 1), "much", r"line 3: prediction 'much' is not a number"),
    "not a finite number": (Regression(0, 1), "nan", r"line 3: prediction 'nan' is not a number"),
    "too large a number": (Regression(0, 1), "1e999", r"line 3: .* is not a number"),
    "no JSON": (SPAN, "[[0, 3", r"line 3: .*not valid JSON"),
    "another JSON": (SPAN, "7", r"line 3: prediction '7' is not a valid answer in JSON"),
    "NaN in JSON": (PLACES, "[NaN, 1]", r"line 3: .*NaN is not a number"),
    "a part too few": (PLACES, "[1]", r"line 3: .*is not a valid answer in JSON"),
    "a pair of nothing": (PAIRS, "[[[], []]]", r"line 3: .*is not a valid answer in JSON"),
    "a span outside its text": (SPAN, '[[0, 99, "PER"]]', r"line 3: span .* is outside"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_answer_is_refused_with_file_and_row(tmp_path: Path, case: str) -> None:
    output, said, why = REFUSED[case]
    quoted = said.replace('"', '""')
    path = written(tmp_path, "id,prediction", "a,", f'b,"{quoted}"')
    with pytest.raises(BenchError, match=rf"p\.csv, {why}"):
        read(path, output)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a,bad", r"line 3: id 'a' occurs twice, first in .*line 2"),
        ("z,bad", r"line 3: id 'z' is not one of the 2 test examples; `bench score --template"),
        ("t,bad", r"line 3: id 't' belongs to the training data"),
        (",bad", r"line 3: no id"),
        ("b", r"line 3: 1 cell, but the header has 2"),
    ],
)
def test_a_row_that_is_nobodys_is_refused(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(BenchError, match=why):
        read(written(tmp_path, "id,prediction", "a,bad", line))


def test_all_rows_that_are_wrong_are_named_up_to_eight(tmp_path: Path) -> None:
    lines = [f"x{n},bad" for n in range(11)]
    with pytest.raises(BenchError) as error:
        read(written(tmp_path, "id,prediction", *lines))
    assert len(str(error.value).splitlines()) == 9
    assert str(error.value).endswith("and 3 more rows")


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("id,predicton", "no column 'prediction'; did you mean 'predicton'"),
        ("id,prediction,score:goood,score:bad", "unknown column 'score:goood'; did you mean"),
        ("id,prediction,score:good", "no column 'score:bad'; give scores for every label"),
        ("id,prediction,gold", "unknown column 'gold'"),
    ],
)
def test_columns_are_checked(tmp_path: Path, header: str, why: str) -> None:
    line = ",".join(["a", "bad", "1", "1"][: header.count(",") + 1])
    with pytest.raises(BenchError, match=why):
        read(written(tmp_path, header, line))


def test_scores_stand_in_the_order_of_the_labels(tmp_path: Path) -> None:
    path = written(tmp_path, "score:bad,id,prediction,score:good", ".25,a,good,0.75")
    [found] = read_predictions(path, prepared(LABELS, "good")).predictions.values()
    assert found.scores == (0.75, 0.25)


def test_a_row_without_its_score_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "id,prediction,score:good,score:bad", "a,good,1,")
    with pytest.raises(BenchError, match=r"line 2: score:bad '' is not a number"):
        read(path)


def test_an_empty_prediction_is_unparsed(tmp_path: Path) -> None:
    found = read_predictions(written(tmp_path, "id,prediction", "a, "), prepared(LABELS, "good"))
    assert (found.predictions["a"].value, found.predictions["a"].status) == (None, "unparsed")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"id": "a"}\n', "line 1: it has no prediction|no column 'prediction'"),
        ("\n[1]\n", "line 2: not a JSON object"),
        ("{\n", "line 1, column 2: not valid JSON"),
        ("\n", "is empty"),
    ],
)
def test_json_lines_are_checked(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BenchError, match=why):
        read(written(tmp_path, text, name="p.jsonl"))


@pytest.mark.parametrize(("name", "why"), [("p.xlsx", "No such"), ("none.csv", "No such")])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(BenchError, match=why):
        read(tmp_path / name)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_a_template_of_odd_texts_is_read_again(tmp_path: Path, suffix: str) -> None:
    text = 'one,\ttwo\r"three"\nfour'
    rows = [Example(id_, text, "good", pair) for id_, pair in (("a", "its pair"), ("b", None))]
    path = tmp_path / f"p{suffix}"
    path.write_text(template(rows, suffix), encoding="utf-8", newline="")
    assert read(path) == {"a": None, "b": None}


def test_semicolons_are_found_where_a_name_promises_commas(tmp_path: Path) -> None:
    path = written(tmp_path, "id;prediction", "a;good", "b;bad")
    assert read(path) == {"a": "good", "b": "bad"}


def test_a_tsv_holds_quotation_marks_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "id\tprediction", 'a\t"so he said', 'b\tand left"', name="p.tsv")
    assert read(path, FreeText()) == {"a": '"so he said', "b": 'and left"'}


def test_ids_that_became_floats_are_named_as_such(tmp_path: Path) -> None:
    task = prepared(LABELS, "good")
    test = (Example("7", "Ada met Bob.", "good"),)
    task = replace(task, loaded=replace(task.loaded, test=test))
    path = written(tmp_path, '{"id": 7.0, "prediction": "good"}', name="p.jsonl")
    with pytest.raises(DataError, match=r"id 7\.0 is not one of the test examples, but '7' is"):
        read_predictions(path, task)


def test_predictions_in_parquet_keep_their_scores(tmp_path: Path) -> None:
    columns = {"id": ["a"], "prediction": ["bad"], "score:good": [0.25], "score:bad": [0.75]}
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    [found] = read_predictions(
        tmp_path / "p.parquet", prepared(LABELS, "good")
    ).predictions.values()
    assert (found.value, found.scores) == ("bad", (0.25, 0.75))


def test_answers_of_a_four_column_file_are_read_in_words(tmp_path: Path) -> None:
    rows = ["a\tmade_up\tAda met Bob.\tGood", "b\tmade_up\tAda met Bob.\tno idea", "a\tx\ty\tz"]
    assert read(written(tmp_path, *rows, name="p.tsv")) == {"a": "good", "b": None}


def test_what_was_dropped_from_a_file_of_predictions_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "id,prediction", "a,good", ",")
    brought = read_predictions(path, prepared(LABELS, "good"))
    assert [told.partition("p.csv: ")[2] for told in brought.repaired] == ["1 blank row (line 3)"]
