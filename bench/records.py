"""Typed records of stored runs: read and written by `bench.store.store` alone."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bench.ranges import Amount, Count, Finite, Number, Share

SCHEMA: Literal[1] = 1
Status = Literal["done", "failed", "skipped"]
TRAIN_SIZE = "limits.train"
"""Key of the train limit among swept parameters; no parameter of a baseline can have this name."""
TestOrigin = Literal["task", "cut", "folds"]
"""Origin of the test examples: the task's own test split, a part that textbench split off its
training data, or all examples, each predicted by a fit without it (cross-validation)."""


class Record(BaseModel):
    """Base of all records, strict and frozen: an unknown or missing key means a damaged or foreign
    file."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class Limit(Record):
    """The number of examples used: labelled (train and validation) and test; None: all."""

    train: Count | None = None
    test: Count | None = None


class ClassScore(Record):
    """One label's precision, recall and F1 (0 to 1), and its number of test examples."""

    precision: Share
    recall: Share
    f1: Share
    support: Count
    predicted: Count | None = None
    """Test examples that the label was predicted for; None in older results."""


class Confusion(Record):
    """The confusion matrix: gold (rows) against predicted (columns); the last of `columns` may be
    `unparsed`. It is sparse: each of `cells` is [row, column, count], zeros left out."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Count, Count, Count], ...]


class Counts(Record):
    """Numbers of examples in the test split."""

    test: Count
    unparsed: Count = 0
    refused: Count = 0
    leaked: Count = 0
    """Test examples whose text (normalised) also occurs in the task's own training split."""
    cut: Count = 0
    """Test examples whose text was too long for the model and was truncated."""


class DataFacts(Record):
    """The data that a cell was fitted and scored on."""

    train: Count
    validation: Count
    test: Count
    groups: Count
    """Resampling units of the test split (equal to `test` for ungrouped examples)."""
    test_hash: str
    """sha256 over the test ids and gold answers: only cells with the same hash are compared."""
    train_hash: str
    checks: dict[str, Count]
    """Counts of the data checks' findings by name (duplicates, conflicting_labels, empty_texts,
    …); zeros are left out."""
    test_of: TestOrigin | None = None
    """The origin of the test examples; None in older results."""
    unscored_hash: str = ""
    """sha256 over the texts without gold that were also predicted; empty without any."""


class Irregular(Record):
    """A generated answer that is no valid one of the task, with its frequency."""

    answer: str
    """The first 60 characters, runs of white space collapsed."""
    refused: bool
    count: Count


class ReadoutScores(Record):
    """Scores of a language model under a readout that is not ranked.

    `greedy` decodes one answer per example, `sample` draws several at a temperature.
    """

    scores: dict[str, Number]
    """The metrics that need no label scores; for `sample` their means over the draws."""
    sd: dict[str, Number] = {}
    """Standard deviation over the draws; empty with fewer than two."""
    draws: Count = 1
    """Answers per example."""
    unparsed: Count = 0
    """Unparsed answers among all; for `sample`, refusals are included."""
    refused: Count = 0
    irregular: tuple[Irregular, ...] = ()
    """The most frequent unparsed and refused answers of `greedy`, most frequent first."""
    irregular_rest: Count = 0
    """The number of unparsed and refused answers that are not listed in `irregular`."""
    foreign: Count | None = None
    """Unparsed answers of `greedy` that are labels of another task of the run; None if no other
    task of the run has labels."""


class MetricDirection(Record):
    """The direction of a metric and its best possible score; None: the scale is unbounded."""

    greater_is_better: bool
    perfect: Finite | None


class ScoreCurve(Record):
    """ROC and precision-recall curves of one label's scores.

    `roc` holds (false positive rate, true positive rate), `pr` (recall, precision), both from the
    highest threshold down. `rows` counts the examples, `positives` those that have the label.
    """

    label: str
    rows: Count
    positives: Count
    roc: tuple[tuple[Share, Share], ...]
    pr: tuple[tuple[Share, Share], ...]


class Reliability(Record):
    """A reliability diagram: for each of the equal-width bins of confidence the number of examples,
    mean confidence and accuracy; `error` is the expected calibration error, the mean distance
    between the two over all examples."""

    bins: tuple[tuple[Count, Share, Share], ...]
    error: Number


class Ranking(Record):
    """A metric of one corpus, or of one part of the answer, that has a ranking of its own."""

    of: str
    metric: str
    greater_is_better: bool


class AnnotatorFacts(Record):
    """A named annotator of the test examples; kappas are Cohen's."""

    name: str
    earlier: bool
    """True for answers published by an earlier study, shown beside those of the people."""
    rows: Count
    """The number of test examples that the annotator answered."""
    kappa: float | None
    """Mean kappa with each of the other people."""
    with_each: tuple[float | None, ...]
    """Kappa with each annotator, in the order of `annotators`; None with oneself."""
    model_kappa: float | None
    """Kappa with the model."""


