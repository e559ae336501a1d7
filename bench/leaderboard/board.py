"""The Leaderboard as plain frozen types: everything that a report shows, with nothing left to
compute."""

from dataclasses import dataclass, field
from typing import Any

from bench.costs.needs import Needs
from bench.errors import Problem
from bench.leaderboard.cell_cost import CellCost, CellLatency
from bench.leaderboard.choice import Selection
from bench.leaderboard.findings import (
    Advice,
    Candidates,
    Comparison,
    Crossover,
    Curve,
    Diagram,
    PairedComparison,
)
from bench.records import (
    CalibrationFacts,
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
    TestOrigin,
)


@dataclass(frozen=True, kw_only=True)
class Readout:
    """A cell's results under a readout that is not used for ranking; see
    `bench.records.ReadoutScores`."""

    scores: dict[str, float]
    """Mean over seeds; for `sample` over the samples of each seed, too."""
    sd: dict[str, float]
    """Standard deviation over the samples of a seed: root mean square over seeds."""
    answers: int
    """Test examples times samples times seeds: the total that the counts refer to."""
    unparsed: int
    refused: int
    irregular_rate: float
    """Share of the answers that are unparsed or refused."""
    irregular: tuple[Irregular, ...]
    irregular_rest: int
    foreign: int | None
    irregular_note: str = ""
    """Why and how the irregular answers are shortened; empty where none is."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The results of one entry on one task over all seeds, or the reason why there are none."""

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
    """95 % intervals, test examples resampled by group; for the main metric, of the mean over
    seeds, and with their noise where there are several."""
    interval_method: str = "percentile"
    """How the main metric's interval is made; see `bench.leaderboard.wording.methods`."""
    seed_sd: float | None = None
    """Standard deviation of the main metric over seeds; None with fewer than two."""
    training_sd: float | None = None
    """Standard deviation of one seed's main metric that the choice of test examples does not
    explain; None where the cell is not compared."""
    training_sd_from: str = ""
    """Where `training_sd` comes from: `measured`, `borrowed`, `prior` or `none`; see
    `bench.scoring.seed_noise`."""
    scores_without_leaks: dict[str, float] = field(default_factory=dict)
    per_class: dict[str, ClassScore] = field(default_factory=dict)
    confusion: Confusion | None = None
    """Confusion matrix summed over seeds."""
    counts: Counts | None = None
    readouts: dict[str, Readout] = field(default_factory=dict)
    """Readouts of a language model: `greedy`, and `sample` where answers were sampled."""
    curves: tuple[ScoreCurve, ...] = ()
    """Curves of the first seed, where predictions have a score for each label."""
    reliability: Reliability | None = None
    """Calibration over the examples of all seeds together."""
    right: str = ""
    """Correctness of the first seed's answers, one bit per test example; see
    `bench.records.TaskScores`."""
    people: PeopleFacts | None = None
    """Agreement with the annotators, where the task has annotations; a model's kappas are means
    over seeds."""
    train_scores: dict[str, float] = field(default_factory=dict)
    """Scores on the training examples, where they were asked for; mean over seeds."""
    train_rows: int = 0
    validation_rows: int = 0
    cost: CellCost | None = None
    latency: CellLatency | None = None
    """Time for one text at a time; None where no run measured it."""
    reduction: str = ""
    used: str = ""
    """Which of the labelled examples the answers depend on; empty: all, or unknown."""
    calibration: CalibrationFacts | None = None
    """The calibration examples of the newest run."""
    settings: dict[str, Any] = field(default_factory=dict)
    """All parameters that were set, including those of the profile."""
    model: ModelFacts | None = None
    outside: Outside | None = None
    """The newest file of submitted predictions that the cell was scored from."""
    history: tuple[dict[str, float], ...] = ()
    """Training history of the first seed, one record per epoch."""
    seeded: bool = True
    comparable: bool = True
    """False where the test examples differ from the other cells': not ranked."""
    estimated: float | None = None
    """Main metric on the reference test, estimated from the part of it that was scored; None where
    all of it was, or where it cannot be estimated."""
    rank: int | None = None
    rank_low: int | None = None
    """Best rank that is consistent with the tests; None where not ranked."""
    rank_high: int | None = None
    tied: bool = False
    """True where not surely below the best of the task (Hsu's multiple comparisons with the best);
    for the best itself, where such an entry exists. False for all where the test has too few units;
    see `TaskColumn.few_units`."""
    above_floor: bool | None = None
    """True where significantly above the floor entries; None for a floor entry, or where there is
    none."""
    predictions: tuple[str, ...] = ()
    """Paths of the prediction files, relative to the results folder."""
    command: str = ""
    """The command that reproduces the cell; see `bench.leaderboard.reproduce`."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry, one line of the leaderboard: a baseline with its parameters, variant and train
    limit."""

    id: str
    """Unique, stable, made of [a-z0-9-]; serves as an anchor."""
    baseline: str
    variant: str | None
    params: dict[str, Any]
    limit_train: int | None
    full_data_row: bool
    recipe: str
    """Name of the profile, where it sets parameters of its own for the baseline."""
    model: ModelFacts | None
    """The pretrained weights that the cells started from."""
    ranked: bool
    is_floor: bool = False
    """Whether the baseline ignores the text."""
    cells: dict[str, Cell]
    """Cells by task name; a task is missing only when nothing was tried."""
    mean: float | None
    """Mean over tasks of (score - floor) / (perfect - floor); None unless every such task has a
    score."""
    mean_interval: tuple[float, float] | None = None
    """95 % interval of the mean: each task's test examples resampled, floors held fixed, with the
    noise of seeds where a cell has several."""
    mean_by_source: float | None
    """Like `mean`, with sources weighted equally."""
    mean_rank: float | None
    """Mean rank among the entries that are ranked on every task on which any entry is ranked; None
    for any other entry."""
    win_rate: float | None
    """Share of comparisons won against those other entries over all tasks, ties counting half; None
    where there is no other."""
    tasks_ranked: int = 0
    """Number of tasks on which the entry is ranked."""
    swept: dict[str, Any] = field(default_factory=dict)
    """Swept values by parameter, in their order; see `bench.records.Result`."""
    folds: int = 0
    """Number of folds in which every example was tested; 0 without folds."""
    outside: bool = False
    """True for submitted predictions: nothing was run here, and the cost is unknown."""
    larger: bool = False
    """True for an entry of a plan that learnt from more than its ranking's examples."""


