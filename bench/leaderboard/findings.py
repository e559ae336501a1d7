"""Findings derived from the leaderboard's numbers, as plain frozen types: comparisons, curves, mean
ranks, recommendations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.costs import volumes
from bench.leaderboard.cost_findings import AtVolume, Cheapest, SetAside
from bench.scoring.significance import Floats


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A comparison of two entries on the same test examples of one task, or by their means over
    tasks."""

    task: str
    """Task name; empty: all tasks, by mean."""
    first: str
    second: str
    """Ids of the two entries, in the order of the leaderboard."""
    difference: float
    """Main metric, mean over the seeds of each: first minus second, also where smaller is
    better."""
    low: float
    high: float
    """95 % interval of the difference, paired by test example, with the noise of seeds; NaN where
    an entry has no replicates."""
    p: float | None
    """Two-sided p, Holm-corrected over the pairs of the task or of the means; pairs with submitted
    predictions count only for comparisons that involve such an entry. None where one of the two is
    not ranked."""
    only_first: int | None
    only_second: int | None
    """Test examples that only one of the two answers correctly, by the first seed that both have;
    None where they share no seed or where answers are not simply right or wrong."""
    probability_first: float | None = None
    probability_equal: float | None = None
    probability_second: float | None = None
    """For means over two tasks or more, over tasks like these: the probability that the first is
    better, that the two are practically equal (within .02), that the second is better; see
    `bench.scoring.signed_rank`."""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Mean ranks with the critical difference between two entries (Demšar, 2006)."""

    rows: tuple[tuple[str, float], ...]
    """Entry id and mean rank, best first; only entries with a score on every task that counts."""
    tasks: int
    critical: float
    """Nemenyi's critical difference of mean ranks at 5 %."""
    groups: tuple[tuple[str, ...], ...]
    """Groups of ids whose mean ranks do not differ significantly, maximal groups only, none of a
    single entry."""
    caveat: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A recommendation: the cheapest entry that is expected to lose little against the best, for
    one task or over all; see `bench.leaderboard.recommendation`."""

    task: str
    """Task name; empty: all tasks, by mean."""
    take: str = ""
    """Id of the recommended entry; empty: none."""
    best: str = ""
    """Id of the entry that is expected to lose least; empty: none."""
    score: float | None = None
    """Main metric of the recommended entry on the reference test; over all tasks, its mean."""
    best_score: float | None = None
    """The best score of the entries that compete."""
    expected_regret: float | None = None
    """Expected loss of the recommended entry against the best, in the metric's unit."""
    probability_within_margin: float | None = None
    """Probability that its true score is at most the margin worse than the best."""
    margin: float | None = None
    """Largest acceptable expected loss; None where the metric declares none."""
    cost: float | None = None
    """Seconds that it takes to fit and to answer `volume` texts, a shared fit divided among its
    tasks; over all tasks, per task."""
    best_cost: float | None = None
    """The same for `best`."""
    volume: int = volumes.DEFAULT
    """The number of texts to answer that costs are for."""
    money: float | None = None
    """What `cost` is in money; None where no price is known."""
    best_money: float | None = None
    currency: str = ""
    """The currency of all money; empty: there is none."""
    by_money: bool = False
    """Whether entries were compared by money and not by seconds."""
    machines: tuple[str, ...] = ()
    """The unlike machines whose seconds were compared, as prices are not known of all; else
    empty."""
    set_aside: tuple[SetAside, ...] = ()
    """The entries that do not fit the needs."""
    at_volumes: tuple[AtVolume, ...] = ()
    """What is recommended for other numbers of texts."""
    cheapest: tuple[Cheapest, ...] = ()
    """Which of the entries that could be taken costs least as the number of texts grows."""
    estimated: bool = False
    """True where it was scored on a part of the reference test, on one of the tasks."""
    more_examples: int = 0
    """Number of further test examples that would settle whether it is within the margin; 0: they
    are not needed, or would not."""
    more_seeds: int = 0
    """The same in further seeds."""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An entry that could be taken for a task.

    Args:
        id: id of the entry.
        score: main metric on the reference test, mean over seeds; placed there if `estimated`.
        above_floor: whether it is better than guessing; None: there is no floor.
        estimated: whether it was scored on a part of the reference test only.
        seeds: number of seeds.
        seed_variance: variance of its score over seeds.
        seed_origin: where that variance comes from; see `bench.scoring.seed_noise`.
    """

    id: str
    score: float
    above_floor: bool | None
    estimated: bool = False
    seeds: int = 1
    seed_variance: float = 0.0
    seed_origin: str = "measured"


@dataclass(frozen=True, eq=False)
class Candidates:
    """All candidates of a task.

    Args:
        task: name of the task.
        entries: n candidates, in the order of the leaderboard.
        true: (n, draws) draws of their true main metrics, negated where smaller is better.
        examples: (n, n) variance of each difference from the choice of test examples.
        units: number of resampling units of the reference test.
        greater_is_better: False for losses and errors.
    """

    task: str
    entries: tuple[Candidate, ...]
    true: Floats
    examples: Floats
    units: int
    greater_is_better: bool = True

    @property
    def top(self) -> float:
        """The best measured score."""
        scores = [one.score for one in self.entries]
        return max(scores) if self.greater_is_better else min(scores)

    def only(self, which: Sequence[int]) -> "Candidates":
        """Return some of the candidates, by position."""
        some = list(which)
        return replace(
            self,
            entries=tuple(self.entries[i] for i in some),
            true=self.true[some],
            examples=self.examples[np.ix_(some, some)],
        )


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """A crossover: along the training set sizes one family overtakes another on a task."""

    task: str
    from_rows: int
    """Largest size at which the first family is still ahead."""
    to_rows: int
    """Smallest size at which the second family is ahead."""
    first: str
    second: str
    """Names of the two baselines."""
    first_about: str
    second_about: str
    """Other settings of each line; see `bench.leaderboard.findings.CurveLine`."""
    sure: bool
    """True where the intervals of the two do not overlap at either size."""
    words: str


@dataclass(frozen=True, kw_only=True)
class PairedComparison:
    """Two entries on one task that differ in one thing: a multi-task entry and its single-task
    twin, or an entry with another prompt (`multi`) and the one with the task's own (`single`)."""

    task: str
    metric: str
    greater_is_better: bool
    multi: str
    """Ids of the two entries."""
    single: str
    seeds: tuple[int, ...]
    """Seeds that both have; all figures are means over them."""
    multi_score: float
    single_score: float
    difference: float
    """Score of `multi` minus that of `single`."""
    interval: tuple[float, float]
    """95 % interval of the difference, paired by test example and, where there are several, by
    seed."""
    notes: tuple[str, ...]
    """Further differences between the two."""


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A cell as a point of a learning curve."""

    x: float
    score: float
    low: float
    high: float
    """Bounds of the 95 % interval."""
    train: float | None
    """Score on the training examples, where it is known."""
    row: str
    """Id of the entry."""


@dataclass(frozen=True, kw_only=True)
class CurveLine:
    """Points that differ in one number only, in ascending order of that number."""

    baseline: str
    about: str
    """Other swept values."""
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Scores on one task as a function of one number."""

    task: str
    metric: str
    axis: str
    """`labelled rows`, or the name of a parameter."""
    lines: tuple[CurveLine, ...]
