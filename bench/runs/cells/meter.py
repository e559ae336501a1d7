"""Measure the resources that a run uses: time, memory, energy."""

import sys
from dataclasses import dataclass, field

from bench.baseline import FitInfo
from bench.hardware import device_name
from bench.records import Cost
from bench.runs.cells.memory import PeakMemory, Stopwatch
from bench.runs.gpus import EnergyMeter


@dataclass
class Meter:
    """The resources that a run uses.

    Args:
        threads: number of threads that the numerical libraries may use, for the record.
        workers: number of worker processes at the same time, for the record.
    """

    threads: int
    workers: int = 1
    fit: Stopwatch = field(default_factory=Stopwatch)
    predict: Stopwatch = field(default_factory=Stopwatch)
    predicted: int = 0
    calibration: Stopwatch = field(default_factory=Stopwatch)
    memory: PeakMemory = field(default_factory=PeakMemory)
    energy: EnergyMeter = field(default_factory=EnergyMeter)
    peaks: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.energy.fits = lambda: self.fit.times

    def read_memory(self) -> None:
        """Read the peak memory so far. What is done afterwards counts only if this is called
        again."""
        self.peaks = self.memory.peak_bytes(), self.memory.device_bytes()

    def cost(self, fit: FitInfo) -> Cost:
        """Return the cost for the record."""
        return Cost(
            fit_seconds=self.fit.wall,
            predict_seconds=self.predict.wall,
            predicted=self.predicted,
            peak_bytes=self.peaks[0],
            parameters=fit.parameters,
            model_bytes=fit.model_bytes,
            device=device_name(),
            threads=_threads(self.threads),
            examples_per_second=fit.examples_per_second,
            device_bytes=self.peaks[1],
            energy_joules=self.energy.joules,
            fit_energy_joules=self.energy.fit_joules,
            workers=self.workers,
            fit_cpu_seconds=self.fit.cpu,
            predict_cpu_seconds=self.predict.cpu,
            calibration_seconds=self.calibration.wall,
            calibration_cpu_seconds=self.calibration.cpu,
            loading_seconds=self.fit.loading + self.predict.loading,
            compiling_seconds=self.fit.compiling + self.predict.compiling,
            predict_once_seconds=min(
                self.predict.wall, self.predict.loading + self.predict.compiling
            ),
        )


def _threads(settled: int) -> int:
    """Return the number of threads that computed. A fit resumed from a checkpoint keeps the number
    that it started with, so torch is asked where it is loaded."""
    torch = sys.modules.get("torch")
    return settled if torch is None else int(torch.get_num_threads())
