"""Which rows a run uses: nested limits, whole groups, the same test rows for all."""

from pathlib import Path

import pytest

from bench.data.prepare import PreparedTask
from bench.runs.planning.keys import Code
from bench.runs.planning.row_selection import choose
from bench.runs.planning.run_spec import Run, TaskRows
from bench.task import Example
from tests.support.folds import prepared
from tests.support.planning import CODE, planned, plugins
from tests.support.plugins_for_tests import add_baseline
from tests.support.rows import rows_of

__all__ = ["plugins"]
MANY = prepared(rows_of(cat=1400, dog=500, newt=100))
ZERO_SHOT = Code({"llama_zero_shot": "s"}, {"llama_zero_shot": "l"})


def labelled(rows: TaskRows) -> set[int]:
    return {*rows.train, *rows.validation}


@pytest.mark.parametrize("seed", range(3))
def test_the_labelled_rows_of_100_are_among_those_of_500_and_these_of_1000(seed: int) -> None:
    small, middle, large = (labelled(choose(MANY, n, None, seed)) for n in (100, 500, 1000))
    assert small < middle < large and (len(small), len(large)) == (100, 1000)


def test_a_limit_leaves_train_validation_and_test_apart() -> None:
    rows = choose(MANY, 300, 50, 1)
    parts = [*rows.train, *rows.validation, *rows.test]
    assert len(set(parts)) == len(parts) == 350


def test_a_limit_cuts_no_group_between_train_and_validation() -> None:
    grouped = [Example(f"r{n}", f"text {n}", "cat", group=f"g{n % 40}") for n in range(600)]
    task = prepared(grouped)
    chosen = choose(task, 200, None, 0)
    groups = [{task.rows[i].group for i in part} for part in (chosen.train, chosen.validation)]
    assert groups[1] and not groups[0] & groups[1]


def published() -> PreparedTask:
    """A task with a validation split of its own: 40 train, 20 validation, 30 test rows."""
    task, rows = prepared(rows_of(cat=90)), tuple(rows_of(cat=90))
    loaded = type(task.loaded)(rows[:40], rows[40:60], rows[60:], task.loaded.faults)
    return PreparedTask(task.task, None, loaded, {}, frozenset({"cat-61", "cat-89"}))


def test_a_limit_that_leaves_nothing_out_keeps_the_published_validation_split() -> None:
    for limit in (None, 60, 5000):
        chosen = choose(published(), limit, None, 7)
        assert (chosen.train, chosen.validation) == (tuple(range(40)), tuple(range(40, 60)))


def test_of_leaked_rows_those_that_are_tested_are_named() -> None:
    task = published()
    for limit in (None, 15, 1):
        chosen = choose(task, None, limit, 0)
        tested = {task.rows[i].id for i in chosen.test}
        assert chosen.leaked == tuple(sorted(tested & task.leaked))


def zero_shot(plugins: Path, *settings: str, **words: object) -> list[Run]:
    asked = {"baselines": ["llama_zero_shot"], "seeds": [3, 1, 2], **words}
    given = [f"llama_zero_shot.{setting}" for setting in settings]
    return planned(plugins, ZERO_SHOT, settings=given, **asked)


def test_zero_shots_run_once_whatever_the_seeds(plugins: Path) -> None:
    runs = zero_shot(plugins)
    assert [(run.seed, run.seeded) for run in runs] == [(0, False)]
    assert runs[0].key == zero_shot(plugins, seeds=[9])[0].key


@pytest.mark.parametrize("setting", ["shots=2", "draws=2"])
def test_what_is_drawn_for_a_prompt_follows_the_seed(plugins: Path, setting: str) -> None:
    runs = zero_shot(plugins, setting)
    assert [(run.seed, run.seeded) for run in runs] == [(3, True), (1, True), (2, True)]


def test_zero_shots_follow_the_drawn_rows_that_settle_their_thresholds(plugins: Path) -> None:
    assert [run.seed for run in zero_shot(plugins, limit_train=50)] == [3, 1, 2]


def test_of_a_seeded_family_one_setting_can_be_without_a_seed(plugins: Path) -> None:
    path = add_baseline(plugins, "odd", seeded=True)
    line = "        self.uses_seed = word != 'x'\n"
    path.write_text(path.read_text().replace("pause, word\n", f"pause, word\n{line}"))
    file = plugins / "made.toml"
    file.write_text("[sweep.odd]\nword = ['x', 'y']\n")
    runs = planned(plugins, CODE, experiment=str(file), seeds=[4, 5])
    assert [(run.variant, run.seed) for run in runs] == [
        ("word=x", 0),
        ("word=y", 4),
        ("word=y", 5),
    ]
