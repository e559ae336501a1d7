"""One run to do, as plain data: what a worker process is told."""

from typing import Any

from bench.records import Limit, Record, TestOf


class FoldRows(Record):
    """The rows of one fold, as positions in the task's rows."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


class TaskRows(Record):
    """Which rows of a task a run uses.

    `train`, `validation` and `test` are positions in the task's rows as prepared: train, then
    validation, then test split.
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
    """Ids of test rows whose text also stands in the train or validation split."""
    folds: tuple[FoldRows, ...] = ()
    """Where every row is tested, by a fit without it: then `train` and `test` are all rows."""
    test_of: TestOf | None = None


class Run(Record):
    """One fit: baseline, parameters, tasks, seed. See `bench.records.Result` for the fields."""

    key: str
    ingredients: dict[str, str]
    baseline: str
    params: dict[str, Any]
    changed: dict[str, Any]
    """The parameters that differ from the profile's and the baseline's defaults."""
    variant: str | None = None
    seed: int
    seeded: bool
    full_data_row: bool = False
    limit: Limit
    profile: str
    recipe: str = ""
    tasks: tuple[TaskRows, ...]
    score_train: bool = False
    """Whether the rows that were learnt from are answered and scored, too."""

    @property
    def title(self) -> str:
        """How progress names it."""
        names = self.tasks[0].task if len(self.tasks) == 1 else f"{len(self.tasks)} tasks"
        extra = [self.variant] if self.variant else []
        extra += ["all rows"] if self.full_data_row else []
        return f"{self.baseline} on {names}" + (f" ({', '.join(extra)})" if extra else "")


class Session(Record):
    """What all runs of one `bench run` share."""

    results: str
    plugins: tuple[str, ...] = ()
    rows: dict[str, str]
    """Arrow file of each task's rows."""
    threads: int
    replace: bool = False
    offline: bool = False
    own_gpu: bool = False
    """Whether a GPU is this worker's alone: then the GPU's energy counter is the run's."""
    workers: int = 1
    """Processes that do runs at once, this one included."""
    token: str = ""
    """In front of each answer, so that nothing else is taken for one."""
    parent: int = 0
    """Process number of the one that the worker works for."""
