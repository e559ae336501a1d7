"""The order of runs: cheapest first over all tasks, and weights loaded once."""

from pathlib import Path

from bench.runs.estimates.order import cheapest_first
from tests.support.estimates import set_up_in, taking
from tests.support.plugins_for_tests import add_baseline


def test_cheap_models_run_on_every_task_before_dear_ones_run_on_any(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "lstm", "naive_bayes", "majority")
    names = [run.baseline for run in setup.todo]
    assert names == ["majority"] * 2 + ["naive_bayes"] * 2 + ["lstm"] * 2


def test_every_model_has_run_once_before_a_second_seed(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "lstm", "bert", seeds=[7, 3])
    assert [run.seed for run in setup.todo] == [3] * 4 + [7] * 4


def test_an_entry_whose_runs_take_about_as_long_keeps_its_weights(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "lstm", "bert")
    seconds = {("lstm", "colours"): 3, ("bert", "colours"): 4, ("lstm", "shades"): 5}
    estimates = {
        run.key: taking(seconds.get((run.baseline, run.tasks[0].task), 6)) for run in setup.todo
    }
    ordered = cheapest_first(setup.todo, estimates)
    assert [run.baseline for run in ordered] == ["lstm", "lstm", "bert", "bert"]


def test_with_two_workers_one_begins_with_what_takes_longest(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "joint", multi_task=True)
    setup = set_up_in(tmp_path, "joint", "majority", "naive_bayes")
    estimates = {run.key: taking(100.0 if run.baseline == "joint" else 1.0) for run in setup.todo}
    assert cheapest_first(setup.todo, estimates, workers=2)[0].baseline == "joint"
    assert cheapest_first(setup.todo, estimates, workers=1)[-1].baseline == "joint"
