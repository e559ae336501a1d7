"""What others said of a task's rows, on its way to the workers."""

import json
from pathlib import Path
from typing import Any

from bench.data.annotations import Annotations, from_json, opinions_of, to_json
from bench.data.prepare import prepare
from bench.data.row_files import read_opinions, write_rows
from bench.files import Files
from bench.outputs import MultiLabel
from bench.task import Example, Prompt, Task
from tests.support.plugins_for_tests import add_task

HEAT = MultiLabel("hot", "cold")
NONE, HOT, BOTH = frozenset[str](), frozenset({"hot"}), frozenset({"hot", "cold"})


def task(**fields: Any) -> Task:
    words: dict[str, Any] = {"licence": "made up", "citation": "made up", "source": "made up"}
    asked = Prompt(instruction="made up")
    return Task(name="heat", output=HEAT, load=lambda f: {}, prompt=asked, **words, **fields)


def test_what_is_said_of_other_texts_is_left_out() -> None:
    said = task(
        annotations=lambda files: {"1": [HOT, None], "gone": [HOT, HOT]},
        published_answers=lambda files: {"model": {"2": NONE, "gone": BOTH}},
    )
    found = opinions_of(said, Files("heat"), [Example("1", "x", HOT), Example("2", "y", HOT)])
    assert found == Annotations({"1": (HOT, None)}, {"model": {"2": NONE}})


def test_rows_at_hand_without_who_said_what_have_no_opinions(tmp_path: Path) -> None:
    said = task(
        annotations=lambda files: files.local("annotators.csv"),
        published_answers=lambda files: {"model": {"1": HOT}},
    )
    found = opinions_of(said, Files("heat", None, [tmp_path]), [Example("1", "x", HOT)])
    assert found == Annotations({}, {"model": {"1": HOT}})


def test_answers_come_back_from_json_as_they_were() -> None:
    said = Annotations({"1": (BOTH, None, NONE)}, {"model": {"1": HOT}})
    assert from_json(json.loads(json.dumps(to_json(said, HEAT))), HEAT) == said


def test_a_worker_reads_what_a_task_says_of_its_rows(tmp_path: Path) -> None:
    from bench.registry import Registry

    path = add_task(tmp_path, "colours")
    said = (
        'annotations=lambda f: {"r0": ["cold", None]},\n'
        'published_answers=lambda f: {"m": {"r1": "warm"}},\n)'
    )
    path.write_text(path.read_text().removesuffix(")\n") + said)
    prepared = prepare(["colours"], Registry("tasks", [tmp_path])).tasks["colours"]
    write_rows(prepared, tmp_path / "rows.arrow")
    found = read_opinions(tmp_path / "rows.arrow", prepared.task.output)
    assert found == Annotations({"r0": ("cold", None)}, {"m": {"r1": "warm"}})
