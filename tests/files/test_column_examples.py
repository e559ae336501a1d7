"""Examples kept as columns: the same ones as a list has, made when somebody looks."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from bench.data.load import load_task
from bench.errors import DataError
from bench.example import Example
from bench.files import Files
from bench.files.column_examples import ColumnExamples
from bench.files.columns import Columns, Number, OneLabel
from bench.files.columns.cells import cells_of
from bench.files.columns.columns import joined_sources
from bench.files.columns.examples import splits_of
from bench.files.reading import read
from bench.outputs import Regression, SingleLabel
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


def made_table(folder: Path, form: str) -> Path:
    """A table of 30 rows with a column of every use, as Parquet or CSV."""
    count = range(30)
    made = pa.table(
        {
            "key": [n + 100 for n in count],
            "text": [f"text {n}" for n in count],
            "other": [f"other {n}" if n % 4 else None for n in count],
            "label": ["good", "bad", "ugly"][:] * 10,
            "stars": [n % 3 for n in count],
            "score": [n / 4 for n in count],
            "author": [["ann", "nan", " ", "bob"][n % 4] for n in count],
            "split": [["train", "dev", "train", "test"][n % 4] for n in count],
        }
    )
    path = folder / f"t.{form}"
    if form == "csv":
        csv.write_csv(made, path)
    else:
        pq.write_table(made, path)
    return path


LABEL = OneLabel("label")
USES = {
    "plain": Columns(text="text", answer=LABEL),
    "ids": Columns(text="text", answer=LABEL, id="key"),
    "pairs and groups": Columns(text="text", answer=LABEL, pair="other", group="author"),
    "splits": Columns(text="text", answer=LABEL, split="split"),
    "splits and ids": Columns(text="text", answer=LABEL, split="split", id="key"),
    "some rows": Columns(text="text", answer=LABEL, only={"author": "bob", "label": "bad"}),
    "rare labels": Columns(
        text="text", answer=OneLabel("label", known=("bad", "good"), other="rest")
    ),
    "numbers as labels": Columns(text="text", answer=OneLabel("stars")),
    "whole numbers": Columns(text="text", answer=Number("stars")),
    "numbers": Columns(text="text", answer=Number("score")),
}


def as_list(path: object, columns: Columns) -> tuple[dict[str, list[Example]], Counter[str]]:
    """The examples as rows give them, one after the other, and the counts."""
    found: Counter[str] = Counter()

    def count(kind: str, number: int) -> None:
        found[kind] += number

    material = joined_sources(path, lambda source: read(source))  # type: ignore[arg-type]
    splits = splits_of(cells_of(material, columns, count), count)
    return {name: list(rows) for name, rows in splits.items()}, found


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("use", USES)
def test_a_table_as_columns_has_the_examples_of_its_rows(
    use: str, form: str, tmp_path: Path
) -> None:
    path, files = made_table(tmp_path, form), Files("t")
    splits = files.examples(path, USES[use])
    assert all(isinstance(rows, ColumnExamples) for rows in splits.values())
    listed, counts = as_list(path, USES[use])
    assert ({name: list(rows) for name, rows in splits.items()}, files.faults) == (listed, counts)


@pytest.mark.parametrize("id_", ["", "key"])
def test_files_of_splits_as_columns_have_the_ids_of_rows(id_: str, tmp_path: Path) -> None:
    sources = {}
    for split in ("test", "train"):
        (tmp_path / split).mkdir()
        sources[split] = made_table(tmp_path / split, "parquet")
    columns = Columns(text="text", answer=LABEL, id=id_)
    splits = Files("t").examples(sources, columns)
    assert [*splits] == ["train", "test"]
    assert all(isinstance(rows, ColumnExamples) for rows in splits.values())
    assert {name: list(rows) for name, rows in splits.items()} == as_list(sources, columns)[0]


def test_numbers_outside_the_scale_are_named_with_their_example(tmp_path: Path) -> None:
    path = made_table(tmp_path, "parquet")
    outside = Task(
        **{
            **vars(task(columns("a"))),
            "output": Regression(0, 7),
            "load": lambda files: files.examples(path, USES["numbers"]),
        }
    )
    with pytest.raises(DataError, match=r"example '30': .*7.25"):
        load_task(outside, Files("t"))
