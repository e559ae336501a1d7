"""What a run leaves on disk, as typed records: read and written by `bench.store.store` alone."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bench.ranges import Amount, Count, Finite, Number, Share

SCHEMA: Literal[1] = 1
Status = Literal["done", "failed", "skipped"]
TestOf = Literal["task", "cut", "folds"]
"""Test rows are the test split that the task gives, rows cut off its train split by textbench, or
all rows, each answered by a fit without it."""


class Record(BaseModel):
    """Strict and frozen: an unknown or missing key is a damaged or foreign file."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class Limit(Record):
    """How many rows were used: labelled rows (train and validation) and test rows; None: all."""

    train: Count | None = None
    test: Count | None = None


class ClassScore(Record):
    """One label's precision, recall and F1 (0 to 1) and its rows in the test split."""

    precision: Share
    recall: Share
    f1: Share
    support: Count
    predicted: Count | None = None
    """Rows that were given the label; None in older results."""


class Confusion(Record):
    """Counts of gold (rows) against predicted (columns); the last column of `columns` may be
    `unparsed`. Zero cells are left out: each entry is [row, column, count]."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Count, Count, Count], ...]


class Counts(Record):
    """Row counts of the test split."""

    test: Count
    unparsed: Count = 0
    refused: Count = 0
    leaked: Count = 0
    """Test rows whose text (normalised) also stands in the task's own train split."""
    cut: Count = 0
    """Test rows whose text was too long for the model and lost its end."""


class DataFacts(Record):
    """What the cell was fitted and scored on."""

    train: Count
    validation: Count
    test: Count
    groups: Count
    """Resampling units of the test split (equal to `test` where rows are ungrouped)."""
    test_hash: str
    """sha256 over the test ids and golds: only cells that share it are compared."""
    train_hash: str
    checks: dict[str, Count]
    """Named findings of the data checks (duplicates, conflicting_labels, empty_texts, …); zeros
    are left out."""
    test_of: TestOf | None = None
    """Where the test rows are from; None in older results."""
    unscored_hash: str = ""
    """sha256 over the texts without gold that were answered, too; empty without any."""


class Irregular(Record):
    """An answer that is none of the task's, and how often it was given."""

    answer: str
    """Its first 60 characters; white space made single."""
    refused: bool
    count: Count


class ReadoutScores(Record):
    """How a language model answers by a readout that does not rank.

    `greedy` answers each row once, `sample` several times at a temperature.
    """

    scores: dict[str, Number]
    """The metrics that need no scores for labels; of `sample` the mean over its draws."""
    sd: dict[str, Number] = {}
    """Standard deviation over the draws; empty with fewer than two."""
    draws: Count = 1
    """Answers a row."""
    unparsed: Count = 0
    """Of all answers; those of `sample` are not told apart from refusals."""
    refused: Count = 0
    irregular: tuple[Irregular, ...] = ()
    """The most frequent unparsed and refused answers of `greedy`, most frequent first."""
    irregular_rest: Count = 0
    """Unparsed and refused answers that are not among them."""
    foreign: Count | None = None
    """Unread answers of `greedy` that are labels of another task of the run; None where no other
    task of it has labels."""


class MetricWay(Record):
    """Which way a metric points, and its best possible score; None: its scale has no end."""

    greater_is_better: bool
    perfect: Finite | None


class ScoreCurve(Record):
    """How well a label's scores tell the rows that have it from the others, at every threshold.

    `roc` holds (share of false alarms, share found), `pr` (share found, precision), both from the
    highest threshold down.
    """

    label: str
    rows: Count
    positives: Count
    roc: tuple[tuple[Share, Share], ...]
    pr: tuple[tuple[Share, Share], ...]


class Reliability(Record):
    """Equal bins of confidence: rows, mean confidence, share of them right; and the mean
    distance of the two over all rows (expected calibration error)."""

    bins: tuple[tuple[Count, Share, Share], ...]
    error: Number


class Ranking(Record):
    """A metric of one corpus, or of one part of the answer, by which rows can be ranked apart."""

    of: str
    metric: str
    greater_is_better: bool


class AnnotatorFacts(Record):
    """Somebody whose answers to the test rows are known by name; kappas are Cohen's."""

    name: str
    earlier: bool
    """Whether these answers were published before and stand beside those of the people."""
    rows: Count
    """Test rows with an answer of theirs."""
    kappa: float | None
    """Mean over the pairs with each person, oneself left out."""
    with_each: tuple[float | None, ...]
    """With each annotator in their order; with oneself None."""
    model_kappa: float | None
    """Of the pair with the model."""


class PeopleFacts(Record):
    """What people say of the test rows; see `bench.scoring.agreement`. A coefficient that is not
    defined is None."""

    people: Count
    rows: Count
    """Test rows that somebody rated."""
    score: Number
    """Main metric of a person's answers against what the others agree on, mean over persons."""
    interval: tuple[Number, Number]
    kappa: float | None
    """Cohen's, mean over all pairs of people."""
    fleiss: float | None
    """Fleiss', where everybody rated every row."""
    alpha: float | None
    """Krippendorff's; of numbers with squared differences."""
    model_kappa: float | None
    """Cohen's, mean over the pairs of the model with each person."""
    annotators: tuple[AnnotatorFacts, ...] = ()
    """The people, where the task names them, and then those of earlier studies."""