@dataclass(frozen=True, kw_only=True)
class TaskColumn:
    """One task of the leaderboard."""

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
    margin: float | None = None
    """Largest loss of the main metric that does not matter; None where none is declared."""
    floor: float | None
    """The better of the floor entries' main metric; None without them."""
    test_rows: int
    test_groups: int
    test_of: TestOrigin | None = None
    """The origin of the test examples; None in older results."""
    test_folds: int = 0
    """Number of folds in which every example was tested; 0 without folds."""
    detectable: float | None
    """Smallest difference of the main metric that the tests of this board find 8 times in 10, as
    they are corrected for its number of pairs; median over pairs."""
    detectable_alone: float | None = None
    """The same where two entries are compared and nothing else is: about 2.8 standard errors."""
    few_units: bool = False
    """True where the test has fewer than 30 units: no entry is tied and no score is marked."""
    labelled: int | None = None
    """Number of labelled examples there are, before any limit; None in older results."""
    checks: dict[str, int]
    test_scored: int
    """Number of stored results for this task: how often its test split was scored."""
    labels: tuple[str, ...]
    rankings: tuple[Ranking, ...] = ()
    """Rankings by corpus or part, where the task has several."""


@dataclass(frozen=True, kw_only=True)
class Leaderboard:
    """Everything on a report, in display order: entries best first, tasks by suite and name."""

    tasks: tuple[TaskColumn, ...]
    rows: tuple[Entry, ...]
    limits: tuple[str, ...]
    """Sentences to show above the table: limited training sets, a single seed, and so on."""
    problems: tuple[Problem, ...]
    failures: tuple[Problem, ...]
    skips: tuple[Problem, ...]
    environment: dict[str, str]
    """Software versions and device of the newest result."""
    first: str
    """Start of the oldest and of the newest result used, UTC."""
    last: str
    twins: tuple[PairedComparison, ...] = ()
    """Comparisons of multi-task and single-task entries, by task."""
    candidates: tuple[Candidates, ...] = field(default=(), repr=False, compare=False)
    """The entries that could be taken for each task, with draws of their true scores; in no
    report."""
    advice: tuple[Advice, ...] = ()
    """Recommendations for each task, then over all tasks."""
    crossovers: tuple[Crossover, ...] = ()
    wordings: tuple[PairedComparison, ...] = ()
    """Comparisons of entries with another prompt and the same entry with the task's own, by
    task."""
    curves: tuple[Curve, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    """Pairwise comparisons by task; pairs in the order of the entries."""
    mean_comparisons: tuple[Comparison, ...] = ()
    """Pairwise comparisons of the entries' means."""
    diagram: Diagram | None = None
    selection: Selection | None = None
    """The part of the stored results that this was computed from; None: all of them."""
    needs: Needs = field(default_factory=Needs)
    """What the recommendations are for."""
    verdict: tuple[str, ...] = ()
    """Summary of the result: one to four sentences."""


HUMAN = "human"
