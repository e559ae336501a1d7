"""Experiments: what is wrong is said all at once, and the later layer wins."""

from pathlib import Path

import pytest

from bench.registry import Registry
from bench.runs.planning.experiment import Experiment, RunRequest, build
from bench.runs.planning.profiles import shipped
from tests.support.experiments import complaint, made, plugins, toml

__all__ = ["plugins"]


def test_every_mistake_of_a_toml_file_is_named(plugins: Path) -> None:
    file = toml(plugins, 'taks = ["a"]\nseeds = ["one"]\n[limits]\ntrain = 0\nrows = 3\n')
    found = complaint(plugins, experiment=file)
    assert "taks: unknown key; did you mean 'tasks'" in found
    assert all(part in found for part in ("seeds.0", "limits.train", "limits.rows"))


def test_every_unknown_name_is_named_with_its_neighbour(plugins: Path) -> None:
    found = complaint(plugins, tasks=["colurs"], baselines=["od"], settings=["odd.puase=1"])
    assert "did you mean 'colours'?" in found and "did you mean 'odd'?" in found


def test_an_unknown_parameter_is_named_with_its_neighbour(plugins: Path) -> None:
    found = complaint(plugins, tasks=["colours"], baselines=["odd"], settings=["odd.puase=1"])
    assert found == "odd has no parameter 'puase'; did you mean 'pause'?"


@pytest.mark.parametrize("value", ["soon", "true", "[[1]]", "{}"])
def test_a_parameter_of_the_wrong_type_is_refused(plugins: Path, value: str) -> None:
    settings = [f"odd.pause={value}"]
    assert "odd.pause = " in complaint(
        plugins, tasks=["colours"], baselines=["odd"], settings=settings
    )


def test_a_parameter_out_of_bounds_is_refused_before_anything_runs(plugins: Path) -> None:
    settings = ["naive_bayes.alpha=-1.0"]
    assert "alpha" in complaint(
        plugins, tasks=["colours"], baselines=["naive_bayes"], settings=settings
    )


@pytest.mark.parametrize("folds", [1, -3, 101])
def test_a_number_of_folds_that_is_none_is_refused(plugins: Path, folds: int) -> None:
    words = {"tasks": ["colours"], "baselines": ["odd"]}
    assert complaint(plugins, folds=folds, **words) == (
        f"--folds {folds}: give 2 to 100, or 0 for none"
    )
    file = toml(plugins, f"folds = {folds}\n")
    assert "folds: " in complaint(plugins, experiment=file, **words)


def test_broken_toml_is_one_line(plugins: Path) -> None:
    assert "not valid TOML" in complaint(plugins, experiment=toml(plugins, "tasks = ["))


def test_an_unknown_experiment_is_named_with_the_shipped_ones(plugins: Path) -> None:
    assert "did you mean 'quick'?" in complaint(plugins, experiment="quik")


def test_nothing_to_run_is_a_mistake(plugins: Path) -> None:
    assert "nothing to run" in complaint(plugins)


def test_the_command_line_wins_over_the_file_and_the_file_over_the_profile(plugins: Path) -> None:
    file = toml(plugins, 'tasks = ["colours"]\nseeds = [5]\n[limits]\ntrain = 40\ntest = 30\n')
    found = made(plugins, experiment=file, profile="quick", limit_test=10)
    assert (found.seeds, found.limits.train, found.limits.test) == ((5,), 40, 10)


def test_folds_of_the_file_hold_unless_the_command_line_has_others(plugins: Path) -> None:
    file = toml(plugins, 'tasks = ["colours"]\nfolds = 5\n')
    assert made(plugins, experiment=file).folds == 5
    assert made(plugins, experiment=file, folds=3).folds == 3


@pytest.mark.parametrize("folds", [1, 101])
def test_a_number_of_folds_that_cannot_be_is_a_mistake(plugins: Path, folds: int) -> None:
    assert f"--folds {folds}: give 2 to 100" in complaint(plugins, tasks=["colours"], folds=folds)
    file = toml(plugins, f'tasks = ["colours"]\nfolds = {folds}\n')
    assert "folds" in complaint(plugins, experiment=file)