class TaskScores(Record):
    """One run's outcome on one task."""

    task: str
    version: Count
    suite: str | None
    source: str
    licence: str
    citation: str
    output: dict[str, Any]
    seen_in_pretraining: Literal["yes", "no", "unknown"]
    main_metric: str
    scores: dict[str, Number]
    intervals: dict[str, tuple[Number, Number]]
    scores_without_leaks: dict[str, Number]
    """Empty when nothing leaked."""
    per_class: dict[str, ClassScore]
    confusion: Confusion | None
    counts: Counts
    data: DataFacts
    right: str
    """One hexadecimal bit string, a bit a test row in id order: 1 where the prediction is exactly
    right (numpy.packbits, most significant bit first); empty for outputs without right and
    wrong."""
    predictions: str
    """File name: Parquet; see `bench.store.prediction_files`."""
    replicates: str
    """File name: .npy of the main metric's bootstrap draws, float32."""
    readouts: dict[str, ReadoutScores] = {}
    """Of a language model: `greedy`, and `sample` where answers were drawn."""
    way: MetricWay | None = None
    """Of the main metric; None in older results."""
    rankings: tuple[Ranking, ...] = ()
    """Of a task with several corpora, or parts of an answer: one of each."""
    curves: tuple[ScoreCurve, ...] = ()
    reliability: Reliability | None = None
    people: PeopleFacts | None = None
    """Where the task has ratings."""
    train_scores: dict[str, Number] = {}
    """On the rows that were learnt from, where that was asked for; of several folds their mean."""


class Cost(Record):
    """What the run cost, over all its tasks."""

    fit_seconds: Amount
    predict_seconds: Amount
    predicted: Count
    """Texts predicted in `predict_seconds`."""
    peak_bytes: Count
    parameters: Count
    model_bytes: Count
    device: str
    threads: Count
    examples_per_second: Amount = 0.0
    """Training rows per second of training; 0: not measured."""
    device_bytes: Count = 0
    """Peak memory on the GPU; 0 without one."""
    energy_joules: Amount | None = None
    """What the GPU drew while fitting and predicting, as its counter says: the whole device's, idle
    or not. None without a GPU of the run's own, or where it does not tell; in older results."""
    workers: Count = 1
    """Processes that did runs at once, this run's included; older results do not tell."""
    fit_cpu_seconds: float | None = None
    """Processor time of all threads while fitting, and of child processes that ended meanwhile.
    None where an earlier run's work was reused, whose processor time nobody knows; in older
    results."""
    predict_cpu_seconds: float | None = None
    """The same while predicting."""


class ModelFacts(Record):
    """The pretrained weights that a run began from; see `bench.baseline.Model`."""

    name: str
    of: str
    revision: str
    sha256: dict[str, str]
    parameters: Count
    stand_in_for: str = ""


class Outside(Record):
    """Where predictions came from that bench did not make: a file that somebody brought."""

    file: str
    """Its name."""
    sha256: str
    note: str = ""
    """What the bringer says of it."""


class Result(Record):
    """One run: a baseline with its parameters, fitted once with a seed, on one task or several.

    `failed` and `skipped` runs have a `reason`, no cost, and a `TaskScores`-less list of the task
    names in `tasks`.
    """

    schema_version: Literal[1] = 1
    key: str
    """sha256 of all that can change the answers; also the folder's name."""
    ingredients: dict[str, str]
    """What went into the key, each part's own hash or value: tells why a cell is stale."""
    status: Status
    reason: str = ""
    baseline: str
    params: dict[str, Any]
    """Only those that differ from the profile's and the baseline's defaults."""
    settings: dict[str, Any] = {}
    """All that were given: the profile's too."""
    variant: str | None = None
    """The swept values as text, as in `alpha=0.1`; None unless swept."""
    seed: Count
    seeded: bool
    full_data_row: bool = False
    """True for the extra full-train row of a cheap family on a limited board: never ranked."""
    limit: Limit
    profile: str
    recipe: str = ""
    """The profile, where it has parameters of its own for this baseline."""
    tasks: tuple[str, ...]
    versions: dict[str, int]
    suites: dict[str, str | None]
    results: tuple[TaskScores, ...] = ()
    cost: Cost | None = None
    reduction: str = ""
    used: str = ""
    """Which of its labelled rows the answers hang on, where that is not all of them."""
    model: ModelFacts | None = None
    outside: Outside | None = None
    """Of predictions that were brought as a file: nothing is known of what made them."""
    history: tuple[dict[str, float], ...] = ()
    provenance: dict[str, Any]
    started: str
    """UTC, ISO 8601."""
    seconds: Amount
    files: dict[str, str] = {}
    """sha256 of every other file in the folder."""
    artefacts: tuple[str, ...] = ()
    """Those of `files` that the fit kept. They are large: held against their sha256 when they are
    used, not on every reading."""
