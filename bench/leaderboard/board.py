"""The Leaderboard as plain frozen types: all that a report shows, nothing left to compute."""

from dataclasses import dataclass, field
from typing import Any

from bench.errors import Problem
from bench.leaderboard.findings import Advice, Contest, Curve, Diagram, Overtaking, Twin
from bench.records import (
    ClassScore,
    Confusion,
    Counts,
    Irregular,
    ModelFacts,
    Outside,
    PeopleFacts,
    Ranking,
    Reliability,
    ScoreCurve,
    Status,
)


@dataclass(frozen=True, kw_only=True)
class CellCost:
    """What the cell cost: means over its runs, those alone that ran beside the fewest others; bytes
    for memory and model."""

    fit_seconds: float
    predict_seconds_per_1000: float
    peak_bytes: int
    parameters: int
    model_bytes: int
    device: str
    threads: int
    examples_per_second: float = 0.0
    """Training rows per second of training; 0: not measured."""
    device_bytes: int = 0
    """Peak memory on the GPU; 0 without one."""
    energy_joules: float | None = None
    """What the GPU drew while fitting and predicting; None where one of the runs does not know."""
    tasks: int = 1
    """How many tasks share the fit that the cost is of."""
    workers: int = 1
    """Processes that did runs at once."""
    runs: tuple[int, int] = (1, 1)
    """How many runs these are means over, and of how many."""
    fit_cpu_seconds: float | None = None
    """Processor time; None where one of the runs does not know."""
    predict_cpu_seconds_per_1000: float | None = None


@dataclass(frozen=True, kw_only=True)
class Readout:
    """How a cell answers by a readout that does not rank; see `bench.records.ReadoutScores`."""

    scores: dict[str, float]
    """Mean over seeds; of `sample` over its draws too."""
    sd: dict[str, float]
    """Over the draws of a seed: root mean square over seeds."""
    answers: int
    """Test rows times draws times seeds: what the counts are of."""
    unparsed: int
    refused: int
    irregular_rate: float
    """Share of the answers that are unparsed or refused."""
    irregular: tuple[Irregular, ...]
    irregular_rest: int
    foreign: int | None
    irregular_note: str = ""
    """That and why the irregular answers are cut; empty where none is."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The results of one row on one task over seeds, or why there are none."""

    task: str
    version: int
    baseline: str
    variant: str | None
    limit_train: int | None
    limit_test: int | None
    params: dict[str, Any]
    seeds: tuple[int, ...]
    status: Status
    reason: str = ""
    main_metric: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    """Mean over seeds."""
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    """95 %, test rows resampled by group; of the main metric over the seeds' mean."""
    seed_sd: float | None = None
    """Standard deviation of the main metric over seeds; None with fewer than two."""
    scores_without_leaks: dict[str, float] = field(default_factory=dict)
    per_class: dict[str, ClassScore] = field(default_factory=dict)
    confusion: Confusion | None = None
    """Summed over seeds."""
    counts: Counts | None = None
    readouts: dict[str, Readout] = field(default_factory=dict)
    """Of a language model: `greedy`, and `sample` where answers were drawn."""
    curves: tuple[ScoreCurve, ...] = ()
    """Of the first seed, where there are scores of labels."""
    reliability: Reliability | None = None
    """Over all seeds, their rows added up."""
    right: str = ""
    """Of the first seed: a bit a test row; see `bench.records.TaskScores`."""
    people: PeopleFacts | None = None
    """Where the task has ratings; a model's kappas are means over seeds."""
    train_scores: dict[str, float] = field(default_factory=dict)
    """On the rows that were learnt from, where that was asked for; mean over seeds."""
    train_rows: int = 0
    validation_rows: int = 0
    cost: CellCost | None = None
    reduction: str = ""
    used: str = ""
    """Which of its labelled rows the answers hang on; empty: all, or not said."""
    settings: dict[str, Any] = field(default_factory=dict)
    """All parameters given, those of the profile among them."""
    model: ModelFacts | None = None
    outside: Outside | None = None
    """The file that its predictions were brought as; of the newest."""
    history: tuple[dict[str, float], ...] = ()
    """A row an epoch, of the first seed."""
    seeded: bool = True
    comparable: bool = True
    """False where the test rows differ from the other cells' (an older sample): not ranked."""
    rank: int | None = None
    rank_low: int | None = None
    """Best rank that the tests allow; None where not ranked."""
    rank_high: int | None = None
    tied: bool = False
    """Not distinguishable from the best of the task; of the best, that there are such others."""
    above_floor: bool | None = None
    """Whether significantly above the floor rows; None for the floor rows or without them."""
    predictions: tuple[str, ...] = ()
    """Paths of the prediction files, relative to the results folder."""
    command: str = ""
    """What makes it again; see `bench.leaderboard.reproduce`."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the board: a baseline with its parameters, variant and train limit."""

    id: str
    """Unique, stable, made of [a-z0-9-]: an anchor."""
    baseline: str
    variant: str | None
    params: dict[str, Any]
    limit_train: int | None
    full_data_row: bool
    recipe: str
    """The profile, where it has parameters of its own for the baseline."""
    model: ModelFacts | None
    """The pretrained weights that its cells began from."""
    ranked: bool
    is_floor: bool
    """majority and stratified_random."""
    cells: dict[str, Cell]
    """By task name; a task can be missing only when nothing was tried."""
    mean: float | None
    """Mean over tasks of (score - floor) / (perfect - floor); None unless every such task has a
    score."""
    mean_interval: tuple[float, float] | None = None
    """95 % of the mean, test rows of each task resampled, its floor held fixed."""
    mean_by_source: float | None
    """The same, sources weighted alike."""
    mean_rank: float | None
    """Among the rows that have a rank on every task that some row has one on; None of any other
    row."""
    win_rate: float | None
    """Share of comparisons with the others of these rows won over all tasks, ties counting half;
    None where there is no other."""
    tasks_ranked: int = 0
    """Tasks that it has a rank on."""
    outside: bool = False
    """Its predictions were brought as a file: nothing was run here, and no cost is known."""


