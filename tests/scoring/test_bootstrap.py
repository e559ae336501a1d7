"""Bootstrap draws: shared by equal test rows, whole groups, and equal to SciPy's intervals."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.metrics import metric
from bench.metrics.aligned import Scored
from bench.scoring.bootstrap import DRAWS, blocks, percentiles, wilson
from bench.scoring.evaluate import replicates
from tests.support.aligned import numbers, single


def weights(ids: list[str], units: int) -> NDArray[np.float32]:
    return np.concatenate(list(blocks(ids, units)), axis=1)


def test_equal_ids_give_equal_draws_and_other_ids_others() -> None:
    first = weights(["a", "b", "c"], 3)
    assert np.array_equal(first, weights(["c", "b", "a"], 3))
    assert not np.array_equal(first, weights(["a", "b", "d"], 3))


def test_each_draw_takes_as_many_units_as_there_are() -> None:
    found = weights([str(i) for i in range(50)], 50)
    assert found.shape == (50, DRAWS) and (found.sum(axis=0) == 50).all()


def test_draws_do_not_depend_on_the_size_of_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [str(i) for i in range(40)]
    whole = weights(ids, 40)
    monkeypatch.setattr("bench.scoring.bootstrap.MAX_WEIGHTS", 40 * 300)
    assert np.array_equal(weights(ids, 40), whole)


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "mcc", "roc_auc", "log_loss"])
def test_intervals_equal_scipy_within_monte_carlo_error(name: str) -> None:
    rows, m = single(0, 150), metric(name)
    ours = percentiles(replicates([m], rows)[name])
    theirs = stats.bootstrap(
        (np.arange(150),),
        lambda at: m.point(_rows(rows, at)),
        n_resamples=DRAWS,
        method="percentile",
        vectorized=False,
        random_state=1,
    )
    # Two runs of SciPy differ by as much: about a tenth of a standard error at each end.
    room = 0.35 * float(theirs.standard_error)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=room)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=room)


def _rows(rows: Scored, at: NDArray[np.int64]) -> Scored:
    assert rows.scores is not None
    return Scored(
        rows.output,
        tuple(str(i) for i in range(len(at))),
        tuple(rows.texts[i] for i in at),
        tuple(rows.gold[i] for i in at),
        tuple(rows.value[i] for i in at),
        rows.scores[at],
        np.arange(len(at)),
    )


def test_spearman_intervals_equal_scipy_within_monte_carlo_error() -> None:
    rows = numbers(0, 120)
    gold, value = np.array(rows.gold, float), np.array(rows.value, float)
    ours = percentiles(replicates([metric("spearman")], rows)["spearman"])
    theirs = stats.bootstrap(
        (gold, value),
        lambda x, y: stats.spearmanr(x, y).statistic,
        paired=True,
        vectorized=False,
        n_resamples=DRAWS,
        method="percentile",
        random_state=1,
    )
    room = 0.35 * float(theirs.standard_error)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=room)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=room)


def test_rows_of_one_group_are_drawn_together() -> None:
    """Each row copied ten times into its group: the interval is that of the uncopied rows."""
    rows = single(1, 40)
    at = np.repeat(np.arange(40), 10)
    copied = _rows(rows, at)
    grouped = replace(copied, unit=at)
    accuracy = metric("accuracy")
    wide = percentiles(replicates([accuracy], grouped)["accuracy"])
    plain = percentiles(replicates([accuracy], rows)["accuracy"])
    narrow = percentiles(replicates([accuracy], copied)["accuracy"])
    assert wide.high - wide.low == pytest.approx(plain.high - plain.low, rel=0.2)
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_wilson_gives_the_interval_of_its_reference() -> None:
    """Newcombe (1998), table I: 81 of 263 gives .2553 to .3662."""
    found = wilson(81 / 263, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_wilson_is_not_empty_at_the_ends() -> None:
    assert wilson(1.0, 20).low < 1 and wilson(0.0, 20).high > 0


def test_grouped_intervals_equal_scipy_on_groups_of_unequal_size() -> None:
    rows, m = single(3, 160), metric("macro_f1")
    unit = np.sort(np.random.default_rng(0).integers(0, 40, 160))
    unit = np.unique(unit, return_inverse=True)[1]
    members = [np.flatnonzero(unit == k) for k in range(unit.max() + 1)]
    grouped = replace(rows, unit=unit)
    ours = percentiles(replicates([m], grouped)["macro_f1"])
    theirs = stats.bootstrap(
        (np.arange(len(members)),),
        lambda at: m.point(_rows(rows, np.concatenate([members[k] for k in at]))),
        n_resamples=DRAWS,
        method="percentile",
        vectorized=False,
        random_state=1,
    )
    room = 0.35 * float(theirs.standard_error)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=room)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=room)


def test_wilson_never_leaves_its_share_outside() -> None:
    for rows in (1, 2, 3, 10, 57, 100, 199, 200):
        for right in range(rows + 1):
            found = wilson(right / rows, rows)
            assert 0 <= found.low <= right / rows <= found.high <= 1


def test_draws_without_a_value_are_left_out_of_an_interval() -> None:
    found = percentiles(np.array([np.nan, 1.0, 2.0, 3.0]))
    assert (found.low, found.high) == pytest.approx((1.05, 2.95))
    assert np.isnan(percentiles(np.array([np.nan])).low)
