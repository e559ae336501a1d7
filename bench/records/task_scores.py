"""Records of how one run did on one task: scores, counts, curves, agreement with people."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from bench.records.base import Record, TestOrigin
from bench.records.ranges import Amount, Count, Finite, Number, Share

IntervalMethod = Literal[
    "percentile", "wilson", "bias_corrected", "logit", "macro_average", "calibration"
]


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
    """Test examples whose text, normalised, also occurs in the task's own training split, or nearly
    (`bench.data.near_twins`; not in older results)."""
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
    labelled: Count | None = None
    """Labelled examples that a fit without a limit would have, validation included; None in older
    results."""
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
    sd: dict[str, Number] = Field(default_factory=dict)
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
    margin: Finite | None = None
    """The largest loss that does not matter, where task or metric declares one."""


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


class IntervalFacts(Record):
    """The method by which the main metric's interval is made from its bootstrap draws; see
    `bench.scoring.intervals`."""

    method: IntervalMethod = "percentile"
    units: Count = 0
    """Resampling units with an example that the metric measures."""
    widening: Amount = 1.0
    """Factor for the width, where the draws vary less than the score."""
    bias: Amount = 0.0
    """Expected surplus of an expected calibration error over its true value."""
    noise: Amount = 0.0
    """95 % quantile of the error that a calibrated model would show on these examples."""


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
    model_score: Number | None = None
    """The model's answers scored like a person's: against the consensus of all people but one, on
    the examples that this person answered, mean over the people left out. None in older results."""
    model_interval: tuple[Number, Number] | None = None
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


class Latency(Record):
    """Seconds for one text at a time, from handing it over to its answer, after the fit."""

    texts: Count
    """Number of test texts that were timed."""
    p50: Amount
    """Median."""
    p95: Amount
    """95th percentile; with fewer than 20 texts the slowest."""


CalibrationMethod = Literal["cross_fitted", "reserved", "never_learnt", "none"]
"""How predictions on labelled examples were made by a model that had not learnt from them: by
several fits, each without a part of them, which with folds are the run's own; by the run's own fit,
which was not given these examples; or by a model that learns from other examples only, such as a
prompted one."""


class CalibrationFacts(Record):
    """The calibration examples of a run: labelled examples with predictions by fits that had not
    learnt from them. None is of the test split; with folds, where every example is tested, those
    of the other folds are a fold's calibration examples."""

    method: CalibrationMethod
    reason: str = ""
    """Why there are none; empty where there are some."""
    examples: Count = 0
    fits: Count = 0
    """The number of fits that predicted them."""
    left_out: Count = 0
    """The labelled examples that the run was given and its own fit did not learn from for their
    sake."""
    predictions: str = ""
    """Name of their Parquet file; empty if there are none. See `bench.store.calibration`."""


class TaskScores(Record):
    """One run's outcome on one task."""

    # `direction` is stored under its old name.
    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

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
    readouts: dict[str, ReadoutScores] = Field(default_factory=dict)
    """For a language model: `greedy`, and `sample` if answers were sampled."""
    direction: MetricDirection | None = Field(
        default=None, validation_alias="way", serialization_alias="way"
    )
    """The direction of the main metric; None in older results."""
    rankings: tuple[Ranking, ...] = ()
    """For a task with several corpora, or with several parts in an answer: one for each."""
    curves: tuple[ScoreCurve, ...] = ()
    reliability: Reliability | None = None
    people: PeopleFacts | None = None
    """Agreement of the task's annotators; None without ratings."""
    interval: IntervalFacts | None = None
    """The method of the main metric's interval; None in older results, which took percentiles."""
    train_scores: dict[str, Number] = Field(default_factory=dict)
    """Scores on the training examples, if requested; with several folds, their means."""
    calibration: CalibrationFacts | None = None
    """None for a floor, for predictions that were not made by a fit here, and in older results."""
    latency: Latency | None = None
    """Time for one text at a time; None where it was not measured, and in older results."""
    guesses: Count = 0
    """Number of guesses that the scores are means over; 0: scores of the stored predictions."""