@dataclass(frozen=True, kw_only=True)
class TaskColumn:
    """One task of the board."""

    name: str
    version: int
    suite: str | None
    source: str
    licence: str
    citation: str
    seen_in_pretraining: str
    main_metric: str
    greater_is_better: bool
    perfect: float | None
    floor: float | None
    """The better of the floor rows' main metric; None without them."""
    test_rows: int
    test_groups: int
    detectable: float | None
    """Smallest difference of the main metric found 8 times in 10 at 5 %: 2.8 paired standard
    errors, median over pairs."""
    checks: dict[str, int]
    test_scored: int
    """How many results of this task the store holds: how often its test split was scored."""
    labels: tuple[str, ...]
    rankings: tuple[Ranking, ...] = ()
    """Of its corpora or parts, where it has several."""


@dataclass(frozen=True, kw_only=True)
class Leaderboard:
    """Everything on a report, in its order: rows best first, tasks by suite and name."""

    tasks: tuple[TaskColumn, ...]
    rows: tuple[Row, ...]
    limits: tuple[str, ...]
    """Sentences to show above the table: what was limited, one seed only, and so on."""
    problems: tuple[Problem, ...]
    failures: tuple[Problem, ...]
    skips: tuple[Problem, ...]
    environment: dict[str, str]
    """Versions and device of the newest result."""
    first: str
    """Start of the oldest and newest result used, UTC."""
    last: str
    twins: tuple[Twin, ...] = ()
    """Task by task."""
    advice: tuple[Advice, ...] = ()
    """Task by task, then over all."""
    overtakings: tuple[Overtaking, ...] = ()
    wordings: tuple[Twin, ...] = ()
    """Rows with another prompt beside the same row with the task's own; task by task."""
    curves: tuple[Curve, ...] = ()
    contests: tuple[Contest, ...] = ()
    """Task by task, pairs in the order of the rows."""
    mean_contests: tuple[Contest, ...] = ()
    """The same of the rows' means."""
    diagram: Diagram | None = None
    verdict: tuple[str, ...] = ()
    """The answer in words: one to four sentences."""


HUMAN = "human"
