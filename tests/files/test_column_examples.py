"""Examples kept as columns: the same ones as a list has, made when somebody looks."""

import pyarrow as pa
import pytest

from bench.data.load import load_task
from bench.errors import DataError
from bench.example import Example
from bench.files import Files
from bench.files.column_examples import ColumnExamples
from bench.outputs import SingleLabel
from bench.task import Prompt, Task


def columns(*ids: str, targets: str = "good") -> ColumnExamples:
    rows = {"id": ids, "text": [f"text {id_}" for id_ in ids], "target": [targets] * len(ids)}
    return ColumnExamples(pa.table({name: list(values) for name, values in rows.items()}))


def task(train: ColumnExamples, test: ColumnExamples | None = None) -> Task:
    splits = {"train": train, **({"test": test} if test is not None else {})}
    return Task(
        name="made_up",
        output=SingleLabel("good", "bad"),
        load=lambda files: splits,
        prompt=Prompt(instruction="?"),
        licence="",
        citation="",
        source="",
    )


def test_they_are_a_sequence_of_examples() -> None:
    rows = columns("a", "b", "c")
    listed = [Example(id_, f"text {id_}", "good") for id_ in "abc"]
    assert (list(rows), rows[-1], list(rows[1:])) == (listed, listed[2], listed[1:])


def test_loading_keeps_them_as_columns() -> None:
    loaded = load_task(task(columns("a", "b"), columns("c")), Files("t"))
    assert isinstance(loaded.train, ColumnExamples) and loaded.train[1].id == "b"


def test_a_cut_test_split_is_that_of_a_list() -> None:
    rows = columns(*(f"r{n}" for n in range(40)))
    cut = load_task(task(rows), Files("t"))
    as_list = Task(**{**vars(task(rows)), "load": lambda files: {"train": list(rows)}})
    assert [*cut.test] == [*load_task(as_list, Files("t")).test]


def test_a_label_that_is_not_declared_is_named_with_its_example() -> None:
    with pytest.raises(DataError, match="example 'c': label 'goood' is not declared"):
        load_task(task(columns("a"), columns("c", targets="goood")), Files("t"))


def test_an_id_in_two_splits_is_refused() -> None:
    with pytest.raises(DataError, match="2 examples share the id 'b'"):
        load_task(task(columns("a", "b"), columns("b")), Files("t"))
