"""Tasks that cannot run: which they are, why, and what is stored of them."""

import hashlib

import pytest

from bench.leaderboard.gather import gather
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import PlannedRuns, carry_out, set_up
from bench.runs.skips import Skip
from bench.store.store import Store, StoredResult
from tests.support.plugins_for_tests import add_baseline, add_task

Made = tuple[PlannedRuns, dict[tuple[str, str], StoredResult]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Task `far`, whose data is not at hand, and baseline `broken`; beside them a sound pair."""
    folder = tmp_path_factory.mktemp("skips")
    add_task(folder, "colours")
    far = add_task(folder, "far")
    code = "from bench.errors import Unavailable\n    raise Unavailable('put its files there')"
    far.write_text(far.read_text().replace("rows = []", code))
    add_baseline(folder, "odd")
    add_baseline(folder, "broken").write_text("import no_such_module\n")
    request = RunRequest(
        tasks=["colours", "far"],
        baselines=["odd", "broken"],
        profile="full",
        seeds=[0],
        limit_train=20,
        plugins=[folder],
    )
    options = RunOptions(results=folder / "results")
    setup = set_up(request, options)
    carry_out(setup, request, options, lambda event: None)
    stored = Store(folder / "results").contents().results
    return setup, {(s.result.tasks[0], s.result.baseline): s for s in stored}


def test_a_skip_says_which_task_and_baseline_and_why(made: Made) -> None:
    why = "put its files there"
    skip = Skip(task="far", baseline="odd", suite=None, reason=why, status="skipped")
    assert skip in made[0].skips
    assert {(s.task, s.baseline, s.status) for s in made[0].skips} == {
        ("far", "odd", "skipped"),
        ("far", "broken", "skipped"),
        ("colours", "broken", "failed"),
    }


def test_no_run_is_made_of_a_skip(made: Made) -> None:
    assert [(run.tasks[0].task, run.baseline) for run in made[0].runs] == [("colours", "odd")]


def test_the_record_of_a_skip_says_that_it_never_came_to_a_run(made: Made) -> None:
    assert {place: s.result.blocked for place, s in made[1].items()} == {
        ("far", "odd"): True,
        ("far", "broken"): True,
        ("colours", "broken"): True,
        ("colours", "odd"): False,
    }


def test_the_record_of_a_skip_stands_where_those_of_before_stand(made: Made) -> None:
    key = hashlib.sha256(b"blocked odd far 20 None").hexdigest()
    assert made[1]["far", "odd"].result.key == key


def test_a_record_of_before_without_ingredients_never_came_to_a_run(made: Made) -> None:
    skip = made[1]["far", "odd"]
    old = StoredResult(skip.result.model_copy(update={"blocked": False}), skip.folder, ())
    [cell] = gather([old]).tasks["far"].cells.values()
    assert cell.newest.blocked
