"""Findings derived from the leaderboard's numbers, as plain frozen types: comparisons, curves, mean
ranks, recommendations."""

from dataclasses import dataclass


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
    """A recommendation: the cheapest entry within a margin of the best, for one task or over
    all."""

    task: str
    """Task name; empty: all tasks, by mean."""
    best: str
    cheapest: str
    """Ids of the entries; equal where nothing cheaper is close enough, and empty where no entry is
    significantly above the floor."""
    difference: float | None
    """Score of the best minus that of the cheapest, oriented so that it is never negative; None
    without a recommendation."""
    margin: float
    cost: float | None
    """Seconds that the cheapest entry takes to fit and to predict 1,000 texts; over all tasks, per
    task."""
    cost_ratio: float | None
    """Cost of the best divided by that of the cheapest; None where one is unknown or zero."""
    tied: bool
    """True where best and cheapest are two entries that do not differ significantly."""
    words: str
    all_rows: str = ""
    """Id of a full-data entry (not ranked) that scores as well at no higher cost; empty: none."""


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
