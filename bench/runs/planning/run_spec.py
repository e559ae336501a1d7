"""One run to execute, as plain data: the message to a worker process."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from bench.records import TRAIN_SIZE, Limit, Record, TestOrigin


class FoldRows(Record):
    """The examples of one fold, as positions in the task's examples."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


class TaskRows(Record):
    """The examples of a task that a run uses.

    `train`, `validation` and `test` are positions in the task's examples as prepared: train, then
    validation, then test split, then what was removed from the first two.
    """

    task: str
    suite: str | None
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    train_hash: str
    test_hash: str
    checks: dict[str, int]
    leaked: tuple[str, ...]
    """Ids of test examples whose text also occurs in the train or validation split."""
    folds: tuple[FoldRows, ...] = ()
    """Folds, where every example is tested by a model that was not trained on it: then `train` and
    `test` are all examples."""
    test_of: TestOrigin | None = None
    labelled: int | None = None
    """Labelled examples that a fit without a limit has, validation included."""
    left_untested: int = 0
    """With folds, the number of examples that a limit on the test leaves out."""


class Run(Record):
    """One fit: baseline, parameters, tasks, seed. See `bench.records.Result` for the fields."""

    key: str
    ingredients: dict[str, str]
    baseline: str
    params: dict[str, Any]
    changed: dict[str, Any]
    """Parameters that differ from the profile's and the baseline's defaults."""
    variant: str | None = None
    swept: dict[str, Any] = Field(default_factory=dict)
    folds: int = 0
    folds_by_default: bool = False
    """True if nobody had to ask for the folds; see `bench.runs.planning.default_folds`."""
    seed: int
    seeded: bool
    full_data_row: bool = False
    larger: bool = False
    is_floor: bool = False
    single_task_twin: str = ""
    limit: Limit
    profile: str
    recipe: str = ""
    tasks: tuple[TaskRows, ...]
    score_train: bool = False
    """True if the training examples are predicted and scored, too."""

    @property
    def title(self) -> str:
        """Name of a run among those of other entries."""
        return self._titled([])

    @property
    def title_with_seed(self) -> str:
        """Name that tells a run from those of other seeds, too; seed 0 goes without saying."""
        return self._titled([f"seed {self.seed}"] if self.seed else [])

    def _titled(self, more: list[str]) -> str:
        names = self.tasks[0].task if len(self.tasks) == 1 else f"{len(self.tasks)} tasks"
        extra = [self.variant] if self.variant else []
        extra += [*(["all examples"] if self.full_data_row else []), *more]
        return f"{self.baseline} on {names}" + (f" ({', '.join(extra)})" if extra else "")


def variant_text(swept: Mapping[str, Any], folds: int) -> str:
    """Return swept values and folds as display text: `alpha=0.1, train=100, 5 folds`.

    Args:
        swept: see `bench.records.Result`.
        folds: number of folds; 0 without folds.
    """
    shown = {"train" if name == TRAIN_SIZE else name: value for name, value in swept.items()}
    parts = [f"{name}={value}" for name, value in shown.items()]
    return ", ".join([*parts, f"{folds} folds"] if folds else parts)


class WorkerSession(Record):
    """The settings shared by all runs of one `bench run`."""

    results: str
    plugins: tuple[str, ...] = ()
    rows: dict[str, str]
    """Arrow file of each task's examples."""
    threads: int
    replace: bool = False
    offline: bool = False
    own_gpu: bool = False
    """True if the GPU is used by this worker alone: then the GPU's energy counter is the run's."""
    workers: int = 1
    """Number of worker processes at the same time, including this one."""
    token: str = ""
    """Prefix of each answer, so that no other output is mistaken for one."""
    parent: int = 0
    """Process id of the parent."""
