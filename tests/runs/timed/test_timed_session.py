"""`bench run` for a given time in real worker processes: planned, repeated, grown."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import set_up
from bench.runs.timed.deadline import Deadline
from bench.runs.timed.plan_file import read_plan
from bench.runs.timed_session import (
    TimedRuns,
    carry_out_timed,
    set_up_plan,
    set_up_timed,
)
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task
from tests.support.timed import Speeds

SPEEDS = Speeds({"odd": 0.01, "majority": 0.0})


def quiet(step: str) -> None:
    pass


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    """Task `colours` with 900 labelled examples; the seeded baseline `odd`, and a floor."""
    add_task(tmp_path / "plugins", "colours", rows=1200)
    add_baseline(tmp_path / "plugins", "odd", seeded=True)
    folder = tmp_path / "plugins"
    return RunRequest(
        tasks=["colours"], baselines=["majority", "odd"], plugins=[folder], profile="quick"
    )


def planned(request: RunRequest, results: Path, seconds: float = 10) -> TimedRuns:
    deadline = Deadline(seconds, lambda: 0.0)
    options = RunOptions(results)
    return set_up_timed(request, options, deadline, quiet, estimator=lambda loaded: SPEEDS)


def run(request: RunRequest, results: Path, seconds: float = 10) -> TimedRuns:
    timed = planned(request, results, seconds)
    deadline = Deadline(seconds, lambda: 0.0)
    carry_out_timed(timed, request, RunOptions(results), lambda event: None, deadline)
    return timed


def answers(results: Path) -> dict[str, bytes]:
    return {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for path in (results / "runs").glob("*/*.parquet")
    }


def again(request: RunRequest, plan: Path, results: Path, **words: object) -> TimedRuns:
    repeated = replace(request, experiment=str(plan), tasks=(), baselines=(), profile="", **words)  # type: ignore[arg-type]
    return set_up_plan(repeated, RunOptions(results), quiet)


def test_a_plan_repeated_elsewhere_gives_the_same_predictions(
    request_: RunRequest, tmp_path: Path
) -> None:
    first, second = tmp_path / "results", tmp_path / "elsewhere"
    run(request_, first)
    plan = again(request_, first / "plan.toml", second)
    carry_out_timed(plan, request_, RunOptions(second), lambda event: None, None)
    assert answers(first)
    assert answers(first) == answers(second)


def test_a_larger_size_is_recommended_from_and_not_ranked(
    request_: RunRequest, tmp_path: Path
) -> None:
    run(request_, tmp_path)
    larger = {
        (s.result.baseline, s.result.limit.train): s.result.larger
        for s in Store(tmp_path).contents().results
    }
    assert larger == {
        ("majority", 100): False,
        ("odd", 100): False,
        ("odd", 200): True,
        ("odd", 500): True,
    }


def test_the_same_command_finishes_the_plan_and_then_lets_it_grow(
    request_: RunRequest, tmp_path: Path
) -> None:
    timed = planned(request_, tmp_path)
    out_of_time = Deadline(0.5, lambda: 0.0)
    out_of_time.expect({run.key: 1.0 for run in timed.setup.todo})
    carry_out_timed(timed, request_, RunOptions(tmp_path), lambda event: None, out_of_time)
    assert len(out_of_time.put_off) == len(timed.setup.todo)
    assert run(request_, tmp_path).setup.todo == timed.setup.todo
    grown = planned(request_, tmp_path, 20)
    assert [(r.limit.train, r.seed) for r in grown.setup.todo] == [(900, 0), (900, 1)]


def test_a_plan_of_a_task_that_changed_is_refused(request_: RunRequest, tmp_path: Path) -> None:
    run(request_, tmp_path)
    add_task(tmp_path / "plugins", "colours", rows=1204)
    with pytest.raises(UserError, match=r"plan\.toml: task colours is not what it was"):
        again(request_, tmp_path / "plan.toml", tmp_path / "elsewhere")


def test_the_plan_of_a_changed_task_is_kept_beside_the_new_one(
    request_: RunRequest, tmp_path: Path
) -> None:
    run(request_, tmp_path)
    old = (tmp_path / "plan.toml").read_bytes()
    add_task(tmp_path / "plugins", "colours", rows=1204)
    timed = run(request_, tmp_path)
    assert timed.aside is not None
    assert timed.aside.read_bytes() == old
    assert read_plan(tmp_path / "plan.toml") != read_plan(timed.aside)


def test_a_plan_that_cannot_be_read_stops_the_command(request_: RunRequest, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("format = 7\n")
    with pytest.raises(UserError, match=r"format 7.*move that file away"):
        planned(request_, tmp_path)


def test_a_plan_is_repeated_with_nothing_else_chosen(request_: RunRequest, tmp_path: Path) -> None:
    run(request_, tmp_path)
    with pytest.raises(UserError, match="leave out --seed, --folds"):
        again(request_, tmp_path / "plan.toml", tmp_path, seeds=[1], folds=0)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('baseline = "odd"', 'baseline = "od"', r"edited.toml: unknown baseline 'od'.*--plugins"),
        ("[recipes.odd.params]\n", "[recipes.odd.params]\nspeed = 3\n", "no parameter 'speed'"),
        ("[recipes.odd.params]\n", '[recipes.odd.params]\npause = "x"\n', "pause"),
    ],
)
def test_a_recipe_that_no_baseline_takes_is_refused(
    request_: RunRequest, tmp_path: Path, good: str, bad: str, said: str
) -> None:
    run(request_, tmp_path)
    plan = tmp_path / "edited.toml"
    text = (tmp_path / "plan.toml").read_text()
    assert good in text
    plan.write_text(text.replace(good, bad))
    with pytest.raises(UserError, match=said) as caught:
        again(request_, plan, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_plan_of_a_task_of_ones_own_says_what_finds_it(
    request_: RunRequest, tmp_path: Path
) -> None:
    run(request_, tmp_path)
    with pytest.raises(UserError, match=r"plan.toml: unknown task 'colours'.*--plugins DIR"):
        again(request_, tmp_path / "plan.toml", tmp_path, plugins=[])


def test_a_fit_over_several_tasks_needs_a_baseline_for_that(
    request_: RunRequest, tmp_path: Path
) -> None:
    add_task(tmp_path / "plugins", "shades", rows=1200)
    run(replace(request_, tasks=["colours", "shades"]), tmp_path)
    plan = tmp_path / "edited.toml"
    text = (tmp_path / "plan.toml").read_text()
    plan.write_text(
        text.replace('"odd", tasks = ["colours"]', '"odd", tasks = ["colours", "shades"]', 1)
    )
    with pytest.raises(UserError, match="odd is fitted on one task at a time"):
        again(request_, plan, tmp_path)


def test_the_command_of_a_cell_plans_its_key(request_: RunRequest, tmp_path: Path) -> None:
    timed = planned(request_, tmp_path)
    for run in timed.setup.runs:
        alone = replace(
            request_,
            baselines=[run.baseline],
            seeds=[run.seed],
            limit_train=run.limit.train,
            limit_test=run.limit.test,
        )
        assert run.key in {one.key for one in set_up(alone, RunOptions(tmp_path)).runs}
