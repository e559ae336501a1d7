"""Folds by default: where the test split is cut here, and would be small."""

from pathlib import Path

import pytest

from bench.data.prepare import prepare
from bench.exchange.prediction_template import Scope, chosen_rows
from bench.registry import Registry
from bench.runs.planning.default_folds import default_folds, told
from bench.runs.planning.keys import Code
from tests.support.planning import planned
from tests.support.plugins_for_tests import add_baseline, add_task

CODE = Code({"both": "s"}, {"both": "l"})


def add_cut_task(folder: Path, name: str, *, rows: int, each: int = 1) -> None:
    """Write a task without a test split, whose groups have `each` examples."""
    file = add_task(folder, name, rows=rows)
    text = file.read_text().replace('{"train": rows[:cut], "test": rows[cut:]}', '{"train": rows}')
    if each > 1:
        text = text.replace(
            'made-up rows", label)', f'made-up {name}", label, None, str(n // {each}))'
        )
    file.write_text(text.replace("made-up rows", f"made-up {name}"))


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A task of 40 examples without a test split, and two baselines."""
    add_cut_task(tmp_path, "tickets", rows=40)
    add_baseline(tmp_path, "odd", seeded=True)
    add_baseline(tmp_path, "unseeded")
    return tmp_path


def folds_of(plugins: Path, *names: str) -> int:
    found = prepare(names, Registry("tasks", [plugins]))
    return default_folds([found.tasks[name] for name in names])


def test_a_task_of_forty_examples_is_tested_on_all_forty(plugins: Path) -> None:
    (run,) = planned(plugins, tasks=["tickets"])
    (rows,) = run.tasks
    assert (run.folds, len(rows.test), rows.test_of) == (5, 40, "folds")
    assert sorted(i for part in rows.folds for i in part.test) == list(range(40))


def test_the_entry_has_no_variant_and_the_same_key_as_with_folds_asked_for(plugins: Path) -> None:
    usual, asked = (planned(plugins, tasks=["tickets"], **w)[0] for w in ({}, {"folds": 5}))
    assert usual == asked and usual.variant is None and usual.folds_by_default


def test_folds_of_another_number_are_a_variant(plugins: Path) -> None:
    (run,) = planned(plugins, tasks=["tickets"], folds=4)
    assert run.variant == "4 folds" and not run.folds_by_default


def test_folds_0_cuts_a_test_split_off(plugins: Path) -> None:
    (run,) = planned(plugins, tasks=["tickets"], folds=0)
    assert (run.folds, len(run.tasks[0].test), run.tasks[0].test_of) == (0, 8, "cut")


def test_an_experiment_file_turns_them_off(plugins: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("folds = 0\n")
    (run,) = planned(plugins, tasks=["tickets"], experiment=str(file))
    assert run.folds == 0


def test_a_task_with_a_test_split_of_its_own_stays_as_published(plugins: Path) -> None:
    add_task(plugins, "published", rows=40)
    (run,) = planned(plugins, tasks=["published"])
    assert (run.folds, len(run.tasks[0].test)) == (0, 10)


@pytest.mark.parametrize(
    ("rows", "each", "folds"), [(990, 1, 5), (1010, 1, 0), (1990, 2, 5), (2010, 2, 0)]
)
def test_units_of_the_cut_test_decide_be_they_examples_or_groups(
    plugins: Path, rows: int, each: int, folds: int
) -> None:
    add_cut_task(plugins, "mine", rows=rows, each=each)
    assert folds_of(plugins, "mine") == folds


def test_a_task_of_fewer_groups_than_folds_has_none(plugins: Path) -> None:
    add_cut_task(plugins, "mine", rows=12, each=4)
    assert folds_of(plugins, "mine") == 0


def test_a_task_with_an_official_test_to_answer_has_none(plugins: Path) -> None:
    file = plugins / "tasks" / "tickets.py"
    text = file.read_text().replace(
        "    load=load,", '    load=load,\n    unscored=lambda files: [Input("u", "mauve")],'
    )
    file.write_text(text.replace("import Example,", "import Example, Input,"))
    assert folds_of(plugins, "tickets") == 0


def test_a_fit_over_several_tasks_has_folds_where_all_of_them_do(plugins: Path) -> None:
    add_baseline(plugins, "both", multi_task=True)
    add_cut_task(plugins, "pets", rows=30)
    add_task(plugins, "published", rows=40)
    names = ["tickets", "pets"]
    (small,) = planned(plugins, CODE, tasks=names, baselines=["both"])
    (mixed,) = planned(plugins, CODE, tasks=[*names, "published"], baselines=["both"])
    assert [len(rows.test) for rows in small.tasks] == [40, 30]
    assert [rows.test_of for rows in mixed.tasks] == ["cut", "cut", "task"]


def test_what_another_task_tests_is_still_tested_in_folds(plugins: Path) -> None:
    add_cut_task(plugins, "copy", rows=40)
    file = plugins / "tasks" / "copy.py"
    file.write_text(file.read_text().replace("made-up copy", "made-up tickets"))
    alone = planned(plugins, tasks=["tickets"])[0]
    beside = planned(plugins, tasks=["tickets", "copy"])[0]
    assert alone.key == beside.key and len(beside.tasks[0].test) == 40


def test_a_limit_on_the_test_and_its_line(plugins: Path) -> None:
    runs = planned(plugins, tasks=["tickets"], baselines=["odd", "unseeded"], limit_test=15)
    assert len(runs[0].tasks[0].test) == 15
    assert told(runs) == [
        "tickets has no test split and few examples: 5 folds, 15 of 40 examples are tested "
        "(--folds 0: one test split)"
    ]


def test_the_line_says_that_every_example_is_tested(plugins: Path) -> None:
    (line,) = told(planned(plugins, tasks=["tickets"], profile="quick"))
    assert "few examples: 5 folds, every example is tested" in line
    assert told(planned(plugins, tasks=["tickets"], folds=4)) == []


def test_an_option_that_would_be_refused_is_not_advised(plugins: Path) -> None:
    (line,) = told(planned(plugins, tasks=["tickets"], profile="quick"), avoidable=False)
    assert line.endswith("every example is tested")


def test_predictions_from_outside_are_scored_on_the_same_examples(plugins: Path) -> None:
    prepared = prepare(["tickets"], Registry("tasks", [plugins])).tasks["tickets"]
    (run,) = planned(plugins, tasks=["tickets"], profile="quick")
    assert chosen_rows(prepared, Scope(150, "quick")).test_hash == run.tasks[0].test_hash


def test_labelled_examples_are_counted_before_limits(plugins: Path) -> None:
    add_task(plugins, "published", rows=40)
    limited, whole = (planned(plugins, tasks=["published"], limit_train=n)[0] for n in (9, None))
    assert (limited.tasks[0].labelled, whole.tasks[0].labelled) == (30, 30)
    (folded,) = planned(plugins, tasks=["tickets"], limit_train=9)
    assert folded.tasks[0].labelled == 32
