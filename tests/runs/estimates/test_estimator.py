"""Estimates of runs: how they grow, and where their speed comes from."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.runs.estimates.estimator import START
from bench.runs.estimates.fitting import fitting
from bench.runs.estimates.kept import Measured, keep, recall
from bench.runs.estimates.kept import _place as place_of
from bench.runs.estimates.machine import elsewhere
from bench.runs.estimates.speed import weighted_median
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import RunOptions, carry_out, measured
from tests.support.estimates import set_up_in
from tests.support.plugins_for_tests import add_baseline

WORK = """
    def work(self, learnt, predicted):
        return {word}

BASELINE = Odd
"""


def add_working(folder: Path, name: str, word: str) -> None:
    """A baseline that declares its work."""
    path = add_baseline(folder / "plugins", name)
    path.write_text(path.read_text().replace("\nBASELINE = Odd\n", WORK.format(word=word)))


@pytest.mark.parametrize("family", ["naive_bayes", "lstm", "bert", "qlora"])
def test_ten_times_the_examples_take_several_times_as_long_to_fit(
    tmp_path: Path, family: str
) -> None:
    judge = set_up_in(tmp_path, family).estimator
    few, many = (judge.at(family, {}, "colours", labelled=n) for n in (1000, 10_000))
    assert 2.5 < many.fit_seconds / few.fit_seconds < 13
    assert few.predict_seconds == many.predict_seconds


def test_epochs_multiply_what_a_network_takes(tmp_path: Path) -> None:
    judge = set_up_in(tmp_path, "lstm").estimator
    two, eight = (
        judge.at("lstm", {"epochs": n, "patience": n}, "colours", labelled=1000) for n in (2, 8)
    )
    assert eight.fit_seconds == pytest.approx(4 * two.fit_seconds, rel=0.1)


def test_folds_multiply_the_fits(tmp_path: Path) -> None:
    judge = set_up_in(tmp_path, "lstm").estimator
    once, five = (judge.at("lstm", {}, "colours", labelled=1000, folds=n) for n in (0, 5))
    assert 3.5 < five.fit_seconds / once.fit_seconds < 6.5


def test_what_a_process_loads_is_counted_once(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "lstm")
    first, second = (setup.estimates[run.key] for run in setup.todo)
    assert first.other_seconds - second.other_seconds > START


def test_a_baseline_says_how_its_work_grows(tmp_path: Path) -> None:
    add_working(tmp_path, "square", "sum(learnt) ** 2, len(predicted)")
    judge = set_up_in(tmp_path, "square").estimator
    few, many = (judge.at("square", {}, "colours", labelled=n) for n in (1000, 3000))
    assert many.fit_seconds == pytest.approx(9 * few.fit_seconds, rel=0.05)


@pytest.mark.parametrize("word", ["1 / 0", "'x', 1", "-1, 1", "float('nan'), 1", "7", "1, 2, 3"])
def test_nonsense_about_its_work_is_told_and_not_believed(tmp_path: Path, word: str) -> None:
    add_working(tmp_path, "odd", word)
    setup = set_up_in(tmp_path, "odd")
    assert "work()" in setup.estimator.faults["odd"]
    assert all(0 < estimate.seconds < 60 for estimate in setup.estimates.values())


def test_finished_runs_of_this_machine_tell_how_fast_it_is(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "slow", "sum(range(20_000_000))")
    before = set_up_in(tmp_path, "slow", tasks=["colours"])
    request = RunRequest(
        tasks=["colours"], baselines=["slow"], profile="full", plugins=[tmp_path / "plugins"]
    )
    options = RunOptions(results=tmp_path / "results")
    carry_out(before, request, options, lambda event: None)
    after = set_up_in(tmp_path, "slow", tasks=["shades"])
    [then], [now] = before.estimates.values(), after.estimates.values()
    assert now.origin == "arithmetic"  # its task was not that of the finished run
    both = set_up_in(tmp_path, "slow")
    [now] = both.estimates.values()
    assert (then.origin, now.origin) == ("arithmetic", "stored")
    assert now.fit_seconds > 5 * then.fit_seconds


def test_a_family_is_measured_once_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    add_baseline(tmp_path / "plugins", "slow", "sum(range(20_000_000))")
    setup = set_up_in(tmp_path, "slow")
    request = RunRequest(plugins=[tmp_path / "plugins"])
    options = RunOptions(results=tmp_path / "results")
    known = measured(setup, request, options, least=0.0)
    assert {e.origin for e in known.estimates.values()} == {"calibrated"}
    assert recall(setup.estimator.machine).cells[0].baseline == "slow"
    assert not (tmp_path / "results" / "runs").exists()
    again = set_up_in(tmp_path, "slow")
    assert {e.origin for e in again.estimates.values()} == {"calibrated"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"form": 2, "measured": {}}',
        '{"form": 1, "measured": {"loading": -1}}',
        '{"form": 1, "measured": {"loading": NaN}}',
        "[" * 10_000,
    ],
)
def test_a_damaged_file_of_a_machine_is_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    machine = elsewhere("cpu", None, 2)
    assert keep(machine, Measured(loading=3.0)) and recall(machine).loading == 3.0
    place_of(machine).write_text(text)
    assert recall(machine) == Measured()


def test_what_needs_more_memory_than_there_is_cannot_run(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "qlora", "majority")
    small = elsewhere("t4", 4, 1)
    judge = replace(setup.estimator, machine=small)
    found = fitting(setup.todo, judge.of(setup.todo), small)
    stopped = {one.run.baseline for one in found if "GB of memory" in one.obstacle}
    assert stopped == {"qlora"}


def test_time_is_filled_with_the_cheapest_runs(tmp_path: Path) -> None:
    setup = set_up_in(tmp_path, "lstm", "majority")
    judge = setup.estimator
    seconds = sum(setup.estimates[run.key].seconds for run in setup.todo[:2]) + 0.01
    found = fitting(setup.todo, setup.estimates, judge.machine, seconds=seconds)
    assert [bool(one.obstacle) for one in found] == [False, False, True, True]


@pytest.mark.parametrize(
    ("device", "vram"), [("t5", None), ("", 0), ("t4", -1), ("", 1e9), ("cpu", 4)]
)
def test_a_machine_that_does_not_exist_is_refused(device: str, vram: float | None) -> None:
    with pytest.raises(UserError, match=r"--device|--vram"):
        elsewhere(device, vram, 1)


def test_one_slow_cell_does_not_move_a_speed() -> None:
    assert weighted_median([(1.0, 1.0), (1.1, 1.0), (50.0, 1.0)]) == 1.1
