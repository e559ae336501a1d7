"""Politosphere: all comments beside both people and the answers that the study published."""

from pathlib import Path

import pytest

from bench.baseline import Prediction
from bench.baselines.majority import Majority
from bench.data.annotations import opinions_of
from bench.data.prepare import prepare
from bench.metrics.aligned import align
from bench.records import PeopleFacts
from bench.registry import Registry
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.experiment import RunRequest, build
from bench.runs.planning.keys import Code
from bench.runs.planning.plan import plan
from bench.scoring.agreement import people
from bench.tasks.politosphere import _comments as _politosphere
from tests.support.politosphere_files import made_up
from tests.support.published import (
    REAL,
    broken_facts,
    files_of,
    loaded,
    needs_real_rows,
    shipped,
    write,
)

TASK = "politosphere_agreement"
TASKS, BASELINES = Registry("tasks"), Registry("baselines")
LEO, YIFEI = _politosphere.PEOPLE.values()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """150 made-up comments; on the last 37 yifei says something else than leo."""
    rows = made_up(150).splitlines(keepends=True)
    others = made_up(150, turn=1).splitlines(keepends=True)
    for name, text in {
        _politosphere.GOLD: "".join(rows[:113]),
        LEO: "".join(rows),
        YIFEI: "".join(rows[:113] + others[113:]),
        _politosphere.OTHERS["llama2"]: "".join(others),
    }.items():
        write(tmp_path, f"politosphere/{name}", text)
    return tmp_path


def facts(folder: Path | str) -> PeopleFacts:
    """What people say of all rows, beside a model that always answers the first label."""
    task, files, found = shipped(TASK), files_of(TASK, folder), loaded(TASK, folder)
    rows = sorted((*found.train, *found.test), key=lambda row: row.id)
    scored = align(task.output, rows, [Prediction(_politosphere.LABELS[0])] * len(rows))
    said = people(task, opinions_of(task, files, rows), scored)
    assert said is not None
    return said


def test_the_task_conforms(data: Path) -> None:
    assert broken_facts(TASK, data) == []


def test_gold_is_what_the_first_person_says_of_all_comments(data: Path) -> None:
    found = loaded(TASK, data)
    labels = {f"m{n}": _politosphere.LABELS[n % 7] for n in range(150)}
    assert {row.id: row.target for row in (*found.train, *found.test)} == labels


def test_an_author_stands_where_the_gold_tasks_have_them(data: Path) -> None:
    found, gold = loaded(TASK, data), loaded("politosphere_7", data)
    assert {row.group for row in found.test} == {row.group for row in gold.test}
    assert not {row.group for row in found.test} & {row.group for row in found.train}


def test_published_answers_stand_beside_where_their_files_are(data: Path) -> None:
    found = facts(data).annotators
    assert [(one.name, one.earlier) for one in found] == [
        ("leo", False),
        ("yifei", False),
        ("llama2", True),
    ]


def test_the_shipped_experiment_answers_all_comments_out_of_fold(data: Path) -> None:
    asked = build(
        RunRequest(experiment=TASK, baselines=["majority"], profile="quick"), TASKS, BASELINES
    )
    material = prepare(asked.tasks, TASKS, [data])
    [run] = plan(asked, material, Code({"majority": "source"}, {"majority": "libraries"}))
    one = material.tasks[TASK]
    said = opinions_of(one.task, files_of(TASK, data), one.rows)
    cell = CellTask(one.task, run.tasks[0], one.rows, opinions=said)
    [scores] = run_cell(run, Majority, [cell], Meter(1)).result.results
    assert (run.variant, scores.counts.test) == ("5 folds", 150)
    assert scores.people is not None and scores.people.rows == 150


@needs_real_rows
def test_the_two_people_agree_as_published_over_the_150_rows() -> None:
    found = facts(REAL)
    assert (found.people, found.rows) == (2, 150)
    assert found.kappa == pytest.approx(0.703, abs=0.0005)
    assert found.annotators[0].with_each[1] == found.kappa


@needs_real_rows
def test_four_published_annotations_stand_beside_on_all_rows() -> None:
    found = [one for one in facts(REAL).annotators if one.earlier]
    names = ["yifei first trial", "llama2", "llama2 v2", "llama2 v2 context"]
    assert [(one.name, one.rows) for one in found] == [(name, 150) for name in names]


@needs_real_rows
def test_all_but_the_37_disputed_rows_have_the_agreed_label() -> None:
    found = loaded(TASK)
    agreed = _politosphere.posts(files_of(TASK, REAL), _politosphere.GOLD)
    gold = {post.id: post.label for post in agreed}
    mine = {row.id: row.target for row in (*found.train, *found.test)}
    assert len(mine) == 150 and {id_: mine[id_] for id_ in gold} == gold and len(gold) == 113