class PeopleFacts(Record):
    """Agreement of people on the test examples; see `bench.scoring.agreement`. A coefficient that
    is not defined is None."""

    people: Count
    rows: Count
    """The number of test examples that anybody annotated."""
    score: Number
    """Main metric of each person's answers against the others' consensus, mean over people."""
    interval: tuple[Number, Number]
    kappa: float | None
    """Cohen's kappa, mean over all pairs of people."""
    fleiss: float | None
    """Fleiss' kappa; None unless everybody annotated every example."""
    alpha: float | None
    """Krippendorff's alpha; for numbers, with squared differences."""
    model_kappa: float | None
    """Cohen's kappa, mean over the pairs of the model with each person."""
    annotators: tuple[AnnotatorFacts, ...] = ()
    """The people, if the task names them, then the answers of earlier studies."""


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
    """A bit string in hexadecimal, one bit per test example in the order of ids: 1 where the
    prediction is exactly right (numpy.packbits, most significant bit first). Empty for outputs
    without exactly right answers."""
    predictions: str
    """Name of the Parquet file of predictions; see `bench.store.prediction_files`."""
    replicates: str
    """Name of the .npy file of the main metric's bootstrap draws, float32."""
    readouts: dict[str, ReadoutScores] = {}
    """For a language model: `greedy`, and `sample` if answers were sampled."""
    way: MetricDirection | None = None
    """The direction of the main metric; None in older results."""
    rankings: tuple[Ranking, ...] = ()
    """For a task with several corpora, or with several parts in an answer: one for each."""
    curves: tuple[ScoreCurve, ...] = ()
    reliability: Reliability | None = None
    people: PeopleFacts | None = None
    """Agreement of the task's annotators; None without ratings."""
    train_scores: dict[str, Number] = {}
    """Scores on the training examples, if requested; with several folds, their means."""


class Cost(Record):
    """The cost of a run, over all its tasks."""

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
    """Training examples processed per second; 0: not measured."""
    device_bytes: Count = 0
    """Peak memory on the GPU; 0 without one."""
    energy_joules: Amount | None = None
    """Energy used by the GPU while fitting and predicting, from its counter: the whole device's,
    idle or not. None if the run had no GPU to itself, if the GPU has no counter, and in older
    results."""
    workers: Count = 1
    """The number of processes that computed runs in parallel, this one included; 1 in older
    results, which do not record it."""
    fit_cpu_seconds: float | None = None
    """Processor time of all threads while fitting, and of child processes that ended meanwhile.
    None if an earlier run's work was reused, whose processor time is unknown, and in older
    results."""
    predict_cpu_seconds: float | None = None
    """Processor time while predicting, measured like `fit_cpu_seconds`."""


class ModelFacts(Record):
    """The pretrained weights that a run started from; see `bench.baseline.Model`."""

    name: str
    of: str
    revision: str
    sha256: dict[str, str]
    parameters: Count
    stand_in_for: str = ""


class Outside(Record):
    """The origin of submitted predictions: a file that bench did not make."""

    file: str
    """The name of the file."""
    sha256: str
    note: str = ""
    """The submitter's description."""


class Result(Record):
    """One run: a baseline with its parameters, fitted once with a seed, on one task or several.

    A `failed` or `skipped` run has a `reason`, no cost and no `results`; `tasks` names its tasks.
    """

    schema_version: Literal[1] = 1
    key: str
    """sha256 over everything that can change the predictions; also the folder's name."""
    ingredients: dict[str, str]
    """The parts of the key, each as a hash or value: they show why a cell is stale."""
    blocked: bool = False
    """True where no run could be started, as the task's data is unavailable or the task or the
    baseline is broken: such a record has neither parameters nor a seed."""
    status: Status
    reason: str = ""
    baseline: str
    params: dict[str, Any]
    """Parameters that differ from the defaults of the profile and the baseline."""
    settings: dict[str, Any] = {}
    """All parameters that were set, including those of the profile."""
    variant: str | None = None
    """Swept values and folds as display text, such as `alpha=0.1, 5 folds`; None without any."""
    swept: dict[str, Any] = {}
    """Swept values by parameter, in their order; `TRAIN_SIZE` stands for the train limit. Empty in
    older results; see `bench.leaderboard.older_results`."""
    folds: Count = 0
    """Number of folds in which every example was tested; 0 without folds, and in older results."""
    score_train: bool = False
    """Whether the training examples were predicted and scored, too; False in older results."""
    seed: Count
    seeded: bool
    full_data_row: bool = False
    """True for the extra full-data entry of a cheap family on a limited leaderboard: never
    ranked."""
    is_floor: bool | None = None
    """Whether the baseline ignores the text; None in older results and where no run was started."""
    single_task_twin: str | None = None
    """For a multi-task baseline, the baseline that does the same one task at a time, if there is
    one; None in older results."""
    limit: Limit
    profile: str
    recipe: str = ""
    """The profile, if it has parameters of its own for this baseline."""
    tasks: tuple[str, ...]
    versions: dict[str, int]
    suites: dict[str, str | None]
    results: tuple[TaskScores, ...] = ()
    cost: Cost | None = None
    reduction: str = ""
    used: str = ""
    """The labelled examples that the predictions depend on, in words; empty: all of them."""
    model: ModelFacts | None = None
    outside: Outside | None = None
    """The origin of submitted predictions, whose model is unknown; None for a run of bench."""
    history: tuple[dict[str, float], ...] = ()
    provenance: dict[str, Any]
    started: str
    """UTC, ISO 8601."""
    seconds: Amount
    files: dict[str, str] = {}
    """sha256 of every other file in the folder."""
    artefacts: tuple[str, ...] = ()
    """The `files` that the fit kept, such as weights. They are large: their sha256 is verified when
    they are used, not whenever the record is read."""
