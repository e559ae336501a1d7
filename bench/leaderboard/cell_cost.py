"""What the runs of a cell took: costs and latencies, as means over its runs."""

from dataclasses import dataclass

from bench.costs.outlay import Outlay


@dataclass(frozen=True, kw_only=True)
class CellCost:
    """The cost of a cell: means over its runs, counting only those that ran beside the fewest
    others; memory and model size in bytes."""

    fit_seconds: float
    """One fit, loading and compiling included; with folds the mean of their fits."""
    predict_seconds_per_1000: float
    """Without what is paid once; see `once_seconds`."""
    peak_bytes: int
    parameters: int
    model_bytes: int
    device: str
    threads: int
    examples_per_second: float = 0.0
    """Training examples per second of training; 0: not measured."""
    device_bytes: int = 0
    """Peak GPU memory; 0 without a GPU."""
    energy_joules: float | None = None
    """Energy that the GPU drew for fit and prediction; None where it is unknown for one of the
    runs."""
    fit_energy_joules: float | None = None
    """What of it one fit drew; None in older results, too."""
    predict_energy_joules_per_1000: float | None = None
    tasks: int = 1
    """Number of tasks that share the fit whose cost this is."""
    workers: int = 1
    """Number of worker processes that ran at the same time."""
    runs: tuple[int, int] = (1, 1)
    """Number of runs that the means cover, and the number of runs there are."""
    fit_cpu_seconds: float | None = None
    """Processor time; None where it is unknown for one of the runs."""
    predict_cpu_seconds_per_1000: float | None = None
    once_seconds: float = 0.0
    """Loading and compiling while predicting: paid once, however many texts follow."""
    loading_seconds: float = 0.0
    """Loading weights, while fitting and predicting; 0: none, or the family cannot tell."""
    compiling_seconds: float = 0.0
    """Compiling, and recording CUDA graphs, likewise."""
    fits: int = 1
    """Number of fits of a run; `fit_seconds` is for one."""

    @property
    def outlay(self) -> Outlay:
        """The seconds that are paid once, a shared fit divided among its tasks, and for each
        text."""
        once = (self.fit_seconds + self.once_seconds) / self.tasks
        return Outlay(once, self.predict_seconds_per_1000 / 1000)

    @property
    def energy(self) -> Outlay | None:
        """The joules that a GPU draws once and for each text; None: unknown."""
        fit, answers = self.fit_energy_joules, self.predict_energy_joules_per_1000
        return None if fit is None or answers is None else Outlay(fit / self.tasks, answers / 1000)

    @property
    def machine(self) -> str:
        """The device with the number of threads: seconds of unlike machines are not compared."""
        return f"{self.device}, {self.threads} thread{'' if self.threads == 1 else 's'}"


@dataclass(frozen=True, kw_only=True)
class CellLatency:
    """Seconds for one text at a time: means over the runs whose cost counts."""

    texts: int
    """Number of texts that each run timed, at least."""
    p50: float
    p95: float
