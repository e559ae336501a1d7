"""The paired permutation test: equal to SciPy's, and right where the bootstrap's is not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.metrics import macro_f1
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.records import ClassScore, IntervalFacts
from bench.scoring.permutation import applies, permutation_p
from tests.support.aligned import scored

OUTPUT = SingleLabel("a", "b", "c")
GOLD = ["a", "a", "b", "b", "c", "a", "b", "c", "a", "b"]
ONE = ["a", "a", "b", "b", "c", "b", "b", "c", "a", "a"]
OTHER = ["a", "b", "a", "b", "a", "a", None, "c", "b", "a"]


def result(value: list[str | None], unit: list[int] | None = None) -> Scored:
    found = scored(OUTPUT, [*GOLD], [*value])
    return found if unit is None else replace(found, unit=np.array(unit))


def test_p_equals_that_of_scipy_over_all_exchanges() -> None:
    def part(value: list[str | None]) -> Scored:
        return scored(OUTPUT, [*GOLD[1:8]], [*value])

    def difference(one: NDArray[np.object_], other: NDArray[np.object_]) -> float:
        return macro_f1.point(part([*one])) - macro_f1.point(part([*other]))

    data = tuple(np.array(value[1:8], object) for value in (ONE, OTHER))
    exact = stats.permutation_test(
        data, difference, permutation_type="samples", vectorized=False, n_resamples=np.inf
    )
    found = permutation_p(macro_f1, [part(ONE[1:8])], [part(OTHER[1:8])])
    assert found == pytest.approx(exact.pvalue, abs=0.02)


def test_equal_answers_differ_in_nothing() -> None:
    assert permutation_p(macro_f1, [result(ONE)], [result(ONE)]) == 1


def test_p_is_never_zero() -> None:
    gold = [*("ab" * 40)]
    good, bad = (scored(OUTPUT, [*gold], [*value]) for value in (gold, "ba" * 40))
    assert permutation_p(macro_f1, [good], [bad], permutations=99) == 0.01


def test_answers_of_a_group_are_exchanged_together() -> None:
    """With two groups there are two ways to exchange that matter, and both are as extreme."""
    unit = [0] * 5 + [1] * 5
    p = permutation_p(macro_f1, [result(ONE, unit)], [result(OTHER, unit)], permutations=999)
    assert p > 0.4 > permutation_p(macro_f1, [result(ONE)], [result(OTHER)], permutations=999)


def test_seeds_count_by_their_mean() -> None:
    pair = permutation_p(macro_f1, [result(ONE)] * 2, [result(OTHER)] * 2)
    assert pair == permutation_p(macro_f1, [result(ONE)], [result(OTHER)])
    mixed = permutation_p(macro_f1, [result(ONE), result(OTHER)], [result(OTHER), result(ONE)])
    assert mixed == 1


def test_equally_good_entries_differ_as_seldom_as_stated() -> None:
    """One frequent label, and twelve with 2 examples each."""
    random = np.random.default_rng(0)
    output = SingleLabel(*(f"{k:02}" for k in range(13)))
    gold = [0] * 76 + [k for k in range(1, 13) for _ in range(2)]
    found = []
    for _ in range(150):
        both = []
        for _ in range(2):
            right = random.random(100) < 0.7
            value = np.where(right, gold, random.integers(0, 13, 100))
            labels = [output.labels[k] for k in gold], [output.labels[k] for k in value]
            both.append(scored(output, *map(list, labels)))
        found.append(permutation_p(macro_f1, both[:1], both[1:], permutations=199))
    assert 0.005 <= np.mean(np.array(found) <= 0.05) <= 0.09


def support(*counts: int) -> dict[str, ClassScore]:
    return {
        str(k): ClassScore(precision=1, recall=1, f1=1, support=count)
        for k, count in enumerate(counts)
    }


def test_it_applies_to_macro_averages_with_a_rare_label() -> None:
    macro, plain = (IntervalFacts(method=m) for m in ("macro_average", "bias_corrected"))
    assert applies("macro_f1", None, support(50, 9)) and applies("own", macro, support(50, 9))
    assert not applies("macro_f1", None, support(50, 10, 0))
    assert not applies("accuracy", None, support(50, 9)) and not applies("x", plain, support(9))
