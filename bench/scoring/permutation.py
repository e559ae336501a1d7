"""Paired permutation test of two entries on the same test examples, for macro averages with rare
labels.

The bootstrap's standard error is too small there: a label with two examples hardly varies in the
draws. Where two entries are equally good, their answers to an example could as well have been
exchanged, which holds whatever the metric (Fisher, 1935; Yeh, COLING 2000).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric
from bench.records import ClassScore, IntervalFacts
from bench.scoring.bootstrap import seed_of

PERMUTATIONS = 10_000
BLOCK = 500
"""Permutations computed at once."""
RARE = 10
"""A label with fewer gold examples is rare."""
EQUAL = 1e-6
"""Differences closer than this count as equal: sums have single precision."""
_MACRO = ("macro_f1", "macro_precision", "macro_recall", "macro_entity_f1", "token_f1")


def applies(
    main_metric: str, interval: IntervalFacts | None, per_class: Mapping[str, ClassScore]
) -> bool:
    """Return whether a task's pairs should be tested by permutation: its main metric is a macro
    average, and a label that occurs in gold is rare.

    Args:
        main_metric: the name of the main metric, which tells for results without `interval`.
        interval: how the main metric's interval is made.
        per_class: label -> scores and support.
    """
    return is_macro(main_metric, interval) and has_rare(per_class)


def is_macro(main_metric: str, interval: IntervalFacts | None) -> bool:
    """Return whether a main metric is a macro average, from 0 to 1."""
    return main_metric in _MACRO if interval is None else interval.method == "macro_average"


def has_rare(per_class: Mapping[str, ClassScore]) -> bool:
    """Return whether a label that occurs in gold has fewer than `RARE` test examples."""
    return any(0 < scores.support < RARE for scores in per_class.values())


def permutation_p(
    metric: Metric,
    first: Sequence[Scored],
    second: Sequence[Scored],
    *,
    permutations: int = PERMUTATIONS,
) -> float:
    """Return the two-sided p-value of the difference in a metric, mean over seeds.

    In each permutation the two entries' answers are exchanged, or not, for each example, or group
    of examples, in all seeds at once. The observed assignment counts as one permutation, so that p
    is never 0 (Phipson & Smyth, 2010).

    Args:
        metric: a metric whose `statistic` is linear in the weights of the units.
        first: one entry's results on the same examples, a seed each.
        second: the other's. If it has more seeds or fewer, only as many as both have are used.
        permutations: the number of random permutations.
    """
    pairs = list(zip(first, second, strict=False))
    unit = pairs[0][0].unit
    differing = np.zeros(pairs[0][0].units, bool)
    for one, other in pairs:
        differing[unit[[a != b for a, b in zip(one.value, other.value, strict=True)]]] = True
    if not differing.any():
        return 1.0
    weighers = [_Pair(metric, one, other, differing[unit]) for one, other in pairs]
    units, seed = int(differing.sum()), seed_of(pairs[0][0].ids)
    observed = abs(_mean(weighers, np.zeros((units, 1), np.float32))[0])
    extreme = sum(
        int((np.abs(_mean(weighers, swaps)) >= observed - EQUAL).sum())
        for swaps in _swaps(units, permutations, seed)
    )
    return (1 + extreme) / (1 + permutations)


class _Pair:
    """The difference of two results as a function of the exchanges between them."""

    def __init__(
        self, metric: Metric, first: Scored, second: Scored, mask: NDArray[np.bool_]
    ) -> None:
        self._score = metric.score
        same = first.only(~mask)
        ones = np.ones((same.units, 1), np.float32)
        fixed = metric.statistic(same)(ones) if same.ids else 0.0
        second = replace(second, unit=first.unit)
        self._first, self._second = (metric.statistic(s.keep(mask)) for s in (first, second))
        whole = np.ones((first.keep(mask).units, 1), np.float32)
        self._sums = [fixed + weigh(whole) for weigh in (self._first, self._second)]

    def __call__(self, swaps: Floats) -> Floats:
        """Return (permutations,) differences for (units, permutations) exchanges, 0 or 1."""
        moved = self._second(swaps) - self._first(swaps)
        one, other = self._sums
        return self._score(one + moved) - self._score(other - moved)


def _mean(pairs: Sequence[_Pair], swaps: Floats) -> Floats:
    return np.asarray(np.mean([pair(swaps) for pair in pairs], axis=0))


def _swaps(units: int, permutations: int, seed: int) -> Iterator[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    for start in range(0, permutations, BLOCK):
        size = (units, min(BLOCK, permutations - start))
        yield random.integers(0, 2, size, dtype=np.int8).astype(np.float32)
