"""Records of one run: its cost, its weights, and the run itself with its scores."""

from typing import Any, Literal

from pydantic import Field

from bench.records.base import Limit, Record, Status
from bench.records.ranges import Amount, Count
from bench.records.task_scores import TaskScores


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
    fit_energy_joules: Amount | None = None
    """The part of it that fits drew; None in older results, too."""
    workers: Count = 1
    """The number of processes that computed runs in parallel, this one included; 1 in older
    results, which do not record it."""
    fit_cpu_seconds: float | None = None
    """Processor time of all threads while fitting, and of child processes that ended meanwhile.
    None if an earlier run's work was reused, whose processor time is unknown, and in older
    results."""
    predict_cpu_seconds: float | None = None
    """Processor time while predicting, measured like `fit_cpu_seconds`."""
    calibration_seconds: Amount = 0.0
    """Time for the predictions on calibration examples, further fits included. It is no part of
    `fit_seconds` and `predict_seconds`; 0 without any, and in older results."""
    calibration_cpu_seconds: float | None = None
    """Processor time of the same, measured like `fit_cpu_seconds`; None in older results."""
    loading_seconds: Amount = 0.0
    """Time for loading weights, a part of `fit_seconds` and `predict_seconds`; 0 where they were in
    memory, where the family cannot tell, and in older results."""
    compiling_seconds: Amount = 0.0
    """Time for compiling, and for recording CUDA graphs, likewise."""
    predict_once_seconds: Amount = 0.0
    """What of the two lies in `predict_seconds`: it is paid once, however many texts follow."""


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
    settings: dict[str, Any] = Field(default_factory=dict)
    """All parameters that were set, including those of the profile."""
    variant: str | None = None
    """Swept values and folds as display text, such as `alpha=0.1, 5 folds`; None without any."""
    swept: dict[str, Any] = Field(default_factory=dict)
    """Swept values by parameter, in their order; `TRAIN_SIZE` stands for the train limit. Empty in
    older results; see `bench.leaderboard.older_results`."""
    folds: Count = 0
    """Number of folds in which every example was tested; 0 without folds, and in older results."""
    folds_by_default: bool = False
    """True where nobody had to ask for the folds: they are then no part of the entry's variant."""
    score_train: bool = False
    """Whether the training examples were predicted and scored, too; False in older results."""
    seed: Count
    seeded: bool
    full_data_row: bool = False
    """True for the extra full-data entry of a cheap family on a limited leaderboard: never
    ranked."""
    larger: bool = False
    """True for an entry that learnt from more examples than those that all families of its plan
    were given: never ranked, as other entries of the plan could not afford as many. False in older
    results."""
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
    files: dict[str, str] = Field(default_factory=dict)
    """sha256 of every other file in the folder."""
    artefacts: tuple[str, ...] = ()
    """The `files` that the fit kept, such as weights. They are large: their sha256 is verified when
    they are used, not whenever the record is read."""
