"""The interface of a baseline: a family of models with one way to fit and one way to predict."""

import inspect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

from bench.example import Example, Input
from bench.old_names import renamed
from bench.outputs import Output
from bench.prediction import GreedyAnswer as GreedyAnswer
from bench.prediction import Prediction as Prediction
from bench.prediction import Status as Status
from bench.task import Task


@dataclass(frozen=True)
class TaskData:
    """The examples of a task that a baseline may train on: never the test split."""

    task: Task
    train: Sequence[Example]
    validation: Sequence[Example]

    @property
    def output(self) -> Output:
        """The task's answer space."""
        return self.task.output

    @property
    def labelled(self) -> Sequence[Example]:
        """The training and validation examples together, for families without early stopping or
        other uses of a validation split."""
        return [*self.train, *self.validation]


@renamed(of="origin", stand_in_for="stands_in_for")
@dataclass(frozen=True, kw_only=True)
class Model:
    """The pretrained weights that a fit started from.

    Args:
        name: the name that the user gave.
        origin: a description of the weights.
        revision: a package's version, a Hub commit, or `local`.
        sha256: file name -> hash of each weight file.
        parameters: the number of parameters.
        stands_in_for: the larger model that these weights substitute for; the page says so.
            Empty: they substitute for none.
    """

    name: str
    origin: str
    revision: str
    sha256: Mapping[str, str]
    parameters: int
    stands_in_for: str = ""


@renamed(used="examples_used", reduction="method_note")
@dataclass(frozen=True, kw_only=True)
class FitInfo:
    """A summary of a finished fit.

    Args:
        parameters: the number of parameters, both trained and frozen.
        model_bytes: size of everything that `predict` needs, in bytes.
        method_note: how the family maps an output that it does not support natively to one that it
            does; shown on the page.
        shared_seconds: time of an earlier run's work that was reused here. It is added to the
            cost, so that the column shows the cost of this cell alone.
        history: named numbers for each epoch or step, if any.
        examples_per_second: training examples processed per second; 0: not measured.
        model: the pretrained weights, if any.
        examples_used: the labelled examples that the predictions depend on, in words, as `none`;
            empty: all of them.
        learnt: task -> the ids of these examples; None: all of them. Only a `prompted` family needs
            to say it.
    """

    parameters: int
    model_bytes: int
    method_note: str = ""
    shared_seconds: float = 0.0
    history: Sequence[dict[str, float]] = field(default=())
    examples_per_second: float = 0.0
    model: Model | None = None
    examples_used: str = ""
    learnt: Mapping[str, Collection[str]] | None = None


Fit = FitInfo
Greedy = GreedyAnswer
"""Their old names, for plugins."""


@runtime_checkable
class Baseline(Protocol):
    """A family of models. The keyword-only constructor is its configuration.

    A plugin file `baselines/NAME.py` holds the class as `BASELINE`; its name is the file's stem.

    A family whose predictions depend on more than data, code and parameters has a method
    `key_parts() -> Mapping[str, str]`: weights, number format. They become part of a run's key.
    A seeded family that is deterministic with some parameters has an attribute `uses_seed`, False
    with those: it then runs once, like a closed-form one.
    A family that ignores the text has an attribute `is_floor`, True: the better of a task's floor
    entries is the reference for all others. A multi-task family names the baseline that does the
    same one task at a time in `single_task_twin`: the leaderboard compares the two.
    Every run predicts *calibration examples*, which no fit that predicts them has learnt from. A
    cheap family is fitted five times more for them (up to 200,000 labelled examples, or those of an
    attribute `cross_fits_up_to`, with which a family that is not cheap can ask for the same); other
    families are given fewer examples to learn from. A family that learns from a few shots at most
    has an attribute `prompted`, True, and says in `Fit.learnt` from which.
    A family that guesses may give several guesses in a method `guesses(task, inputs, number) ->
    Iterable[Sequence[Prediction]]`, each with one prediction per input: its scores are then means
    over these, and only the predictions of `predict` are stored.
    The services available during a fit (a folder for checkpoints, progress reports) are in
    `bench.run_context`.

    A family may keep its trained weights beside the result, for `bench export`: a method
    `artefacts() -> Mapping[str, bytes]`, called once after the last `predict`, returns files by
    name. An adapter is `adapter_model.safetensors` and `adapter_config.json`, in PEFT's format.
    """

    multi_task: ClassVar[bool]
    """True: one fit over all tasks of the run; False: one fit per task."""
    seeded: ClassVar[bool]
    """False for a closed-form family, which does not depend on the seed."""
    full_data_entry: ClassVar[bool]
    """True if it fits the full data in seconds: a limited leaderboard then adds a full-data
    entry."""
    libraries: ClassVar[tuple[str, ...]]
    """The distributions that do the computing; their major versions are part of a run's key."""

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Train on the training (and validation) examples of one task, or of all tasks of a run."""

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return one prediction per input, in the order of the inputs.

        A family that reuses an earlier run's work here stores the time of that work in an
        attribute `predict_shared_seconds`; it is added to the cost.
        """


def parameters_of(baseline: type[Any]) -> dict[str, Any]:
    """Return the constructor's keywords with types and defaults: name -> `inspect.Parameter`."""
    parameters = inspect.signature(baseline, eval_str=True).parameters
    return {name: p for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
