"""Cells that a spreadsheet would run are quoted, and read again as they were."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench.data.loaded import Loaded
from bench.data.prepare import PreparedTask
from bench.exchange.prediction_file import read_predictions
from bench.exchange.prediction_template import template
from bench.guards.spreadsheet import quoted_cell, unquoted_cell
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task

TEXTS = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=x", "\rx", "  =x", "\n@x", "'=x", "''=x", "＝x")
PLAIN = ("word", "'tis", "'", "", "-1", "+0.5", "1e-5", "a=b")


@pytest.mark.parametrize("text", TEXTS)
def test_what_would_be_run_is_quoted_and_read_again(text: str) -> None:
    assert quoted_cell(text) == f"'{text}" and unquoted_cell(f"'{text}") == text


@pytest.mark.parametrize("text", PLAIN)
def test_all_else_stays(text: str) -> None:
    assert quoted_cell(text) == text == unquoted_cell(text)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_a_template_gives_every_id_back(tmp_path: Path, suffix: str) -> None:
    ids = (*TEXTS, *PLAIN[:3], *PLAIN[4:])
    path = tmp_path / f"p{suffix}"
    path.write_text(template(rows(ids), suffix), encoding="utf-8", newline="")
    assert read_predictions(path, prepared(ids)).predictions.keys() == {*ids}


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_no_cell_of_a_template_begins_a_formula(suffix: str) -> None:
    text = template(rows(TEXTS), suffix)
    cells = csv.reader(io.StringIO(text, newline=""), delimiter="," if suffix == ".csv" else "\t")
    assert all(quoted_cell(cell) == cell for line in cells for cell in line if cell[:1] != "'")


def test_an_id_that_was_never_quoted_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,prediction\n'=x,good\n", encoding="utf-8")
    assert read_predictions(path, prepared(["'=x"])).predictions.keys() == {"'=x"}


def rows(texts: Iterable[str]) -> list[Example]:
    return [Example(text, text, "good") for text in texts]


def prepared(ids: Iterable[str]) -> PreparedTask:
    """A task with these test rows."""
    facts = dict.fromkeys(("licence", "citation", "source"), "")
    labels, prompt = SingleLabel("good", "bad"), Prompt(instruction="?")
    task = Task(name="x", output=labels, load=lambda files: {}, prompt=prompt, **facts)
    loaded = Loaded((Example("t", "t", "good"),), (), tuple(rows(ids)), Counter())
    return PreparedTask(task, None, loaded, {}, frozenset())
