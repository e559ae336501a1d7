"""The expected score of a guessing baseline: seeds change nothing, test examples still do."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from bench.baselines.stratified_random import StratifiedRandom
from bench.records import TaskScores
from bench.runs.cells.cell import Outcome, run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import choose, folded
from bench.runs.planning.run_spec import TaskRows
from bench.scoring.guessing import number_of_guesses
from bench.task import Example
from perf.simulate.floor import spread
from tests.support.folds import PETS, prepared, run_of
from tests.support.rows import rows_of

ROWS = rows_of(cat=100, dog=80)


def outcome(
    chosen: TaskRows, seed: int = 0, family: Any = StratifiedRandom, rows: Sequence[Example] = ROWS
) -> Outcome:
    run = run_of(chosen).model_copy(update={"seed": seed})
    return run_cell(run, family, [CellTask(PETS, chosen, rows)], Meter(1))


def scores(chosen: TaskRows, seed: int = 0, family: Any = StratifiedRandom) -> TaskScores:
    (found,) = outcome(chosen, seed, family).result.results
    return found


CHOSEN = choose(prepared(ROWS), None, None, 0)


def test_the_score_is_the_expectation_of_guessing() -> None:
    test = [ROWS[i].target for i in CHOSEN.test]
    learnt = [ROWS[i].target for i in (*CHOSEN.train, *CHOSEN.validation)]
    share = {label: learnt.count(label) / len(learnt) for label in ("cat", "dog")}
    exact = np.mean([share[label] for label in test])
    assert scores(CHOSEN).scores["accuracy"] == pytest.approx(exact, abs=0.002)


def test_seeds_change_nothing_but_the_stored_predictions() -> None:
    first, second = outcome(CHOSEN, 0), outcome(CHOSEN, 1)
    found = [made.result.results[0].scores for made in (first, second)]
    np.testing.assert_equal(found[0], found[1])  # an AUC of a label that nobody has is NaN
    name = first.result.results[0].predictions
    assert first.files[name] != second.files[name]


def test_the_coin_is_gone_from_the_draws_and_the_test_examples_are_not() -> None:
    class OneGuess(StratifiedRandom):
        guesses: ClassVar[None] = None

    low, high = scores(CHOSEN).intervals["accuracy"]
    one_low, one_high = scores(CHOSEN, family=OneGuess).intervals["accuracy"]
    assert 0 < high - low < 0.5 * (one_high - one_low)


def test_no_example_is_exactly_right_and_the_number_of_guesses_is_kept() -> None:
    found = scores(CHOSEN)
    assert found.right == "" and found.guesses == number_of_guesses(PETS.output, 60) == 500
    assert sum(row.support for row in found.per_class.values()) == 60


def test_folds_are_guessed_together() -> None:
    found = scores(folded(prepared(ROWS), None, 5, 0))
    assert found.scores["accuracy"] == pytest.approx((100**2 + 80**2) / 180**2, abs=0.01)


def test_twelve_seeds_on_a_binary_task_of_150_agree() -> None:
    assert spread(guesses=True) < 0.005
    assert spread(guesses=False) > 0.05
