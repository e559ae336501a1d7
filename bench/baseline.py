"""What a baseline is: a family of models with one way to fit and one way to predict."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

from bench.example import Example, Input
from bench.outputs import Output
from bench.prediction import Greedy as Greedy
from bench.prediction import Prediction as Prediction
from bench.prediction import Status as Status
from bench.task import Task


@dataclass(frozen=True)
class TaskData:
    """What a baseline may learn a task from: never the test split."""

    task: Task
    train: Sequence[Example]
    validation: Sequence[Example]

    @property
    def output(self) -> Output:
        """The task's answer space."""
        return self.task.output

    @property
    def labelled(self) -> Sequence[Example]:
        """Train and validation together, for a family that needs no validation."""
        return [*self.train, *self.validation]


@dataclass(frozen=True, kw_only=True)
class Model:
    """The pretrained weights that a family began from.

    Args:
        name: as the user gave it.
        of: what the weights are.
        revision: a package's version, a Hub commit, or `local`.
        sha256: of each weight file, by its name.
        parameters: numbers in it.
        stand_in_for: what it only stands in for, being much smaller; the page says so.
    """

    name: str
    of: str
    revision: str
    sha256: Mapping[str, str]
    parameters: int
    stand_in_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What is worth knowing about a finished fit.

    Args:
        parameters: numbers learnt or held, all of them.
        model_bytes: size of what `predict` needs, in bytes.
        reduction: how the family answers an output it does not answer by nature; stands on the
            page.
        shared_seconds: time of work done by an earlier run and reused here, so that the cost
            column tells what this cell costs alone.
        history: a row of named numbers per epoch or step, where there are any.
        examples_per_second: training rows per second of training; 0: not measured.
        model: the pretrained weights, where there are any.
        used: which of its labelled rows the answers hang on, in words, where that is not all of
            them: `none`.
    """

    parameters: int
    model_bytes: int
    reduction: str = ""
    shared_seconds: float = 0.0
    history: Sequence[dict[str, float]] = field(default=())
    examples_per_second: float = 0.0
    model: Model | None = None
    used: str = ""


@runtime_checkable
class Baseline(Protocol):
    """A family of models. The keyword-only constructor is its configuration.

    A plugin file `baselines/NAME.py` holds the class as `BASELINE`; its name is the file's stem.

    A family whose answers hang on more than rows, code and parameters has a method
    `ingredients() -> Mapping[str, str]`: weights, number format. They become part of a run's key.
    A seeded family that the seed cannot change with some parameters has an attribute `uses_seed`,
    False with those: it runs once, like a closed-form one.
    What a fit may use while it runs (a folder for checkpoints, a way to report progress) is in
    `bench.run_context`.

    A family may keep what it learnt beside the result, for `bench export`: a method
    `artefacts() -> Mapping[str, bytes]`, asked once after the last `predict`, gives files by name.
    An adapter is `adapter_model.safetensors` and `adapter_config.json`, in PEFT's form.
    """

    multi_task: ClassVar[bool]
    """True: one fit over all tasks of the run; False: one fit a task."""
    seeded: ClassVar[bool]
    """False: a closed-form family, which the seed cannot change."""
    cheap: ClassVar[bool]
    """True: fits all rows in seconds, so that a limited board adds its full-data row."""
    libraries: ClassVar[tuple[str, ...]]
    """The distributions that compute; their major versions are part of a run's key."""

    def fit(self, data: Sequence[TaskData], *, seed: int) -> Fit:
        """Learn from the train (and validation) rows of one task, or of all of a run's."""

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """One prediction an input, in their order.

        A family that reuses an earlier run's work here leaves that work's time in an attribute
        `predict_shared_seconds`; it is added to the cost.
        """


def parameters_of(baseline: type[Any]) -> dict[str, Any]:
    """The constructor's keywords with their types and defaults: name -> `inspect.Parameter`."""
    found = inspect.signature(baseline, eval_str=True).parameters
    return {name: p for name, p in found.items() if p.kind is p.KEYWORD_ONLY}
