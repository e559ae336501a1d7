"""Columns of a table as examples: answers of every kind, ids, splits, and people's annotations."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.errors import DataError, NotAtHand, UserError
from bench.files import Files
from bench.files.columns import (
    Columns,
    LabelColumns,
    LabelList,
    Number,
    OneLabel,
    SpanList,
    Tags,
    Words,
)
from bench.outputs import Span
from tests.support.tables import table

TEAM = Columns(text="text", answer=OneLabel("team"))


def lines(folder: Path, *rows: dict[str, Any], name: str = "rows.jsonl") -> Path:
    return table(folder, "\n".join(map(json.dumps, rows)).encode(), name)


def answers(folder: Path, columns: Columns, *rows: dict[str, Any]) -> list[Any]:
    splits = Files("t").examples(lines(folder, *rows), columns)
    return [row.target for row in splits["train"]]


READ: dict[str, tuple[Any, Sequence[Any], Sequence[Any]]] = {
    "a label as written": (OneLabel("y"), ["01", "1"], ["01", "1"]),
    "rare labels": (OneLabel("y", known=("a",), other="rest"), ["a", "b"], ["a", "rest"]),
    "a list": (LabelList("y"), [["a", "b"], []], [{"a", "b"}, set()]),
    "a list in Python's words": (LabelList("y"), ["['a', 'b']", "[]"], [{"a", "b"}, set()]),
    "labels with a sign between": (LabelList("y", "|"), ["a | b", ""], [{"a", "b"}, set()]),
    "numbers": (Number("y"), ["1.5", "2,25", "-3"], [1.5, 2.25, -3.0]),
    "one reference": (Words(("y",)), ["yes", "no"], ["yes", "no"]),
    "several references": (Words(("y",)), [["yes", "yep"], ["no"]], [("yes", "yep"), "no"]),
    "spans as lists": (SpanList("y"), [[[0, 2, "A"]], []], [(Span(0, 2, "A"),), ()]),
    "spans as objects in words": (
        SpanList("y"),
        ['[{"start_offset": 0, "end_offset": 2, "labels": ["A"]}]', "[]"],
        [(Span(0, 2, "A"),), ()],
    ),
}


@pytest.mark.parametrize("what", READ)
def test_an_answer_is_read(what: str, tmp_path: Path) -> None:
    reader, cells, expected = READ[what]
    rows = [{"text": f"text {n}", "y": cell} for n, cell in enumerate(cells)]
    assert answers(tmp_path, Columns(text="text", answer=reader), *rows) == list(expected)


def test_columns_of_marks_are_several_labels(tmp_path: Path) -> None:
    rows = [{"text": "a", "rude": 1, "late": "no"}, {"text": "b", "rude": 0, "late": "yes"}]
    columns = Columns(text="text", answer=LabelColumns(("rude", "late")))
    assert answers(tmp_path, columns, *rows) == [{"rude"}, {"late"}]


BIO = [
    (["B-X", "I-X", "O"], [(0, 4, "X")]),
    (["B-X", "B-X", "O"], [(0, 2, "X"), (3, 4, "X")]),
    (["I-X", "I-Y", "I-Y"], [(0, 2, "X"), (3, 7, "Y")]),
    (["S-X", "B-Y", "E-Y"], [(0, 2, "X"), (3, 7, "Y")]),
    (["U-X", "B-Y", "L-Y"], [(0, 2, "X"), (3, 7, "Y")]),
]


@pytest.mark.parametrize(("tags", "expected"), BIO)
def test_tags_are_spans_of_the_joined_tokens(
    tags: list[str], expected: list[tuple[int, int, str]], tmp_path: Path
) -> None:
    columns = Columns(text="tokens", answer=Tags("tags", "tokens"))
    (found,) = answers(tmp_path, columns, {"tokens": ["ab", "c", "de"], "tags": tags})
    assert found == tuple(expected)


REFUSED: dict[str, tuple[Any, Any, str]] = {
    "an empty label": (OneLabel("y"), " ", "line 2: column 'y' is empty"),
    "a label that pandas lost": (OneLabel("y"), "NaN", "line 2: column 'y' is empty"),
    "a word where a number stands": (
        Number("y"),
        "high",
        "line 2: column 'y' holds 'high'",
    ),
    "a mark that is none": (LabelColumns(("y",)), "2", "line 2: column 'y' holds '2', not 0 or 1"),
    "an object where a label stands": (LabelList("y"), [{"a": 1}], "line 2: .* not a label"),
    "a span without a label": (SpanList("y"), [[0, 1]], r"line 2: column 'y': \[0, 1\] is not"),
    "tags that are too few": (
        Tags("y", "text"),
        ["O"],
        "line 2: column 'text' has 3 tokens",
    ),
}
GOOD: dict[str, Any] = {
    "OneLabel": "a",
    "Number": "1",
    "LabelColumns": "1",
    "SpanList": [],
    "LabelList": [],
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_answer_is_refused_with_its_line(what: str, tmp_path: Path) -> None:
    reader, cell, said = REFUSED[what]
    good = GOOD.get(type(reader).__name__, ["O", "O", "O"])
    path = lines(tmp_path, {"text": "a b c", "y": good}, {"text": "d e f", "y": cell})
    with pytest.raises(DataError, match=said):
        Files("t").examples(path, Columns(text="text", answer=reader))


def test_rows_without_text_or_answer_are_left_out_and_counted_where_that_is_said(
    tmp_path: Path,
) -> None:
    path = table(tmp_path, b"text,team\na,x\n,x\nb,\nc,y\n")
    files = Files("t")
    columns = Columns(text="text", answer=OneLabel("team"), drop_empty=True)
    assert [row.id for row in files.examples(path, columns)["train"]] == ["1", "4"]
    assert files.faults == {"rows_without_text": 1, "rows_without_answer": 1}


def test_ids_of_several_splits_never_clash(tmp_path: Path) -> None:
    data = b"id,text,team\n7,a,x\n8,b,y\n"
    paths = {name: table(tmp_path, data, f"{name}.csv") for name in ("train", "test")}
    for columns in (TEAM, Columns(text="text", answer=OneLabel("team"), id="id")):
        splits = Files("t").examples(paths, columns)
        assert len({row.id for rows in splits.values() for row in rows}) == 4


def test_an_id_that_stands_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = table(tmp_path, b"id,text,team\n7,a,x\n8,b,y\n7,c,x\n")
    with pytest.raises(DataError, match=r"line 4: id '7' again, as in .*line 2"):
        Files("t").examples(path, Columns(text="text", answer=OneLabel("team"), id="id"))


def test_an_empty_cell_is_no_group(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,team,who\na,x,ann\nb,y,\n")
    columns = Columns(text="text", answer=OneLabel("team"), group="who")
    assert [row.group for row in Files("t").examples(path, columns)["train"]] == ["ann", None]


def test_a_column_of_splits_divides_the_rows(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,team,part\na,x,train\nb,y,dev\nc,x,Test\n")
    columns = Columns(text="text", answer=OneLabel("team"), split="part")
    splits = Files("t").examples(path, columns)
    assert {name: [row.text for row in rows] for name, rows in splits.items()} == {
        "train": ["a"],
        "validation": ["b"],
        "test": ["c"],
    }


def test_only_the_rows_with_a_value_are_taken(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,team,task\na,x,one\nb,y,two\n")
    columns = Columns(text="text", answer=OneLabel("team"), only={"task": "two"})
    assert [row.text for row in Files("t").examples(path, columns)["train"]] == ["b"]
    none = Columns(text="text", answer=OneLabel("team"), only={"task": "three"})
    with pytest.raises(UserError, match="no row has task=three"):
        Files("t").examples(path, none)


def test_gold_is_what_most_annotators_gave_and_a_tie_is_left_out(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,ann,bob,eve\na,x,x,y\nb,x,y,\nc,,y,\n")
    columns = Columns(text="text", people=(OneLabel("ann"), OneLabel("bob"), OneLabel("eve")))
    files = Files("t")
    assert [row.target for row in files.examples(path, columns)["train"]] == ["x", "y"]
    assert files.faults == {"ties_of_annotators": 1}
    people = Files("t").annotations(path, columns)
    assert people["1"] == ("x", "x", "y") and people["3"] == (None, "y", None)


@pytest.mark.parametrize("id_", ["", "item"])
def test_a_table_with_a_row_an_answer_has_an_example_a_text(id_: str, tmp_path: Path) -> None:
    data = b"item,text,who,team\n1,a,bob,x\n1,a,ann,x\n1,a,eve,y\n2,b,ann,y\n"
    columns = Columns(text="text", answer=OneLabel("team"), person="who", id=id_)
    path = table(tmp_path, data)
    examples = Files("t").examples(path, columns)["train"]
    assert [(row.text, row.target) for row in examples] == [("a", "x"), ("b", "y")]
    people = Files("t").annotations(path, columns)
    assert [people[row.id] for row in examples] == [("x", "x", "y"), ("y", None, None)]


def test_a_file_other_than_the_one_the_task_was_made_for_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,team\na,x\nb,y\n")
    with pytest.raises(DataError, match="not the file that the task was made for"):
        Files("t").examples(path, TEAM, sha256="0" * 64)


def test_a_file_that_has_gone_is_not_at_hand_and_a_part_of_one_is(tmp_path: Path) -> None:
    path = table(tmp_path, b'{"rows": [{"text": "a", "team": "x"}, {"text": "b"}]}', "t.json")
    part = path.with_name("t.json#rows")
    columns = Columns(text="text", answer=OneLabel("team"), drop_empty=True)
    assert [row.id for row in Files("t").examples(part, columns)["train"]] == ["1"]
    path.unlink()
    for source in (path, part, {"train": [path]}):
        with pytest.raises(NotAtHand, match=r"needs .*t\.json.*, which is not there"):
            Files("t").examples(source, columns)


BAD_SOURCES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no such column": (
        lambda f: table(f, b"text,tema\na,x\n"),
        "no column 'team'; did you",
    ),
    "tables that share nothing": (
        lambda f: [table(f, b"text,team\na,x\n"), table(f, b"b,c\n1,2\n", "other.csv")],
        "shares no column",
    ),
}


@pytest.mark.parametrize("what", BAD_SOURCES)
def test_a_source_that_cannot_be_used_is_named(what: str, tmp_path: Path) -> None:
    make, said = BAD_SOURCES[what]
    with pytest.raises(UserError, match=said):
        Files("t").examples(make(tmp_path), TEAM)
