"""What a board's numbers say together, as plain frozen types: pairs, curves, mean ranks, advice."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Two rows on one task, compared on the same test rows; or by their means over tasks."""

    task: str
    """Empty: over all tasks, by mean."""
    first: str
    second: str
    """Ids of the rows, in the order of the board."""
    difference: float
    """Main metric, mean over the seeds of each: first less second, also where smaller is better."""
    low: float
    high: float
    """95 % of the difference, paired by test row; not a number where a row's draws are none."""
    p: float | None
    """Two-sided, Holm-corrected over the pairs of the task, or of the means, those of outside rows
    only where one of the two is such a row; None where one of them is not ranked."""
    only_first: int | None
    only_second: int | None
    """Test rows that just one of the two answers rightly, by the first seed that both have; None
    where they share no seed or answers are not right or wrong."""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Mean ranks with the difference that tells two rows apart (Demšar, 2006)."""

    rows: tuple[tuple[str, float], ...]
    """Row id and mean rank, best first; rows with a score on every task that counts."""
    tasks: int
    critical: float
    """Nemenyi's critical difference of mean ranks at 5 %."""
    groups: tuple[tuple[str, ...], ...]
    """Ids of rows that cannot be told apart, longest stretches only; none of one row."""
    caveat: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The cheapest row within a margin of the best, of one task or over all."""

    task: str
    """Empty: over all tasks, by mean."""
    best: str
    cheapest: str
    """Ids of the rows; the same where nothing cheaper is near enough, and empty where nothing is
    surely above the floor."""
    difference: float | None
    """Score of the best less that of the cheapest, turned so that it is never below zero; None
    without a recommendation."""
    margin: float
    cost: float | None
    """Seconds that the cheapest takes to fit and to predict 1,000 texts; over all, a task."""
    cost_ratio: float | None
    """Cost of the best over that of the cheapest; None where one is not known, or is zero."""
    tied: bool
    """Whether best and cheapest are two rows that the tests cannot tell apart."""
    words: str
    all_rows: str = ""
    """Id of a full-data row, which is not ranked, that does as well for no more; empty: none."""


@dataclass(frozen=True, kw_only=True)
class Overtaking:
    """Where along the train sizes one family overtakes another on a task."""

    task: str
    from_rows: int
    """The largest size at which the first is still ahead."""
    to_rows: int
    """The smallest at which the second is."""
    first: str
    second: str
    """Baseline names."""
    first_about: str
    second_about: str
    """What else was set for each line; see `bench.leaderboard.board.CurveLine`."""
    sure: bool
    """Whether the intervals of the two are apart at both sizes."""
    words: str


@dataclass(frozen=True, kw_only=True)
class Twin:
    """Two rows on one task that differ in one thing: a multi-task row and its single-task twin, or
    a row with another prompt (`multi`) and the one with the task's own (`single`)."""

    task: str
    metric: str
    greater_is_better: bool
    multi: str
    """Ids of the two rows."""
    single: str
    seeds: tuple[int, ...]
    """Those that both have; all figures are means over them."""
    multi_score: float
    single_score: float
    difference: float
    """Multi less single."""
    interval: tuple[float, float]
    """95 % of the difference, paired by test row."""
    notes: tuple[str, ...]
    """In what else the two differ."""


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A cell as a point of a learning curve."""

    x: float
    score: float
    low: float
    high: float
    """Bounds of the 95 % interval."""
    train: float | None
    """The score of the rows that were learnt from, where it is known."""
    row: str
    """Id of the row."""


@dataclass(frozen=True, kw_only=True)
class CurveLine:
    """Points that differ in one number only, in its order."""

    baseline: str
    about: str
    """The other swept values."""
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Scores on one task against one number."""

    task: str
    metric: str
    axis: str
    """`labelled rows`, or a parameter's name."""
    lines: tuple[CurveLine, ...]