def test_parameters_of_a_table_reach_the_baseline(plugins: Path) -> None:
    file = toml(plugins, 'tasks = ["colours"]\n[baselines.odd]\npause = 1\n')
    found = made(plugins, experiment=file)
    assert list(found.families) == ["odd"] and found.params["odd"] == {"pause": 1}


def test_all_means_every_task_and_baseline(plugins: Path) -> None:
    found = made(plugins, everything=True)
    assert {"colours", "bbc_news"} <= set(found.tasks) and {"odd", "majority"} <= set(
        found.families
    )


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_experiment_is_valid(plugins: Path, name: str) -> None:
    assert made(plugins, experiment=name).tasks


def test_a_sweep_leaves_out_the_sizes_above_the_limit_that_was_asked_for() -> None:
    asked = RunRequest(experiment="sst2_sizes", limit_train=600)
    found = build(asked, Registry("tasks"), Registry("baselines"))
    sizes = [sweep["limits"]["train"] for sweep in found.sweep if "limits" in sweep]
    assert sizes == [[100, 500], [600], [100]]


def small(name: str) -> Experiment:
    return build(RunRequest(experiment=name), Registry("tasks"), Registry("baselines"))


@pytest.mark.parametrize("name", ["small_tasks", "small_starter"])
def test_small_weights_have_one_recipe_for_one_task_and_for_all(name: str) -> None:
    found = small(name).params
    assert found["qlora"] == found["qlora_multi"] == small("small_starter").params["qlora"]


def test_the_small_study_of_sizes_ends_with_all_rows_of_sst2() -> None:
    swept = [sweep for sweep in small("small_sst2").sweep if "bert" in sweep["baselines"]]
    assert [sweep["limits"]["train"][-1] for sweep in swept] == [67349]


def test_several_values_on_the_command_line_are_a_sweep(plugins: Path) -> None:
    given = ["naive_bayes.alpha=[0.5, 2]"]
    found = made(plugins, tasks=["colours"], baselines=["naive_bayes"], settings=given)
    assert found.sweep == [{"naive_bayes": {"alpha": [0.5, 2]}}]


def test_a_sweep_over_no_value_is_refused(plugins: Path) -> None:
    said = complaint(plugins, tasks=["colours"], settings=["naive_bayes.alpha=[]"])
    assert "sweep.naive_bayes: give a table of lists that are not empty" in said


def test_several_values_on_the_command_line_replace_those_of_a_sweep() -> None:
    asked = RunRequest(experiment="politosphere_epochs", settings=["qlora.epochs=[1, 2]"])
    swept = build(asked, Registry("tasks"), Registry("baselines")).sweep
    assert [one["qlora"]["epochs"] for one in swept if "qlora" in one] == [[1, 2]]


def test_a_parameter_of_the_command_line_replaces_the_values_of_a_sweep() -> None:
    asked = RunRequest(experiment="politosphere_epochs", settings=["qlora.epochs=3"])
    found = build(asked, Registry("tasks"), Registry("baselines"))
    swept = [set(sweep["qlora"]) for sweep in found.sweep if "qlora" in sweep]
    assert (swept, found.params["qlora"]["epochs"]) == ([{"prompt"}], 3)


def test_a_file_saved_with_a_byte_order_mark_is_read(plugins: Path) -> None:
    file = toml(plugins, '\ufefftasks = ["colours"]\nseeds = [5]\n')
    assert made(plugins, experiment=file, baselines=["odd"]).seeds == (5,)


def test_a_seed_that_libraries_do_not_take_is_refused(plugins: Path) -> None:
    file = toml(plugins, f"seeds = [{2**32}]\n")
    found = complaint(plugins, experiment=file, tasks=["colours"], baselines=["odd"])
    assert "seeds.0: Input should be less than or equal to 4294967295" in found
